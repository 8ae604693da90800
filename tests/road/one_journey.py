"""`make journey`, `python -m tests.road.one_journey`: one person's way over every channel, told by every SDK.

A person reads about boots on the web, scans the code on a shelf in the store, buys at the till with a loyalty card,
opens the app and the manual in it, calls, and writes a review by the code on the receipt. Nobody says that this is one
person: what came together does.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import click
from klantreis_store import Shop, shelf_link
from rich import box
from rich.console import Console
from rich.table import Table

from tests.faults.sending import until_loaded
from tests.road.sdks import PUBLIC, Sdks, meeting, steps, told, visit
from tests.road.web_view import WebView

SHOP = Shop("utrecht", name="Utrecht Centrum")
STEPS = 16
MODELS = ("sap_hybris", "five_phase", "discover_to_talk", "see_think_do_care", "aida")


@dataclass(frozen=True)
class Customer:
    """Who walks; the till knows only the card, the app only the number, the call centre both."""

    number: str
    card: str


def walk(sdks: Sdks, customer: Customer, *, own_device: bool = True) -> None:
    """The whole way. The code on the shelf is scanned with the device that was used before, or with another one.

    Another one is somebody else's until the customer logs in on it.
    """
    site, browser = sdks.site.url, sdks.browser
    hers = browser.new_page()
    visit(hers, f"{site}/blog/choosing-boots?utm_source=news&utm_medium=email&utm_campaign=autumn")
    visit(hers, f"{site}/product/hiker-43")

    scanning = hers if own_device else browser.new_page()
    visit(scanning, shelf_link(f"{site}/product/hiker-43", SHOP, place="A12"))

    receipt = sdks.at_the_till(f"sell hiker-43 129.95 {customer.card}\n")

    sdks.app.start(sdks.installation.url, PUBLIC, link=f"{site}/welcome?utm_source=receipt&utm_medium=email")
    sdks.app.call("identify", customer.number)
    sdks.app.call("flush")
    view = WebView(browser, sdks.app, ["127.0.0.1"])
    view.open(f"{site}/manual/hiker-43")
    told(view.page, "klantreis.track('manual_read', {product: {id: 'hiker-43'}})")
    view.hear(at_least=1)
    sdks.app.call("flush")

    assert "true: 0 wait" in sdks.by_phone("laces", 40, customer.number, customer.card)

    visit(hers, receipt.split()[-1])
    told(hers, "klantreis.track('review_written', {product: {id: 'hiker-43'}, feedback: {score: 5, scale: 5}})")
    if not own_device:
        told(scanning, f"klantreis.identify('{customer.number}')")


def settled(sdks: Sdks, customer: Customer, count: int) -> list[dict[str, Any]]:
    """The journey once it has so many steps and nobody's waits to be settled."""
    until_loaded(sdks.installation)
    waiting = "SELECT (SELECT count() FROM klantreis.changed) + (SELECT count() FROM klantreis.settling) AS n"

    def found() -> list[dict[str, Any]] | None:
        rows = steps(sdks.installation, customer.number)
        return rows if len(rows) >= count and sdks.installation.ask(waiting) == [{"n": 0}] else None

    rows: list[dict[str, Any]] = sdks.installation.until(found, "the journey is settled", 60)
    return rows


def told_as_tables(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """What happened, and what each model calls it: two tables, as docs/journeys.md has them."""
    happened = Table("step", "channel", "type", "signal", "phase", "direction", "rule", box=box.MARKDOWN)
    called = Table("step", "signal", *MODELS, box=box.MARKDOWN)
    for row in rows:
        step, rule = str(row["step"]), row["rules"][MODELS[0]]
        happened.add_row(
            step, row["channel"], row["type"], row["signal"], row["phase"], row["direction"] or "–", f"`{rule}`"
        )
        called.add_row(step, row["signal"], *(row["phases"][model] for model in MODELS))
    return _as_text(happened), _as_text(called)


def _as_text(table: Table) -> str:
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(table)
    return captured.get().strip()


@click.command()
def main() -> None:
    """Walk, and print the journey as it stands in ClickHouse."""
    with tempfile.TemporaryDirectory(prefix="journey-") as folder, meeting(Path(folder)) as sdks:
        anna = Customer("4711", "2912000341")
        walk(sdks, anna)
        rows = settled(sdks, anna, STEPS)
    click.echo("\n\n".join(told_as_tables(rows)))
    persons, journeys, devices = (len({row[one] for row in rows} - {""}) for one in ("person", "journey", "visitor_id"))
    click.echo(f"\n{len(rows)} steps, {journeys} journey, {persons} person, {devices} visitors")


if __name__ == "__main__":
    main()
