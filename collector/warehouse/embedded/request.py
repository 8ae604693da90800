"""What one HTTP request asks: statement, parameters, settings, session and how the answer is to look.

Follows ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http): `query` in the URL, in the body or
in both; `param_…`; every other parameter that is not one of the interface's own is a setting.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from collector.warehouse.embedded.compression import chosen_coding
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.limits import HEADERS, PARAMETERS, SESSION_LONGEST_S, SESSION_S

_OWN = frozenset(
    {
        *("query", "user", "password", "database", "default_format", "query_id", "quota_key", "role", "stacktrace"),
        *("compress", "decompress", "buffer_size", "wait_end_of_query", "client_protocol_version", "close_session"),
        *("session_id", "session_timeout", "session_check", "enable_http_compression", ""),
    }
)
"""The interface's own parameters; `enable_http_compression` is a setting too, but one of the answer's wrapping."""

_IGNORED = frozenset(
    {
        # Rows are always stored before the answer, which is more than these ask for.
        *("async_insert", "wait_for_async_insert", "async_insert_busy_timeout_ms", "async_insert_max_data_size"),
        *("async_insert_deduplicate", "wait_for_async_insert_timeout"),
        # Of the HTTP server, not of the query.
        *("send_progress_in_http_headers", "http_headers_progress_interval_ms", "http_zlib_compression_level"),
        *("cancel_http_readonly_queries_on_client_close", "add_http_cors_header", "http_response_buffer_size"),
        *("http_write_exception_in_output_format", "http_make_head_request", "http_response_headers"),
        *("http_receive_timeout", "http_send_timeout", "http_connection_timeout", "log_comment", "log_queries"),
    }
)
"""Settings that clients send as a matter of course and that have no meaning here."""

_PARAMETER = "param_"
_FRAMED_NATIVE = 54454
"""Protocol version from which each column in FORMAT Native says how it is serialised."""
_ID = re.compile(r"[\x20-\x7e]{1,256}")


@dataclass(frozen=True)
class Session:
    """A session to be continued or begun."""

    id: str
    timeout_s: int
    must_exist: bool
    close: bool


@dataclass(frozen=True)
class Ask:
    """One request, read but not yet judged."""

    reads_only: bool
    """A GET: it may not change anything."""
    query: str = ""
    """The part of the statement that came in the URL or a form."""
    database: str = ""
    default_format: str = ""
    query_id: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    session: Session | None = None
    coding: str = ""
    """How the body is compressed (Content-Encoding)."""
    answer_coding: str = ""
    """How the answer shall be compressed; empty for not at all."""
    native_body: bool = False
    native_answer: bool = False
    native_framed: bool = False
    """The client expects FORMAT Native as TCP connections frame it."""
    wait_end: bool = False
    """Hold the whole answer back until it is complete, so that every error has its HTTP status."""
    boundary: str = ""
    """Of a multipart form."""


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their name in small letters. Raises Fault for too many of them, or for one that is given twice."""
    headers: dict[str, str] = {}
    for count, (name, value) in enumerate(raw):
        key = name.decode("latin-1").lower()
        if count >= HEADERS:
            raise Fault(36, f"More than {HEADERS} headers")
        if key in headers and key in ("host", "origin", "authorization", "content-encoding", "x-clickhouse-user"):
            raise Fault(36, f"The header {key} is given twice")
        headers[key] = value.decode("latin-1")
    return headers


def parameters_of(query_string: bytes) -> dict[str, str]:
    """URL parameters; of one given twice the first counts, as on a server. Raises Fault for too many."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, max_num_fields=PARAMETERS, errors="strict"
        )
    except UnicodeDecodeError:
        raise Fault(36, "URL parameters must be UTF-8, percent-encoded") from None
    except ValueError:
        raise Fault(36, f"More than {PARAMETERS} URL parameters") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def read(method: str, headers: Mapping[str, str], given: Mapping[str, str]) -> Ask:
    """The request as asked. Raises Fault for what is malformed."""
    if given.get("role"):
        raise Fault(511, "There are no roles to choose on the embedded server", "UNKNOWN_ROLE")
    coding = headers.get("accept-encoding", "") if _flag(given, "enable_http_compression") else ""
    return Ask(
        reads_only=method != "POST",
        query=given.get("query", ""),
        database=headers.get("x-clickhouse-database") or given.get("database", ""),
        default_format=headers.get("x-clickhouse-format") or given.get("default_format", ""),
        query_id=_query_id(given.get("query_id") or headers.get("x-clickhouse-query-id", "")),
        parameters={name[len(_PARAMETER) :]: value for name, value in given.items() if name.startswith(_PARAMETER)},
        settings={
            name: value
            for name, value in given.items()
            if name not in _OWN and name not in _IGNORED and not name.startswith(_PARAMETER)
        },
        session=_session(given),
        coding=headers.get("content-encoding", ""),
        answer_coding=chosen_coding(coding),
        native_body=_flag(given, "decompress"),
        native_answer=_flag(given, "compress"),
        native_framed=_number(given, "client_protocol_version") >= _FRAMED_NATIVE,
        wait_end=_flag(given, "wait_end_of_query"),
        boundary=_boundary(headers.get("content-type", "")),
    )


def _number(given: Mapping[str, str], name: str) -> int:
    text = given.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Fault(36, f"{name} is a number")
    return int(text)


def _flag(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "0").lower() in ("1", "true")


def _query_id(given: str) -> str:
    if not given:
        return str(uuid.uuid4())
    if not _ID.fullmatch(given):
        raise Fault(36, "query_id is at most 256 printable ASCII characters")
    return given


def _session(given: Mapping[str, str]) -> Session | None:
    name = given.get("session_id")
    if not name:
        return None
    text = given.get("session_timeout", str(SESSION_S))
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= SESSION_LONGEST_S):
        raise Fault(374, f"Invalid session timeout: '{text[:20]}'; give at most {SESSION_LONGEST_S} seconds")
    if len(name) > 256:
        raise Fault(36, "session_id is at most 256 characters")
    return Session(name, int(text), given.get("session_check") == "1", _flag(given, "close_session"))


_BOUNDARY = re.compile(r'multipart/form-data\s*;.{0,200}?boundary="?([^";,\s]{1,200})', re.IGNORECASE)


def _boundary(content_type: str) -> str:
    if not content_type.lower().startswith("multipart/form-data"):
        return ""
    found = _BOUNDARY.match(content_type)
    if found is None:
        raise Fault(36, "The form has no boundary")
    return found[1]
