"""JSON Schemas of rule files, for editors: they complete names and mark most mistakes while somebody types.

Made of the same tables that read rule files, so neither knows a field, operator or key that the other does not. A
schema is never stricter than the reader: what it cannot know (the signals of a folder, whether a regex can be used,
which rule an example hits) is left to `rules check`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collector.phases.conditions import VALUE_LENGTH
from collector.phases.document import FILE_KEYS, ID, LANGUAGE_CODE, PARTS, PHASES, RULE_ID
from collector.phases.fields import SIGNAL
from collector.phases.rules import COUNTS_AS, LANGUAGE, OUTSIDE, UNCLASSIFIED
from collector.phases.schema_conditions import (
    TEXT,
    closed,
    conditions,
    fact_conditions,
    groups,
    one_or_more,
    operators,
    ref,
)
from collector.phases.schema_touchpoint import earlier, touchpoint

Schema = dict[str, Any]
_REQUIRED = {"signals": ("format",), "models": ("format", "model", "title", "source", "phases", "rules")}


def schema(room: str, meanings: Mapping[str, str]) -> Schema:
    """The schema of the files in `signals` or `models`. `meanings` says of columns what is in them."""
    model = room == "models"
    words = conditions(meanings, [SIGNAL] if model else [])
    definitions = {
        "id": _matching(ID),
        "rule_id": _matching(RULE_ID),
        "prose": {"type": "string", "pattern": r"\S"},
        "title": _title(),
        "text": {"type": "string", "maxLength": VALUE_LENGTH, "pattern": TEXT},
        "texts": one_or_more(ref("text")),
        "numbers": one_or_more({"type": "number"}),
        "booleans": one_or_more({"type": "boolean"}),
        **operators(),
        "conditions": closed(**words) | {"minProperties": 1},
        "groups": groups("conditions"),
        "touchpoint": touchpoint(meanings),
        "earlier": earlier(meanings),
        "example": _example(),
        "rule": _rule(model, words),
    }
    if model:
        definitions |= {
            "phase": _phase(),
            "facts": closed(fact_conditions()) | {"minProperties": 1},
            "fact_groups": groups("facts"),
        }
    else:
        definitions["signal"] = _signal()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",  # the newest that every editor reads
        "title": f"Klantreis phase rules, a file of {room}/",
        **closed(_file(room), required=_REQUIRED[room]),
        "definitions": definitions,
    }


def _file(room: str) -> dict[str, Schema]:
    keys: dict[str, Schema] = {
        "format": {"const": LANGUAGE, "description": "The language of the file"},
        "types": one_or_more(ref("id"), least=0, most=None) | {"description": "The company's own touchpoint types"},
        "signals": _listed("signal", "What can happen, as people call it"),
        "rules": _listed("rule", "The first rule that matches wins"),
        "retired": one_or_more(ref("rule_id"), least=0, most=None)
        | {"description": "Ids of rules that were taken out; they never come back"},
        "model": ref("id", "The model's name; stored rows keep it for ever"),
        "default": {"type": "boolean", "description": "The default model fills the column phase; one says true"},
        "title": ref("title", "What the model is called"),
        "source": ref("prose", "Where the model comes from"),
        "phases": _listed("phase", "Its phases, in order") | {"minItems": PHASES[0], "maxItems": PHASES[1]},
    }
    return {name: keys[name] for name in FILE_KEYS[room]}


def _signal() -> Schema:
    counts = {"enum": list(COUNTS_AS), "description": "What it is for the facts of the journey"}
    keys = {"id": ref("id"), "title": ref("title"), "description": ref("prose"), "counts_as": counts}
    return closed(keys, required=("id", "title", "description"))


def _phase() -> Schema:
    part = {"enum": list(PARTS), "description": "buyer up to the first purchase, customer after it"}
    return closed({"id": ref("id"), "title": ref("title"), "part": part}, required=("id", "title", "part"))


def _rule(model: bool, words: Mapping[str, Any]) -> Schema:
    outcome = "phase" if model else "signal"
    says = f"The phase that this rule gives, or {OUTSIDE}: the model has none" if model else "What happened"
    own: dict[str, Schema] = {
        "id": ref("rule_id", "The rule's name; stored rows keep it, so it is never used for something else"),
        outcome: ref("id", says),
        "description": ref("prose", "A sentence for the next person who reads it"),
        "examples": _listed("example", "One that hits and one near miss, or more") | {"minItems": 2},
    }
    if model:
        own["journey"] = ref("facts", "What the journey knew before; applies when the journey is settled")
    required = ("id", outcome, "description", "examples")
    return closed({**words["properties"], **own}, patterns=words["patterns"], required=required)


def _example() -> Schema:
    rule_id = RULE_ID.pattern.removesuffix(r"\Z")
    expect = {
        "type": "string",
        "pattern": f"^(?:(?:not )?{rule_id}|{UNCLASSIFIED})$",
        "description": f"The rule that matches, not ID for any but this one, or {UNCLASSIFIED}",
    }
    after = _listed("earlier", "What the person did before, oldest first; [] for a journey that begins here")
    keys = {"given": ref("touchpoint", "A touchpoint"), "expect": expect, "after": after}
    return closed(keys, required=("given", "expect"))


def _title() -> Schema:
    described = ref("text") | {"description": "The title in the language of these two letters: en, nl …"}
    languages = dict.fromkeys(("en", "nl"), described)
    return closed(languages, patterns={_anchored(LANGUAGE_CODE): ref("text")}) | {"minProperties": 1}


def _listed(name: str, description: str) -> Schema:
    return {"type": "array", "items": ref(name), "description": description}


def _matching(form: re.Pattern[str]) -> Schema:
    return {"type": "string", "pattern": _anchored(form)}


def _anchored(form: re.Pattern[str]) -> str:
    r"""The pattern for schemas, which search and know no \Z."""
    return f"^{form.pattern.removesuffix(chr(92) + 'Z')}$"
