"""Roles are started as soon as they can be, and with the product's own modules."""

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


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no safe path")
def test_modules_of_the_working_folder_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may have put one there under the name of a library; a role takes none of them for it."""
    planted, told = tmp_path / "msgspec.py", tmp_path / "it-ran"
    planted.write_text(f"open({str(told)!r}, 'w').close()")
    monkeypatch.chdir(tmp_path)
    settings = Settings(data=tmp_path / "data")
    settings.metrics_folder.mkdir(parents=True)
    child = Child("console", "collector.console", ["--fd", "1000"])
    supervisor = Supervisor(settings, [child])

    async def live() -> None:
        keeper = asyncio.create_task(supervisor._keep(child))
        while not supervisor._restarts["console"]:  # the descriptor is none, which it finds when all is imported
            await asyncio.sleep(0.01)
        supervisor._stopping.set()
        await child.stop(10)
        await keeper

    asyncio.run(asyncio.wait_for(live(), 60))
    assert not told.exists()


def test_every_ending_has_a_word() -> None:
    """Also a real-time signal, which has no name: the keeper of a role must not end with it."""
    assert [_ending(code) for code in (0, 2, -9, -40)] == ["exit code 0", "exit code 2", "signal SIGKILL", "signal 40"]
