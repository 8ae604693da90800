"""One row of a file → one touchpoint as a sender would have written it, by a mapping.

Built once for a file, as a list of small functions: a row costs some 10 µs, of which its id 3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AbstractMapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from collector.history.mapping import Conditions, Field, Mapping, Products
from collector.history.targets import PRODUCTS
from collector.history.values import converter, text

NAMESPACE = uuid5(NAMESPACE_URL, "klantreis:import")
"""Of the ids that are made here. Never changed: the same row would become another touchpoint."""

_FRONT = NAMESPACE.bytes

Getter = Callable[[Any], Any]
"""A row → the value in one column; None where there is none."""
Access = Callable[[str], Getter]
"""The name of a column → what reads it."""
Whole = Callable[[Any], bytes]
"""A row → all of it, as bytes that say nothing of the file it stood in."""


class Skip(Exception):
    """A row is no touchpoint, says the mapping."""


class Converter:
    """Makes touchpoints of the rows of one file, for one site."""

    def __init__(self, mapping: Mapping, site: str, access: Access, whole: Whole) -> None:
        """`access` and `whole` are those of the file's kind of rows: `cells` or `objects`."""
        self._site = site.encode()
        self._whole = whole
        self._skip, self._only = _conditions(mapping.skip, access), _conditions(mapping.only, access)
        self._identity = [access(column.name) for column in mapping.identity]
        self._plan = [_place(one, _value(one, access)) for one in mapping.fields]
        if mapping.products is not None:
            self._plan.append((None, PRODUCTS, _products(mapping.products, access(mapping.products.column.name))))

    def touchpoint(self, row: Any) -> dict[str, Any]:
        """The touchpoint, unchecked. Raises Skip where the row is none."""
        if (self._skip and _holds(self._skip, row)) or (self._only and not _holds(self._only, row)):
            raise Skip
        found: dict[str, Any] = {}
        for part, name, value in self._plan:
            held = value(row)
            if held is None:
                continue
            if part is None:
                found[name] = held
            elif part in found:
                found[part][name] = held
            else:
                found[part] = {name: held}
        found["id"] = self._id(row, found.get("type"))
        return found

    def _id(self, row: Any, type_: object) -> str:
        """That of the file where it is a UUID; else made of what names the row: the same row has the same for ever."""
        named = [get(row) for get in self._identity]
        if len(named) == 1 and (given := _uuid(named[0])) is not None:
            return given
        if named and None not in named:
            content = "\x1f".join(str(text(value)) for value in named).encode("utf-8", "replace")
        else:
            content = b"\x1e" + self._whole(row)
        front = b"%b\x1f%b\x1f" % (self._site, str(type_).encode("utf-8", "replace"))
        # As uuid5 does, in a third of its time.
        digits = hashlib.sha1(_FRONT + front + content, usedforsecurity=False).hexdigest()
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def cells(columns: Sequence[str], empty: frozenset[str]) -> tuple[Access, Whole]:
    """Access to rows that are lists of texts, one for each of `columns`."""
    at = {name: index for index, name in reversed(tuple(enumerate(columns)))}
    ordered = sorted((name, index) for name, index in at.items())
    marked = [(f"{name}\x1e", index) for name, index in ordered]

    def access(name: str) -> Getter:
        index = at.get(name)
        if index is None:
            return _nothing

        def get(row: list[str]) -> str | None:
            cell = row[index].strip()
            return None if not cell or cell in empty else cell

        return get

    def whole(row: list[str]) -> bytes:
        return "\x1f".join([mark + row[index] for mark, index in marked if row[index]]).encode("utf-8", "replace")

    return access, whole


def objects(columns: Iterable[str], empty: frozenset[str]) -> tuple[Access, Whole]:
    """Access to rows that are objects: `ecommerce.transaction_id` leads into them."""
    known = frozenset(columns)

    def access(name: str) -> Getter:
        path = [name] if name in known else name.split(".")

        def get(row: Any) -> Any:
            for part in path:
                if isinstance(row, dict):
                    row = row.get(part)
                elif isinstance(row, list):
                    row = _under(row, part)
                else:
                    return None
            if isinstance(row, str):
                row = row.strip()
                return None if not row or row in empty else row
            return None if row == [] else row

        return get

    def whole(row: dict[str, Any]) -> bytes:
        filled = {name: value for name, value in row.items() if value is not None}
        return orjson.dumps(filled, default=str, option=orjson.OPT_SORT_KEYS)

    return access, whole


def _under(pairs: list[Any], key: str) -> Any:
    """The value under a key in a list of `{key, value}`, as Google Analytics exports its parameters.

    A value of several types, `{string_value, int_value, …}`, is the one that is filled.
    """
    for pair in pairs:
        if isinstance(pair, dict) and pair.get("key") == key:
            value = pair.get("value")
            if isinstance(value, dict):
                return next((one for one in value.values() if one is not None), None)
            return value
    return None


def _nothing(row: Any) -> None:
    return None


def _place(field: Field, value: Getter) -> tuple[str | None, str, Getter]:
    part, dot, name = field.path.partition(".")
    return (part, name, value) if dot else (None, part, value)


def _value(field: Field, access: Access) -> Getter:
    """What gives the value of a field. Raises Skip where a word is not among those that the mapping has."""
    if field.column is None:
        constant = field.value
        return lambda row: constant
    get, default = access(field.column.name), field.value
    convert: Callable[[Any], Any] = field.hashed or converter(field.kind, comma=field.comma)
    if field.time is not None:
        convert = _time(field.time)
    if field.translate is not None:
        return _translated(field, field.translate, get, convert)

    def value(row: Any) -> Any:
        found = get(row)
        return default if found is None else convert(found)

    return value


def _time(read: Callable[[object], int | None]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        moment = read(value)
        # The front door says what is wrong with it; a number it would take for milliseconds.
        return str(value) if moment is None else moment

    return convert


def _translated(
    field: Field, words: AbstractMapping[str, object], get: Getter, convert: Callable[[Any], Any]
) -> Getter:
    others, default = field.others, field.value

    def value(row: Any) -> Any:
        held = get(row)
        word = _word(held)
        if word in words:
            found = words[word]
        elif others == "skip":
            raise Skip
        else:
            found = convert(held) if others == "keep" and held is not None else None
        return default if found is None else found

    return value


def _products(products: Products, get: Getter) -> Getter:
    access, _ = objects((), frozenset())
    fields = [(one.path, _value(one, access)) for one in products.fields]

    def value(row: Any) -> Any:
        listed = get(row)
        if not isinstance(listed, list):
            return listed
        found = [{name: held for name, one in fields if (held := one(item)) is not None} for item in listed]
        return [one for one in found if one] or None

    return value


Checks = list[list[tuple[Getter, frozenset[str]]]]


def _conditions(conditions: Conditions, access: Access) -> Checks:
    return [[(access(one.column.name), one.values) for one in together] for together in conditions]


def _holds(conditions: Checks, row: Any) -> bool:
    return any(all(_word(get(row)) in values for get, values in together) for together in conditions)


def _word(value: Any) -> str:
    return "" if value is None else str(text(value)).lower()


def _uuid(value: object) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) >= 32 else None
    except ValueError:
        return None
