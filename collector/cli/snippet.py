"""klantreis snippet: the line of HTML that puts the web SDK on a page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import click

from collector.cli.options import with_settings
from collector.receive.access import Key, Keys
from collector.scripts import CORE, FULL, integrity, pinned_name, tag
from collector.settings import Settings
from collector.shipped import web_scripts


@click.command()
@click.argument("key", required=False)
@click.option(
    "--url", help="Where browsers reach the collector: https://collector.example, or a path of the site's own."
)
@click.option("--full", is_flag=True, help="k.full.js, which tells of links, forms, scrolling and the like by itself.")
@click.option("--integrity", "pinned", is_flag=True, help="Pin the page to the present build, with its digest (SRI).")
@click.option("--nonce", default="", help="A nonce of your content security policy, or your template's word for it.")
@click.option(
    "--consent", type=click.Choice(["granted", "required", "denied"]), help="What is known of a visitor's consent."
)
@with_settings("host", "port", "public_path")
def snippet(
    settings: Settings, key: str | None, url: str | None, full: bool, pinned: bool, nonce: str, consent: str | None
) -> None:
    """Print the script tag for a page.

    KEY is the name of a public key; it may be left out when there is only one.

    \b
    klantreis snippet web --url https://collector.example
    klantreis snippet web --url https://shop.example/stats-xyz --full --integrity --nonce '{{ csp_nonce }}'
    """
    chosen = _chosen(Keys(settings).list(), key)
    base = _base(settings, url)
    build = FULL if full else CORE
    content = _content(build) if pinned else None
    parts = urlsplit(base)
    click.echo(
        tag(
            base,
            chosen.value or "",
            build=build,
            content=content,
            nonce=nonce,
            endpoint=base if parts.path else "",
            consent=consent or "",
        )
    )
    origin = f"{parts.scheme}://{parts.netloc}"
    script_src = "'nonce-…'" if nonce else origin
    click.echo(f"Content-Security-Policy: script-src {script_src}; connect-src {origin}", err=True)
    if chosen.origins:
        click.echo(f"Only pages of {' '.join(chosen.origins)} may use this key.", err=True)
    if content is not None:
        _tell_of_pin(settings, build, content)


def _chosen(keys: Sequence[Key], name: str | None) -> Key:
    public = {key.name: key for key in keys if key.revoked is None and key.value is not None}
    if name is None and len(public) == 1:
        return next(iter(public.values()))
    if name in public:
        return public[name]
    if any(key.name == name and key.revoked is None for key in keys):
        raise click.ClickException(
            f"{name} is a secret key, and everybody can read a page; make a public one: klantreis keys add"
        )
    known = f"one of {', '.join(public)}" if public else "a public key; make one: klantreis keys add"
    raise click.ClickException(f"{f'{name} is no active key; ' if name else ''}give the name of {known}")


def _base(settings: Settings, url: str | None) -> str:
    base = (url or f"http://{settings.host}:{settings.port}{settings.public_path}").rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise click.ClickException(
            f"--url: {base!r} must look like https://collector.example or https://shop.example/t"
        )
    return base


def _content(build: str) -> bytes:
    file = web_scripts() / build
    try:
        return file.read_bytes()
    except OSError:
        raise click.ClickException(f"{file} is not there, so it has no digest; build it with make setup") from None


def _tell_of_pin(settings: Settings, build: str, content: bytes) -> None:
    name = pinned_name(build, content)
    click.echo(f"{integrity(content)} is the digest of {build} as it ships with this version.", err=True)
    click.echo("A pinned page stays with this build: give this command again after an upgrade.", err=True)
    if not (settings.scripts_folder / name).is_file():
        click.echo(
            f"/{name} is not served yet: start the collector of {settings.data} anew with this version first.", err=True
        )
