"""The Grafana board and the alert rules ask only for what the collector exposes, and every alert has its page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector import metrics
from collector.errors import Reason
from tests.operations.promql import asked

DOCS = Path(__file__).parents[2] / "docs"
BOARD: dict[str, Any] = json.loads((DOCS / "operations" / "board.json").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DOCS / "operations" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
NOT_OURS = {"up": {"job", "instance"}}
SCRAPED = {"instance", "job"}
"""Labels that Prometheus adds."""


def exposed() -> dict[str, set[str]]:
    """Every series that can be asked for → its labels."""
    found: dict[str, set[str]] = {}
    for one in metrics.CATALOGUE:
        labels = set(one.labels)
        if one.kind == "histogram":
            found |= {f"{one.name}_bucket": labels | {"le"}, f"{one.name}_sum": labels, f"{one.name}_count": labels}
        else:
            found[one.name] = labels
    return found


def _questions() -> Iterator[tuple[str, str]]:
    """Where a question stands, and the question, with Grafana's variables filled in."""
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            expression = target["expr"].replace("$__rate_interval", "5m")
            yield f"panel {panel['id']} {panel['title']}", re.sub(r"\$\w+", "x", expression)
    for rule in RULES:
        yield rule["alert"], rule["expr"]


QUESTIONS = list(_questions())


@pytest.mark.parametrize(("place", "expression"), QUESTIONS)
def test_what_is_asked_for_exists(place: str, expression: str) -> None:
    """Every metric that an expression names is one of ours, with those labels."""
    series = exposed() | NOT_OURS
    found = asked(expression)
    assert found, place
    for name, labels in found:
        assert name in series, f"{place}: there is no {name}"
        assert labels <= series[name] | SCRAPED, f"{place}: {name} has no {labels - series[name] - SCRAPED}"


@pytest.mark.parametrize(("place", "expression"), QUESTIONS)
def test_answers_named_in_questions_are_reasons(place: str, expression: str) -> None:
    """A reason that is renamed would make an alert silent."""
    words = {reason.word for reason in Reason} | {"accepted"}
    for pattern in re.findall(r'(?:answer|reason)=~?"([^"]*)"', expression):
        assert set(pattern.split("|")) <= words, place


def test_5xx_are_all_reasons_of_that_kind() -> None:
    """The alert on 5xx looks at every reason that is answered so."""
    [rule] = [rule for rule in RULES if rule["alert"] == "KlantreisServerErrors"]
    [pattern] = re.findall(r'answer=~"([^"]*)"', rule["expr"])
    assert set(pattern.split("|")) == {reason.word for reason in Reason if reason.status >= 500}


def test_a_wrong_question_is_found() -> None:
    """The look itself sees names and labels, within calls, groups and both sides of an operator."""
    found = asked('sum by (key) (rate(a_total{reason="x"}[5m])) / on (role) b > predict_linear(c[1h], 4 * 3600)')
    assert found == {("a_total", frozenset({"key", "role", "reason"})), ("b", frozenset({"role"})), ("c", frozenset())}
    with pytest.raises(ValueError, match=r".+"):
        asked("rate(a_total[5m]")


def test_the_form_of_the_rules() -> None:
    """What Prometheus' own check of rule files wants: names, durations, labels and annotations of text."""
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
    for rule in RULES:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", rule["alert"])
        assert re.fullmatch(r"\d+[smh]", rule["for"])
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}
        texts = [*rule["labels"].values(), *rule["annotations"].values()]
        assert all(isinstance(text, str) and text for text in texts)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_every_alert_has_its_place_in_the_runbook(rule: dict[str, Any]) -> None:
    """The link of an alert leads to a heading that says what it means, how to see it and what to do."""
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    assert rule["annotations"]["runbook"] == f"docs/operating.md#{rule['alert'].lower()}"
    match = re.search(rf"^### {rule['alert']}\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    assert match, f"{rule['alert']} has no heading"
    for part in ("**Means.**", "**See.**", "**Do.**"):
        assert part in match[1], f"{rule['alert']} lacks {part}"


def test_the_form_of_the_board() -> None:
    """Panels have ids of their own, lie beside one another, and ask the data source that the reader chooses."""
    panels = BOARD["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(ids) == len(set(ids))
    [source] = [one for one in BOARD["templating"]["list"] if one["type"] == "datasource"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken and max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == f"${{{source['name']}}}"
            assert panel["targets"] and all(target["datasource"] == panel["datasource"] for target in panel["targets"])
            references = [target["refId"] for target in panel["targets"]]
            assert len(references) == len(set(references))


def test_no_metric_is_left_unseen() -> None:
    """Whatever is exposed stands on the board or in a rule: else nobody would miss it."""
    seen = {name for _, expression in QUESTIONS for name, _ in asked(expression)}
    unseen = [one.name for one in metrics.CATALOGUE if not seen & {one.name, f"{one.name}_bucket", f"{one.name}_sum"}]
    assert unseen == []


@pytest.mark.parametrize("one", metrics.CATALOGUE, ids=lambda one: str(one.name))
def test_names_keep_to_the_conventions(one: metrics.Described) -> None:
    """Base units, `_total` for counters, and only labels whose values a sender cannot choose; each is documented."""
    assert re.fullmatch(r"klantreis_[a-z]+(_[a-z]+)*", one.name)
    assert one.name.endswith("_total") == (one.kind == "counter")
    assert not re.search(r"_(ms|milliseconds|kib|mib|minutes|percent)\b", one.name)
    assert set(one.labels) <= {"key", "reason", "answer", "why", "table", "role", "rule_set", "version"}
    assert one.meaning.endswith(".") or one.kind == "gauge"
    assert f"| `{one.name}` | {one.kind} |" in (DOCS / "metrics.md").read_text(encoding="utf-8")


def test_reading_histograms_asks_for_their_parts() -> None:
    """A histogram's own name is no series: a question for it would be silent."""
    histograms = {one.name for one in metrics.CATALOGUE if one.kind == "histogram"}
    assert histograms
    assert not histograms & exposed().keys()
