"""The analysts' query counts too many or too few: people who are told apart by an identifier, and who are not."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from collector.spool.waiting import backlog
from tests.chromium import launch, playing
from tests.installation import Installation, running, touchpoint
from tests.web.serving import Served

ANALYSTS = Path(__file__).parents[2] / "docs" / "analysts.md"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
COMMAND_WITHIN_S = 120.0


class Shop:
    """A collector with a key for each site, made by command."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.keys = {site: self.command("keys", "add", site, "--site", site, "--count-visitors") for site in SITES}
        for key in self.keys.values():
            installation.until(
                lambda key=key: installation.send([touchpoint("consent", consent={"state": "denied"})], key)[0] == 202,
                "the receivers know the key",
            )

    def command(self, *words: str, **settings: str) -> str:
        """What `klantreis …` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "collector", *words],
            env={**self.installation.environment, **{f"KLANTREIS_{name.upper()}": v for name, v in settings.items()}},
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def visits(self, site: str, address: str, agent: str = FIREFOX, **fields: Any) -> str:
        """Somebody views a page: the id of the touchpoint."""
        page = touchpoint(page={"url": f"https://{site}.example/"}, **fields)
        headers = {"User-Agent": agent, "X-Forwarded-For": address}
        assert self.installation.send([page], self.keys[site], **headers)[1]["accepted"] == 1
        return str(page["id"])

    def counted(self, site: str) -> dict[str, Any]:
        """What the query on the analysts' page says of a site, when everything is loaded."""
        folder = self.installation.settings.spool_folder
        self.installation.until(lambda: backlog(folder).bytes == 0, "all is loaded")
        rows = self.installation.ask(query())
        assert rows is not None
        [row] = [row for row in rows if row["site"] == site]  # of one day: the test does not begin at midnight
        return row


SITES = ("shop", "blog", "pages")


def query() -> str:
    """The page's own SQL."""
    [section] = re.findall(r"^## Visitors of a day\n(.*?)^## ", ANALYSTS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    [sql] = re.findall(r"^```sql\n([^`]+)^```", section, re.MULTILINE)
    return str(sql)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all of these, each of which has a site of its own."""
    with running(tmp_path_factory.mktemp("visitors"), workers=2, trusted_proxies="127.0.0.0/8") as installation:
        yield Shop(installation)


def test_everybody_is_counted_once(shop: Shop) -> None:
    """Two by their identifiers, three by address and browser; not who said no, nor a crawler."""
    for _ in range(3):
        shop.visits("shop", "203.0.113.1", visitor_id="anna", consent={"state": "granted"})
        shop.visits("shop", "203.0.113.1", visitor_id="bob", consent={"state": "granted"})
        shop.visits("shop", "203.0.113.1")
        shop.visits("shop", "203.0.113.2", consent={"state": "granted"})
        shop.visits("shop", "203.0.113.2", agent=CHROME)
        shop.visits("shop", "203.0.113.3", consent={"state": "denied"})
        shop.visits("shop", "203.0.113.4", consent={"state": "required"})
        shop.visits("shop", "203.0.113.5", consent={"state": "granted", "dnt": True})
        shop.visits("shop", "203.0.113.6", agent=BOT)
    row = shop.counted("shop")
    assert (row["by_identifier"], row["by_hash"], row["visitors"]) == (2, 3, 5)
    assert row["uncounted"] == 9
    rows = shop.installation.ask(
        "SELECT visitor_id != '' AS known, count() AS n FROM klantreis.touchpoints"
        " WHERE visitor_hash IS NOT NULL GROUP BY known"
    )
    assert rows and [row["known"] for row in rows] == [0]
    assert shop.installation.ask("SELECT count() AS n FROM klantreis.people_stored WHERE value LIKE '203%'") == [
        {"n": 0}
    ]


def test_a_replay_invents_no_visitor(shop: Shop) -> None:
    """What was rejected comes in without a hash: its address is long truncated, and its day may be over."""
    sent = touchpoint(occurred_at=touchpoint()["occurred_at"] - 40 * 86_400_000)
    _, answer = shop.installation.send([sent], shop.keys["blog"], **{"User-Agent": FIREFOX})
    assert answer["rejected"][0]["reason"] == "too_old_for_key"
    shop.visits("blog", "203.0.113.1")
    condition = "SELECT count() AS n FROM klantreis.rejected WHERE reason = 'too_old_for_key'"
    shop.installation.until(lambda: shop.installation.ask(condition) == [{"n": 1}], "it is among the rejected")
    shop.command("rejected", "replay", "--reason", "too_old_for_key", history_days="365")
    condition = f"SELECT visitor_hash IS NULL AS none FROM klantreis.touchpoints WHERE id = '{uuid.UUID(sent['id'])}'"
    shop.installation.until(lambda: shop.installation.ask(condition) == [{"none": 1}], "it came in")
    assert shop.counted("blog")["by_hash"] == 1


@pytest.mark.browser
def test_a_cookieless_page_in_a_browser(shop: Shop) -> None:
    """The web SDK stores nothing and names nobody; two browsers are two visitors, however many pages they view."""
    url = shop.installation.url
    tag = f'<script async src="{url}/k.full.js" data-key="{shop.keys["pages"]}" data-cookieless></script>'

    async def page(_: Any) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><title>Page</title>{tag}<h1>Page</h1>")

    site = Served(Starlette(routes=[Route("/{name}", page)]))
    site.start()
    condition = "SELECT count() AS n FROM klantreis.touchpoints WHERE site = 'pages' AND type = 'page_view'"
    try:
        with playing() as playwright:
            browser = launch(playwright)
            for agent in (FIREFOX, CHROME):
                for name in ("one", "two"):
                    context = browser.new_context(user_agent=agent)
                    view = context.new_page()
                    with view.expect_response(lambda answer: "/v1/touchpoints" in answer.url):
                        view.goto(f"{site.url}/{name}")
                    assert view.evaluate("localStorage.length") == 0 and context.cookies() == []
                    context.close()
            browser.close()
    finally:
        site.leave()
    shop.installation.until(lambda: shop.installation.ask(condition) == [{"n": 4}], "the page views are stored")
    row = shop.counted("pages")
    assert (row["by_identifier"], row["by_hash"]) == (0, 2)


def test_it_can_be_ended_by_command(shop: Shop) -> None:
    """The key stays as it is, and `keys list` says which of them count."""
    assert shop.command("keys", "list").count("counted") == len(SITES)
    shop.command("keys", "count-visitors", "blog", "--off")
    assert shop.command("keys", "list").count("counted") == len(SITES) - 1

    def counted() -> bool:
        identified = shop.visits("blog", "203.0.113.9")
        shop.counted("blog")
        sql = f"SELECT visitor_hash FROM klantreis.touchpoints WHERE id = '{identified}'"
        rows = shop.installation.ask(sql)
        return rows != [{"visitor_hash": None}]

    shop.installation.until(lambda: not counted(), "visitors are counted no longer")
