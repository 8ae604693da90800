"""Pictures of the shop's goods, drawn here: a demo fetches nothing from elsewhere."""

from __future__ import annotations

_DRAWINGS = {
    "tuin": "M60 150h80l-10 50H70zM100 150V90M100 110c-30 0-38-22-38-36 26 0 38 14 38 36z"
    "m0-14c0-22 12-36 38-36 0 22-12 36-38 36z",
    "gereedschap": "M52 168h62l-8-44H66zM114 150l44-82 14 8-40 82M70 192a12 12 0 1 0 .1 0M112 192a12 12 0 1 0 .1 0",
    "meubels": "M56 96h88v52H56zM48 148h104v18H48zM58 166v32M142 166v32M48 148v-24M152 148v-24",
    "buitenkoken": "M56 120h88a44 44 0 0 1-88 0zM76 160l-16 42M124 160l16 42M100 164v30"
    "M84 104c-8-16 12-20 4-38M112 104c-8-16 12-20 4-38",
}


def picture(category: str) -> str:
    """An SVG for goods of a category."""
    drawing = _DRAWINGS[category]
    return (
        '<svg viewBox="0 0 200 230" role="img" aria-hidden="true"><circle cx="100" cy="128" r="82" fill="#e7dfcc"/>'
        '<circle cx="156" cy="58" r="20" fill="#f2b544"/>'
        f'<path d="{drawing}" fill="none" stroke="#1f6b4a" stroke-width="6" stroke-linejoin="round" '
        'stroke-linecap="round"/></svg>'
    )
