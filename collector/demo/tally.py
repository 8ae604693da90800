"""What became of what was sent: counted answer by answer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts of one run; several threads add to it. Every touchpoint sent is in `accepted` or in `rejected`, once."""

    accepted: Counter[str] = field(default_factory=Counter)
    """Touchpoints, by channel."""
    rejected: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Touchpoints, by channel, reason and an example of the detail that the collector gave."""
    requests: int = 0
    retries: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answered(self, touchpoints: Sequence[Mapping[str, Any]], rejected: Mapping[int, tuple[str, str]]) -> None:
        """A request was answered; `rejected` has reason and detail by place in it."""
        with self._lock:
            self.requests += 1
            for place, touchpoint in enumerate(touchpoints):
                channel = touchpoint.get("channel", "")
                if place in rejected:
                    reason, detail = rejected[place]
                    self.rejected[channel, reason, detail] += 1
                else:
                    self.accepted[channel] += 1

    def retried(self) -> None:
        """An attempt failed in a way that another may mend."""
        with self._lock:
            self.retries += 1

    @property
    def sent(self) -> int:
        """Touchpoints that were answered, accepted or not."""
        return self.accepted.total() + self.rejected.total()
