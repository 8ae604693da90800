"""Rule folders of any size, in which rules look like those that shops write: for measuring what many rules cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

MODELS = ("seven", "five", "aida", "care", "talk")
PHASES = ("first", "second", "third", "fourth")
SIGNALS = 20

# What a rule tests, in turn. None matches a touchpoint of the bench's people, so that every rule is tried on every one.
FORMS: Sequence[Callable[[int], dict[str, object]]] = (
    lambda n: {"type": "page_view", "page.path|contains": f"/campaign-{n}/"},
    lambda n: {"type": "page_view", "page.path|endswith": [f"/actie-{n}", f"/aanbieding-{n}.html"]},
    lambda n: {"type": "page_view", "page.path|startswith": f"/folder-{n}/"},
    lambda n: {"type": "page_view", "page.path|regex": rf"/(merk|brand)-{n}/[^/]+$"},
    lambda n: {"page.title|contains": f"Collectie {n} "},
    lambda n: {"type": "order", "channel": "web", "product.category": f"categorie {n}"},
    lambda n: {"type": ["product_view", "cart_add"], "product.id": f"sku-{n}"},
    lambda n: {"campaign.name": f"mailing {n}"},
)


def write(folder: Path, rules: int) -> Path:
    """A folder with so many signal rules, and five models that give each signal a phase."""
    for room in ("signals", "models"):
        (folder / room).mkdir(parents=True)
    signals = [f"signal_{number}" for number in range(min(SIGNALS, rules))]
    document = {
        "format": "phase-rules/1-0-0",
        "signals": [{"id": one, "title": {"en": one}, "description": one} for one in signals],
        "rules": [
            {
                "id": f"made.r{number}",
                "signal": signals[number % len(signals)],
                "description": "One of many.",
                **FORMS[number % len(FORMS)](number),
            }
            for number in range(rules)
        ],
    }
    # JSON is YAML.
    (folder / "signals" / "10_many.yaml").write_text(json.dumps(document, indent=1), encoding="utf-8")
    for name in MODELS:
        (folder / "models" / f"{name}.yaml").write_text(json.dumps(_model(name, signals), indent=1), encoding="utf-8")
    return folder


def _model(name: str, signals: Sequence[str]) -> dict[str, object]:
    return {
        "format": "phase-rules/1-0-0",
        "model": name,
        **({"default": "true"} if name == MODELS[0] else {}),
        "title": {"en": name},
        "source": "Made to be measured.",
        "phases": [{"id": one, "title": {"en": one}, "part": "buyer"} for one in PHASES],
        "rules": [
            {
                "id": f"{phase}.own",
                "phase": phase,
                "description": "Some of the signals.",
                "signal": [one for at, one in enumerate(signals) if at % len(PHASES) == place] or signals[:1],
            }
            for place, phase in enumerate(PHASES)
        ],
    }
