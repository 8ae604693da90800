"""A small site under test: plain pages with the SDK's tag, as a developer would write them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.web.serving import Served

DOCS = Path(__file__).parents[2] / "docs" / "web.md"
_FOUND = re.search(r"```html\n(<script>\nwindow\.klantreis=.*?</script>)\n```", DOCS.read_text(encoding="utf-8"), re.S)
assert _FOUND, "docs/web.md has lost the lines that keep calls before the script has come"
STUB = _FOUND[1]
"""As a developer copies it from the documentation."""


@dataclass
class Site:
    """Every path is a page titled after itself. `/bare…` is one without the SDK."""

    script_url: str
    attributes: dict[str, str] = field(default_factory=lambda: {"data-key": "demo"})
    head: str = ""
    """HTML before the tag."""

    def __post_init__(self) -> None:
        self.served = Served(Starlette(routes=[Route("/{path:path}", self._page)]))

    @property
    def url(self) -> str:
        """Its origin."""
        return self.served.url

    async def _page(self, request: Request) -> Response:
        path = request.url.path
        if path == "/favicon.ico":
            return Response(status_code=404)
        given = {"src": self.script_url, **self.attributes}
        attributes = " ".join(f'{name}="{html.escape(value)}"' for name, value in given.items())
        tag = "" if path.startswith("/bare") else f"{self.head}<script async {attributes}></script>"
        title = html.escape(path)
        return HTMLResponse(
            f'<!doctype html><html lang="en"><head><title>{title}</title>{tag}</head>'
            f'<body><h1>{title}</h1><a href="/next">next</a> <a href="/bare">bare</a></body></html>'
        )
