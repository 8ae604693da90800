"""The built scripts of the web SDK: which there are, the tag that puts one on a page, and builds that pages pinned.

`k.js` is whatever is built now, kept by browsers for an hour. A page that wants subresource integrity (SRI) names one
build for ever, `k.<digest>.js`: a browser refuses a script of another digest, so after an upgrade a pinned page would
tell of nothing. Each build that a collector starts with is therefore kept in its data folder and served for ever.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from html import escape

from collector.settings import Settings
from collector.shipped import web_scripts
from collector.spool import durable

CORE = "k.js"
FULL = "k.full.js"
BUILDS = (CORE, FULL)
"""`k.js` has what every site needs, `k.full.js` also what tells of links, forms, scrolling and the like by itself."""

VITALS = "k.vitals.js"
"""What `k.full.js` loads where a page asks for Core Web Vitals."""
SERVED = (*BUILDS, VITALS)

PINNED = re.compile(r"k(?:\.full)?\.[0-9a-f]{16}\.js")
"""Names of builds that are kept for ever."""

log = logging.getLogger(__name__)


def pinned_name(build: str, content: bytes) -> str:
    """The name under which this content is served for ever: `k.js` → `k.0123456789abcdef.js`."""
    return f"{build.removesuffix('.js')}.{hashlib.sha384(content).hexdigest()[:16]}.js"


def integrity(content: bytes) -> str:
    """What the attribute `integrity` of a script holds (W3C Subresource Integrity)."""
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


def tag(
    url: str,
    key: str,
    *,
    build: str = CORE,
    content: bytes | None = None,
    endpoint: str = "",
    consent: str = "",
    nonce: str = "",
) -> str:
    """The line of HTML that puts the SDK on a page.

    `url` is where the script lies, without its name. With the `content` of the build the page is pinned to that.
    `endpoint` is where touchpoints go, when that is not the root of the script's origin.
    """
    name = build if content is None else pinned_name(build, content)
    attributes = {
        "src": f"{url.rstrip('/')}/{name}",
        "data-key": key,
        "data-endpoint": endpoint,
        "data-consent": consent,
        "integrity": "" if content is None else integrity(content),
        "crossorigin": "" if content is None else "anonymous",
        "nonce": nonce,
    }
    given = " ".join(f'{attribute}="{escape(value)}"' for attribute, value in attributes.items() if value)
    return f"<script async {given}></script>"


def keep(settings: Settings) -> None:
    """Put the builds that ship now beside those of before. What cannot be kept is told in the log, and no more."""
    for build in BUILDS:
        try:
            content = (web_scripts() / build).read_bytes()
        except OSError:
            log.warning("/%s is answered 404: it is not built in %s; build it with make setup", build, web_scripts())
            continue
        file = settings.scripts_folder / pinned_name(build, content)
        try:
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                durable.replace(file, content, sync=True)
        except OSError as error:
            log.warning("%s cannot be kept for pages that pin it: %s", file, error)
