"""A wrong key and a captive portal, over real sockets, then a real collector: nothing is deleted, the fault is told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.android.built import telling
from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.store.collector import Line

RECEIPTS = 8


@pytest.mark.usefixtures("java_programs")
@pytest.mark.parametrize("kind", ["app", "till"])
def test_nothing_is_deleted_until_the_right_collector_takes_it(
    kind: str, tmp_path: Path, collector: tuple[Installation, str]
) -> None:
    """Told with no network, refused for its key, answered by a portal, and then all of it in ClickHouse, once."""
    installation, key = collector
    line = Line(installation.port)
    told = _tell(kind, tmp_path, line, key)
    refused = _flush(kind, tmp_path, line, "sk_wrong", within_ms=20_000)
    assert refused.startswith(f"false {told} wait, 0 dropped; 401 key_unknown"), refused
    line.be("portal")
    portal = _flush(kind, tmp_path, line, key, within_ms=8000)
    assert portal.startswith(f"false {told} wait, 0 dropped; 200 did not come from a collector"), portal
    line.be("up")
    assert _flush(kind, tmp_path, line, key, within_ms=60_000).startswith("true 0 wait, 0 dropped")
    line.close()
    until_loaded(installation)
    [row] = installation.ask(
        "SELECT count() AS rows, uniqExact(id) AS ids FROM klantreis.touchpoints WHERE store_id = {store:String}",
        {"store": tmp_path.name},
    ) or [{}]
    assert (row["rows"], row["ids"]) == (told, told)


def _tell(kind: str, folder: Path, line: Line, key: str) -> int:
    line.be("away")
    command = telling(kind, folder / "queue", line.url, folder.name, f"only-{RECEIPTS}", folder / "ledger")
    subprocess.run(command, env={**os.environ, "KLANTREIS_KEY": key}, timeout=120, check=True)
    line.be("up")
    return sum(" " in entry for entry in (folder / "ledger").read_text("ascii").splitlines())


def _flush(kind: str, folder: Path, line: Line, key: str, *, within_ms: int) -> str:
    command = telling(kind, folder / "queue", line.url, folder.name, f"flush-{within_ms}", Path(os.devnull))
    environment = {**os.environ, "KLANTREIS_KEY": key}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=180, check=True
    ).stdout.strip()
