"""An answer of ClickHouse, in a form that analysts' tools read, streamed to where it is wanted.

ClickHouse says 200 before it knows that all will go well. What went wrong after the first rows breaks the answer off,
but an HTTP proxy between may hide that; so the end of what came is looked at as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any, Literal, get_args

from collector.errors import ExportUnfinished, WarehouseError
from collector.settings import Settings
from collector.warehouse.client import Warehouse

Form = Literal["parquet", "arrow", "csv", "ndjson"]
FORMS: tuple[Form, ...] = get_args(Form)
FORMATS: dict[Form, str] = {"parquet": "Parquet", "arrow": "Arrow", "csv": "CSVWithNames", "ndjson": "JSONEachRow"}
"""How ClickHouse calls them."""
BINARY: frozenset[Form] = frozenset({"parquet", "arrow"})
ENDS: dict[Form, bytes] = {"parquet": b"PAR1", "arrow": b"ARROW1"}
"""What a whole file ends with; written when everything else is."""
AS_WRITTEN = {
    "output_format_json_quote_64bit_integers": "0",
    "output_format_json_quote_decimals": "1",
    "output_format_arrow_string_as_string": "1",
    "output_format_parquet_string_as_string": "1",
}
STATEMENT_S = 3600.0
TAIL_BYTES = 16 * 1024

_ERROR_AT_END = re.compile(
    rb"\r\n__exception__\r\n\Z|Code: [0-9]+\. DB::Exception: [^\n]*\(version [0-9.]+[^\n]*\)\s*\Z"
)


def write(settings: Settings, sql: str, values: Mapping[str, Any], form: Form, out: IO[bytes]) -> int:
    """Write the answer to `out`; gives its bytes. Raises ExportUnfinished when it is not whole, and OSError."""
    written, tail = 0, b""
    try:
        with Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
            for part in warehouse.raw(sql, values, AS_WRITTEN, FORMATS[form]):
                out.write(part)
                written += len(part)
                tail = (tail + part)[-TAIL_BYTES:]
    except WarehouseError as error:
        after = f" after {written:,} bytes" if written else ""
        raise ExportUnfinished(f"the export is not whole: it ended{after} with: {error}") from error
    if not is_whole(tail, form):
        raise ExportUnfinished(f"the export is not whole: it broke off after {written:,} bytes; repeat it")
    return written


def is_whole(tail: bytes, form: Form) -> bool:
    """Whether an answer with this end is all of it: that of its form, and no error of ClickHouse's."""
    return tail.endswith(ENDS.get(form, b"")) and _ERROR_AT_END.search(tail) is None
