"""What a sender can send, and what it can run into, stands in docs/touchpoints.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.errors import Reason
from collector.receive.privacy import STRIPPED_FIELDS
from collector.receive.repair import TOUCHPOINT, Shape
from collector.settings import Settings
from collector.touchpoint import CHANNELS, IDENTIFIERS, STANDARD_TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "touchpoints.md").read_text(encoding="utf-8")
LIMITS = [
    name
    for name in Settings.model_fields
    if re.search("limit|timeout|keep_alive|rate|history", name) and not re.search("spool|clickhouse|stop", name)
]


def names(shape: Shape) -> set[str]:
    """Every field's name, at every level."""
    found = set(shape.fields)
    for field in shape.fields.values():
        for inner in (field.shape, field.item):
            found |= names(inner) if inner is not None else set()
    return found


@pytest.mark.parametrize("word", sorted({*names(TOUCHPOINT), *CHANNELS, *STANDARD_TYPES, *LIMITS}))
def test_every_field_type_channel_and_limit_is_named(word: str) -> None:
    """Whoever writes an SDK finds it in the page."""
    assert f"`{word}`" in PAGE


def test_what_is_stripped_is_named() -> None:
    """The table of the page and the code's lists name the same fields."""
    removed = PAGE.partition("| removed | kept |")[2].partition("**Addresses**")[0]
    for name in IDENTIFIERS:
        assert f"`{name}`" in removed
    for part, fields in STRIPPED_FIELDS.items():
        assert f"`{part}`" in removed or all(f"`{part}.{field}`" in removed for field in fields)


def test_every_status_is_in_the_table_of_retries() -> None:
    """A sender knows for each status whether to keep what it sent."""
    table = PAGE.partition("| status | keep")[2].partition("## Limits")[0]
    for reason in Reason:
        assert str(reason.status) in table or 400 <= reason.status < 500
