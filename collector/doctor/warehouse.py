"""ClickHouse: whether it answers, agrees on the time and has the tables."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from collector.doctor.finding import Finding
from collector.errors import RuleErrors, WarehouseError
from collector.phases.rulefile import load as load_rules
from collector.rejected.kept import Chosen, Group, overview
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing
from collector.warehouse.shown import latest

TIMEOUT_S = 10.0
CLOCKS_APART_S = 10.0
DAY_S = 86_400
SETTLER_SILENT_S = 60
"""Twice the time after which another settler takes over."""


def warehouse(settings: Settings) -> Iterator[Finding]:
    """Whether it answers, and what is in it."""
    where = f"{settings.clickhouse_place}{'' if settings.clickhouse else ' (embedded)'}"
    try:
        with Warehouse(settings, timeout_s=TIMEOUT_S) as connected:
            [facts] = connected.rows("SELECT version() AS version, toUnixTimestamp(now()) AS now")
            yield Finding("ClickHouse", f"{where} answers, version {facts['version']}")
            yield from _clock(float(facts["now"]) - time.time())
            yield from _contents(connected, settings)
    except WarehouseError as error:
        remedy = "start it, or check --clickhouse and its user and password; touchpoints wait in the spool meanwhile"
        yield Finding("ClickHouse", f"{where}: {error.told[:200]}", remedy, broken=True)


def _clock(apart: float) -> Iterator[Finding]:
    if abs(apart) > CLOCKS_APART_S:
        found = f"ClickHouse's is {abs(apart):,.0f} s {'ahead' if apart > 0 else 'behind'}"
        yield Finding("clocks", found, "one of them is wrong: run NTP on both machines")


def _history(connected: Warehouse, settings: Settings) -> Iterator[Finding]:
    """Whether stored touchpoints have what the present rules give them. Rules with mistakes are told elsewhere."""
    run = latest(connected)
    if run is not None and not run.finished:
        found = f"a re-classification of {run.rule_set} was begun and is not finished"
        yield Finding("history", found, "give the same klantreis reclassify again: it goes on where it was")
    try:
        present = load_rules(settings.rules or shipped_rules()).hash
    except RuleErrors:
        return
    [row] = connected.rows(
        "SELECT countIf(rule_set != {present:String}) AS others, count() AS n FROM klantreis.touchpoints_stored",
        {"present": present},
    )
    if row["others"]:
        found = f"{row['others']:,} of {row['n']:,} stored touchpoints were classified with older rules"
        yield Finding("history", found, "run klantreis reclassify; klantreis reclassify --dry-run tells what changes")
    elif row["n"]:
        yield Finding("history", "classified with the present rules")


def _contents(connected: Warehouse, settings: Settings) -> Iterator[Finding]:
    lacking = missing(connected)
    if lacking:
        found = f"lacks {', '.join(lacking)}"
        yield Finding("schema", found, "start the loader, which migrates: klantreis serve", broken=True)
        return
    yield Finding("schema", "up to date")
    [loaded] = connected.rows("SELECT count() AS n FROM klantreis.touchpoints_stored WHERE received_at > now() - 86400")
    yield from _history(connected, settings)
    yield Finding("touchpoints", f"{loaded['n']:,} in the last day")
    yield from _journeys(connected)
    yield _rejected(overview(connected, Chosen(since_us=int(time.time() - DAY_S) * 1_000_000)))


def _journeys(connected: Warehouse) -> Iterator[Finding]:
    """Whether somebody settles journeys, and how many are not."""
    [row] = connected.rows(
        "SELECT (SELECT count() FROM klantreis.changed) + (SELECT count() FROM klantreis.settling) AS waiting, "
        "(SELECT dateDiff('second', max(alive_at), now64(6)) FROM klantreis.settlers WHERE NOT ended) AS silent_s"
    )
    waiting, silent_s = int(row["waiting"]), int(row["silent_s"])
    if waiting and silent_s > SETTLER_SILENT_S:
        found = f"{waiting:,} identifiers changed and nobody settles their journeys"
        yield Finding("journeys", found, "start klantreis serve or klantreis load, or run klantreis settle")
    else:
        yield Finding("journeys", f"being settled, {waiting:,} identifiers wait" if waiting else "settled")


def _rejected(groups: Iterable[Group]) -> Finding:
    """What was turned down in the last day and has not been replayed, by reason."""
    reasons: Counter[str] = Counter()
    for group in groups:
        reasons[group.reason] += group.touchpoints
    told = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
    return Finding(
        "rejected",
        f"{reasons.total():,} in the last day" + (f": {told}" if told else ""),
        "klantreis rejected list; after a fix, klantreis rejected replay" if told else "",
    )
