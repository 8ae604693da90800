"""The public port held to its own description: requests made from it, right and wrong, and the form of every answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks

from collector.errors import Reason
from tests.receive.receiver import Receiver, now_ms, receiving

DESCRIPTION = json.loads((Path(__file__).parents[2] / "sdk" / "contract" / "openapi.json").read_text(encoding="utf-8"))
EXAMPLES = 50
load_all_checks()
CONFORMANCE = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
described = schemathesis.openapi.from_dict(
    DESCRIPTION,
    config=schemathesis.Config.from_dict(
        {
            "generation": {
                "deterministic": True, "max-examples": EXAMPLES, "mode": "all", "with-security-parameters": False,
            },
            # Each field at each of its limits: the corpus does that, with what is to come of it.
            "phases": {"coverage": {"enabled": False}},
            "request-timeout": 60,
        }
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A receiver of its own: what is sent here goes by any path."""
    with receiving(tmp_path_factory.mktemp("described")) as running:
        yield running
        assert "Traceback" not in running.log


@described.parametrize()  # type: ignore[untyped-decorator]
def test_every_answer_is_one_that_the_description_names(case: Any, receiver: Receiver) -> None:
    """Whatever fits the description or breaks it: a status, a type and a form that stand there, and no 5xx."""
    if isinstance(case.body, dict) and "key" in case.body:
        case.body["key"] = receiver.public  # or nearly every request would end there
    for touchpoint in _touchpoints(case.body):
        touchpoint["occurred_at"] = now_ms()  # or nearly every touchpoint would be of another century
    url, headers = f"http://127.0.0.1:{receiver.port}", {"X-Write-Key": receiver.public}
    case.call_and_validate(base_url=url, headers=headers, checks=CONFORMANCE)


def _touchpoints(body: Any) -> list[dict[str, Any]]:
    """Those touchpoints of a body that are objects."""
    sent = body.get("touchpoints") if isinstance(body, dict) else None
    return [one for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []


def test_the_description_is_sound() -> None:
    """Its schemas are JSON Schema, every reference leads somewhere, and every reason stands in an answer."""
    text = json.dumps(DESCRIPTION)
    for name, schema in DESCRIPTION["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema)
        assert f"#/components/schemas/{name}" in text
    described_reasons = {
        word
        for path in DESCRIPTION["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for part in answer.get("content", {}).get("application/json", {}).get("schema", {}).get("allOf", ())
        for word in part.get("properties", {}).get("reason", {}).get("enum", ())
    } | set(DESCRIPTION["components"]["schemas"]["Rejected"]["properties"]["reason"]["enum"])
    assert described_reasons == {reason.word for reason in Reason} - {"method_not_allowed"}
