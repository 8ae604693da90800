"""Where the files are that ship beside the code: rules and the built scripts.

In an installed wheel they lie within the package, in a checkout at the project's top.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_WHEEL = _PACKAGE / "_shipped"


def rules() -> Path:
    """Folder of the phase rules that ship."""
    return _WHEEL / "phase_rules" if _WHEEL.is_dir() else _PACKAGE.parent / "phase_rules"


def web_scripts() -> Path:
    """Folder of the built web SDK (k.js); absent in a checkout before `make setup`."""
    return _WHEEL / "web" if _WHEEL.is_dir() else _PACKAGE.parent / "sdk" / "web" / "dist"
