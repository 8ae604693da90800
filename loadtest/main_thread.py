"""`make main-thread`, `python -m loadtest.main_thread`: what the web SDK takes of a page's main thread.

A real Chromium loads a page with a script, each time as a visitor who was never here: k.js and k.full.js as they were
built, and in the same round *the least* that a script with attributes can be: as many bytes, which are read and never
run, and a look at its own tag. What a script takes beyond that is its own; the least is the browser's.

Each figure is told in two ways. *Slowed*: Chromium slows the page's thread four times. It does so by the clock, so what
other programs take of the processor, and what the page waits for, counts four times too. *Times 4*: not slowed, the
processor time of the page's thread alone, multiplied. On a machine that does nothing else they agree.

From the browser's own trace, of its lightest kind: the evaluation of the script (`at load`), the longest that a script
or a timer of the page took (`longest`), layouts meanwhile, and touchpoints with their storing, ten in a task. From the
browser's own counters: all that the page's thread did from the start of the page until what it told had been sent and
confirmed (`until sent`), which the trace makes dearer.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections import defaultdict
from typing import Any

import click
from playwright.sync_api import Browser, CDPSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from collector import shipped
from tests.chromium import launch, playing
from tests.web.faulty_receiver import FaultyReceiver
from tests.web.serving import Served

SLOWED = 4
LOAD_REACH_MS = 2.0
TOUCHPOINT_REACH_MS = 0.2
LONG_TASK_MS = 50.0
SENT_AFTER_MS = 1800
"""Milliseconds after loading in which a touchpoint has been gathered, sent and confirmed."""
LEAST = "the least"
SCRIPTS = ("k.js", "k.full.js")
ALIKE = 10
TASKS = 30
TELL = """([tasks, alike]) => new Promise(done => {
    const tell = () => {
        for (let i = 0; i < alike; i++) klantreis.track('search', {search: {term: 'gieter', results: i}});
        --tasks ? setTimeout(tell, 20) : setTimeout(done, 20);
    };
    setTimeout(tell, 20);
})"""
WORK = ("EvaluateScript", "TimerFire", "FunctionCall", "EventDispatch")
CATEGORIES = ["devtools.timeline"]

Figures = dict[str, list[float]]


@click.command()
@click.option("--loads", default=15, show_default=True, type=click.IntRange(3, 200), help="Pages loaded of each kind.")
def main(loads: int) -> None:
    """Measures k.js and k.full.js, and ends with 1 when a median of the processor time is above its reach."""
    receiver = FaultyReceiver()
    receiver.served.start()
    site = Served(Starlette(routes=[Route("/script/{name}", _script), Route("/{name}", _page(receiver.url))]))
    site.start()
    try:
        with playing() as playwright:
            browser = launch(playwright)
            click.echo(
                f"Chromium {browser.version}, ms, medians of {loads} loads and {loads * TASKS * ALIKE} touchpoints"
            )
            slowed = _measured(browser, site.url, SLOWED, loads)
            alone = _measured(browser, site.url, 1, loads)
            browser.close()
    finally:
        receiver.served.leave()
        site.leave()
    missed = [_told(script, slowed[script], alone[script], alone[LEAST]) for script in (LEAST, *SCRIPTS)]
    sys.exit(any(missed))


def _measured(browser: Browser, site: str, slowed: int, loads: int) -> dict[str, Figures]:
    """By script; the scripts take turns, so that what the machine does meanwhile meets all alike."""
    found: dict[str, Figures] = defaultdict(lambda: defaultdict(list))
    for _ in range(loads):
        for name in (LEAST, *SCRIPTS):
            for what, value in _loaded(browser, f"{site}/{name}", slowed).items():
                found[name][what].append(value)
    return found


def _loaded(browser: Browser, url: str, slowed: int) -> dict[str, float]:
    """One page as it loads, and touchpoints told on it. Thread time where it is not slowed, else by the clock."""
    clock, times = ("tdur", SLOWED) if slowed == 1 else ("dur", 1)
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{url}/../none")  # the first page of a tab makes the tab's process, too
    inspector = context.new_cdp_session(tab)
    inspector.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    inspector.send("Performance.enable", {"timeDomain": "threadTicks" if slowed == 1 else "timeTicks"})
    before = _at_work(inspector)
    browser.start_tracing(page=tab, categories=CATEGORIES)
    tab.goto(url)
    tab.wait_for_timeout(SENT_AFTER_MS)
    events = _trace(browser)
    [run] = [one for one in events if one["name"] == "EvaluateScript" and "/script/" in _of(one)]
    ours = [one for one in events if (one["pid"], one["tid"]) == (run["pid"], run["tid"]) and one["ts"] >= run["ts"]]
    figures = {
        "at load": run[clock] / 1000,
        "until sent": (_at_work(inspector) - before) * 1000,
        "longest": max(one[clock] for one in ours if one["name"] in WORK) / 1000,
    }
    layouts = sum(one["name"] == "Layout" and _within(one, ours) for one in ours)
    browser.start_tracing(page=tab, categories=CATEGORIES)
    tab.evaluate(TELL, [TASKS, ALIKE])
    told = sorted(one[clock] for one in _trace(browser) if one["name"] == "TimerFire")[-TASKS:]
    figures["a touchpoint"] = statistics.median(told) / ALIKE / 1000
    context.close()
    return {what: value * times for what, value in figures.items()} | {"layouts": layouts}


def _at_work(inspector: CDPSession) -> float:
    """Seconds that the page's thread was at work so far."""
    metrics = inspector.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def _trace(browser: Browser) -> list[dict[str, Any]]:
    events = json.loads(browser.stop_tracing())["traceEvents"]
    return [one for one in events if "dur" in one and "tdur" in one]


