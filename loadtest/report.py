"""The bench's results: for people as tables, for programs as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from loadtest.figure import Figure, Measured, Trial
from loadtest.pairs import Spread

WIDTH = 132


def as_json(machine: Mapping[str, str], figures: Sequence[Figure]) -> str:
    """Everything that was measured, each value of each round."""
    told = {"machine": machine, "figures": [_plain(dataclasses.asdict(figure)) for figure in figures]}
    return msgspec.json.format(msgspec.json.encode(told), indent=1).decode()


def show(machine: Mapping[str, str], figures: Sequence[Figure], console: Console) -> None:
    """Tables, each with its verdict."""
    console.print("\n".join(f"{name:<20}{value}" for name, value in machine.items()), highlight=False)
    for figure in figures:
        asked = f"{'at most ' if figure.at_most else ''}{_number(figure.reach)} {figure.unit} asked"
        console.rule(f"{figure.number}. {figure.title}: {asked}", align="left")
        for trial in figure.trials:
            console.print(_table(trial))
            verdict = "reached" if figure.reaches(trial) else "[bold]not reached[/bold]"
            console.print(f"  {_told(trial.value)} {figure.unit}: {verdict}\n", highlight=False)
    console.print(
        "Median (lowest-highest) of the rounds; a ratio is of neighbours within a round. Processor µs are for one\n"
        "touchpoint, the kernel's part included; ÷ is the ratio of these, which others on the machine disturb less.",
        highlight=False,
    )


def console() -> Console:
    """A console as wide as the tables, also where there is no terminal."""
    return Console(width=WIDTH)


def _table(trial: Trial) -> Table:
    table = Table(title=trial.conditions, title_justify="left", title_style="italic", box=box.SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    rows = [_cells(measured) for measured in trial.measured]
    titles = ("touchpoints/s", "÷ first", "processor µs", "÷", "p50 ms", "p99 ms", "MiB")
    shown = [number for number in range(len(titles)) if any(row[number] for row in rows)]
    for number in shown:
        table.add_column(titles[number], justify="right")
    for measured, row in zip(trial.measured, rows, strict=True):
        table.add_row(measured.name, *(row[number] for number in shown))
    return table


def _cells(measured: Measured) -> tuple[str, ...]:
    return (
        _told(measured.rate),
        _told(measured.ratio) if measured.ratio else "",
        _number(measured.processor_us.median) if measured.processor_us else "",
        _number(measured.processor_ratio.median) if measured.processor_ratio else "",
        f"{measured.p50_ms:.2f}" if measured.p50_ms is not None else "",
        f"{measured.p99_ms:.2f}" if measured.p99_ms is not None else "",
        _told(measured.memory_mib) if measured.memory_mib else "",
    )


def _told(spread: Spread) -> str:
    return f"{_number(spread.median)} ({_number(spread.lowest)}-{_number(spread.highest)})"


def _number(value: float) -> str:
    """Three digits that matter."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _plain(value: object) -> object:
    """Dataclasses' dicts with a median beside the values of each spread."""
    if isinstance(value, dict):
        if value.keys() == {"values"}:
            spread = Spread(tuple(value["values"]))
            return {"median": spread.median, "values": spread.values}
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
