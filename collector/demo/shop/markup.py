"""Fills in the shop's templates. Everything is escaped, but for what was made by a template itself."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

_FOLDER = Path(__file__).parent / "templates"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


@cache
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.html").read_text(encoding="utf-8"))


def render(name: str, words: Mapping[str, Any], /, **values: Any) -> Html:
    """The template `name`.html with its `$placeholders` filled from `values`, else from `words`.

    Sequences are joined. Raises KeyError for a placeholder that nothing fills.
    """
    return Html(_template(name).substitute(_Escaped(words, values)))


def as_json(value: Any) -> str:
    """For a data attribute; `render` escapes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Escaped(dict[str, str]):
    """Escapes what a template asks for, when it asks."""

    def __init__(self, words: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        super().__init__()
        self._words = words
        self._values = values

    def __missing__(self, name: str) -> str:
        value = self._values[name] if name in self._values else self._words[name]
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "".join(_escape(one) for one in value)
        return _escape(value)


def _escape(value: Any) -> str:
    return value if isinstance(value, Html) else html.escape(str(value))
