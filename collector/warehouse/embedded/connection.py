"""Connections of uvicorn, with a time limit for the head of a request, which it does not have."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from collector.warehouse.embedded.limits import HEAD_S


class Connection(H11Protocol):
    """Closed when a request's head is not there in time: at first, and after each answer once something has come."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody has connected."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something has come."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_clock()
        elif self._deadline is None:
            self._expect_head()

    def on_response_complete(self) -> None:
        """An answer is out; a further request that has come already is read now."""
        super().on_response_complete()
        if self.conn.their_state is not h11.IDLE:
            self._stop_clock()

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_S, self.transport.close)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
