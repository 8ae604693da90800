"""What the views of questions share: `$counted`, `$in_period` and the like, each a piece of SQL in `views/asked/`.

A view that reads another view with its own parameters is not understood by all versions of ClickHouse, so that the
pieces are put into each view when it is made.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "views" / "asked"


def pieces() -> dict[str, str]:
    """The pieces by name, whole: one that is made of others has them in it."""
    found = {file.stem: _sql(file) for file in sorted(FOLDER.glob("*.sql"))}
    while any("$" in sql for sql in found.values()):
        found = {name: Template(sql).substitute(found) for name, sql in found.items()}
    return found


def _sql(file: Path) -> str:
    """Without its comment, and indented as it will lie within a view."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n    ".join(line for line in lines if not line.startswith("--"))
