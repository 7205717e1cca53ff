"""Every captioner side by side: the paper's LSTM, its reference's GRU, encoders, GAN, `lm`.

    python benchmarks/captioners.py                       # what ships, on beats made here
    python benchmarks/captioners.py --data DATA --lyrics DIR --base BASE --lm 24 \
        --run lstm=weights/captioner-lstm --run "lstm, cnn10=RUN" --save results.json
    python benchmarks/captioners.py ... --save results.json --again lm    # that row anew

`DATA` comes from `python -m training prepare captioner` and holds artists and beats that nothing
was trained on; a `RUN` is a run folder (or a folder in `weights/`); `DIR` has `test.jsonl.gz`, and
`BASE` is made by `python -m training prepare lm`. Each row is kept in the saved file and not
measured again, so the slow ones can wait for a quiet hour.

Two ways to write are measured. **Alone**: words sampled from the network, the audio decides.
**Drafts**: eight lines through the captioner as `atl write` uses it, planned and ranked. The judge
took no part in writing or training; human lyrics are in `benchmarks/pen.py`. Perplexity is a word
sung, of all captioners on the same sections of held-out artists.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from rich.progress import track

from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.load import ADAPTER, load_language_model
from atl_core.captioner.paper.proposer import SHIPPED, PaperModel, load_paper
from atl_core.captioner.paper.words import END, UNKNOWN, tokens
from atl_core.captioner.protocol import Captioner, Task
from atl_core.errors import BriefError
from atl_core.genre.judge import JUDGE, RANKER, classifier, lean
from atl_core.lyrics.brief import GENRES, Brief, Genre
from atl_core.lyrics.form import UNRHYMED, plan
from atl_core.lyrics.metrics import rhymes_kept, syllables_kept
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import common_words
from atl_core.settings import load_settings
from benchmarks.pen import briefs
from training import metrics
from training.captioners.held_out import Beats, having_heard, held_out_beats
from training.lm.sections import Section

DISTINCT_WORDS: Final = 300
FREE_DRAFTS: Final = 120
LINES: Final = 8
WRITTEN: Final = 60
"""Lines from a held-out line's first word, for the BLEU of what is written."""
SECTIONS: Final = 120
"""Of held-out artists, for the perplexity."""


# --- figures -------------------------------------------------------------------------------------


def judged(texts: Sequence[Sequence[str]]) -> np.ndarray:
    """Whether the independent judge calls each text hip-hop."""
    return classifier(JUDGE).score(["\n".join(text) for text in texts]) > 0


def text_figures(texts: Sequence[Sequence[str]]) -> dict[str, float]:
    flat = [line for text in texts for line in text]
    figures = {
        "repeated": statistics.fmean(metrics.repeated_lines(text) for text in texts),
        "outro": statistics.fmean(metrics.names_a_section(line) for line in flat),
        "rhyme_lift": metrics.rhyme_density_lift(flat[:400]),
    }
    for order in (1, 2):
        try:
            figures[f"distinct_{order}"] = metrics.distinct(flat, order, DISTINCT_WORDS)
        except ValueError:
            figures[f"distinct_{order}"] = math.nan
    return figures


def follows(texts: Sequence[Sequence[str]], genres: Sequence[str]) -> dict[str, float]:
    """Texts to beats of the genres in turn: right genre, and pairs whose label follows the swap."""
    said = judged(texts)
    right = [bool(text) and (genre == "hip-hop") == bool(hip_hop)
             for text, genre, hip_hop in zip(texts, genres, said, strict=True)]  # fmt: skip
    swapped = [a and b for a, b in zip(right[::2], right[1::2], strict=True)]
    return {"genre": statistics.fmean(right), "swap": statistics.fmean(swapped)}


