"""Sessions: handles that are kept, with their temporary tables, settings and current database.

On a server the settings in a URL hold for one request only, while SET holds for the session. A chDB handle knows one
kind, so what a request sets is taken back after it, to what the session itself had set.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.warehouse.embedded import request
from collector.warehouse.embedded.access import User
from collector.warehouse.embedded.engine import Handle
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.limits import SESSIONS


@dataclass
class Kept:
    """One session."""

    timeout_s: int
    own: Mapping[str, str]
    """Settings that differ from the engine's defaults: those of every handle, and what the session itself has SET."""
    handle: Handle | None = None
    """Made by the first request, on its thread."""
    database: str = "default"
    busy: bool = True
    used: float = field(default_factory=time.monotonic)

    def restore(self, names: Mapping[str, str], database: str) -> None:
        """Take back what one request set. Runs on a thread; raises Fault when the handle is no longer of use."""
        assert self.handle is not None  # noqa: S101  # it has just run something
        for name in names:
            if name in self.own:
                self.handle.set(name, self.own[name])
            else:
                self.handle.reset(name)
        if database:
            self.handle.use(self.database)

    def learn(self) -> None:
        """Note what a SET or USE of the client changed. Runs on a thread."""
        assert self.handle is not None  # noqa: S101  # it has just run something
        self.own = self.handle.changed_settings()
        self.database = self.handle.run("SELECT currentDatabase()", "TSVRaw").data.decode().rstrip("\n")


class Sessions:
    """The sessions of one server. Belongs to the event loop."""

    def __init__(self, defaults: Mapping[str, str]) -> None:
        """`defaults` are the changed settings of a new handle."""
        self._defaults = defaults
        self._kept: dict[tuple[str, str], Kept] = {}

    def take(self, asked: request.Session, user: User) -> Kept:
        """The session for one request, begun if need be. Raises Fault when it is busy, or must exist and does not."""
        key = (user.name, asked.id)
        session = self._kept.get(key)
        if session is None:
            if asked.must_exist:
                raise Fault(372, f"Session {asked.id[:64]} not found")
            session = self._kept[key] = Kept(asked.timeout_s, self._defaults)
            return session
        if session.busy:
            raise Fault(373, f"Session {asked.id[:64]} is locked by a concurrent client")
        session.busy, session.timeout_s = True, asked.timeout_s
        return session

    def give_back(self, asked: request.Session, session: Kept, *, usable: bool) -> list[Handle]:
        """Keep the session for the next request; gives the handles that are to be closed now."""
        session.busy, session.used = False, time.monotonic()
        if asked.close or not usable or session.handle is None:
            self._kept = {key: kept for key, kept in self._kept.items() if kept is not session}
            return [session.handle] if session.handle else []
        return self._close_idlest() if len(self._kept) > SESSIONS else []

    def close_expired(self) -> list[Handle]:
        """Forget sessions that were not used within their timeout; gives their handles, to be closed."""
        now = time.monotonic()
        expired = [key for key, kept in self._kept.items() if not kept.busy and now - kept.used > kept.timeout_s]
        return self._forget(expired)

    def close_all(self) -> list[Handle]:
        """Forget every session; gives their handles, to be closed."""
        return self._forget(list(self._kept))

    def _close_idlest(self) -> list[Handle]:
        idle = [key for key, kept in self._kept.items() if not kept.busy]
        return self._forget(sorted(idle, key=lambda key: self._kept[key].used)[: max(len(self._kept) - SESSIONS, 0)])

    def _forget(self, keys: list[tuple[str, str]]) -> list[Handle]:
        return [kept.handle for kept in map(self._kept.pop, keys) if kept.handle is not None]
