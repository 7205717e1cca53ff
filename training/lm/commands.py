"""The commands of `python -m training` that concern the writer."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
DATA = click.option(
    "--data", type=FOLDER, required=True, help="Folder with train, valid and test.jsonl.gz."
)
BASE = click.option(
    "--base", type=FOLDER, required=True, help="The base model as transformers saves it."
)


@click.command()
@click.option("--gguf", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def prepare(gguf: Path, out: Path) -> None:
    """Unpack the base model from its GGUF file (`ATL_HOME/weights/smollm2-135m-instruct`)."""
    from atl_core.captioner.load import unpack

    unpack(gguf, out)


@click.command()
@DATA
@BASE
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/lm"), show_default=True)
@click.option("--minutes", type=float, default=60.0, show_default=True)
@click.option("--steps", type=int, default=0, help="End after so many, if the time lasts.")
@click.option("--sections", type=int, default=10_000, show_default=True)
@click.option("--batch", type=int, default=8, show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--learning-rate", type=float, default=8e-4, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Which sections, and order.")
@click.option(
    "--start",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Go on from this adapter, such as weights/captioner-lm/adapter.safetensors.",
)
def train(
    data: Path,
    base: Path,
    out: Path,
    minutes: float,
    steps: int,
    sections: int,
    batch: int,
    device: str,
    learning_rate: float,
    seed: int,
    start: Path | None,
) -> None:
    """Tune the writer's language model by LoRA; a killed run goes on where it was."""
    from training.lm import train as script

    config = script.Config(
        data=str(data), base=str(base), out=str(out), minutes=minutes, steps=steps,
        sections=sections, batch=batch, device=device, learning_rate=learning_rate, seed=seed,
        start=str(start or ""),
    )  # fmt: skip
    script.train(config)


@click.command()
@DATA
@BASE
@click.option("--run", "run_folder", type=FOLDER, default=Path("runs/lm"), show_default=True)
@click.option("--gguf", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="weights/captioner-lm by default.")
def package(data: Path, base: Path, run_folder: Path, gguf: Path | None, out: Path | None) -> None:
    """Make weights/captioner-lm of a finished run, or the folder of another base's writer.

    `--gguf` is the fetched file that the base was unpacked from. Without it the base is one of
    your own: name its folder with `--out`; the merged model is written to it as well.
    """
    from training.lm.package import OUT
    from training.lm.package import package as make

    if gguf is None and out is None:
        raise click.UsageError("name --gguf for the fetched base, or --out for one of your own")
    make(data, run_folder, base, gguf, out or OUT)


@click.command()
@DATA
@BASE
@click.option("--sections", type=int, default=200, show_default=True)
def evaluate(data: Path, base: Path, sections: int) -> None:
    """Perplexity a word on held-out artists, beside the untuned base."""
    from training.lm.evaluate import evaluate as measure

    measure(data, base, sections)


@click.command()
@DATA
@click.option(
    "--run", type=click.Path(path_type=Path), default=Path("runs/critic"), show_default=True
)
@click.option("--contexts", type=int, default=1100, show_default=True)
def critic(data: Path, run: Path, contexts: int) -> None:
    """Teach the writer's critic to tell people's lines from the writer's own."""
    from training.lm.critic import train as teach

    teach(data, run, contexts)
