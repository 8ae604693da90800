"""What was looked at and what was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`remedy` where something should be done; `broken` where something does not work."""

    what: str
    found: str
    remedy: str = ""
    broken: bool = False
