"""The words in which the families of the corpus are written."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from tests.hostile.case import Case

NOW = "@NOW@"
PUBLIC, SECRET = "demo", "demo-secret"

Rejection = tuple[int, Any, str | None]
_SPACE = uuid.UUID("018f0000-0000-7000-8000-000000000000")


def uid(name: str) -> str:
    """The id of the touchpoint with this name: the same in every run, another in every case."""
    return str(uuid.uuid5(_SPACE, name))


def touch(name: str, **fields: Any) -> dict[str, Any]:
    """A touchpoint of now."""
    return {"id": uid(name), "type": "page_view", "occurred_at": NOW, **fields}


def neighbour(name: str) -> str:
    """A good touchpoint that is sent beside a hostile one, as JSON."""
    return json.dumps(touch(f"{name}/good", visitor_id="PERSON-4711-neighbour"))


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

    `accepted` says whether the touchpoint named after the case comes in (or lists those that do), `problems` which
    paths are set aside in it, `more` is put in the body behind the touchpoints.
    """
    come_in = [uid(f"{name}/good"), *([uid(name)] if accepted is True else accepted or [])]
    answer: dict[str, Any] = {"status": 202, "accepted": come_in}
    if rejected:
        answer["rejected"] = rejected
    if problems:
        answer["problems"] = problems if isinstance(problems, dict) else {uid(name): list(problems)}
    if kept:
        answer["kept"] = True
    body = f'{{"key":"{key}","touchpoints":[{",".join((neighbour(name), *touchpoints))}]{more}}}'
    return {"name": name, "body": body, **request, "answer": answer}


def refused(name: str, status: int, reason: str | list[str] | None, **request: Any) -> Case:
    """A request that is refused whole; `reason` None where the answer is no error of ours."""
    answer: dict[str, Any] = {"status": status}
    if reason is not None:
        answer["reason"] = reason
    return {"name": name, **request, "answer": answer}
