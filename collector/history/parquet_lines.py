"""`python -m collector.history.parquet_lines FROM`: rows.parquet of the working folder as JSON lines.

The first line says how many rows the file has, the others are the rows from number FROM on, in the file's order. A
process of its own, in a folder of its own: chDB's import starts an engine with any config.xml that lies in the working
folder, and a Parquet file that brings the engine down must not take the import along.
"""

from __future__ import annotations

import sys
from pathlib import Path

from collector.warehouse.migrate import statements

HERE = Path(__file__).parent


def main(first: int) -> None:
    """Write them. Raises RuntimeError with the engine's words when the file cannot be read."""
    import chdb  # see above

    engine = chdb.connect(":memory:")
    for sql in statements(HERE / "parquet_lines.sql", {"first": str(first)}):
        engine.query(sql)


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except RuntimeError as error:
        sys.exit(str(error).partition("\n")[0])
