"""The one way to ClickHouse: clickhouse-connect over HTTP, the same for a server, a cluster and the embedded engine.

Errors come out as WarehouseAway (retrying can help) or WarehouseRefused (these rows can never be stored).
"""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import orjson
import urllib3
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from collector.errors import ForgottenMeanwhile, SettingsError, WarehouseAway, WarehouseError, WarehouseRefused
from collector.settings import Settings

# ClickHouse's codes for a row that cannot be read or stored (src/Common/ErrorCodes.cpp): 6 CANNOT_PARSE_TEXT,
# 26 …_QUOTED_STRING, 27 …_INPUT_ASSERTION_FAILED, 33 CANNOT_READ_ALL_DATA, 38 …_DATE, 41 …_DATETIME, 53 TYPE_MISMATCH,
# 69 ARGUMENT_OUT_OF_BOUND, 70 CANNOT_CONVERT_TYPE, 72 …_NUMBER, 117 INCORRECT_DATA, 130 …_ARRAY_FROM_TEXT,
# 131 TOO_LARGE_STRING_SIZE, 321 VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE, 349 CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN,
# 376 …_UUID, 407 DECIMAL_OVERFLOW, 467 …_BOOL, 469 VIOLATED_CONSTRAINT.
ROW_FAULTS = frozenset({6, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 130, 131, 321, 349, 376, 407, 467, 469})

# Codes that say nothing about the rows, however often they come back: 159 TIMEOUT_EXCEEDED, 164 READONLY,
# 173 CANNOT_ALLOCATE_MEMORY, 192 UNKNOWN_USER, 193 WRONG_PASSWORD, 202 TOO_MANY_SIMULTANEOUS_QUERIES,
# 209 SOCKET_TIMEOUT, 210 NETWORK_ERROR, 236 ABORTED, 241 MEMORY_LIMIT_EXCEEDED, 242 TABLE_IS_READ_ONLY,
# 243 NOT_ENOUGH_SPACE, 252 TOO_MANY_PARTS, 279 ALL_CONNECTION_TRIES_FAILED, 319 UNKNOWN_STATUS_OF_INSERT,
# 394 QUERY_WAS_CANCELLED, 439 CANNOT_SCHEDULE_TASK, 497 ACCESS_DENIED, 516 AUTHENTICATION_FAILED,
# 777, 778 MEMORY_RESERVATION_…, 999 KEEPER_EXCEPTION.
# Of its disk, full or failing within an insert: 74 CANNOT_READ_FROM_FILE_DESCRIPTOR, 75 CANNOT_WRITE_TO_…,
# 76 CANNOT_OPEN_FILE, 77 …_CLOSE_…, 87 …_SEEK_THROUGH_…, 88 …_TRUNCATE_…, 204 CANNOT_FSYNC, 214 …_STATVFS,
# 294 CANNOT_WRITE_TO_FILE, 400 CANNOT_STAT, 458 …_UNLINK, 499 S3_ERROR, 500 AZURE_BLOB_STORAGE_ERROR, 531 CANNOT_FSTAT,
# 586 …_CREATE_FILE, 641 …_APPEND_TO_FILE.
SERVER_FAULTS = frozenset(
    {0, 159, 164, 173, 192, 193, 202, 209, 210, 236, 241, 242, 243, 252, 279, 319, 394, 439, 497, 516, 777, 778, 999}
    | {74, 75, 76, 77, 87, 88, 204, 214, 294, 400, 458, 499, 500, 531, 586, 641}
)

# Codes of what is found out before any row is read, so that the message speaks of the statement and the tables alone:
# 16 NO_SUCH_COLUMN_IN_TABLE, 46 UNKNOWN_FUNCTION, 47 …_IDENTIFIER, 60 …_TABLE, 62 SYNTAX_ERROR, 81 UNKNOWN_DATABASE,
# 115 UNKNOWN_SETTING.
STATEMENT_FAULTS = frozenset({16, 46, 47, 60, 62, 81, 115})

_ASKED = re.compile(r"(?<=url: /)\?\S*")
"""What was asked, in every message that nobody answers: settings, bound values, which may name people, and an id.
Without it the same complaint is the same text."""
_ERROR_NAME = re.compile(r"\(([A-Z][A-Z0-9_]{2,63})\)")
THROWN = 395
"""FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: the state of the list of the forgotten is not the one expected (load.sql)."""

STREAM_BYTES = 1 << 18
ROWS_A_PART = 256
"""Of an INSERT, put together at a time: some 250 KB."""
_AS_JSON = {"output_format_json_quote_decimals": "1", "output_format_json_quote_64bit_integers": "0"}


