"""What the YAML parser finds wrong, for people who do not know its words."""

from __future__ import annotations

_INDENTED = "this line is indented otherwise than those beside it, or a text that begins with [ or { has no quotes"
_PLAIN = {
    "mapping values are not allowed in this context": "a second colon and space in one line, in a text that needs"
    " quotes, or a line that is indented further than the one before it",
    "did not find expected '-' indicator": _INDENTED,
    "did not find expected key": _INDENTED,
    "found character that cannot start any token": "a text that begins with %, @ or ` needs quotes",
    "did not find expected alphabetic or numeric character": "a text that begins with * or & needs quotes",
    "could not find expected ':'": "a key without a colon and a space after it",
    "did not find expected ',' or '}'": "a text within { } ends too early: one with a comma, a bracket or an apostrophe"
    " stands in double quotes",
    "did not find expected ',' or ']'": "a text within [ ] ends too early: one with a comma, a bracket or an apostrophe"
    " stands in double quotes",
    "found unexpected end of stream": "a quote that begins here and does not end",
}
AT_THE_BEGINNING = ("end of stream", "could not find expected ':'")
"""Problems that are noticed further down than they are: the place is where the text in question begins."""


def in_plain_words(problem: str) -> str:
    """The parser's problem as an author can understand it; as it is, where it is a rare one."""
    return _PLAIN.get(problem, problem)
