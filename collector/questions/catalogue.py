"""Which questions there are: each is a view of the warehouse, in `warehouse/views/questions/`.

The first comment of a file is the documentation of its question, in Markdown; its first sentence is the question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from collector.errors import SettingsError
from collector.warehouse import asked

FOLDER = Path(asked.__file__).parent / "views" / "questions"
COMMON = {
    "site": "Only this site. Empty: all.",
    "model": "Model whose phases are meant, such as five_phase. Empty: the default model.",
    "since": "First day of the period, such as 2026-01-31. Empty: from the beginning.",
    "until": "Day after the last one of the period. Empty: to the end.",
    "time_zone": "Time zone in which a day begins and ends.",
    "segment": "Only these, such as device=mobile,channel=web. Empty: all. See docs/questions.md.",
    "bots": "Count what programs did as well.",
}
"""Parameters of every question, in their order, with their meaning."""
OWN = {
    "above": "Orders with a larger total.",
    "long_wait_s": "Seconds from which on a wait is long.",
    "by": "What gets the credit: came_by, source, medium or campaign.",
    "rule": "Who gets it: first, last, last_non_direct, linear, position, time_decay; from klantreis ask, markov too.",
    "half_life_days": "Days in which a touch loses half of its credit, with the rule time_decay.",
    "window_days": "Days before the purchase from which on touches count. 0: the whole journey.",
    "other_since": "First day of the period to compare with. Empty: from the beginning.",
    "other_until": "Day after the last one of the period to compare with. Empty: to the end.",
    "rule_set": "Only what rules with this hash settled. Empty: whichever.",
    "other_rule_set": "The same for what is compared with.",
}
"""Parameters of single questions."""
DEFAULTS: Mapping[str, str] = {
    "time_zone": "Europe/Amsterdam",
    "bots": "0",
    "above": "150",
    "long_wait_s": "300",
    "by": "came_by",
    "rule": "linear",
    "half_life_days": "7",
    "window_days": "0",
}
"""What is asked unless something else is said; of all others nothing."""

_PARAMETER = re.compile(r"\{(\w+):([^}]+)\}")


@dataclass(frozen=True)
class Question:
    """A question. `text` is its page in Markdown; `parameters` are those that it takes, with their ClickHouse types."""

    name: str
    text: str
    parameters: Mapping[str, str]

    @property
    def asks(self) -> str:
        """The question itself."""
        return self.text.partition("\n\n")[0].replace("\n", " ")

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the parameters that not every question has."""
        return tuple(name for name in self.parameters if name not in COMMON)


@cache
def questions() -> Mapping[str, Question]:
    """All questions by name."""
    return {file.stem: _question(file) for file in sorted(FOLDER.glob("*.sql"))}


def question(name: str) -> Question:
    """The question of that name. Raises SettingsError, with the one that may have been meant."""
    known = questions()
    if name in known:
        return known[name]
    close = get_close_matches(name.replace("-", "_"), known, 1, 0.5)
    meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
    raise SettingsError(f"no question is called {name}; {meant} (klantreis ask --list)")


def _question(file: Path) -> Question:
    comment, _, sql = file.read_text(encoding="utf-8").partition("CREATE OR REPLACE VIEW ")
    text = "\n".join(line.removeprefix("--").removeprefix(" ") for line in comment.splitlines())
    found = dict(_PARAMETER.findall(sql + "".join(asked.pieces().values())))
    of_this = {name: kind for name, kind in found.items() if name in COMMON or f"{{{name}:" in sql}
    return Question(file.stem, text.strip(), {name: of_this[name] for name in (*COMMON, *OWN) if name in of_this})
