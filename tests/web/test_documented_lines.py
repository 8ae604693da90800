"""Lines that a developer copies from the documentation into a page with k.js."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from klantreis_store import new_code
from playwright.sync_api import Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded
from tests.web.site_under_test import STUB, Site

pytestmark = pytest.mark.browser

STORE = (Path(__file__).parents[2] / "docs/store.md").read_text("utf-8")
_FOUND = re.search(r"```js\n(const code = .*?)\n```", STORE, re.S)
assert _FOUND, "docs/store.md has lost the lines that hand the code of a receipt on"
LINES = f"<script>addEventListener('load', () => {{ {_FOUND[1]} }})</script>"
CODE = new_code()


@pytest.fixture
def shop(receiver: FaultyReceiver) -> Iterator[Site]:
    """A site with k.js and the lines for codes of receipts."""
    made = Site(f"{receiver.url}/k.js", head=STUB + LINES)
    made.served.start()
    yield made
    made.served.leave()


def test_a_receipts_code_is_handed_on(page: Page, shop: Site, receiver: FaultyReceiver) -> None:
    """Who comes by the code of a receipt is told to be the one to whom the till sold; a number is no code."""
    for address in (f"/review?kr_receipt={CODE}", "/review?kr_receipt=R-1002"):
        page.goto(f"{shop.url}{address}")
        loaded(page)
        receiver.wait_for(lambda address=address: str(receiver.stored).count(address), "the page view")
        emptied(page)
    [link] = receiver.of_type("identify")
    assert link["identity"] == {"linked_visitor_id": CODE}
    assert link["visitor_id"] == receiver.of_type("page_view")[0]["visitor_id"]