def alone(writer: PaperModel, beats: Beats) -> dict[str, float]:
    """The network with nothing around it: sampled lines, the audio decides."""
    from training.captioners.free import free_lines

    texts, genres = [], []
    for number in range(FREE_DRAFTS):
        genre = GENRES[number % 2]
        beat = beats[genre][number // 2 % len(beats[genre])]
        brief = Brief(genre, "chill", "medium", (), LINES, "AABB", 9, 90.0)
        heard = writer.encode_audio(Task(brief, (), listening=beat))
        generator = torch.Generator().manual_seed(number // 2)  # equal for both of a pair
        trained = writer.trained
        lines = free_lines(trained.network, trained.vocabulary, heard.expand(LINES, -1), generator)
        texts.append([" ".join(line) for line in lines])
        genres.append(genre)
    return follows(texts, genres) | text_figures(texts)


def asked(beats: Beats, count: int) -> Iterator[Task]:
    """Drafts in pairs: same seed words, scheme and random seed, another beat and so its genre."""
    for number in range(count):
        common, genre = briefs(count + 2)[number // 2 * 2], GENRES[number % 2]
        beat = beats[genre][number // 2 % len(beats[genre])]
        brief = replace(common, genre=genre, random_seed=number // 2, syllables=9)
        yield Task(brief, plan(brief, [], 0.0, first=0, count=brief.lines), listening=beat)


def drafts(captioner: Captioner, beats: Beats, count: int) -> dict[str, float]:
    """Drafts as `atl write` makes them; one that is refused counts as of the wrong genre."""
    texts, genres, rhymes, syllables = [], [], [], []
    for task in track(asked(beats, count), "drafts", total=count, transient=True):
        try:
            lines = list(captioner.write(task))
        except BriefError:
            lines = []
        texts.append(lines)
        genres.append(task.brief.genre)
        if lines:
            rhymes.append(rhymes_kept(lines, [slot.rhyme for slot in task.slots]))
            syllables.append(syllables_kept(lines, [slot.target for slot in task.slots]))
    written = [text for text in texts if text]
    return follows(texts, genres) | text_figures(written) | {
        "drafts": count, "refused": count - len(written), "rhymes_kept": statistics.fmean(rhymes),
        "syllables_kept": statistics.fmean(syllables),
    }  # fmt: skip


def lines_a_second(captioner: Captioner, beats: Beats, count: int) -> float:
    """Of whole drafts, the beat heard for each, after one to warm up."""
    first, *rest = asked(beats, count + 1)
    list(captioner.write(first))
    started = time.perf_counter()
    return sum(len(list(captioner.write(task))) for task in rest) / (time.perf_counter() - started)


def written_bleu(captioner: Captioner, beats: Beats, data: Path) -> dict[str, Any]:
    """BLEU of lines from a held-out line's first word, length and genre against that line."""
    from training.captioners.measures import bleu, spell
    from training.captioners.store import Store, read_vocabulary

    store = Store(data, "test", "log-mel")
    names = read_vocabulary(data, store.facts.spelling).all_names
    batch = store.batch(3, 2, 2 * WRITTEN, 77)
    hypotheses, references = [], []
    for number in track(range(0, 2 * WRITTEN, 2), description="lines", transient=True):
        row = batch.ids[number].tolist()
        genre = cast(Genre, store.facts.genres[int(batch.genres[batch.owners[number]])])
        reference = spell(row, names)
        first = reference.split()[0]
        if first not in names[4:]:
            continue
        beat = beats[genre][number % len(beats[genre])]
        brief = Brief(genre, "chill", "medium", (first,), 1, "AABB",
                      max(3, count_syllables(reference)), 90.0, random_seed=number)  # fmt: skip
        (slot,) = plan(brief, [], 0.0, first=0, count=1)
        try:
            task = Task(brief, (replace(slot, rhyme=UNRHYMED),), listening=beat)
            (line,) = captioner.write(task)
        except BriefError:
            continue
        hypotheses.append(" ".join(line.lower().replace(",", "").split()))
        references.append(reference)
    scores, signature = bleu(hypotheses, references)
    return {"bleu": scores, "signature": signature, "lines": len(references)}


def measured_sections(lyrics: Path) -> list[Section]:
    """Of held-out artists, the same for every captioner."""
    from training.lm.sections import read_sections, tuning_mix

    return tuning_mix(list(read_sections(lyrics / "test.jsonl.gz")), SECTIONS, random.Random(3))


def perplexity(writer: PaperModel, beats: Beats, lyrics: Path, *, swapped: bool = False) -> float:
    """A word, on sections of held-out artists, to held-out beats in turn.

    `swapped` plays beats of the other genre: what a network makes of its audio is the difference.
    """
    from training.captioners.measures import Loss, lines_loss
    from training.captioners.store import LENGTH

    network, vocabulary = writer.trained.network, writer.trained.vocabulary
    total, spoken, targets, unknown = 0.0, 0, 0, 0
    for number, section in enumerate(measured_sections(lyrics)):
        heard = beats[GENRES[(GENRES.index(section.genre) + swapped) % 2]]
        brief = Brief(section.genre, "chill", "medium", (), LINES, "AABB", 9, 90.0)
        listening = heard[number // 2 % len(heard)]
        audio = writer.encode_audio(Task(brief, (), listening=listening))
        rows = [vocabulary.encode(tokens(line, vocabulary.spelling), LENGTH)
                for line in section.lines]  # fmt: skip
        ids = torch.tensor([row for row in rows if row is not None])
        with torch.inference_mode():
            loss, found = lines_loss(network, audio.expand(len(ids), -1), ids)
        total += float(loss)
        targets += len(found)
        spoken += int((found != END).sum())
        unknown += int((found == UNKNOWN).sum())
    others = len(common_words()) - len(vocabulary.names)
    return round(Loss(total, spoken, targets, unknown).perplexity(others), 1)


def writer_perplexity(base: Path, lyrics: Path, *, tuned: bool) -> float:
    """The same of the language model, which sees the lines above and each line's length."""
    from safetensors.torch import load_file
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM

    from training.lm.evaluate import free, word_perplexity
    from training.lm.labels import label
    from training.lm.lora import merge
    from training.lm.package import OUT
    from training.lm.sections import Keywords

    chosen = measured_sections(lyrics)
    keywords = Keywords(chosen)
    texts = [free(label(section, "test", keywords)) for section in chosen]
    spoken = sum(len(words(line)) for section in chosen for line in section.lines)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if tuned:
        merge(model, load_file(OUT / "adapter.safetensors"))
    vocabulary = torch.arange(model.config.vocab_size)
    return round(word_perplexity(model, texts, spoken, tokenizer, vocabulary), 1)


def language_model(untuned: Path | None) -> LineCaptioner:
    """The default captioner; with the folder of the unpacked base, the same with no tuning."""
    settings = load_settings()
    ranker = classifier(RANKER).score
    model = load_language_model(settings.weights_home, settings.device, ranker)
    if untuned is None:
        return LineCaptioner(model, ranker)
    from safetensors.torch import load_file

    from atl_core.captioner.model import Decoder

    old = model.sampler
    decoder = Decoder(untuned, old.model.device, old.model.dtype)
    vocabulary = load_file(ADAPTER / "adapter.safetensors")["vocabulary"].long()
    sampler = replace(old, model=decoder, head=decoder.output_layer(vocabulary))
    # The critic was trained on the states of the tuned model.
    return LineCaptioner(replace(model, sampler=sampler, critic=None), ranker)


# --- the table -----------------------------------------------------------------------------------


def network(folder: Path) -> PaperModel:
    """The captioner in a run folder or a folder of `weights/`."""
    model = folder / "model" if (folder / "model").is_dir() else folder
    kind = json.loads((model / "config.json").read_text())["model"]
    return load_paper(kind, lean, model)


def network_row(
    folder: Path, data: Path | None, lyrics: Path | None, beats: Beats, count: int
) -> dict[str, Any]:
    writer = having_heard(network(folder), beats, data)
    parameters = sum(p.numel() for p in writer.trained.network.parameters())
    row: dict[str, Any] = {"parameters": parameters}
    if lyrics is not None:
        row["perplexity"] = perplexity(writer, beats, lyrics)
        row["perplexity_swapped"] = perplexity(writer, beats, lyrics, swapped=True)
    if data is not None:
        from training.captioners.evaluate import measure

        row["held_out"] = measure(writer.trained, data, "test")
    told = folder / "result.json"
    if told.is_file():
        row["training"] = json.loads(told.read_text())
    row["alone"] = alone(writer, beats)
    captioner = LineCaptioner(writer, lean)
    row["drafts"] = drafts(captioner, beats, count)
    if data is not None:
        row["written"] = written_bleu(captioner, beats, data)
    return row


def language_model_row(
    untuned: Path | None, chosen: argparse.Namespace, beats: Beats
) -> dict[str, Any]:
    captioner = language_model(untuned)
    row: dict[str, Any] = {"drafts": drafts(captioner, beats, chosen.lm)}
    if chosen.data:
        row["written"] = written_bleu(captioner, beats, chosen.data)
    if chosen.lyrics and chosen.base:
        row["perplexity"] = writer_perplexity(chosen.base, chosen.lyrics, tuned=untuned is None)
    return row


def percent(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{100 * value:.0f} %"


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Markdown, a row a captioner."""
    head = ("", "perplexity", "to a beat of the other genre", "BLEU-1 to 4, greedy",
            "BLEU-1 to 4, written", "genre, alone",
            "swap, alone", "genre, drafts", "swap, drafts", "distinct-1/2", "repeated / outro",
            "rhymes kept", "syllables ±1", "rhyme lift", "training", "lines/s")  # fmt: skip
    out = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for name, row in rows.items():
        free, full = row.get("alone", {}), row.get("drafts", {})
        shown = full or free

        def scores(found: dict[str, Any] | None) -> str:
            return " / ".join(f"{s:.1f}" for s in found["bleu"]) if found else ""

        cost = row.get("training", {})
        trained = ", ".join(
            f"{cost[key] / share:.{digits}f} {unit}"
            for key, share, digits, unit in (
                ("steps", 1, 0, "steps"), ("core_seconds", 60, 1, "core min"),
                ("seconds", 60, 0, "min"), ("peak_megabytes", 1, 0, "MB"),
            )
            if key in cost and (key != "seconds" or "core_seconds" not in cost)
        )  # fmt: skip
        cells = (
            name,
            *(f"{row[key]:.0f}" if key in row else ""
              for key in ("perplexity", "perplexity_swapped")),
            scores(row.get("held_out")) if "bleu" in row.get("held_out", {}) else "",
            scores(row.get("written")), percent(free.get("genre")), percent(free.get("swap")),
            percent(full.get("genre")), percent(full.get("swap")),
            f"{shown['distinct_1']:.2f} / {shown['distinct_2']:.2f}" if shown else "",
            f"{percent(shown['repeated'])} / {percent(shown['outro'])}" if shown else "",
            percent(full.get("rhymes_kept")), percent(full.get("syllables_kept")),
            f"{shown['rhyme_lift']:+.2f}" if shown else "", trained,
            f"{row['lines_a_second']:.1f}" if "lines_a_second" in row else "",
        )  # fmt: skip
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="prepared data; its test part is held out")
    parser.add_argument("--run", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--drafts", type=int, default=24)
    parser.add_argument("--lm", type=int, default=0, metavar="N", help="drafts of `lm` (slow)")
    parser.add_argument("--base", type=Path, help="unpacked base model, to measure it untuned")
    parser.add_argument("--lyrics", type=Path, help="folder with test.jsonl.gz: perplexity")
    parser.add_argument(
        "--save", type=Path, help="keep rows here, and what is kept, do not measure"
    )
    parser.add_argument(
        "--speed",
        type=int,
        default=0,
        metavar="N",
        help="only lines a second, over N drafts: on a machine that is not busy",
    )
    parser.add_argument("--again", action="append", default=[], metavar="ROW", help="but this one")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    rows: dict[str, dict[str, Any]] = {}
    if chosen.save and chosen.save.is_file():
        rows = json.loads(chosen.save.read_text())
    beats = held_out_beats(chosen.data)

    def keep(name: str, row: dict[str, Any]) -> None:
        rows[name] = rows.get(name, {}) | row
        if chosen.save:
            chosen.save.write_text(json.dumps(rows, indent=1))
        print(name, json.dumps(row), flush=True)

    runs = dict(run.rsplit("=", 1) for run in chosen.run)
    if not runs and not chosen.lm:
        runs = {name: str(SHIPPED / f"captioner-{name}") for name in ("lstm", "gru")}
    bases = {"lm, untuned": chosen.base, "lm": None} if chosen.base else {"lm": None}
    for name, folder in runs.items():
        if chosen.speed:
            speed = lines_a_second(LineCaptioner(network(Path(folder)), lean), beats, chosen.speed)
            keep(name, {"lines_a_second": speed})
        elif "drafts" not in rows.get(name, {}) or name in chosen.again:
            keep(name, network_row(Path(folder), chosen.data, chosen.lyrics, beats, chosen.drafts))
    for name, base in bases.items() if chosen.lm else ():
        if chosen.speed:
            speed = lines_a_second(language_model(base), beats, chosen.speed)
            keep(name, {"lines_a_second": speed})
        elif "drafts" not in rows.get(name, {}) or name in chosen.again:
            keep(name, language_model_row(base, chosen, beats))
    print(table(rows))


if __name__ == "__main__":
    main()
