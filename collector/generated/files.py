"""Every generated file, by where it lies, and what makes its text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from collector import metrics, settings, touchpoint
from collector.errors import Reason
from collector.generated import java, models, openapi, questions, signals, typescript
from collector.phases import schema as schema_of_rules

ROOT = Path(__file__).parents[2]


def schema() -> str:
    """JSON Schema of the body of POST /v1/touchpoints, for SDKs and editors."""
    components = msgspec.json.schema(touchpoint.Batch)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Klantreis touchpoints, wire format version 1",
        **components,
        "x-standard-types": touchpoint.STANDARD_TYPES,
        "x-secret-key-types": sorted(touchpoint.SECRET_KEY_TYPES),
        "x-low-value-types": sorted(touchpoint.LOW_VALUE_TYPES),
    }
    for definition in document["$defs"].values():
        # Evolution: a collector keeps fields that it does not know, so a schema must not forbid them.
        definition.pop("additionalProperties", None)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def types() -> str:
    """The vocabulary as TypeScript, for the SDKs of sites and apps."""
    return typescript.as_typescript(json.loads(schema()))


def java_files() -> dict[str, Callable[[], str]]:
    """The vocabulary as Java, for the SDK of Android and of Java programs: a file for each class."""
    made: dict[str, Callable[[], str]] = {
        "Channel": lambda: java.channel(json.loads(schema())),
        "Types": lambda: java.types(json.loads(schema())),
    }
    for name in java.parts(json.loads(schema())):
        made[name] = partial(lambda one: java.part(one, json.loads(schema())), name)
    return {f"{java.FOLDER}/{name}.java": make for name, make in made.items()}


def rule_schema(room: str) -> str:
    """JSON Schema of the rule files in `signals` or `models`, for editors."""
    tables = (ROOT / "collector/warehouse/schema/0001_touchpoints.sql").read_text(encoding="utf-8")
    found = re.findall(r"^    (\w+) .* COMMENT '((?:[^']|'')*)',$", tables, re.MULTILINE)
    document = schema_of_rules.schema(room, {name: meaning.replace("''", "'") for name, meaning in found})
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def public_port() -> str:
    """OpenAPI description of the public port, for tools that make clients, documentation and attacks of it."""
    return json.dumps(openapi.describe(), indent=2, ensure_ascii=False) + "\n"


def settings_page() -> str:
    """docs/settings.md."""
    return (
        "# Settings\n\n"
        "Generated from `collector/settings.py`; change it there and run `make docs`.\n\n"
        "A value comes from, first found first taken: the command line (`--workers 2`, where the command has the\n"
        "option), the environment (`KLANTREIS_SPOOL_LIMIT_MIB=512`), `klantreis.toml` in the working folder\n"
        "(`spool_limit_mib = 512`; `KLANTREIS_CONFIG` names another file), the default.\n\n" + settings.as_markdown()
    )


def reasons_page() -> str:
    """docs/reasons.md."""
    lines = ["# Reasons\n", "Generated from `collector/errors.py`; change it there and run `make docs`.\n"]
    lines += [
        "The same word is the `reason` in an answer, in `klantreis.rejected`, and the label of the metric. Status 202",
        "marks a reason that concerns one touchpoint: the request is accepted and lists it under `rejected`.\n",
        "| reason | status | what to do |",
        "|---|---|---|",
    ]
    lines += [f"| `{reason.word}` | {reason.status} | {reason.remedy} |" for reason in Reason]
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """docs/metrics.md."""
    return (
        "# Metrics\n\n"
        "Generated from `collector/metrics.py`; change it there and run `make docs`.\n\n"
        "`GET /metrics` on the console port answers for every process of the installation. Counters are summed over\n"
        "processes, dead ones too, and begin at 0 with each start of a supervisor; what lies in the spool and what is\n"
        "lost is read from the disk when asked for, so it is true whichever role is down. `key` is the name of a key,\n"
        "`reason` and `answer` are words of [reasons.md](reasons.md). A histogram has `_bucket`, `_sum` and `_count`.\n"
        "[operating.md](operating.md) says what to watch; a Grafana board and alert rules are in\n"
        "[operations/](operations/).\n\n" + metrics.as_markdown()
    )


FILES: dict[str, Callable[[], str]] = {
    "sdk/contract/touchpoints.schema.json": schema,
    "sdk/contract/openapi.json": public_port,
    "sdk/core/src/touchpoint.ts": types,
    **java_files(),
    "phase_rules/schema/signals.schema.json": partial(rule_schema, "signals"),
    "phase_rules/schema/models.schema.json": partial(rule_schema, "models"),
    "docs/settings.md": settings_page,
    "docs/reasons.md": reasons_page,
    "docs/metrics.md": metrics_page,
    "docs/signals.md": signals.as_markdown,
    "docs/models.md": models.as_markdown,
    "docs/questions.md": questions.as_markdown,
}
