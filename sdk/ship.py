"""Build hook: puts the rules and the built scripts into the wheel; an editable install reads them where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Ship(BuildHookInterface):  # type: ignore[type-arg]
    """Chosen by hatchling because it is the only hook here."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises RuntimeError when a script has not been built: a wheel without it would answer sites with 404."""
        if version != "standard":
            return
        root = Path(self.root)
        for script in ("k.js", "k.full.js", "k.vitals.js"):
            if not (root / "sdk/web/dist" / script).is_file():
                raise RuntimeError(f"sdk/web/dist/{script} is not built; run `make setup` first")
        build_data["force_include"].update(
            {
                str(root / "phase_rules"): "collector/_shipped/phase_rules",
                str(root / "sdk/web/dist"): "collector/_shipped/web",
            }
        )
