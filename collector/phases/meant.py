"""What an author meant by a word that is not known: the nearest of those that are, or what a Dutch word is called."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

SHOWN = 12
"""Known words that are listed where none is near."""

DUTCH = {
    "alle": "all", "begint_met": "startswith", "beschrijving": "description", "bestaat": "exists",
    "bestelling": "order", "betaling": "payment", "bevat": "contains", "bron": "source", "eindigt_op": "endswith",
    "fase": "phase",
    "fasen": "phases", "gegeven": "given", "geen": "not", "kanaal": "channel", "lijst": "in_list", "naam": "title",
    "niet": "not", "omschrijving": "description", "paginaweergave": "page_view", "paginabezoek": "page_view",
    "regel": "rules", "regels": "rules", "reis": "journey", "signaal": "signal", "signalen": "signals", "soort": "type",
    "standaard": "default", "telefoon": "phone", "titel": "title", "verkoop": "sale", "verwacht": "expect",
    "voorbeeld": "examples", "voorbeelden": "examples", "winkel": "store", "winkelbezoek": "store_visit",
    "klant": "customer", "aankopen": "purchases", "zoekopdracht": "search", "zoeken": "search",
}  # fmt: skip
"""Dutch words that stand for a word of the rules: their authors are Dutch, the rules' own words are English."""


def meant(word: str, known: Iterable[str], titles: Mapping[str, str] | None = None) -> str:
    """`did you mean …?` with the nearest of `known`, or the list of them where nothing is near.

    `titles` are what known words are called in other languages, in lower case.
    """
    names = sorted(set(known))
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    called = {**DUTCH, **(titles or {})}.get(plain)
    for sure in (plain, called):
        if sure in names:
            return f"did you mean {sure}?"
    ending = [name for name in names if name.endswith(f".{called or plain}")]
    near = ending[:3] or difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    return f"known are: {shown}" if names else "none is known"
