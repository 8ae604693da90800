"""Looks for bytes in every file of a folder, also in what ClickHouse has compressed."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import lz4.block

CHECKSUM = 16
HEADER = struct.Struct("<BII")
LZ4 = 0x82
NONE = 0x02


def files_with(folder: Path, wanted: bytes) -> list[str]:
    """The files that hold these bytes as they are, or in one of ClickHouse's compressed blocks.

    Files may come and go meanwhile; pipes are left out.
    """
    found = []
    for place, _, names in os.walk(folder):
        for file in (Path(place, name) for name in names):
            try:
                content = file.read_bytes() if file.is_file() else b""
            except FileNotFoundError:
                continue
            if wanted in content or any(wanted in block for block in blocks(content)):
                found.append(str(file.relative_to(folder)))
    return found


def blocks(content: bytes) -> Iterator[bytes]:
    """ClickHouse's compressed blocks: checksum, method, size with method and sizes, size of the text."""
    at = 0
    while at + CHECKSUM + HEADER.size <= len(content):
        method, size, text_size = HEADER.unpack_from(content, at + CHECKSUM)
        block = content[at + CHECKSUM + HEADER.size : at + CHECKSUM + size]
        if method not in (LZ4, NONE) or size <= HEADER.size or len(block) != size - HEADER.size:
            return
        yield lz4.block.decompress(block, uncompressed_size=text_size) if method == LZ4 else block
        at += CHECKSUM + size
