"""From a finished run to the folder that ships: adapter, vocabulary, critic, learning curve.

    python -m training package lm --sections FILE --run runs/lm --base DIR --gguf FILE
    python -m training package lm --sections FILE --run runs/lm --base DIR --out FOLDER

With `--gguf` the base is the one that `atl weights fetch` brings, and the adapter alone ships. With
another base, any that transformers loads, the folder holds the merged model as well.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from atl_core.captioner.adapter import in_bytes
from atl_core.captioner.load import CRITIC, RANKING
from training.lm.labels import Labelled, read_labels
from training.lm.lora import merge

MIN_COUNT = 3
OUT = Path(__file__).resolve().parents[2] / "weights" / "captioner-lm"
UNSUNG = set('0123456789:;"()[]{}*')


def output_vocabulary(pool: Sequence[Labelled], tokenizer: Tokenizer) -> list[int]:
    """Ids of the tokens that lyric lines consist of, sorted.

    Tokens seen fewer than three times in the training lyrics are mostly names and misspellings.
    Leaving them out keeps them out of drafts and cuts the cost of the output layer.
    """
    lines = [
        f" {line}\n"
        for section in pool
        if section.part in ("tune", "prefer") and section.genre in ("hip-hop", "country")
        for line, _, _ in section.lines
    ]
    counts = Counter(
        token
        for row in tokenizer.encode_batch(lines, add_special_tokens=False)
        for token in row.ids
    )
    return sorted(
        token
        for token, count in counts.items()
        if count >= MIN_COUNT and not set(tokenizer.decode([token])) & UNSUNG
    )


def package(sections: Path, run: Path, base: Path, gguf: Path | None, out: Path = OUT) -> None:
    """Write the run's adapter in bytes with its vocabulary, and the facts that `load` checks.

    Preference tuning's adapter is taken where the run has one, and its critic with it.

    Args:
        gguf: the fetched file that `base` was unpacked from; None for another base, which is
            then written too, merged with the adapter.
    """
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    preferred = run / "preferred.safetensors"
    tensors = in_bytes(load_file(preferred if preferred.exists() else run / "adapter.safetensors"))
    vocabulary = output_vocabulary(list(read_labels(sections)), tokenizer)
    tensors["vocabulary"] = torch.tensor(vocabulary, dtype=torch.int32)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "adapter.safetensors")
    # A critic reads the states of the adapter that it was taught with, and of no other, and the
    # weights of the ranking belong to it.
    for name in (CRITIC, RANKING):
        (out / name).unlink(missing_ok=True)
        if (run / name).exists():
            shutil.copy(run / name, out / name)
    curve = rows_of(run / "curve.jsonl")
    config = json.loads((run / "config.json").read_text())
    card = {
        "base": base.name,
        "base_sha256": hashlib.sha256(gguf.read_bytes()).hexdigest() if gguf else None,
        "config": {
            name: value for name, value in config.items() if name not in ("sections", "base", "out")
        },
        "vocabulary": len(vocabulary),
        "curve": curve,
        "preference": rows_of(run / "preference.jsonl"),
        "held_out_loss": {
            "earlier adapter" if config.get("start") else "untuned": curve[0]["held_out"],
            "tuned": min(row["held_out"] for row in curve),
        },
    }
    (out / "adapter.json").write_text(json.dumps(card, indent=2) + "\n")
    if gguf is None:
        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16)
        merge(model, tensors)
        model.save_pretrained(out)
        shutil.copy(base / "tokenizer.json", out / "tokenizer.json")
    size = sum(file.stat().st_size for file in out.glob("*.safetensors"))
    print(f"{out}: {size / 1e6:.1f} MB, {card['held_out_loss']}")


def rows_of(file: Path) -> list[dict[str, float]]:
    """The rows of a learning curve; none where there is no such file."""
    return [json.loads(row) for row in file.read_text().splitlines()] if file.exists() else []
