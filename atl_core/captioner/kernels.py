"""Chooses how the linear layers of a model compute on this machine, by measuring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, cast

import torch

from atl_core.captioner.checkpoint import Checkpoint
from atl_core.captioner.convert import LARGE_PARAMETERS, parameters
from atl_core.captioner.quantize import Kernel, fastest

SAMPLED: Final[tuple[Kernel, ...]] = ("dense", "fp16-fbgemm", "int8-mm", "int8-fbgemm")
"""Kernels that are exact enough to sample with. Those with smaller weights come last."""
RANKED: Final[tuple[Kernel, ...]] = ("dense", "fp16-fbgemm")
"""Kernels that are exact enough to rank with."""
PRECISE: Final[dict[Kernel, Kernel]] = {"int8-fbgemm": "int8-fbgemm-precise"}
"""What to rank with where int8 is fastest: the same weights, activations of 13 bits. It halves the
memory, and changes a score by a thirtieth of what candidates differ by (`benchmarks/rounding.py`).
"""


def choose_kernels(
    checkpoint: Checkpoint, device: torch.device, remembered: Path | None = None
) -> tuple[torch.dtype, Kernel, Kernel]:
    """The dtype of activations, the kernel to rank with, and the kernel to sample with.

    Large models use int8 weights on a CPU whatever is fastest, for their memory.

    Args:
        remembered: file that keeps the results of this machine.
    """
    if device.type == "cuda":
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return dtype, "dense", "dense"
    capabilities = torch.cpu.get_capabilities()
    dtype = torch.bfloat16 if capabilities.get("avx512_bf16") else torch.float32
    width = checkpoint.config.width
    large = parameters(checkpoint) > LARGE_PARAMETERS
    size = "large" if large else "small"
    key = f"{capabilities.get('cpu_name')}, torch {torch.__version__}, {dtype}, {width}, {size}"
    known = _read(remembered)
    if key not in known:
        kernels: tuple[Kernel, ...] = ("int8-mm", "int8-fbgemm") if large else SAMPLED
        sampled = fastest(kernels, 3 * width, width, dtype)
        if sampled in PRECISE:
            ranked = PRECISE[sampled]
        else:
            ranked = sampled if large else fastest(RANKED, 3 * width, width, dtype)
        known[key] = [ranked, sampled]
        _write(remembered, known)
    ranked, sampled = (cast(Kernel, kernel) for kernel in known[key])
    return dtype, ranked, sampled


def _read(file: Path | None) -> dict[str, list[str]]:
    try:
        found: dict[str, list[str]] = json.loads(file.read_text()) if file else {}
        return found
    except (OSError, ValueError):
        return {}


def _write(file: Path | None, known: dict[str, list[str]]) -> None:
    if file is None:
        return
    try:
        making = file.with_name(f"{file.name}.making")
        making.write_text(json.dumps(known, indent=1))
        making.replace(file)
    except OSError:  # a read-only data folder: it is measured again next time
        pass
