"""How the columns of somebody else's file become touchpoints: what a mapping file says, once it is read.

A row of the file becomes one touchpoint, or none. `mapping_file` reads the YAML, `convert` does the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from collector.history.targets import Kind
from collector.history.times import Reader
from collector.history.values import Converter
from collector.phases.strict_yaml import Place

Others = Literal["default", "keep", "skip"]


@dataclass(frozen=True)
class Column:
    """A column that the mapping names, and where it does. An optional one may be missing from the file."""

    name: str
    place: Place
    optional: bool = False


@dataclass(frozen=True)
class Field:
    """How one field of the touchpoint is filled: from a column, or always with the same value."""

    path: str
    kind: Kind
    column: Column | None = None
    value: object = None
    """Without a column: the value. With one: what stands for an empty cell."""
    translate: dict[str, object] | None = None
    """Words of the column, in lower case, and what each becomes; None: as if the cell were empty."""
    others: Others = "default"
    """A word that is not among them: as if the cell were empty, kept as it is, or the row is no touchpoint."""
    time: Reader | None = None
    hashed: Converter | None = None
    comma: bool = False
    """Decimals stand behind a comma."""


@dataclass(frozen=True)
class Condition:
    """A column holds one of these texts, in lower case; an empty one means an empty cell."""

    column: Column
    values: frozenset[str]


Conditions = tuple[tuple[Condition, ...], ...]
"""One of them must hold, with everything in it."""


@dataclass(frozen=True)
class Products:
    """A column that holds a list of objects, and what of each becomes a product."""

    column: Column
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file."""

    text: str = ""
    """As it stands in the file."""
    delimiter: str = ","
    encoding: str = "utf-8"
    empty: frozenset[str] = frozenset()
    """Texts that mean an empty cell."""
    skip: Conditions = ()
    only: Conditions = ()
    identity: tuple[Column, ...] = ()
    """What names a row: the same values are the same touchpoint for ever. None: the whole row."""
    fields: tuple[Field, ...] = ()
    products: Products | None = None

    def columns(self) -> Iterator[Column]:
        """Every column that is named."""
        yield from self.identity
        yield from (one.column for one in self.fields if one.column is not None)
        yield from (one.column for conditions in (*self.skip, *self.only) for one in conditions)
        if self.products is not None:
            yield self.products.column