def _of(event: dict[str, Any]) -> str:
    return str(event.get("args", {}).get("data", {}).get("url", ""))


def _within(event: dict[str, Any], runs: list[dict[str, Any]]) -> bool:
    return any(run["name"] in WORK and run["ts"] <= event["ts"] <= run["ts"] + run["dur"] for run in runs)


def _told(name: str, slowed: Figures, alone: Figures, least: Figures) -> bool:
    """Prints a script's figures; whether one is out of reach."""
    click.echo(f"\n{name:<14}{'slowed':>9}{'times 4':>9}{'from':>9}{'to':>9}{'of its own':>12}")
    for what, values in alone.items():
        low, _, high = statistics.quantiles(values, n=4)
        middle = statistics.median(values)
        own = middle - statistics.median(least[what])
        click.echo(
            f"{what:<14}{statistics.median(slowed[what]):>9.2f}{middle:>9.2f}{low:>9.2f}{high:>9.2f}{own:>12.2f}"
        )
    return name != LEAST and (
        statistics.median(alone["at load"]) > LOAD_REACH_MS
        or statistics.median(alone["a touchpoint"]) > TOUCHPOINT_REACH_MS
        or statistics.median(alone["longest"]) > LONG_TASK_MS
        or max(alone["layouts"]) > 0
    )


async def _script(request: Request) -> Response:
    name = request.path_params["name"]
    built = (shipped.web_scripts() / (SCRIPTS[0] if name == LEAST else name)).read_text(encoding="utf-8")
    if name == LEAST:
        built = (
            f"window.klantreis={{track(){{}},tag:{{...document.currentScript.dataset}}}};function never(){{{built}}}"
        )
    return Response(built, headers={"Cache-Control": "no-store"}, media_type="text/javascript")


def _page(collector: str) -> Any:
    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        tag = f'<script async src="/script/{name}" data-key="demo" data-endpoint="{collector}"></script>'
        return HTMLResponse(f"<!doctype html><title>Page</title><h1>Page</h1>{'' if name == 'none' else tag}")

    return page


if __name__ == "__main__":
    main()
