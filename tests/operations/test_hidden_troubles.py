"""`klantreis doctor` finds what is wrong with an installation and says how to mend it, whatever it cannot look at."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli.doctor import doctor as command
from collector.receive.access import Keys
from collector.settings import Settings
from collector.shipped import rules
from collector.spool import losses, segment
from collector.spool.reader import Loss
from collector.spool.segment import Range
from collector.supervised import Supervised, write
from loadtest.ports import free_ports
from tests.operations.conftest import Eventful

ROOT = Path(__file__).parents[2]


def doctor(data: Path, *arguments: str, **settings: object) -> tuple[int, str]:
    """Exit code and what it says of an installation of which nothing runs."""
    ports = dict(zip(("port", "console_port", "clickhouse_port"), free_ports(3), strict=True))
    options = {f"KLANTREIS_{name.upper()}": str(value) for name, value in (ports | settings).items()}
    outside = {name: None for name in os.environ if name.startswith("KLANTREIS_")}
    runner = CliRunner(env={**outside, "KLANTREIS_CONFIG": os.devnull, **options})
    done = runner.invoke(command, ["--data", str(data), *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def finding(said: str, what: str) -> tuple[str, str, str]:
    """The mark of a finding that begins so, what was found, and its remedy."""
    lines = said.splitlines()
    for number, line in enumerate(lines):
        if line[3:].startswith(f"{what}: "):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            return line[1], line[3:], following.partition("→ ")[2] if "→" in following else ""
    raise AssertionError(f"nothing is said of {what}:\n{said}")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as an installation leaves it, with a key."""
    (tmp_path / "data" / "spool").mkdir(parents=True, mode=0o700)
    (tmp_path / "data").chmod(0o700)
    Keys(Settings(data=tmp_path / "data")).add(name="web", site="shop", kind="public")
    return tmp_path / "data"


def test_everything_broken_at_once(data: Path, tmp_path: Path) -> None:
    """Spool not writable, ClickHouse away, rules broken, keys broken: each is found, with a remedy, in one run."""
    (data / "spool").rmdir()
    (data / "spool").symlink_to("/proc")  # a folder in which nobody can make a file, whoever asks
    (data / "keys.json").write_text("not keys")
    (tmp_path / "rules" / "signals").mkdir(parents=True)
    (tmp_path / "rules" / "models").mkdir()
    (tmp_path / "rules" / "signals" / "a.yaml").write_text("format: wrong\n")
    code, said = doctor(data, rules=tmp_path / "rules")
    assert code == 1
    for what, words, advice in (
        ("spool folder", "cannot be written", "is it full, read-only or failing?"),
        ("receivers", "nothing answers at http://127.0.0.1", "klantreis serve"),
        ("console", "nothing answers at http://127.0.0.1", "--console-port"),
        ("keys", "cannot be read as keys", "mend that first"),
        ("rules", "mistakes; first: ", "klantreis rules check"),
        ("ClickHouse", "(embedded)", "touchpoints wait in the spool"),
    ):
        mark, found, remedy = finding(said, what)
        assert (mark, words in found, advice in remedy) == ("✗", True, True), (found, remedy)
    assert not list((data / "spool").glob(".doctor*"))


def test_a_loss_is_reported_until_it_is_acknowledged(data: Path) -> None:
    """Each run names it and says how to clear it; acknowledging writes that down and keeps the record."""
    spool = data / "spool"
    many = [losses.found(Range(f"{number}.spool", 0, 100), Loss(3, 100)) for number in range(8)]
    losses.note(spool, many)
    for _ in range(2):
        code, said = doctor(data)
        assert code == 1
        mark, found, remedy = finding(said, "loss")
        assert mark == "✗" and "0.spool" in found and "at least 3 records (100 bytes)" in found
        assert "klantreis doctor --acknowledge-losses" in remedy
        assert "3 more, in" in said
    _, said = doctor(data, "--acknowledge-losses")
    assert finding(said, "loss")[0] == "✓"
    assert losses.read(spool).total == Loss(24, 800)
    losses.note(spool, [losses.found(Range("torn.spool", 0, 9), Loss(torn_bytes=9))])
    assert finding(doctor(data)[1], "loss")[:2] == (
        "✓",
        "loss: nothing that was accepted; 9 bytes were torn, for which nobody got an answer",
    )


