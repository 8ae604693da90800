"""The fields of rules follow the touchpoint and the warehouse: neither can change without the other."""

from __future__ import annotations

import msgspec

from collector.phases.example import ID, OCCURRED_AT
from collector.phases.fields import ALIASES, FIELDS, columns, field_named, why_left_out
from collector.phases.vocabulary import touchpoint_vocabulary
from collector.touchpoint import CHANNELS, STANDARD_TYPES, Touchpoint
from collector.warehouse.statement import normalised_columns


def test_every_column_of_a_rule_is_made_by_the_loader() -> None:
    """A rule never names a column that a load does not have."""
    assert columns() - set(normalised_columns()) == set()


def test_every_field_of_the_touchpoint_is_for_rules_or_has_a_reason_why_not() -> None:
    """A field added to the vocabulary can be used in rules, or somebody has said why not."""
    schema = msgspec.json.schema(Touchpoint)
    parts = {name.removeprefix("#/$defs/"): part for name, part in schema["$defs"].items()}
    leaves = []
    for name, shape in parts["Touchpoint"]["properties"].items():
        inner = [one["$ref"].removeprefix("#/$defs/") for one in shape.get("anyOf", []) if "$ref" in one]
        leaves += [f"{name}.{leaf}" for leaf in parts[inner[0]]["properties"]] if inner else [name]
    lists = {"products", "properties"}  # several values at once; properties are named one by one
    assert [leaf for leaf in leaves if leaf not in FIELDS and why_left_out(leaf) is None and leaf not in lists] == []
    assert field_named("properties.anything") is not None


def test_closed_values_come_from_the_touchpoint() -> None:
    """A misspelt channel or type can be told because the vocabulary lists them."""
    assert set(FIELDS["channel"].values) == set(CHANNELS)
    assert FIELDS["type"].values == tuple(STANDARD_TYPES)
    assert FIELDS["order.confirmation"].values == ("requested", "sent")
    assert touchpoint_vocabulary(frozenset(STANDARD_TYPES), {}).values["type"] == frozenset(STANDARD_TYPES)


def test_names_that_analysts_know_are_understood() -> None:
    """source, medium and campaign are the columns; rules may use those words too."""
    assert {name: field_named(name) for name in ALIASES} == {name: FIELDS[field] for name, field in ALIASES.items()}
    assert [FIELDS[name].column for name in ALIASES.values()] == ["source", "medium", "campaign", "click_id_kind"]


def test_an_example_touchpoint_is_one_that_the_collector_would_accept() -> None:
    """The id and moment that examples get are valid on the wire."""
    assert msgspec.convert({"id": ID, "occurred_at": OCCURRED_AT, "type": "order"}, Touchpoint).type == "order"
