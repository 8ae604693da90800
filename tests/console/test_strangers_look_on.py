"""The live page shows what single visitors did: to nobody but who may see it, and it runs nothing of theirs."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from tests.installation import Installation

PATHS = ("/live", "/live/arrivals", "/live/arrival?place=x", "/live/why?place=x", "/live/live.js", "/live/live.css")


def asked(installation: Installation, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """GET of the console's port, with headers of one's own choosing."""
    connection = http.client.HTTPConnection(urlsplit(installation.console_url).netloc, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "rebound.example"}, 400),
        ({"X-Forwarded-For": "203.0.113.7"}, 403),
        ({"X-Forwarded-For": "203.0.113.7, 127.0.0.1"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
    ],
)
def test_who_may_look(installation: Installation, path: str, headers: dict[str, str], status: int) -> None:
    """This machine, by its number or as localhost; nobody behind a proxy, no other site's page, no other name."""
    answer = asked(installation, path, headers)
    assert answer.status == (404 if status == 200 and "place=" in path else status)


def test_the_policy_runs_nothing_but_the_page_s_own(installation: Installation) -> None:
    """Scripts and styles come from this port alone, text never becomes HTML, and nobody may frame it."""
    answer = asked(installation, "/live", {})
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ):
        assert part in policy
    assert "frame-ancestors 'none'" in policy
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert "Access-Control-Allow-Origin" not in answer.headers
