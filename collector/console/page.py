"""The console's first page: what comes in, what became of it, what waits. Every value from outside is escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from collector.errors import SpoolError, WarehouseError
from collector.settings import Settings
from collector.spool import losses
from collector.spool.waiting import backlog
from collector.warehouse.client import Warehouse

HERE = Path(__file__).parent
QUERY_TIMEOUT_S = 10.0
HEATS = 8
"""Shades of the map's cells; style.css has them."""

Row = dict[str, Any]


def page(settings: Settings) -> str:
    """The page as HTML. A warehouse that does not answer is said on the page, not raised."""
    template = Template((HERE / "page.html").read_text(encoding="utf-8"))
    with Warehouse(settings, timeout_s=QUERY_TIMEOUT_S) as warehouse:
        return template.substitute(
            state=_state(settings),
            map=_section(lambda: _map(_ask(warehouse, "map"), [row["phase"] for row in _ask(warehouse, "phases")])),
            latest=_section(lambda: _table(_ask(warehouse, "latest"))),
            rejected=_section(lambda: _table(_ask(warehouse, "rejected"))),
        )


def _ask(warehouse: Warehouse, name: str) -> list[Row]:
    return warehouse.rows((HERE / f"{name}.sql").read_text(encoding="utf-8"))


def _section(build: Callable[[], str]) -> str:
    try:
        return build()
    except WarehouseError as error:
        return f'<p class="warn">ClickHouse does not answer: {escape(str(error)[:300])}</p>'


def _state(settings: Settings) -> str:
    try:
        waiting, lost = backlog(settings.spool_folder), losses.read(settings.spool_folder).lost
    except (SpoolError, OSError) as error:
        return f'<p class="warn">The spool cannot be looked at: {escape(str(error)[:300])}</p>'
    cells = {
        "touchpoints waiting in the spool": f"{waiting.rows:,}",
        "KiB waiting": f"{waiting.bytes / 1024:,.0f}",
        "oldest waiting": "nothing waits" if waiting.oldest_s is None else f"{waiting.oldest_s:,.0f} s",
    }
    if lost:
        cells["losses: ask klantreis doctor"] = f"{len(lost):,}"
    return "".join(f"<div><b>{escape(value)}</b>{escape(name)}</div>" for name, value in cells.items())


def _map(rows: Sequence[Row], journey: Sequence[str]) -> str:
    """The phases of the `journey` down, then what lies in none; channels across; the darker, the more touchpoints."""
    if not rows:
        return '<p class="empty">No touchpoints of people yet; bots are left out.</p>'
    others = sorted({row["phase"] for row in rows} - set(journey))
    channels = sorted({row["channel"] for row in rows})
    counts = {(row["phase"], row["channel"]): int(row["touchpoints"]) for row in rows}
    most = max(counts.values())
    head = "".join(f'<th class="number">{escape(channel or "unknown")}</th>' for channel in channels)
    lines = []
    for phase in (*journey, *others):
        cells = (counts.get((phase, channel), 0) for channel in channels)
        lines.append(
            f"<tr><td>{escape(phase or 'unclassified')}</td>"
            + "".join(f'<td class="number heat-{-(-HEATS * count // most)}">{count or ""}</td>' for count in cells)
            + "</tr>"
        )
    return f"<table><tr><th>phase</th>{head}</tr>{''.join(lines)}</table>"


def _table(rows: Sequence[Row]) -> str:
    if not rows:
        return '<p class="empty">Nothing.</p>'
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value)[:120])}</td>" for value in row.values()) + "</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"
