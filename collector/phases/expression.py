"""The compiled rules as one expression, for tables that have the classification's own columns already.

A load classifies rows that have no `signal` or `phase` yet. Stored touchpoints have, and an alias of the compiled rules
would be taken for the stored column or the other way about; so here the five results have names of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.phases.compile import Compiled
from collector.phases.sql import tokens

RESULTS = ("signal", "phase", "phases", "rules", "rule_set")
"""What the compiled rules give, in this order."""


def classification(compiled: Compiled, given: Sequence[str] = ()) -> str:
    """An expression over the columns of a touchpoint that gives a tuple: of the RESULTS, or of what is `given`.

    Each of the results is known to what is given by its name with an underscore: `_signal`, `_phase` … An alias for the
    whole tuple would do as well, and made ClickHouse write a column at a twentieth of the speed.
    """
    aliases = {name: f"_{name}" for name in RESULTS}
    select_list = "".join(aliases.get(token, token) for token in tokens(compiled.select_list))
    return f"tupleElement((\n{select_list},\n({', '.join(given or aliases.values())})), -1)"
