"""Is the engine alive? For a supervisor: no import of the engine, one plain HTTP request."""

from __future__ import annotations

import base64
import http.client
from urllib.parse import urlsplit

from collector.settings import Settings
from collector.warehouse.embedded.access import known_password

ALIVE_PATH = "/alive"
"""Runs a real SELECT 1 through the engine, on a handle of its own: it is answered while heavy statements run."""


def is_alive(url: str, timeout_s: float, settings: Settings | None = None) -> bool:
    """Whether the engine behind `url` answers a query within `timeout_s` seconds.

    `/ping` would not tell: a crash inside the engine can hang it for minutes while its HTTP side still answers. With
    `settings` the request logs in, so that another installation's server on the same port does not pass for this one.
    """
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=timeout_s)
    try:
        connection.request("GET", ALIVE_PATH, headers={} if settings is None else _credentials(settings))
        answer = connection.getresponse()
        return answer.status == 200 and answer.read(16).strip() == b"1"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _credentials(settings: Settings) -> dict[str, str]:
    password = known_password(settings) or ""
    if settings.demo and not password:
        return {}
    pair = f"{settings.clickhouse_user}:{password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