def test_what_waits_too_long(data: Path) -> None:
    """Touchpoints that wait for minutes are a fault, with how many, how much and how long."""
    header = segment.new_header()._replace(created_us=segment.now_us() - 600_000_000)
    records = [segment.frame(header.salt, n, header.created_us, 1, b"head\n{}\n{}\n") for n in range(3)]
    content = segment.encode_header(header) + b"".join(b"".join(record) for record in records)
    (data / "spool" / segment.name_of(header)).write_bytes(content)
    mark, found, remedy = finding(doctor(data)[1], "spool")
    assert mark == "✗" and "6 touchpoints wait (129 bytes), the oldest for 6" in found
    assert "does the loader run" in remedy
    mark, found, _ = finding(doctor(data, spool_limit_mib=1)[1], "spool")
    assert mark == "✗", "still late"


def test_a_clock_that_was_set_back(data: Path) -> None:
    """A segment from the future gives the clock away."""
    header = segment.new_header()._replace(created_us=segment.now_us() + 86_400_000_000)
    (data / "spool" / segment.name_of(header)).write_bytes(segment.encode_header(header))
    mark, found, remedy = finding(doctor(data)[1], "clock")
    assert mark == "✗" and "s in the future" in found and "NTP" in remedy


def test_limits_of_processes(data: Path) -> None:
    """Few open files are told of a receiver that runs, or else of the shell."""
    mark, found, _ = finding(doctor(data)[1], "open files")
    assert "this shell may open" in found
    (data / "metrics").mkdir()
    write(data / "metrics", Supervised({"receive": [os.getpid()]}, {"receive": 4, "load": 0}))
    said = doctor(data)[1]
    assert "a receiver may open" in finding(said, "open files")[1]
    assert finding(said, "restarts")[1] == "restarts: receive 4 times since the start"
    script = f'ulimit -n 300; exec "{sys.executable}" -m collector doctor --data "{data.parent / "none"}"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, cwd=ROOT)
    mark, found, remedy = finding(done.stdout, "open files")
    assert mark == "!" and "may open 300" in found and "LimitNOFILE" in remedy


def test_another_program_on_the_port(data: Path) -> None:
    """A port that answers, but not as ours does, belongs to somebody else."""

    class Stranger(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[1]")

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_address[1]
        said = doctor(data, port=port, console_port=port)[1]
    finally:
        server.shutdown()
        server.server_close()
    for what, option in (("receivers", "--port"), ("console", "--console-port")):
        mark, found, remedy = finding(said, what)
        assert mark == "✗" and "not as Klantreis does" in found and option in remedy


def test_who_can_read_keys_and_data(data: Path) -> None:
    """Folders and keys that others can read are pointed out."""
    data.chmod(0o755)
    (data / "keys.json").chmod(0o644)
    said = doctor(data)[1]
    assert f"chmod 700 {data}" in said
    assert f"chmod 600 {data / 'keys.json'}" in said


def test_an_installation_in_order(eventful: Eventful) -> None:
    """All is found in order but the loss that it had; once that is acknowledged the exit code is 0."""

    def troubles(*words: str) -> list[str]:
        done = eventful.klantreis("doctor", *words)
        found = [line[3:].partition(":")[0] for line in done.stdout.splitlines() if line[1:2] == "✗"]
        assert (done.returncode, done.stderr) == (1 if found else 0, "")
        return found

    # It waits three seconds for each port, which a busy machine may once not keep.
    eventful.installation.until(lambda: troubles() == ["loss"], "all but the loss is in order")
    eventful.klantreis("doctor", "--acknowledge-losses")
    eventful.installation.until(lambda: troubles() == [], "all is in order")
    done = eventful.klantreis("doctor")
    assert "restarts: receive " in done.stdout
    eventful.installation.until(lambda: "klantreis_losses_open 0.0" in eventful.metrics(), "the alert is silent")
    assert "klantreis_spool_lost_records_total 1.0" in eventful.metrics(), "what was lost stays counted"


def test_a_loader_with_other_rules(eventful: Eventful, tmp_path: Path) -> None:
    """Rules that were changed after the loader started are not what classifies, and that is said."""
    done = eventful.klantreis("doctor")
    assert "the loader uses" not in done.stdout
    folder = tmp_path / "rules"
    shutil.copytree(rules(), folder)
    model = folder / "models" / "sap_hybris.yaml"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("days_since_purchase|lte: 60", "days_since_purchase|lte: 61"), encoding="utf-8")
    done = eventful.klantreis("doctor", "--rules", str(folder))
    mark, found, remedy = finding(done.stdout, "rules")
    assert mark == "!" and "the loader uses" in found and "another folder" in remedy
