"""A disk that takes bytes and cannot keep them, or hangs."""

from __future__ import annotations

import errno
import os
import threading

import pytest


class FailingDisk:
    """Stands in for fdatasync: fails as often as told, as a kernel does that could not write a page back.

    It hangs while `go_on` is not set; `begun` says that it was called.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, failures: int, after: int = 0) -> None:
        self.synced: list[int] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self._failures, self._after, self._sync = failures, after, os.fdatasync
        monkeypatch.setattr(os, "fdatasync", self)

    def __call__(self, handle: int) -> None:
        self.synced.append(os.fstat(handle).st_ino)
        self.begun.set()
        self.go_on.wait(10)
        if self._after:
            self._after -= 1
        elif self._failures:
            self._failures -= 1
            raise OSError(errno.EIO, "Input/output error")
        self._sync(handle)
