"""What can go wrong, as a caller sees it.

    KlantreisStoreError
    ├── TouchpointError    what was told cannot be a touchpoint: a mistake in the calling program
    ├── OutboxError        it could not be put safely on disk: full, failing, not allowed, held by somebody
    └── SettingsError      address, key or folder cannot be used

The network is no part of this: that it is away is never the caller's trouble. `Store.status()` tells of it.
"""

from __future__ import annotations


class KlantreisStoreError(Exception):
    """The root of them."""


class TouchpointError(KlantreisStoreError, ValueError):
    """What was told cannot be a touchpoint. The message names the argument, the fault and the remedy."""


class OutboxError(KlantreisStoreError):
    """The touchpoint is not on disk. Selling can go on; this touchpoint is known to the caller alone."""


class SettingsError(KlantreisStoreError, ValueError):
    """Address, key or folder cannot be used."""
