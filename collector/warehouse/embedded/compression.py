"""Compressed requests and answers: HTTP's codings, and ClickHouse's own blocks (`compress=1`, `decompress=1`).

Requests are unpacked here, never by the engine: it says *success* for bytes it cannot read. Whatever is not whole, or
of a coding that is not known here, is refused. Everything is unpacked in small steps, so that a bomb costs no memory.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import lz4.block
import lz4.frame
from clickhouse_cityhash.cityhash import CityHash128

from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.limits import BLOCK_BYTES, MIB, UNPACKED_BYTES

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ANSWERS = ("lz4", "zstd", "gzip", "deflate")
"""Codings of answers, in the order we like them: LZ4 costs least, and most clients are on the same machine."""


class Unpacker(Protocol):
    """Unpacks a body piece by piece."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` holds, in pieces of bounded size. Raises Fault when it is damaged."""

    def finish(self) -> None:
        """Say that the body has ended. Raises Fault when it ended too early."""


class Packer(Protocol):
    """Packs an answer piece by piece."""

    def pack(self, data: bytes) -> bytes:
        """As much of the packed answer as is ready."""

    def finish(self) -> bytes:
        """The rest of it."""


def unpacker(coding: str) -> Unpacker:
    """For the value of a Content-Encoding header. Raises Fault for a coding that is not known here."""
    name = coding.strip().lower()
    if name in ("", "identity"):
        return _Plain()
    make = _DECODERS.get(name)
    if make is None:
        known = ", ".join(sorted(_DECODERS))
        raise Fault(48, f"Unknown compression method '{name[:20]}'. Only {known} are supported as Content-Encoding")
    return _Coded(name, make)


def chosen_coding(accepted: str) -> str:
    """The coding of an answer to a request with this Accept-Encoding; empty for none."""
    offers = set()
    for part in accepted.lower().split(",")[:20]:
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offers.add(name.strip())
    return next((name for name in ANSWERS if name in offers), "")


def packer(coding: str) -> Packer:
    """For one of ANSWERS, or for no coding."""
    makes: dict[str, Callable[[], Packer]] = {"lz4": _Lz4Packer, "zstd": _zstd_packer, "": _Plain}
    wbits = {"gzip": 31, "deflate": 15}
    return _Flushed(zlib.compressobj(3, zlib.DEFLATED, wbits[coding])) if coding in wbits else makes[coding]()


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def pack(self, data: bytes) -> bytes:
        return data

    def finish(self) -> Any:
        return b""


class _Decoder(Protocol):
    """One frame, stream or member; the interface of lzma, zstd and lz4."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes | None: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Coded:
    """Any number of frames one after another: clients that compress block by block send many."""

    def __init__(self, name: str, make: Callable[[], _Decoder]) -> None:
        self._name, self._make = name, make
        self._decoder: _Decoder | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data or (self._decoder is not None and not self._decoder.needs_input):
                decoder = self._decoder = self._decoder or self._make()
                piece = decoder.decompress(data, UNPACKED_BYTES)
                data = b""
                if decoder.eof:
                    data, self._decoder = decoder.unused_data or b"", None
                if piece:
                    yield piece
        except (RuntimeError, zlib.error, zstd.ZstdError, EOFError, ValueError) as error:
            raise Fault(271, f"Cannot decompress the request's body as {self._name}: {error}") from None

    def finish(self) -> None:
        if self._decoder is not None:
            raise Fault(271, f"Cannot decompress the request's body as {self._name}: it ended too early")


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._decoder = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": lambda: _Zlib(31),
    "x-gzip": lambda: _Zlib(31),
    "deflate": lambda: _Zlib(15),
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "zstd": zstd.ZstdDecompressor,
}


class _Flushed:
    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    def pack(self, data: bytes) -> bytes:
        return bytes(self._encoder.compress(data))

    def finish(self) -> bytes:
        return bytes(self._encoder.flush())


def _zstd_packer() -> Packer:
    return _Flushed(zstd.ZstdCompressor(level=1))


class _Lz4Packer(_Flushed):
    def __init__(self) -> None:
        super().__init__(lz4.frame.LZ4FrameCompressor())
        self._begun = bytes(self._encoder.begin())

    def pack(self, data: bytes) -> bytes:
        begun, self._begun = self._begun, b""
        return begun + super().pack(data)

    def finish(self) -> bytes:
        return self._begun + super().finish()


# ClickHouse's own blocks: 128-bit checksum, method (1 byte), packed size with these 9 bytes, unpacked size, data.
_CHECKSUM = struct.Struct("<QQ")
_HEAD = struct.Struct("<BII")
_LZ4, _ZSTD, _NONE = 0x82, 0x90, 0x02


def _checksum(block: bytes) -> bytes:
    number: int = CityHash128(block)
    return _CHECKSUM.pack(number >> 64, number & 0xFFFF_FFFF_FFFF_FFFF)


class NativePacker:
    """Answers for `compress=1`: what JDBC and Go clients ask for."""

    def pack(self, data: bytes) -> bytes:
        return b"".join(self._block(data[start : start + MIB]) for start in range(0, len(data), MIB))

    def _block(self, data: bytes) -> bytes:
        packed = bytes(lz4.block.compress(data, store_size=False))
        block = _HEAD.pack(_LZ4, len(packed) + _HEAD.size, len(data)) + packed
        return _checksum(block) + block

    def finish(self) -> bytes:
        return b""


class NativeUnpacker:
    """Bodies with `decompress=1`."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._waiting += data
        while len(self._waiting) >= _CHECKSUM.size + _HEAD.size:
            method, packed, unpacked = _HEAD.unpack_from(self._waiting, _CHECKSUM.size)
            if not _HEAD.size <= packed <= BLOCK_BYTES or unpacked > BLOCK_BYTES:
                raise Fault(271, f"Cannot decompress: a block of {packed} bytes (unpacked {unpacked}) is not one")
            if len(self._waiting) < _CHECKSUM.size + packed:
                return
            checksum = bytes(self._waiting[: _CHECKSUM.size])
            block = bytes(self._waiting[_CHECKSUM.size : _CHECKSUM.size + packed])
            del self._waiting[: _CHECKSUM.size + packed]
            if _checksum(block) != checksum:
                raise Fault(262, "Checksum doesn't match: corrupted data in a compressed block")
            yield _unpacked(method, block[_HEAD.size :], unpacked)

    def finish(self) -> None:
        if self._waiting:
            raise Fault(271, "Cannot decompress: the last block ended too early")


def _unpacked(method: int, data: bytes, size: int) -> bytes:
    try:
        if method == _LZ4:
            plain = bytes(lz4.block.decompress(data, uncompressed_size=size))
        elif method == _ZSTD:
            plain = bytes(zstd.ZstdDecompressor().decompress(data, max_length=size + 1))
        elif method == _NONE:
            plain = data
        else:
            raise Fault(48, f"Unknown compression method {method:#x} in a compressed block")
    except (lz4.block.LZ4BlockError, zstd.ZstdError, ValueError) as error:
        raise Fault(271, f"Cannot decompress a block: {error}") from None
    if len(plain) != size:
        raise Fault(271, "Cannot decompress a block: it is shorter or longer than it says")
    return plain
