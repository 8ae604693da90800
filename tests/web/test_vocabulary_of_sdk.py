"""The SDK's types and the collector's vocabulary are the same words."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from collector import touchpoint as vocabulary

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "sdk" / "web" / "src" / "touchpoint.ts").read_text(encoding="utf-8")
PARTS = (
    "Page", "Campaign", "Search", "Product", "Order", "Contact", "Feedback", "Ambassador", "Company", "Store",
    "Identity", "Context", "Consent",
)  # fmt: skip
LEFT_OUT = {"Identity": {"loyalty_card"}}
"""Only secret keys may send it."""


def members(interface: str) -> set[str]:
    """Names of an interface's members."""
    body = re.search(rf"export interface {interface} {{(.*?)^}}", SOURCE, re.S | re.M)
    assert body, interface
    return set(re.findall(r"^  (\w+)\??:", body[1], re.M))


@pytest.mark.parametrize("part", PARTS)
def test_the_parts_have_the_collectors_fields(part: str) -> None:
    """An interface of the SDK has no field that the collector does not know, and for what a site tells lacks none."""
    known = {field.name for field in msgspec.structs.fields(getattr(vocabulary, part))} - LEFT_OUT.get(part, set())
    if part in ("Context", "Consent"):  # the SDK fills them in itself, with what a browser knows
        assert members(part) < known
    else:
        assert members(part) == known


def test_types_are_standard() -> None:
    """Each standard type that the SDK offers is one of the collector's, and none needs a secret key."""
    union = re.search(r"export type StandardType =(.*?);", SOURCE, re.S)
    assert union
    offered = set(re.findall(r"'(\w+)'", union[1]))
    assert offered < set(vocabulary.STANDARD_TYPES)
    assert not offered & vocabulary.SECRET_KEY_TYPES
