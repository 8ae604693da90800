"""One sender's line to the collector: a kept-alive connection, its answers, and what is tried again.

2xx with the collector's own body        counted, touchpoint by touchpoint
408, 429, 5xx, no connection             tried again: after Retry-After where given, else after a doubling pause
413                                      split in two, each half sent by itself
401, 403, 404, 405, and any other body   hopeless: SendError, nothing that follows would fare better
any other 4xx                            the whole request counts as rejected, for the reason that is given
"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from collector.demo.delivery import Delivery, KeyKind, TouchpointFields, fields_given
from collector.demo.tally import Tally
from collector.errors import SendError

PATH = "/v1/touchpoints"
TIMEOUT_S = 30.0
"""For connecting, and for an answer."""
PATIENCE_S = 60.0
"""How long one request is tried again, in all, before the whole run stops."""
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
HISTORY_S = 29 * 86400.0
"""A public key may send 30 days back, by default; what is older goes by the secret key, a day early to be sure."""

HOPELESS = frozenset({401, 403, 404, 405})
PASSING = frozenset({408, 429})


@dataclass(frozen=True)
class Collector:
    """Where to send, and with which keys."""

    url: str
    key: str
    secret_key: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SendError(
                f"{self.url}: the collector's address is an http or https URL, such as http://127.0.0.1:8080"
            )

    @property
    def root(self) -> str:
        """What the address has before the collector's own paths, such as behind a proxy; mostly nothing."""
        return urlsplit(self.url).path.rstrip("/")

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is opened at its first request."""
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)


class Away(Exception):
    """The attempt failed, another may not. `after_s` is what the collector asked to wait, if it did."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s


class Line:
    """Sends deliveries one after the other. Not for several threads at once; each takes a line of its own."""

    def __init__(
        self,
        collector: Collector,
        tally: Tally,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._collector, self._tally = collector, tally
        self._now, self._sleep, self._patience_s = now, sleep, patience_s
        self._connection: http.client.HTTPConnection | None = None

    def send(self, delivery: Delivery) -> None:
        """Send a delivery and count its answer. Raises SendError when it is no use going on."""
        self._send(delivery, delivery.touchpoints)

    def close(self) -> None:
        """Close the connection; a later `send` opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, delivery: Delivery, touchpoints: list[TouchpointFields]) -> None:
        status, answer = self._insist(delivery, touchpoints)
        if status == 413 and len(touchpoints) > 1:
            half = len(touchpoints) // 2
            self._send(delivery, touchpoints[:half])
            self._send(delivery, touchpoints[half:])
        elif status >= 400:
            reason, detail = _told(answer, str(status))
            self._tally.answered(touchpoints, dict.fromkeys(range(len(touchpoints)), (reason, detail)))
        else:
            self._tally.answered(touchpoints, self._rejected(answer, len(touchpoints)))

    def _insist(self, delivery: Delivery, touchpoints: list[TouchpointFields]) -> tuple[int, Any]:
        """Try until there is an answer that another attempt would not change."""
        started, pause = time.monotonic(), FIRST_PAUSE_S
        while True:
            try:
                return self._attempt(delivery, touchpoints)
            except Away as away:
                wait = away.after_s if away.after_s is not None else pause * random.uniform(0.5, 1.0)  # noqa: S311
                if time.monotonic() - started + wait > self._patience_s:
                    raise SendError(self._gave_up(away)) from None
                self._tally.retried()
                self._sleep(wait)
                pause = min(2 * pause, LONGEST_PAUSE_S)

    def _attempt(self, delivery: Delivery, touchpoints: list[TouchpointFields]) -> tuple[int, Any]:
        """One request. Raises Away when another may fare better, SendError when none will."""
        body = self._body(delivery, touchpoints)
        headers = {"Content-Type": "text/plain", **delivery.headers, "User-Agent": delivery.user_agent}
        self._connection = self._connection or self._collector.connect()
        try:
            self._connection.request("POST", self._collector.root + PATH, body, headers)
            response = self._connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Away(f"no answer ({type(error).__name__}: {error})") from None
        answer = _json(raw)
        if response.status in PASSING or response.status >= 500:
            reason, _ = _told(answer, response.reason)
            raise Away(f"{response.status} {reason}", _seconds(response.headers.get("Retry-After")))
        if response.status in HOPELESS or not 200 <= response.status < 500 or not isinstance(answer, dict):
            raise SendError(self._refused(response.status, answer))
        return response.status, answer

    def _body(self, delivery: Delivery, touchpoints: list[TouchpointFields]) -> bytes:
        """The request's body, with the sender's own clock at this attempt in `sent_at`."""
        now = self._now()
        public = delivery.key is KeyKind.PUBLIC and now - delivery.moment < HISTORY_S
        if delivery.key is KeyKind.PUBLIC and not public:
            touchpoints = [_with_sender(touchpoint, delivery) for touchpoint in touchpoints]
        name, version = delivery.sdk
        return orjson.dumps(
            {
                "key": self._collector.key if public else self._collector.secret_key,
                "sent_at": round(now * 1000) + delivery.clock_ms,
                "sdk": {"name": name, "version": version},
                "touchpoints": touchpoints,
            }
        )

    def _rejected(self, answer: Any, count: int) -> dict[int, tuple[str, str]]:
        """Reason and detail of each rejected touchpoint; the collector must account for every one."""
        try:
            rejected = {int(entry["index"]): (entry["reason"], entry["detail"]) for entry in answer.get("rejected", ())}
        except (AttributeError, KeyError, TypeError, ValueError):
            rejected = {}
        if answer.get("accepted") != count - len(rejected):
            raise SendError(
                f"{self._collector.url} answered, but did not say what became of all {count} touchpoints of a request; "
                "is --url the address of a Klantreis collector?"
            )
        return rejected

    def _gave_up(self, away: Away) -> str:
        return (
            f"{self._collector.url}: {away} for {self._patience_s:.0f} seconds. Start the collector with `make run`, "
            "or look what is wrong with `klantreis doctor`. Then run the same command again, with the same --seed and "
            "--until: nothing is counted twice."
        )

    def _refused(self, status: int, answer: Any) -> str:
        reason, detail = _told(answer, "no answer of a Klantreis collector")
        remedy = {
            401: " Start the collector with --demo (`make run` does), or give its keys with --key and --secret-key.",
            403: " Give a key that any origin may use.",
        }.get(status, " Is --url the address of a collector?")
        return f"{self._collector.url} answered {status} {reason}: {detail}.{remedy}"


def _with_sender(touchpoint: TouchpointFields, delivery: Delivery) -> TouchpointFields:
    """What the headers say of a browser or app, said by the touchpoint: by a secret key a server would be meant."""
    told = fields_given(user_agent=delivery.user_agent, address=delivery.headers.get("X-Forwarded-For"))
    return {**touchpoint, "context": {**told, **touchpoint.get("context", {})}}


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _told(answer: Any, otherwise: str) -> tuple[str, str]:
    """Reason and detail of an error's body."""
    if not isinstance(answer, dict):
        return otherwise, "it did not say why"
    return str(answer.get("reason", otherwise)), str(answer.get("detail", "it did not say why")).rstrip(".")


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
