"""The statements of this room: files beside it, with `{part}` replaced by SQL of ours. Values are bound."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


def statement(name: str, **parts: str) -> str:
    """The statement in `<name>.sql`, without its comments."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: parts[found[1]], _text(name))


@cache
def _text(name: str) -> str:
    lines = (HERE / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("--"))
