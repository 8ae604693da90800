"""Writes what is made from the code: `python -m collector.generated` (make docs). A test tells when it is stale."""

from __future__ import annotations

from collector.generated.files import FILES, ROOT


def main() -> None:
    """Write every generated file that is not as it should be: what is made from the others need not be made anew."""
    for name, make in FILES.items():
        file, text = ROOT / name, make()
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
