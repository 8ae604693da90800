"""An answer that ends in the middle is never taken for a whole one."""

from __future__ import annotations

import pytest

from collector.errors import WarehouseAway
from collector.warehouse.client import Warehouse

ROWS = 200_000


def test_an_error_after_the_first_rows_is_raised(warehouse: Warehouse) -> None:
    """ClickHouse has said 200 by then; whoever reads on still hears of it."""
    seen = 0
    with pytest.raises(WarehouseAway, match="broke off"):
        for _ in warehouse.stream(
            f"SELECT intDiv(1, {ROWS} - number) AS x, repeat('y', 200) AS y FROM numbers({ROWS * 4}) "
            "SETTINGS max_threads = 1, max_block_size = 5000"
        ):
            seen += 1
    assert 0 < seen <= ROWS


def test_a_long_answer_is_whole(warehouse: Warehouse) -> None:
    """Every row once, in order, with texts that hold line breaks."""
    rows = warehouse.stream(f"SELECT number AS n, concat('a\\n', toString(number)) AS t FROM numbers({ROWS})")
    assert all(row == {"n": n, "t": f"a\n{n}"} for n, row in zip(range(ROWS), rows, strict=True))
