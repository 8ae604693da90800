"""The plugin for WordPress and WooCommerce under a real PHP, with WordPress's own hooks, script tags and escaping.

WooCommerce, and WordPress's database, are stood in for: see `wordpress/site.php`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import EXAMPLES, ROOT, Told, serving
from playwright.sync_api import Page

from loadtest.ports import free_ports
from tests.installation import Installation

FETCH_WITHIN_S = 600


def fetched(command: list[str], folder: Path, lacking: str) -> None:
    """Runs a command of Debian's, as root; skips the test, or fails it in CI, where that cannot be."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=FETCH_WITHIN_S)
    except (OSError, subprocess.SubprocessError) as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{lacking}: {error}")


@pytest.fixture(scope="session")
def php(tmp_path_factory: pytest.TempPathFactory) -> str:
    """PHP's program, installed where that is possible."""
    if shutil.which("php") is None:
        fetched(["apt-get", "update", "-qq"], ROOT, "no php")
        fetched(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "php-cli"], ROOT, "no php")
    return shutil.which("php") or "php"


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """WordPress's files, unpacked from Debian's package and not installed."""
    folder = tmp_path_factory.mktemp("wordpress")
    # Downloads as root ask for a folder that apt's own user may write to; it only warns where it may not.
    fetched(["apt-get", "download", "-qq", "wordpress"], folder, "no WordPress")
    [package] = folder.glob("wordpress_*.deb")
    fetched(["dpkg", "-x", str(package), "."], folder, "no dpkg")
    return folder / "usr/share/wordpress"


@pytest.fixture(scope="session")
def shop(php: str, wordpress: Path, collector: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop, served by PHP's own server."""
    [port] = free_ports(1)
    log = tmp_path_factory.mktemp("shop") / "log"
    strict = ["-d", "display_errors=1", "-d", f"session.save_path={log.parent}"]
    command = [php, *strict, "-S", f"127.0.0.1:{port}", "site.php"]
    variables = {"WORDPRESS": str(wordpress), "KLANTREIS_COLLECTOR": collector.url}
    with serving(command, EXAMPLES / "wordpress", port, log, variables) as url:
        yield url
    said = log.read_text("utf-8", "replace")
    assert "PHP Warning" not in said and "PHP Fatal" not in said and "PHP Notice" not in said, said[-3000:]


def test_its_files_are_php(php: str) -> None:
    """As PHP itself checks them."""
    for file in sorted((ROOT / "sdk/wordpress").rglob("*.php")):
        checked = subprocess.run([php, "-l", str(file)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout


def press(page: Page, *names: str) -> None:
    """Links and buttons, one after the other, each when its page has loaded, and the SDK with it."""
    for name in names:
        page.wait_for_load_state()
        page.get_by_role("link", name=name, exact=True).or_(page.get_by_role("button", name=name, exact=True)).click()
    page.wait_for_load_state("networkidle")


def test_from_the_shelf_to_the_order(page: Page, shop: str, told: Told) -> None:
    """Each thing once, with its product and money; a page of thanks that is loaded again tells no second order."""
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.goto(f"{shop}/product/hiker")
    press(page, "Add to cart", "Walker", "Add to cart", "Cart", "Remove Walker", "Checkout", "Place order")
    page.reload()
    page.wait_for_load_state("networkidle")
    seen = told(shop, 19, "engagement", "form_sent", "form_start")
    kinds = [one["type"] for one in seen]
    assert kinds == [
        "page_view", "product_view",
        "page_view", "cart_add", "product_view",
        "page_view", "product_view",
        "page_view", "cart_add", "product_view",
        "page_view", "cart_view",
        "page_view", "cart_remove", "cart_view",
        "page_view", "checkout_step",
        "page_view", "identify", "order",
        "page_view",
    ]  # fmt: skip
    of = {name: [one for one in seen if one["type"] == name] for name in kinds}
    assert of["product_view"][0]["product_name"] == 'Hiker </script> "43"'
    assert [one["product_id"] for one in of["cart_add"]] == ["hiker-43", "42"]
    assert [one["product_quantity"] for one in of["cart_add"]] == [2, 2]
    assert of["checkout_step"][0]["order_total"] == Decimal("259.90")
    [order] = of["order"]
    assert (order["order_id"], order["order_total"], order["order_currency"]) == ("1001", Decimal("264.85"), "EUR")
    assert (order["customer_id"], order["order_payment"]) == ("7", "ideal")
    assert [one["id"] for one in order["products"]] == ["hiker-43"]
    assert all(not one["problems"] for one in seen)
    assert broken == []


def test_a_strangers_address_of_an_order_tells_nothing(page: Page, shop: str, told: Told) -> None:
    """Without the order's key its page says nothing of it."""
    page.goto(f"{shop}/product/hiker")
    press(page, "Add to cart", "Checkout", "Place order")
    page.goto(f"{shop}/checkout/order-received/1001/?key=guess")
    assert page.evaluate("document.querySelector('#klantreis-touchpoints').textContent") == ""  # told: nothing
    visitor = page.evaluate("JSON.parse(localStorage['klantreis:demo']).v")
    orders = [one for one in told(shop, 1) if one["visitor_id"] == visitor and one["type"] == "order"]
    assert len(orders) == 1


def test_the_cart_without_a_new_page(page: Page, shop: str, told: Told) -> None:
    """What WooCommerce adds by itself comes in the element that it replaces, and waits for no page any more."""
    page.goto(f"{shop}/product/walker")
    page.wait_for_load_state("networkidle")
    replaced = page.evaluate(
        """async () => {
            const body = new URLSearchParams({product_id: 42});
            const answer = await fetch('/?wc-ajax=add_to_cart', {method: 'POST', body});
            return (await answer.json()).fragments['#klantreis-touchpoints'];
        }"""
    )
    assert replaced.startswith('<script type="application/json" id="klantreis-touchpoints">[["cart_add"')
    assert page.request.get(f"{shop}/product/walker").text().count("cart_add") == 0
