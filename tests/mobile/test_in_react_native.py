"""The mobile SDK under the real React Native, React Navigation, AsyncStorage, MMKV and NetInfo.

Below them are native modules of the tests, with a real disk.
"""

from __future__ import annotations

import re

import pytest

from tests.mobile.react_native import APP, run


@pytest.mark.usefixtures("packages")
def test_an_app_behaves() -> None:
    """Lifecycle, screens, arrivals, storages and network, as an app has them."""
    done = run("npm", "test", "--prefix", APP, "--", "--forceExit", timeout_s=600)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"^Tests: +(\d+) passed, \1 total", done.stderr, re.MULTILINE)
    assert told is not None and int(told[1]) >= 30, done.stderr


@pytest.mark.usefixtures("packages")
def test_an_app_in_typescript_is_checked() -> None:
    """The published types fit those of React Native and React Navigation, strictly."""
    done = run("npm", "run", "check", "--prefix", APP, timeout_s=300)
    assert done.returncode == 0, done.stdout + done.stderr
