"""Every mistake in a mapping is told with its line, its column and its remedy, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.errors import HistoryUnreadable, MappingErrors
from collector.history.mapping_file import load

HEAD = "format: import-mapping/1-0-0\ntouchpoint:\n  type: {value: order}\n  occurred_at: At\n"

MISTAKES = {
    "format: import-mapping/2-0-0\n" + HEAD.partition("\n")[2]: "1:9: the format is missing or unknown",
    HEAD + "source: {delimitr: x}\n": "5:10: unknown key delimitr in source; did you mean delimiter?",
    HEAD + "source: {delimiter: ab}\n": "5:21: a delimiter is one character",
    HEAD + "source: {encoding: utf-16}\n": "5:20: no encoding that lines can be told apart in",
    HEAD + "source: {encoding: klingon}\n": "5:20: no encoding that lines can be told apart in",
    HEAD + "source: {time_zone: Europe/Utrecht}\n": "5:21: no time zone that this machine knows",
    HEAD + "source: {decimal: komma}\n": "5:19: decimal cannot be komma; did you mean comma?",
    HEAD + "source: here\n": "5:9: source: is a mapping",
    HEAD + "skipp: []\n": "5:1: unknown key skipp in this file; did you mean skip?",
    HEAD + "skip: [Status]\n": "5:8: skip: lists conditions",
    HEAD + "  order.totl: Total\n": "5:3: a touchpoint has no field order.totl; did you mean order.total?",
    HEAD + "  order: Total\n": "5:3: a touchpoint has no field order; did you mean order.",
    HEAD + "  order.id: 2024\n": "5:13: a column's name that YAML would read as a number; put it in quotes",
    HEAD + "  order.id: [a, b]\n": "5:13: order.id is filled from one column",
    HEAD + "  order.id: {form: Id}\n": "5:14: unknown key form in order.id; did you mean from?",
    HEAD + "  order.id: {map: {a: b}}\n": "5:13: say what fills order.id",
    HEAD + "  order.id: {value: a, from: b}\n": "5:24: from has nothing to do beside value:",
    HEAD + "  channel: {value: webb}\n": "5:20: webb cannot be: Invalid enum value 'webb'",
    HEAD + "  channel: {from: C, map: {shop: stor}}\n": "5:34: stor cannot be: Invalid enum value 'stor'",
    HEAD + "  order.currency: {from: C, default: euro}\n": "5:38: euro cannot be: Expected a currency in three",
    HEAD + "  order.id: {from: C, others: drop}\n": "5:31: others cannot be drop; known are: default, keep, skip",
    HEAD + "  order.id: {from: C, hash: md5}\n": "5:29: hash cannot be md5; known are: email, phone",
    HEAD + "  order.id: {from: C, time: iso}\n": "5:29: only occurred_at is a time",
    HEAD + "  order.id: {from: C, optional: yes}\n": "5:33: optional cannot be yes; known are: false, true",
    HEAD + "  id: []\n": "5:7: id: names the columns that name a row",
    HEAD + "  id: {off: a}\n": "5:8: unknown key off in id; did you mean of?",
    HEAD + "  products: items\n": "5:13: products: is filled from a list",
    HEAD + "  products: {each: items, fields: {nam: n}}\n": "5:36: a product has no field nam; did you mean name?",
    HEAD.replace(": At", ": {from: At, time: never}"): "4:33: no form of time: it has no directive such as %Y",
    HEAD.replace(": At", ": {from: At, time: '%Q'}"): "4:33: no form of time",
    HEAD.replace("  occurred_at: At\n", ""): "2:1: touchpoint: has no occurred_at",
    HEAD.partition("touch")[0]: "1:1: touchpoint: is missing",
    "": "1:1: this is no mapping; begin with format:",
    "- a\n": "1:1: this is no mapping; begin with format:",
    HEAD + "  order.id: &a Id\n": "an anchor &a; leave it out: a mapping file has no aliases",
    HEAD + "  type: Kind\n": "the key type stands twice (first in line 3); leave one out",
    HEAD + "---\n": "a second document; a mapping file is one",
}


def written(folder: Path, text: str) -> Path:
    """A mapping file."""
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_has_its_place_and_remedy(tmp_path: Path, text: str) -> None:
    """One mistake is one line; where it begins with a place, it stands there."""
    with pytest.raises(MappingErrors) as caught:
        load(written(tmp_path, text))
    told, expected = str(caught.value), MISTAKES[text]
    assert (f"m.yaml:{expected}" if expected[0].isdigit() else expected) in told
    assert len(caught.value.errors) == 1


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """In the order of their lines."""
    text = HEAD + "  order.totl: Total\n  channel: {value: webb}\n"
    with pytest.raises(MappingErrors) as caught:
        load(written(tmp_path, text))
    assert [line.split(":")[1] for line in caught.value.errors] == ["5", "6"]


def test_a_file_that_is_none_says_so(tmp_path: Path) -> None:
    """Missing, or no text."""
    with pytest.raises(HistoryUnreadable, match=r"--mapping: .* cannot be read"):
        load(tmp_path / "m.yaml")
    (tmp_path / "m.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HistoryUnreadable, match="cannot be read as UTF-8"):
        load(tmp_path / "m.yaml")
