"""A look into the SDK's queue and memory on the device."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

QUEUE = """async key => {
  const names = (await indexedDB.databases()).map(one => one.name);
  if (!names.includes(key)) return [];
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(key);
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  const rows = await new Promise((resolve, reject) => {
    const request = database.transaction(key).objectStore(key).getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  database.close();
  return rows;
}"""


def queued(page: Page, key: str = "demo") -> list[dict[str, Any]]:
    """Touchpoints that wait in IndexedDB."""
    found: list[dict[str, Any]] = page.evaluate(QUEUE, f"klantreis:{key}")
    return found


def traces(page: Page) -> dict[str, Any]:
    """Everything that the page's origin keeps on the device."""
    found: dict[str, Any] = page.evaluate(
        """async () => ({
            local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
            databases: (await indexedDB.databases()).map(one => one.name), caches: await caches.keys(),
        })"""
    )
    return found


NOTHING = {"local": {}, "session": {}, "cookies": "", "databases": [], "caches": []}


def loaded(page: Page) -> None:
    """Wait until the SDK itself stands behind the global, not its stub."""
    page.wait_for_load_state()
    for _ in range(1200):  # not wait_for_function, which a content security policy forbids
        if page.evaluate("!!window.klantreis && !window.klantreis.q"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("k.js has not come")


def stored(page: Page, count: int = 1) -> None:
    """Wait until so many wait on the device: from here on the page may be left in any way."""
    for _ in range(1200):
        if len(queued(page)) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{count} were to be queued, and there are {queued(page)}")


def emptied(page: Page) -> None:
    """Wait until nothing waits on the device."""
    for _ in range(600):
        if not queued(page):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"still queued: {queued(page)}")
