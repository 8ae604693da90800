"""Freshness, many rules and memory in miniature: every part runs and tells a figure; how high it is does not matter."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from collector.receive.access import Keys
from loadtest import freshness, many_rules, plot, servers, traffic
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.installed import installed
from loadtest.machine import Processors, processors
from loadtest.paced import send
from loadtest.pairs import spread
from loadtest.servers import bare_starlette
from loadtest.watch import Sample, trend


def test_each_probe_is_seen_after_it_was_accepted(tmp_path: Path) -> None:
    """Beside a steady load, every probe's wait ends when ClickHouse shows it through the analysts' view."""
    with installed(tmp_path) as running:
        chosen = running.settings
        key = Keys(chosen).add(name="public", site="bench", kind="public")[1]
        path = tmp_path / "requests"
        traffic.write_http(path, traffic.requests(200, a_request=10, public_only=True), {"public": key})
        with servers.receiver(chosen, Processors(frozenset(), frozenset())) as receiver:
            kept = freshness._At(chosen, receiver.port, path, key).keep(100, 1)
    assert kept.waits_s == sorted(kept.waits_s)
    assert 0 < kept.wait(0.5) <= kept.wait(0.99)
    assert kept.rate > 0


def test_many_rules_are_measured_against_few(tmp_path: Path) -> None:
    """The same rows are stored with ten rules and with a thousand, and both have a rate and processor time."""
    figure = many_rules.against_few(Effort(tmp_path, 1, 1, 100, processors()))
    [trial] = figure.trials
    assert [one.name for one in trial.measured] == ["10 rules, five models", "1,000 rules, five models"]
    assert all(one.rate.median > 0 for one in trial.measured)
    assert trial.value == trial.measured[1].ratio


def test_a_fixed_rate_is_kept(tmp_path: Path) -> None:
    """Exactly as many requests are sent as are due, each answered, however fast the server is."""
    path = tmp_path / "requests"
    traffic.write_http(path, traffic.requests(20, a_request=1, public_only=True), {"public": "none"})
    with bare_starlette(tmp_path, processors()) as server:
        driven = asyncio.run(send(server.port, 4, 0.5, 100, path))
    assert (driven.requests, driven.refused, driven.broken) == (50, 0, 0)


def test_a_figure_may_be_a_limit() -> None:
    """What must be at most so much is reached below it and not above."""
    measured = [Measured("it", spread([1.0]))]
    figures = [
        Figure(4, "t", "s", 2.0, [Trial("c", measured, spread([value]))], at_most=True) for value in (1.9, 2.0, 2.1)
    ]
    assert [figure.reached for figure in figures] == [True, True, False]


def test_a_trend_is_the_slope_of_the_line() -> None:
    """Noise around a rising line is no rise of its own."""
    assert trend([(x, 2 * x + (-1) ** x) for x in range(100)]) == pytest.approx(2, abs=0.01)
    assert trend([(1, 5)]) == 0


def test_a_picture_names_every_process() -> None:
    """Each process has a line and its name, escaped."""
    samples = [Sample(name, at, 10.0 + at, 5) for at in range(3) for name in ("receive", "<load>")]
    drawn = plot.svg(samples, "a & b")
    assert drawn.count("<polyline") == 4
    assert "&lt;load&gt;" in drawn and "a &amp; b" in drawn
