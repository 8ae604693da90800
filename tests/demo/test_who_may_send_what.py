"""Public keys are readable by anybody: what only a secret key may send must never go by one."""

from __future__ import annotations

from collector.demo.delivery import KeyKind
from collector.touchpoint import IDENTIFIERS, SECRET_KEY_TYPES
from tests.demo.month import Month


def test_browsers_never_send_what_needs_a_secret_key(month: Month) -> None:
    """No sale, card or override of address or user agent is in a public delivery."""
    for seen in month.touchpoints:
        if seen.delivery.key is KeyKind.PUBLIC:
            assert seen.type not in SECRET_KEY_TYPES
            assert "loyalty_card" not in seen.touchpoint.get("identity", {})
            assert not {"user_agent", "address"} & seen.touchpoint.get("context", {}).keys()


def test_tills_send_sales_and_cards(month: Month) -> None:
    """Both types that need the secret key occur, and cards with them."""
    secret = [seen for seen in month.touchpoints if seen.delivery.key is KeyKind.SECRET]
    assert {seen.type for seen in secret} >= SECRET_KEY_TYPES
    assert any("loyalty_card" in seen.touchpoint.get("identity", {}) for seen in secret)


def test_without_consent_nobody_is_told_apart(month: Month) -> None:
    """A browser that was not allowed, or that objects by Sec-GPC, sends no identifier; there are such browsers."""
    withheld = 0
    for seen in month.touchpoints:
        consent = seen.touchpoint.get("consent", {})
        if consent.get("state", "granted") != "granted" or consent.get("gpc"):
            withheld += 1
            assert not set(IDENTIFIERS) & seen.touchpoint.keys()
            assert "click_id" not in seen.touchpoint.get("campaign", {})
        if "Sec-GPC" in seen.delivery.headers:
            assert consent.get("gpc")
    assert 0.05 < withheld / len(month.touchpoints) < 0.3


def test_all_three_answers_about_consent_occur(month: Month) -> None:
    """Given, refused and not answered; the last never leaves a consent touchpoint."""
    states = {seen.touchpoint["consent"]["state"] for seen in month.touchpoints if "consent" in seen.touchpoint}
    assert states == {"granted", "denied", "required"}
    assert {seen.touchpoint["consent"]["state"] for seen in month.of_type("consent")} == {"granted", "denied"}
