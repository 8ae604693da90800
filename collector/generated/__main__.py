"""Writes what is made from the code: `python -m collector.generated` (make docs). A test tells when it is stale."""

from __future__ import annotations

from collector.generated.files import FILES, ROOT


def main() -> None:
    """Write every generated file."""
    for name, make in FILES.items():
        file = ROOT / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
