"""Stands in a process between the product's functions and their callers, and does there what a test has ordered.

Orders are files in CHAOS_FOLDER, so that they can be given while the process runs:

    orders/<role>.<point>   {"signal": 9, "after_s": 0}: the next process that passes the point takes the order (a
                            rename, so that only one does) and sends itself the signal
    failing/<role>          a sync fails, once for each byte of the file
    slow/<role>             seconds that each sync takes longer
    clock/<role>            seconds by which the process's clock is off
    kept/                   if it is there, each new segment of the spool is linked here too, to be looked at later
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import functools
import importlib
import inspect
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import points

ROLES = {
    "collector.receive": "receive",
    "collector.loader": "load",
    "collector.warehouse.embedded": "clickhouse",
    "collector": "supervisor",
}
_rename, _sleep, _write = os.rename, time.sleep, os.write


def install(argv: Sequence[str], folder: str) -> None:
    """Wrap every named function of this process's role; nothing in a process that has none."""
    role = next((ROLES[word] for word in argv if word in ROLES), None)
    if role is None:
        return
    faulthandler.register(signal.SIGUSR1)  # a process that hangs can be asked where
    place = Path(folder)
    _disturb_disk(place, role)
    _disturb_clock(place / "clock" / role)
    for point in points.POINTS[role]:
        _wrap(point.function, functools.partial(_passing, point, _Order(place, points.order_name(role, point))))
    if role == "receive":
        _wrap("collector.spool.growing:GrowingSegment.__init__", functools.partial(_keeping, place / "kept"))
    if role == "supervisor":
        _hasten()


class _Order:
    """What may be ordered at one point."""

    def __init__(self, folder: Path, name: str) -> None:
        self._given = str(folder / "orders" / name)
        self._taken = str(folder / "taken" / f"{name}.{os.getpid()}")

    def taken(self) -> dict[str, float] | None:
        """The order, if there is one and this process is the first to take it."""
        try:
            with open(self._given, encoding="ascii") as file:  # before it is taken: whoever gave it removes it then
                order: dict[str, float] = json.load(file)
            _rename(self._given, self._taken)
        except FileNotFoundError:
            return None
        return order


def _obey(order: dict[str, float]) -> None:
    _sleep(order["after_s"])
    os.kill(os.getpid(), int(order["signal"]))


def _passing(point: points.Point, order: _Order, called: Callable[..., Any]) -> Callable[..., Any]:
    """`called` with `point` beside it."""

    def before(given: tuple[Any, ...]) -> None:
        if point.when in ("before", "during", "half") and point.only((given, None)) and (taken := order.taken()):
            if point.when == "during":
                threading.Thread(target=_obey, args=(taken,), daemon=True).start()
                return
            if point.when == "half":
                _write(given[0], given[1][: len(given[1]) // 2])
            _obey(taken)

    def after(given: tuple[Any, ...], gave: Any) -> None:
        if point.when == "after" and point.only((given, gave)) and (taken := order.taken()):
            _obey(taken)

    if inspect.iscoroutinefunction(called):

        @functools.wraps(called)
        async def waited(*given: Any, **named: Any) -> Any:
            before(given)
            gave = await called(*given, **named)
            after(given, gave)
            return gave

        return waited

    @functools.wraps(called)
    def passed(*given: Any, **named: Any) -> Any:
        before(given)
        gave = called(*given, **named)
        after(given, gave)
        return gave

    return passed


def _wrap(function: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    module, _, path = function.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    setattr(owner, name, around(getattr(owner, name)))


def _keeping(kept: Path, begin: Callable[..., None]) -> Callable[..., None]:
    def begun(growing: Any, folder: Path) -> None:
        begin(growing, folder)
        if kept.is_dir():
            os.link(folder / growing.name, kept / growing.name)

    return begun


def _disturb_disk(folder: Path, role: str) -> None:
    failing, slow = folder / "failing" / role, folder / "slow" / role

    def disturbed(sync: Callable[[int], None]) -> Callable[[int], None]:
        def synced(handle: int) -> None:
            with contextlib.suppress(FileNotFoundError):
                _sleep(float(slow.read_text("ascii")))
            if failing.exists() and (left := failing.read_bytes()):
                failing.write_bytes(left[1:])
                raise OSError(errno.EIO, "Input/output error")
            sync(handle)

        return synced

    os.fdatasync, os.fsync = disturbed(os.fdatasync), disturbed(os.fsync)


def _disturb_clock(off: Path) -> None:
    exact = time.time_ns

    def shifted() -> int:
        try:
            return exact() + int(off.read_text("ascii")) * 1_000_000_000
        except (FileNotFoundError, ValueError):  # it is as it should be, or just being written
            return exact()

    time.time_ns, time.time = shifted, lambda: shifted() / 1e9


def _hasten() -> None:
    """Shorter pauses than people need: what is killed a thousand times is started again at once."""
    import collector.supervisor as supervisor

    supervisor.STEADY_AFTER_S = 0.0
    supervisor.HEARTBEAT_S, supervisor.HEARTBEAT_TIMEOUT_S = 0.5, 2.0
