"""Sends deliveries to a collector over several connections at once, as the senders of a company would."""

from __future__ import annotations

import http.client
import queue
import threading
from collections.abc import Callable, Iterable

from collector.demo.delivery import Delivery
from collector.demo.line import PATIENCE_S, Collector, Line
from collector.demo.tally import Tally
from collector.errors import SendError

AHEAD = 4
"""Deliveries per connection that are made before they can be sent: a slow collector slows the making of them."""
LOOK_S = 0.2
"""How often a waiting thread looks whether another one failed."""


def send(
    deliveries: Iterable[Delivery],
    collector: Collector,
    tally: Tally,
    *,
    connections: int = 8,
    progress: Callable[[Delivery], None] = lambda delivery: None,
    patience_s: float = PATIENCE_S,
) -> None:
    """Send everything and count every answer in `tally`.

    `progress` is called, in the calling thread, with each delivery as its turn comes. Raises SendError as soon as one
    connection finds that it is no use going on; `tally` then has what was answered until that moment.
    """
    waiting: queue.Queue[Delivery | None] = queue.Queue(maxsize=connections * AHEAD)
    stop, failures = threading.Event(), list[BaseException]()

    def work() -> None:
        line = Line(collector, tally, sleep=stop.wait, patience_s=patience_s)
        try:
            while (delivery := _take(waiting, stop)) is not None:
                line.send(delivery)
        except BaseException as error:  # told in the calling thread, whatever it is
            failures.append(error)
            stop.set()
        finally:
            line.close()

    threads = [threading.Thread(target=work, name=f"send-{number}", daemon=True) for number in range(connections)]
    for thread in threads:
        thread.start()
    try:
        for delivery in deliveries:
            if not _put(waiting, delivery, stop):
                break
            progress(delivery)
        for _ in threads:
            _put(waiting, None, stop)
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    if failures:
        raise failures[0]


def reach(collector: Collector) -> None:
    """Make sure that a collector answers at all. Raises SendError, with what to do, when none does."""
    connection = collector.connect()
    try:
        connection.request("GET", f"{collector.root}/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise SendError(
            f"no collector answers at {collector.url} ({error}). Start it with `make run` in another terminal, or name "
            "another with --url."
        ) from None
    finally:
        connection.close()
    if 400 <= status < 500:
        raise SendError(f"{collector.url} answers, but not as a collector does; name another with --url.")


def _put(waiting: queue.Queue[Delivery | None], delivery: Delivery | None, stop: threading.Event) -> bool:
    """Queue it, unless a connection has failed meanwhile."""
    while not stop.is_set():
        try:
            waiting.put(delivery, timeout=LOOK_S)
            return True
        except queue.Full:
            continue
    return False


def _take(waiting: queue.Queue[Delivery | None], stop: threading.Event) -> Delivery | None:
    """The next delivery; None when there are no more, or when a connection has failed meanwhile."""
    while not stop.is_set():
        try:
            return waiting.get(timeout=LOOK_S)
        except queue.Empty:
            continue
    return None
