"""The layers of a decoder on a CPU, with int8 weights, compiled by numba for each machine.

At the few rows of a step of sampling, a library spends more time on starting its many short
operations than on computing, and threads wait for one another at Python's lock. Here all blocks of
a decoder are one function (`run_blocks`), which does not hold that lock, so each core takes its own
rows through all of them.

Weights are rounded to 8 bits, with one scale for each output channel. Activations are rounded to
12 to 16 bits, with one scale for each row. Sums are whole numbers, so the result of a row does not
depend on the other rows. The product of two 16-bit numbers and the sum of two neighbours is one
instruction on every common processor (`pmaddwd` on x86).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, Final, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from atl_core.captioner.compiled import compiled
from atl_core.captioner.kv_cache import LANES

PAIR: Final = 2
"""Values of a row that one instruction multiplies and adds. Rows are padded to a multiple of it."""
GROUP: Final = 2 * LANES
"""Output channels that are computed at once."""
TILE_ROWS: Final = 6
"""Rows that are multiplied at once, at most: their sums, `GROUP` each, fill the registers."""
AHEAD: Final = 8192
"""Bytes of weights that are fetched from memory ahead of those being multiplied."""
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
    """A linear layer of every block, or one layer: then without the first axis of the arrays."""

    values: Array
    """(blocks, groups, in_features / `PAIR`, `GROUP`, `PAIR`), int8: in the order in which it is
    read. in_features are padded with zeros to a multiple of `PAIR`."""
    scale: Array
    """(blocks, groups x `GROUP`), float32."""
    bias: Array
    """(blocks, groups x `GROUP`), float32."""
    channels: int
    """out_features. The last group is padded with zeros."""

    def of(self, block: int) -> Weights:
        """The layer of one block."""
        return Weights(self.values[block], self.scale[block], self.bias[block], self.channels)


class Linear(NamedTuple):
    """A linear layer of every block, and what an adapter adds to it."""

    weights: Weights
    down: Weights
    """(in -> rank) of a low-rank update; no out_features without one."""
    up: Weights
    """(rank -> out)."""


class Blocks(NamedTuple):
    """The weights of all blocks of a decoder."""

    q: Linear
    k: Linear
    v: Linear
    out: Linear
    gate: Linear
    up: Linear
    down: Linear
    norm_in: Array
    """(blocks, width), float32."""
    norm_mid: Array


PIECE: Final = np.dtype(
    [
        (name, np.int64)
        for name in (
            "first", "rows", "count", "angles", "length", "capacity", "past", "keys", "values",
            "step", "prefix_keys", "prefix_values",
        )
    ]
)  # fmt: skip
"""Rows that are computed together and share a prefix: `rows` of `count` tokens from token `first`
on, whose rotary angles are from row `angles` on. `keys` and `values` are the addresses of their
cache, (rows, kv_heads, capacity, head_dim) of float32, in the first block; those of the next block
are `step` bytes further. `length` tokens of it are filled. `prefix_keys`, (blocks, kv_heads,
head_dim, past padded to a multiple of `LANES`), and `prefix_values`, (blocks, kv_heads, past,
head_dim), are without gaps."""


FAST: Final = {"nnan", "ninf", "nsz", "contract"}
"""What LLVM may do with numbers. It may not reorder sums: each function has a copy in each caller
that is kept on disk, the copies are optimized apart, and the one that is loaded first is used. So
they must all compute the same."""
INT32, INT64, REAL = ir.IntType(32), ir.IntType(64), ir.FloatType()


def vector(kind: ir.Type, lanes: int = LANES) -> ir.VectorType:
    return ir.VectorType(kind, lanes)


def number(value: int) -> ir.Constant:
    return ir.Constant(INT64, value)


def at(b: ir.IRBuilder, address: ir.Value, *offsets: ir.Value, kind: ir.Type) -> ir.Value:
    """The pointer to an address and some bytes further."""
    for offset in offsets:
        address = b.add(address, offset)
    return b.inttoptr(address, kind.as_pointer())


def load(b: ir.IRBuilder, address: ir.Value, *offsets: ir.Value, kind: ir.Type) -> ir.Value:
    found = b.load(at(b, address, *offsets, kind=kind))
    found.align = 1
    return found


def everywhere(b: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """A vector of one value."""
    none = ir.Constant(vector(value.type), ir.Undefined)
    first = b.insert_element(none, value, ir.Constant(INT32, 0))
    return b.shuffle_vector(first, none, ir.Constant(vector(INT32), [0] * LANES))


@contextmanager
def loop(
    b: ir.IRBuilder, count: ir.Value, starts: Sequence[ir.Constant]
) -> Iterator[tuple[ir.Value, list[ir.Value], list[ir.Value]]]:
    """A loop that runs `count` times, at least once, and carries values from turn to turn.

    Gives the number of the turn, the values, and a list for those of the next turn.
    """
    before = b.block
    inside, after = b.append_basic_block("loop"), b.append_basic_block("after")
    b.branch(inside)
    b.position_at_end(inside)
    turn = b.phi(INT64)
    carried = [b.phi(start.type) for start in starts]
    following: list[ir.Value] = []
    yield turn, carried, following
    next_turn = b.add(turn, number(1))
    for value, start, new in zip(
        [turn, *carried], [number(0), *starts], [next_turn, *following], strict=True
    ):
        value.add_incoming(start, before)
        value.add_incoming(new, inside)
    b.cbranch(b.icmp_signed("<", next_turn, count), inside, after)
    b.position_at_end(after)


def of_numbers(
    count: int,
    generate: Callable[[ir.IRBuilder, Sequence[ir.Value]], ir.Value | None],
    gives: Any = types.void,
) -> Any:
    """A function of `count` whole numbers, for compiled code, by what generates its body."""

    def generate_body(context: Any, b: ir.IRBuilder, _: Any, args: Any) -> Any:
        (numbers,) = args
        found = generate(b, [b.extract_value(numbers, place) for place in range(count)])
        return context.get_dummy_value() if found is None else found

    def typed(_: Any, *numbers: Any) -> Any:  # noqa: ARG001
        all_of_them = types.StarArgUniTuple(types.intp, count)  # type: ignore[no-untyped-call]
        return gives(all_of_them), generate_body

    return intrinsic(typed)


def _generate_sum(b: ir.IRBuilder, numbers: Sequence[ir.Value]) -> ir.Value:
    """The sum of products of `turns` x `LANES` floats at two addresses, lane by lane and then of
    the lanes: always in this order.
    """
    one, other, turns = numbers
    zero = ir.Constant(vector(REAL), [0.0] * LANES)
    with loop(b, turns, [zero]) as (turn, (total,), following):
        offset = b.mul(turn, number(4 * LANES))
        factors = (load(b, address, offset, kind=vector(REAL)) for address in (one, other))
        following.append(b.fadd(total, b.fmul(*factors, flags=["contract"]), flags=["contract"]))
    lanes = [b.extract_element(following[0], ir.Constant(INT32, lane)) for lane in range(LANES)]
    return reduce(b.fadd, lanes)


_sum_of_products = of_numbers(3, _generate_sum, types.float32)


def _products(count: int) -> Any:
    """A function that computes `GROUP` channels of `count` rows.

    Written in LLVM IR, since LLVM's vectorizer does not find `pmaddwd` by itself. Its arguments are
    addresses, and distances in bytes:

        x, x_row: int16 rows of `pairs` x `PAIR` values.
        w: int8 (pairs, GROUP, PAIR).
        steps: float32 of each row.
        scale, bias: float32 of each channel.
        out, out_row: float32 rows, to which `GROUP` channels are written.
    """
    parts = range(GROUP // LANES)
    wide, bytes_of_part = (vector(ir.IntType(bits), LANES * PAIR) for bits in (32, 8))
    even, odd = (
        ir.Constant(vector(INT32), list(range(first, LANES * PAIR, PAIR))) for first in (0, 1)
    )

    def generate(b: ir.IRBuilder, numbers: Sequence[ir.Value]) -> None:
        x, x_row, w, pairs, steps, scale, bias, out, out_row = numbers
        rows = [b.add(x, b.mul(x_row, number(row))) for row in range(count)]
        prefetch = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            b.module,
            ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), INT32, INT32, INT32]),
            "llvm.prefetch.p0",
        )
        to_read, keep, data = (ir.Constant(INT32, value) for value in (0, 3, 1))
        zero = ir.Constant(vector(INT32), [0] * LANES)
        with loop(b, pairs, [zero] * (count * len(parts))) as (pair, totals, sums):
            read = b.mul(pair, number(GROUP * PAIR))
            ahead = at(b, w, read, number(AHEAD), kind=ir.IntType(8))
            b.call(prefetch, [ahead, to_read, keep, data])
            weights = [
                b.sext(load(b, w, read, number(part * LANES * PAIR), kind=bytes_of_part), wide)
                for part in parts
            ]
            for row in rows:
                two = everywhere(b, load(b, row, b.mul(pair, number(2 * PAIR)), kind=INT32))
                values = b.sext(b.bitcast(two, vector(ir.IntType(16), LANES * PAIR)), wide)
                for weight in weights:
                    product = b.mul(values, weight)
                    none = ir.Constant(wide, ir.Undefined)
                    halves = (b.shuffle_vector(product, none, lanes) for lanes in (even, odd))
                    sums.append(b.add(totals[len(sums)], b.add(*halves)))
        for part in parts:
            offset = number(part * LANES * 4)
            scales, biases = (load(b, one, offset, kind=vector(REAL)) for one in (scale, bias))
            for row in range(count):
                step = everywhere(b, load(b, steps, number(4 * row), kind=REAL))
                exact = b.sitofp(sums[row * len(parts) + part], vector(REAL))
                found = b.fadd(b.fmul(exact, b.fmul(step, scales)), biases)
                to = at(b, out, b.mul(out_row, number(row)), offset, kind=vector(REAL))
                b.store(found, to).align = 4

    return of_numbers(9, generate)


_one_row, _two_rows, _three_rows, _four_rows, _five_rows, _six_rows = (
    _products(count) for count in range(1, TILE_ROWS + 1)
)


def _mixture(count: int) -> Any:
    """A function that computes `LANES` columns of a product of float32 matrices for `count` rows.

    Its arguments are addresses, and distances in bytes:

        factors, factors_row: rows of `terms` factors.
        rows, rows_row: `terms` rows, at the first of the columns.
        out, out_row: rows that are written, likewise.
    """

    def generate(b: ir.IRBuilder, numbers: Sequence[ir.Value]) -> None:
        factors, factors_row, rows, rows_row, terms, out, out_row = numbers
        of_rows = [b.add(factors, b.mul(factors_row, number(row))) for row in range(count)]
        zero = ir.Constant(vector(REAL), [0.0] * LANES)
        with loop(b, terms, [zero] * count) as (term, totals, following):
            values = load(b, rows, b.mul(term, rows_row), kind=vector(REAL))
            for row, total in zip(of_rows, totals, strict=True):
                factor = everywhere(b, load(b, row, b.mul(term, number(4)), kind=REAL))
                product = b.fmul(factor, values, flags=["contract"])
                following.append(b.fadd(total, product, flags=["contract"]))
        for row, total in enumerate(following):
            b.store(total, at(b, out, b.mul(out_row, number(row)), kind=vector(REAL))).align = 4

    return of_numbers(7, generate)


_mix_one, _mix_two, _mix_three, _mix_four, _mix_five, _mix_six = (
    _mixture(count) for count in range(1, TILE_ROWS + 1)
)


def _float_pointer(_: Any, address: Any) -> Any:  # noqa: ARG001
    """An address as a pointer to float32."""

    def generate(context: Any, b: ir.IRBuilder, signature: Any, args: Any) -> Any:
        return b.inttoptr(args[0], context.get_value_type(signature.return_type))

    pointer: Any = types.CPointer(types.float32)  # type: ignore[no-untyped-call]
    return pointer(types.intp), generate


_floats_at: Any = intrinsic(_float_pointer)


def _bits_of_power(_: Any, exponent: Any) -> Any:  # noqa: ARG001
    """2 to a whole power, int32 to float32, by its bits."""

    def generate(context: Any, b: ir.IRBuilder, _: Any, args: Any) -> Any:  # noqa: ARG001
        bias, shift = (ir.Constant(ir.IntType(32), value) for value in (127, 23))
        return b.bitcast(b.shl(b.add(args[0], bias), shift), ir.FloatType())

    return types.float32(types.int32), generate


_power_of_two: Any = intrinsic(_bits_of_power)


@compiled(fastmath=FAST, inline="always")
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


@compiled(fastmath=FAST)
def _sum(values: Array, count: int) -> Any:
    """The sum of the first values."""
    a = b = c = d = _F(0)
    whole = count // 4 * 4
    for i in range(0, whole, 4):
        a, b, c, d = a + values[i], b + values[i + 1], c + values[i + 2], d + values[i + 3]
    for i in range(whole, count):
        a += values[i]
    return (a + b) + (c + d)


@compiled(fastmath=FAST)
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


@compiled(fastmath=FAST)
def rounded_rows(x: Array, padded: int) -> tuple[Array, Array]:
    """Round rows for `multiply`.

    Args:
        x: (rows, n), float32.
        padded: length of the rounded rows.

    Returns:
        (rows, padded), int16, and the step of each row, float32.
    """
    rounded, steps = np.empty((len(x), padded), np.int16), np.empty(len(x), np.float32)
    for r in range(len(x)):
        steps[r] = _round_row(x[r], x.shape[1], rounded[r])
    return rounded, steps


@compiled(fastmath=FAST)
def normed_rows(x: Array, norm: Array, eps: float, padded: int) -> tuple[Array, Array]:
    """`rounded_rows` of rows after an RMS norm (Zhang and Sennrich 2019)."""
    rows, width = x.shape
    rounded, steps = np.empty((rows, padded), np.int16), np.empty(rows, np.float32)
    normed = np.empty(width, np.float32)
    for r in range(rows):
        row = x[r]
        for i in range(width):
            normed[i] = row[i] * row[i]
        inverse = _ONE / np.sqrt(_sum(normed, width) / _F(width) + _F(eps))
        for i in range(width):
            normed[i] = row[i] * inverse * norm[i]
        steps[r] = _round_row(normed, width, rounded[r])
    return rounded, steps


@compiled(fastmath=FAST)
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
    rounded: Array, steps: Array, layer: Weights, out: Array, first: int, end: int
) -> None:
    """Write the output channels of groups `first` to `end` of one linear layer to `out`.

    Args:
        rounded, steps: of `rounded_rows`.
        out: (rows, out_features), float32.
    """
    values, scale, bias, channels = layer
    rows, pairs, row_bytes = len(out), rounded.shape[1] // PAIR, 2 * rounded.shape[1]
    # Of the last group, only the channels that there are may be written to `out`.
    last = np.empty((TILE_ROWS, GROUP), np.float32)
    for block in range(0, rows, BLOCK_ROWS):
        block_end = min(block + BLOCK_ROWS, rows)
        for group in range(first, end):
            channel = group * GROUP
            width = min(GROUP, channels - channel)
            w = values.ctypes.data + group * pairs * GROUP * PAIR
            of_scale, of_bias = scale.ctypes.data + 4 * channel, bias.ctypes.data + 4 * channel
            row = block
            while row < block_end:
                # Tiles of about one size: eight rows are four and four.
                tiles = -((row - block_end) // TILE_ROWS)
                count = -((row - block_end) // tiles)
                to, to_row = out.ctypes.data + 4 * (row * channels + channel), 4 * channels
                if width < GROUP:
                    to, to_row = last.ctypes.data, 4 * GROUP
                _tile(
                    count, rounded.ctypes.data + row * row_bytes, row_bytes, w, pairs,
                    steps.ctypes.data + 4 * row, of_scale, of_bias, to, to_row,
                )  # fmt: skip
                if width < GROUP:
                    for r in range(count):
                        for c in range(width):
                            out[row + r, channel + c] = last[r, c]
                row += count


@compiled(inline="always")
def _tile(
    count: int, x: int, x_row: int, w: int, pairs: int, steps: int, scale: int, bias: int, out: int,
    out_row: int,
) -> None:  # fmt: skip
    """One to `TILE_ROWS` rows; see `_products`."""
    if count == 6:
        _six_rows(x, x_row, w, pairs, steps, scale, bias, out, out_row)
    elif count == 5:
        _five_rows(x, x_row, w, pairs, steps, scale, bias, out, out_row)
    elif count == 4:
        _four_rows(x, x_row, w, pairs, steps, scale, bias, out, out_row)
    elif count == 3:
        _three_rows(x, x_row, w, pairs, steps, scale, bias, out, out_row)
    elif count == 2:
        _two_rows(x, x_row, w, pairs, steps, scale, bias, out, out_row)
    else:
        _one_row(x, x_row, w, pairs, steps, scale, bias, out, out_row)


@compiled(fastmath=FAST)
def _rotate(head: Array, cos: Array, sin: Array) -> None:
    """Rotary position of one head (Su et al. 2021), in place: cos and sin are (head_dim / 2,)."""
    half = len(cos)
    for i in range(half):
        first, second = head[i], head[half + i]
        head[i] = first * cos[i] - second * sin[i]
        head[half + i] = second * cos[i] + first * sin[i]


@compiled()
def _mix(factors: Array, rows: Array, terms: int, out: Array) -> None:
    """Write the product of factors and rows to the first columns of `out`.

    Args:
        factors: (n, `terms` or more), float32.
        rows: (`terms`, columns), a multiple of `LANES` of them.
        out: (n, columns or more).
    """
    columns = rows.shape[1]
    factors_row, rows_row, out_row = 4 * factors.shape[1], 4 * columns, 4 * out.shape[1]
    row = 0
    while row < len(factors):
        # Tiles of about one size: eight rows are four and four.
        tiles = -((row - len(factors)) // TILE_ROWS)
        count = -((row - len(factors)) // tiles)
        of_factors = factors.ctypes.data + row * factors_row
        for column in range(0, columns, LANES):
            of_rows = rows.ctypes.data + 4 * column
            to = out.ctypes.data + row * out_row + 4 * column
            if count == 6:
                _mix_six(of_factors, factors_row, of_rows, rows_row, terms, to, out_row)
            elif count == 5:
                _mix_five(of_factors, factors_row, of_rows, rows_row, terms, to, out_row)
            elif count == 4:
                _mix_four(of_factors, factors_row, of_rows, rows_row, terms, to, out_row)
            elif count == 3:
                _mix_three(of_factors, factors_row, of_rows, rows_row, terms, to, out_row)
            elif count == 2:
                _mix_two(of_factors, factors_row, of_rows, rows_row, terms, to, out_row)
            else:
                _mix_one(of_factors, factors_row, of_rows, rows_row, terms, to, out_row)
        row += count


@compiled(fastmath=FAST)
def _softmax(scores: Array, count: int) -> None:
    """Softmax of the first scores, in place."""
    largest = scores[0]
    for i in range(1, count):
        largest = max(largest, scores[i])
    for i in range(count):
        scores[i] = _exp(scores[i] - largest)
    inverse = _ONE / _sum(scores, count)
    for i in range(count):
        scores[i] *= inverse


@compiled(fastmath=FAST)
def attend(
    q: Array, k: Array, v: Array, cos: Array, sin: Array, prefix_keys: Array,
    prefix_values: Array, keys: Array, values: Array, length: int, out: Array,
) -> None:  # fmt: skip
    """Causal attention of new tokens to a shared prefix and to their own sequence.

    The new tokens' keys and values are written to the cache of the sequences.

    Args:
        q: (rows, n, heads, head_dim), float32 as all others; head_dim is a multiple of `LANES`.
        k, v: (rows, n, kv_heads, head_dim).
        cos, sin: of the positions, (n, head_dim / 2).
        prefix_keys: (kv_heads, head_dim, prefix length padded to a multiple of `LANES`).
        prefix_values: (kv_heads, prefix length, head_dim).
        keys, values: (rows, kv_heads, capacity, head_dim).
        length: tokens that the sequences have.
        out: of the shape of `q`, to be written.
    """
    rows, count, heads, dim = q.shape
    kv_heads, past, _ = prefix_values.shape
    group = heads // kv_heads
    # All queries of a head see the same prefix, and are multiplied with it together.
    queries = np.empty((rows * count * group, dim), np.float32)
    scores = np.empty((len(queries), prefix_keys.shape[2] + length + count), np.float32)
    found = np.zeros((len(queries), dim), np.float32)
    scale = _ONE / np.sqrt(_F(dim))
    for kv_head in range(kv_heads):
        for row in range(rows):
            for token in range(count):
                last = length + token
                _rotate(k[row, token, kv_head], cos[token], sin[token])
                for d in range(dim):
                    keys[row, kv_head, last, d] = k[row, token, kv_head, d]
                    values[row, kv_head, last, d] = v[row, token, kv_head, d]
                for head in range(group):
                    query = queries[(row * count + token) * group + head]
                    for d in range(dim):
                        query[d] = q[row, token, kv_head * group + head, d] * scale
                    _rotate(query, cos[token], sin[token])
        if past:
            _mix(queries, prefix_keys[kv_head], dim, scores)
        for number in range(len(queries)):
            row, last = number // (count * group), length + number // group % count
            query = queries.ctypes.data + 4 * dim * number
            own = keys.ctypes.data + 4 * dim * keys.shape[2] * (row * kv_heads + kv_head)
            for i in range(last + 1):
                score = _sum_of_products(query, own + 4 * dim * i, dim // LANES)
                scores[number, past + i] = score
            _softmax(scores[number], past + last + 1)
        if past:
            _mix(scores, prefix_values[kv_head], past, found)
        for number in range(len(queries)):
            row, token = number // (count * group), number // group % count
            to = out[row, token, kv_head * group + number % group]
            for d in range(dim):
                to[d] = found[number, d]
            for i in range(length + token + 1):
                factor, value = scores[number, past + i], values[row, kv_head, i]
                for d in range(dim):
                    to[d] += factor * value[d]


@compiled()
def attend_pieces(
    q: Array, k: Array, v: Array, cos: Array, sin: Array, pieces: Array, block: int, dim: int
) -> Array:  # fmt: skip
    """`attend` of each piece in one block.

    Args:
        q: (tokens, heads x head_dim), float32; k and v likewise.
        cos, sin: of the positions of all pieces, one after the other.
        pieces: (pieces,) of `PIECE`.
        dim: of a head.
    """
    out = np.empty_like(q)
    heads, kv_heads = q.shape[1] // dim, k.shape[1] // dim
    for number in range(len(pieces)):
        piece = pieces[number]
        rows, count, past = piece.rows, piece.count, piece.past
        end, turned = piece.first + rows * count, piece.angles + count
        padded = -(-past // LANES) * LANES
        own = (rows, kv_heads, piece.capacity, dim)
        keys = piece.prefix_keys + 4 * block * kv_heads * dim * padded
        values = piece.prefix_values + 4 * block * kv_heads * dim * past
        attend(
            q[piece.first : end].reshape((rows, count, heads, dim)),
            k[piece.first : end].reshape((rows, count, kv_heads, dim)),
            v[piece.first : end].reshape((rows, count, kv_heads, dim)),
            cos[piece.angles : turned],
            sin[piece.angles : turned],
            carray(_floats_at(keys), (kv_heads, dim, padded)),
            carray(_floats_at(values), (kv_heads, past, dim)),
            carray(_floats_at(piece.keys + block * piece.step), own),
            carray(_floats_at(piece.values + block * piece.step), own),
            piece.length,
            out[piece.first : end].reshape((rows, count, heads, dim)),
        )
    return out


@compiled()
def _layer(weights: Weights, block: int) -> Weights:
    """The layer of one block."""
    return Weights(
        weights.values[block], weights.scale[block], weights.bias[block], weights.channels
    )


@compiled()
def _product(rounded: Array, steps: Array, layer: Linear, block: int) -> Array:
    """What a linear layer of a block gives for rows, (rows, out_features)."""
    rows, weights, rank = len(rounded), layer.weights, layer.down.channels
    out = np.empty((rows, weights.channels), np.float32)
    # A typed zero: for a literal one numba compiles `multiply` once more.
    first = np.int64(0)
    multiply(rounded, steps, _layer(weights, block), out, first, weights.values.shape[1])
    if rank:
        down, up = layer.down, layer.up
        low, more = np.empty((rows, rank), np.float32), np.empty_like(out)
        multiply(rounded, steps, _layer(down, block), low, first, down.values.shape[1])
        small, small_steps = rounded_rows(low, PAIR * up.values.shape[2])
        multiply(small, small_steps, _layer(up, block), more, first, up.values.shape[1])
        _add(out, more)
    return out


@compiled()
def _add(to: Array, more: Array) -> None:
    """`to += more` of two dimensions, which takes seconds less to compile."""
    for r in range(len(to)):
        for i in range(to.shape[1]):
            to[r, i] += more[r, i]


@compiled()
def run_blocks(
    states: Array, pieces: Array, cos: Array, sin: Array, blocks: Blocks, eps: float, dim: int
) -> None:
    """Take rows through all blocks, on this core alone.

    Args:
        states: (tokens, width), float32; changed in place.
        pieces, cos, sin, dim: see `attend_pieces`.
    """
    width = PAIR * blocks.q.weights.values.shape[2]
    inside = PAIR * blocks.out.weights.values.shape[2]
    hidden = PAIR * blocks.down.weights.values.shape[2]
    for block in range(len(blocks.norm_in)):
        rounded, steps = normed_rows(states, blocks.norm_in[block], eps, width)
        q = _product(rounded, steps, blocks.q, block)
        k = _product(rounded, steps, blocks.k, block)
        v = _product(rounded, steps, blocks.v, block)
        attended = attend_pieces(q, k, v, cos, sin, pieces, block, dim)
        rounded, steps = rounded_rows(attended, inside)
        _add(states, _product(rounded, steps, blocks.out, block))
        rounded, steps = normed_rows(states, blocks.norm_mid[block], eps, width)
        gate = _product(rounded, steps, blocks.gate, block)
        up = _product(rounded, steps, blocks.up, block)
        rounded, steps = gated_rows(gate, up, hidden)
        _add(states, _product(rounded, steps, blocks.down, block))
