"""A touchpoint that does not fit the vocabulary → one that does, and what had to be set aside for it.

A bad optional field costs itself only: it moves to `problems`, as deep down as it lies, and its neighbours stay.
Unknown fields are no fault (an SDK may be newer than its collector): they move to `extra`. The vocabulary is read from
`collector.touchpoint`, so nothing here names a field of it but the three that are required.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct, inspect

from collector.envelope import AcceptedTouchpoint
from collector.errors import Reason
from collector.misfit import told
from collector.receive.decode import whole
from collector.receive.rejection import Rejected
from collector.touchpoint import Touchpoint

REQUIRED = ("id", "type", "occurred_at")
PROBLEMS = 32
"""Problems noted per touchpoint; after so many the rest of what is bad is dropped unread, which bounds the work."""
EXTRA = 64
"""Unknown fields kept per touchpoint."""
PATH_LENGTH = 256
SHOWN = 100
"""Characters of a bad value that are shown in its problem: enough to mend `129.95` that should have been a string."""

_PERSONAL = (
    "$.visitor_id", "$.customer_id", "$.session_id", "$.identity", "$.context.address", "$.ambassador", "$.order.id:",
    "$.order:",
)  # fmt: skip
"""Beginnings of problems that never repeat a value: `klantreis forget` does not look into problems, and an order number
that came as a number would outlive its person there."""


class Shape:
    """The fields of one object of the vocabulary."""

    def __init__(self, cls: type[Struct]) -> None:
        hints = get_type_hints(cls, include_extras=True)
        info = inspect.type_info(cls)
        assert isinstance(info, inspect.StructType)  # noqa: S101  # narrows the type
        self.fields = {field.name: Field(hints[field.name], field.type) for field in info.fields}


class Field:
    """One field: what it must be, and the shape of the object, or of the list's objects, that it holds."""

    def __init__(self, kind: Any, info: inspect.Type) -> None:
        self.kind = kind
        self.shape: Shape | None = None
        self.item: Shape | None = None
        self.item_kind: Any = None
        self.length: int | None = None
        for part in info.types if isinstance(info, inspect.UnionType) else (info,):
            if isinstance(part, inspect.StructType):
                self.shape = Shape(part.cls)
            elif isinstance(part, inspect.ListType) and isinstance(part.item_type, inspect.StructType):
                self.item, self.item_kind = Shape(part.item_type.cls), part.item_type.cls
                self.length = part.max_length


TOUCHPOINT = Shape(Touchpoint)


def repair(sent: Any, *, discreet: bool, strict: bool = True) -> tuple[AcceptedTouchpoint, int]:
    """The touchpoint in `sent` (plain objects) as far as it fits, and how many of its fields were unknown.

    `discreet` keeps every value out of the problems: nothing may be told of a person who did not consent. With
    `strict` off, texts may stand for numbers, as in a pixel's query. Raises Rejected when it is not an object, or a
    required field is missing or bad.
    """
    if not isinstance(sent, dict):
        raise Rejected(Reason.NOT_AN_OBJECT)
    mending = _Mending(discreet, strict)
    clean = mending.without_unknown(sent, TOUCHPOINT, "")
    for name in REQUIRED:
        mending.require(clean, name)
    try:
        touchpoint = msgspec.convert(clean, AcceptedTouchpoint, strict=strict)
    except msgspec.ValidationError:
        clean = mending.without_bad(clean, TOUCHPOINT, "$")
        touchpoint = msgspec.convert(clean, AcceptedTouchpoint, strict=strict)
    touchpoint.problems = mending.told() or None
    touchpoint.extra = mending.extra or None
    return touchpoint, mending.unknown


