"""A real Chromium for tests: found on this machine, installed where that is possible, else the test is skipped.

In CI (`CI` set) a missing browser is a failure: nothing may be skipped there unseen.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_WITHIN_S = 300
NOTICED_WITHIN_S = 20.0
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""As root Chromium runs only without its sandbox; the rest keeps it from calling home."""


@lru_cache(maxsize=1)
def chromium_path() -> str:
    """Chromium's program; tries to install it as root on Debian. Skips the test, or fails it in CI, without one."""
    found = _on_path()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        with contextlib.suppress(subprocess.SubprocessError):
            for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
                subprocess.run(command, check=True, timeout=INSTALL_WITHIN_S, capture_output=True)
        found = _on_path()
    if found is None:
        missing = f"no browser: none of {', '.join(NAMES)} is on PATH; on Debian: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def playing() -> Iterator[Playwright]:
    """Playwright, for no longer than needed: while it runs, this thread can start no event loop of its own."""
    chromium_path()
    with sync_playwright() as playwright:
        yield playwright


def launch(playwright: Playwright, **options: Any) -> Browser:
    """A browser whose profile is forgotten."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS), **options)


def launch_with_profile(playwright: Playwright, folder: Path, **options: Any) -> BrowserContext:
    """A browser whose profile stays in a folder, to be closed and opened again."""
    return playwright.chromium.launch_persistent_context(
        str(folder), executable_path=chromium_path(), args=list(ARGUMENTS), **options
    )


def kill_with_profile(folder: Path) -> int:
    """kill -9 of the browser that runs on a profile's folder, with every process it started; gives how many."""
    argument = f"--user-data-dir={folder}".encode()
    parents: dict[int, int] = {}
    doomed: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if argument in (process / "cmdline").read_bytes().split(b"\0"):
                doomed.add(int(process.name))
    while more := {child for child, parent in parents.items() if parent in doomed} - doomed:
        doomed |= more
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(doomed)


def kill_renderers(context: BrowserContext) -> None:
    """kill -9 of every process that draws a tab of a context's browser; the browser lives on.

    One of them may be a spare that the next tab would get: it is waited for that the browser has noticed.
    """
    assert context.browser is not None
    session = context.browser.new_browser_cdp_session()

    def renderers() -> set[int]:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return {process["id"] for process in processes if process["type"] == "renderer"}

    doomed = renderers()
    assert doomed
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + NOTICED_WITHIN_S
    while doomed & renderers():
        assert time.monotonic() < until, "Chromium takes killed processes for living ones"
        time.sleep(0.05)
    session.detach()
