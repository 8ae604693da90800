"""The words in which the families of the corpus are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.hostile.case import Case

NOW = "@NOW@"
GOOD = '"@GOOD@"'
"""A good touchpoint that is sent beside a hostile one."""
PUBLIC, SECRET = "demo", "demo-secret"

Rejection = tuple[int, Any, str | None]


def touch(name: str = "it", **fields: Any) -> dict[str, Any]:
    """A touchpoint of now: the case's own, or one with another name."""
    return {"id": "@ID@" if name == "it" else f"@ID:{name}@", "type": "page_view", "occurred_at": NOW, **fields}


def batch(
    name: str,
    *touchpoints: str,
    key: str = PUBLIC,
    accepted: bool | Sequence[str] = True,
    rejected: Sequence[Rejection] = (),
    problems: dict[str, list[str]] | Sequence[str] = (),
    kept: bool = False,
    more: str = "",
    **request: Any,
) -> Case:
    """A good touchpoint and then these (JSON texts): a 202.

    `accepted` says whether the case's own touchpoint comes in (or lists those that do), `problems` which paths are set
    aside in it, `more` is put in the body behind the touchpoints.
    """
    own = ["it"] if accepted is True else list(accepted or ())
    answer: dict[str, Any] = {"status": 202, "accepted": ["good", *own]}
    if rejected:
        answer["rejected"] = rejected
    if problems:
        answer["problems"] = problems if isinstance(problems, dict) else {"it": list(problems)}
    if kept:
        answer["kept"] = True
    body = f'{{"key":"{key}","touchpoints":[{",".join((GOOD, *touchpoints))}]{more}}}'
    return {"name": name, "body": body, **request, "answer": answer}


def refused(name: str, status: int, reason: str | list[str] | None, **request: Any) -> Case:
    """A request that is refused whole; `reason` None where the answer is no error of ours."""
    answer: dict[str, Any] = {"status": status}
    if reason is not None:
        answer["reason"] = reason
    return {"name": name, **request, "answer": answer}
