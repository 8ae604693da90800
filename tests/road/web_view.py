"""A web view in an app: Chromium, and the bridge that react-native-webview gives a page.

Android shows its web views with Chromium, too.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from tests.mobile.react_native import App
from tests.web.queues import loaded

LOOK_MS = 50
ASKED_MS = 15_000
"""More than `askVisitor` asks for, on a busy machine."""
BRIDGE = "window.ReactNativeWebView = { postMessage: (data) => toTheApp(data) }"


class WebView:
    """One web view. What its page says to the app reaches the app when `hear` is called."""

    def __init__(self, browser: Browser, app: App, hosts: list[str]) -> None:
        self._app = app
        self._hosts = hosts
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.said: list[str] = []
        """Every message of a page."""
        self._unheard: list[dict[str, Any]] = []
        self.page.expose_binding("toTheApp", lambda source, data: self._say(data, source["frame"].url))
        self.page.add_init_script(BRIDGE)

    def _say(self, data: str, url: str) -> None:
        self.said.append(data)
        self._unheard.append({"nativeEvent": {"data": data, "url": url}})

    def open(self, address: str, *, ask: bool = True, first: str = "") -> str:
        """Shows a page, as docs/mobile.md says; gives its address. `first` is injected, then the question who it is."""
        given = str(self._app.call("webViewAddress", address, self._hosts))
        self.page.goto(given)
        if ask:
            self.page.evaluate(first + str(self._app.call("askVisitor")))
        loaded(self.page)
        return given

    def hear(self, *, at_least: int = 0) -> list[bool]:
        """The app hears what its page said since, at least so much; gives whether each was a message of the SDK's."""
        for _ in range(ASKED_MS // LOOK_MS):
            if len(self._unheard) >= at_least:
                break
            self.page.wait_for_timeout(LOOK_MS)
        heard = [bool(self._app.call("fromWebView", one, self._hosts)) for one in self._unheard]
        self._unheard.clear()
        return heard
