"""The people that a command is about, and how ClickHouse finds what is theirs without being told who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from collector.forgotten import Kind, Mark, digest_of

HERE = Path(__file__).parent
FORGOTTEN = "klantreis.forgotten"
"""Everybody who is forgotten, as the `people` of `carries` and `names`."""


@dataclass(frozen=True)
class Who:
    """Identifiers of one person or several, on one site or (empty) on all."""

    site: str
    identifiers: tuple[tuple[Kind, str], ...]

    def marks(self, secret: bytes) -> list[Mark]:
        """Them as keyed hashes."""
        return [Mark(self.site, kind, digest_of(secret, value)) for kind, value in self.identifiers]


def bound(marks: Sequence[Mark]) -> dict[str, object]:
    """The parameters of a statement whose people are `chosen()`. All marks have one site."""
    return {
        "site": marks[0].site,
        "kinds": [mark.kind for mark in marks],
        "hashes": [mark.digest.hex() for mark in marks],
    }


def chosen() -> str:
    """The `people` that are bound to a statement."""
    return sql("chosen.sql")


def carries(people: str) -> str:
    """A condition on touchpoints: one of the people's identifiers is in it."""
    columns = {
        "visitor": "visitor_id", "linked": "identity_linked_visitor_id", "customer": "customer_id", "order": "order_id",
    }  # fmt: skip
    digests = {name: _digest(column) for name, column in columns.items()}
    return f"({Template(sql('carries.sql')).substitute(digests, people=people)})"


def names(people: str) -> str:
    """A condition on rejected rows: one of the people's identifiers is named in it."""
    return f"({Template(sql('names.sql')).substitute(piece=_digest('piece'), people=people)})"


def is_end(people: str) -> str:
    """A condition on a row about one identifier: it is one of the people's."""
    return Template(sql("ends.sql")).substitute(kind="kind", value="value", digest=_digest("value"), people=people)


def is_either_end(people: str) -> str:
    """A condition on a row about two identifiers: one of them is one of the people's."""
    other = Template(sql("ends.sql")).substitute(
        kind="other_kind", value="other_value", digest=_digest("other_value"), people=people
    )
    return f"({is_end(people)} OR {other})"


def _digest(value: str) -> str:
    return Template(sql("digest.sql")).substitute(value=value)


@cache
def sql(name: str) -> str:
    """A statement of this room, or a part of one, without its comment."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
