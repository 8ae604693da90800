"""Every limit of the embedded server, with its unit and its reason."""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

# Requests.
HEAD_BYTES: Final = 1 * MIB + 64 * 1024
"""Request line and headers together. ClickHouse takes URLs of 1 MiB, and a query may come in the URL."""

STATEMENT_BYTES: Final = 8 * MIB
"""SQL of one statement, without the rows of an INSERT. A thousand phase rules compile to about 1 MB. The engine's own
`max_query_size` (256 KiB unless set) applies below this."""

FORM_BYTES: Final = 64 * MIB
"""A multipart form with external tables; it is held in memory."""

HEADERS: Final = 100
"""Headers of one request."""

PARAMETERS: Final = 2_000
"""URL parameters of one request."""

CONNECTIONS: Final = 256
"""Open connections; more are answered 503. Bounds what request heads can take in memory."""

IDLE_S: Final = 60.0
"""Seconds a request's body or its answer may stand still before it is given up: a lost client frees its place."""

HEAD_S: Final = 10.0
"""Seconds from connecting, or from the first byte of a further request, to the end of its head. Silent connections must
not fill the server: with it, its heartbeat would stop."""

KEEP_ALIVE_S: Final = 30
"""Seconds an idle connection is kept. Longer than clients keep theirs, so that the client is the one who closes."""

# Queries.
READS: Final = 8
"""Statements that read and run at once. Each takes two threads of the engine or more."""

WRITES: Final = 4
"""Statements that write and run at once. Apart from reads, so that heavy analysis never holds up loading."""

WAITING: Final = 64
"""Statements of each kind that wait for a place; the next is refused with 202 TOO_MANY_SIMULTANEOUS_QUERIES."""

WAIT_S: Final = 30.0
"""Seconds a statement waits for a place before it is refused likewise."""

ENGINE_THREADS: Final = 16
"""`max_threads` a client may ask for: more would only take memory from the others."""

# Sessions.
SESSIONS: Final = 256
"""Sessions at once; beyond, the one idle for longest is closed."""

SESSION_S: Final = 60
"""Seconds an unused session lives (`session_timeout`), as on a server."""

SESSION_LONGEST_S: Final = 3600
"""Longest `session_timeout` a client may ask for, as on a server."""

# Streams.
PIPE_BYTES: Final = 1 * MIB
"""Size of the pipes to and from the engine; Linux allows 1 MiB to everybody."""

HOLD_BYTES: Final = 1 * MIB
"""Answer held back before the first byte is sent, so that an error within it still gets its HTTP status (a server does
the same)."""

HOLD_IN_MEMORY_BYTES: Final = 8 * MIB
"""With `wait_end_of_query=1` the whole answer is held back: this much in memory, the rest in a temporary file."""

HOLD_ON_DISK_BYTES: Final = 4096 * MIB
"""A longer answer begins to be sent all the same, so that no query can fill the disk."""

UNPACKED_BYTES: Final = 256 * 1024
"""Most that one step of decompression may give: a bomb is unpacked bit by bit, at the pace of the engine."""

BLOCK_BYTES: Final = 64 * MIB
"""Largest of ClickHouse's own compressed blocks that is unpacked; clients make them of 1 MiB."""

# Staying alive.
KILL_S: Final = 0.1
"""Seconds between attempts to cancel a statement that has not reached the engine's list yet."""
