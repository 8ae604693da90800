"""The mobile SDK under the real React Native, React Navigation, AsyncStorage, MMKV and NetInfo.

Below them are native modules of the tests, with a real disk. The packages are installed once, from the app's own lock
file, where they are missing: no SDK needs them to be built.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = Path(__file__).parent / "app"


@pytest.fixture(scope="session")
def packages() -> None:
    """Installs what the lock file names. Skips where no registry can be reached."""
    installed = APP / "node_modules/.package-lock.json"
    lock = APP / "package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    # React Native asks for a newer Node.js than the SDKs do; what runs here is content with theirs.
    done = _run("npm", "ci", "--prefix", str(APP), "--no-audit", "--no-fund", "--ignore-scripts", timeout_s=600)
    if done.returncode != 0 and re.search("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT", done.stderr):
        pytest.skip(f"the registry of npm cannot be reached: {done.stderr[-500:]}")
    assert done.returncode == 0, done.stderr
    installed.touch()


@pytest.mark.usefixtures("packages")
def test_an_app_behaves() -> None:
    """Lifecycle, screens, arrivals, storages and network, as an app has them."""
    done = _run("npm", "test", "--prefix", str(APP), "--", "--forceExit", timeout_s=600)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"^Tests: +(\d+) passed, \1 total", done.stderr, re.MULTILINE)
    assert told is not None and int(told[1]) >= 30, done.stderr


@pytest.mark.usefixtures("packages")
def test_an_app_in_typescript_is_checked() -> None:
    """The published types fit those of React Native and React Navigation, strictly."""
    done = _run("npm", "run", "check", "--prefix", str(APP), timeout_s=300)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(*command: str, timeout_s: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sdk/node", *command], cwd=ROOT, capture_output=True, text=True, timeout=timeout_s)
