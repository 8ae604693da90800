"""What an outbox says of itself, for `Store.status()` and for the command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from klantreis_store.outbox import Outbox


@dataclass(frozen=True)
class Trouble:
    """Why nothing is sent. `since` is by this machine's clock; `status` is 0 where nobody answered."""

    since: datetime
    status: int
    reason: str
    detail: str
    attempts: int


@dataclass(frozen=True)
class Loss:
    """What was given up, and how often; `latest` is by this machine's clock."""

    what: str
    count: int
    latest: datetime


@dataclass(frozen=True)
class Status:
    """The outbox of this machine at one moment."""

    waiting: int
    """Touchpoints on disk that are not confirmed yet."""
    oldest: datetime | None
    """When the first of them occurred, by the clock that stamped it."""
    aside: int
    """Refused for good, or damaged; kept until somebody has them sent again."""
    sent: int
    """Confirmed by the collector since the outbox was made."""
    dropped: int
    """Given up since then: refused for good, no room, or damaged."""
    losses: Sequence[Loss]
    """What of it is not to be had any more, by reason."""
    trouble: Trouble | None


def read(outbox: Outbox) -> Status:
    """Looks once."""
    state = outbox.state()
    oldest = outbox.oldest(1)
    [(aside,)] = outbox.connection.execute("SELECT count(*) FROM aside")
    losses = outbox.connection.execute("SELECT what, count, latest_at FROM losses ORDER BY latest_at DESC")
    return Status(
        state.kept,
        _moment(json.loads(oldest[0].body)["occurred_at"]) if oldest and oldest[0].is_whole else None,
        aside,
        state.sent,
        state.dropped,
        [Loss(what, count, _moment(at)) for what, count, at in losses],
        _trouble(json.loads(state.trouble)) if state.trouble else None,
    )


def _trouble(told: dict[str, Any]) -> Trouble:
    return Trouble(_moment(told["since"]), told["status"], told["reason"], told["detail"], told["attempts"])


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.utc)
