"""Whether what a collector answered, and what it kept, is what a case of the corpus promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from collector.errors import Reason
from tests.hostile.case import Case
from tests.hostile.wire import Answer

WORDS = {reason.word: reason for reason in Reason}


def faults(case: Case, answers: list[Answer]) -> Iterator[str]:
    """What is wrong with the answers to a case."""
    promised = case["answer"]
    number = promised.get("answers", 1)
    if len(answers) != number:
        yield f"{number} answers promised, {len(answers)} came: {[(one.status, one.body[:100]) for one in answers]}"
        return
    statuses = promised.get("statuses", [promised.get("status")] * number)
    reasons = promised.get("reasons", [promised.get("reason")] * number)
    for answer, status, reason in zip(answers, statuses, reasons, strict=True):
        yield from _of_one(promised, answer, status, reason)


def _of_one(promised: dict[str, Any], answer: Answer, status: int | None, reason: str | None) -> Iterator[str]:
    if answer.status >= promised.get("status_below", 500):
        yield f"{answer.status}: {answer.body[:200]!r}"
    if status is not None and answer.status != status:
        yield f"{status} promised, {answer.status} came: {answer.body[:200]!r}"
        return
    if answer.headers.get("x-content-type-options") != "nosniff" or "server" in answer.headers:
        yield f"headers: {answer.headers}"
    if reason is not None:
        yield from _of_error(reason, answer)
    elif status == 202:
        yield from _of_batch(promised, answer)


def _of_error(reason: str, answer: Answer) -> Iterator[str]:
    if not isinstance(told := answer.json, dict) or told.get("reason") != reason or not told.get("detail"):
        yield f"{reason} promised, {answer.body[:200]!r} came"
    if answer.headers.get("content-type") != "application/json":
        yield f"an error of type {answer.headers.get('content-type')}"


def _of_batch(promised: dict[str, Any], answer: Answer) -> Iterator[str]:
    told = answer.json
    if told["accepted"] != len(promised["accepted"]):
        yield f"{len(promised['accepted'])} promised, {told}"
    rejected = promised.get("rejected", [])
    if len(told["rejected"]) != len(rejected):
        yield f"{rejected} promised, {told['rejected']} came"
        return
    for (place, words, field), one in zip(rejected, told["rejected"], strict=True):
        words = [words] if isinstance(words, str) else words
        if one["index"] != place or one["reason"] not in words or (field and one.get("field") != field):
            yield f"{(place, words, field)} promised, {one} came"


def rejections(case: Case, answers: list[Answer]) -> Counter[str]:
    """How many rejected touchpoints must be kept for the answers to a case, by reason as it was told."""
    if case["answer"].get("one_rejected"):
        return Counter([answers[0].json["reason"]])
    if case["answer"].get("status") != 202:
        return Counter()
    return Counter(one["reason"] for answer in answers for one in answer.json["rejected"])
