"""`make mobile-bundles`, `python -m tests.mobile.bundles`: what the mobile SDK adds to an app's bundle.

A React Native app goes through Metro and an Expo app through `expo export`, for release, each with the SDK as npm would
install it and with nothing in its place. Fails where a bundler does, or where the SDK is not where it should be.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from tests.mobile.react_native import ROOT, install

HERE = Path(__file__).parent
SDK = ROOT / "sdk/mobile"
MARK = b"klantreis:"
"""Stands in every bundle that holds the SDK: names of all that it stores begin with it."""
PLATFORMS = ("android", "ios")
BUNDLE_S = 900.0


def _installed(app: Path) -> None:
    """The packages of the app's lock file, and the SDK beside them."""
    install(app)
    place = app / "node_modules/@klantreis/react-native"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(SDK / "dist", place / "dist")
    shutil.copy(SDK / "package.json", place)


def _metro(platform: str, folder: Path, environment: dict[str, str]) -> bytes:
    _run("node", "bundle.js", platform, folder / "main.js", cwd=HERE / "app", environment=environment)
    return (folder / "main.js").read_bytes()


def _expo(platform: str, folder: Path, environment: dict[str, str]) -> bytes:
    _run(
        "npx", "expo", "export", "--platform", platform, "--no-bytecode", "--output-dir", folder,
        cwd=HERE / "expo", environment={"EXPO_OFFLINE": "1", "EXPO_NO_TELEMETRY": "1", "CI": "1", **environment},
    )  # fmt: skip
    (bundle,) = folder.glob(f"_expo/static/js/{platform}/*.js")
    return bundle.read_bytes()


def _run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        ["sdk/node", "env", "-C", cwd, *command],
        cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=BUNDLE_S,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} in {cwd}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


@click.command()
def main() -> None:
    """Bundle both apps for each platform, with the SDK and without it, and print what it adds."""
    for name, app, bundle in (("React Native", "app", _metro), ("Expo", "expo", _expo)):
        _installed(HERE / app)
        for platform in PLATFORMS:
            sizes = []
            for environment in ({}, {"WITHOUT": "1"}):
                with tempfile.TemporaryDirectory() as folder:
                    made = bundle(platform, Path(folder), environment)
                if (MARK in made) == bool(environment):
                    sys.exit(f"{name} for {platform}: the SDK is {'' if environment else 'not '}in the bundle")
                sizes.append((len(made), len(gzip.compress(made, 9))))
            (with_it, packed_with), (without, packed_without) = sizes
            click.echo(
                f"{name} for {platform}: {with_it:,} bytes with the SDK, {without:,} without: "
                f"{with_it - without:,} more, {packed_with - packed_without:,} after gzip"
            )


if __name__ == "__main__":
    main()
