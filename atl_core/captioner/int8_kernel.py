"""The layers of a decoder on a CPU, with int8 weights, compiled by numba for each machine.

At the few rows of a step of sampling, a library spends more time on starting its many short
operations than on computing. Here a block of the decoder is a few functions, none of which holds
Python's lock, so each core takes its own rows through all of them.

Weights are rounded to 8 bits, with one scale for each output channel. Activations are rounded to
12 to 16 bits, with one scale for each row. Sums are whole numbers, so the result of a row does not
depend on the other rows. The product of two 16-bit numbers and the sum of two neighbours is one
instruction on every common processor (`pmaddwd` on x86).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES: Final = 16
"""Values of a row that are multiplied at once. Weights are padded to a multiple of it."""
TILE_ROWS: Final = 4
TILE_COLUMNS: Final = 2
"""Rows by output channels whose sums are kept in registers: of the sizes tried, the fastest."""
AHEAD: Final = 2048
"""Bytes of weights, at least, that are fetched from memory ahead of those being multiplied."""
BLOCK_ROWS: Final = 24
"""Rows that fit in a core's first cache."""
MAX_SUM: Final = 2**31 - 1
MAX_WEIGHT: Final = 127

_F = np.float32
_ONE = _F(1)
_LOG2_E, _LN2_HIGH, _LN2_LOW = _F(1.44269504), _F(0.693359375), _F(-2.12194440e-4)
_EXP = (_F(1 / 2), _F(1 / 6), _F(1 / 24), _F(1 / 120), _F(1 / 720))
_MIN_EXP, _MAX_EXP = _F(-87), _F(88)


Array = np.ndarray[Any, Any]


