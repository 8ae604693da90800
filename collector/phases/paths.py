"""Values that no path can have: a rule with one would never match, and its author would not learn why."""

from __future__ import annotations


def path_fault(operator: str, value: str) -> str | None:
    """Why a condition on `page.path` can never hold, and what to write instead; None where it may.

    A regex is not looked into.
    """
    if operator == "regex":
        return None
    if "://" in value or value.startswith("www."):
        return f"page.path has no host; leave out what stands before the path in {value}, or ask page.url"
    if "#" in value or ("?" in value and operator != "glob"):
        return "page.path has no query and no #; ask page.url for what stands behind them"
    if any(one.isspace() for one in value):
        return f"page.path has no space; write %20 for one, and several values as a list: [{', '.join(_parts(value))}]"
    if operator in ("endswith", "glob") and len(value) > 1 and value.endswith("/"):
        return f"page.path is compared without a slash at its end; write {value.rstrip('/')}"
    return None


def _parts(value: str) -> list[str]:
    return [part.strip(",") for part in value.split() if part.strip(",").lower() not in ("or", "of", "en", "and", "")]
