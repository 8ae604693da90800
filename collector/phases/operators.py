"""What each operator means, in the words that editors show and the page on rules teaches."""

from __future__ import annotations

MEANINGS: dict[str, str] = {
    "equals": "is exactly this",
    "startswith": "begins so",
    "endswith": "ends so",
    "contains": "has this in it somewhere",
    "glob": "fits, as a whole: * any text up to a slash, ** any text, ? one character",
    "regex": "has a match of this regular expression",
    "gte": "is a number of at least this",
    "gt": "is a number above this",
    "lte": "is a number of at most this",
    "lt": "is a number below this",
    "exists": "is there (true) or is absent (false)",
    "in_list": "is one of a list of its own, one value a line in lists/NAME.txt",
}
"""Operator → when a condition holds: "the field …"."""
