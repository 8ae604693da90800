"""`make chaos`, `python -m tests.chaos.run`: kills the real processes, seeded, and says what was lost or doubled.

Starts `klantreis serve --demo` with two receivers, small segments and small loads, lets senders send without a pause,
deals the blows one after the other, waits until everything is loaded, and compares.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from collector.errors import SpoolError
from collector.spool.waiting import backlog
from tests.chaos.audit import Audit, Share, audit
from tests.chaos.campaign import Blow, Campaign, NotReachedError
from tests.chaos.inside.points import POINTS
from tests.chaos.orders import Orders
from tests.chaos.senders import KEYS, Sender
from tests.installation import Installation, running

SENDERS = 4
LOADED_WITHIN_S = 120.0
SMALL = {"spool_limit_mib": "16", "load_mib": "1", "stop_timeout_s": "5"}
"""A key's share of 8 MiB makes segments of 256 KiB, so that one is finished every few seconds."""


@dataclass
class Outcome:
    """What a run did, and what came of it."""

    blows: list[Blow]
    told: Audit
    senders: list[Sender]


def everything(campaign: Campaign) -> list[Blow]:
    """Each named point, random moments and hangs."""
    return [*campaign.points(*POINTS), *campaign.moments(), *campaign.hangs()]


def chaos(
    folder: Path, *, seed: int, kills: int | None = None, blows: Callable[[Campaign], list[Blow]] = everything
) -> Outcome:
    """Deal `kills` of `blows`, or each of them once, to an installation of its own in `folder`.

    Raises NotReachedError when a point is passed no more, AssertionError when something does not come up again.
    """
    orders = Orders(folder / "chaos", keep_segments=True)
    with running(folder, workers=2, variables=orders.variables, **SMALL) as installation:
        senders: list[Sender] = []
        campaign = Campaign(installation, orders, seed, lambda: sum(sender.repeated for sender in senders))
        dealt = blows(campaign)
        with _sending(installation, seed, senders, lambda: len(campaign.dealt) - 1):
            campaign.run(dealt, kills or len(dealt))
        installation.until(lambda: _is_empty(installation), "everything accepted is loaded", LOADED_WITHIN_S)
        accepted = {key: {one for sender in senders if sender.key == key for one in sender.accepted} for key in KEYS}
        told = audit(installation, accepted, orders.folder / "kept")
    _blame(campaign.dealt, senders, told)
    return Outcome(dealt, told, senders)


@contextlib.contextmanager
def _sending(installation: Installation, seed: int, senders: list[Sender], moment: Callable[[], int]) -> Iterator[None]:
    """Senders at work, and at the end each of them answered."""
    senders += [Sender(installation, number, seed, moment) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        for sender in senders:
            sender.stopping.set()
    for sender in senders:
        sender.join(60)
        assert not sender.is_alive(), f"{sender.name} was never answered again\n{installation.tail()}"


def _is_empty(installation: Installation) -> bool:
    with contextlib.suppress(SpoolError, OSError):
        return not backlog(installation.settings.spool_folder).bytes and installation.ask("SELECT 1 AS n") is not None
    return False


def _blame(dealt: list[Blow], senders: list[Sender], told: Audit) -> None:
    """Count a lost touchpoint against the blow during which it was accepted."""
    for sender in senders:
        for one in told.lost & sender.accepted.keys():
            dealt[max(0, sender.accepted[one])].lost += 1


def report(outcome: Outcome) -> str:
    """A table by kind of blow, and the counts."""
    told, lines = outcome.told, [_line("role", "dies", "times", "processes", "repeated", "lost")]
    lines += [
        _line(blow.role, blow.name, blow.times, blow.processes, blow.requests_repeated, blow.lost)
        for blow in outcome.blows
        if blow.times
    ]
    answers: dict[int, int] = {}
    for sender in outcome.senders:
        for status, count in sender.answers.items():
            answers[status] = answers.get(status, 0) + count
    statuses = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(answers.items()))
    repeated = sum(sender.repeated for sender in outcome.senders)
    lines += [
        "",
        f"requests: {statuses}; {repeated} sent again",
        *(f"key {key}: {_told(share)}" for key, share in told.by_key.items()),
        *(f"segment {name}: {_told(share)}" for name, share in told.by_segment.items() if share.lost or share.doubled),
        f"{len(told.by_segment)} segments: {sum(1 for one in told.by_segment.values() if not one.lost)} wholly loaded, "
        f"{told.spooled_again} touchpoints spooled again, {len(told.not_spooled)} accepted and not spooled",
        f"ClickHouse: {told.stored_again} rows stored again, {len(told.refused)} in klantreis.rejected, "
        f"{len(told.strangers)} that nobody spooled",
        f"{sum(blow.times for blow in outcome.blows)} blows, {sum(blow.processes for blow in outcome.blows)} processes "
        f"killed: {told.accepted} touchpoints accepted, {len(told.lost)} lost, {len(told.doubled)} doubled",
    ]
    return "\n".join(lines)


def _line(*cells: object) -> str:
    role, name, *numbers = cells
    return f"{role!s:<40}{name!s:<36}" + "".join(f"{number!s:>11}" for number in numbers)


def _told(share: Share) -> str:
    return f"{share.accepted} accepted, {len(share.lost)} lost, {len(share.doubled)} doubled"


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1, 100_000), help="Blows to deal.")
@click.option("--seed", default=20_261_124, show_default=True, help="Of their order, their moments and the senders.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
    help="Folder on the disk to use; a new one below it is used.",
)  # fmt: skip
def main(kills: int, seed: int, data: Path) -> None:
    """Kill the real processes and fail on any touchpoint that is lost or doubled."""
    logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)  # it is away on purpose
    data.mkdir(parents=True, exist_ok=True)
    click.echo(f"{kills} blows with seed {seed} …", err=True)
    folder = Path(tempfile.mkdtemp(prefix="chaos-", dir=data)).resolve()
    again = f"{folder} holds what is left; repeat with: make chaos KILLS={kills} SEED={seed}"
    try:
        outcome = chaos(folder, seed=seed, kills=kills)
    except (NotReachedError, AssertionError) as error:
        raise click.ClickException(f"{error}\n{again}") from error
    click.echo(report(outcome))
    problems = [problem for sender in outcome.senders for problem in sender.problems]
    for problem in problems[:10]:
        click.echo(f"  unexpected answer: {problem}")
    if problems or not outcome.told.clean:
        click.echo(f"FAILED: {again}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
