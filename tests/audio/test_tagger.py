"""The port of musicnn: its files read without TensorFlow, its arithmetic as in the original."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from atl_core.audio import musicnn
from atl_core.audio.checkpoint import _masked, crc32c, read_checkpoint
from atl_core.audio.tagger import TAG_BASE, Tagging, energy, genre, genres, mood, patch_starts, tag
from atl_core.errors import WeightsError

SHAPES: dict[str, tuple[int, ...]] = {
    "conv2d": (7, 38, 1, 204),
    "conv2d_1": (7, 67, 1, 204),
    "conv2d_2": (128, 1, 1, 51),
}
SHAPES |= {"conv2d_3": (64, 1, 1, 51), "conv2d_4": (32, 1, 1, 51), "conv2d_5": (7, 561, 1, 64)}
SHAPES |= {"conv2d_6": (7, 64, 1, 64), "conv2d_7": (7, 64, 1, 64)}
SHAPES |= {"dense": (1506, 200), "dense_1": (200, 50)}
NORMS = [1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200]


def made_up() -> dict[str, np.ndarray]:
    """Random weights of the right shapes; half of the norms' gains are negative, as in the real."""
    rng = np.random.default_rng(3)
    weights = {}
    for name, shape in SHAPES.items():
        scale = (2 / np.prod(shape[:-1])) ** 0.5
        weights[f"{name}/kernel"] = rng.normal(0, scale, shape)
        weights[f"{name}/bias"] = rng.normal(0, 0.1, shape[-1])
    for number, size in enumerate(NORMS):
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        weights[f"{name}/gamma"] = rng.normal(0, 1, size)
        weights[f"{name}/beta"] = rng.normal(0, 0.3, size)
        weights[f"{name}/moving_mean"] = rng.normal(0, 0.3, size)
        weights[f"{name}/moving_variance"] = rng.uniform(0.5, 2, size)
    return {name: value.astype(np.float32) for name, value in weights.items()}


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def write_checkpoint(folder: Path, weights: dict[str, np.ndarray]) -> None:
    """Write a tensor bundle as TensorFlow does: one table of entries, one file of tensors."""
    data, entries = b"", [(b"", b"\x08\x01")]
    for name, value in sorted(weights.items()):
        raw = value.astype("<f4").tobytes()
        dims = b"".join(
            b"\x12" + varint(len(d)) + d for n in value.shape for d in [b"\x08" + varint(n)]
        )
        crc = struct.pack("<I", _masked(crc32c(raw)))
        entry = b"\x08\x01\x12" + varint(len(dims)) + dims + b"\x20" + varint(len(data))
        entries.append((name.encode(), entry + b"\x28" + varint(len(raw)) + b"\x35" + crc))
        data += raw
    table = b""

    def block(pairs: list[tuple[bytes, bytes]]) -> bytes:
        nonlocal table
        content = before = b""
        for key, value in pairs:
            shared = next(
                (n for n, (a, b) in enumerate(zip(key, before, strict=False)) if a != b),
                min(len(key), len(before)),
            )
            content += varint(shared) + varint(len(key) - shared) + varint(len(value))
            content += key[shared:] + value
            before = key
        content += struct.pack("<II", 0, 1)
        handle = varint(len(table)) + varint(len(content))
        table += content + b"\0" + struct.pack("<I", _masked(crc32c(content + b"\0")))
        return handle

    middle = len(entries) // 2
    first, second = block(entries[:middle]), block(entries[middle:])
    index = block([(entries[middle - 1][0], first), (entries[-1][0], second)])
    footer = (varint(0) + varint(0) + index).ljust(40, b"\0")
    table += footer + struct.pack("<Q", 0xDB4775248B80FB57)
    (folder / "MSD_musicnn.index").write_bytes(table)
    (folder / "MSD_musicnn.data").write_bytes(data)


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return made_up()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, weights: dict[str, np.ndarray]) -> Path:
    path = tmp_path_factory.mktemp("musicnn")
    write_checkpoint(path, weights)
    return path


