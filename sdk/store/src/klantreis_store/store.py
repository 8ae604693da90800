"""The store: what a till, kiosk, desk or back end makes once and then tells everything."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType

from klantreis_store import forks, status, touchpoint
from klantreis_store.clock import Clock, MachineClock, NamedClock
from klantreis_store.errors import OutboxError, SettingsError
from klantreis_store.moments import BackOfficeMoments, Fields, TillMoments
from klantreis_store.on_disk import OnDisk
from klantreis_store.outbox import LIMIT
from klantreis_store.parts import Person, Shop, without_nothing
from klantreis_store.sender import Sender
from klantreis_store.status import Status
from klantreis_store.version import SDK, VERSION
from klantreis_store.wire import Key, Wire

TROUBLED_S = 5.0
"""Until the thread looks again at an outbox that it could not use."""

log = logging.getLogger("klantreis_store")

_of_parents: set[OnDisk] = set()
"""What a child must neither use nor close that was forked without Python being told: it was open then."""


class Store(TillMoments, BackOfficeMoments):
    """Tells the collector what happens here. Any thread may call it, and any number of programs may share `folder`.

    url       the collector's address, https://touch.shop.example
    key       a secret key; or `key_file`, a file with it, which is read anew at each attempt
    folder    where the outbox rests, on a disk of this machine (not on a network share)
    shop      where this is; stands in every touchpoint of channel `store`
    currency  of amounts that name none
    limit     touchpoints kept while the collector is away; see docs/store.md
    sends     False: only stores, and another program of this machine sends
    insecure  True: http to another machine, on a network that is your own

    Raises SettingsError for what cannot be used, OutboxError when the outbox cannot be opened.
    """

    def __init__(
        self,
        url: str,
        *,
        folder: str | Path,
        key: str | None = None,
        key_file: str | Path | None = None,
        shop: Shop | None = None,
        currency: str = "EUR",
        limit: int = LIMIT,
        sends: bool = True,
        insecure: bool = False,
        clock: Clock | None = None,
    ) -> None:
        if limit < 1:
            raise SettingsError(f"limit: {limit} must be at least 1 touchpoint")
        self.currency = currency
        self._shop = shop
        self._key = Key(key, Path(key_file) if key_file is not None else None)
        self._wire = Wire(url, agent=f"{SDK}/{VERSION}", insecure=insecure)
        self._folder, self._limit, self._sends = Path(folder), limit, sends
        self._clock = clock or MachineClock()
        self._told_full = False
        self._closed = False
        self._open()

    def track(
        self,
        type: str,
        *,
        channel: str = "store",
        person: Person | None = None,
        occurred_at: datetime | None = None,
        properties: Fields | None = None,
        more: Fields | None = None,
    ) -> str:
        """Any touchpoint; gives its id. It is synced to disk when this returns; nothing here waits for the network.

        Raises TouchpointError for a wrong argument, OutboxError when it could not be stored.
        """
        fields = without_nothing(
            {
                "channel": channel,
                "store": self._shop.as_fields() if self._shop is not None and channel == "store" else None,
                "properties": dict(properties) if properties else None,
            }
        )
        for given in (person.as_fields() if person is not None else {}, more or {}):
            for name, value in given.items():
                merged = isinstance(value, dict) and isinstance(fields.get(name), dict)
                fields[name] = {**fields[name], **value} if merged else value
        now = self._clock.now()
        made = touchpoint.make(type, fields, now.wall_ms, occurred_at)
        self._in_this_process()
        dropped = self._disk.do(lambda outbox: outbox.add([made], now))
        if dropped and not self._told_full:
            self._told_full = True
            log.error(
                "the outbox in %s is full: the oldest is dropped and counted; is the collector away?", self._folder
            )
        self._wake.set()
        return made.id

    def status(self) -> Status:
        """What waits, what was sent, and why nothing is, if so. Raises OutboxError."""
        self._in_this_process()
        return self._disk.do(status.read)

    def flush(self, within_s: float = 30.0) -> bool:
        """Sends at once what waits, whoever sends on this machine; says whether all is sent.

        Gives up before its time when the key is refused: that no waiting mends. Raises OutboxError.
        """
        self._in_this_process()
        until = time.monotonic() + within_s
        before = self._disk.do(lambda outbox: outbox.state()).trouble
        self._disk.do(lambda outbox: outbox.ask())
        while True:
            self._wake.set()
            state = self._disk.do(lambda outbox: outbox.state())
            if not state.kept:
                return True
            if time.monotonic() >= until or (state.trouble != before and _is_refused(state.trouble)):
                return False
            time.sleep(min(0.05, max(0.0, until - time.monotonic())))

    def close(self, within_s: float = 2.0) -> None:
        """Sends what it can in so many seconds and stops. What is left waits on disk for the next start."""
        if self._closed or self._pid != os.getpid():
            return
        self._closed = True
        if self._thread is not None:
            with contextlib.suppress(OutboxError):
                self.flush(within_s)
            self._stopping.set()
            self._wake.set()
            self._thread.join(1.0)
        self._disk.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self._wire.url!r}, folder={str(self._folder)!r}, key={self._key!r})"

    def _open(self) -> None:
        self._pid, self._forks = os.getpid(), forks.seen()
        self._disk = OnDisk(self._folder, limit=self._limit)
        now = self._clock.now()
        if not now.boot:
            self._clock = NamedClock(self._clock, self._disk.do(lambda outbox: outbox.name_of_boot(now)))
        else:
            self._disk.do(lambda outbox: outbox.state())  # an outbox that cannot be opened is told here, not at a sale
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        if self._sends:
            self._thread = threading.Thread(target=self._send, name="klantreis-store", daemon=True)
            self._thread.start()

    def _in_this_process(self) -> None:
        """After a fork: a thread and connections of its own."""
        if self._pid == os.getpid():
            return
        if self._forks == forks.seen():
            _of_parents.add(self._disk)
            raise OutboxError(
                f"{self._folder}: was open when this process was forked, by a program that did not tell Python; make "
                "the Store after the fork (uWSGI: lazy-apps = true)"
            )
        self._open()

    def _send(self) -> None:
        """The thread: it outlives every trouble, since nobody would start it again."""
        disk, stopping, wake = OnDisk(self._folder, limit=self._limit), self._stopping, self._wake
        sender = Sender(disk, self._wire, self._key.value, self._clock, sdk={"name": SDK, "version": VERSION})
        told = ""
        while not stopping.is_set():
            try:
                wait_s, told = sender.step(), ""
            except Exception as error:
                wait_s = TROUBLED_S
                if told != str(error):
                    told = str(error)
                    log.error("nothing can be sent: %s", error, exc_info=not isinstance(error, OutboxError))
            wake.wait(wait_s)
            wake.clear()
        sender.close()
        disk.close()


def _is_refused(trouble: str | None) -> bool:
    return trouble is not None and json.loads(trouble)["status"] in (401, 403)
