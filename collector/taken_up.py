"""Takes up rules while the loader runs: a changed folder that is right, as soon as nobody is writing to it.

A look costs a stat of each file. Only where one changed are the files read, and only where their content is another are
they compiled. A folder is looked at twice before it is believed: an editor, a copy or a checkout writes one file after
the other, and half a folder may well be valid rules.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from collector import metrics
from collector.errors import RuleErrors, WarehouseError
from collector.phases.compile import Compiled, compile_rules
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.phases.signature import Signature, files, signature
from collector.warehouse.client import SERVER_FAULTS

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
KEPT = "the ones before stay in use"


class RulesInUse:
    """The rules of a folder, as they were when they were last right."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: Compiled | None = None
        self._read_last: RuleSet | None = None
        self._looked = 0.0
        self._seen: Signature = ()
        self._judged: Signature = ()
        self._content = ""
        self._said = ""

    @property
    def rule_set(self) -> RuleSet | None:
        """The rules in use, in memory."""
        read, used = self._read_last, self._compiled
        return read if read is not None and used is not None and read.hash == used.hash else None

    def first(self) -> Compiled | None:
        """The rules at the start; None while they have mistakes, which are told."""
        self._seen = self._judged = signature(self._folder)
        self._content = self._hash()
        return self._read("touchpoints wait in the spool until they are mended")

    def changed(self, works: Callable[[Compiled], None]) -> Compiled | None:
        """Other rules than before, once; None while there are none. Once a second at most it looks.

        `works` raises WarehouseError for rules that ClickHouse does not take: they are refused as those with mistakes.
        """
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return None
        self._looked = time.monotonic()
        before, self._seen = self._seen, signature(self._folder)
        if self._seen == self._judged or self._seen != before:
            return None
        try:
            return self._judge(works)
        except WarehouseError as error:
            if error.code not in SERVER_FAULTS:  # else nobody can say whether they work: they are looked at again
                self._refuse([f"ClickHouse does not take them: {error.told}"], KEPT)
                self._judged = self._seen
        return None

    def _judge(self, works: Callable[[Compiled], None]) -> Compiled | None:
        content, before = self._hash(), self._compiled
        found = before if content == self._content else self._read(KEPT)
        if found is not None and before is not None and found.hash != before.hash:
            works(found)
        self._judged, self._content = self._seen, content
        if found is None:
            return None
        metrics.rules_refused.set(0)
        self._said = ""
        if before is not None and found.hash == before.hash:
            return None
        self._use(found)
        log.info("rules %s are in use from now on; klantreis reclassify gives them to stored touchpoints", found.hash)
        return found

    def _read(self, meanwhile: str) -> Compiled | None:
        try:
            rule_set = load(self._folder)
            compiled = compile_rules(rule_set)
        except RuleErrors as error:
            self._refuse(error.errors, meanwhile)
            return None
        self._read_last = rule_set
        if self._compiled is None:
            self._use(compiled)
            metrics.rules_refused.set(0)
        return compiled

    def _use(self, compiled: Compiled) -> None:
        if self._compiled is not None:
            metrics.rules_info.labels(self._compiled.hash).set(0)
        metrics.rules_info.labels(compiled.hash).set(1)
        self._compiled = compiled

    def _refuse(self, mistakes: list[str], meanwhile: str) -> None:
        metrics.rules_refused.set(len(mistakes))
        told = "\n".join(mistakes)
        if told != self._said:
            log.error(
                "the rules in %s have %d mistakes; %s. First: %s. All: klantreis rules check",
                self._folder,
                len(mistakes),
                meanwhile,
                mistakes[0],
            )
        self._said = told

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for path in files(self._folder):
            try:
                content = path.read_bytes()
            except OSError:
                content = b"\0unreadable"
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()
