"""Writes the generated part of the corpus: `python -m tests.hostile.write`. A test tells when it is stale.

`by_hand.jsonl` and `heads_by_hand.jsonl` are written by people: change them as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from tests.hostile.case import CORPUS, Case
from tests.hostile.families import bodies, encodings, heads, injections, pixels, sizes, times, vocabulary

FAMILIES = (vocabulary, bodies, encodings, injections, heads, sizes, times, pixels)


def generated() -> dict[str, str]:
    """Each generated file of the corpus and its text: a file for each first word of the cases' names."""
    cases = sorted((case for family in FAMILIES for case in family.cases()), key=_family)  # keeps the order within
    return {f"{family}.jsonl": "".join(_lines(found)) for family, found in groupby(cases, _family)}


_RUN = re.compile(r"(.)\1{63,}", re.DOTALL)


def _family(case: Case) -> str:
    return str(case["name"]).partition("/")[0]


def _lines(cases: Iterator[Case]) -> Iterator[str]:
    for case in cases:
        if "body" in case:
            case = case | {"body": _short(case["body"])}
        yield json.dumps(case, ensure_ascii=True, separators=(",", ":")) + "\n"


def _short(body: Any) -> Any:
    """Texts in pieces, where one letter is repeated often: files that can be read."""
    if isinstance(body, list):
        return [_short(piece) for piece in body]
    if not isinstance(body, str) or not _RUN.search(body):
        return body
    pieces, at = [], 0
    for run in _RUN.finditer(body):
        pieces += [body[at : run.start()], {"repeat": run[1], "times": len(run[0])}]
        at = run.end()
    return [*pieces, body[at:]]


def main() -> None:
    """Writes every file."""
    for name, text in generated().items():
        (CORPUS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
