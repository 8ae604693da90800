"""Lines over time as an SVG: a panel for memory, a panel for open files, a line for each process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from loadtest.watch import Sample

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 900, 220, 70, 190, 40, 60
COLOURS = ("#0b7a75", "#c1462b", "#2f5d9b", "#8a6d1d", "#7a3b8f", "#444444", "#5c9b2f")


def svg(samples: Sequence[Sample], title: str) -> str:
    """The picture of a watch. Raises ValueError when there is nothing to draw."""
    panels: list[tuple[str, Callable[[Sample], float]]] = [
        ("resident memory, MiB", lambda sample: sample.memory_mib),
        ("open files", lambda sample: float(sample.files)),
    ]
    height = TOP + len(panels) * (PANEL + GAP)
    drawn = [_panel(samples, *panel, TOP + at * (PANEL + GAP)) for at, panel in enumerate(panels)]
    style = "<style>text{font:12px sans-serif;fill:#222}.t{font-size:15px;font-weight:bold}</style>"
    head = f'<text class="t" x="{LEFT}" y="20">{escape(title)}</text>'
    box = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{style}{paper}{head}{"".join(drawn)}</svg>\n'


def _panel(samples: Sequence[Sample], label: str, value: Callable[[Sample], float], top: int) -> str:
    if not samples:
        raise ValueError("nothing was watched")
    end = max(sample.at_s for sample in samples) or 1.0
    most = max(value(sample) for sample in samples) * 1.1 or 1.0
    wide, bottom = WIDTH - LEFT - RIGHT, top + PANEL
    parts = [f'<text x="{LEFT}" y="{top - 6}">{escape(label)}</text>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - share * PANEL
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + wide}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{share * most:.0f}</text>')
        x = LEFT + share * wide
        parts.append(f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{share * end / 60:.1f} min</text>')
    for at, name in enumerate(dict.fromkeys(sample.name for sample in samples)):
        own = [sample for sample in samples if sample.name == name]
        points = " ".join(
            f"{LEFT + sample.at_s / end * wide:.1f},{bottom - value(sample) / most * PANEL:.1f}" for sample in own
        )
        colour = COLOURS[at % len(COLOURS)]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(
            f'<text x="{LEFT + wide + 10}" y="{top + 16 * (at + 1)}" style="fill:{colour}">{escape(name)}</text>'
        )
    return "".join(parts)
