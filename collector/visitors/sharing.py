"""Lets all collectors of a warehouse count visitors with the same salt, and destroys it with its day.

Receivers never speak to ClickHouse: they make what they need in the data folder (`salts`), and this, a thread of the
loader, compares it with klantreis.salts. The first salt made for a day counts for all; who has another exchanges it,
once. Since tomorrow's is made and compared today, that happens on the first day alone, or after ClickHouse was away
from before one midnight until after the next: meanwhile each collector counts by itself, and who visits two is two.

Which rows are of today says ClickHouse's clock, so that no collector whose clock is wrong destroys what the others use.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import msgspec

from collector.errors import WarehouseError
from collector.settings import Settings
from collector.visitors.salts import SaltFiles, day_name, today
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing, names, statements

HERE = Path(__file__).parent
LOOK_EVERY_S = 1.0
ASK_EVERY_S = 60.0
"""Seconds between questions to ClickHouse while nothing changes in the data folder."""
PAUSE_S = 5.0
"""Seconds until the next question while ClickHouse is away."""
TIMEOUT_S = 20.0

_INSERT_SETTINGS = {"async_insert": "0", "insert_deduplicate": "0", "distributed_foreground_insert": "1"}

log = logging.getLogger(__name__)


def start(settings: Settings, stopping: threading.Event) -> threading.Thread:
    """Share salts until `stopping` is set, in a thread that nothing waits for."""
    thread = threading.Thread(target=_run, args=(Sharing(settings), stopping), name="salts", daemon=True)
    thread.start()
    return thread


def _run(sharing: Sharing, stopping: threading.Event) -> None:
    pause = LOOK_EVERY_S
    while not stopping.wait(pause):
        pause = LOOK_EVERY_S
        try:
            sharing.look()
        except WarehouseError as error:
            pause = PAUSE_S
            if sharing.needed:
                log.warning("visitors are counted by this collector alone, the salt is not shared: %s", error.told)
        except OSError as error:
            log.error("the salts of visitor hashes have trouble: %s", error)
        except Exception:
            log.exception("the salts of visitor hashes could not be looked after; it is tried again")
    sharing.close()


class Sharing:
    """One collector's part in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._files = SaltFiles(settings.salts_folder)
        self._warehouse = Warehouse(settings, timeout_s=TIMEOUT_S)
        self._migrated = False
        self._shared: dict[int, bytes] = {}
        """What lay in the data folder when it last was as in the warehouse."""
        self._ask_at = 0.0
        self.needed = False
        """Whether this collector counts visitors."""

    def close(self) -> None:
        """Give the connection back."""
        self._warehouse.close()

    def look(self) -> None:
        """Destroy what is of another day, and compare what has changed. Raises OSError and WarehouseError."""
        day = today()
        self._files.destroy_others(day, day + 1)
        ours = {one: salt for one in (day, day + 1) if (salt := self._files.read(one)) is not None}
        self.needed = bool(ours)
        if ours == self._shared and time.monotonic() < self._ask_at:
            return
        self._ask_at = time.monotonic() + ASK_EVERY_S
        self._migrated = self._migrated or not missing(self._warehouse)
        if self._migrated:  # else the loader is about to make the table
            self._shared = self._compare(ours)

    def _compare(self, ours: dict[int, bytes]) -> dict[int, bytes]:
        others, theirs = self._kept()
        for day in others:
            [sql] = statements(HERE / "destroy.sql", names(self._settings))
            self._warehouse.command(sql, {"day": day_name(day)})
        lacking = [day for day, salt in ours.items() if theirs.get(day, salt) == b""]
        for day in lacking:
            self._keep(day, ours[day])
        if lacking:
            _, theirs = self._kept()
        for day, salt in ours.items():
            if theirs.get(day, b"") not in (b"", salt):
                self._files.exchange(day, theirs[day])
                log.info("visitors of %s are counted with the salt that other collectors use", day_name(day))
        if ours and min(ours) not in theirs:  # that of tomorrow may be, where one clock is a moment ahead
            log.warning("ClickHouse's clock is days from this machine's: visitors are counted by this collector alone")
        return {**ours, **{day: theirs[day] for day in ours if theirs.get(day)}}

    def _kept(self) -> tuple[list[int], dict[int, bytes]]:
        """Days whose salts are to be destroyed; and the salts of ClickHouse's today and tomorrow, empty for none."""
        [row] = self._warehouse.rows((HERE / "salts.sql").read_text(encoding="utf-8"))
        day = int(row["today"])
        theirs = {day: str(row["of_today"]), day + 1: str(row["of_tomorrow"])}
        return list(row["others"]), {day: bytes.fromhex(salt) for day, salt in theirs.items()}

    def _keep(self, day: int, salt: bytes) -> None:
        lines = (HERE / "keep_salt.sql").read_text(encoding="utf-8").splitlines()
        statement = "\n".join(line for line in lines if not line.startswith("--")) + "\nFORMAT JSONEachRow\n"
        self._warehouse.insert(statement, [msgspec.json.encode({"day": day, "salt": salt.hex()})], _INSERT_SETTINGS)
