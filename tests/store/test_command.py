"""`klantreis-store`, as whoever looks after a till types it; and the till of the page, on old Pythons too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from klantreis_store import Person, Shop, Store

from tests.receive.receiver import Receiver, receiving

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sdk" / "store"
OLD = [Path.home() / ".pyenv/versions/3.9.18/bin/python", *map(Path, filter(None, [shutil.which("python3.9")]))]


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A real one."""
    with receiving(tmp_path_factory.mktemp("receiver")) as running:
        yield running


def command(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command on the outbox in this folder."""
    environment = {**os.environ, "KLANTREIS_STORE_FOLDER": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-m", "klantreis_store", *words], env=environment, capture_output=True, text=True, timeout=60
    )


def stuck(folder: Path) -> list[str]:
    """An outbox with three touchpoints that nobody sends."""
    store = Store("http://127.0.0.1:9", key="k", folder=folder, shop=Shop("utrecht"), sends=False)
    ids = [store.sale(f"R-{number}", "19.95", person=Person(loyalty_card="quokka")) for number in range(2)]
    ids.append(store.visit())
    store.close()
    return ids


def test_what_waits_is_shown_sent_and_shown_as_arrived(quick_folder: Path, receiver: Receiver) -> None:
    """status, tail, flush, status: the way of somebody who wonders whether the sales arrive."""
    ids = stuck(quick_folder)
    before = command(quick_folder, "status")
    assert (before.returncode, before.stdout.split()[:2]) == (0, ["waiting", "3"])
    tail = command(quick_folder, "tail", "-n", "2")
    assert [line.split()[1] for line in tail.stdout.splitlines()] == ["waits", "waits"]
    assert "R-1 19.95 EUR" in tail.stdout and "quokka" not in tail.stdout
    flushed = command(
        quick_folder,
        "flush",
        KLANTREIS_STORE_URL=f"http://127.0.0.1:{receiver.port}",
        KLANTREIS_STORE_KEY=receiver.secret,
    )
    assert (flushed.returncode, flushed.stdout, flushed.stderr) == (0, "3 sent, 0 waiting, 0 refused\n", "")
    assert [line.split()[1] for line in command(quick_folder, "tail").stdout.splitlines()] == ["arrived"] * 3
    told = json.loads(command(quick_folder, "status", "--json").stdout)
    assert (told["waiting"], told["sent"], told["trouble"]) == (0, 3, None)
    assert {line["id"] for _, _, lines in receiver.records() for line in lines} >= set(ids)


def test_what_is_wrong_is_said_and_ends_with_1(quick_folder: Path, receiver: Receiver, tmp_path: Path) -> None:
    """A wrong key is told with its remedy, and is itself told to nobody."""
    stuck(quick_folder)
    (tmp_path / "key").write_text("sk_quokka")
    url = f"http://127.0.0.1:{receiver.port}"
    flushed = command(quick_folder, "flush", "--within", "60", "--url", url, "--key-file", str(tmp_path / "key"))
    assert flushed.returncode == 1 and "401 key_unknown: compare the key" in flushed.stdout
    status = command(quick_folder, "status")
    assert status.returncode == 1 and "trouble" in status.stdout
    assert "quokka" not in flushed.stdout + flushed.stderr + status.stdout


def test_wrong_use_is_explained(tmp_path: Path) -> None:
    """In one line, with what to give, and exit code 2."""
    for words, told in ((["status"], "holds no outbox"), (["flush"], "holds no outbox"), (["tail"], "holds no outbox")):
        done = command(tmp_path, *words)
        assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr
    stuck(tmp_path)
    assert "--url is missing" in command(tmp_path, "flush").stderr
    assert "give either key or key_file" in command(tmp_path, "flush", "--url", "http://127.0.0.1:9").stderr


def run_till(python: Path, folder: Path, receiver: Receiver) -> subprocess.CompletedProcess[str]:
    """The till of the page, with a day of few customers."""
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE / "src"), "KLANTREIS_STORE_FOLDER": str(folder),
        "KLANTREIS_STORE_URL": f"http://127.0.0.1:{receiver.port}", "KLANTREIS_STORE_KEY": receiver.secret,
    }  # fmt: skip
    day = "door\nsell hiker-43 129.95 2912000341\nsell gloves 19.5x\nhelp delivery 240\nback R-1 hiker-43 129.95\n"
    return subprocess.run(
        [python, "-W", "error", PACKAGE / "examples" / "till.py"],
        input=day, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def check_till(done: subprocess.CompletedProcess[str], receiver: Receiver, before: int) -> None:
    """What it printed, and what the collector has of it."""
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.splitlines()
    assert len(printed) == 5 and "utm_medium=qr" in printed[1] and printed[2].startswith("not told: total: ")
    new = [line for _, _, lines in receiver.records() for line in lines][before:]
    assert [one["type"] for one in new] == ["store_visit", "sale", "support_contact", "return_made"]
    assert new[1]["order"]["total"] == "129.95" and new[1]["identity"] == {"loyalty_card": "2912000341"}
    assert new[1]["visitor_id"] in printed[1]


def test_the_till_of_the_page(tmp_path: Path, receiver: Receiver) -> None:
    """It sells, helps and takes back, and what was typed wrongly costs nothing else."""
    before = sum(len(lines) for _, _, lines in receiver.records())
    check_till(run_till(Path(sys.executable), tmp_path, receiver), receiver, before)


def test_the_till_on_the_oldest_python(tmp_path: Path, receiver: Receiver) -> None:
    """Python 3.9, as it is on tills; from the sources, with nothing installed."""
    old = next((python for python in OLD if _is_39(python)), None)
    if old is None:
        pytest.skip("no Python 3.9 on this machine")
    before = sum(len(lines) for _, _, lines in receiver.records())
    check_till(run_till(old, tmp_path, receiver), receiver, before)


def _is_39(python: Path) -> bool:
    try:
        said = subprocess.run([python, "--version"], capture_output=True, text=True, timeout=30).stdout
    except OSError:
        return False
    return said.startswith("Python 3.9.")


def test_the_collectors_command_runs_in_the_terminal_of_a_till(tmp_path: Path) -> None:
    """The variables of `klantreis-store` are no misspelt settings of the collector; a misspelt one still is."""
    environment = {"PATH": os.environ["PATH"], "KLANTREIS_DATA": str(tmp_path), "KLANTREIS_CONFIG": os.devnull}
    ours = {f"KLANTREIS_STORE_{name}": "x" for name in ("URL", "KEY", "KEY_FILE", "FOLDER")}
    for more, told in ((ours, ""), ({"KLANTREIS_STORE_FODLER": "x"}, "KLANTREIS_STORE_FODLER: no such setting")):
        done = subprocess.run(
            [sys.executable, "-m", "collector", "keys", "list"],
            env={**environment, **more}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode == 0) == (not told), done.stderr
        assert told in done.stderr


def test_the_wheel_has_all_that_it_needs(tmp_path: Path) -> None:
    """Code, types and schema, the command, and no dependency."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path, PACKAGE],
        check=True, timeout=120, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )  # fmt: skip
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
        metadata = content.read(next(name for name in names if name.endswith("METADATA"))).decode()
    sources = {f"klantreis_store/{file.name}" for file in (PACKAGE / "src/klantreis_store").iterdir() if file.is_file()}
    assert sources <= names
    assert {"klantreis_store/py.typed", "klantreis_store/schema.sql"} <= sources
    assert "Requires-Dist" not in metadata and "Requires-Python: >=3.9" in metadata