class Warehouse:
    """A connection to ClickHouse. Not for use by several threads at once; make one for each."""

    def __init__(self, settings: Settings, *, timeout_s: float | None = None) -> None:
        """Connect lazily: nothing is sent before the first statement. Raises SettingsError for an unusable URL."""
        self._settings = settings
        self._timeout_s = timeout_s or settings.clickhouse_timeout_s
        self._client: Client | None = None
        url = settings.clickhouse or f"http://{settings.clickhouse_host}:{settings.clickhouse_port}"
        self._url = urlsplit(url)
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            shown = settings.clickhouse_place
            raise SettingsError(f"clickhouse: {shown!r} is not a URL such as https://host:8443 (see docs/settings.md)")

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; the next statement opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        """A client; its errors become ours. After an error the next statement connects anew."""
        try:
            if self._client is None:
                self._client = self._connect()
            yield self._client
        except ClickHouseError as error:
            self.close()
            raise _translated(error) from error

    def _connect(self) -> Client:
        secure = self._url.scheme == "https"
        return clickhouse_connect.get_client(
            host=self._url.hostname,
            port=self._url.port or (8443 if secure else 8123),
            secure=secure,
            username=unquote(self._url.username or "") or self._settings.clickhouse_user,
            password=unquote(self._url.password or "") or self._settings.clickhouse_password.get_secret_value(),
            # urllib3 counts the sending of a body towards it: with 5 s, a large load never reached a busy ClickHouse.
            connect_timeout=self._timeout_s,
            send_receive_timeout=self._timeout_s,
            autogenerate_session_id=False,
            client_name="klantreis",
            query_retries=0,
        )

    def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Run a query and give its rows by column name. Values from outside go in `parameters`, never in `sql`."""
        with self._connected() as client:
            result = client.query(sql, parameters=dict(parameters or {}), settings=dict(settings or {}))
            return list(result.named_results())

    def table(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Run a query and give its column names and rows. Values from outside go in `parameters`, never in `sql`."""
        with self._connected() as client:
            result = client.query(sql, parameters=dict(parameters or {}))
            return result.column_names, result.result_rows

    def command(
        self, sql: str, parameters: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
    ) -> Any:
        """Run a statement that gives nothing, or one value."""
        with self._connected() as client:
            return client.command(sql, parameters=dict(parameters or {}), settings=dict(settings or {}))

    def stream(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Run a query and give its rows one at a time, as JSON has them; decimals as texts, since they are exact.

        Raises WarehouseAway when the answer breaks off: what was given until then is not all.
        """
        with self._connected() as client:
            answer = client.raw_stream(sql, dict(parameters or {}), settings=_AS_JSON, fmt="JSONEachRow")
            assert isinstance(answer, io.IOBase)  # noqa: S101  # narrows the type: the client is not async
            try:
                for line in _lines(answer):
                    yield orjson.loads(line)
            except (orjson.JSONDecodeError, OSError, urllib3.exceptions.HTTPError) as error:
                # An error after the first rows stands where the next row should.
                raise WarehouseAway(f"the answer broke off: {error}") from error
            finally:
                answer.close()

    def raw(
        self, sql: str, parameters: Mapping[str, Any], settings: Mapping[str, Any], output_format: str
    ) -> Iterator[bytes]:
        """Run a query and give its answer in one of ClickHouse's formats, in parts as they come.

        Raises WarehouseAway when the answer breaks off: what was given until then is not all.
        """
        with self._connected() as client:
            answer = client.raw_stream(sql, dict(parameters), settings=dict(settings), fmt=output_format)
            assert isinstance(answer, io.IOBase)  # noqa: S101  # narrows the type: the client is not async
            try:
                while part := cast(io.RawIOBase, answer).read(STREAM_BYTES):
                    yield part
            except (OSError, urllib3.exceptions.HTTPError) as error:
                raise WarehouseAway(f"the answer broke off: {error}") from error
            finally:
                answer.close()

    def insert(self, statement: str, rows: Sequence[bytes], settings: Mapping[str, str]) -> int:
        """Run an INSERT whose rows follow it in the same body, a line each; gives the number of rows written.

        The statement travels in the body because a rule set of a thousand rules is too long for a URL. The body is
        sent in parts: put together whole, a large one would be copied twice and be in memory three times.
        """
        head = statement.encode()
        size = len(head) + sum(map(len, rows)) + max(0, len(rows) - 1)

        def send() -> int:
            with self._connected() as client:
                summary = client.raw_insert(
                    "",
                    insert_block=_parts(head, rows),
                    settings=dict(settings),
                    transport_settings={"Content-Length": str(size)},
                )
                return summary.written_rows

        try:
            return send()
        except WarehouseAway as error:
            if not _hung_up(error):
                raise
            return send()  # an idle connection was closed by the other side, which is seen when it is used


def _parts(head: bytes, rows: Sequence[bytes]) -> Generator[bytes, None, None]:
    """The body of an INSERT."""
    yield head
    for at in range(0, len(rows), ROWS_A_PART):
        part = b"\n".join(rows[at : at + ROWS_A_PART])
        yield part if at + ROWS_A_PART >= len(rows) else part + b"\n"


def _hung_up(error: WarehouseAway) -> bool:
    """Whether the connection was closed before an answer began: the statement may have been done, or never begun."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, (ConnectionResetError, BrokenPipeError)):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _lines(answer: io.IOBase) -> Iterator[bytes]:
    """The lines of an answer; what stands behind the last newline is one too, if it is anything."""
    rest = b""
    while part := cast(io.RawIOBase, answer).read(STREAM_BYTES):
        *lines, rest = (rest + part).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _translated(error: ClickHouseError) -> WarehouseError:
    code = getattr(error, "code", None) or 0
    if code == THROWN:
        return ForgottenMeanwhile(str(error).strip(), code)
    kind = WarehouseRefused if code in ROW_FAULTS else WarehouseAway
    message = str(error).strip()
    return kind(message, code, _without_rows(message, code))


def _without_rows(message: str, code: int) -> str:
    """The first line of a message that cannot hold anything of a row; else the error's number and name alone."""
    if code in SERVER_FAULTS or code in STATEMENT_FAULTS:
        return _ASKED.sub("", message.partition("\n")[0])[:300]
    name = _ERROR_NAME.search(message)
    return f"ClickHouse's error {code}{f' ({name[1]})' if name else ''}"
