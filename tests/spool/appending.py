"""A receiver's process in small: `appending.py FOLDER NAME SENDERS COUNT SEGMENT_BYTES`.

Each of SENDERS tasks appends records `NAME-task-number…`, COUNT in all (0: for ever), and tells of each on stdout
when it is acknowledged: one `write` a line, at once. The line is what a 202 is.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from collector.spool.writer import SpoolWriter


async def run(folder: Path, name: str, senders: int, count: int, segment_bytes: int) -> None:
    spool = SpoolWriter(folder, limit_bytes=1 << 32, segment_bytes=segment_bytes, key_share=1.0)
    numbers = iter(range(count)) if count else itertools.count()

    async def send(sender: int) -> None:
        for number in numbers:
            told = b"%s-%d-%d" % (name.encode(), sender, number)
            await spool.append(1, told + b" " + b"x" * (number * 37 % 900), key="shop")
            os.write(1, told + b"\n")

    await asyncio.gather(*(send(sender) for sender in range(senders)))
    await spool.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])))
