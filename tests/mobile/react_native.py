"""What the tests of apps share: the packages of a lock file, programs in Node, and an app that does what it is told.

The packages are installed once, where they are missing: no SDK needs them to be built.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loadtest.ports import free_ports

ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "app"
UNREACHABLE = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT")
STARTED_WITHIN_S = 120.0
ANSWERS_WITHIN_S = 30.0


class CannotInstallError(Exception):
    """The registry of npm cannot be reached; says how it failed."""


def install(app: Path = APP) -> None:
    """Installs what the lock file of an app names.

    Raises CannotInstallError where the registry cannot be reached, AssertionError where npm fails otherwise.
    """
    installed, lock = app / "node_modules/.package-lock.json", app / "package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    # React Native asks for a newer Node.js than the SDKs do; what runs here is content with theirs.
    # Not `npm ci`: it refuses a lock file without optional packages of other machines, which not every registry has.
    done = run(
        "npm", "install", "--prefix", app, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", timeout_s=600
    )
    if done.returncode != 0 and UNREACHABLE.search(done.stderr):
        raise CannotInstallError(f"the registry of npm cannot be reached: {done.stderr[-500:]}")
    assert done.returncode == 0, done.stderr
    installed.touch()


def run(*command: str | Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """A program of Node's, to its end."""
    return subprocess.run(["sdk/node", *command], cwd=ROOT, capture_output=True, text=True, timeout=timeout_s)


class App:
    """An app with the mobile SDK under the real React Native (`app/driven/app.js`), on a phone of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    def start(self, collector: str, key: str, *, link: str | None = None, **installation: Any) -> None:
        """A phone on which the app was never before: it is installed and opened, by a link if there is one."""
        self._tell({"start": {"endpoint": collector, "key": key, **installation}, "link": link})

    def follow(self, link: str) -> None:
        """A link leads into the app, which is in front."""
        self._tell({"follow": link})

    def call(self, name: str, *given: Any) -> Any:
        """A call of the SDK's, as the app's own code makes it; or the value that it exports by that name."""
        return self._tell({"call": name, "given": given})

    def _tell(self, what: dict[str, Any]) -> Any:
        request = urllib.request.Request(self._url, json.dumps(what).encode())
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_S) as answer:
            return json.loads(answer.read())


@contextlib.contextmanager
def driven(folder: Path) -> Iterator[App]:
    """An app under the test runner of React Native until the block ends. Fails on whatever the SDK complained about."""
    [port] = free_ports(1)
    with (folder / "app.log").open("wb") as log:
        runner = subprocess.Popen(
            ["sdk/node", "npm", "test", "--prefix", APP, "--", "--testMatch", "<rootDir>/driven/app.js", "--forceExit"],
            cwd=ROOT, env={**os.environ, "PORT": str(port)}, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    app = App(f"http://127.0.0.1:{port}")
    try:
        _await(app, runner, folder / "app.log")
        yield app
        app._tell({"end": True})
        assert runner.wait(60) == 0, (folder / "app.log").read_text("utf-8")
    finally:
        runner.terminate()
        runner.wait(30)


def _await(app: App, runner: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN_S
    while True:
        try:
            app._tell({})
            return
        except OSError:
            assert runner.poll() is None and time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.1)
