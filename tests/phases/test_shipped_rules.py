"""The rules that ship: every example holds, every touchpoint of the vocabulary gets its signal and phase."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine_in_process import classified, normalise, run_sql

from collector.demo.shop.addresses import ADDRESSES
from collector.demo.site import KINDS
from collector.phases.check import check
from collector.phases.check import test as try_examples
from collector.phases.compile import compile_rules
from collector.phases.example import ID, OCCURRED_AT
from collector.phases.rulefile import load
from collector.phases.rules import OUTSIDE, UNCLASSIFIED, RuleSet
from collector.shipped import rules as shipped_rules
from collector.touchpoint import CHANNELS, STANDARD_TYPES

FOLDER = shipped_rules()


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The shipped rule set."""
    return load(FOLDER)


def in_every_model(rules: RuleSet, touchpoints: list[dict[str, object]]) -> list[tuple[str, dict[str, str]]]:
    """Signal of each touchpoint, and its phase in every model."""
    lines = [json.dumps({"id": ID, "occurred_at": OCCURRED_AT, **one}).encode() for one in touchpoints]
    select_list = compile_rules(rules).select_list
    rows = run_sql(f"SELECT signal, phases FROM (SELECT *, {select_list} FROM ({normalise(lines)})) ORDER BY _row")
    return [(str(row["signal"]), json.loads(json.dumps(row["phases"]))) for row in rows]


def test_check_finds_nothing_to_say() -> None:
    """The rules that ship pass every check, in both engines."""
    assert check(FOLDER, run_sql, normalise) == []


def test_every_example_holds() -> None:
    """All examples pass against the whole set, those about settled journeys among them."""
    report = try_examples(FOLDER, run_sql, normalise)
    assert report.failures == []
    assert report.passed > 700
    assert report.settled > 80
    assert report.lines() == [
        f"{report.passed} examples passed, 0 failed ({report.settled} of them of settled journeys)"
    ]


def test_every_standard_type_on_every_channel_gets_a_signal_and_a_phase(rules: RuleSet) -> None:
    """No standard type is unclassified in any of the five models, wherever it took place."""
    drawn: list[dict[str, object]] = [{"type": kind, "channel": one} for kind in STANDARD_TYPES for one in CHANNELS]
    found = in_every_model(rules, drawn)
    missing = [
        one
        for one, (signal, phases) in zip(drawn, found, strict=True)
        if not signal or len(phases) != 5 or UNCLASSIFIED in phases.values()
    ]
    assert missing == []


def test_titles_are_in_english_and_dutch(rules: RuleSet) -> None:
    """Signals, models and phases can be shown in both languages of the product."""
    titled = [*rules.signals, *rules.models, *(phase for model in rules.models for phase in model.phases)]
    assert [one.id for one in titled if set(one.title) < {"en", "nl"}] == []


def test_the_default_model_has_its_seven_phases_in_order(rules: RuleSet) -> None:
    """The seven phases of the customer journey, five of them the buyer's."""
    model = rules.default_model
    assert model.id == "sap_hybris"
    assert model.phase_ids == ("awareness", "discovery", "interest", "consideration", "action", "use", "advocacy")
    assert [phase.part for phase in model.phases] == ["buyer"] * 5 + ["customer"] * 2


FIVE_MODELS = {
    "sap_hybris": "awareness discovery interest consideration action use advocacy",
    "five_phase": "awareness trigger consideration purchase usage loyalty",
    "aida": "awareness interest desire action",
    "see_think_do_care": "see think do care",
    "discover_to_talk": "discover engage research buy experience bond talk",
}
LAST_OF_THE_BUYER = {
    "sap_hybris": "action",
    "five_phase": "purchase",
    "aida": "action",
    "see_think_do_care": "do",
    "discover_to_talk": "buy",
}


def test_the_five_models_have_their_phases_and_end_the_buyers_journey_with_the_purchase(rules: RuleSet) -> None:
    """Phases, their order and the parts of buyer and customer are those of the sources."""
    assert {model.id: " ".join(model.phase_ids) for model in rules.models} == FIVE_MODELS
    last = {model.id: [phase.id for phase in model.phases if phase.part == "buyer"][-1] for model in rules.models}
    assert last == LAST_OF_THE_BUYER
    for model in rules.models:
        parts = [phase.part for phase in model.phases]
        assert parts == sorted(parts), "buyer first, then customer"


def test_every_model_asks_the_journey(rules: RuleSet) -> None:
    """Each model has rules with facts, so that the same touchpoint can mean another thing to somebody else."""
    assert all(sum(not rule.at_load for rule in model.rules) >= 4 for model in rules.models)


def test_every_signal_has_a_phase_of_its_own_accord(rules: RuleSet) -> None:
    """Each signal is named by a rule that needs no journey, so that no touchpoint waits unclassified."""
    from collector.phases.conditions import tests_of

    for model in rules.models:
        named = {
            value
            for rule in model.rules
            if rule.at_load and len(list(tests_of(rule.condition))) == 1
            for test in tests_of(rule.condition)
            for value in test.values
        }
        assert {signal.id for signal in rules.signals} - named == set()


def test_a_typed_touchpoint_beats_whatever_its_address_looks_like(rules: RuleSet) -> None:
    """What the sender says happened is never overruled by a guess from the path or from the page's kind."""
    paths = ["/", "/winkelwagen", "/product/gieter", "/bedankt", "/klantenservice", "/blog/x"]
    guessed = {"page_view", "screen_view"}
    bare = classified(rules, [{"type": kind, "channel": "web"} for kind in STANDARD_TYPES])
    for path in paths:
        page = {"path": path, "url": f"https://winkel.example{path}?q=gieter", "kind": "cart"}
        found = classified(rules, [{"type": kind, "channel": "web", "page": page} for kind in STANDARD_TYPES])
        for kind, alone, there in zip(STANDARD_TYPES, bare, found, strict=True):
            assert kind in guessed or alone == there, (kind, path)


