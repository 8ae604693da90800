"""`rules new`: what it writes passes every check, and it never costs anybody a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from engine_in_process import normalise, run_sql

from collector.cli import klantreis
from collector.phases import check as checking
from collector.phases.rulefile import load
from collector.phases.strict_yaml import Faults, Mapping, read
from collector.shipped import rules as shipped_rules


def begun(*arguments: str) -> Result:
    """What the command says."""
    return CliRunner().invoke(klantreis, ["rules", "new", *arguments])


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_one_command_begins_a_model_that_passes_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any folder the rules that ship are copied, and the new model beside them has no mistake."""
    monkeypatch.chdir(tmp_path)
    answer = begun("our_phases")
    assert answer.exit_code == 0, answer.output
    assert "klantreis rules check our_rules" in answer.output
    folder = tmp_path / "our_rules"
    assert contents(folder).items() - contents(shipped_rules()).items() == {
        ("models/our_phases.yaml", (folder / "models" / "our_phases.yaml").read_bytes())
    }
    assert checking.check(folder, run_sql, normalise) == []
    model = next(one for one in load(folder).models if one.id == "our_phases")
    assert [phase.title["nl"] for phase in model.phases] == ["Voor de aankoop", "Aankoop", "Na de aankoop"]
    assert all(len(phase.title) == 2 for phase in model.phases)


def test_every_signal_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """Nothing that can happen is forgotten, and a signal is moved by moving one line."""
    folder = Path(shutil.copytree(shipped_rules(), tmp_path / "rules"))
    assert begun("own", "--rules", str(folder)).exit_code == 0
    text = (folder / "models" / "own.yaml").read_text("utf-8")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    assert [signal.id for signal in load(folder).signals if lines.count(f"- {signal.id}") != 1] == []
    node = read("own.yaml", text, Faults())
    assert isinstance(node, Mapping)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second time, another file of the same model, and a bad name leave the folder as it was."""
    folder = tmp_path / "rules"
    assert begun("own", "--rules", str(folder)).exit_code == 0
    (folder / "models" / "own.yaml").rename(folder / "models" / "renamed.yaml")
    before = contents(folder)
    for name, said in (("own", "has a model own already"), ("Own", "snake_case"), ("signal", "not signal")):
        answer = begun(name, "--rules", str(folder))
        assert answer.exit_code != 0
        assert said in str(answer.exception)
    assert contents(folder) == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """Rules are not strewn among other files, nor a model put where an update would overwrite it."""
    (tmp_path / "letter.txt").write_text("Dear customer", "utf-8")
    for folder, said in ((tmp_path, "holds no rules"), (shipped_rules(), "an update would overwrite")):
        before = contents(folder)
        assert said in str(begun("own", "--rules", str(folder)).exception)
        assert contents(folder) == before


def test_mistakes_in_the_folder_come_first(tmp_path: Path) -> None:
    """A model that is begun in a broken folder could not be checked: the mistakes are told, and nothing is written."""
    folder = Path(shutil.copytree(shipped_rules(), tmp_path / "rules"))
    (folder / "signals" / "05_ours.yaml").write_text("format: phase-rules/1-0-0\nrulez: []\n", "utf-8")
    assert "unknown key rulez" in str(begun("own", "--rules", str(folder)).exception)
    assert not (folder / "models" / "own.yaml").exists()
