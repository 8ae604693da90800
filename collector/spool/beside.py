"""A command that appends to the spool beside the receivers, with a segment of its own like any of them."""

from __future__ import annotations

import os

from collector.errors import SpoolFailing
from collector.settings import Settings
from collector.spool.writer import SpoolWriter

AT_ONCE = 8 * 2**20
"""Bytes of records handed to the writer together; it takes 32 MiB."""


def check_owner(settings: Settings, what: str) -> None:
    """Raises SpoolFailing where the loader, another user's, could not read what is written here: `what`."""
    folder = settings.spool_folder
    if folder.exists() and folder.stat().st_uid != os.geteuid():
        raise SpoolFailing(
            f"{folder} is that of user {folder.stat().st_uid}, whose loader could not read what is {what}: "
            "run this command as that user"
        )


def writer(settings: Settings, what: str) -> SpoolWriter:
    """A writer for a command that puts `what` there. Make it within an event loop. Raises SpoolFailing."""
    check_owner(settings, what)
    return SpoolWriter(
        settings.spool_folder,
        limit_bytes=settings.spool_limit_mib * 2**20,
        segment_bytes=settings.segment_mib * 2**20,
        key_share=settings.spool_key_share,
    )