DEMO_SHOP = [
    ("/demo/", "home_viewed", "discovery"),
    ("/demo/en/", "home_viewed", "discovery"),
    ("/demo/nl/", "home_viewed", "discovery"),
    ("/demo/en/category/garden", "products_listed", "interest"),
    ("/demo/nl/categorie/tuin", "products_listed", "interest"),
    ("/demo/en/product/green-watering-can", "product_viewed", "consideration"),
    ("/demo/nl/product/groene-gieter", "product_viewed", "consideration"),
    ("/demo/en/review/green-watering-can", "review_read", "consideration"),
    ("/demo/nl/review/groene-gieter", "review_read", "consideration"),
    ("/demo/en/service", "service_read", "consideration"),
    ("/demo/nl/klantenservice", "service_read", "consideration"),
    ("/demo/en/cart", "cart_viewed", "action"),
    ("/demo/nl/winkelwagen", "cart_viewed", "action"),
    ("/demo/en/checkout", "checkout_reached", "action"),
    ("/demo/nl/afrekenen", "checkout_reached", "action"),
    ("/demo/en/thanks", "order_confirmed", "action"),
    ("/demo/nl/bedankt", "order_confirmed", "action"),
]


@pytest.mark.parametrize("form", ["{}", "{}/", "{}?utm_source=x&q=", "{}/?x=1#top"])
def test_the_demo_shop_goes_from_discovery_to_action(rules: RuleSet, form: str) -> None:
    """Each page of the demo shop has its signal and phase, with and without slash, query and fragment."""
    urls = [form.format(f"https://127.0.0.1:8080{path.rstrip('/')}") for path, _, _ in DEMO_SHOP]
    found = classified(rules, [{"type": "page_view", "page": {"url": url}} for url in urls])
    assert found == [(signal, phase) for _, signal, phase in DEMO_SHOP]


KINDS_OF_DEMO_PAGES = {
    "home": "home_viewed",
    "category": "products_listed",
    "product": "product_viewed",
    "review": "review_read",
    "search": "product_searched",
    "compare": "products_compared",
    "article": "article_read",
    "cart": "cart_viewed",
    "checkout": "checkout_reached",
    "thanks": "order_confirmed",
    "service": "service_read",
    "store": "store_looked_up",
    "quote": "quote_asked",
    "manual": "manual_read",
    "warranty": "aftercare_sought",
    "returns": "returns_read",
    "order_status": "order_followed",
}


def test_every_page_that_the_demo_shop_serves_is_recognised(rules: RuleSet) -> None:
    """Whatever the demo shop adds is seen for what it is, by its address alone, in both languages."""
    assert set(KINDS_OF_DEMO_PAGES) == set(KINDS)
    found = classified(rules, [{"type": "page_view", "page": {"path": path}} for path in ADDRESSES])
    wrong = [
        (path, signal)
        for (path, address), (signal, _) in zip(ADDRESSES.items(), found, strict=True)
        if signal != KINDS_OF_DEMO_PAGES[address.kind]
    ]
    assert wrong == []


def test_outside_is_said_by_a_rule_and_unclassified_by_none(rules: RuleSet) -> None:
    """Measuring a page is outside the model; a type that nobody wrote a rule for is unclassified."""
    assert classified(rules, [{"type": "engagement"}, {"type": "lights_switched"}]) == [
        ("page_measured", OUTSIDE),
        ("", UNCLASSIFIED),
    ]


def test_the_stored_maps_name_every_model_and_the_signal(rules: RuleSet) -> None:
    """A row tells for each model the phase and the rule, the signal's rule, and the rule set."""
    line = json.dumps({"id": ID, "occurred_at": OCCURRED_AT, "type": "order"}).encode()
    compiled = compile_rules(rules)
    [row] = run_sql(
        f"SELECT phases, rules, rule_set FROM (SELECT *, {compiled.select_list} FROM ({normalise([line])}))"
    )
    assert row == {
        "phases": {
            "aida": "action",
            "discover_to_talk": "buy",
            "five_phase": "purchase",
            "sap_hybris": "action",
            "see_think_do_care": "do",
        },
        "rules": {
            "signal": "order.placed",
            "aida": "action.bought",
            "discover_to_talk": "buy.bought",
            "five_phase": "purchase.bought",
            "sap_hybris": "action.bought",
            "see_think_do_care": "do.bought",
        },
        "rule_set": compiled.hash,
    }


def test_the_hash_changes_with_the_meaning_only(rules: RuleSet, tmp_path: Path) -> None:
    """Rewording a description leaves the hash as it is; another value changes it."""
    for file in FOLDER.rglob("*.*"):
        target = tmp_path / file.relative_to(FOLDER)
        target.parent.mkdir(exist_ok=True)
        target.write_text(file.read_text("utf-8"), "utf-8")
    cart = tmp_path / "signals" / "40_buying.yaml"
    before = cart.read_text("utf-8")
    cart.write_text("# A remark.\n" + before.replace("A product was taken out of the cart.", "Taken out."), "utf-8")
    assert load(tmp_path).hash == rules.hash
    cart.write_text(before.replace("{order.payment: link}", "{order.payment: [link, tikkie]}"), "utf-8")
    assert load(tmp_path).hash != rules.hash
