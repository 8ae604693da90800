"""Logging of every process: one line an event on standard error, as text for people or as JSON for log collectors.

A log never holds what was sent: no identifiers, no addresses, no keys. Counts, names of settings and reasons only. That
is kept here where it can be: of an exception that is not ours only its type and place are told, since its text may
quote what was sent. And a line is one line, whatever it holds, and one complaint a minute is enough.

The fields of a JSON line are `time` (RFC 3339, UTC, milliseconds), `level`, `role`, `pid`, `logger`, `message`, where
there was one `exception`, and whatever a line names besides.
"""

from __future__ import annotations

import atexit
import json
import logging
import re
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

from collector.errors import KlantreisError, Refused
from collector.flood import Flood

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

MESSAGE_LIMIT = 4000
"""Characters of a message or an exception: collectors of logs cut lines of some KiB in two."""

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""What ends a line, moves the cursor of a terminal or turns the direction of writing, and halves of characters."""


def one_line(text: str) -> str:
    """The text with everything escaped that is not to be seen: `\\n` for a line's end, `\\x1b`, `\\u2028`."""
    if len(text) > MESSAGE_LIMIT:
        text = f"{text[:MESSAGE_LIMIT]}… ({len(text) - MESSAGE_LIMIT} more characters)"
    return _UNPRINTABLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return {9: "\\t", 10: "\\n", 13: "\\r"}.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.name == "asyncio":  # further lines show objects, with whatever they hold
        message = message.partition("\n")[0]
    return one_line(message)


def told_exception(error: BaseException) -> str:
    """An exception and its causes, each with its type, its place and, if it is ours or the system's, its text."""
    told: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(told) < 5:
        frames = traceback.extract_tb(cause.__traceback__)[-8:]
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        told.append(f"{type(cause).__name__}{_words(cause)} at {places or 'no place'}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return one_line("; because of ".join(told))


def _words(error: BaseException) -> str:
    if isinstance(error, KlantreisError) and not isinstance(error, Refused):  # its detail speaks to the sender
        return f" ({getattr(error, 'told', error)})"
    return f" ({error})" if isinstance(error, OSError | ImportError) else ""


class _Text(logging.Formatter):
    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{moment} {self._role:<11} {record.levelname:<7} {_message(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" | {told_exception(record.exc_info[1])}"
        return line


class _Json(logging.Formatter):
    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        entry: dict[str, Any] = {
            "time": moment,
            "level": record.levelname.lower(),
            "role": self._role,
            "pid": record.process,
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = told_exception(record.exc_info[1])
        for name, value in vars(record).items():
            if name not in _STANDARD:
                entry.setdefault(name, value if isinstance(value, int) else one_line(str(value)))
        # ASCII: what some reader takes for the end of a line cannot stand in it.
        return json.dumps(entry)


def configure(role: str, level: str, form: str) -> None:
    """Send this process's log to standard error; `form` is text or json, `role` says which process speaks."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(role) if form == "json" else _Text(role))
    flood = Flood(handler.handle)
    handler.addFilter(flood)
    atexit.register(flood.tell_all)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # They report every start and connection; what matters of it is in our own lines.
    for chatty, least in {"urllib3": "ERROR", "clickhouse_connect": "ERROR", "uvicorn": "WARNING"}.items():
        logging.getLogger(chatty).setLevel(least)


def configure_role(role: str, level: str, form: str) -> None:
    """The same for the process of a role, where nobody reads what Python prints: warnings, and exceptions that nobody
    caught, are lines of the log too."""
    configure(role, level, form)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def as_json() -> bool:
    """Whether this process logs as JSON."""
    return any(isinstance(handler.formatter, _Json) for handler in logging.getLogger().handlers)


def _uncaught(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("python").critical("the process ends: nobody caught an exception", exc_info=(kind, error, at))


def _uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
        name = given.thread.name if given.thread else "unknown"
        exception = (given.exc_type, given.exc_value, given.exc_traceback)
        logging.getLogger("python").error("the thread %s ends: nobody caught an exception", name, exc_info=exception)


def _unraisable(given: sys.UnraisableHookArgs) -> None:
    if given.exc_value is not None:
        exception = (given.exc_type, given.exc_value, given.exc_traceback)
        logging.getLogger("python").error("an exception could not be raised", exc_info=exception)
