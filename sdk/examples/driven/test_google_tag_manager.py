"""The template for Google Tag Manager: its syntax, its own tests, and a visit with it in Chromium.

Google's sandbox runs at Google alone. `gtm/sandbox.js` has its APIs as far as the template needs them, and asks for
their permissions as Google's does.
"""

from __future__ import annotations

import json
import re
import subprocess
from decimal import Decimal
from typing import Any

import pytest
import yaml
from conftest import EXAMPLES, ROOT, Told
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.installation import Installation
from tests.web.serving import Served

TEMPLATE = (ROOT / "sdk/gtm/template.tpl").read_text(encoding="utf-8")
SANDBOX = (EXAMPLES / "gtm/sandbox.js").read_text(encoding="utf-8")
_PARTS = re.split(r"^___([A-Z_]+)___$", TEMPLATE, flags=re.M)
PARTS = {name: text.strip() for name, text in zip(_PARTS[1::2], _PARTS[2::2], strict=True)}
CODE = PARTS["SANDBOXED_JS_FOR_WEB_TEMPLATE"]
TESTS = yaml.safe_load(PARTS["TESTS"])
TAGS = json.loads((EXAMPLES / "gtm/container.json").read_text(encoding="utf-8"))


def plain(value: dict[str, Any]) -> Any:
    """A value as Google writes it, as it is meant."""
    match value["type"]:
        case 1:
            return value["string"]
        case 2:
            return [plain(one) for one in value["listItem"]]
        case 3:
            return {plain(key): plain(one) for key, one in zip(value["mapKey"], value["mapValue"], strict=True)}
        case 8:
            return value["boolean"]
    raise AssertionError(f"no such type: {value}")


def permissions() -> dict[str, dict[str, Any]]:
    """What the template may do, by the id of the permission."""
    asked = [one["instance"] for one in json.loads(PARTS["WEB_PERMISSIONS"])]
    return {one["key"]["publicId"]: {each["key"]: plain(each["value"]) for each in one["param"]} for one in asked}


@pytest.mark.parametrize(
    ("code", "kind"), [(CODE, "tag")] + [(f"{TESTS['setup']}\n{one['code']}", "test") for one in TESTS["scenarios"]]
)
def test_its_code_stays_within_the_sandbox(code: str, kind: str) -> None:
    """No syntax that the sandbox does not know, and no name that it does not have."""
    checked = subprocess.run(
        ["sdk/node", "node", "sdk/examples/gtm/check.mjs", kind], cwd=ROOT, input=code, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_it_asks_for_what_it_uses_and_for_nothing_else() -> None:
    """Each API that needs a permission has it; no permission is without such an API."""
    needs = {
        "access_globals": {"setInWindow", "copyFromWindow", "callInWindow", "createQueue"},
        "access_consent": {"isConsentGranted", "addConsentListener"},
        "read_data_layer": {"copyFromDataLayer"},
        "inject_script": {"injectScript"},
    }
    required = set(re.findall(r"require\('(\w+)'\)", CODE))
    assert {name for name, apis in needs.items() if apis & required} == set(permissions())
    named = {one["name"] for one in json.loads(PARTS["TEMPLATE_PARAMETERS"])}
    assert named == set(re.findall(r"\bdata\.(\w+)", CODE)) - {"gtmOnSuccess", "gtmOnFailure"}


@pytest.mark.parametrize("scenario", TESTS["scenarios"], ids=lambda one: one["name"])
def test_its_own_tests(page: Page, scenario: dict[str, str]) -> None:
    """Those that Google's editor runs."""
    page.goto("about:blank")
    page.add_script_tag(content=SANDBOX)
    page.evaluate("given => makeTagManager({}).test(...given)", [CODE, TESTS["setup"], scenario["code"]])


def test_without_its_permission_it_cannot(page: Page) -> None:
    """The sandbox of these tests refuses, or they would prove nothing of the permissions."""
    page.goto("about:blank")
    page.add_script_tag(content=SANDBOX)
    with pytest.raises(Exception, match="no permission: read klantreis"):
        page.evaluate("([code, tag]) => makeTagManager({}).fire(code, tag)", [CODE, TAGS["begin"]])


def test_a_visit(page: Page, collector: Installation, told: Told) -> None:
    """Consent comes by Google's Consent Mode; each event of the data layer becomes a touchpoint, once."""

    async def empty(request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Boots</title><h1>Boots</h1>")

    shop = Served(Starlette(routes=[Route("/{path:path}", empty)]))
    shop.start()
    given = permissions()
    given["inject_script"]["urls"] = [f"{collector.url}/*"]  # Google asks for https, which is not on this machine
    page.goto(f"{shop.url}/hiker")
    page.add_script_tag(content=SANDBOX)
    page.evaluate("given => { manager = makeTagManager(given); manager.setConsent('analytics_storage', false) }", given)

    def fire(name: str) -> None:
        tag = {**TAGS[name], **({"collector": collector.url} if name == "begin" else {})}
        assert page.evaluate("([code, tag]) => manager.fire(code, tag)", [CODE, tag])

    def push(entry: dict[str, Any]) -> None:
        page.evaluate("entry => manager.push(entry)", entry)
        fire("e-commerce")

    fire("begin")
    page.wait_for_function("!!window.klantreis && !window.klantreis.q")
    fire("begin")
    page.wait_for_timeout(500)
    page.evaluate("manager.setConsent('analytics_storage', true)")
    for entry in TAGS["data layer"]:
        push(entry)
    fire("newsletter")
    found = told(shop.url, 8, "engagement")
    shop.leave()
    kinds = ["page_view", "consent", "product_list_view", "product_view", "cart_add", "checkout_step", "order"]
    assert [one["type"] for one in found] == [*kinds, "newsletter_signup"]
    view, consent, *known = found
    assert view["visitor_id"] == "" and consent["visitor_id"]
    assert {one["visitor_id"] for one in known} == {consent["visitor_id"]}
    by_type = {one["type"]: one for one in found}
    assert by_type["order"]["order_total"] == Decimal("259.9") and by_type["order"]["order_id"] == "T-1001"
    assert by_type["product_view"]["product_id"] == "hiker-43" and by_type["product_view"]["product_currency"] == "EUR"
    assert by_type["checkout_step"]["order_step_name"] == "begin"
    assert by_type["newsletter_signup"]["properties"] == {"list": "monthly"}
    assert all(not one["problems"] for one in found)
