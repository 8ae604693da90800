"""The Java SDK's own tests: the shared cases of an app and of a till, damage, full disks, foreign answers.

`make android` runs those of its Android part, too.
"""

from __future__ import annotations

import re

from tests.android.built import maven_or_skip
from tests.cases.reading import counts


def test_the_java_sdk_passes_its_own_tests_and_the_shared_cases() -> None:
    """None failed, none was left out, and the cases of both kinds were found."""
    maven_says = maven_or_skip("-pl", "core", "test")
    [run, left_out] = re.findall(r"Tests run: (\d+), Failures: 0, Errors: 0, Skipped: (\d+)$", maven_says, re.M)[-1]
    assert int(run) >= 148
    assert int(left_out) == 0
    [apps, tills] = re.findall(r"shared cases passed: \{mobile=(\d+), store=(\d+)\}", maven_says)[-1]
    assert (int(apps), int(tills)) == (counts("mobile").total(), counts("store").total())
