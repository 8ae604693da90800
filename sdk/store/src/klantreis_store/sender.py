"""Brings what waits to the collector: one request at a time, one sender at a time on a machine.

`step` does what is due and says when it wants to be called again. The thread that calls it is in `store.py`.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Sequence
from typing import Any, Callable, Protocol

from klantreis_store import forks
from klantreis_store.answers import Judged, Reply, Verdict, judge
from klantreis_store.batch import Batch, Limits, batch
from klantreis_store.clock import Clock, Now
from klantreis_store.errors import SettingsError
from klantreis_store.on_disk import OnDisk
from klantreis_store.outbox import Outbox, Refusal, State, Waiting, occurred_at
from klantreis_store.reckoning import Reckoning
from klantreis_store.turn import Turn

POLL_S = 1.0
"""How often it looks for what other programs of this machine have put into the outbox."""
GATHER_MS = 500
"""What happens within it goes in one request."""
FIRST_S = 1.0
"""First wait after a failure; each further one doubles it."""
DOUBLINGS = 8
"""At most, some four minutes: a collector that is back is found within this time."""
REFUSED_KEY_S = 1024.0
"""After 401 and 403: somebody must change a setting first."""
NOTEWORTHY_MS = 60_000
"""A clock that is off by more explains why the collector finds a time impossible."""
DATE_MS = 500
"""A Date says whole seconds; in the middle it is wrong by half of one at most."""

log = logging.getLogger("klantreis_store")


class Post(Protocol):
    """The network, as far as this needs it."""

    url: str

    def post(self, body: bytes) -> Reply: ...


class Sender:
    """One of this machine's programs that may send; `turn` says which one does."""

    def __init__(
        self,
        disk: OnDisk,
        wire: Post,
        key: Callable[[], str],
        clock: Clock,
        *,
        sdk: dict[str, str],
        limits: Limits | None = None,
        chance: Callable[[], float] = random.random,
        poll_s: float = POLL_S,
    ) -> None:
        self._disk, self._wire, self._key, self._clock, self._chance, self._sdk = disk, wire, key, clock, chance, sdk
        self._poll_s = poll_s
        self._turn = Turn(disk.folder / "sender.lock")
        forks.watch(self._turn)
        self._limits = limits or Limits()
        self._count = self._limits.touchpoints
        """Touchpoints in a request; 413 lowers it for good."""
        self._suspected = self._count
        """Lower while one that the collector refuses whole requests for is searched."""
        self._failures = 0
        self._not_before_ms = 0
        self._gathering_until_ms: int | None = None
        self._asked: int | None = None
        self._asked_time = False
        self._told: tuple[int, str] | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this program is the one that sends."""
        return self._turn.held

    def step(self) -> float:
        """Does what is due; seconds until it wants to be called again. Raises OutboxError."""
        now = self._clock.now()
        state = self._disk.do(lambda outbox: outbox.state())
        hurried = self._asked is not None and state.asked != self._asked
        self._asked = state.asked
        if not state.kept:
            self._gathering_until_ms = None
            return self._poll_s
        if hurried:
            self._not_before_ms, self._gathering_until_ms = 0, now.uptime_ms
        elif self._gathering_until_ms is None and state.kept < self._count:
            self._gathering_until_ms = now.uptime_ms + GATHER_MS
        due = max(self._not_before_ms, self._gathering_until_ms or 0)
        if now.uptime_ms < due:
            return min(self._poll_s, (due - now.uptime_ms) / 1000)
        if not self._turn.take():
            return self._poll_s
        return self._attempt(now, state, hurried)

    def close(self) -> None:
        """Lets another program send."""
        self._turn.give_back()

    def _attempt(self, now: Now, state: State, hurried: bool) -> float:
        count = min(self._count, self._suspected)
        waiting, reckoning = self._disk.do(lambda outbox: _look(outbox, now, count))
        if state.pause_until_ms > now.uptime_ms and reckoning.is_this_boot(state.pause_boot) and not hurried:
            self._not_before_ms = state.pause_until_ms
            return min(self._poll_s, (self._not_before_ms - now.uptime_ms) / 1000)
        if broken := [one for one in waiting if not one.is_whole]:
            log.error("%d touchpoints are not what was stored; they are kept aside", len(broken))
            self._put_aside(broken, "damaged", "its checksum is wrong: look at the disk", now)
            return 0.0
        try:
            key = self._key()
        except SettingsError as error:
            return self._failed(Judged(Verdict.KEEP_LONG, {}, "key_unreadable", str(error), 0.0, None), 0, state)
        if not self._asked_time and not reckoning.knows_true_time and _is_time_needed(waiting, reckoning):
            waiting = []  # the collector's answer to nothing says what time it is
        dropped = state.dropped - state.told
        made = batch(waiting, self._limits, reckoning, now, key=key, sdk=self._sdk, dropped=dropped)
        reply = self._wire.post(made.body)
        after = self._clock.now()
        judged = judge(reply, len(made.waiting), after.wall_ms)
        if not made.waiting and reply.status:
            self._asked_time = True
        if judged.true_ms is not None:
            reckoning = self._note_time(judged.true_ms + DATE_MS, after, reckoning)
        if judged.verdict is Verdict.SETTLED:
            return self._settled(made, judged, reckoning, after, dropped)
        return self._not_settled(made, judged, reply.status, after, state)

    def _settled(self, made: Batch, judged: Judged, reckoning: Reckoning, now: Now, dropped: int) -> float:
        refused, mended = [], []
        for place, (reason, detail) in judged.rejected.items():
            one = made.waiting[place]
            right = _right_time(one, reckoning) if reason == "time_impossible" else None
            if right is None:
                refused.append(Refusal(one, reason, detail, known=True))
            else:
                mended.append((one, right))
        if mended:
            log.warning("the clock of this machine was wrong: %d touchpoints get the right time", len(mended))
            self._disk.do(lambda outbox: outbox.rewrite(mended))
        kept = {one.waiting.number for one in refused} | {one.number for one, _ in mended}
        confirmed = [one for one in made.waiting if one.number not in kept]
        self._disk.do(lambda outbox: outbox.settle(confirmed, refused, now.wall_ms, told=dropped))
        if refused:
            log.error(
                "the collector rejected %d touchpoints, the first for %s: %s", len(refused), *refused_why(refused)
            )
        if self._told is not None:
            log.info("touchpoints are sent again")
        self._failures, self._not_before_ms, self._told = 0, 0, None
        self._suspected = min(self._limits.touchpoints, self._suspected * 2)
        # What came in while this request was under way is gathered; what was there before goes at once.
        self._gathering_until_ms = now.uptime_ms if len(made.waiting) >= self._count or not made.waiting else None
        return 0.0

    def _not_settled(self, made: Batch, judged: Judged, status: int, now: Now, state: State) -> float:
        count = len(made.waiting)
        if judged.verdict is Verdict.SPLIT and count > 1:
            self._count = count // 2
            return 0.0
        if judged.verdict is Verdict.REFUSED and count > 1:
            self._suspected = count // 2  # one bad touchpoint must not cost its neighbours
            return 0.0
        if judged.verdict in (Verdict.SPLIT, Verdict.REFUSED) and count == 1:
            log.error("the collector refused a touchpoint with %d %s: %s", status, judged.reason, judged.detail)
            self._put_aside(made.waiting, judged.reason or str(status), judged.detail, now)
            return 0.0
        return self._failed(judged, status, state)

    def _put_aside(self, waiting: Sequence[Waiting], reason: str, detail: str, now: Now) -> None:
        refused = [Refusal(one, reason, detail, known=False) for one in waiting]
        self._disk.do(lambda outbox: outbox.settle([], refused, now.wall_ms))

    def _failed(self, judged: Judged, status: int, state: State) -> float:
        longest = (
            REFUSED_KEY_S if judged.verdict is Verdict.KEEP_LONG else FIRST_S * 2 ** min(DOUBLINGS, self._failures)
        )
        wait_s = max(longest * (1 + self._chance()) / 2, judged.retry_after_s)
        self._failures += 1
        now = self._clock.now()
        self._not_before_ms = now.uptime_ms + round(wait_s * 1000)
        since = json.loads(state.trouble)["since"] if state.trouble else now.wall_ms
        trouble = {
            "since": since, "status": status, "reason": judged.reason, "detail": judged.detail[:500],
            "attempts": self._failures, "next_in_s": round(wait_s),
        }  # fmt: skip
        self._disk.do(lambda outbox: outbox.note_trouble(trouble, now, round(judged.retry_after_s * 1000)))
        if self._told != (status, judged.reason):
            self._told = status, judged.reason
            told = log.error if judged.verdict is Verdict.KEEP_LONG else log.warning
            told("nothing is sent (%s); %d touchpoints wait on disk", explained(trouble), state.kept)
        return min(self._poll_s, wait_s)

    def _note_time(self, true_ms: int, now: Now, before: Reckoning) -> Reckoning:
        if before.knows_true_time and abs(before.true_now_ms - true_ms) < NOTEWORTHY_MS:
            return before
        self._disk.do(lambda outbox: outbox.note_true_time(now, true_ms))
        return self._disk.do(lambda outbox: Reckoning(outbox.boots(), now))


def explained(trouble: dict[str, Any]) -> str:
    """A failed attempt in words."""
    status = f"{trouble['status']} " if trouble["status"] else ""
    if trouble["status"] in (401, 403):
        return f"{status}{trouble['reason']}: compare the key with `klantreis keys list`"
    return f"{status}{trouble['reason']}: {trouble['detail']}" if trouble["reason"] else str(trouble["detail"])


def refused_why(refused: Sequence[Refusal]) -> tuple[str, str]:
    """Of the first."""
    return refused[0].reason, refused[0].detail


def _look(outbox: Outbox, now: Now, count: int) -> tuple[list[Waiting], Reckoning]:
    boots = outbox.boots()
    if not outbox.knows(now) or not boots:
        with outbox.transaction():
            outbox.boot(now)
        boots = outbox.boots()
    return outbox.oldest(count), Reckoning(boots, now)


def _is_time_needed(waiting: Sequence[Waiting], reckoning: Reckoning) -> bool:
    return any(reckoning.was_set(occurred_at(one.body), one.boot, one.uptime_ms) for one in waiting)


def _right_time(one: Waiting, reckoning: Reckoning) -> bytes | None:
    """The touchpoint with the time at which it did occur, where that is known and differs: it was never stored."""
    age = reckoning.age_ms(one.boot, one.uptime_ms)
    if age is None or not reckoning.knows_true_time:
        return None
    fields = json.loads(one.body)
    right = reckoning.true_now_ms - age
    if abs(right - int(fields["occurred_at"])) < NOTEWORTHY_MS:
        return None
    fields["occurred_at"] = right
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
