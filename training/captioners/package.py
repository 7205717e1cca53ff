"""From a finished run to the folder that ships: weights, vocabulary, card, curves.

python -m training package captioner lstm --run runs/lstm --data DATA
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from atl_core.captioner.paper.proposer import SHIPPED
from atl_core.captioner.paper.stored import load_trained
from training.captioners.evaluate import measure

MOST_BYTES: Final = 10_000_000
TITLES: Final = {
    "lstm": "The captioner of the ATL paper (its section 2.2): convolution blocks, stacked LSTMs",
    "gru": "The captioner of the paper's reference 17 (Eren and Sert 2020): a bidirectional GRU "
    "over musicnn's embeddings, word vectors, a GRU decoder",
}


def package(model: str, run: Path, data: Path, out: Path | None = None) -> Path:
    """Write `weights/captioner-MODEL` with its card."""
    folder = out or SHIPPED / f"captioner-{model}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "words.json", "model.safetensors"):
        shutil.copyfile(run / "model" / name, folder / name)
    for name in ("loss.png", "bleu.png", "result.json"):
        if (run / name).is_file():
            shutil.copyfile(run / name, folder / name)
    size = (folder / "model.safetensors").stat().st_size
    assert size < MOST_BYTES, f"{size:,} bytes are too many to ship"
    figures = measure(load_trained(folder), data, "test")
    (folder / "README.md").write_text(card(model, run, data, figures, size))
    print(f"{folder}: {size / 1e6:.1f} MB, {figures}")
    return folder


def card(model: str, run: Path, data: Path, figures: dict[str, Any], size: int) -> str:
    """The model card."""
    config = json.loads((run / "config.json").read_text())
    result = json.loads((run / "result.json").read_text())
    facts = json.loads((data / "data.json").read_text())
    curve = [json.loads(row) for row in (run / "curve.jsonl").read_text().splitlines()]
    best = min(curve, key=lambda row: row["held_out"])
    splits = {s: f"{n['clips']} clips, {n['lines']:,} lines" for s, n in facts["splits"].items()}
    left_out = "; ".join(f"{k}: {v:,}" for k, v in facts["problems"].items()) or "nothing"
    keys = ("steps", "lines", "clips", "window", "learning_rate", "warmup", "seed")
    chosen = ", ".join(f"{key} {config[key]}" for key in keys)
    trained = (
        f"{result['steps']} steps in {result['core_seconds'] / 60:.1f} minutes of processor time "
        f"({result['seconds'] / 60:.0f} by the clock, {result['threads']} thread(s)), "
        f"peak memory {result['peak_megabytes']} MB"
    )
    held_out = f"step {best['step']}, the best held-out loss ({best['held_out']:.3f} a word)"
    return "\n".join(
        [
            f"# captioner-{model}",
            "",
            f"{TITLES[model]}. `atl write BEAT --captioner {model}` uses it.",
            "",
            f"- **Hears** {config['front']} of ten seconds; encoder `{config['encoder']}`. "
            f"{size / 1e6:.1f} MB in half precision.",
            *_data_lines(facts, splits, left_out),
            "- **Training**: `python -m training prepare captioner ...`, then `python -m training "
            f"train captioner {model} --data DATA --out RUN` with {chosen}; {trained}. The "
            f"weights are those of {held_out}.",
            "- **Curves**: `loss.png` and `bleu.png`, as the paper's figures 3 and 4.",
            f"- **Held-out artists and beats** ({figures['words']:,} words): perplexity a word "
            f"{figures['perplexity']}, words outside the vocabulary spelt out at the price of a "
            "choice among the other common words of songs; greedy BLEU-1 to 4 from a starting "
            f"word {', '.join(map(str, figures['bleu']))}. More in `docs/research/captioners.md`.",
            "- **Limits**: English, two genres, one line at a time: lines share a beat and a "
            "rhyme, not a thought. It is here to be compared with; the default writes better.",
            "- **Licence**: Apache-2.0, as the project. Lyrics and recordings are no part of it."
            + (" The embeddings that it hears are musicnn's (ISC)." if model == "gru" else ""),
            "",
        ]
    )


def _data_lines(facts: dict[str, Any], splits: dict[str, str], left_out: str) -> list[str]:
    made = facts["made_with"]
    if facts["kind"] == "pairs":
        told = "- **Data**: songs with their lyrics; each clip with the lines of its song."
    else:
        told = (
            "- **Data**: weak pairs. No songs with their lyrics were at hand, so a clip goes with "
            "any line of its genre: the network can learn what a genre sounds like and says, not "
            "what one song does."
        )
    lines = [f"{told} Training: {splits['train']}; held out by artist and beat: "
             f"{splits['valid']} to stop by and {splits['test']} to measure."]  # fmt: skip
    if made["beats"]:
        lines.append(
            f"- **Sound**: {made['beats']} beats a genre synthesised by "
            "`training/captioners/beats.py`, and a few openly licensed hip-hop beats (Boomboxhead, "
            "CC0; WaivOps-HH-TRP, CC BY 4.0). There is **no real country recording** among them: "
            "country as a record sounds is nothing that it has heard."
        )
    return [*lines, f"- **Left out or unknown**: {left_out}."]
