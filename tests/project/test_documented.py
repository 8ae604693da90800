"""What a user can set, type or read is documented, and what is generated is not stale."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from collector.cli import klantreis
from collector.generated.files import FILES
from collector.settings import Settings

ROOT = Path(__file__).parents[2]


def pages() -> str:
    """README and all of docs/ as one text."""
    return "\n".join(file.read_text(encoding="utf-8") for file in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def commands(group: click.Group, prefix: str) -> list[str]:
    """Full names of the commands of a group: `klantreis keys add`."""
    names, context = [], click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        whole = f"{prefix} {name}"
        names += commands(command, whole) if isinstance(command, click.Group) else [whole]
    return names


@pytest.mark.parametrize("name", FILES)
def test_generated_files_are_up_to_date(name: str) -> None:
    """`make docs` was run after the last change of the code that a file is generated from."""
    assert (ROOT / name).read_text(encoding="utf-8") == FILES[name](), f"{name} is stale: run `make docs`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    """Each setting has a description and stands in docs/settings.md."""
    assert Settings.model_fields[name].description
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", commands(klantreis, "klantreis"))
def test_every_command_is_documented(command: str) -> None:
    """Each command is named in README or docs/, with all its words."""
    assert re.search(rf"{re.escape(command)}\b", pages())


@pytest.mark.parametrize("command", commands(klantreis, "klantreis"))
def test_every_command_explains_itself(command: str) -> None:
    """Each command and each of its options has a help text."""
    found: click.Command | None = klantreis
    for word in command.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found is not None and found.help
    assert all(option.help for option in found.params if isinstance(option, click.Option))


TARGETS = (
    "setup", "run", "test", "lint", "bench", "loadtest", "soak", "chaos", "outage", "killed-tills",
    "android", "killed-android", "till-bench", "import-history", "fuzz", "audit",
)  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_documented(target: str) -> None:
    """Each target that the project promises stands in README or docs/."""
    assert f"make {target}" in pages()


def test_every_page_of_docs_is_reachable_from_the_readme() -> None:
    """No page is an orphan."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"docs/{page.name}" not in readme] == []
