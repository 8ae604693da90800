"""Sends prepared requests over a number of connections, as fast as they are answered, for some seconds.

wrk does it where it is installed, else `hammer.py`: one processor must be able to send several times as fast as the
server answers, and a Python HTTP client cannot.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from loadtest.machine import Processors

SCRIPT = Path(__file__).with_name("wrk.lua")
ANSWER_WITHIN_S = 10
"""A request that takes longer counts as broken."""


class Driven(msgspec.Struct):
    """What came of a run."""

    requests: int
    """Answered with 2xx."""
    seconds: float
    refused: int
    """Answered otherwise."""
    broken: int
    """Not answered: connection or time."""
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class GeneratorError(Exception):
    """The generator failed, or the server did not answer every request with 2xx: there is no figure to tell."""


def name() -> str:
    """The program that sends."""
    return "wrk" if shutil.which("wrk") else "loadtest.hammer"


def drive(port: int, requests: Path, *, connections: int, seconds: int, processors: Processors) -> Driven:
    """Send the file's requests to a port of this machine, again and again. Raises GeneratorError."""
    if name() == "wrk":
        command = [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={ANSWER_WITHIN_S}s", "-s", str(SCRIPT)),
            *(f"http://127.0.0.1:{port}/v1/touchpoints", "--", str(requests)),
        ]
    else:
        numbers = [str(port), str(connections), str(seconds)]
        command = [sys.executable, "-m", "loadtest.hammer", *numbers, str(requests)]
    ended = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds + 60,
        preexec_fn=processors.of_generator,
        check=False,
    )
    result = next((line for line in ended.stdout.splitlines() if line.startswith("RESULT ")), None)
    if result is None:
        raise GeneratorError(f"{name()} ended with {ended.returncode}: {ended.stdout[-500:]}")
    driven = msgspec.json.decode(result.removeprefix("RESULT "), type=Driven)
    if driven.refused or driven.broken or not driven.requests:
        raise GeneratorError(f"port {port}: {driven}")
    return driven
