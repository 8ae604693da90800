"""Logging of every process: one line an event on standard error, as text for people or as JSON for log collectors.

A log never holds what was sent: no identifiers, no addresses, no keys. Counts, names of settings and reasons only.
"""

from __future__ import annotations

import logging
import sys
import time

import orjson

_STANDARD = frozenset(vars(logging.makeLogRecord({})))


class _Text(logging.Formatter):
    def __init__(self, role: str) -> None:
        super().__init__(f"%(asctime)s {role:<11} %(levelname)-7s %(message)s", "%H:%M:%S")


class _Json(logging.Formatter):
    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        entry = {"time": moment, "level": record.levelname.lower(), "role": self._role, "message": record.getMessage()}
        entry |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(entry, default=str).decode()


def configure(role: str, level: str, form: str) -> None:
    """Send this process's log to standard error; `form` is text or json, `role` says which process speaks."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(role) if form == "json" else _Text(role))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # They report every start and connection; what matters of it is in our own lines.
    for chatty, least in {"urllib3": "ERROR", "clickhouse_connect": "ERROR", "uvicorn": "WARNING"}.items():
        logging.getLogger(chatty).setLevel(least)
