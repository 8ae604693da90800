"""What a test orders of processes that run with `inside/` on their path; `inside/interposed.py` says how they obey."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from tests.chaos.inside.points import Point, order_name

INSIDE = Path(__file__).with_name("inside")
ROOT = Path(__file__).parents[2]


class Orders:
    """The folder in which orders are given."""

    def __init__(self, folder: Path, *, keep_segments: bool = False) -> None:
        self.folder = folder
        for name in ("orders", "taken", "failing", "slow", "clock", *(["kept"] if keep_segments else [])):
            (folder / name).mkdir(parents=True)
        self.variables = {"CHAOS_FOLDER": str(folder), "PYTHONPATH": f"{INSIDE}{os.pathsep}{ROOT}"}
        """What the processes need in their environment."""

    def die(self, role: str, point: Point, *, after_s: float = 0.0) -> None:
        """The next process of `role` that passes `point` kills itself there."""
        self._write(
            self.folder / "orders" / order_name(role, point),
            json.dumps({"signal": int(signal.SIGKILL), "after_s": after_s}),
        )

    def obeyed(self, role: str, point: Point) -> int | None:
        """The process that has taken the order, if one has; the next order is then another one."""
        for taken in (self.folder / "taken").glob(f"{order_name(role, point)}.*"):
            if pid := taken.name.rpartition(".")[2]:
                taken.unlink()
                return int(pid)
        return None

    def is_open(self, role: str, point: Point) -> bool:
        """Whether nobody has taken the order yet."""
        return (self.folder / "orders" / order_name(role, point)).exists()

    def fail_syncs(self, role: str, times: int) -> None:
        """So many syncs of `role` fail from now on."""
        self._write(self.folder / "failing" / role, "x" * times)

    def slow_syncs(self, role: str, seconds: float) -> None:
        """Each sync of `role` takes so much longer."""
        self._write(self.folder / "slow" / role, str(seconds))

    def shift_clock(self, role: str, seconds: int) -> None:
        """The clock of `role` is off by so much from now on, until it is told otherwise."""
        self._write(self.folder / "clock" / role, str(seconds))

    def _write(self, path: Path, text: str) -> None:
        new = path.with_name(path.name + "~")
        new.write_text(text, encoding="ascii")
        new.rename(path)
