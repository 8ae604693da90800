"""The whole corpus against one real installation, with an honest sender beside it, and what was left of it all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from collector.receive.access import Keys
from tests.hostile.case import Case, corpus, parts
from tests.hostile.families.injections import TEXTS
from tests.hostile.verdict import rejections
from tests.hostile.wire import Answer, exchange
from tests.installation import Installation, running, touchpoint

AT_ONCE = 4
HEAVY = (
    "encodings/bomb",
    "sizes/million",
    "sizes/most",
    "sizes/touchpoints-",
    "sizes/body-",
    "bodies/deep-",
    "bodies/unreadable",
)
"""Cases that are made to take memory: sent one after the other, and measured."""
ORIGINS = ["https://shop.example", "https://*.pages.example"]
LOADED_WITHIN_S = 120.0
SHOWN = [text for text in TEXTS.values() if set(text) & set("<>\x1b")][:20]

COLUMNS_AS_SENT = (
    "visitor_id", "customer_id", "session_id", "page_url", "page_path", "page_title", "page_referrer", "page_language",
    "page_kind", "screen_name", "screen_kind", "screen_previous", "store_id", "store_name", "store_city", "store_till",
    "store_desk", "search_term", "product_id", "product_name", "product_brand", "product_category", "product_variant",
    "order_id", "order_coupon", "order_payment", "order_step_name", "contact_case", "contact_topic", "feedback_kind",
    "feedback_text", "ambassador_code", "ambassador_relation", "company_name", "company_industry", "company_size",
    "identity_linked_visitor_id", "identity_loyalty_card", "context_language", "context_time_zone", "context_app_name",
    "context_app_version", "context_device_model", "context_device_maker", "context_os_name", "context_os_version",
    "context_network",
)  # fmt: skip


class Left(NamedTuple):
    """What was left after the attack."""

    answers: list[tuple[Case, list[Answer]]]
    honest: list[tuple[str, int]]
    """Id and status of each touchpoint that was sent beside it, over a connection of its own."""
    rows: dict[str, dict[str, Any]]
    """What is in klantreis.touchpoints, by id."""
    rejected: dict[str, int]
    """How many are in klantreis.rejected, by reason."""
    started: dict[str, list[int]]
    ended: dict[str, list[int]]
    """Processes by role, before and after."""
    grown_kib: int
    """What the receiver's resident memory rose by at most during the heavy cases."""
    metrics: str
    console: str
    log: str
    """What was logged from the first case on."""
    keys: tuple[str, ...]


def attack(folder: Path) -> Left:
    """Sends everything, waits until it is loaded, and looks at what there is."""
    installation = Installation(folder, log_format="json")
    _, shop_key = Keys(installation.settings).add(name="shop", site="shop", kind="public", origins=ORIGINS)
    with running(folder, installation=installation):
        started = _processes(installation)
        logged = installation.log.stat().st_size
        answers: list[tuple[Case, list[Answer]]] = []
        cases = list(corpus())
        with _honest_sender(installation) as honest:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                light = [case for case in cases if not case["name"].startswith(HEAVY)]
                answers += zip(light, pool.map(lambda case: _send(installation, case, shop_key), light), strict=True)
            with _memory(*installation.pids("receive")) as grown:
                for case in cases:
                    if case["name"].startswith(HEAVY):
                        answers.append((case, _send(installation, case, shop_key)))
        honest += _to_be_shown(installation)
        expected = sum(len(case["answer"].get("accepted", ())) for case, _ in answers) + len(honest)
        refused = sum(rejections(case, found).total() for case, found in answers)
        installation.until(
            lambda: _count(installation, "touchpoints") >= expected and _count(installation, "rejected") >= refused,
            f"{expected} touchpoints are loaded and {refused} rejected ones kept",
            LOADED_WITHIN_S,
        )
        return Left(
            answers,
            honest,
            {row["id"]: row for row in _rows(installation)},
            {row["reason"]: int(row["n"]) for row in _rejected(installation)},
            started,
            _processes(installation),
            grown[0],
            _of_console(installation, "/metrics"),
            _of_console(installation, "/"),
            installation.log.read_bytes()[logged:].decode("utf-8"),
            (shop_key, "demo-secret"),
        )


def _of_console(installation: Installation, path: str) -> str:
    def answer() -> bytes | None:
        status, body = installation.get(path, installation.console_url)
        return body if status == 200 else None

    return bytes(installation.until(answer, f"the console gives {path}")).decode()


def _to_be_shown(installation: Installation) -> list[tuple[str, int]]:
    """The last touchpoints, which the console's page therefore lists, have places that would be markup there."""
    sent = [touchpoint(page={"path": text}) for text in SHOWN]
    status, _ = installation.send(sent)
    return [(one["id"], status) for one in sent]


def _send(installation: Installation, case: Case, shop_key: str) -> list[Answer]:
    return exchange(installation.port, parts(case, shop_key), case["answer"].get("answers", 1))


def _processes(installation: Installation) -> dict[str, list[int]]:
    return {role: sorted(installation.pids(role)) for role in ("receive", "load", "clickhouse", "console")}


@contextlib.contextmanager
def _honest_sender(installation: Installation) -> Iterator[list[tuple[str, int]]]:
    """A good touchpoint after the other, as long as the attack lasts."""
    sent: list[tuple[str, int]] = []
    over = threading.Event()

    def send() -> None:
        while not over.wait(0.05):
            one = touchpoint(visitor_id="PERSON-4711-honest")
            sent.append((one["id"], installation.send([one])[0]))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield sent
    finally:
        over.set()
        sender.join()


@contextlib.contextmanager
def _memory(pid: int) -> Iterator[list[int]]:
    """How many KiB the largest resident size of a process within lies above its size before."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # forgets the largest size so far
    before = _resident(pid, "VmRSS")
    grown: list[int] = []
    yield grown
    grown.append(_resident(pid, "VmHWM") - before)


def _resident(pid: int, which: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which))


def _count(installation: Installation, table: str) -> int:
    rows = installation.ask(f"SELECT count() AS n FROM klantreis.{table}")
    return int(rows[0]["n"]) if rows else 0


def _rows(installation: Installation) -> list[dict[str, Any]]:
    columns = ", ".join(COLUMNS_AS_SENT)
    return (
        installation.ask(f"SELECT toString(id) AS id, problems, properties, {columns} FROM klantreis.touchpoints") or []
    )


def _rejected(installation: Installation) -> list[dict[str, Any]]:
    return installation.ask("SELECT reason, count() AS n FROM klantreis.rejected GROUP BY reason") or []
