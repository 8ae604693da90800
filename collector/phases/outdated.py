"""What a stored touchpoint was classified as, held against what the present rules say of it."""

from __future__ import annotations

from collections.abc import Mapping

from collector.phases.explain import Explanation, LayerFound
from collector.phases.rules import UNCLASSIFIED

REMEDY = "klantreis reclassify stores what is said here"


def compared(explanation: Explanation, now: str, stored: Mapping[str, str], rules: Mapping[str, str], by: str) -> str:
    """One or more lines: whether the row is as these rules (`now`, their hash) would store it.

    `stored` is layer (`signal` or a model) → signal or phase, `rules` layer → id of the rule; `by` is the hash of the
    rule set that gave them.
    """
    moved = [line for layer in explanation.layers if (line := _moved(layer, stored, rules))]
    gone = sorted(set(stored) - {layer.layer for layer in explanation.layers})
    moved += [f"  {model}: stored as {stored[model]}; there is no such model now" for model in gone]
    if by == now and not moved:
        return f"stored just so, by these rules (rule set {now})"
    if by == now:  # what enrichment adds is in the row, so only a damaged row or a changed collector can do this
        head = f"stored otherwise, though by these rules (rule set {now}): {REMEDY}"
    elif moved:
        head = f"classified with other rules (rule set {by or 'none'}, these are {now}): {REMEDY}"
    else:
        head = f"classified with other rules (rule set {by or 'none'}, these are {now}), to the same end"
    return "\n".join([head, *moved])


def _moved(layer: LayerFound, stored: Mapping[str, str], rules: Mapping[str, str]) -> str:
    """How a layer differs; empty where the same rule gives the same."""
    rule, outcome = layer.matched.id if layer.matched else "", layer.outcome or UNCLASSIFIED
    if layer.layer not in stored:
        return f"  {layer.layer}: not stored, the model is newer than the row; now {outcome}"
    before, by = stored[layer.layer] or UNCLASSIFIED, rules.get(layer.layer, "")
    if (before, by) == (outcome, rule):
        return ""
    return f"  {layer.layer}: stored as {before} by {by or 'no rule'}; now {outcome} by {rule or 'no rule'}"
