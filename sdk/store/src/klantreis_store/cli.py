"""`klantreis-store status | flush | tail`: what waits on this machine, sending it now, and watching it.

The key is never an argument: other users of the machine could read it in the list of processes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from klantreis_store import status
from klantreis_store.errors import KlantreisStoreError
from klantreis_store.on_disk import OnDisk
from klantreis_store.outbox import Outbox, Waiting
from klantreis_store.salvage import FILES
from klantreis_store.sender import explained
from klantreis_store.store import Store
from klantreis_store.version import VERSION

LOOK_S = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: as it should be; 1: something waits that could not be sent, or was refused; 2: wrong use."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except KlantreisStoreError as error:
        print(f"klantreis-store: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="klantreis-store", description="The outbox of this machine.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    shown = commands.add_parser("status", help="what waits, what was sent, and what is wrong")
    shown.add_argument("--json", action="store_true", help="as one JSON object, for a monitor")
    shown.set_defaults(run=_status)

    flushed = commands.add_parser("flush", help="send now what waits")
    flushed.add_argument("--within", type=float, default=30.0, metavar="S", help="seconds to try (30)")
    flushed.add_argument("--refused", action="store_true", help="also what the collector had refused for good")
    flushed.add_argument(
        "--url", default=os.environ.get("KLANTREIS_STORE_URL"), help="the collector ($KLANTREIS_STORE_URL)"
    )
    flushed.add_argument(
        "--key-file", default=os.environ.get("KLANTREIS_STORE_KEY_FILE"),
        help="file with the key ($KLANTREIS_STORE_KEY_FILE; or the key itself in $KLANTREIS_STORE_KEY)",
    )  # fmt: skip
    flushed.add_argument(
        "--insecure", action="store_true", help="http to another machine, on a network that is your own"
    )
    flushed.set_defaults(run=_flush)

    tailed = commands.add_parser("tail", help="the latest touchpoints, and whether they arrived")
    tailed.add_argument("-n", "--number", type=int, default=10, metavar="N", help="how many (10)")
    tailed.add_argument("-f", "--follow", action="store_true", help="go on with those that come, until Ctrl-C")
    tailed.set_defaults(run=_tail)

    for command in (shown, flushed, tailed):
        command.add_argument(
            "--folder", default=os.environ.get("KLANTREIS_STORE_FOLDER"), help="the outbox's ($KLANTREIS_STORE_FOLDER)"
        )
    return parser


def _status(chosen: argparse.Namespace) -> int:
    found = _disk(chosen).do(status.read)
    is_well = not (found.trouble or found.aside or found.losses)
    if chosen.json:
        print(json.dumps(_plain(found), indent=2))
        return 0 if is_well else 1
    print(f"waiting   {found.waiting}" + (f"   the oldest of {_told(found.oldest)}" if found.oldest else ""))
    print(f"sent      {found.sent}")
    if found.trouble:
        told = {"status": found.trouble.status, "reason": found.trouble.reason, "detail": found.trouble.detail}
        print(f"trouble   since {_told(found.trouble.since)}, {found.trouble.attempts} attempts: {explained(told)}")
    if found.aside:
        print(f"refused   {found.aside}   see `tail`; once mended: klantreis-store flush --refused")
    for loss in found.losses:
        print(f"lost      {loss.count}   {loss.what}, the latest {_told(loss.latest)}")
    return 0 if is_well else 1


def _flush(chosen: argparse.Namespace) -> int:
    disk = _disk(chosen)
    if chosen.refused:
        print(f"{disk.do(lambda outbox: outbox.put_back())} that were refused wait again")
    before = disk.do(lambda outbox: outbox.state())
    if not before.kept:
        print("nothing waits")
        return 0
    if chosen.url is None:
        print("klantreis-store: --url is missing (or $KLANTREIS_STORE_URL)", file=sys.stderr)
        return 2
    key = os.environ.get("KLANTREIS_STORE_KEY") if chosen.key_file is None else None
    store = Store(chosen.url, folder=chosen.folder, key=key, key_file=chosen.key_file, insecure=chosen.insecure)
    done = store.flush(chosen.within)
    store.close(0.0)
    found = disk.do(status.read)
    print(f"{found.sent - before.sent} sent, {found.waiting} waiting, {found.aside} refused")
    if found.trouble and not done:
        told = {"status": found.trouble.status, "reason": found.trouble.reason, "detail": found.trouble.detail}
        print(explained(told))
    return 0 if done and not found.aside else 1


def _tail(chosen: argparse.Namespace) -> int:
    disk = _disk(chosen)
    shown: dict[int, str] = {}
    while True:
        for number, line in sorted(disk.do(lambda outbox: _latest(outbox, max(chosen.number, 100))).items())[
            0 if shown else -chosen.number :
        ]:
            if shown.get(number) != line and (shown.get(number) is not None or number > min(shown, default=0)):
                print(line, flush=True)
            shown[number] = line
        if not chosen.follow:
            return 0
        time.sleep(LOOK_S)


def _latest(outbox: Outbox, count: int) -> dict[int, str]:
    """Number → a line of each of the latest, without anything of a person."""
    found: dict[int, str] = {}
    for number, type, occurred_at, _ in outbox.connection.execute("SELECT * FROM delivered"):
        found[number] = _line(number, "arrived", type, _told_ms(occurred_at), "")
    rows = "SELECT number, id, type, body, crc, boot, uptime_ms"
    for row in outbox.connection.execute(f"{rows} FROM outbox ORDER BY number DESC LIMIT ?", [count]):
        one = Waiting(*row)
        found[one.number] = _line(one.number, "waits", one.type, *_of_body(one))
    for *row, reason, detail in outbox.connection.execute(
        f"{rows}, reason, detail FROM aside ORDER BY number DESC LIMIT ?", [count]
    ):
        one = Waiting(*row)
        moment, order = _of_body(one)
        found[one.number] = _line(one.number, "refused", one.type, moment, f"{order} {reason}: {detail}".strip())
    return found


def _of_body(one: Waiting) -> tuple[str, str]:
    if not one.is_whole:
        return "?", "damaged"
    fields: dict[str, Any] = json.loads(one.body)
    order = fields.get("order") or {}
    told = " ".join(str(order[name]) for name in ("id", "total", "currency") if name in order)
    return _told_ms(fields["occurred_at"]), told


def _line(number: int, state: str, type: str, moment: str, more: str) -> str:
    return f"{number:>8}  {state:<8} {moment}  {type:<16} {more}".rstrip()


def _disk(chosen: argparse.Namespace) -> OnDisk:
    if chosen.folder is None:
        raise KlantreisStoreError("--folder is missing (or $KLANTREIS_STORE_FOLDER)")
    if not (Path(chosen.folder) / FILES[0]).exists():
        raise KlantreisStoreError(f"{chosen.folder} holds no outbox; name the folder that the till was given")
    return OnDisk(Path(chosen.folder))


def _plain(found: status.Status) -> dict[str, Any]:
    trouble = found.trouble
    return {
        "waiting": found.waiting,
        "oldest": found.oldest and _told(found.oldest),
        "aside": found.aside,
        "sent": found.sent,
        "dropped": found.dropped,
        "losses": [{"what": loss.what, "count": loss.count, "latest": _told(loss.latest)} for loss in found.losses],
        "trouble": trouble
        and {
            "since": _told(trouble.since), "status": trouble.status, "reason": trouble.reason,
            "detail": trouble.detail, "attempts": trouble.attempts,
        },
    }  # fmt: skip


def _told(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _told_ms(ms: int) -> str:
    return _told(datetime.fromtimestamp(ms / 1000, timezone.utc))
