"""Klantreis for tills, kiosks, service desks, door counters and back ends: see docs/store.md.

store = Store("https://touch.shop.example", key_file="/etc/klantreis/key", folder="/var/lib/klantreis-store",
              shop=Shop("utrecht", till="3"))
store.sale("R-1001", "129.95", [Line("hiker-43", price="129.95", quantity=1)], person=Person(loyalty_card="2912"))
"""

from klantreis_store.amounts import Amount
from klantreis_store.errors import KlantreisStoreError, OutboxError, SettingsError, TouchpointError
from klantreis_store.links import new_code, receipt_link, shelf_link
from klantreis_store.parts import Line, Person, Shop
from klantreis_store.status import Loss, Status, Trouble
from klantreis_store.store import Store
from klantreis_store.version import VERSION as __version__

__all__ = [
    "Amount",
    "KlantreisStoreError",
    "Line",
    "Loss",
    "OutboxError",
    "Person",
    "SettingsError",
    "Shop",
    "Status",
    "Store",
    "TouchpointError",
    "Trouble",
    "__version__",
    "new_code",
    "receipt_link",
    "shelf_link",
]
