"""docs/questions.md: the questions, from the first comments of their views, so that no page says what no view does."""

from __future__ import annotations

import re

from collector.questions.catalogue import COMMON, DEFAULTS, OWN, Question, questions
from collector.warehouse import asked

_HEAD = """# Questions

Generated from the first comments in `collector/warehouse/views/questions/`; change them there and run `make docs`.

Each question is a view of ClickHouse that takes parameters. Ask it in SQL, giving all of them by name, or with what is
usually asked filled in:

```sh
klantreis ask --list
klantreis ask journey_map --model five_phase --since 2026-01-01 --until 2026-04-01 --segment device=mobile
klantreis ask attribution --by source --rule markov --format csv
```

All are about `klantreis.journey_steps`: touchpoints in the order of their journeys, settled within seconds. Counts are
exact. A share is a part of one; where there is nothing to take a share of, it is `nan`.

## Parameters of every question

{parameters}

`bots` is 0 or 1 in SQL. Days are written `2026-01-31` and begin at midnight in `time_zone`; the day `until` is the
first that no longer counts. A model that does not exist gives no rows in SQL; `klantreis ask` says so.

**Segments** name columns and values: `device=mobile,channel=web` is both, `device=mobile,device=tablet` is either,
`came_by=` is what has none. A value cannot hold a comma; a name that is none of these columns is an error:
{columns}.
`customer` is `true` or `false`, `part` is `buyer` or `customer` by the default model.

Whether period and segment choose touchpoints, journeys or people, each question says. A journey or person is of a
segment if any touchpoint of theirs is. Touchpoints of nobody that is known count in the map and its changes, and in
nothing that speaks of people or journeys.

Parameters of single questions:

{own}
"""


def as_markdown() -> str:
    """The page's text."""
    segment = asked.pieces()["in_segment"]
    columns = re.findall(r",(\w+)=\(", segment)
    head = _HEAD.format(
        parameters=_table(COMMON), own=_table(OWN), columns=", ".join(f"`{name}`" for name in dict.fromkeys(columns))
    )
    return head + "\n" + "\n".join(map(_section, questions().values()))


def _table(parameters: dict[str, str]) -> str:
    lines = ["| parameter | meaning | usually |", "|---|---|---|"]
    lines += [f"| `{name}` | {meaning} | {_usual(name)} |" for name, meaning in parameters.items()]
    return "\n".join(lines)


def _usual(name: str) -> str:
    return f"`{DEFAULTS[name]}`" if name in DEFAULTS else "empty"


def _section(question: Question) -> str:
    return f"## {question.name}\n\n{question.text}\n"
