"""A till: sells, takes back, and never waits for the network.

    klantreis-store needs nothing beside Python 3.9:  pip install klantreis-store
    KLANTREIS_STORE_URL=http://127.0.0.1:8080 KLANTREIS_STORE_KEY=demo-secret python till.py

It reads one line for each thing that happens and prints the receipt; with no line left it ends.

    sell hiker-43 129.95 2912000341      a product, its price, and a loyalty card if there is one
    back R-20260131-0001 hiker-43 129.95 what came back, and its receipt
    help delivery 240                    at the service desk: what about, and seconds waited
    door                                 somebody came in
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

from klantreis_store import Line, OutboxError, Person, Shop, Store, TouchpointError, new_code, receipt_link

PAGE = os.environ.get("REVIEW_PAGE", "https://shop.example/review/new")
"""Where the QR code of a receipt leads."""


def main() -> None:
    """Runs until its input ends."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    folder = Path(os.environ.get("KLANTREIS_STORE_FOLDER", "till-outbox"))
    shop = Shop("utrecht", name="Utrecht Centrum", city="Utrecht", country="NL", till=os.environ.get("TILL", "3"))
    with Store(
        os.environ["KLANTREIS_STORE_URL"], key=os.environ["KLANTREIS_STORE_KEY"], folder=folder, shop=shop
    ) as store:
        for number, words in enumerate((line.split() for line in sys.stdin), 1):
            try:
                print(happened(store, shop, words, f"R-{time.strftime('%Y%m%d-%H%M%S')}-{number:04}"), flush=True)
            except TouchpointError as error:
                print(f"not told: {error}", flush=True)  # a mistake in this program, or in what was typed
            except OutboxError as error:
                # Selling goes on; of this receipt the collector will not hear.
                print(f"sold, not told: {error}", flush=True)
        if not store.flush(within_s=10):
            print(f"{store.status().waiting} wait on disk for the next start")


def happened(store: Store, shop: Shop, words: list[str], receipt: str) -> str:
    """One line of the till's day, told; gives what is printed for it."""
    what, *rest = words or [""]
    if what == "sell":
        product, price = rest[0], rest[1]
        code = new_code()
        person = Person(loyalty_card=rest[2] if len(rest) > 2 else None, visitor_id=code)
        store.sale(receipt, price, [Line(product, price=price, quantity=1)], payment="card", person=person)
        return f"{receipt}  {product}  {price} EUR  {receipt_link(PAGE, shop, code)}"
    if what == "back":
        store.return_made(rest[0], rest[2], [Line(rest[1], price=rest[2], quantity=1)], reason="size")
        return f"{rest[0]}  {rest[1]}  -{rest[2]} EUR"
    if what == "help":
        store.service(rest[0], waited_s=float(rest[1]), resolved=True)
        return f"helped with {rest[0]}"
    if what == "door":
        store.visit(entrance="north")
        return "welcome"
    return f"what is {what!r}? sell, back, help or door"


if __name__ == "__main__":
    main()
