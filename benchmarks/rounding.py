"""What rounding costs in chosen lines, and what each kernel takes, on this machine.

    python benchmarks/rounding.py --places 20 [--threads 1]

The first table: billions of operations a second of the linear layers' products, by kernel. The
second: candidates at places in drafts, ranked with each kernel: how much a score differs from the
exact one, beside how much the candidates differ, how often the same line is chosen, what score
the chosen line loses, and seconds of the processor to read 12 candidates.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from pen import briefs
from rich import box
from rich.console import Console
from rich.table import Table
from safetensors.torch import load_file

from atl_core.captioner.checkpoint import open_checkpoint
from atl_core.captioner.critic import load_critic
from atl_core.captioner.load import ADAPTER, CRITIC, prepared_folder
from atl_core.captioner.model import Decoder
from atl_core.captioner.prompt import header, planned_line
from atl_core.captioner.quantize import Kernel, make_linear
from atl_core.captioner.rerank import (
    MAX_GAIN,
    LineContext,
    RankingWeights,
    score_fluency,
    score_gain,
)
from atl_core.captioner.sampling import ForcedPrefix, make_sampler
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.settings import load_settings

KERNELS: Final[tuple[Kernel, ...]] = (
    "dense", "fp16-fbgemm", "int8-fbgemm-precise", "int8-fbgemm", "int8-mm",
)  # fmt: skip
SHAPES: Final = ((36, 576, 3072), (12, 576, 3072), (12, 1536, 576), (12, 576, 20518),
                 (8, 1536, 17920))  # fmt: skip
"""Rows, in and out: layers and output layer of the 135M writer, a layer of the 1.5B."""
MIXED: Final = "precise, int8-fbgemm after norms"
"""The layers after a norm, whose inputs have fewer outliers, by the cheaper kernel."""
CPU: Final = torch.device("cpu")


def speeds() -> Table:
    table = Table("rows x in x out", *KERNELS, box=box.MARKDOWN)
    for rows, inside, out in SHAPES:
        weight, x = torch.randn(out, inside), torch.randn(rows, inside)
        linears = [make_linear(weight, None, kernel) for kernel in KERNELS]
        best = [float("inf")] * len(KERNELS)
        for _ in range(15):  # in turn, so that what else the machine does falls on all
            for number, linear in enumerate(linears):
                began = time.perf_counter()
                linear(x)
                best[number] = min(best[number], time.perf_counter() - began)
        cells = (f"{2 * rows * inside * out / seconds / 1e9:.0f}" for seconds in best)
        table.add_row(f"{rows} x {inside} x {out}", *cells)
    return table


def costs(places: int) -> Table:
    checkpoint = open_checkpoint(prepared_folder(load_settings().weights_home))
    vocabulary = load_file(ADAPTER / "adapter.safetensors")["vocabulary"].long()
    critic, tokenizer = load_critic(ADAPTER / CRITIC, CPU), checkpoint.tokenizer()
    models: dict[str, Decoder] = {
        kernel: Decoder(checkpoint, CPU, torch.float32, exact=kernel)
        for kernel in KERNELS
        if kernel != "int8-mm"
    }
    models[MIXED] = Decoder(
        checkpoint, CPU, torch.float32, exact="int8-fbgemm-precise", normed="int8-fbgemm"
    )
    samplers = {name: make_sampler(model, tokenizer, vocabulary) for name, model in models.items()}
    exact, weights = samplers["dense"], RankingWeights()
    generator = torch.Generator().manual_seed(0)
    rows: dict[str, list[tuple[float, bool, float, float]]] = {k: [] for k in samplers}
    spread: list[float] = []
    above: list[str] = []
    for number, brief in enumerate(briefs(places, 4000)):
        style = header(brief.genre, brief.mood, brief.energy, False, brief.seed_words)
        if number % 5 == 0:
            above = []
        said = "".join(planned_line(a, count_syllables(a), end_word(a)) for a in above)
        prefix = exact.read(exact.model.empty_prefix(), f"{style}{said}9")
        drawn = exact.lines(
            prefix, [ForcedPrefix(":")] * 16, generator, temperature=1.0, min_p=0.05,
            max_tokens=15, processors=[exact.no_repetition(above)],
        )  # fmt: skip
        texts = [text for text in dict.fromkeys(drawn) if len(text.split()) > 2][:12]
        if len(texts) < 4:
            continue
        found: dict[str, np.ndarray] = {}
        for kernel, sampler in samplers.items():
            model = sampler.model
            context = LineContext(
                sampler.read(model.empty_prefix(), f"{style}{said}9"),
                sampler.read(model.empty_prefix(), f"{style}9") if above else None,
            )
            began = time.process_time()
            fluency, log_probs = score_fluency(sampler, critic, context, texts)
            gains = score_gain(sampler, context, texts, log_probs)
            taken = time.process_time() - began
            lines = [replace(one, gain=gain) for one, gain in zip(fluency, gains, strict=True)]
            found[kernel] = np.array([
                weights.fluency * one.mean + weights.end * one.end + weights.stop * one.stop
                + weights.gain * min(one.gain, MAX_GAIN) + weights.critic * one.critic
                for one in lines
            ])  # fmt: skip
            true, own = found["dense"], found[kernel]
            differs = np.abs((own - own.mean()) - (true - true.mean())).mean()
            lost = true.max() - true[own.argmax()]
            rows[kernel].append((float(differs), bool(lost == 0), float(lost), taken))
        spread.append(float(found["dense"].std()))
        above.append(texts[int(found["dense"].argmax())])
    table = Table(
        "read with", f"score differs by (candidates: {np.mean(spread):.2f})", "same line chosen",
        "score lost", "processor s for 12", box=box.MARKDOWN,
    )  # fmt: skip
    for kernel, measured in rows.items():
        differ, same, loss, seconds = np.array(measured, float).mean(axis=0)
        table.add_row(
            kernel, f"{differ:.2f}", f"{100 * same:.0f} % of {len(measured)}", f"{loss:.2f}",
            f"{seconds:.2f}",
        )  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--places", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    console = Console(width=140)
    console.print(speeds())
    console.print(costs(chosen.places))


if __name__ == "__main__":
    main()
