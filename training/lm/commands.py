"""The commands of `python -m training` that concern the writer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from training.lm.places import Choice

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SECTIONS = click.option(
    "--sections", type=FILE, required=True, help="What `prepare sections` wrote."
)
BASE = click.option(
    "--base", type=FOLDER, required=True, help="The base model as transformers saves it."
)
DEVICE = click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True
)
RUN = click.option("--run", "run_folder", type=FOLDER, default=Path("runs/lm"), show_default=True)


@click.command()
@click.option("--gguf", type=FILE, required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def prepare(gguf: Path, out: Path) -> None:
    """Unpack the base model from its GGUF file (`ATL_HOME/weights/smollm2-135m-instruct`)."""
    from training.lm.unpack import unpack

    unpack(gguf, out)


@click.command()
@click.option(
    "--data", type=FOLDER, required=True, help="Folder with train, valid and test.jsonl.gz."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/sections.jsonl.gz"))
def prepare_sections(data: Path, out: Path) -> None:
    """Label the sections of the data: length, end words, mood, topic."""
    from training.lm.labels import write_labels

    write_labels(data, out)


@click.command()
@SECTIONS
@BASE
@DEVICE
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/lm"), show_default=True)
@click.option("--epochs", type=float, default=1.0, show_default=True)
@click.option("--minutes", type=float, default=60.0, show_default=True, help="End by then.")
@click.option("--rank", type=int, default=16, show_default=True)
@click.option("--batch-tokens", type=int, default=2048, show_default=True)
@click.option("--learning-rate", type=float, default=8e-4, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--start", type=FILE, help="Go on from this adapter.")
def train(
    sections: Path,
    base: Path,
    device: str,
    out: Path,
    epochs: float,
    minutes: float,
    rank: int,
    batch_tokens: int,
    learning_rate: float,
    seed: int,
    start: Path | None,
) -> None:
    """Tune the writer's language model by LoRA; a killed run goes on where it was."""
    from training.lm import train as script

    script.train(
        script.Config(
            sections=str(sections), base=str(base), out=str(out), rank=rank, alpha=2.0 * rank,
            batch_tokens=batch_tokens, learning_rate=learning_rate, epochs=epochs,
            minutes=minutes, seed=seed, device=device, start=str(start or ""),
        )
    )  # fmt: skip


@click.command()
@SECTIONS
@BASE
@RUN
@DEVICE
@click.option("--learning-rate", type=float, default=4e-5, show_default=True)
@click.option("--places", type=int, default=5000, show_default=True, help="Lines to learn from.")
def prefer(
    sections: Path, base: Path, run_folder: Path, device: str, learning_rate: float, places: int
) -> None:
    """Teach a tuned writer to prefer people's lines to its own, then teach the critic."""
    from training.lm.prefer import run

    run(sections, base, run_folder, device, learning_rate, places)


PLACES = click.argument("places", type=FILE)


@click.command()
@click.argument("subjects", type=FILE)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Appended to.")
@click.option("--drafts", type=int, default=150, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def prepare_places(subjects: Path, out: Path, drafts: int, seed: int) -> None:
    """Write drafts about the subjects of a file, and note the candidates of each line."""
    from training.lm.places import briefs, gather, shipped

    found = [line.strip() for line in subjects.read_text(encoding="utf-8").splitlines()]
    found = [line for line in found if line]
    if not found:
        raise click.UsageError(f"{subjects} names no subject; write one a line")
    gather(shipped(), briefs(found, drafts, seed), out)


@click.command()
@PLACES
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--seed", type=int, default=0, show_default=True)
def prepare_sheets(places: Path, out: Path, seed: int) -> None:
    """Put places on sheets for readers to rank."""
    from training.lm.places import read_places, write_sheets

    click.echo(f"{write_sheets(read_places(places), out, seed)} sheets in {out}")


@click.command()
@PLACES
@click.option("--sheets", type=FOLDER, required=True, help="With the readers' answers.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def prepare_choices(places: Path, sheets: Path, out: Path) -> None:
    """Read readers' answers."""
    from training.lm.places import read_answers, read_places, write_choices

    choices = read_answers(read_places(places), sheets)
    write_choices(choices, out)
    click.echo(f"{len(choices)} rankings in {out}")


def enough_choices(file: Path) -> list[Choice]:
    """The choices in a file, some of which are held out."""
    from training.lm.places import read_choices

    found = read_choices(file)
    if len({choice.place.held_out for choice in found}) < 2:
        raise click.UsageError(f"{file} has too few subjects: a fifth of them is held out")
    return found


@click.command()
@click.option("--choices", type=FILE, required=True, help="What `prepare choices` wrote.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def train_choices(choices: Path, out: Path) -> None:
    """Fit the critic and the ranking of the writer to readers' choices."""
    from training.lm.choices import train as fit
    from training.lm.places import shipped

    found = enough_choices(choices)
    fit(shipped(), found, out)


@click.command()
@SECTIONS
@BASE
@DEVICE
@click.option("--choices", type=FILE, required=True, help="What `prepare choices` wrote.")
@click.option(
    "--learning-rate",
    type=float,
    default=4e-4,
    show_default=True,
    help="The highest; it falls to a twentieth.",
)
@click.option("--epochs", type=int, default=4, show_default=True, help="Passes over the rankings.")
@click.option(
    "--share",
    type=click.FloatRange(0, 1),
    default=0.7,
    show_default=True,
    help="How far to go from the writer before (0) to the tuned one (1).",
)
@click.option(
    "--writer",
    type=click.Choice(["lm", "large"]),
    default="lm",
    show_default=True,
    help="Whose base --base is.",
)
def train_rankings(
    sections: Path,
    base: Path,
    device: str,
    choices: Path,
    learning_rate: float,
    epochs: int,
    share: float,
    writer: str,
) -> None:
    """Tune the packaged writer to propose what readers preferred; rewrites its weights.

    Run `atl weights fetch` and `train choices` after it.
    """
    from atl_core.captioner.load import TUNED
    from training.lm.rankings import Config, run

    config = Config(learning_rate, epochs, share=share)
    try:
        run(sections, base, enough_choices(choices), TUNED[writer].adapter, device, config)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@click.command()
@SECTIONS
@BASE
@RUN
@click.option("--gguf", type=FILE)
@click.option("--out", type=click.Path(path_type=Path), help="weights/captioner-lm by default.")
def package(
    sections: Path, base: Path, run_folder: Path, gguf: Path | None, out: Path | None
) -> None:
    """Make weights/captioner-lm of a finished run, or the folder of another base's writer.

    `--gguf` is the fetched file that the base was unpacked from. Without it the base is one of
    your own: name its folder with `--out`; the merged model is written to it as well.
    """
    from training.lm.package import OUT
    from training.lm.package import package as make

    if gguf is None and out is None:
        raise click.UsageError("name --gguf for the fetched base, or --out for one of your own")
    make(sections, run_folder, base, gguf, out or OUT)


@click.command()
@SECTIONS
@BASE
@DEVICE
def evaluate(sections: Path, base: Path, device: str) -> None:
    """Perplexity a word on held-out artists, beside the untuned base."""
    from training.lm.evaluate import evaluate as measure

    measure(sections, base, device)
