"""What a PromQL expression asks for: metrics with the labels that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import promql_parser

Asked = tuple[str, frozenset[str]]
"""A metric's name and the labels that the expression expects of it."""


def asked(expression: str) -> set[Asked]:
    """Every metric in an expression. Raises ValueError when it is no PromQL."""
    return set(_walk(promql_parser.parse(expression), frozenset()))


def _walk(node: Any, wanted: frozenset[str]) -> Iterator[Asked]:
    if isinstance(node, promql_parser.MatrixSelector):
        node = node.vector_selector
    if isinstance(node, promql_parser.VectorSelector):
        yield node.name, wanted | {matcher.name for matcher in node.matchers.matchers}
    elif isinstance(node, promql_parser.AggregateExpr):
        # What is grouped by must be a label of everything inside.
        by = set(node.modifier.labels) if node.modifier is not None else set()
        yield from _walk(node.expr, wanted | by)
    elif isinstance(node, promql_parser.BinaryExpr):
        # One side alone has the labels to match on when the other is grouped, and both are looked at on their own.
        matching = getattr(node.modifier, "matching", None) if node.modifier is not None else None
        on = set(matching.labels) if matching is not None and "Include" in str(matching.type) else set()
        for side in (node.lhs, node.rhs):
            yield from _walk(side, wanted | on)
    elif isinstance(node, promql_parser.Call):
        for argument in node.args:
            yield from _walk(argument, wanted)
    elif hasattr(node, "expr"):
        yield from _walk(node.expr, wanted)
    else:
        assert isinstance(node, promql_parser.NumberLiteral | promql_parser.StringLiteral), type(node)
