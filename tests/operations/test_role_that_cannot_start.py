"""A role that cannot be started now, for want of memory or processes, is started as soon as it can be."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from collector.settings import Settings
from collector.supervisor import Child, Supervisor, _ending


def test_a_start_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first starts fail as those of a machine without room do; the supervisor goes on trying."""
    settings = Settings(data=tmp_path)
    settings.metrics_folder.mkdir()
    child = Child("load", "collector.loader", ["--help"])
    supervisor = Supervisor(settings, [child])

    async def live() -> None:
        with monkeypatch.context() as without:
            without.setattr(sys, "executable", str(tmp_path / "no-such-program"))
            keeper = asyncio.create_task(supervisor._keep(child))
            while not supervisor._restarts["load"]:
                assert not keeper.done(), "nobody would start it any more"
                await asyncio.sleep(0.01)
        while child.process is None:
            await asyncio.sleep(0.01)
        supervisor._stopping.set()
        await child.stop(10)
        await keeper

    asyncio.run(asyncio.wait_for(live(), 30))


def test_every_ending_has_a_word() -> None:
    """Also a real-time signal, which has no name: the keeper of a role must not end with it."""
    assert [_ending(code) for code in (0, 2, -9, -40)] == ["exit code 0", "exit code 2", "signal SIGKILL", "signal 40"]
