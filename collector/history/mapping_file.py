"""A mapping file's YAML → a Mapping; every mistake with its line, its column and its remedy.

docs/import.md is this file's page for those who write mappings.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from datetime import timezone, tzinfo
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import msgspec

from collector.errors import HistoryUnreadable, MappingErrors
from collector.history import times
from collector.history.mapping import Column, Condition, Conditions, Field, Mapping, Others, Products
from collector.history.nodes import Nodes
from collector.history.targets import PRODUCTS, Kind, fields, kind_of, product_fields
from collector.history.values import HASHES, converter, hasher
from collector.misfit import told
from collector.phases import strict_yaml
from collector.phases.meant import meant
from collector.phases.strict_yaml import Faults, FileKind, Listing, Node, Place, Scalar
from collector.receive.repair import TOUCHPOINT, Shape

FORMAT = "import-mapping/1-0-0"
FILE_KEYS = ("format", "source", "skip", "only", "touchpoint")
SOURCE_KEYS = ("delimiter", "encoding", "empty", "time_zone", "decimal")
FIELD_KEYS = ("from", "value", "map", "others", "default", "time", "time_zone", "hash", "decimal", "optional")
PRODUCT_KEYS = ("each", "fields", "optional")
REQUIRED = ("type", "occurred_at")
POINTS = {"point": False, "comma": True}
OTHERS: tuple[Others, ...] = get_args(Others)
MAPPING = FileKind("mapping file", twice="leave one out")


def load(path: Path) -> Mapping:
    """The mapping in a file. Raises MappingErrors, and HistoryUnreadable when the file cannot be read at all."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryUnreadable(f"--mapping: {path} cannot be read as UTF-8 text: {error}") from None
    faults = Faults()
    node = strict_yaml.read(str(path), text, faults, MAPPING)
    if not isinstance(node, strict_yaml.Mapping):
        if not len(faults):
            faults.add(Place(str(path)), f"this is no mapping; begin with format: {FORMAT}")
        raise MappingErrors(faults.lines())
    found = _Reading(node, faults, text).mapping()
    if len(faults):
        raise MappingErrors(faults.lines())
    return found


