"""`make main-thread`, `python -m loadtest.main_thread`: what the web SDK takes of a page's main thread.

A real Chromium, its processor slowed four times, loads a page with the script, each time as a visitor who was never
here. From the browser's own trace: the processor time of the main thread while it evaluated the script, layouts that it
caused, and whether it was a long task of more than 50 ms. Then the page tells of touchpoints, ten at a time, by its own
clock. Measure on a machine that does nothing else: the browser slows itself by the clock, others' time included.
"""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any

import click
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from collector import shipped
from tests.chromium import launch, playing
from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import loaded
from tests.web.serving import Served

SLOWED = 4
LOAD_REACH_MS = 2.0
TOUCHPOINT_REACH_MS = 0.2
LONG_TASK_US = 50_000
ALIKE = 10
"""Touchpoints between two looks at the clock, whose steps are a tenth of a millisecond."""
TELL = """alike => Array.from({length: 30}, () => {
    const before = performance.now();
    for (let i = 0; i < alike; i++) klantreis.track('search', {search: {term: 'gieter', results: i}});
    return (performance.now() - before) / alike;
})"""


@click.command()
@click.option("--slowed", default=SLOWED, show_default=True, type=click.IntRange(1, 20), help="Times slower.")
@click.option(
    "--loads", default=15, show_default=True, type=click.IntRange(3, 200), help="Pages loaded of each script."
)
def main(slowed: int, loads: int) -> None:
    """Measures k.js and k.full.js, and ends with 1 when a median is above its reach."""
    receiver = FaultyReceiver()
    receiver.served.start()
    missed = False
    try:
        with playing() as playwright:
            browser = launch(playwright)
            for script in ("k.js", "k.full.js"):
                missed |= not _measured(browser, receiver, script, slowed, loads)
            browser.close()
    finally:
        receiver.served.leave()
    sys.exit(missed)


def _measured(browser: Browser, receiver: FaultyReceiver, script: str, slowed: int, loads: int) -> bool:
    assert (shipped.web_scripts() / script).exists(), "make setup first"
    tag = f'<script async src="{receiver.url}/{script}" data-key="demo"></script>'

    async def page(request: Request) -> Response:
        return HTMLResponse(f"<!doctype html><title>Page</title>{tag}<h1>Page</h1>")

    site = Served(Starlette(routes=[Route("/{path:path}", page)]))
    site.start()
    told: list[float] = []
    evaluated: list[float] = []
    runs: list[dict[str, Any]]
    layouts = long_tasks = 0
    for _ in range(loads):
        context = browser.new_context()
        tab = context.new_page()
        context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        browser.start_tracing(page=tab, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"])
        tab.goto(f"{site.url}/")
        loaded(tab)
        events = json.loads(browser.stop_tracing())["traceEvents"]
        runs = [one for one in events if one.get("name") == "EvaluateScript" and _of(one).endswith(script)]
        evaluated += [one["tdur"] / 1000 for one in runs]
        layouts += sum(one.get("name") == "Layout" and _within(one, runs) for one in events)
        long_tasks += sum(one["tdur"] > LONG_TASK_US for one in runs)
        told += tab.evaluate(TELL, ALIKE)
        context.close()
    site.leave()
    load, touchpoint = statistics.median(evaluated), statistics.median(told)
    click.echo(
        f"{script}, slowed {slowed} times: at load {load:.2f} ms (reach {LOAD_REACH_MS}), a touchpoint "
        f"{touchpoint:.3f} ms (reach {TOUCHPOINT_REACH_MS}); medians of {len(evaluated)} loads and {len(told) * ALIKE} "
        f"touchpoints; layouts caused {layouts}, long tasks {long_tasks}"
    )
    return load <= LOAD_REACH_MS and touchpoint <= TOUCHPOINT_REACH_MS and not layouts and not long_tasks


def _of(event: dict[str, Any]) -> str:
    return str(event.get("args", {}).get("data", {}).get("url", ""))


def _within(event: dict[str, Any], runs: list[dict[str, Any]]) -> bool:
    return any(run["tid"] == event.get("tid") and run["ts"] <= event["ts"] <= run["ts"] + run["dur"] for run in runs)


if __name__ == "__main__":
    main()
