"""Rows as the loader makes them, for tests of what the warehouse does with them."""

from __future__ import annotations

import json
import uuid
from typing import Any

from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store

UNCLASSIFIED = (
    "'' AS signal, 'unclassified' AS phase, map('sap_hybris', phase) AS phases,"
    " map('sap_hybris', '') AS rules, 'none' AS rule_set"
)
RECEIVED_US = 1_800_000_000_000_000


def row(**fields: Any) -> bytes:
    """A row of the site `shop`, received at RECEIVED_US, occurred a second before."""
    base = {
        "id": str(uuid.uuid4()),
        "type": "page_view",
        "occurred_at": RECEIVED_US // 1000 - 1000,
        "_site": "shop",
        "_key": "web",
        "_received_us": RECEIVED_US,
        "_sent_us": RECEIVED_US,
    }
    return json.dumps(base | fields).encode()


def store(warehouse: Warehouse) -> Store:
    """What stores rows without rules."""
    return Store(warehouse, statement.load(UNCLASSIFIED, clock_skew_s=60))
