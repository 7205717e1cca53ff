"""Read a TensorFlow checkpoint (tensor bundle, version 1) with numpy alone.

A bundle is two files. The index is a LevelDB-style table: sorted keys (variable names) to
`BundleEntryProto` messages (dtype, shape, offset, size, CRC). The data file holds the raw
little-endian tensors one after another. Every block and every tensor carries a CRC32C, and
every one that is read is checked, so a damaged download is never listened with.

Formats: github.com/google/leveldb, doc/table_format.md; tensorflow/core/protobuf/
tensor_bundle.proto. Only what musicnn's checkpoints use is read: one shard, no compression,
float32.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from atl_core.errors import WeightsError

FOOTER_BYTES = 48
TABLE_MAGIC = 0xDB4775248B80FB57
CRC32C_POLYNOMIAL = 0x82F63B78
DT_FLOAT = 1
LANES = 512


def read_checkpoint(index: Path, data: Path) -> dict[str, npt.NDArray[np.float32]]:
    """Read every model variable of a checkpoint, leaving optimiser slots and counters behind.

    Returns:
        Variable name to float32 array, in TensorFlow's own layout.

    Raises:
        WeightsError: a file is missing, cut short or damaged.
    """
    try:
        table = index.read_bytes()
        tensors = np.memmap(data, dtype=np.uint8, mode="r")
    except (OSError, ValueError) as error:
        raise _damaged(index.parent) from error
    try:
        return {
            name.decode(): _tensor(entry, tensors)
            for name, entry in _entries(table)
            if name and b"Adam" not in name and b"/" in name
        }
    except (ValueError, IndexError, KeyError, struct.error) as error:
        raise _damaged(index.parent) from error


def _damaged(folder: Path) -> WeightsError:
    return WeightsError(
        f"The tagger's weights in {folder} are missing or damaged.",
        remedy="Run: atl weights fetch",
    )


def _entries(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield every (key, value) of a table, in order."""
    footer = table[-FOOTER_BYTES:]
    if len(footer) < FOOTER_BYTES or struct.unpack("<Q", footer[-8:])[0] != TABLE_MAGIC:
        raise ValueError("not a table")
    _, at = _handle(footer, 0)
    index_block, _ = _handle(footer, at)
    for _, value in _block(table, *index_block):
        block, _ = _handle(value, 0)
        yield from _block(table, *block)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the (key, value) pairs of one block; keys share a prefix with the one before."""
    content, trailer = table[offset : offset + size], table[offset + size : offset + size + 5]
    compression, checksum = struct.unpack("<BI", trailer)
    if compression != 0 or _masked(crc32c(content + trailer[:1])) != checksum:
        raise ValueError("damaged block")
    restarts = struct.unpack("<I", content[-4:])[0]
    end = len(content) - 4 * (restarts + 1)
    key, at = b"", 0
    while at < end:
        shared, at = _varint(content, at)
        unshared, at = _varint(content, at)
        length, at = _varint(content, at)
        key = key[:shared] + content[at : at + unshared]
        at += unshared
        yield key, content[at : at + length]
        at += length


def _tensor(entry: bytes, data: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    fields = _message(entry)
    if fields[1][0] != DT_FLOAT or 3 in fields:
        raise ValueError("only float32 tensors in one shard are read")
    shape = [_message(dim).get(1, [0])[0] for dim in _message(fields[2][0]).get(2, [])]
    offset, size = fields.get(4, [0])[0], fields[5][0]
    content = np.array(data[offset : offset + size])
    if len(content) != size or _masked(crc32c(content)) != fields[6][0]:
        raise ValueError("damaged tensor")
    return content.view("<f4").reshape(shape)


def _message(content: bytes) -> dict[int, list[Any]]:
    """Split a protocol-buffer message into its fields: number to values."""
    fields: dict[int, list[Any]] = {}
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        value: int | bytes
        match tag & 7:
            case 0:
                value, at = _varint(content, at)
            case 2:
                length, at = _varint(content, at)
                value, at = content[at : at + length], at + length
            case 5:
                value, at = struct.unpack_from("<I", content, at)[0], at + 4
            case kind:
                raise ValueError(f"wire type {kind} is not used by a bundle")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _handle(content: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(content, at)
    size, at = _varint(content, at)
    return (offset, size), at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def crc32c(content: bytes | npt.NDArray[np.uint8]) -> int:
    """CRC-32C (Castagnoli) of at least four bytes.

    A CRC is linear over GF(2): the bytes are dealt to `LANES` lanes that numpy advances side
    by side, and the lanes are then joined by the matrix that shifts a CRC past one lane.
    Inverting the first four bytes stands for the usual initial value, and zeros put before
    them change nothing.
    """
    given = np.frombuffer(content, np.uint8) if isinstance(content, bytes) else content
    lane = -(-len(given) // LANES)
    padded = np.zeros(LANES * lane, np.uint8)
    start = len(padded) - len(given)
    padded[start:] = given
    padded[start : start + 4] ^= 0xFF
    table = _byte_table()
    crcs = np.zeros(LANES, np.uint32)
    for column in padded.reshape(LANES, lane).T:
        crcs = table[(crcs ^ column) & 0xFF] ^ (crcs >> 8)
    shift = _shift(lane)
    joined = 0
    for crc in crcs.tolist():
        joined = _apply(shift, joined) ^ crc
    return joined ^ 0xFFFFFFFF


def _masked(crc: int) -> int:
    """A CRC as LevelDB stores it, so that a CRC of CRCs is not degenerate."""
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@cache
def _byte_table() -> npt.NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ (table & np.uint32(1)) * np.uint32(CRC32C_POLYNOMIAL)
    return table


def _apply(matrix: tuple[int, ...], vector: int) -> int:
    """Multiply a 32 x 32 matrix over GF(2), given as columns, with a vector."""
    result = 0
    for column in matrix:
        if not vector:
            break
        if vector & 1:
            result ^= column
        vector >>= 1
    return result


@cache
def _shift(zeros: int) -> tuple[int, ...]:
    """The matrix that carries a CRC past that many zero bytes, by repeated squaring."""
    if zeros == 0:
        return tuple(1 << bit for bit in range(32))
    if zeros == 1:
        table = _byte_table()
        return tuple(int(table[(1 << b) & 0xFF]) ^ (1 << b) >> 8 for b in range(32))
    half = _shift(zeros // 2)
    whole = tuple(_apply(half, column) for column in half)
    return whole if zeros % 2 == 0 else tuple(_apply(_shift(1), column) for column in whole)
