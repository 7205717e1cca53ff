"""Finished lines a second: our decoder, transformers' `generate`, and llama.cpp where it is.

    python benchmarks/pen_speed.py [--rounds 5] [--gguf FILE ...]

One round is what the writer asks for again and again: 36 candidates for one line after the same
prompt, which begin as they like or with twelve end words announced. All decoders have the same
prompt, number of candidates, temperature, min-p and longest line. Ours and `generate` read the
prompt anew in every round, and have the same merged weights, ours rounded to int8. Ours draws from
the words that lyrics consist of and bars a candidate from repeating itself; that is part of it. The
decoders take turns, so that what else the machine does falls on all of them; on a busy machine
`OMP_NUM_THREADS=1` and `--cpu`, which counts seconds of the processor, say more than the clock.

llama.cpp is measured if `xllamacpp` can be imported (a package of its own, which the project does
not need), all candidates in one batch. It keeps the prompt of one round for the next. By default it
has the fetched base: four-bit and untuned, so that it finishes fewer lines. llama.cpp's own
`convert_hf_to_gguf.py` turns what `python benchmarks/merged.py FOLDER` writes into files for
`--gguf`.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import torch
from rich import box
from rich.console import Console
from rich.table import Table

from atl_core import manifest, weights
from atl_core.captioner.language_model import SPARE_TOKENS
from atl_core.captioner.load import LM, load_language_model
from atl_core.captioner.prompt import header, planned_line
from atl_core.captioner.sampling import ForcedPrefix, Sampler, SamplingConfig
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.settings import Settings, load_settings
from benchmarks.merged import write_merged

ABOVE: Final = (
    "Summer rain is falling on the road",
    "I carry what is left of every load",
    "There's a light on in the kitchen still",
    "And nobody to climb up to the hill",
)
TARGET: Final = 9
ENDS: Final = "day way say play gray pay stay away today okay hay clay".split()
CONFIG: Final = SamplingConfig()
MOST_TOKENS: Final = TARGET + CONFIG.tolerance + SPARE_TOKENS
PROMPT: Final = (
    header("country", "sad", "low", False, ("rain", "road", "kitchen"))
    + "".join(planned_line(line, count_syllables(line), end_word(line)) for line in ABOVE)
    + str(TARGET)
)
LEADS: Final = {
    "as they like": [":"] * CONFIG.candidates,
    "towards 12 end words": [f" {end}:" for end in ENDS for _ in range(CONFIG.candidates // 12)],
}

Round = Callable[[Sequence[str], int], int]
"""Candidates that were finished, of those that begin with these plans, drawn by a seed."""


def ours(sampler: Sampler) -> Round:
    def one_round(plans: Sequence[str], seed: int) -> int:
        prefix = sampler.read(sampler.model.empty_prefix(), PROMPT)
        drawn = sampler.lines(
            prefix,
            [ForcedPrefix(plan) for plan in plans],
            torch.Generator(sampler.model.device).manual_seed(seed),
            temperature=CONFIG.temperature,
            min_p=CONFIG.min_p,
            max_tokens=MOST_TOKENS,
            processors=[sampler.no_repetition([])],
        )
        return len(drawn)

    return one_round


def generate(folder: Path, sampler: Sampler) -> Round:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=sampler.model.dtype)
    model.to(sampler.model.device).eval()
    (newline,) = sampler.newline

    def one_round(plans: Sequence[str], seed: int) -> int:
        torch.manual_seed(seed)
        rows = [sampler.ids(PROMPT + plan) for plan in plans]
        longest = max(map(len, rows))
        ids = torch.tensor([[newline] * (longest - len(row)) + row for row in rows])
        seen = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
        with torch.inference_mode():
            found = model.generate(
                input_ids=ids.to(model.device),
                attention_mask=seen.to(model.device),
                do_sample=True,
                temperature=CONFIG.temperature,
                min_p=CONFIG.min_p,
                top_k=0,
                top_p=1.0,
                max_new_tokens=MOST_TOKENS,
                eos_token_id=newline,
                pad_token_id=newline,
            )
        return int((found[:, longest:] == newline).any(dim=1).sum())

    return one_round


def llama_cpp(gguf: Path, sampler: Sampler) -> Round:
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(gguf)
    settings.n_ctx, settings.n_batch, settings.n_ubatch = 8192, 512, 512
    settings.n_parallel, settings.kv_unified = CONFIG.candidates, True
    threads = torch.get_num_threads()
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
    settings.verbosity = 0
    server = xllamacpp.Server(settings)

    def one_round(plans: Sequence[str], seed: int) -> int:
        # It keeps what it has read of the prompt from round to round, one copy a candidate.
        asked = {
            "prompt": [sampler.ids(PROMPT + plan) for plan in plans],
            "max_tokens": MOST_TOKENS, "stop": ["\n"], "seed": seed, "cache_prompt": True,
            "temperature": CONFIG.temperature, "min_p": CONFIG.min_p, "top_k": 0, "top_p": 1.0,
        }  # fmt: skip
        answer = server.handle_completions(asked)
        return sum(choice["finish_reason"] == "stop" for choice in answer["choices"])

    return one_round


def decoders(settings: Settings, ggufs: Sequence[Path]) -> dict[str, Round]:
    ranker = classifier(RANKER).score
    sampler = load_language_model(settings.weights_home, settings.device, ranker).sampler
    kind = str(sampler.model.dtype).removeprefix("torch.")
    with TemporaryDirectory() as folder:
        generated = generate(write_merged(Path(folder)), sampler)
    found = {"ours": ours(sampler), f"transformers' generate, {kind}": generated}
    if importlib.util.find_spec("xllamacpp"):
        (fetched,) = manifest.find(LM.base).files
        for file in ggufs or [weights.folder(LM.base, settings.weights_home) / fetched.name]:
            found[f"llama.cpp, {file.stem}"] = llama_cpp(file, sampler)
    else:
        print("xllamacpp cannot be imported: llama.cpp is left out")
    return found


def measure(
    found: dict[str, Round], plans: Sequence[str], rounds: int, clock: Callable[[], float]
) -> list[str]:
    """A cell for each decoder: finished lines a second, the median of the rounds."""
    speeds: dict[str, list[float]] = {name: [] for name in found}
    shares: dict[str, list[float]] = {name: [] for name in found}
    for seed in range(rounds + 1):
        for name, one_round in found.items():
            started = clock()
            finished = one_round(plans, seed)
            if seed:  # the first round warms up
                speeds[name].append(finished / (clock() - started))
                shares[name].append(finished / len(plans))
    ours, *_ = (statistics.median(speeds[name]) for name in found)
    return [
        f"{statistics.median(speeds[name]):.1f} (ours / it: "
        f"{ours / max(1e-9, statistics.median(speeds[name])):.1f}; "
        f"{100 * statistics.fmean(shares[name]):.0f} % finished)"
        for name in found
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gguf", type=Path, nargs="*", default=(), help="models for llama.cpp")
    parser.add_argument("--cpu", action="store_true", help="seconds of the processor")
    chosen = parser.parse_args()
    clock = time.process_time if chosen.cpu else time.perf_counter
    found = decoders(load_settings(), chosen.gguf)
    print(
        f"{torch.get_num_threads()} threads, prompt of {len(PROMPT.split())} words, "
        f"{CONFIG.candidates} candidates of at most {MOST_TOKENS} tokens"
    )
    unit = "processor second" if chosen.cpu else "second"
    table = Table(f"finished lines a {unit}", *LEADS, box=box.MARKDOWN)
    columns = [measure(found, plans, chosen.rounds, clock) for plans in LEADS.values()]
    for name, *cells in zip(found, *columns, strict=True):
        table.add_row(name, *cells)
    console = Console()
    Console(width=max(console.width, 140)).print(table)


if __name__ == "__main__":
    main()
