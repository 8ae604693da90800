"""`make cases`, `python -m tests.cases.counted`: SDKs and collector run the shared cases, counted side by side.

What each ran is read from the report of its own test runner, what there is from the files. Fails where a case failed,
and where one that is for an SDK was not run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import click
from rich.console import Console
from rich.table import Table

from tests.android.built import PROJECT, maven
from tests.cases.reading import FILES, counts

ROOT = Path(__file__).parents[2]
TOPICS = [file.stem for file in FILES]
NAME = re.compile(rf"(?:^|\[)({'|'.join(TOPICS)})(?: \((\w+)\))?: ")
"""Of a case in a report: its topic, and its kind where a runner runs several."""
WITHIN_S = 900


@dataclass(frozen=True)
class Column:
    """An SDK of one kind, and how many cases it passed, by topic."""

    title: str
    kind: str
    passed: Counter[str]

    def cell(self, topic: str) -> str:
        """What the table says of a topic."""
        ran, there_are = self.passed[topic], counts(self.kind)[topic]
        return f"{ran}" if ran == there_are else f"{ran} of {there_are}"

    @property
    def whole(self) -> bool:
        """Whether every case was run and passed."""
        return self.passed == counts(self.kind)


def passed(report: Path, kind: str = "") -> Counter[str]:
    """Cases that passed, by topic, of a report in JUnit's form; those of a kind where their names say it."""
    found = Counter[str]()
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - a report of our own test runners
        named = NAME.search(case.get("name", ""))
        if named and (not kind or named[2] == kind):
            found[named[1]] += not {child.tag for child in case} & {"failure", "error", "skipped"}
    return found


def _ran(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    if done.returncode:
        click.echo(f"{' '.join(map(str, command))}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}", err=True)


def _by_node(folder: Path, tests: str) -> Path:
    report = folder / f"{tests.replace('/', '-')}.xml"
    _ran("sdk/node", "node", "--test", "--test-reporter=junit", f"--test-reporter-destination={report}", tests)
    return report


def _by_pytest(folder: Path, tests: str) -> Path:
    report = folder / f"{tests.replace('/', '-')}.xml"
    _ran(sys.executable, "-m", "pytest", "-q", tests, f"--junitxml={report}")
    return report


def _by_maven(_: Path, tests: str) -> Path:
    maven("-pl", "core", "test", f"-Dtest={tests}")
    return PROJECT / f"core/target/surefire-reports/TEST-nl.klantreis.{tests}.xml"


RUNS: list[tuple[Callable[[Path, str], Path], str, list[tuple[str, str, str]]]] = [
    (_by_node, "sdk/core/test/cases.test.mjs", [("core, web", "web", "")]),
    (_by_node, "sdk/mobile/test/cases.test.mjs", [("mobile", "mobile", "")]),
    (_by_maven, "SharedCasesTest", [("Android, app", "mobile", "mobile"), ("Java, till", "store", "store")]),
    (_by_pytest, "tests/store/test_shared_cases.py", [("store", "store", "")]),
    (_by_pytest, "tests/receive/test_shared_cases.py", [("collector", "collector", "")]),
]
"""Who runs them, which tests, and the columns that come of it: title, kind, and the kind as the report has it."""


@click.command()
def main() -> None:
    """Run all of them, and print how many each passed."""
    columns = []
    with tempfile.TemporaryDirectory() as folder:
        for run, tests, found in RUNS:
            report = run(Path(folder), tests)
            columns += [Column(title, kind, passed(report, named)) for title, kind, named in found]
    table = Table("topic", *(column.title for column in columns))
    for topic in TOPICS:
        table.add_row(topic, *(column.cell(topic) for column in columns))
    table.add_section()
    table.add_row("kind of case", *(column.kind for column in columns))
    table.add_row("there are", *(f"{counts(column.kind).total()}" for column in columns))
    table.add_row("passed", *(f"{column.passed.total()}" for column in columns))
    Console(width=110).print(table)
    if short := [column.title for column in columns if not column.whole]:
        click.echo(f"FAILED: not all cases were run and passed by: {', '.join(short)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
