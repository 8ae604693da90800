"""The machine that a figure was measured on, and which of its processors does what."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PACKAGES = ("uvicorn", "starlette", "uvloop", "httptools", "msgspec", "clickhouse-connect", "chdb-core")
SYNCS = 50


@dataclass(frozen=True)
class Processors:
    """One processor for the server, the others for whoever sends; the same for both where there is only one."""

    server: frozenset[int]
    generator: frozenset[int]

    def of_server(self) -> None:
        """Bind this process to the server's processor."""
        _bind(self.server)

    def of_generator(self) -> None:
        """Bind this process to the generator's processors."""
        _bind(self.generator)


def processors() -> Processors:
    """How the processors that this process may use are shared out."""
    usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return Processors(frozenset(usable[:1]), frozenset(usable[1:] or usable))


def _bind(numbers: frozenset[int]) -> None:
    if numbers:
        os.sched_setaffinity(0, numbers)


def describe(folder: Path) -> dict[str, str]:
    """Machine, disk under `folder` and versions, as texts."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "load before": f"{load} (others on this machine disturb)",
        "system": f"{platform.system()} {platform.release()}",
        "sync": f"{sync_ms(folder):.2f} ms for 600 bytes, median of {SYNCS}",
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
        **{name: version for name in ("wrk", "nginx") if (version := _program(name))},
        "commit": _commit(),
    }


def sync_ms(folder: Path) -> float:
    """Milliseconds that the disk under `folder` takes to make 600 appended bytes durable."""
    path = folder / "sync"
    took = []
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            os.write(handle, b"x" * 600)
            getattr(os, "fdatasync", os.fsync)(handle)
            took.append(time.perf_counter() - begun)
    finally:
        os.close(handle)
        path.unlink()
    return statistics.median(took) * 1e3


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _program(name: str) -> str:
    """The first line in which a program tells its version; empty when it is not installed."""
    if shutil.which(name) is None:
        return ""
    told = subprocess.run([name, "-v"], capture_output=True, text=True, check=False, timeout=10)
    return (told.stdout + told.stderr).splitlines()[0].partition(" Copyright")[0].removeprefix("nginx version: ")


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return "unknown"
    return told.stdout.strip() or "unknown"
