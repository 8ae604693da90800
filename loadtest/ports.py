"""Free ports for servers that are told a number and bind it seconds later.

The system's own choice (port 0) is no use for that: it may give the same port to the next who asks, or to a connection
that goes out. These lie below what it chooses from (from 32,768 on Linux, from 49,152 on macOS), and each worker of a
parallel test run has its own.
"""

from __future__ import annotations

import itertools
import os
import random
import socket

_FIRST, _LAST = 20_000, 32_000
_WORKERS = 8
"""At least as many as one run has; each takes every eighth port."""
_given: set[int] = set()


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nothing listens on, and that this process has not been given before."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    mine = [port for port in range(_FIRST + worker, _LAST, _WORKERS) if port not in _given]
    random.Random().shuffle(mine)  # not by a test's seed, or two runs would get the same
    ports = list(itertools.islice(filter(_is_free, mine), count))
    _given.update(ports)
    return ports


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
