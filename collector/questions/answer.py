"""The answer to a question: one SELECT from its view, every value bound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.errors import SettingsError, WarehouseError
from collector.questions.catalogue import COMMON, DEFAULTS, Question
from collector.warehouse.client import Warehouse

# Codes of what is found out about a parameter before any row is read: 6 CANNOT_PARSE_TEXT, 27 …_INPUT_ASSERTION_FAILED,
# 36 BAD_ARGUMENTS (a time zone), 38 CANNOT_PARSE_DATE, 41 …_DATETIME, 72 …_NUMBER, 691 UNKNOWN_ELEMENT_OF_ENUM.
_VALUE_FAULTS = frozenset({6, 27, 36, 38, 41, 72, 691})
_COMPLAINT = re.compile(r"DB::Exception: (.*?)(?::? In scope | \([A-Z_]+\) |$)", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """Names of the columns, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def answer(warehouse: Warehouse, question: Question, given: Mapping[str, Any]) -> Answer:
    """What the warehouse knows. What is not given is as usual. Raises SettingsError and WarehouseError."""
    sql, values = statement(warehouse, question, given)
    try:
        columns, rows = warehouse.table(sql, values)
    except WarehouseError as error:
        raise fault(question, error) or error from error
    return Answer(tuple(columns), tuple(tuple(row) for row in rows))


def statement(warehouse: Warehouse, question: Question, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The SELECT that answers it, and the values that it binds. Raises SettingsError and WarehouseError."""
    values = complete(question, given)
    check_model(warehouse, str(values["model"]))
    passed = ", ".join(f"{name} = {{{name}:{kind}}}" for name, kind in question.parameters.items())
    return f"SELECT * FROM klantreis.{question.name}({passed})", values  # noqa: S608  # names and types of our own files


def fault(question: Question, error: WarehouseError) -> SettingsError | None:
    """What the warehouse says is wrong with a value that was given, if that is what it says."""
    complaint = _COMPLAINT.search(str(error)) if error.code in _VALUE_FAULTS else None
    if complaint is None:
        return None
    # What follows it is the whole of the view, as ClickHouse reads it.
    return SettingsError(f"{question.name}: {complaint[1].rstrip(':')} (docs/questions.md)")


def complete(question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each parameter. Raises SettingsError for one that the question does not have."""
    for name in given:
        if name not in question.parameters:
            own = f"only {', '.join(question.own)}" if question.own else "none"
            raise SettingsError(f"{question.name} has no parameter {name}: besides {', '.join(COMMON)} it has {own}")
    return {name: given.get(name, DEFAULTS.get(name, "")) for name in question.parameters}


def check_model(warehouse: Warehouse, model: str) -> None:
    """Raise SettingsError unless there is such a model: its view would be empty without a word."""
    known = [str(row["model"]) for row in warehouse.rows("SELECT DISTINCT model FROM klantreis.phases ORDER BY model")]
    if model and model not in known:
        there = f"there are {', '.join(known)}" if known else "none is known before journeys were settled"
        raise SettingsError(f"no model is called {model}: {there}")
