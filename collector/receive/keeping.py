"""What may be kept of a rejected touchpoint: no address, however it is written, and nothing of who did not consent."""

from __future__ import annotations

from json import dumps
from typing import Any

from collector.address import truncate
from collector.receive.decode import parse
from collector.receive.privacy import withholds
from collector.touchpoint import IDENTIFIERS

LEADING = (("campaign", "click_id"), ("order", "id"), ("contact", "case"))
"""What leads to a person beside IDENTIFIERS."""

RAW_READ_LIMIT = 256 * 1024
"""Bytes of a rejected touchpoint that are looked through for what may not be kept; a larger one is kept without."""


def what_may_be_kept(raw: bytes, gpc: bool, limit: int) -> tuple[str | None, str]:
    """The id and the text of a rejected touchpoint: without an address, and nothing of who did not consent."""
    if len(raw) > RAW_READ_LIMIT:
        return None, ""
    try:
        sent = parse(raw)
        if not isinstance(sent, dict):
            return None, "" if gpc else raw[:limit].decode("utf-8", "replace")
        identified = sent["id"][:64] if isinstance(sent.get("id"), str) else None
        if gpc or withholds(sent.get("consent")):
            return identified, ""
        return identified, _without_address(raw, sent)[:limit].decode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None, ""


def may_be_counted_beside(raw: bytes) -> bool:
    """Whether a visitor hash may stand beside a touchpoint that was turned down: it rests as it was sent, so that an
    identifier in it would lead to the others of the request, and a no in it holds for them."""
    try:
        sent = parse(raw)
    except (ValueError, RecursionError):
        return False
    if not isinstance(sent, dict):
        return True
    consent = sent.get("consent")
    if withholds(consent) or (consent is not None and consent.get("dnt") not in (None, False)):
        return False
    parts = (sent.get(outer, {}).get(inner) for outer, inner in LEADING if isinstance(sent.get(outer), dict))
    return all(value is None for value in (*map(sent.get, IDENTIFIERS), *parts))


def _without_address(raw: bytes, sent: dict[str, object]) -> bytes:
    """The touchpoint with its address cut short. JSON may say a name twice: only what was read of it is kept then."""
    if not _names_address(raw):
        return raw
    context = sent.get("context")
    if isinstance(context, dict) and "address" in context:
        context = {**context, "address": truncate(str(context["address"]))}
    kept = {**sent, "context": context} if isinstance(context, dict) else {**sent, "context": None}
    return dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _names_address(raw: bytes) -> bool:
    """Whether anything in it is called address, be it written with escapes."""
    if b"address" not in raw and b"\\u" not in raw:
        return False
    names: set[str] = set()

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names.update(name for name, _ in pairs)
        return dict(pairs)

    parse(raw, noted)
    return "address" in names