class _Reading(Nodes):
    """The work on one file. What is wrong is noted in `faults`, and reading goes on."""

    def __init__(self, node: strict_yaml.Mapping, faults: Faults, text: str) -> None:
        super().__init__(faults)
        self._node, self._text = node, text
        self._comma = False
        self._zone: tzinfo = timezone.utc

    def mapping(self) -> Mapping:
        node = self._node
        self.only_keys(node, FILE_KEYS, "this file")
        written = node.get("format")
        if not isinstance(written, Scalar) or written.value != FORMAT:
            self.fault(written or node, f"the format is missing or unknown; write format: {FORMAT}")
        source = self.part(node, "source", SOURCE_KEYS)
        self._zone = self._time_zone(source.get("time_zone"))
        self._comma = self.choice(source.get("decimal"), POINTS, "decimal") == "comma"
        touchpoint = node.get("touchpoint")
        if not isinstance(touchpoint, strict_yaml.Mapping) or not touchpoint.items:
            self.fault(touchpoint or node, "touchpoint: is missing; write which column fills which field")
            touchpoint = strict_yaml.Mapping({}, node.place)
        for name in REQUIRED:
            if touchpoint.items and name not in touchpoint.items:
                self.fault(
                    node.items["touchpoint"][0], f"touchpoint: has no {name}, which every touchpoint must have; add it"
                )
        return Mapping(
            text=self._text,
            delimiter=self._delimiter(source),
            encoding=self._encoding(source),
            empty=frozenset(one.value for one in self.texts(source.get("empty"))),
            skip=self._conditions("skip"),
            only=self._conditions("only"),
            identity=self._identity(touchpoint.get("id")),
            fields=tuple(self._fields(touchpoint)),
            products=self._products(touchpoint.get(PRODUCTS)),
        )

    # How the file is written.

    def _delimiter(self, source: strict_yaml.Mapping) -> str:
        node = source.get("delimiter")
        if node is None:
            return ","
        if isinstance(node, Scalar) and node.value in ("tab", "\t"):
            return "\t"
        if isinstance(node, Scalar) and len(node.value) == 1 and node.value not in '"\r\n ':
            return node.value
        self.fault(node, 'a delimiter is one character; write delimiter: ";" or delimiter: tab')
        return ","

    def _encoding(self, source: strict_yaml.Mapping) -> str:
        node = source.get("encoding")
        if node is None:
            return "utf-8"
        try:
            if isinstance(node, Scalar) and "\n".encode(codecs.lookup(node.value).name) == b"\n":
                return codecs.lookup(node.value).name
        except (LookupError, UnicodeError):
            pass
        self.fault(node, "no encoding that lines can be told apart in; write utf-8, windows-1252 or iso-8859-15")
        return "utf-8"

    def _time_zone(self, node: Node | None) -> tzinfo:
        if node is None:
            return self._zone
        try:
            if isinstance(node, Scalar):
                return ZoneInfo(node.value)
        except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
            pass
        self.fault(node, "no time zone that this machine knows (package tzdata); write one such as Europe/Amsterdam")
        return timezone.utc

    # Which rows.

    def _conditions(self, name: str) -> Conditions:
        node = self._node.get(name)
        if node is None:
            return ()
        found = []
        for item in node.items if isinstance(node, Listing) else (node,):
            if isinstance(item, strict_yaml.Mapping) and item.items:
                found.append(tuple(self._condition(key, value) for key, value in item))
            else:
                self.fault(item, f"{name}: lists conditions; write - {{Status: [failed, cancelled]}}")
        return tuple(found)

    def _condition(self, key: Scalar, value: Node) -> Condition:
        return Condition(Column(key.value, key.place), frozenset(one.value.lower() for one in self.texts(value)))

    # The fields.

    def _identity(self, node: Node | None) -> tuple[Column, ...]:
        if node is None:
            return ()
        if isinstance(node, strict_yaml.Mapping):
            if not self.only_keys(node, ("of",), "id"):
                return ()
            node = node.get("of") or node
        columns = tuple(Column(one.value, one.place) for one in self.texts(node))
        if not columns:
            self.fault(node, "id: names the columns that name a row; write id: Order ID or id: {of: [Shop, Order ID]}")
        return columns

    def _fields(self, touchpoint: strict_yaml.Mapping) -> Iterable[Field]:
        for key, node in touchpoint:
            if key.value in ("id", PRODUCTS):
                continue
            kind = kind_of(key.value)
            if kind is None:
                known = meant(key.value, [*fields(), "properties.…"])
                self.faults.add(key.place, f"a touchpoint has no field {key.value}; {known}")
            elif (found := self._field(key.value, kind, node, _wanted(key.value))) is not None:
                yield found

    def _products(self, node: Node | None) -> Products | None:
        if node is None:
            return None
        each = node.get("each") if isinstance(node, strict_yaml.Mapping) else None
        parts = node.get("fields") if isinstance(node, strict_yaml.Mapping) else None
        if not isinstance(node, strict_yaml.Mapping) or not isinstance(each, Scalar) or each.kind != "text":
            self.fault(node, "products: is filled from a list; write products: {each: items, fields: {id: item_id}}")
            return None
        self.only_keys(node, PRODUCT_KEYS, "products")
        found = []
        for key, value in parts if isinstance(parts, strict_yaml.Mapping) else ():
            kind = product_fields().get(key.value)
            if kind is None:
                self.faults.add(key.place, f"a product has no field {key.value}; {meant(key.value, product_fields())}")
            elif (one := self._field(key.value, kind, value, _wanted(f"product.{key.value}"))) is not None:
                found.append(one)
        return Products(Column(each.value, each.place, self.truth(node.get("optional"))), tuple(found))

    def _field(self, path: str, kind: Kind, node: Node, wanted: Any) -> Field | None:
        if isinstance(node, Scalar):
            column = self._column(node, optional=False)
            if column is None:
                return None
            return Field(path, kind, column, time=self._time(kind, None, None), comma=self._comma)
        if not isinstance(node, strict_yaml.Mapping):
            self.fault(node, f"{path} is filled from one column; write {path}: Column")
            return None
        if not self.only_keys(node, FIELD_KEYS, path):
            return None
        if "value" in node.items:
            for key, _ in node:
                if key.value != "value":
                    self.faults.add(key.place, f"{key.value} has nothing to do beside value:; leave one of them out")
            return Field(path, kind, value=self._constant(node.get("value"), kind, wanted))
        named = node.get("from")
        if not isinstance(named, Scalar):
            self.fault(named or node, f"say what fills {path}; write from: Column, or value: and what it always is")
            return None
        column = self._column(named, optional=self.truth(node.get("optional")))
        default, decimal = node.get("default"), node.get("decimal")
        field = Field(
            path,
            kind,
            column,
            value=None if default is None else self._constant(default, kind, wanted),
            translate=self._translation(node.get("map"), kind, wanted),
            others=cast(Others, self.choice(node.get("others"), OTHERS, "others") or "default"),
            time=self._time(kind, node.get("time"), node.get("time_zone")),
            hashed=self._hash(node.get("hash")),
            comma=self._comma if decimal is None else self.choice(decimal, POINTS, "decimal") == "comma",
        )
        return field if column is not None else None

    def _column(self, node: Scalar, *, optional: bool) -> Column | None:
        if node.kind != "text" or not node.value:
            self.fault(node, f"a column's name that YAML would read as a {node.kind}; put it in quotes")
            return None
        return Column(node.value, node.place, optional)

    def _translation(self, node: Node | None, kind: Kind, wanted: Any) -> dict[str, object] | None:
        if node is None:
            return None
        if not isinstance(node, strict_yaml.Mapping) or not node.items:
            self.fault(node, 'map: says what each word becomes; write map: {"Order Completed": order}')
            return None
        return {
            key.value.lower(): None if _is_empty(value) else self._constant(value, kind, wanted) for key, value in node
        }

    def _constant(self, node: Node | None, kind: Kind, wanted: Any) -> object:
        """A value that the author wrote; the front door's own word on it is a fault here."""
        if not isinstance(node, Scalar):
            self.fault(node or self._node, "one value is wanted here; write it in quotes where it is a text")
            return None
        value = converter(kind, comma=False)(node.value)
        if kind == "moment":
            value = self._time(kind, None, None)(node.value) or node.value  # type: ignore[misc]
        try:
            msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            self.fault(node, f"{node.value or 'nothing'} cannot be: {told(error)[0]}; see docs/touchpoints.md")
        return value

    def _time(self, kind: Kind, form: Node | None, zone: Node | None) -> times.Reader | None:
        if kind != "moment":
            for node in (form, zone):
                if node is not None:
                    self.fault(node, "only occurred_at is a time; leave this out")
            return None
        try:
            return times.reader(form.value if isinstance(form, Scalar) else times.ISO, self._time_zone(zone))
        except ValueError as error:
            known = ", ".join((times.ISO, *times.EPOCHS))
            self.fault(form or self._node, f"no form of time: {error}; write {known}, or one such as %d-%m-%Y %H:%M")
            return None

    def _hash(self, node: Node | None) -> Any:
        chosen = self.choice(node, HASHES, "hash")
        return hasher(chosen) if chosen else None


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.value


def _wanted(path: str) -> Any:
    """What the vocabulary says of the field at this path."""
    shape: Shape | None = TOUCHPOINT
    *parts, name = path.split(".")
    for part in parts:
        shape = shape.fields[part].shape if shape is not None and part in shape.fields else None
    return Any if shape is None else shape.fields[name].kind
