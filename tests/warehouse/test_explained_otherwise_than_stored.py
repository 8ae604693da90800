"""`rules explain ID`: a stored touchpoint, its conditions tried on the row itself, and whether it is stored so."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import klantreis
from collector.phases.compile import compile_rules
from collector.phases.fields import columns
from collector.phases.rulefile import load
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store
from tests.warehouse.rows import UNCLASSIFIED, row

CART = {"type": "page_view", "channel": "web", "page": {"url": "https://shop.example/nl/Winkelwagen/?a=1"}}

OURS = """format: phase-rules/1-0-0
rules:
  - id: ours.cart
    signal: page_viewed
    description: Our cart is nothing special.
    page.path|contains: winkelwagen
    examples:
      - {given: {type: page_view, page.path: /winkelwagen}, expect: ours.cart}
      - {given: {type: page_view, page.path: /wagen}, expect: not ours.cart}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped rules, to be changed."""
    return Path(shutil.copytree(shipped_rules(), tmp_path / "our_rules"))


def stored(warehouse: Warehouse, classification: str, **fields: Any) -> str:
    """Store one touchpoint as the loader would; gives its id."""
    identity = str(uuid.uuid4())
    to_store = Store(warehouse, statement.load(classification, clock_skew_s=60))
    assert to_store.store([row(id=identity, **fields)]) == []
    return identity


def asked(clickhouse: Settings, *arguments: str) -> Result:
    """What the command says."""
    server = ["--clickhouse-port", str(clickhouse.clickhouse_port), "--data", str(clickhouse.data)]
    answer = CliRunner().invoke(klantreis, ["rules", "explain", *arguments, *server])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def test_a_row_is_explained_by_its_own_columns(warehouse: Warehouse, clickhouse: Settings) -> None:
    """What enrichment added is in the row and decides; and the row is stored just as the rules say."""
    rules = load(shipped_rules())
    select_list = compile_rules(rules).select_list
    identity = stored(warehouse, select_list, type="page_view", page={"path": "/over-ons"}, _came_by="Email")
    answer = asked(clickhouse, identity)
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    assert lines[0].startswith("page_view of site shop, 2027-01-15 07:59:59 UTC")
    [signal] = [line for line in lines if line.startswith("signal: ")]
    assert "by rule arrived.by_message" in signal
    assert any(line.startswith("    holds: came_by: ") and "came_by is 'Email'" in line for line in lines)
    assert any("arrived.by_campaign" in line and "fails: came_by: [Display" in line for line in lines)
    assert [line for line in lines if line.split(":")[0] in {model.id for model in rules.models}] != []
    assert lines[-1] == f"stored just so, by these rules (rule set {rules.hash})"


def test_what_other_rules_stored_is_told_with_the_remedy(
    warehouse: Warehouse, clickhouse: Settings, folder: Path
) -> None:
    """After a change of rules the answer says what is stored, what would be now, by which rules, and how to mend it."""
    old = load(folder)
    identity = stored(warehouse, compile_rules(old).select_list, **CART)
    (folder / "signals" / "05_ours.yaml").write_text(OURS, "utf-8")
    new = load(folder)
    lines = asked(clickhouse, identity, "--rules", str(folder)).output.splitlines()
    assert f"classified with other rules (rule set {old.hash}, these are {new.hash})" in "\n".join(lines)
    assert "klantreis reclassify stores what is said here" in "\n".join(lines)
    assert "  signal: stored as cart_viewed by page.cart; now page_viewed by ours.cart" in lines
    assert any(line.startswith("  sap_hybris: stored as action by action.cart; now discovery by ") for line in lines)


def test_a_row_from_before_the_models_is_told(warehouse: Warehouse, clickhouse: Settings) -> None:
    """A model that is newer than the row, and a row without a signal, are named as such."""
    identity = stored(warehouse, UNCLASSIFIED, **CART)
    lines = asked(clickhouse, identity).output.splitlines()
    assert "  signal: stored as unclassified by no rule; now cart_viewed by page.cart" in lines
    assert "  aida: not stored, the model is newer than the row; now action" in lines


def test_the_same_id_of_two_sites_is_explained_for_each(warehouse: Warehouse, clickhouse: Settings) -> None:
    """An id is the sender's; two sites may use the same, and neither answer hides the other."""
    identity = stored(warehouse, UNCLASSIFIED, _site="a", **CART)
    to_store = Store(warehouse, statement.load(UNCLASSIFIED, clock_skew_s=60))
    assert to_store.store([row(id=identity, _site="b'; --", type="order", visitor_id="\\'{id:UUID}")]) == []
    heads = [line for line in asked(clickhouse, identity).output.splitlines() if " of site " in line]
    assert [head.partition(",")[0] for head in heads] == ["page_view of site a", "order of site b'; --"]


def test_a_touchpoint_that_came_twice_is_explained_once(warehouse: Warehouse, clickhouse: Settings) -> None:
    """Both deliveries lie in the table until they are merged; the answer is about what readers see."""
    identity = str(uuid.uuid4())
    for received_us, classification in ((2, UNCLASSIFIED), (1, compile_rules(load(shipped_rules())).select_list)):
        one = row(id=identity, _received_us=1_800_000_000_000_000 + received_us, **CART)
        assert Store(warehouse, statement.load(classification, clock_skew_s=60)).store([one]) == []
    [both] = warehouse.rows(f"SELECT count() AS n FROM klantreis.touchpoints_stored WHERE id = '{identity}'")
    lines = asked(clickhouse, identity).output.splitlines()
    assert (both["n"], sum(" of site " in line for line in lines)) == (2, 1)
    assert lines[-1].startswith("stored just so"), "the earliest receipt is what readers see"


@pytest.mark.parametrize("question", [str(uuid.UUID(int=7)), "no/such/file.json"])
def test_what_is_not_there_is_said_with_what_to_do(warehouse: Warehouse, clickhouse: Settings, question: str) -> None:
    """Neither an id that is not stored nor a misspelt file gives a traceback."""
    answer = asked(clickhouse, question)
    assert answer.exit_code == 1
    assert question in answer.output
    assert ("klantreis rejected" if "-" in question else "the id of a stored touchpoint") in answer.output


def test_every_column_that_rules_may_name_is_stored(warehouse: Warehouse) -> None:
    """Conditions are tried on the stored row, so no rule may look at anything that is not in it."""
    rows = warehouse.rows("DESCRIBE TABLE klantreis.touchpoints")
    assert columns() <= {str(one["name"]) for one in rows}
