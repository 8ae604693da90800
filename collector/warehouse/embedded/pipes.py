"""Named pipes to and from the engine, so that neither rows nor answers are ever held in memory whole.

The engine reads `file('pipes/…')` or `INFILE` and writes `INTO OUTFILE` from its own threads; this side is the event
loop's and never blocks. `done` is always the future of the statement at the other end: when it ends first, nobody waits
for it here.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import uuid
from pathlib import Path
from types import TracebackType

from collector.warehouse.embedded.engine import Outcome
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.folder import PIPES
from collector.warehouse.embedded.limits import PIPE_BYTES

READ_TWICE = "input() is read more than once by this statement: read it into a temporary table first"

_OWN_FILES = Path("/proc/self/fd")
"""This process's open files; the engine's are among them. Not on macOS."""
_F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", 1031)
_LOOK_S, _LOOK_LONGEST_S = 0.0005, 0.005
"""Pauses between looks whether the engine has opened its end; there is no event for that."""


class _Pipe:
    def __init__(self) -> None:
        self.path = str(PIPES / uuid.uuid4().hex)
        os.mkfifo(self.path, 0o600)
        self._end = -1

    def __enter__(self):  # type: ignore[no-untyped-def]  # typing.Self is younger than Python 3.10
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        Path(self.path).unlink(missing_ok=True)

    def close(self) -> None:
        """Close our end. The engine then sees the end of the rows, or that nobody reads its answer any more."""
        if self._end >= 0:
            os.close(self._end)
            self._end = -1

    def _open(self, flags: int) -> None:
        self._end = os.open(self.path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.fcntl(self._end, _F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            pass  # macOS, or a limit of this user: smaller steps then

    async def _ready(self, write: bool, done: asyncio.Future[Outcome]) -> None:
        """Wait until our end can be used, or the statement has ended."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        add, remove = (loop.add_writer, loop.remove_writer) if write else (loop.add_reader, loop.remove_reader)
        add(self._end, _fulfil, ready)
        try:
            await asyncio.wait((ready, done), return_when=asyncio.FIRST_COMPLETED)
        finally:
            remove(self._end)
            ready.cancel()


def _is_same(file: Path, other: os.stat_result) -> bool:
    try:
        return os.path.samestat(file.stat(), other)
    except OSError:
        return False  # it was closed meanwhile


def _fulfil(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


class AnswerPipe(_Pipe):
    """From the engine."""

    def __init__(self) -> None:
        super().__init__()
        # Open for both, so that it never reads as ended before the engine has opened it: it ends with the statement.
        self._open(os.O_RDWR)

    async def read(self, done: asyncio.Future[Outcome]) -> bytes:
        """What has come, or empty bytes when the statement has ended and all is read."""
        while True:
            ended = done.done()
            try:
                return os.read(self._end, PIPE_BYTES)
            except BlockingIOError:
                if ended:
                    return b""
            await self._ready(False, done)


class RowsPipe(_Pipe):
    """To the engine."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = -1

    async def open(self, done: asyncio.Future[Outcome]) -> bool:
        """Wait until the engine has opened its end; False when its statement ended without."""
        pause = _LOOK_S
        while not done.done():
            try:
                self._open(os.O_WRONLY)
                self._allow_one_reader()
                return True
            except OSError as error:
                if error.errno != errno.ENXIO:  # nobody reads yet
                    raise
            await asyncio.wait((done,), timeout=pause)
            pause = min(pause * 1.5, _LOOK_LONGEST_S)
        return False

    def _allow_one_reader(self) -> None:
        """Two readers of one pipe would each get some of the rows: a CTE that is used twice reads its input() twice.

        Raises Fault, before any row is handed over.
        """
        self._rest = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        Path(self.path).unlink()  # nobody opens it from now on
        if _OWN_FILES.is_dir():
            mine = os.fstat(self._end)
            found = [file for file in _OWN_FILES.iterdir() if _is_same(file, mine)]
            if len(found) > 3:  # our two ends and the engine's
                raise Fault(36, READ_TWICE)

    async def write(self, data: bytes, done: asyncio.Future[Outcome]) -> bool:
        """Hand rows over; False when the engine wants no more of them."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._end, rest) :]
            except BlockingIOError:
                if done.done():
                    return False
                await self._ready(True, done)
        return True

    def finish(self) -> None:
        """Say that all rows are written."""
        self.close()

    def release(self) -> None:
        """Let go of the engine, also where it still waits for us to open our end."""
        if self._end < 0:
            try:
                self._open(os.O_WRONLY)
            except OSError:
                pass  # it does not wait
        self.close()

    def unread(self) -> bytes:
        """Rows that the engine left in the pipe although its statement has ended."""
        return os.read(self._rest, PIPE_BYTES) if self._rest >= 0 else b""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        if self._rest >= 0:
            os.close(self._rest)
