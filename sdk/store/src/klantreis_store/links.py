"""Addresses for QR codes on shelves and receipts, to be drawn by whatever prints the label or the receipt.

They are ordinary campaign links: the site's own SDK tells of the visit, with the medium `qr`. By `kr_src` of a shelf's
link it also tells that somebody stood in the store. A receipt's link carries a code of its own, which is also
`Person(visitor_id=…)` of the sale: the web SDK tells it as `identity.linked_visitor_id`, so both sides are one person.
"""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from klantreis_store.errors import TouchpointError
from klantreis_store.parts import Shop

MEDIUM = "qr"
PLACE_PARAMETER = "kr_src"
"""Of the store that a code hangs in, as the web SDK reads it: store.utrecht."""
CODE_PARAMETER = "kr_receipt"
"""Of the code that stands for whoever follows the link."""


def shelf_link(page: str, shop: Shop, *, place: str | None = None, campaign: str = "shelf") -> str:
    """The address of a product's page for the label on its shelf; `place` says which shelf."""
    return _tagged(
        page,
        {"utm_source": shop.id, "utm_campaign": campaign, "utm_content": place, PLACE_PARAMETER: f"store.{shop.id}"},
    )


def receipt_link(page: str, shop: Shop, code: str, *, campaign: str = "receipt") -> str:
    """An address for one receipt: a page to review what was bought, or to register it. `code` is from `new_code`."""
    return _tagged(page, {"utm_source": shop.id, "utm_campaign": campaign, CODE_PARAMETER: code})


def new_code() -> str:
    """A code that nobody can guess: who followed a link is who was given it."""
    return secrets.token_urlsafe(16)


def _tagged(page: str, parameters: dict[str, str | None]) -> str:
    try:
        parts = urlsplit(page)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise TouchpointError(f"page: {page!r} must be a whole address, such as https://shop.example/hiker-43")
    given = {name: value for name, value in {"utm_medium": MEDIUM, **parameters}.items() if value is not None}
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in given]
    return urlunsplit(parts._replace(query=urlencode([*query, *given.items()])))
