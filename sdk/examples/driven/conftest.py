"""What the examples share: a real collector with its warehouse, a Chromium, and a way to build and serve an example."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from collector.warehouse.client import Warehouse
from loadtest.ports import free_ports
from tests.chromium import launch, playing
from tests.installation import Installation, running

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "sdk/examples"
BUILD_WITHIN_S = 900
START_WITHIN_S = 120
STEP_WITHIN_S = 120
STORED_WITHIN_S = 45
ONE_TOO_MANY_S = 1.5
"""It comes within this time, if it comes."""

Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The real thing: receiver, spool, loader and ClickHouse, with the keys of the demo."""
    with running(tmp_path_factory.mktemp("collector")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with playing() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor who was never here. An error that reaches the page fails the test."""
    context = browser.new_context()
    context.set_default_timeout(STEP_WITHIN_S * 1000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@contextlib.contextmanager
def serving(command: list[str], folder: Path, port: int, log: Path, variables: Mapping[str, str]) -> Iterator[str]:
    """A server of an example's own tool on a port of loopback; gives its address."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **variables}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        until = time.monotonic() + START_WITHIN_S
        while True:
            assert process.poll() is None and time.monotonic() < until, f"does not serve:\n{log.read_text()[-3000:]}"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def built(collector: Installation, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Installs what an example's lock file names, builds it by its own tool and serves it."""
    node = str(ROOT / "sdk/node")

    @contextlib.contextmanager
    def build(name: str, start: Callable[[int], list[str]], *more: str, **variables: str) -> Iterator[str]:
        folder = EXAMPLES / name
        log = tmp_path_factory.mktemp(name) / "log"
        steps = ((["npm", "ci", "--no-audit", "--no-fund"], {}), (["npm", "run", "build", *more], variables))
        for command, known in steps:  # told that it is production, npm would not install what builds
            # sdk/node looks for the project's environment in the current folder; npm goes where it is told.
            done = subprocess.run(
                [node, command[0], "--prefix", str(folder), *command[1:]],
                cwd=ROOT, env={**os.environ, **known}, capture_output=True, text=True, timeout=BUILD_WITHIN_S,
            )  # fmt: skip
            assert done.returncode == 0, f"{name}: {' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        [port] = free_ports(1)
        with serving([shutil.which("env") or "env", *start(port)], folder, port, log, variables) as url:
            yield url

    return build


Told = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def told(collector: Installation) -> Told:
    """Waits until ClickHouse has so many touchpoints of a site's pages, and gives them in the visitor's own order."""

    def ask(origin: str, but: tuple[str, ...]) -> list[dict[str, Any]]:
        with Warehouse(collector.settings) as warehouse:
            return warehouse.rows(
                "SELECT * FROM klantreis.touchpoints WHERE startsWith(page_url, {origin:String}) "
                "AND NOT has({but:Array(String)}, type) ORDER BY visitor_id, sequence, occurred_at",
                {"origin": origin, "but": list(but)},
            )

    def wait(origin: str, count: int, *but: str) -> list[dict[str, Any]]:
        until = time.monotonic() + STORED_WITHIN_S
        while len(ask(origin, but)) < count and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(ONE_TOO_MANY_S)
        return ask(origin, but)

    return wait