class Weights(NamedTuple):
    """A linear layer."""

    values: Array
    """(out_features, in_features padded to a multiple of `LANES`), int8."""
    scale: Array
    """(out_features,), float32."""
    bias: Array
    """(out_features,), float32, or (0,)."""


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` without Python's lock. The result is kept on disk, beside the code or in the
    user's cache; where neither can be written, each process compiles anew.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        try:
            return njit(nogil=True, cache=True, **options)(function)
        except RuntimeError:  # numba found no folder for it
            return njit(nogil=True, **options)(function)

    return decorate


def _sums_of_products(_: Any, x: Any, w: Any, length: Any, ahead: Any, sums: Any) -> Any:  # noqa: ARG001
    """Sums of products of `TILE_ROWS` rows and `TILE_COLUMNS` channels.

    Written in LLVM IR, since LLVM's vectorizer does not find `pmaddwd` by itself.

    Args:
        x: address of int16 rows that follow each other.
        w: address of int8 channels that follow each other.
        length: of a row and of a channel, a multiple of `LANES`.
        ahead: bytes after the weights being read that are fetched from memory meanwhile.
        sums: address of int32 (TILE_ROWS, TILE_COLUMNS).
    """
    signature = types.void(types.uintp, types.uintp, types.intp, types.intp, types.uintp)

    def generate(context: Any, b: ir.IRBuilder, _: Any, args: Any) -> Any:
        def vector(bits: int, lanes: int = LANES) -> ir.VectorType:
            return ir.VectorType(ir.IntType(bits), lanes)

        def number(value: int) -> ir.Constant:
            return ir.Constant(ir.IntType(64), value)

        def load(pointer: ir.Value, kind: ir.VectorType) -> ir.Value:
            found = b.load(b.bitcast(b.gep(pointer, [at]), kind.as_pointer()))
            found.align = 1
            return b.sext(found, vector(32))

        x, w, length, ahead, sums = args
        x = b.inttoptr(x, ir.IntType(16).as_pointer())
        w = b.inttoptr(w, ir.IntType(8).as_pointer())
        sums = b.inttoptr(sums, ir.IntType(32).as_pointer())
        rows = [b.gep(x, [b.mul(length, number(row))]) for row in range(TILE_ROWS)]
        channels = [b.gep(w, [b.mul(length, number(one))]) for one in range(TILE_COLUMNS)]
        even, odd = (
            ir.Constant(vector(32, LANES // 2), list(range(first, LANES, 2))) for first in (0, 1)
        )
        byte = ir.IntType(8).as_pointer()
        flags = [ir.IntType(32)] * 3
        prefetch = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            b.module, ir.FunctionType(ir.VoidType(), [byte, *flags]), "llvm.prefetch.p0"
        )
        before = b.block
        loop, after = b.append_basic_block("loop"), b.append_basic_block("after")
        b.branch(loop)
        b.position_at_end(loop)
        at = b.phi(ir.IntType(64))
        at.add_incoming(number(0), before)
        totals = [b.phi(vector(32, LANES // 2)) for _ in range(TILE_ROWS * TILE_COLUMNS)]
        weights = [load(channel, vector(8)) for channel in channels]
        for channel in channels:
            following = b.gep(channel, [b.add(at, ahead)])
            b.call(
                prefetch, [following, *(ir.Constant(ir.IntType(32), value) for value in (0, 3, 1))]
            )
        new: list[ir.Value] = []
        for row in rows:
            values = load(row, vector(16))
            for weight in weights:
                product = b.mul(values, weight)
                none = ir.Constant(product.type, ir.Undefined)
                pairs = (b.shuffle_vector(product, none, lanes) for lanes in (even, odd))
                new.append(b.add(totals[len(new)], b.add(*pairs)))
        following = b.add(at, number(LANES))
        at.add_incoming(following, loop)
        for total, value in zip(totals, new, strict=True):
            total.add_incoming(ir.Constant(total.type, [0] * (LANES // 2)), before)
            total.add_incoming(value, loop)
        b.cbranch(b.icmp_signed("<", following, length), loop, after)
        b.position_at_end(after)
        # Horizontal sums: neighbours of two vectors are added into one, until one vector is left.
        lanes = LANES // 2
        even, odd = (
            ir.Constant(vector(32, lanes), list(range(first, 2 * lanes, 2))) for first in (0, 1)
        )
        while len(new) > 1:
            new = [
                b.add(*(b.shuffle_vector(one, other, part) for part in (even, odd)))
                for one, other in zip(new[::2], new[1::2], strict=True)
            ]
        b.store(new[0], b.bitcast(sums, new[0].type.as_pointer())).align = 4
        return context.get_dummy_value()

    return signature, generate


_tile: Any = intrinsic(_sums_of_products)


def _bits_of_power(_: Any, exponent: Any) -> Any:  # noqa: ARG001
    """2 to a whole power, int32 to float32, by its bits."""

    def generate(context: Any, b: ir.IRBuilder, _: Any, args: Any) -> Any:  # noqa: ARG001
        bias, shift = (ir.Constant(ir.IntType(32), value) for value in (127, 23))
        return b.bitcast(b.shl(b.add(args[0], bias), shift), ir.FloatType())

    return types.float32(types.int32), generate


_power_of_two: Any = intrinsic(_bits_of_power)


@compiled(fastmath=True, inline="always")
def _exp(x: Any) -> Any:
    """e to the power of a float32, to seven digits; unlike the C library's, it vectorizes."""
    x = x if x > _MIN_EXP else _MIN_EXP
    x = x if x < _MAX_EXP else _MAX_EXP
    whole = np.rint(x * _LOG2_E)
    f = x - whole * _LN2_HIGH - whole * _LN2_LOW
    a, b, c, d, e = _EXP
    return (_ONE + f * (_ONE + f * (a + f * (b + f * (c + f * (d + f * e)))))) * _power_of_two(
        np.int32(whole)
    )


@compiled(fastmath=True)
def _round_row(row: Array, length: int, rounded: Array) -> Any:
    """Round the values of a row to int16; return the value of one step."""
    largest = _F(1e-20)
    for i in range(length):
        largest = max(largest, abs(row[i]))
    # The sum of products must fit in 32 bits, whatever the weights are.
    steps = _F(min(32_767, MAX_SUM // (MAX_WEIGHT * length)))
    factor = steps / largest
    for i in range(length):
        rounded[i] = np.int16(np.rint(row[i] * factor))
    for i in range(length, len(rounded)):
        rounded[i] = 0
    return largest / steps


@compiled(fastmath=True)
def rounded_rows(x: Array, padded: int) -> tuple[Array, Array]:
    """Round rows for `multiply`.

    Args:
        x: (rows, n), float32.
        padded: length of the rounded rows.

    Returns:
        (rows padded to a multiple of `TILE_ROWS`, padded), int16, and the step of each, float32.
    """
    count = -(-len(x) // TILE_ROWS) * TILE_ROWS
    rounded, steps = np.empty((count, padded), np.int16), np.zeros(count, np.float32)
    rounded[len(x) :] = 0
    for r in range(len(x)):
        steps[r] = _round_row(x[r], x.shape[1], rounded[r])
    return rounded, steps


@compiled(fastmath=True)
def normed_rows(x: Array, norm: Array, eps: float, padded: int) -> tuple[Array, Array]:
    """`rounded_rows` of rows after an RMS norm (Zhang and Sennrich 2019)."""
    rows, width = x.shape
    count = -(-rows // TILE_ROWS) * TILE_ROWS
    rounded, steps = np.empty((count, padded), np.int16), np.zeros(count, np.float32)
    rounded[rows:] = 0
    normed = np.empty(width, np.float32)
    for r in range(rows):
        row, total = x[r], _F(0)
        for i in range(width):
            total += row[i] * row[i]
        inverse = _ONE / np.sqrt(total / _F(width) + _F(eps))
        for i in range(width):
            normed[i] = row[i] * inverse * norm[i]
        steps[r] = _round_row(normed, width, rounded[r])
    return rounded, steps


@compiled(fastmath=True)
def gated_rows(gate: Array, up: Array, padded: int) -> tuple[Array, Array]:
    """`rounded_rows` of silu(gate) x up, which are (rows, n) each. Changes `gate`."""
    rows, width = gate.shape
    for r in range(rows):
        of_gate, of_up = gate[r], up[r]
        for i in range(width):
            of_gate[i] = of_gate[i] * of_up[i] / (_ONE + _exp(-of_gate[i]))
    rounded: tuple[Array, Array] = rounded_rows(gate, padded)
    return rounded


@compiled()
def multiply(
    rounded: Array, steps: Array, values: Array, scale: Array, bias: Array, out: Array,
    first: int, end: int,
) -> None:  # fmt: skip
    """Write output channels `first` (even) to `end` of a linear layer to `out`.

    Args:
        rounded, steps: of `rounded_rows`.
        values, scale, bias: see `Weights`.
        out: (rows, out_features), float32.
    """
    channels, length = values.shape
    sums = np.empty((TILE_ROWS, TILE_COLUMNS), np.int32)
    rows = len(out)
    # Channels follow each other. Those of the next tile, or of one soon after, are fetched; of long
    # channels, what comes next in each.
    tile = TILE_COLUMNS * length
    ahead = AHEAD if length > 2 * AHEAD else -(-AHEAD // tile) * tile
    for block in range(0, rows, BLOCK_ROWS):
        for start in range(first, end, TILE_COLUMNS):
            # An odd last channel is computed with the one before it, which another core may have
            # computed as well.
            channel = min(start, channels - TILE_COLUMNS)
            w = values.ctypes.data + np.uintp(channel * length)
            for row in range(block, min(block + BLOCK_ROWS, rows), TILE_ROWS):
                x = rounded.ctypes.data + np.uintp(row * length * 2)
                _tile(x, w, length, ahead, sums.ctypes.data)
                for r in range(min(TILE_ROWS, rows - row)):
                    for c in range(TILE_COLUMNS):
                        found = sums[r, c] * (steps[row + r] * scale[channel + c])
                        if len(bias):
                            found += bias[channel + c]
                        out[row + r, channel + c] = found


@compiled(fastmath=True)
def _rotate(head: Array, cos: Array, sin: Array) -> None:
    """Rotary position of one head (Su et al. 2021), in place: cos and sin are (head_dim / 2,)."""
    half = len(cos)
    for i in range(half):
        first, second = head[i], head[half + i]
        head[i] = first * cos[i] - second * sin[i]
        head[half + i] = second * cos[i] + first * sin[i]


@compiled(fastmath=True)
def _dot(a: Array, b: Array) -> Any:
    total = _F(0)
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@compiled(fastmath=True)
def _add_products(out: Array, factors: Array, rows: Array, width: int) -> None:
    """Add rows, (n, width), each times its factor, to `out`; four at a time."""
    whole = len(rows) // 4 * 4
    for r in range(0, whole, 4):
        a, b, c, d = rows[r], rows[r + 1], rows[r + 2], rows[r + 3]
        e, f, g, h = factors[r], factors[r + 1], factors[r + 2], factors[r + 3]
        for i in range(width):
            out[i] += (e * a[i] + f * b[i]) + (g * c[i] + h * d[i])
    for r in range(whole, len(rows)):
        row, factor = rows[r], factors[r]
        for i in range(width):
            out[i] += factor * row[i]


@compiled(fastmath=True)
def _softmax(scores: Array, count: int) -> None:
    """Softmax of the first scores, in place."""
    largest = scores[0]
    for i in range(1, count):
        largest = max(largest, scores[i])
    total = _F(0)
    for i in range(count):
        scores[i] = _exp(scores[i] - largest)
        total += scores[i]
    inverse = _ONE / total
    for i in range(count):
        scores[i] *= inverse


@compiled(fastmath=True)
def attend(
    q: Array, k: Array, v: Array, cos: Array, sin: Array, prefix_keys: Array,
    prefix_values: Array, keys: Array, values: Array, length: int,
) -> Array:  # fmt: skip
    """Causal attention of new tokens to a shared prefix and to their own sequence.

    The new tokens' keys and values are written to the cache of the sequences.

    Args:
        q: (rows, n, heads, head_dim), float32 as all others.
        k, v: (rows, n, kv_heads, head_dim).
        cos, sin: of the positions, (n, head_dim / 2).
        prefix_keys, prefix_values: (kv_heads, prefix length, head_dim).
        keys, values: (rows, kv_heads, capacity, head_dim).
        length: tokens that the sequences have.

    Returns:
        (rows x n, heads x head_dim)
    """
    rows, count, heads, dim = q.shape
    kv_heads, past, _ = prefix_keys.shape
    group = heads // kv_heads
    out = np.zeros((rows, count, heads, dim), np.float32)
    scores = np.empty(past + length + count, np.float32)
    by_dim = np.empty((dim, past), np.float32)
    scale = _ONE / np.sqrt(_F(dim))
    for kv_head in range(kv_heads):
        # All queries share the keys of the prefix: turned once, they are multiplied in long runs.
        for i in range(past):
            for d in range(dim):
                by_dim[d, i] = prefix_keys[kv_head, i, d]
        for row in range(rows):
            own_keys, own_values = keys[row, kv_head], values[row, kv_head]
            for token in range(count):
                last = length + token
                seen = past + last + 1
                _rotate(k[row, token, kv_head], cos[token], sin[token])
                own_keys[last] = k[row, token, kv_head]
                own_values[last] = v[row, token, kv_head]
                for head in range(kv_head * group, (kv_head + 1) * group):
                    query, found = q[row, token, head], out[row, token, head]
                    _rotate(query, cos[token], sin[token])
                    for d in range(dim):
                        query[d] *= scale
                    scores[:past] = 0
                    _add_products(scores, query, by_dim, past)
                    for i in range(last + 1):
                        scores[past + i] = _dot(query, own_keys[i])
                    _softmax(scores, seen)
                    _add_products(found, scores, prefix_values[kv_head], dim)
                    _add_products(found, scores[past:seen], own_values[: last + 1], dim)
    return out.reshape(rows * count, heads * dim)
