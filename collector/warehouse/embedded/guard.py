"""May this request, may this statement? The first of two walls; the second are the engine's roles in `users.xml`.

Requests. A web page that somebody visits can make their browser send requests to this machine, and with a name of its
own that points here (DNS rebinding) even read the answers. Browsers say so in `Host`, `Origin` and `Sec-Fetch-Site`,
and whatever they mark as coming from elsewhere is refused.

Statements. What a client may run is a list of what is allowed, not of what is forbidden. Files, networks and programs
are nobody's, also not the full user's: not because they were distrusted with data, but because a ClickHouse server
would not hand them the machine either.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from collector.warehouse.embedded.access import is_loopback
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.statement import Statement

READ_KINDS = frozenset({"SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "SET", "USE"})
WRITE_KINDS = frozenset(
    {
        *("INSERT", "CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "EXCHANGE", "OPTIMIZE", "DELETE", "UPDATE"),
        *("ATTACH", "DETACH", "UNDROP", "REPLACE", "CHECK", "KILL", "SYSTEM"),
    }
)

TABLE_FUNCTIONS = frozenset(
    {
        *("format", "generaterandom", "generateseries", "generate_series", "input", "loop", "merge", "mergetreeindex"),
        *("mergetreeprojection", "null", "numbers", "numbers_mt", "primes", "values", "sqlstandardvalues", "view"),
        *("viewexplain", "viewifpermitted", "zeros", "zeros_mt", "dictionary"),
    }
)
"""Table functions that compute, or read what the user may read anyway."""

ENGINES = frozenset(
    {
        *("mergetree", "replacingmergetree", "summingmergetree", "aggregatingmergetree", "collapsingmergetree"),
        *(
            "versionedcollapsingmergetree",
            "coalescingmergetree",
            "memory",
            "log",
            "tinylog",
            "stripelog",
            "null",
            "set",
        ),
        *("join", "buffer", "generaterandom", "view", "materializedview", "atomic", "ordinary", "dictionary", "alias"),
    }
)
"""Engines of tables and databases that keep their data here."""

EXPLAINED = frozenset(
    {
        *("SelectWithUnionQuery", "Explain", "DescribeQuery", "Set", "UseQuery", "ShowTables", "ShowColumns"),
        *("ShowIndexes", "ShowCreateTableQuery", "ShowCreateViewQuery", "ShowCreateDatabaseQuery"),
        *("ShowCreateDictionaryQuery", "ShowProcesslistQuery", "ShowEngineQuery", "ShowFunctions", "ShowSetting"),
        *("ShowGrantsQuery", "ShowAccessQuery", "ShowPrivilegesQuery", "ExistsTableQuery", "ExistsViewQuery"),
        *("ExistsDatabaseQuery", "ExistsDictionaryQuery"),
    }
)
"""What the syntax tree of a reader's statement may begin with, as EXPLAIN AST names it."""


@dataclass(frozen=True)
class Vocabulary:
    """What the engine knows by name, asked of it at the start: what a new version adds is refused until it is known."""

    settings: frozenset[str]
    formats: Mapping[str, str]
    """Formats by their name in small letters."""
    refused: frozenset[str]
    """Functions and engines, in small letters, that reach files, networks, programs or this process."""


def refused_names(
    table_functions: Collection[str], engines: Collection[str], functions: Mapping[str, str]
) -> frozenset[str]:
    """Names that nobody may call. `functions` are all ordinary functions with their category."""
    reaching = {name.lower() for name in (*table_functions, *engines)} - TABLE_FUNCTIONS - ENGINES
    ordinary = {name.lower() for name in functions}
    models = {name.lower() for name, category in functions.items() if category in ("AI", "Introspection")}
    # `file` is an ordinary function as well, which reads any file without asking for a right: measured.
    return frozenset((reaching - ordinary) | models | {"file"})


def check_request(headers: Mapping[str, str], listening_on: str) -> None:
    """Refuse what a browser sends for a foreign page. Raises Fault.

    Off loopback every request needs a password that no page knows, so there any Host will do: a server has
    many names.
    """
    host = _host(headers.get("host", ""))
    if is_loopback(listening_on) and not is_loopback(host):
        raise Fault(497, f"Host '{host[:64]}' is not this machine: use localhost or 127.0.0.1")
    if headers.get("sec-fetch-site", "none").lower() not in ("none", "same-origin"):
        raise Fault(497, "Requests of web pages from elsewhere are refused (Sec-Fetch-Site)")
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{headers.get('host', '')}".lower():
        raise Fault(497, "Requests of web pages from elsewhere are refused (Origin)")


def _host(header: str) -> str:
    """Host without port: `localhost:8123`, `[::1]:8123`."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def check_settings(names: Collection[str], vocabulary: Vocabulary) -> None:
    """Refuse settings that the engine does not know: their names are written into SQL. Raises Fault."""
    for name in names:
        if name not in vocabulary.settings:
            raise Fault(115, f"Unknown setting '{name[:100]}'")


def check_statement(statement: Statement, vocabulary: Vocabulary) -> None:
    """What nobody may run, whoever they are. Raises Fault."""
    if statement.files:
        raise Fault(
            497,
            "INTO OUTFILE and FROM INFILE are refused: rows travel in the request and the answer "
            "(put a column of that name in quotes)",
        )
    refused = sorted(statement.calls & vocabulary.refused)
    if refused:
        raise Fault(
            497,
            f"{', '.join(refused[:3])}: refused on the embedded server, which reaches no files, networks or programs "
            "(see docs/embedded-clickhouse.md)",
        )
    if statement.kind == "SET" and statement.second in ("ROLE", "DEFAULT", "TRANSACTION"):
        raise Fault(497, f"SET {statement.second} is refused: a user's rights do not change")
    if "input" in statement.calls and (statement.rows is None or statement.rows.input is None):
        raise Fault(36, "input() reads the rows of an INSERT … SELECT … FROM input('…') FORMAT …")


def is_known(statement: Statement) -> bool:
    """Whether its first word begins a statement that may be run here."""
    return statement.kind in READ_KINDS or statement.kind in WRITE_KINDS


def check_reading(statement: Statement, explain: Callable[[bytes], str], *, by_get: bool) -> None:
    """What a reader, or anybody by GET, may run. Raises Fault.

    `explain` gives the engine's syntax tree (EXPLAIN AST) of a statement. The engine's own `readonly=2` is not
    enough: it allows file() and INTO OUTFILE.
    """
    refusal = (
        Fault(
            164, "Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly: use POST"
        )
        if by_get
        else Fault(497, "Not enough privileges: this user may only read")
    )
    if statement.kind not in READ_KINDS:
        raise refusal
    tree = explain(statement.sql).splitlines()
    if not tree or tree[0].split(" ", 1)[0] not in EXPLAINED:
        raise refusal
    for above, line in itertools.pairwise(tree):
        node, _, name = line.strip().partition(" ")
        if node in ("InsertQuery", "CreateQuery"):
            raise refusal
        name = name.partition(" ")[0]
        if node != "Function" or above.split()[:1] != ["TableExpression"]:
            continue
        # What has a dot in its name is a view that takes parameters: `klantreis.journey_map(site='', …)`.
        if "." not in name and name.lower() not in TABLE_FUNCTIONS:
            raise Fault(497, f"{name}: this table function is refused to users who only read")
