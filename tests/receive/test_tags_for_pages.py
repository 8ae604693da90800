"""`klantreis snippet`: the tag that it prints is right, and a mistake is told before it stands in a page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli.snippet import snippet
from collector.receive.access import Keys
from collector.settings import Settings


def printed(folder: Path, *arguments: str, **variables: str) -> Result:
    """What the command says for the keys in this folder."""
    environment = {"KLANTREIS_CONFIG": os.devnull, "KLANTREIS_DATA": str(folder), **variables}
    return CliRunner().invoke(snippet, arguments, env=environment)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Those of an installation: none yet."""
    return Keys(Settings(data=tmp_path))


def test_the_only_public_key_needs_no_name(tmp_path: Path, keys: Keys) -> None:
    """Till keys and revoked ones do not count; the policy that the page needs is told beside the tag."""
    keys.add(name="till", site="shop", kind="secret")
    keys.add(name="old", site="shop", kind="public")
    keys.revoke("old")
    value = keys.add(name="web", site="shop", kind="public", origins=["https://shop.example"])[1]
    result = printed(tmp_path, "--url", "https://c.example")
    assert result.stdout == f'<script async src="https://c.example/k.js" data-key="{value}"></script>\n'
    assert "script-src https://c.example; connect-src https://c.example" in result.stderr
    assert "Only pages of https://shop.example may use this key" in result.stderr


def test_a_path_of_the_site_is_where_touchpoints_go(tmp_path: Path, keys: Keys) -> None:
    """By option, or as the collector's own setting has it."""
    keys.add(name="web", site="shop", kind="public")
    result = printed(tmp_path, "web", "--url", "https://shop.example/stats-xyz/", "--full", "--nonce", "{{ nonce }}")
    assert 'src="https://shop.example/stats-xyz/k.full.js"' in result.stdout
    assert 'data-endpoint="https://shop.example/stats-xyz"' in result.stdout
    assert 'nonce="{{ nonce }}"' in result.stdout and "script-src 'nonce-…'" in result.stderr
    result = printed(tmp_path, KLANTREIS_PUBLIC_PATH="/t", KLANTREIS_PORT="1234")
    assert 'src="http://127.0.0.1:1234/t/k.js"' in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("till",), "till is a secret key, and everybody can read a page"),
        (("web", "--url", "collector.example"), "must look like https://collector.example"),
        (("web", "--url", "https://c.example/?key=1"), "must look like https://collector.example"),
        (("wbe",), "wbe is no active key; give the name of one of web, shop"),
        ((), "give the name of one of web, shop"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, keys: Keys, arguments: tuple[str, ...], told: str) -> None:
    """Nothing is printed that could be pasted."""
    keys.add(name="web", site="shop", kind="public")
    keys.add(name="shop", site="shop", kind="public")
    keys.add(name="till", site="shop", kind="secret")
    result = printed(tmp_path, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr


def test_without_any_key_it_says_how_to_make_one(tmp_path: Path) -> None:
    """A new installation has none."""
    assert "klantreis keys add" in printed(tmp_path).stderr
