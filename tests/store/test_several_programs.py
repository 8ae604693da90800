"""Tills, threads and forks that share an outbox: each touchpoint once, numbers never twice, and one that sends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from klantreis_store import Store
from klantreis_store.on_disk import OnDisk
from klantreis_store.salvage import FILES
from klantreis_store.turn import Turn

from tests.receive.receiver import receiving
from tests.store.collector import Line

SELLS = """
import sys
from klantreis_store import Store
store = Store("http://127.0.0.1:9", key="k", folder=sys.argv[1], sends=False)
for number in range(40):
    print(store.sale(f"R-{sys.argv[2]}-{number}", "1"), flush=True)
"""


def numbers(folder: Path) -> dict[str, int]:
    """Id → number of all that wait."""
    return {one.id: one.number for one in OnDisk(folder).do(lambda outbox: outbox.oldest(10_000))}


def test_tills_that_start_and_sell_at_once(quick_folder: Path) -> None:
    """Five processes make one outbox together: all is there, each with a number of its own that rises with its till."""
    tills = [
        subprocess.Popen([sys.executable, "-c", SELLS, quick_folder, str(till)], stdout=subprocess.PIPE, text=True)
        for till in range(5)
    ]
    told = [till.communicate()[0].split() for till in tills]
    found = numbers(quick_folder)
    assert [len(ids) for ids in told] == [40] * 5
    assert found.keys() == {one for ids in told for one in ids}
    assert sorted(found.values()) == list(range(1, 201))
    for ids in told:
        assert [found[one] for one in ids] == sorted(found[one] for one in ids)


def test_threads_of_one_store(quick_folder: Path) -> None:
    """Eight threads sell at once."""
    store = Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend(store.sale("R", "1") for _ in range(30))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(quick_folder).keys() == set(ids)
    assert len(set(ids)) == 240


def test_one_of_them_sends_and_another_takes_over(quick_folder: Path, tmp_path: Path) -> None:
    """Two programs, one sender: nothing is sent twice, and when it ends the other goes on."""
    with receiving(tmp_path) as receiver:
        url = f"http://127.0.0.1:{receiver.port}"
        first, second = (Store(url, key=receiver.secret, folder=quick_folder) for _ in range(2))
        ids = [store.sale("R", "1") for _ in range(10) for store in (first, second)]
        assert second.flush()
        other = Turn(quick_folder / "sender.lock")
        assert not other.take()
        for store, rest in ((first, second), (second, first)):
            store.close()
            if rest is not first:
                ids += [rest.sale("R", "1")]
                assert rest.flush()
        assert other.take()
        other.give_back()
        times = Counter(line["id"] for _, _, lines in receiver.records() for line in lines)
        assert times == Counter(ids)


def test_a_fork_opens_the_outbox_for_itself(quick_folder: Path, tmp_path: Path) -> None:
    """As with gunicorn: a store that was made before the fork works in parent and child."""
    with receiving(tmp_path) as receiver:
        script = (
            "import os, sys\n"
            "from klantreis_store import Store\n"
            "store = Store(sys.argv[1], key=sys.argv[2], folder=sys.argv[3])\n"
            "def tell(word): os.write(1, word.encode() + b'\\n')  # one write: both write into one pipe\n"
            "tell(store.sale('R-before', '1'))\n"
            "child = os.fork()\n"
            "tell(store.sale('R-child' if child == 0 else 'R-parent', '1'))\n"
            "if child == 0:\n"
            "    tell('sent' if store.flush() else 'not sent')\n"
            "    store.close(); os._exit(0)\n"
            "store.close(0); os.waitpid(child, 0)\n"
        )
        url = f"http://127.0.0.1:{receiver.port}"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script, url, receiver.secret, quick_folder],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        words = done.stdout.split()
        assert words.count("sent") == 1 and done.stderr == ""
        ids = [word for word in words if word != "sent"]
        assert Counter(line["id"] for _, _, lines in receiver.records() for line in lines) == Counter(ids)


FORKS = """
import ctypes, os, sys
from klantreis_store import Store
store = Store("http://127.0.0.1:9", key="k", folder=sys.argv[1], sends=False)
print(store.sale("R-before", "1"), flush=True)
opened, closed = os.pipe(), os.pipe()
if (child := {fork}()) == 0:
    try:
        print(store.sale("R-child", "1"), flush=True)
        os.write(opened[1], b"x"); os.read(closed[0], 1)
        print(store.sale("R-child alone", "1"), flush=True)
    except Exception as error:
        print(error, file=sys.stderr); os.write(opened[1], b"x")
    os._exit(0)
os.read(opened[0], 1)
store.close()
os.write(closed[1], b"x"); os.waitpid(child, 0)
"""


def forked(folder: Path, fork: str) -> tuple[list[str], str]:
    """What parent and child sold, and what the child complained of; the parent closes before the child is done."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS.format(fork=fork), folder],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.split(), done.stderr


def test_a_fork_loses_nothing_when_its_parent_goes(quick_folder: Path) -> None:
    """The last of a process to let go of the outbox removes its log: not while a child writes to it."""
    told, complaints = forked(quick_folder, "os.fork")
    assert len(told) == 3 and complaints == ""
    assert numbers(quick_folder).keys() == set(told)


def test_a_fork_that_python_was_not_told_of_is_refused(quick_folder: Path) -> None:
    """As C code may: what such a child stores could be lost, so it is told how to start instead."""
    told, complaints = forked(quick_folder, "ctypes.PyDLL(None).fork")
    assert len(told) == 1 and "make the Store after the fork" in complaints
    assert numbers(quick_folder).keys() == set(told)


def test_a_sale_does_not_wait_for_a_sender_that_is_stuck(quick_folder: Path) -> None:
    """The collector takes the request and says nothing: the till goes on selling, and nothing of it is lost."""
    line = Line(9)
    line.be("stuck")
    store = Store(line.url, key="k", folder=quick_folder)
    store.sale("R-0", "1")
    until = time.monotonic() + 20
    while not line.taken and time.monotonic() < until:
        time.sleep(0.01)
    assert line.taken == 1
    ids = [store.sale(f"R-{number}", "1") for number in range(1, 200)]
    assert store.status().waiting == len(ids) + 1
    line.close()
    store.close(0)


def test_a_writer_that_dies_in_the_middle_leaves_nothing_half(quick_folder: Path) -> None:
    """A transaction that was open when its process died is as if it had never begun, and holds nobody up."""
    store = Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    store.sale("R-1", "1")
    script = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute('DELETE FROM outbox')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, quick_folder / FILES[0]], check=False, timeout=30)
    assert killed.returncode == -9
    store.sale("R-2", "1")
    assert store.status().waiting == 2
