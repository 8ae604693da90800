"""A visitor's hash: the same for all requests of one visitor to one site on one day, and for nothing else.

It is made of the site, where the request came from and the user agent, keyed with the day's salt. As long as the salt
lives, whoever has it can try out whose a hash is; afterwards nobody can, nor link it with a hash of another day.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from collector.address import connection
from collector.visitors.salts import DAY_US, SaltFiles, today

HASH_BYTES = 8
"""A hundred million visitors of one day: two of them share a hash with a chance of 1 in 4,000."""


def visitor_hash(salt: bytes, site: str, origin: bytes, user_agent: str) -> int:
    """The hash, 64 bits. `origin` is what `collector.address.connection` gives."""
    # No two visitors make one text: a site's name has no newline, and the origin's length stands before it.
    text = b"%b\n%c%b%b" % (site.encode(), len(origin), origin, user_agent.encode("utf-8", "surrogatepass"))
    return int.from_bytes(blake2b(text, key=salt, digest_size=HASH_BYTES).digest(), "big")


class Visitors:
    """Makes hashes in one receiver, which holds the salts of today and tomorrow and no others."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the salts. It is made when first somebody is counted."""
        self._files = SaltFiles(folder)
        self._salts: Mapping[int, bytes] = {}

    def look_after(self, *, wanted: bool) -> None:
        """Once a second: take up the day's salt, which another process may have made or exchanged, and destroy others.

        Where nobody counts visitors (`wanted` is off) none is made. Raises OSError: then the salts stay that were
        held, as far as they are today's.
        """
        day = today()
        days = (day, day + 1)
        self._salts = {one: salt for one, salt in self._salts.items() if wanted and one in days}
        self._files.destroy_others(*days)
        if wanted:
            self._salts = {one: self._files.take(one, self._salts.get(one)) for one in days}

    def hash_of(self, site: str, address: str, user_agent: str, received_us: int) -> int | None:
        """Whose request it is; None where that cannot be said: no address, or no salt of that day at hand."""
        salt = self._salts.get(received_us // DAY_US)
        origin = connection(address) if salt is not None else b""
        return visitor_hash(salt, site, origin, user_agent) if salt is not None and origin else None
