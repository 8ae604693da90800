"""What `rules diff` and a dry run say is exactly what a re-classification then does; with the same rules: nothing."""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from string import Template
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from collector.cli import klantreis
from collector.errors import HistoryUnfinished
from collector.phases.fields import FIELDS, Field
from collector.phases.folder import read_folder
from collector.phases.rulefile import load
from collector.reclassify import course
from collector.reclassify.column import sql
from collector.reclassify.course import Steps
from collector.reclassify.moves import moves
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.touchpoint import Touchpoint
from collector.warehouse.client import Warehouse
from tests.phases import rule_folder
from tests.reclassify import history
from tests.reclassify.test_killed_halfway import environment
from tests.warehouse.rows import RECEIVED_US

PEOPLE = 30
QUIET = Steps(lambda what: None, lambda what: lambda rows: None)
Seen = dict[str, dict[str, Any]]


def said(settings: Settings, folder: Path, *words: str) -> dict[str, Any]:
    """The JSON that a command prints."""
    outcome = CliRunner(env=dict(environment(settings, folder))).invoke(klantreis, list(words), catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def moved(before: Seen, after: Seen) -> Counter[tuple[str, str, str]]:
    """What differs between what readers saw before and after."""
    found: Counter[tuple[str, str, str]] = Counter()
    for id_, now in after.items():
        then = before[id_]
        layers = {("signal", then["signal"], now["signal"])}
        layers |= {
            (model, then["phases"].get(model, ""), now["phases"].get(model, ""))
            for model in {**then["phases"], **now["phases"]}
        }
        found.update(layer for layer in layers if layer[1] != layer[2])
    return found


def told(answer: dict[str, Any]) -> Counter[tuple[str, str, str]]:
    """What a prediction says."""
    return Counter({(one["layer"], one["before"], one["after"]): one["touchpoints"] for one in answer["moves"]})


def models() -> set[str]:
    """The models that ship."""
    return {model.id for model in history.shipped().models}


def test_a_signal_and_a_model_changed(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> None:
    """Both predictions name every move with its number, and touchpoints that indeed move."""
    changed = history.changed_rules(tmp_path / "changed")
    history.stored(warehouse, history.demo_rows(PEOPLE), history.shipped())
    before = history.classified(warehouse)
    answers = (
        said(clickhouse, changed, "rules", "diff", str(shipped_rules()), str(changed), "--json"),
        said(clickhouse, changed, "reclassify", "--dry-run", "--json"),
    )
    assert history.classified(warehouse) == before
    course.reclassify(clickhouse, Task(load(changed)), QUIET)
    after = history.classified(warehouse)
    actual = moved(before, after)
    assert {layer for layer, _, _ in actual} == {"signal", "made", *models()}, "a signal moves all of them"
    for answer in answers:
        assert told(answer) == actual
        assert answer["touchpoints"] == answer["changed"] == len(before)
        for move in answer["moves"]:
            assert 1 <= len(move["examples"]) <= 3 and move["people"] <= move["touchpoints"]
            for example in move["examples"]:
                assert moved(before, {example["id"]: after[example["id"]]})[
                    (move["layer"], move["before"], move["after"])
                ]


def test_a_span_and_a_single_model(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> None:
    """Only touchpoints of the span change, and of those only what belongs to the model."""
    changed = load(history.changed_rules(tmp_path / "changed"))
    history.stored(warehouse, history.demo_rows(PEOPLE), history.shipped())
    before = history.classified(warehouse)
    since, until = (int(datetime(2026, month, 12, tzinfo=timezone.utc).timestamp()) * 1000 for month in (10, 11))
    span = f"toUnixTimestamp64Milli(occurred_at) BETWEEN {since} AND {until - 1}"
    others = {"signal", *models()} - {"sap_hybris"}
    for model, layers in (("made", {"made"}), ("sap_hybris", {"sap_hybris"}), ("", others)):
        task = Task(changed, model, since, until)
        predicted = told(moves(warehouse, task).as_json())
        course.reclassify(clickhouse, task, QUIET)
        after = history.classified(warehouse)
        assert moved(before, after) == predicted and {layer for layer, _, _ in predicted} == layers
        inside = history.classified(warehouse, span)
        assert 0 < len(inside) < len(after)
        assert {id_ for id_ in after if after[id_] != before[id_]} <= inside.keys()
        before = after
    assert {one["rule_set"] for one in inside.values()} == {changed.hash}


def test_another_one_is_begun_before(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> None:
    """One that was begun and never shown is undone, by the next one or by hand; one that is shown is finished."""
    changed = load(history.changed_rules(tmp_path / "changed"))
    history.stored(warehouse, history.demo_rows(PEOPLE), history.shipped())
    before = history.classified(warehouse)

    class Enough(Exception):
        pass

    def leave(*_: object) -> Callable[[int], None]:
        raise Enough

    with pytest.raises(Enough):
        course.reclassify(clickhouse, Task(changed), Steps(lambda what: None, leave))
    assert history.left_over(warehouse)
    course.abandon(clickhouse, lambda what: None)
    assert history.classified(warehouse) == before and history.left_over(warehouse) == []

    def leave_when_shown(what: str) -> None:
        if what.startswith("classified"):
            raise Enough

    def once_more(what: str) -> Callable[[int], None]:
        with pytest.raises(HistoryUnfinished, match="another klantreis reclassify"):
            course.reclassify(clickhouse, Task(changed), QUIET)
        elsewhere = clickhouse.model_copy(update={"data": tmp_path / "another machine"})
        course.abandon(elsewhere, lambda what: None)
        return lambda rows: None

    with pytest.raises(HistoryUnfinished, match="another klantreis reclassify"):
        course.reclassify(clickhouse, Task(changed), Steps(lambda what: None, once_more))
    assert history.classified(warehouse) == before and history.left_over(warehouse) == []
    with pytest.raises(Enough):
        course.reclassify(clickhouse, Task(changed), Steps(leave_when_shown, QUIET.begin))
    with pytest.raises(HistoryUnfinished, match="put the old rules back"):
        course.abandon(clickhouse, lambda what: None)
    course.reclassify(clickhouse, Task(history.shipped()), QUIET)
    assert history.classified(warehouse) == before and history.left_over(warehouse) == []


def test_the_statements_for_a_cluster_are_valid_sql(warehouse: Warehouse) -> None:
    """No cluster is at hand: the engine at least parses what one would be sent."""
    parts = {"table": "touchpoints_stored_local", "on_cluster": "ON CLUSTER `main`", "column": "reclassified_1"}
    results = Task(history.shipped(), "sap_hybris", 1, 2).results("true")
    for file in ("add.sql", "stop.sql", "fill.sql", "settle.sql", "drop.sql"):
        text = Template(sql(file)).substitute(parts, results=results, partition="IN PARTITION ID '202601'")
        assert warehouse.command("SELECT formatQuerySingleLine({sql:String})", {"sql": text})


ODD = (
    "",
    "a",
    "A/",
    "/",
    "/a/B/",
    "É",
    "ß",
    "a\x00b",
    "\n",
    "cart\n",
    "'\\",
    "ﬀ",
    "%61",
    "İ",
    "9",
    "-0",
    "1e3",
    "true",
    " a ",
)
NUMBERS = (0, 1, 7, 99, 100)
FLOATS = (0.0, 0.1, 6.999999, 7.0, 99.5, 1e5)
DECIMALS = ("0", "7", "7.0001", "6.9999", "-7", "99999999999999.9999")


def odd(chance: random.Random, field: Field) -> Any:
    """A value that may stand in a field, at an edge where there is one."""
    if field.values and chance.random() < 0.9:
        return chance.choice(field.values)
    choices: dict[str, tuple[Any, ...]] = {
        "integer": NUMBERS, "float": FLOATS, "decimal": DECIMALS, "boolean": (True, False),
    }  # fmt: skip
    return chance.choice(choices.get(field.kind, ODD))


def odd_row(chance: random.Random) -> bytes:
    """A touchpoint as it rests in the spool, with a few fields that the vocabulary allows, and what was found out."""
    base = {"id": str(uuid.UUID(int=chance.getrandbits(128))), "occurred_at": RECEIVED_US // 1000 - 1000}
    given: dict[str, Any] = {**base, "type": chance.choice(("page_view", "order", "own_type", "support_contact"))}
    for field in chance.sample(sorted(FIELDS.values(), key=lambda one: one.name), 12):
        whole = json.loads(json.dumps(given))
        place = whole
        *path, last = field.name.split(".")
        for name in path:
            place = place.setdefault(name, {})
        place[last] = odd(chance, field)
        try:
            msgspec.convert(whole, Touchpoint)
        except msgspec.ValidationError:
            continue
        if field.name.split(".")[0] in Touchpoint.__struct_fields__ and field.name not in ("page.host",):
            given = whole
    given["properties"] = {"size": chance.choice(ODD), "count": chance.choice(("7", "07", "7e0", "x", ""))}
    found = {
        f"_{name}": chance.choice(ODD[1:6]) for name in ("came_by", "source", "medium", "campaign", "browser", "os")
    }
    known = {"_site": "shop", "_key": "web", "_received_us": RECEIVED_US, "_sent_us": RECEIVED_US}
    return json.dumps({**given, **found, **known, "_is_bot": chance.random() < 0.5}).encode()


def condition(chance: random.Random, field: Field) -> dict[str, Any]:
    """Something that a rule may ask of a field."""
    if field.kind in ("integer", "float", "decimal"):
        return {f"{field.name}|{chance.choice(('gte', 'lt', 'gt', 'lte'))}": 7}
    if field.kind == "boolean":
        return {field.name: chance.random() < 0.5}
    if chance.random() < 0.3:
        return {f"{field.name}|exists": chance.random() < 0.5}
    if field.values:
        return {field.name: chance.choice(field.values)}
    return {
        f"{field.name}|{chance.choice(('contains', 'startswith', 'endswith', 'glob'))}": chance.choice(("a", "b", "9"))
    }


@pytest.mark.parametrize("seed", range(2))
def test_the_same_rules_change_nothing(warehouse: Warehouse, tmp_path: Path, seed: int) -> None:
    """Stored columns give the rules exactly what a load gave them, for every field that a rule may name."""
    chance = random.Random(seed)
    names = sorted(FIELDS)
    chance.shuffle(names)
    asked = [FIELDS[name] for name in names]
    rules = [
        {"id": f"made.r{n}", "signal": f"s{n % 9}", **condition(chance, one), **condition(chance, two)}
        for n, (one, two) in enumerate(zip(asked, [*asked[1:], asked[0]], strict=True))
    ]
    rules += [{"id": f"single.r{n}", "signal": f"s{n % 9}", **condition(chance, one)} for n, one in enumerate(asked)]
    rule_set = read_folder(rule_folder.write(tmp_path, rules)).rule_set
    assert len(rule_set.signal_rules) > len(asked)
    history.stored(warehouse, [*(odd_row(chance) for _ in range(1500))], rule_set)
    found = moves(warehouse, Task(rule_set))
    assert (found.looked_at, found.changed, found.moves) == (1500, 0, ())
    matched = warehouse.rows("SELECT uniqExact(rules['signal']) AS n FROM klantreis.touchpoints")
    assert matched[0]["n"] > 30, "or the rules say nothing of the columns"


def test_the_demos_people_stay_as_they_are(warehouse: Warehouse, clickhouse: Settings) -> None:
    """With unchanged rules the whole way is gone and nothing is different, not even a rule's id."""
    history.stored(warehouse, history.demo_rows(PEOPLE), history.shipped())
    before = warehouse.rows("SELECT * FROM klantreis.touchpoints ORDER BY id")
    course.reclassify(clickhouse, Task(history.shipped()), QUIET)
    assert warehouse.rows("SELECT * FROM klantreis.touchpoints ORDER BY id") == before
