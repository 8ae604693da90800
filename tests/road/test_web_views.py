"""A web view in an app: the mobile SDK and k.full.js hand visitors over, only with consent on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.sending import until_loaded
from tests.road.sdks import PUBLIC, Sdks, sent, site, told
from tests.road.web_view import WebView
from tests.web.queues import traces

pytestmark = pytest.mark.browser

OURS = ["127.0.0.1"]
VISITOR = "JSON.parse(localStorage.getItem('klantreis:demo'))?.v ?? null"
"""Who the page's visitor is, as the web SDK remembers it."""
LATER_MS = 1_500
"""More than twice what `askVisitor` waits before it asks again."""


@pytest.fixture(autouse=True)
def installed(sdks: Sdks) -> None:
    """The app is on a new phone."""
    sdks.app.start(sdks.installation.url, PUBLIC)


@contextmanager
def shown(sdks: Sdks) -> Iterator[WebView]:
    """A web view of the app, which nobody used before."""
    view = WebView(sdks.browser, sdks.app, OURS)
    yield view
    view.context.close()


def told_by(sdks: Sdks, condition: str) -> list[dict[str, Any]]:
    """What is stored, in the order in which it came, once the app has sent all."""
    sdks.app.call("flush")
    until_loaded(sdks.installation)
    rows = sdks.installation.ask(
        "SELECT type, visitor_id, identity_linked_visitor_id AS linked, page_url FROM klantreis.touchpoints"
        f" WHERE {condition} ORDER BY occurred_at, sequence"
    )
    assert rows is not None
    return rows


def app_visitor(sdks: Sdks) -> str:
    """Who the visitor of the app on this phone is, by what the app told last."""
    return str(told_by(sdks, "type = 'app_opened' AND channel = 'mobile'")[-1]["visitor_id"])


def links(sdks: Sdks, *visitors: str) -> set[tuple[str, str]]:
    """Which of these visitors said that it is which other one."""
    rows = told_by(sdks, "identity_linked_visitor_id != ''")
    return {(row["visitor_id"], row["linked"]) for row in rows if {row["visitor_id"], row["linked"]} & set(visitors)}


def persons(sdks: Sdks, *visitors: str) -> int:
    """How many persons these visitors are, once everybody is settled."""
    told_by(sdks, "1")
    sql = (
        "SELECT uniqExact(person) AS persons, uniqExact(visitor_id) AS known,"
        " (SELECT count() FROM klantreis.changed) + (SELECT count() FROM klantreis.settling) AS waiting"
        " FROM klantreis.journey_steps WHERE has({visitors:Array(String)}, visitor_id)"
    )

    def settled() -> int | None:
        [row] = sdks.installation.ask(sql, {"visitors": list(visitors)}) or [{"waiting": 1}]
        return int(row["persons"]) if row["waiting"] == 0 and row["known"] == len(visitors) else None

    return int(sdks.installation.until(settled, "both are settled", 60))


@pytest.mark.parametrize("way", ["to the page", "from the page", "both ways"])
def test_the_app_and_its_web_view_are_one_person(sdks: Sdks, way: str) -> None:
    """Each way alone is enough; the page's address names nobody any more as soon as the page has come."""
    with shown(sdks) as view:
        page = f"{sdks.site.url}/help?topic=laces#top"
        if way == "from the page":
            view.page.goto(page)
            view.page.evaluate(sdks.app.call("askVisitor"))
        else:
            given = view.open(page, ask=way == "both ways")
            assert given != page and view.page.url == page
        asked = way != "to the page"
        assert view.hear(at_least=asked) == [True] * asked
        sent(view.page)
        app, site_visitor = app_visitor(sdks), str(view.page.evaluate(VISITOR))
        assert app != site_visitor
        to_the_page, from_the_page = (site_visitor, app), (app, site_visitor)
        told_links = {"to the page": {to_the_page}, "from the page": {from_the_page}}
        assert links(sdks, app, site_visitor) == told_links.get(way, {to_the_page, from_the_page})
        assert persons(sdks, app, site_visitor) == 1
        assert not told_by(sdks, "position(page_url, 'kr_id') > 0 OR position(page_referrer, 'kr_id') > 0")


@pytest.mark.parametrize("answer", ["required", "denied"])
def test_an_app_without_consent_hands_nothing_over(sdks: Sdks, answer: str) -> None:
    """The address is as it was, and what the page says of its visitor is told to nobody."""
    sdks.app.call("consent", answer)
    with shown(sdks) as view:
        page = f"{sdks.site.url}/help"
        assert view.open(page) == page
        assert view.hear(at_least=1) == [True]
        site_visitor = str(view.page.evaluate(VISITOR))
        assert links(sdks, site_visitor) == set()
        assert persons(sdks, site_visitor) == 1


@pytest.mark.parametrize("answer", ["required", "denied"])
def test_a_page_without_consent_hands_nothing_over(sdks: Sdks, answer: str) -> None:
    """It takes the app's visitor out of its address all the same, keeps nothing, and does not say who it is."""
    with site(sdks.installation, **{"data-consent": answer}) as careful, shown(sdks) as view:
        page = f"{careful.url}/help"
        assert view.open(page) != page
        assert view.page.url == page
        told(view.page, "klantreis.track('manual_read')")
        view.page.wait_for_timeout(LATER_MS)
        assert view.hear() == [] and view.said == []
        assert traces(view.page)["local"] == {}
        app = app_visitor(sdks)
        assert links(sdks, app) == set()
        # Nothing of it waits on the device, so only its coming shows that it was sent.
        where = f"type = 'manual_read' AND startsWith(page_url, '{careful.url}')"
        [read] = sdks.installation.until(lambda: told_by(sdks, where), "it has come")
        assert read["visitor_id"] == ""


@pytest.mark.parametrize("by", ["the page", "the app"])
def test_a_yes_is_heard_by_the_app(sdks: Sdks, by: str) -> None:
    """On the page, or by the app on its behalf as docs/mobile.md says: they are one person from then on."""
    with site(sdks.installation, **{"data-consent": "required"}) as careful, shown(sdks) as view:
        if by == "the app":
            view.open(f"{careful.url}/help", first="klantreis.consent('granted');")
        else:
            view.open(f"{careful.url}/help")
            view.page.wait_for_timeout(LATER_MS)
            assert view.hear() == []
            told(view.page, "klantreis.consent('granted')")
        assert view.hear(at_least=1) == [True]
        app, site_visitor = app_visitor(sdks), str(view.page.evaluate(VISITOR))
        assert links(sdks, app, site_visitor) == {(app, site_visitor)}
        assert persons(sdks, app, site_visitor) == 1


def test_pages_of_others_learn_and_say_nothing(sdks: Sdks) -> None:
    """A page on a host that is not named, with the whole web SDK and the same key, stays somebody else."""
    with shown(sdks) as view:
        page = f"{sdks.site.url}/help".replace("127.0.0.1", "localhost")
        assert view.open(page) == page
        assert view.hear(at_least=1) == [True]  # understood as the SDK's, and not believed
        sent(view.page)
        app, stranger = app_visitor(sdks), str(view.page.evaluate(VISITOR))
        assert links(sdks, app, stranger) == set()
        assert persons(sdks, app, stranger) == 2
