"""The public port as an OpenAPI 3.1 description, made from the vocabulary and the reasons.

It describes what a sender should send. More is taken than it allows: a bad optional field is set aside and an unknown
one kept, so what does not fit the schema is not always refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from collector import __version__
from collector.errors import Reason
from collector.touchpoint import Batch, Touchpoint

_REFERENCE = "#/components/schemas/{name}"
_OF_ONE = [reason for reason in Reason if reason.status == 202]
_IN_EACH = (Reason.NOT_HTTP, Reason.HEAD_TOO_LARGE, Reason.INTERNAL)
_OF_A_KEY = (
    Reason.KEY_MISSING, Reason.KEY_UNKNOWN, Reason.KEYS_DIFFER, Reason.ORIGIN_NOT_ALLOWED, Reason.RATE_EXCEEDED,
)  # fmt: skip
_OF_THE_SPOOL = (Reason.SPOOL_FULL, Reason.SPOOL_FAILING, Reason.STOPPING)
_OF_A_BODY = (
    Reason.NOT_JSON, Reason.BAD_COMPRESSION, Reason.BODY_SLOW, Reason.BODY_TOO_LARGE, Reason.TOO_MANY_TOUCHPOINTS,
)  # fmt: skip

KEY = "key"
PIXEL_FIELDS = ("id", "type", "occurred_at", "channel", "visitor_id", "customer_id", "session_id")


def describe() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Klantreis, the public port",
            "version": __version__,
            "description": "Touchpoints come in here. In words: docs/touchpoints.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8080"}],
        "paths": {
            "/v1/touchpoints": {"post": _post(), "options": _preflight()},
            "/v1/pixel.gif": {"get": _pixel()},
            "/k.js": {"get": _script("script", "The web SDK: what every site needs.")},
            "/k.full.js": {"get": _script("fullScript", "The web SDK with all that it can tell by itself.")},
            "/k.vitals.js": {
                "get": _script("vitalsScript", "What /k.full.js loads where a page asks for Core Web Vitals.")
            },
            "/healthz": {"get": _state("health", "Alive.", {"alive": {"const": True}}, ())},
            "/readyz": {
                "get": _state("readiness", "Touchpoints can come in.", {"ready": {"const": True}}, _OF_THE_SPOOL)
            },
        },
        "components": {"schemas": _schemas(), "securitySchemes": _places_of_a_key()},
    }


def _post() -> dict[str, Any]:
    batch = {"schema": {"$ref": _REFERENCE.format(name="Batch")}}
    return {
        "operationId": "sendTouchpoints",
        "summary": "Send touchpoints. The answer 202 comes when they are synced to disk.",
        "description": "The content type is not looked at; gzip is recognised by its first bytes.",
        # The first stands for a key in the body.
        "security": [{}, *({name: []} for name in _places_of_a_key())],
        "requestBody": {"required": True, "content": {"application/json": batch}},
        "responses": {
            "202": _answer("Which came in and which did not.", "Acceptance"),
            **_refusals((*_IN_EACH, *_OF_A_KEY, *_OF_THE_SPOOL, *_OF_A_BODY)),
        },
    }


def _preflight() -> dict[str, Any]:
    return {
        "operationId": "askFirst",
        "summary": "What a browser asks before it sends with headers of its own.",
        "responses": {"204": {"description": "Any page may send."}, **_refusals(_IN_EACH)},
    }


def _pixel() -> dict[str, Any]:
    kinds = msgspec.json.schema(Touchpoint)["$defs"]["Touchpoint"]["properties"]
    fields = [
        {"name": name, "in": "query", "schema": {"type": "string"}, **_about(kinds[name])} for name in PIXEL_FIELDS
    ]
    return {
        "operationId": "sendPixel",
        "summary": "Send one touchpoint in a query. Every field may be named by its path: page.url, properties.size.",
        "security": [{"keyInQuery": []}, {"keyInHeader": []}],
        "parameters": fields,
        "responses": {
            "200": {"description": "A dot; the touchpoint is on disk.", "content": {"image/gif": {}}},
            # The reasons of single touchpoints have a status of their own only here.
            **_refusals((*_IN_EACH, *_OF_A_KEY, *_OF_THE_SPOOL, *_OF_ONE), one=400),
        },
    }


def _script(name: str, summary: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": "The script.", "content": {"text/javascript": {}}},
            "304": {"description": "It has not changed."},
            **_refusals((*_IN_EACH, Reason.NOT_FOUND)),
        },
    }


def _state(name: str, summary: str, properties: dict[str, Any], reasons: Iterable[Reason]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    good = {"description": summary, "content": {"application/json": {"schema": schema}}}
    return {"operationId": name, "summary": summary, "responses": {"200": good, **_refusals((*_IN_EACH, *reasons))}}


def _refusals(reasons: Iterable[Reason], one: int = 202) -> dict[str, Any]:
    """An answer for each status; its schema says which reasons it may have. `one` is the status of those of 202."""
    by_status: dict[int, list[Reason]] = {}
    for reason in reasons:
        by_status.setdefault(one if reason.status == 202 else reason.status, []).append(reason)
    return {str(status): _refusal(found) for status, found in sorted(by_status.items())}


def _refusal(reasons: list[Reason]) -> dict[str, Any]:
    words = {"type": "object", "properties": {"reason": {"enum": [reason.word for reason in reasons]}}}
    schema = {"allOf": [{"$ref": _REFERENCE.format(name="Refusal")}, words]}
    told = "; ".join(f"{reason.word}: {reason.remedy}" for reason in reasons)
    answer: dict[str, Any] = {"description": told, "content": {"application/json": {"schema": schema}}}
    if reasons[0].status in (429, 503):
        answer["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}}}
    return answer


def _answer(description: str, name: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(name=name)}}},
    }


def _about(kind: dict[str, Any]) -> dict[str, Any]:
    return {"description": kind["description"]} if "description" in kind else {}


def _places_of_a_key() -> dict[str, Any]:
    return {
        "keyInQuery": {"type": "apiKey", "in": "query", "name": KEY},
        "keyInHeader": {"type": "apiKey", "in": "header", "name": "X-Write-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic", "description": "The key is the user name."},
    }


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components([Batch], ref_template=_REFERENCE)
    for definition in found.values():
        definition.pop("additionalProperties", None)  # what is not known is kept
    path = {"type": "string", "description": "Path of the field that is to blame: $.touchpoints[3].occurred_at"}
    text = {"type": "string", "minLength": 1}
    rejected = {
        "index": {"type": "integer", "minimum": 0, "description": "Its place in the request."},
        "id": {"type": ["string", "null"], "maxLength": 64, "description": "As sent."},
        "reason": {"enum": [reason.word for reason in _OF_ONE]},
        "detail": text,
    }
    return found | {
        "Acceptance": _closed(
            {
                "accepted": {"type": "integer", "minimum": 0, "description": "How many are on disk."},
                "rejected": {"type": "array", "items": {"$ref": _REFERENCE.format(name="Rejected")}},
            }
        ),
        "Rejected": _closed(rejected, {"field": path}),
        "Refusal": _closed({"reason": {"enum": [reason.word for reason in Reason]}, "detail": text}, {"field": path}),
    }


def _closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = required | (optional or {})
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
