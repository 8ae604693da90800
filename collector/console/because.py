"""Why one touchpoint has its signal and phases, in the words of `klantreis rules explain`."""

from __future__ import annotations

import json
from uuid import UUID

from collector.console.arrival import Arrival
from collector.errors import RuleErrors, WarehouseError
from collector.explained import of_stored
from collector.phases.rulefile import load as load_rules
from collector.phases.rules import RuleSet
from collector.phases.signature import Signature, signature
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse import stored
from collector.warehouse.client import Warehouse

TIMEOUT_S = 30.0
"""A statement with the conditions of all rules is long, and ClickHouse may be busy."""


class Because:
    """Answers one question at a time, which whoever asks sees to: each is a long statement for ClickHouse."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: tuple[Signature, RuleSet] | None = None

    def why(self, arrival: Arrival) -> list[str]:
        """Lines for people. What cannot be answered is said in them, and how to come to an answer."""
        if arrival.turned is not None:
            return ["It was rejected, so no rule was tried on it."]
        if arrival.became is None:
            return ["It waits in the spool. Rules are tried when the loader stores it; ask again then."]
        if arrival.became.state != "stored":
            return ["It is not stored, so there is nothing that rules could be tried on."]
        try:
            return self._asked(arrival)
        except RuleErrors as error:
            return ["The rules of this console have mistakes; mend them (klantreis rules check):", *error.errors]
        except WarehouseError as error:
            return [f"ClickHouse does not answer: {error.told}"]

    def _asked(self, arrival: Arrival) -> list[str]:
        rule_set = self._rules()
        site, visitor, sent_ms, identity = arrival.key
        with Warehouse(self._settings, timeout_s=TIMEOUT_S) as warehouse:
            found = stored.find(warehouse, UUID(identity))
            wanted = {"site": site, "visitor_id": visitor, "sent_ms": sent_ms, "id": identity}
            lines = [line for one in found if one.key == wanted for line in of_stored(warehouse, rule_set, one)]
        return lines or ["It is not in the table any more."]

    def _rules(self) -> RuleSet:
        """Read once for as long as the files stay as they are: reading takes a second of the processor."""
        folder = self._settings.rules or shipped_rules()
        now = signature(folder)
        if self._read is None or self._read[0] != now:
            self._read = now, load_rules(folder)
        return self._read[1]


def readable(raw: bytes) -> str:
    """The touchpoint as it rests or was sent, laid out where it is JSON."""
    text = raw.decode("utf-8", "replace")
    try:
        laid_out = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
    return laid_out.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair is JSON, and no text
