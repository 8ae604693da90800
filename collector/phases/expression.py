"""The compiled rules as one expression, for tables that have the classification's own columns already.

A load classifies rows that have no `signal` or `phase` yet. Stored touchpoints have, and an alias of the compiled rules
would be taken for the stored column or the other way about; so here the five results have names of their own.
"""

from __future__ import annotations

from collector.phases.compile import Compiled
from collector.phases.sql import tokens

RESULTS = ("signal", "phase", "phases", "rules", "rule_set")
"""What the compiled rules give, in this order."""


def classification(compiled: Compiled) -> str:
    """An expression that gives the RESULTS as a tuple, over the columns of a touchpoint.

    Every result is also an alias of the expression's scope, with an underscore: `_signal`, `_phase` …
    """
    aliases = {name: f"_{name}" for name in RESULTS}
    select_list = "".join(aliases.get(token, token) for token in tokens(compiled.select_list))
    return f"tupleElement((\n{select_list},\n({', '.join(aliases.values())})), -1)"
