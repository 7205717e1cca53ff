"""Letter to sound: a small GRU that guesses how an unknown word is said.

Weights: `checkpoint20.npz` of g2p-en 2.1.0 (Kyubyong Park and Jongseok Kim, Apache-2.0), trained on
CMUdict, stored as float16; an encoder and a decoder of 256 units, decoded greedily.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

_GRAPHEMES: Final = {letter: index + 3 for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_END_OF_WORD: Final = 2
_START: Final = 2
_STOP: Final = 3
_PHONEMES: Final = (
    "<pad>", "<unk>", "<s>", "</s>", "AA0", "AA1", "AA2", "AE0", "AE1", "AE2", "AH0", "AH1",
    "AH2", "AO0", "AO1", "AO2", "AW0", "AW1", "AW2", "AY0", "AY1", "AY2", "B", "CH", "D", "DH",
    "EH0", "EH1", "EH2", "ER0", "ER1", "ER2", "EY0", "EY1", "EY2", "F", "G", "HH", "IH0", "IH1",
    "IH2", "IY0", "IY1", "IY2", "JH", "K", "L", "M", "N", "NG", "OW0", "OW1", "OW2", "OY0",
    "OY1", "OY2", "P", "R", "S", "SH", "T", "TH", "UH0", "UH1", "UH2", "UW1", "UW0", "UW1",
    "UW2", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
LONGEST: Final = 20
"""Letters that the network reads and phonemes that it writes at a time."""

Array = NDArray[np.float32]


@cache
def _weights() -> Mapping[str, Array]:
    with as_file(files("atl_core.lyrics") / "data" / "letters.safetensors") as path:
        return {name: array.astype(np.float32) for name, array in load_file(path).items()}


def _step(inputs: Array, state: Array, weights: Mapping[str, Array], part: str) -> Array:
    """One GRU step; `inputs` (768,) is the input's share of the gates, `state` (256,)."""
    hidden = weights[f"{part}_w_hh"] @ state + weights[f"{part}_b_hh"]
    gates = 1.0 / (1.0 + np.exp(-(inputs[:512] + hidden[:512])))
    reset, update = gates[:256], gates[256:]
    candidate = np.tanh(inputs[512:] + reset * hidden[512:])
    return np.asarray((1.0 - update) * candidate + update * state, dtype=np.float32)


@cache
def _inputs(part: str) -> Array:
    """The input's share of the gates for every symbol, (symbols, 768)."""
    weights = _weights()
    return weights[f"{part}_emb"] @ weights[f"{part}_w_ih"].T + weights[f"{part}_b_ih"]


def sound_out(letters: str) -> tuple[str, ...]:
    """ARPAbet phonemes guessed for `letters` (a to z, at most `LONGEST` of them); may be empty."""
    weights = _weights()
    state: Array = np.zeros(256, dtype=np.float32)
    for symbol in [*(_GRAPHEMES[letter] for letter in letters), _END_OF_WORD]:
        state = _step(_inputs("enc")[symbol], state, weights, "enc")
    phonemes: list[str] = []
    symbol = _START
    while len(phonemes) < LONGEST:
        state = _step(_inputs("dec")[symbol], state, weights, "dec")
        symbol = int(np.argmax(weights["fc_w"] @ state + weights["fc_b"]))
        if symbol == _STOP:
            break
        if symbol > _STOP:
            phonemes.append(_PHONEMES[symbol])
    return tuple(phonemes)
