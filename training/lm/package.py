"""From a finished run to the folder that ships: adapter, vocabulary, card, learning curve.

    python -m training package lm --data DIR --run runs/lm --base DIR --gguf FILE
    python -m training package lm --data DIR --run runs/lm --base DIR --out FOLDER

With `--gguf` the base is the one that `atl weights fetch` brings, and the adapter alone ships. With
another base, any that transformers loads as a Llama, the folder holds the merged model as well.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from atl_core.captioner.load import CRITIC
from training.lm.lora import merge
from training.lm.sections import read_sections

MIN_COUNT = 3
OUT = Path(__file__).resolve().parents[2] / "weights" / "captioner-lm"


def line_vocabulary(data: Path, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Ids of the tokens that lyric lines consist of, sorted.

    Tokens seen fewer than three times in the training lyrics are mostly names and misspellings.
    Leaving them out keeps them out of drafts and cuts the cost of the output layer to a quarter.
    """
    counts: Counter[int] = Counter()
    for section in read_sections(data / "train.jsonl.gz"):
        for line in section.lines:
            counts.update(tokenizer.encode(f" {line}\n", add_special_tokens=False))
    return sorted(
        token
        for token, count in counts.items()
        if count >= MIN_COUNT and not set(tokenizer.decode([token])) & set('0123456789:;"()[]{}*')
    )


def package(data: Path, run: Path, base: Path, gguf: Path | None, out: Path = OUT) -> None:
    """Write the adapter in bfloat16 with its vocabulary, and the facts that `load` checks.

    Args:
        gguf: the fetched file that `base` was unpacked from; None for another base, which is
            then written too, merged with the adapter.
    """
    tokenizer = AutoTokenizer.from_pretrained(base)
    tensors = load_file(run / "adapter.safetensors")
    tensors["vocabulary"] = torch.tensor(line_vocabulary(data, tokenizer), dtype=torch.int32)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "adapter.safetensors")
    # A critic reads the states of the adapter that it was taught with, and of no other.
    (out / CRITIC).unlink(missing_ok=True)
    curve = [json.loads(row) for row in (run / "curve.jsonl").read_text().splitlines()]
    config = json.loads((run / "config.json").read_text())
    card = {
        "base": "SmolLM2-135M-Instruct (Q4_1, dequantised)" if gguf else base.name,
        "base_sha256": hashlib.sha256(gguf.read_bytes()).hexdigest() if gguf else None,
        "config": {
            name: value for name, value in config.items() if name not in ("data", "base", "out")
        },
        "vocabulary": len(tensors["vocabulary"]),
        "curve": curve,
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
        tokenizer.save_pretrained(out)
    size = sum(file.stat().st_size for file in out.glob("*.safetensors"))
    print(f"{out}: {size / 1e6:.1f} MB, {card['held_out_loss']}")
