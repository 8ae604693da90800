"""What is to be re-classified: by which rules, which touchpoints, which models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from collector.errors import SettingsError
from collector.phases.compile import compile_rules
from collector.phases.expression import RESULTS, classification
from collector.phases.rules import RuleSet
from collector.phases.sql import literal
from collector.warehouse.shown import Run


@dataclass(frozen=True)
class Task:
    """Rules, and what they are applied to. `model` empty: signals and all models; a None moment: no limit."""

    rules: RuleSet
    model: str = ""
    since_ms: int | None = None
    until_ms: int | None = None

    def __post_init__(self) -> None:
        known = [model.id for model in self.rules.models]
        if self.model and self.model not in known:
            raise SettingsError(f"--model: the rules have no model {self.model!r}; they have {', '.join(known)}")
        if self.since_ms is not None and self.until_ms is not None and self.since_ms >= self.until_ms:
            raise SettingsError("--to has to be later than --from: nothing lies between them")

    @property
    def span(self) -> str:
        """The condition on touchpoints that are meant."""
        at = "toUnixTimestamp64Milli(occurred_at)"
        parts = [f"{at} >= {self.since_ms}"] if self.since_ms is not None else []
        parts += [f"{at} < {self.until_ms}"] if self.until_ms is not None else []
        return " AND ".join(parts) or "true"

    @property
    def whole(self) -> bool:
        """All touchpoints are meant."""
        return self.since_ms is None and self.until_ms is None

    def results(self, *first: str) -> str:
        """A tuple of what a touchpoint's signal, phase, phases, rules and rule_set become, over its stored columns.

        What is given stands `first` in it.

        Of a single model the others' phases stay, and so do the signal and the hash: the row is then not classified by
        these rules as a whole.
        """
        compiled = compile_rules(self.rules)
        if not self.model:
            return classification(compiled, [*first, *(f"_{name}" for name in RESULTS)])
        name = literal(self.model)
        phase = "_phase" if self.rules.default_model.id == self.model else "phase"
        phases, rules = (f"mapUpdate({one}, map({name}, _{one}[{name}]))" for one in ("phases", "rules"))
        return classification(compiled, [*first, "signal", phase, phases, rules, "rule_set"])

    def is_of(self, run: Run) -> bool:
        """Whether a re-classification that was begun is this one."""
        mine = (self.rules.hash, self.model, self.since_ms, self.until_ms)
        return mine == (run.rule_set, run.model, run.since_ms, run.until_ms)

    def told(self) -> str:
        """In words."""
        what = f"model {self.model}" if self.model else "signals and all models"
        since, until = (
            f" {word} {datetime.fromtimestamp(at / 1000, timezone.utc):%Y-%m-%d %H:%M} UTC" if at is not None else ""
            for word, at in (("from", self.since_ms), ("to", self.until_ms))
        )
        return f"{what} by the rules {self.rules.hash}, {'all history' if self.whole else 'history' + since + until}"