class _Mending:
    """The work on one touchpoint."""

    def __init__(self, discreet: bool, strict: bool) -> None:
        self.extra: dict[str, str] = {}
        self.unknown = 0
        self._problems: list[str] = []
        self._unsaid = 0
        self._discreet = discreet
        self._strict = strict

    def require(self, clean: dict[str, Any], name: str) -> None:
        if clean.get(name) is None:
            raise Rejected(Reason.FIELD_MISSING, f"{name} is missing; {Reason.FIELD_MISSING.remedy}", field=f"$.{name}")
        fault = self._fault(clean[name], TOUCHPOINT.fields[name].kind)
        if fault is not None:
            raise Rejected(Reason.FIELD_INVALID, f"{name}: {_bare(fault)}", field=f"$.{name}")

    def without_unknown(self, sent: dict[str, Any], shape: Shape, path: str) -> dict[str, Any]:
        """The object without nulls, which say nothing, and without fields outside the vocabulary, at every level."""
        clean: dict[str, Any] = {}
        for name, value in sent.items():
            field = shape.fields.get(name)
            if field is None:
                self.unknown += 1
                if len(self.extra) < EXTRA:
                    self.extra[(path + name)[:PATH_LENGTH]] = msgspec.json.encode(value).decode()
            elif field.shape is not None and isinstance(value, dict):
                clean[name] = self.without_unknown(value, field.shape, f"{path}{name}.")
            elif field.item is not None and isinstance(value, list):
                clean[name] = list(self._items(value, field.item, path + name))
            elif value is not None:
                clean[name] = whole(value)
        return clean

    def _items(self, values: list[Any], shape: Shape, path: str) -> Iterator[Any]:
        for index, value in enumerate(values):
            is_object = isinstance(value, dict)
            yield self.without_unknown(value, shape, f"{path}[{index}].") if is_object else value

    def without_bad(self, clean: dict[str, Any], shape: Shape, path: str) -> dict[str, Any]:
        """The object without the fields that are not what they must be; each of them noted."""
        good: dict[str, Any] = {}
        for name, value in clean.items():
            field, here = shape.fields[name], f"{path}.{name}"
            fault = self._fault(value, field.kind)
            if fault is None:
                good[name] = value
            elif len(self._problems) >= PROBLEMS:
                self._unsaid += 1
            elif field.shape is not None and isinstance(value, dict):
                good[name] = self.without_bad(value, field.shape, here)
            elif field.item is not None and isinstance(value, list):
                good[name] = self._good_items(value, field, here)
            else:
                self._note(here, fault, value)
        return good

    def _good_items(self, values: list[Any], field: Field, path: str) -> list[Any]:
        assert field.item is not None  # noqa: S101  # narrows the type
        if field.length is not None and len(values) > field.length:
            self._note(path, f"{len(values)} items, of which the first {field.length} are kept")
            values = values[: field.length]
        good = []
        for index, value in enumerate(values):
            fault = self._fault(value, field.item_kind)
            if fault is None:
                good.append(value)
            elif len(self._problems) >= PROBLEMS:
                self._unsaid += 1
            elif isinstance(value, dict):
                good.append(self.without_bad(value, field.item, f"{path}[{index}]"))
            else:
                self._note(f"{path}[{index}]", fault, value)
        return good

    def _fault(self, value: Any, kind: Any) -> str | None:
        try:
            msgspec.convert(value, kind, strict=self._strict)
        except msgspec.ValidationError as error:
            return told(error)[0]
        return None

    def _note(self, path: str, fault: str, value: Any = None) -> None:
        if len(self._problems) >= PROBLEMS:
            self._unsaid += 1
            return
        text = f"{path}: {_bare(fault)}"
        personal = self._discreet or text.startswith(_PERSONAL)
        if value is not None and not personal:
            text += f"; was {msgspec.json.encode(value).decode()[:SHOWN]}"
        self._problems.append(text)

    def told(self) -> list[str]:
        """The problems, and how many more there were."""
        return [*self._problems, f"$: {self._unsaid} more problems"] if self._unsaid else self._problems


def _bare(fault: str) -> str:
    """msgspec repeats an enumeration's bad value; a problem says values at its end, where it may."""
    return fault.partition(" '")[0] if fault.startswith("Invalid enum value") else fault
