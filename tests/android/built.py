"""The Java SDK, built by Maven, and its programs as processes."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "sdk" / "android"
CLASSES = os.pathsep.join(str(PROJECT / "core/target" / one) for one in ("classes", "test-classes"))
UNREACHABLE = ("Could not transfer artifact", "Unknown host", "Cannot access central")


class CannotBuildError(Exception):
    """This machine lacks what the build needs; says what."""


def maven(*arguments: str) -> str:
    """Runs Maven; gives what it printed.

    Raises CannotBuildError for want of tools or of Maven Central, AssertionError where the build fails.
    """
    for tool in ("javac", "mvn"):
        if shutil.which(tool) is None:
            raise CannotBuildError(f"{tool} is not here; install a JDK of 11 or newer and Maven (Debian: maven)")
    with (PROJECT / "pom.xml").open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # tests run in two processes, and both build in one folder
        ran = subprocess.run(
            ["mvn", "-B", "-ntp", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=900, check=False
        )
    if ran.returncode and any(told in ran.stdout for told in UNREACHABLE):
        raise CannotBuildError("Maven Central cannot be reached, and its artifacts are not in this machine's cache")
    assert ran.returncode == 0, ran.stdout[-8000:]
    return ran.stdout


def maven_or_skip(*arguments: str) -> str:
    """The same in a test, which is skipped with the reason where this machine cannot build."""
    try:
        return maven(*arguments)
    except CannotBuildError as error:
        pytest.skip(str(error))


def telling(kind: str, folder: Path, url: str, store: str, name: str, ledger: Path) -> list[str]:
    """The command of a program that tells until it is killed; `kind` is app or till, KLANTREIS_KEY has the key."""
    return [
        "java", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", CLASSES, "nl.klantreis.TellingUntilKilled",
        kind, str(folder), url, store, name, str(ledger),
    ]  # fmt: skip
