"""The command line of genre training and evaluation."""

from __future__ import annotations

from pathlib import Path

import click

from atl_core.genre.files import WEIGHTS

LINEAR = ("linear", "judge", "ranker")
NEURAL = ("lstm", "han")
PARTS = ("genre-neither", "genre-others", "genre-thorough")
"""Parts of the verdict that choose between hip-hop and country only with others, or not at all."""
DATA = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with train, valid and test.jsonl.gz.",
)


READINGS = click.option(
    "--readings",
    type=click.Path(file_okay=False, path_type=Path),
    default="runs/genre-readings",
    show_default=True,
    help="Folder of what the language model has read; what is missing is read first.",
)


@click.command()
@click.argument(
    "model", type=click.Choice([*LINEAR, *NEURAL, "others", "adapter", "thorough", "neither"])
)
@DATA
@click.option("--out", type=click.Path(path_type=Path), help="Default: weights/genre-MODEL.")
@click.option(
    "--base",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The base model as transformers saves it; needed to train `adapter`.",
)
@click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True,
    help="For `adapter`.",
)  # fmt: skip
@click.option(
    "--neither",
    "others",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="From `prepare genre`; needed to train `neither`.",
)
@READINGS
def train(
    model: str,
    data: Path,
    out: Path | None,
    base: Path | None,
    device: str,
    others: Path | None,
    readings: Path,
) -> None:
    """Train MODEL and write its weights."""
    folder = out or WEIGHTS / f"genre-{model}"
    if model in NEURAL:
        from training.genre import neural

        neural.train(model, data, folder)
    elif model in LINEAR:
        from training.genre import linear

        linear.train(model, data, folder)
    elif model == "thorough":
        from training.genre import thorough

        thorough.train(data, folder, readings)
    elif model == "adapter":
        if base is None:
            raise click.UsageError("`adapter` needs --base DIR, made by `prepare lm`.")
        from training.genre import adapter

        adapter.train(data, base, out or WEIGHTS / "genre-thorough", device)
    elif model == "others":
        from training.genre import others as other_genres

        other_genres.train(data, folder)
    else:
        if others is None:
            raise click.UsageError("`neither` needs --neither FILE, made by `prepare genre`.")
        from training.genre import detector

        detector.train(data, others, folder)


@click.command()
@DATA
@click.option("--out", type=click.Path(path_type=Path), default="runs/genre", show_default=True)
@click.option("--split", type=click.Choice(["valid", "test"]), default="test", show_default=True)
@click.option("--model", "models", multiple=True, help="Folders in weights/; default: all.")
@click.option("--classical", is_flag=True, help="Fit and measure the classical four as well.")
@click.option(
    "--neither",
    "others",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="From `prepare genre`: measure the answer `neither`.",
)
@click.option(
    "--drafts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Generated lyrics, JSON or CSV with genre and text: judge them too.",
)
@click.option("--draws", default=500, show_default=True, help="Of the bootstrap.")
def evaluate(
    data: Path,
    out: Path,
    split: str,
    models: tuple[str, ...],
    classical: bool,
    others: Path | None,
    drafts: Path | None,
    draws: int,
) -> None:
    """Measure the classifiers on artists that they have never seen."""
    from training.genre import evaluate as evaluation

    stored = sorted(folder.parent.name for folder in WEIGHTS.glob("genre-*/config.json"))
    names = models or [name for name in stored if name not in PARTS]
    evaluation.evaluate(data, out, names, split, classical, others, drafts, draws)


@click.command()
@DATA
@READINGS
@click.option("--out", type=click.Path(path_type=Path), default="runs/verdict", show_default=True)
@click.option("--split", type=click.Choice(["valid", "test"]), default="test", show_default=True)
@click.option(
    "--neither",
    "others",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="From `prepare genre`: what prose, code and other languages are called.",
)
def evaluate_verdict(
    data: Path, readings: Path, out: Path, split: str, others: Path | None
) -> None:
    """Measure the whole verdict, quick and thorough, on artists that it has never seen."""
    from training.genre import verdict

    verdict.evaluate(data, others, readings, out, split)