def as_tensorflow(x: Tensor, weights: dict[str, np.ndarray]) -> tuple[Tensor, Tensor]:
    """musicnn/models.py line by line: norm before the maximum, tensors in its order."""

    def var(name: str) -> Tensor:
        return torch.from_numpy(weights[name])

    def norm(y: Tensor, number: int) -> Tensor:  # channels last
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        scaled = (y - var(f"{name}/moving_mean")) / (var(f"{name}/moving_variance") + 1e-3).sqrt()
        return scaled * var(f"{name}/gamma") + var(f"{name}/beta")

    def conv(y: Tensor, number: int) -> Tensor:  # (B, T, F, 1) -> (B, T', F', C)
        name = f"conv2d_{number}" if number else "conv2d"
        kernel = var(f"{name}/kernel").permute(3, 2, 0, 1)
        out = F.conv2d(y.permute(0, 3, 1, 2), kernel, var(f"{name}/bias"))
        return out.permute(0, 2, 3, 1).relu()

    x = norm(x.unsqueeze(3), 0)
    front = []
    for number, (before, after) in enumerate([(3, 3), (3, 3), (63, 64), (31, 32), (15, 16)]):
        padded = F.pad(x, (0, 0, 0, 0, before, after))
        front.append(norm(conv(padded, number), number + 1).amax(dim=2))
    layers = [torch.cat(front, dim=2).unsqueeze(3)]
    for number in (5, 6, 7):
        padded = F.pad(layers[-1], (0, 0, 0, 0, 3, 3))
        out = norm(conv(padded, number), number + 1).permute(0, 1, 3, 2)
        layers.append(out if number == 5 else out + layers[-1])
    dense = torch.cat(layers, dim=2)
    pooled = torch.cat([dense.amax(dim=1), dense.mean(dim=1)], dim=2).flatten(1)
    hidden = norm((norm(pooled, 9) @ var("dense/kernel") + var("dense/bias")).relu(), 10)
    return hidden @ var("dense_1/kernel") + var("dense_1/bias"), hidden


