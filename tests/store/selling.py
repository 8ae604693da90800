"""A till that sells without a pause until somebody kills it: outbox, collector, its name, and where it writes down."""

from __future__ import annotations

import itertools
import os
import sys
import time

from klantreis_store import Line, Person, Shop, Store

outbox, url, name, ledger = sys.argv[1:]
written = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
shop = Shop(os.path.basename(os.path.dirname(outbox)), till=name)
store = Store(url, key=os.environ["KLANTREIS_STORE_KEY"], folder=outbox, shop=shop)
for number in itertools.count():
    receipt = f"R-{name}-{number}"
    os.write(written, f"{receipt}\n".encode())
    told = store.sale(
        receipt, "19.95", [Line("gloves", price="19.95", quantity=1)], person=Person(loyalty_card=f"card-{number % 7}")
    )
    os.write(written, f"{receipt} {told}\n".encode())
    time.sleep(0.005)
