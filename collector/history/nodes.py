"""Single values of a mapping file, each mistake noted with its place."""

from __future__ import annotations

from collections.abc import Iterable

from collector.phases import strict_yaml
from collector.phases.meant import meant
from collector.phases.strict_yaml import Faults, Listing, Node, Scalar


class Nodes:
    """Reads nodes; what is wrong is noted in `faults`, and reading goes on."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def texts(self, node: Node | None) -> list[Scalar]:
        """A value or a list of values."""
        found = []
        for item in node.items if isinstance(node, Listing) else (node,) if node is not None else ():
            if isinstance(item, Scalar):
                found.append(item)
            else:
                self.fault(item, "a text is wanted here; put it in quotes")
        return found

    def choice(self, node: Node | None, known: Iterable[str], name: str) -> str:
        """One of the known words; empty where nothing is written, and where something else is."""
        if node is None:
            return ""
        if isinstance(node, Scalar) and node.value in known:
            return node.value
        shown = node.value if isinstance(node, Scalar) else "a list or mapping"
        self.fault(node, f"{name} cannot be {shown}; {meant(shown, known)}")
        return ""

    def truth(self, node: Node | None) -> bool:
        """Whether `true` is written; nothing is `false`."""
        return self.choice(node, ("true", "false"), "optional") == "true"

    def part(self, node: strict_yaml.Mapping, name: str, keys: Iterable[str]) -> strict_yaml.Mapping:
        """The mapping under `name`, an empty one where there is none."""
        part = node.get(name)
        if part is not None and not isinstance(part, strict_yaml.Mapping):
            self.fault(part, f"{name}: is a mapping; write its values below it, indented")
        if not isinstance(part, strict_yaml.Mapping):
            return strict_yaml.Mapping({}, node.place)
        self.only_keys(part, keys, name)
        return part

    def only_keys(self, node: strict_yaml.Mapping, keys: Iterable[str], where: str) -> bool:
        """Whether the mapping has no other keys; each of them is a mistake."""
        unknown = [key for key, _ in node if key.value not in keys]
        for key in unknown:
            self.faults.add(key.place, f"unknown key {key.value} in {where}; {meant(key.value, keys)}")
        return not unknown

    def fault(self, node: Node, text: str) -> None:
        """Note a mistake where the node stands."""
        self.faults.add(node.place, text)