def test_the_port_computes_what_the_original_does(
    folder: Path, weights: dict[str, np.ndarray]
) -> None:
    x = torch.rand(2, 187, 96, generator=torch.Generator().manual_seed(0)) * 4
    heard = musicnn.load_musicnn(folder)(x)
    logits, hidden = as_tensorflow(x, weights)
    torch.testing.assert_close(heard.penultimate, hidden, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(heard.logits, logits, atol=1e-3, rtol=1e-4)


def test_the_reader_gives_back_what_was_written(
    folder: Path, weights: dict[str, np.ndarray]
) -> None:
    read = read_checkpoint(folder / "MSD_musicnn.index", folder / "MSD_musicnn.data")
    assert read.keys() == weights.keys()
    for name, value in weights.items():
        np.testing.assert_array_equal(read[name], value)


def test_crc32c_of_the_standard_example() -> None:
    assert crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize("name", ["MSD_musicnn.index", "MSD_musicnn.data"])
@given(where=st.floats(0, 0.999), cut=st.booleans())
def test_a_damaged_file_is_never_used(
    tmp_path_factory: pytest.TempPathFactory, name: str, where: float, cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    write_checkpoint(folder, {"dense/kernel": np.arange(12, dtype=np.float32).reshape(3, 4)})
    content = bytearray((folder / name).read_bytes())
    at = int(where * len(content))
    if name.endswith("index") and len(content) - 48 <= at < len(content) - 8:
        return  # the footer's padding means nothing
    if cut:
        del content[at:]
    else:
        content[at] ^= 0xFF
    (folder / name).write_bytes(content)
    with pytest.raises(WeightsError, match="atl weights fetch"):
        read_checkpoint(folder / "MSD_musicnn.index", folder / "MSD_musicnn.data")


def test_missing_weights_name_the_command_that_mends_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="atl weights fetch"):
        tag(np.zeros(16_000, np.float32), tmp_path)


def test_a_short_beat_is_repeated_and_a_long_one_sampled(folder: Path) -> None:
    rng = np.random.default_rng(0)
    heard = tag(rng.normal(0, 0.1, 16_000).astype(np.float32), folder)
    assert heard.probabilities.shape == (1, 50)
    assert heard.penultimate.shape == (1, 200)
    assert len(patch_starts(16_000 * 600)) == 20
    assert patch_starts(16_000 * 600)[-1] < 16_000 * 597.1


def test_silence_around_a_beat_changes_nothing(folder: Path) -> None:
    rng = np.random.default_rng(0)
    beat = rng.normal(0, 0.1, 16_000 * 12).astype(np.float32)
    quiet = np.zeros(16_000 * 12, np.float32)
    padded = np.concatenate([quiet, beat, quiet])
    alone, among = tag(beat, folder), tag(padded, folder)
    assert len(among.starts) < len(patch_starts(len(padded))) / 2
    np.testing.assert_allclose(among.probabilities.mean(0), alone.probabilities.mean(0), atol=0.1)
    assert energy(padded, 3.0) == energy(beat, 3.0)


def tagging(**tags: float) -> Tagging:
    row = np.full(50, 0.01, np.float32)
    for name, (mean, _) in TAG_BASE.items():
        row[musicnn.TAGS.index(name)] = np.exp(mean)
    for name, value in tags.items():
        row[musicnn.TAGS.index(name.replace("_", "-"))] = value
    usual = np.full(50, np.log(0.01 / 0.99), np.float32)
    return Tagging(np.zeros(1), row[None], np.zeros((1, 200), np.float32), usual)


def test_genre_follows_the_tags_and_stays_even_without_them() -> None:
    assert genre(tagging(Hip_Hop=0.3, country=0.001))["hip-hop"] > 0.95
    assert genre(tagging(Hip_Hop=0.005, country=0.3))["country"] > 0.95
    faint = genre(tagging(Hip_Hop=0.0021, country=0.0004))
    assert 0.4 < faint["hip-hop"] < 0.6
    assert sum(faint.values()) == pytest.approx(1)


def test_genres_are_shared_by_what_is_more_than_usual() -> None:
    heard = tagging(electronic=0.5, electronica=0.1, electro=0.3, House=0.3, dance=0.4)
    house = genres(heard)
    assert next(iter(house)) == "electronic"
    assert house["electronic"] > 0.6 > 4 * (house["hip-hop"] + house["country"])
    heard = tagging(Hip_Hop=0.3, country=0.02, jazz=0.2)
    shares = genres(heard)
    assert list(shares)[:2] == ["hip-hop", "jazz"]
    assert sum(shares.values()) == pytest.approx(1)
    # Between the two that are written, the odds are those that they are written by.
    either = shares["hip-hop"] + shares["country"]
    assert shares["country"] / either == pytest.approx(genre(heard)["country"])
    # A common tag as likely as a rare one speaks less for its genre.
    rock = musicnn.TAGS.index("rock")
    heard.usual[rock] += 2
    assert genres(heard)["rock"] < shares["rock"]


def test_what_the_tagger_usually_says_is_known_from_its_last_norm(folder: Path) -> None:
    network = musicnn.load_musicnn(folder)
    songs = torch.rand(500, 200, generator=torch.Generator().manual_seed(1)) ** 3
    network.hidden_norm.train()
    said = network.output(network.hidden_norm(songs))
    torch.testing.assert_close(said.mean(dim=0), network.usual(), atol=1e-4, rtol=1e-4)


def test_mood_is_what_stands_out_and_leans_on_the_mode() -> None:
    assert mood(tagging(sad=0.2), minor=False) == "sad"
    assert mood(tagging(party=0.3, dance=0.5), minor=True) == "party"
