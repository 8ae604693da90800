"""One POST to the collector over HTTP or HTTPS, by the standard library."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import ipaddress
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from klantreis_store.answers import ANSWER_BYTES, Reply
from klantreis_store.errors import SettingsError

STALLED_S = 20.0
"""Without a byte from the other side."""
ANSWERED_WITHIN_S = 60.0
"""For a whole answer: one that trickles in for ever is none."""
PLAIN_BYTES = 1_400
"""What fits into one packet is not compressed."""


class Key:
    """The key of this machine, from a text or from a file that is read anew when it changes. Never shows itself."""

    def __init__(self, value: str | None = None, file: Path | None = None) -> None:
        if (value is None) == (file is None):
            raise SettingsError("key: give either key or key_file; `klantreis keys add till --kind secret` makes one")
        self._value, self._file = value, file
        self.value()

    def value(self) -> str:
        """Raises SettingsError when it cannot be read or can be no key."""
        text = self._value
        if self._file is not None:
            try:
                text = self._file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is no text"
                raise SettingsError(f"key_file: {self._file} cannot be read ({why}); put the key into it") from None
        text = (text or "").strip()
        if not text.isascii() or not text.isprintable() or not 1 <= len(text) <= 256 or " " in text:
            raise SettingsError("key: must be 1 to 256 letters, digits and dashes, as `klantreis keys add` printed it")
        return text

    def __repr__(self) -> str:
        return f"Key(file={str(self._file)!r})" if self._file else "Key(…)"


class Wire:
    """The way to one collector. `url` is its origin, such as https://touch.shop.example."""

    def __init__(self, url: str, *, agent: str, insecure: bool = False) -> None:
        self.url = _checked(url, insecure)
        self._agent = agent
        self._opener = urllib.request.build_opener(_NoRedirects)

    def post(self, body: bytes) -> Reply:
        """Sends JSON. Whatever the network does is told in the reply and raises nothing."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
        }
        if len(body) > PLAIN_BYTES:
            body = gzip.compress(body, 6)
            headers["Content-Encoding"] = "gzip"
        request = urllib.request.Request(f"{self.url}/v1/touchpoints", body, headers, method="POST")
        until = time.monotonic() + ANSWERED_WITHIN_S
        try:
            with self._opener.open(request, timeout=STALLED_S) as answer:
                return _reply(answer.status, answer, until)
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error, until)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Reply(
                0, {}, b"", f"no answer from {self.url}: {getattr(error, 'reason', error) or type(error).__name__}"
            )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A captive portal redirects; the key must not go there."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


def _reply(status: int, answer: Any, until: float) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    content = b""
    with contextlib.suppress(OSError, http.client.HTTPException):  # cut short: then it is no answer of the collector's
        while len(content) <= ANSWER_BYTES and time.monotonic() < until:
            piece = answer.read1(64 * 1024) if hasattr(answer, "read1") else answer.read(64 * 1024)
            if not piece:
                break
            content += piece
    return Reply(status, headers, content)


def _checked(url: str, insecure: bool) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise SettingsError(f"url: {url!r} must be the collector's address, such as https://touch.shop.example")
    if parts.username is not None:
        raise SettingsError("url: holds a user name or password; the key is given as key or key_file")
    if parts.scheme == "http" and not insecure and not _is_this_machine(host):
        raise SettingsError(
            f"url: {url!r} would send the key unencrypted; use https, or say insecure=True on a network of your own"
        )
    return url.rstrip("/")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
