"""What can go wrong, said once.

Two vocabularies live here. `Reason` is the closed set of causes for which something that was sent is refused or set
aside; the same word is the `reason` in the JSON answer, the `reason` column of `klantreis.rejected` and the label of
the metric. The exceptions are for the code::

    KlantreisError
    ├── SettingsError          a setting is unknown, malformed or out of range
    ├── Refused                a whole request is answered with an error; carries its Reason
    ├── SpoolError
    │   ├── SpoolFull          the spool has reached its size limit: answer 503 and let the sender retry
    │   ├── SpoolFailing       the disk refused a write or an fsync: answer 503, nothing may be acknowledged
    │   ├── SpoolTaken         another loader empties this spool
    │   └── SpoolUnreadable    a segment or the loader's notes are of a newer format than this version knows
    ├── PersonRemains          something of a person who is to be forgotten is still there; says what to do
    ├── HistoryUnfinished      a re-classification of stored touchpoints cannot go on; says what to do
    ├── SettlerBusy            another process settles the journeys of this warehouse
    ├── SendError              a sender of ours cannot go on: no collector answers, or it refuses every request
    ├── RuleErrors             a rule folder has mistakes; carries all of them with file, line and column
    └── WarehouseError
        ├── WarehouseAway      ClickHouse cannot be reached or cannot write now: retrying can help
        ├── WarehouseRefused   ClickHouse refuses these rows or this statement: retrying the same cannot help
        └── ForgottenMeanwhile somebody was forgotten since these rows were composed: compose them again
"""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why something was refused: the word, the HTTP status of a request refused for it, and the remedy.

    A status of 202 marks the reasons that concern one touchpoint: the request is answered 202 and the touchpoint is
    listed under `rejected`.
    """

    # A whole request.
    NOT_HTTP = ("not_http", 400, "send HTTP/1.1; what came could not be read as a request")
    NOT_JSON = ("not_json", 400, 'send one JSON object: {"key": …, "sent_at": …, "touchpoints": [ … ]}')
    BAD_COMPRESSION = ("bad_compression", 400, "send plain JSON or one complete gzip stream")
    KEY_MISSING = ("key_missing", 401, "give the key in the body, ?key=, X-Write-Key or Authorization")
    KEY_UNKNOWN = ("key_unknown", 401, "use a key that `klantreis keys list` shows as active")
    KEYS_DIFFER = ("keys_differ", 401, "send one key; body, query and headers name different ones")
    ORIGIN_NOT_ALLOWED = ("origin_not_allowed", 403, "add the site's origin to the key: klantreis keys add --origin")
    NOT_FOUND = ("not_found", 404, "touchpoints go to POST /v1/touchpoints")
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405, "touchpoints are sent with POST")
    BODY_SLOW = ("body_slow", 408, "send the body faster, or in smaller parts")
    BODY_TOO_LARGE = ("body_too_large", 413, "split the request; see the limits in docs/touchpoints.md")
    TOO_MANY_TOUCHPOINTS = ("too_many_touchpoints", 413, "split the request; see the limits in docs/touchpoints.md")
    HEAD_TOO_LARGE = ("head_too_large", 431, "send fewer and smaller headers and cookies")
    RATE_EXCEEDED = ("rate_exceeded", 429, "wait as long as Retry-After says, then send again")
    INTERNAL = ("internal", 500, "a fault of the collector, told in its log: send again later")
    SPOOL_FULL = ("spool_full", 503, "wait as long as Retry-After says, then send again")
    SPOOL_FAILING = ("spool_failing", 503, "wait as long as Retry-After says, then send again")
    STOPPING = ("stopping", 503, "the collector is stopping: send again to the next one")

    # One touchpoint.
    NOT_AN_OBJECT = ("not_an_object", 202, "a touchpoint is a JSON object")
    FIELD_MISSING = ("field_missing", 202, "id, type and occurred_at are required")
    FIELD_INVALID = ("field_invalid", 202, "correct the field named in detail")
    TIME_IMPOSSIBLE = ("time_impossible", 202, "occurred_at is at most 20 years back and 1 day ahead")
    TOO_OLD_FOR_KEY = ("too_old_for_key", 202, "send history older than the limit with a secret key")
    NEEDS_SECRET_KEY = ("needs_secret_key", 202, "till sales and loyalty links are sent with a secret key")
    TOUCHPOINT_TOO_LARGE = ("touchpoint_too_large", 202, "a touchpoint is at most 32 KiB of JSON")
    TOO_DEEP = ("too_deep", 202, "objects and lists nest at most 16 levels")
    FORGOTTEN = ("forgotten", 202, "nothing: it carried an identifier that is forgotten (`klantreis forget`)")
    UNLOADABLE = ("unloadable", 202, "ClickHouse refused this row; detail has its message")

    def __init__(self, word: str, status: int, remedy: str) -> None:
        self.word = word
        self.status = status
        self.remedy = remedy


class KlantreisError(Exception):
    """Anything that Klantreis raises on purpose."""


class SettingsError(KlantreisError):
    """A setting is unknown, malformed or out of range; the message names it, the value and what is allowed."""


class Refused(KlantreisError):
    """A whole request is refused.

    `field` is the path to the bad value (`$.touchpoints[3].occurred_at`) where there is one; `retry_after` is in
    whole seconds and goes out as the `Retry-After` header.
    """

    def __init__(
        self, reason: Reason, detail: str = "", *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail or reason.remedy)
        self.reason = reason
        self.detail = detail or reason.remedy
        self.field = field
        self.retry_after = retry_after


class SpoolError(KlantreisError):
    """The spool cannot take a record now."""


class SpoolFull(SpoolError):
    """The spool has reached its size limit; it drains as soon as the loader reaches ClickHouse again."""


class SpoolFailing(SpoolError):
    """A write or an fsync failed. What was waiting for it is not on disk and must not be acknowledged."""


class SpoolTaken(SpoolError):
    """Another loader empties this spool; the message names its process. Two would load everything twice."""


class SpoolUnreadable(SpoolError):
    """A file of the spool was written by a newer version: load it with that version. Retrying cannot help."""


class PersonRemains(KlantreisError):
    """Something of a person who is to be forgotten is still there, or may be: says what, and how to finish it."""


class HistoryUnfinished(KlantreisError):
    """A re-classification is not at its end and cannot go on now: says why, and how to go on or undo it."""


class SettlerBusy(KlantreisError):
    """Another process settles journeys for this warehouse; the message says which and what to do."""


class SendError(KlantreisError):
    """A sender of ours (the demo) cannot go on: no collector answers, or it refuses every request. Says what to do."""


class RuleErrors(KlantreisError):
    """A rule folder has mistakes: all of them, each `file:line:column: what is wrong; remedy`."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class WarehouseError(KlantreisError):
    """ClickHouse answered with an error, or not at all. `code` is ClickHouse's number, 0 when it did not answer.

    ClickHouse quotes the row that it cannot read. `told` is what may be logged: nothing of any row.
    """

    def __init__(self, message: str, code: int = 0, told: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.told = message if told is None else told


class WarehouseAway(WarehouseError):
    """ClickHouse cannot be reached or cannot write now (down, read-only, out of memory or disk): retrying can help."""


class WarehouseRefused(WarehouseError):
    """ClickHouse refuses these rows or this statement: retrying the same can never help."""


class ForgottenMeanwhile(WarehouseError):
    """Somebody was forgotten since these rows were composed: read the list, compose the rows again, store those."""
