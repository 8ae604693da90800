"""How one touchpoint is turned down without its neighbours noticing."""

from __future__ import annotations

from collector.errors import Reason


class Rejected(Exception):
    """A touchpoint cannot be accepted. `field` is the path within it (`$.occurred_at`) where one field is to blame.

    `detail` repeats nothing of what was sent: it is kept and answered where values may not be.
    """

    def __init__(self, reason: Reason, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or reason.remedy)
        self.reason = reason
        self.detail = detail or reason.remedy
        self.field = field
