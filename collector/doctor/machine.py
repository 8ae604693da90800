"""The machine: folders, room on the disk, the clock, limits of processes."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from collector import supervised
from collector.doctor.finding import Finding
from collector.settings import Settings
from collector.spool import segment

LOW_DISK_MIB = 1024
FILES_WANTED = 4096
"""Open files of a receiver: each connection is one, and a receiver keeps 128 for itself."""
CLOCK_AHEAD_S = 60.0
"""Seconds by which a file may be younger than now: clocks of a machine are stepped by less."""
PROBE = ".doctor.new"


def folders(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder and the spool are there, can be written and are read by nobody else."""
    folder = settings.data.resolve()
    if not folder.is_dir():
        yield Finding(
            "data folder", f"{folder} does not exist", "start the collector once: klantreis serve", broken=True
        )
        return
    for what, place in (("data folder", folder), ("spool folder", settings.spool_folder)):
        if what == "data folder" or os.path.lexists(place):
            yield _written(what, place)
    mode = folder.stat().st_mode & 0o077
    if mode:
        yield Finding("data folder", f"{folder} can be read by others", f"chmod 700 {folder}")


def _written(what: str, place: Path) -> Finding:
    """Whether a file can be made there and synced: what permissions say is not the whole truth."""
    probe = place / PROBE
    try:
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, b"x" * 4096)
            os.fsync(handle)
        finally:
            os.close(handle)
            probe.unlink(missing_ok=True)
    except OSError as error:
        remedy = "give it to the user that runs Klantreis, and look at the disk: is it full, read-only or failing?"
        return Finding(what, f"{place} cannot be written: {error.strerror}", remedy, broken=True)
    return Finding(what, f"{place} can be written")


def disk(settings: Settings) -> Iterator[Finding]:
    """Whether there is room, and as much as the spool may take."""
    place = settings.spool_folder if settings.spool_folder.is_dir() else settings.data
    if not place.is_dir():
        return
    facts = os.statvfs(place)
    free, files = facts.f_bavail * facts.f_frsize // 2**20, facts.f_favail
    if free < LOW_DISK_MIB or (facts.f_files and not files):
        found = f"{free:,} MiB and {files:,} files free"
        yield Finding("disk", found, "make room: receivers answer 503 when it is used up", broken=True)
    elif free < settings.spool_limit_mib:
        yield Finding(
            "disk",
            f"{free:,} MiB free, less than the spool may take ({settings.spool_limit_mib:,} MiB)",
            "make room, or lower spool_limit_mib so that the limit comes before the disk's end",
        )
    else:
        yield Finding("disk", f"{free:,} MiB free")


def clock(settings: Settings) -> Iterator[Finding]:
    """Whether the clock was set back below what is in the spool."""
    newest = max((segment.created_in(name) or 0 for name in segment.names(settings.spool_folder)), default=0) / 1e6
    ahead = newest - time.time()
    if ahead > CLOCK_AHEAD_S:
        found = f"the spool has a segment from {ahead:,.0f} s in the future"
        yield Finding("clock", found, "the clock was set back or runs behind: timedatectl; run NTP", broken=True)
    else:
        yield Finding("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC, not behind the spool", time.gmtime()))


def limits(settings: Settings) -> Iterator[Finding]:
    """How many files the receivers may open; of this shell where none runs."""
    pids = [pid for one in supervised.read(settings.metrics_folder) for pid in one.pids.get("receive", ())]
    known = list(filter(None, map(_open_files, pids)))
    allowed = min(known) if known else resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    whose = "a receiver" if known else "this shell"
    few = 0 <= allowed < FILES_WANTED
    remedy = f"each connection is one: raise it to {FILES_WANTED} or more (LimitNOFILE in systemd, ulimit -Hn)"
    shown = "any number of" if allowed == resource.RLIM_INFINITY else f"{allowed:,}"
    yield Finding("open files", f"{whose} may open {shown}", remedy if few else "")
    size = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if 0 <= size < settings.segment_mib * 2**20:
        found = f"a file may have {size:,} bytes, a segment of the spool has {settings.segment_mib} MiB"
        yield Finding("file size", found, "ulimit -Hf unlimited, or lower segment_mib", broken=True)


def _open_files(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    except OSError:
        return None
    soft = next((line.split()[3] for line in lines if line.startswith("Max open files")), "")
    return int(soft) if soft.isdigit() else None
