"""Both builds of the SDK, builds that pages have pinned, and the path of the site's choosing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import scripts
from collector.errors import SettingsError
from collector.scripts import integrity, keep, pinned_name, tag
from collector.settings import Settings, load
from tests.receive.receiver import Receiver, receiving, touchpoint
from tests.receive.test_wrong_paths import ask, serving

CORE = b"console.log('core')"
FULL = b"console.log('full')"
PREFIX = "/stats-xyz"


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A receiver with a path of the site's choosing."""
    with receiving(tmp_path_factory.mktemp("below"), public_path=PREFIX) as running:
        yield running


def test_both_builds_are_served_with_their_maps(tmp_path: Path) -> None:
    """The full one is served like the other; what is not built is answered 404 with the remedy."""
    (tmp_path / "k.full.js").write_bytes(FULL)
    (tmp_path / "k.full.js.map").write_bytes(b"{}")

    async def questions(application: object) -> None:
        status, headers, body = await ask(application, "/k.full.js")  # type: ignore[arg-type]
        assert (status, body, headers["cache-control"]) == (200, FULL, "public, max-age=3600")
        assert headers["sourcemap"] == "k.full.js.map"
        status, headers, body = await ask(application, "/k.full.js.map")  # type: ignore[arg-type]
        assert (status, body, headers["content-type"]) == (200, b"{}", "application/json")
        for missing in ("k.js", "k.js.map"):
            status, _, body = await ask(application, f"/{missing}")  # type: ignore[arg-type]
            assert status == 404 and f"{missing} is not built: make setup".encode() in body

    serving(tmp_path, questions)


def test_a_receiver_starts_without_a_build_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing stands in the log, with what to do; the other build is kept."""
    monkeypatch.setattr(scripts, "web_scripts", lambda: tmp_path)
    (tmp_path / "k.js").write_bytes(CORE)
    settings = Settings(data=tmp_path / "data")
    keep(settings)
    [warning] = caplog.messages
    assert warning.startswith("/k.full.js is answered 404") and "make setup" in warning
    assert [file.name for file in settings.scripts_folder.iterdir()] == [pinned_name("k.js", CORE)]


def test_a_pinned_build_outlives_an_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that names a digest gets the very bytes for ever, whatever ships later."""
    monkeypatch.setattr(scripts, "web_scripts", lambda: tmp_path)
    settings = Settings(data=tmp_path)
    for content in (CORE, CORE * 2):
        (tmp_path / "k.js").write_bytes(content)
        (tmp_path / "k.full.js").write_bytes(content + FULL)
        keep(settings)

    async def questions(application: object) -> None:
        for build, content in (("k.js", CORE), ("k.js", CORE * 2), ("k.full.js", CORE + FULL)):
            status, headers, body = await ask(application, f"/{pinned_name(build, content)}")  # type: ignore[arg-type]
            assert (status, body) == (200, content)
            assert headers["cache-control"] == "public, max-age=31536000, immutable"
            assert "sourcemap" not in headers  # it would name one that nobody keeps
            assert headers["access-control-allow-origin"] == "*"  # without it a browser cannot compare the digest
        for name in ("k.0123456789abcdef.js", "k.....js", "k.%2e%2e.js", "k.full.0123456789abcdef.js", "k.x.js"):
            assert (await ask(application, f"/{name}"))[0] == 404  # type: ignore[arg-type]

    serving(tmp_path, questions)


def test_the_digest_is_what_browsers_work_out() -> None:
    """SHA-384 in base64, and the tag holds it together with the name that never changes."""
    assert integrity(CORE) == f"sha384-{base64.b64encode(hashlib.sha384(CORE).digest()).decode()}"
    written = tag("https://c.example/", 'k"1', build="k.full.js", content=FULL, nonce="<n>", consent="required")
    assert written == (
        f'<script async src="https://c.example/{pinned_name("k.full.js", FULL)}" data-key="k&quot;1" '
        f'data-consent="required" integrity="{integrity(FULL)}" crossorigin="anonymous" nonce="&lt;n&gt;"></script>'
    )
    assert tag("https://c.example", "k") == '<script async src="https://c.example/k.js" data-key="k"></script>'


def test_touchpoints_come_in_below_the_path(below: Receiver) -> None:
    """Sent as a page of the site sends them, asked first as a browser asks, by pixel too, and at the usual place."""
    sent = touchpoint()
    answer = below.request("POST", f"{PREFIX}/v1/touchpoints", below_body(below, sent))
    assert answer.status == 202 and below.stored(sent["id"])["type"] == "page_view"
    assert below.request("OPTIONS", f"{PREFIX}/v1/touchpoints").status == 204
    assert below.get(f"{PREFIX}/v1/pixel.gif?key={below.public}").headers["content-type"] == "image/gif"
    assert below.send(touchpoint()).status == 202
    answer = below.request("PUT", f"{PREFIX}/v1/touchpoints")
    assert (answer.status, answer.reason) == (405, "method_not_allowed")


def test_only_what_pages_need_lies_below_the_path(below: Receiver) -> None:
    """Scripts do; health, the first page and anything beside it do not."""
    assert below.get(f"{PREFIX}/k.js").body == below.get("/k.js").body
    for path in (
        "",
        "/",
        "/healthz",
        "/readyz",
        "/robots.txt",
        "/v1",
        f"{PREFIX}/k.js",
        "x/v1/touchpoints",
        "/../k.js",
    ):
        assert below.get(PREFIX + path).status == 404, path
    assert below.request("POST", "/stats-xy/v1/touchpoints", below_body(below, touchpoint())).status == 404


def below_body(receiver: Receiver, sent: dict[str, object]) -> bytes:
    """A request's body."""
    return json.dumps({"key": receiver.public, "touchpoints": [sent]}).encode()


@pytest.mark.parametrize(
    "path", ["stats", "/", "/a/", "/a//b", "/../b", "/a b", "/a?b", "/ü", "/a/b/c/d/e", "/" + "x" * 65]
)
def test_a_path_that_no_proxy_would_pass_on_is_refused(path: str) -> None:
    """At the start, with the setting's name."""
    with pytest.raises(SettingsError, match="public_path"):
        load({"public_path": path})
