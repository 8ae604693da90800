"""The house is as DESIGN draws it: rooms import downwards only, and nothing goes round in a circle."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLLECTOR = ROOT / "collector"

# From low to high; a room may import rooms of lower layers, and of its own layer only itself.
LAYERS = [
    ["errors", "touchpoint", "misfit", "lifeline", "flood", "shipped", "address", "waiting"],
    ["settings", "envelope", "supervised", "logs", "forgotten"],
    ["metrics"],
    ["spool", "enrich", "phases", "warehouse"],
    ["load", "taken_up", "explained", "scripts", "visitors"],
    ["receive", "loader", "demo", "journeys", "questions"],
    ["rejected", "history", "settler"],
    ["console", "doctor", "people", "reclassify", "export"],
    ["supervisor"],
    ["cli"],
    ["generated"],
    ["__main__"],
]
LAYER = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}


@cache
def imports() -> dict[str, set[str]]:
    """Every module of the collector → the modules of the collector that it imports."""
    modules = {name_of(file): file for file in COLLECTOR.rglob("*.py")}
    found: dict[str, set[str]] = {}
    for name, file in modules.items():
        found[name] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                candidates = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                candidates = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
                # `from package import module` is an import of the module, not of the package's own text.
                if any(c in modules for c in candidates[:-1]):
                    candidates = [c for c in candidates if c in modules and c != node.module]
            else:
                continue
            found[name] |= {c for c in candidates if c in modules and c != name}
    return found


def name_of(file: Path) -> str:
    """Dotted name of a module's file."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    """The room that a module lies in; None for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def test_every_room_has_its_layer() -> None:
    """A new room says where it belongs before anything may import it."""
    rooms = {room for module in imports() if (room := room_of(module))}
    assert rooms == set(LAYER)


@pytest.mark.parametrize("module", sorted(imports()))
def test_a_room_imports_downwards_only(module: str) -> None:
    """Data flows one way, so a lower room never knows a higher one, nor its neighbour."""
    room = room_of(module)
    for imported in imports()[module]:
        other = room_of(imported)
        if room is None or other is None or other == room:
            continue
        assert LAYER[other] < LAYER[room], f"{module} imports {imported}, which is not below it"


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Within a room too, imports form a tree that can be read from the bottom."""
    graph = imports()
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path[path.index(module) :], module))
        if module in done:
            return
        for imported in sorted(graph[module]):
            visit(imported, (*path, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())
