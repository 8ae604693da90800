"""The Java SDK, built by Maven, and its programs as processes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "sdk" / "android"
CLASSES = (PROJECT / "core/target/classes", PROJECT / "core/target/test-classes")
UNREACHABLE = ("Could not transfer artifact", "Unknown host", "Cannot access central")


class CannotBuildError(Exception):
    """This machine lacks what the build needs; says what."""


def maven(*arguments: str) -> str:
    """Runs Maven; gives what it printed. Raises CannotBuildError for want of tools, AssertionError where the build fails."""
    for tool in ("javac", "mvn"):
        if shutil.which(tool) is None:
            raise CannotBuildError(f"{tool} is not here; install a JDK of 11 or newer and Maven (Debian: maven)")
    ran = subprocess.run(
        ["mvn", "-B", "-ntp", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=900, check=False
    )
    if ran.returncode and any(told in ran.stdout for told in UNREACHABLE):
        raise CannotBuildError("Maven Central cannot be reached, and its artifacts are not in this machine's cache")
    assert ran.returncode == 0, ran.stdout[-8000:]
    return ran.stdout


def telling(kind: str, folder: Path, url: str, store: str, name: str, ledger: Path) -> list[str]:
    """The command of a program that tells until it is killed; `kind` is app or till."""
    return [
        "java", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx64m", "-cp", os.pathsep.join(str(one) for one in CLASSES),
        "nl.klantreis.TellingUntilKilled", kind, str(folder), url, store, name, str(ledger),
    ]  # fmt: skip
