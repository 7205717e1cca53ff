"""The commands of `python -m training` that concern the paper's captioners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FRONTS = ("log-mel", "slaney", "constant-q", "musicnn")
MODEL = click.argument("model", type=click.Choice(["lstm", "gru"]))
DATA = click.option("--data", type=FOLDER, required=True, help="Made by `prepare captioner`.")


@click.command()
@click.option("--songs", type=FOLDER, help="GENRE/Artist - Title.mp3 with .txt or .lrc beside.")
@click.option("--dataset", type=FOLDER, help="A set built by `python -m training dataset`.")
@click.option("--lyrics", type=FOLDER, help="Folder with train, valid and test.jsonl.gz.")
@click.option("--clips", type=FOLDER, multiple=True, help="With --lyrics: beats to pair weakly.")
@click.option("--beats", default=0, help="With --lyrics: beats to synthesise, a genre.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--front-end", "fronts", type=click.Choice(FRONTS), multiple=True,
              default=("log-mel", "musicnn"), show_default=True)  # fmt: skip
@click.option("--spelling", type=click.Choice(["sung", "paper"]), default="sung",
              show_default=True, help="Words as sung, or as in the paper (2.1.1).")  # fmt: skip
@click.option("--words", default=5690, show_default=True, help="Size of the vocabulary.")
@click.option("--seed", default=0, show_default=True, help="Which artists are held out.")
def prepare(out: Path, **chosen: Any) -> None:
    """Clips and lines on disk, for the paper's captioners."""
    from atl_core.settings import load_settings
    from training.captioners.prepare import Preparing
    from training.captioners.prepare import prepare as run

    musicnn = str(load_settings().weights_home / "musicnn-msd")
    folders: dict[str, Any] = {
        name: str(chosen.pop(name) or "") for name in ("songs", "dataset", "lyrics")
    }
    clips = tuple(str(folder) for folder in chosen.pop("clips"))
    run(Preparing(out=str(out), musicnn=musicnn, clips=clips, **folders, **chosen))


@click.command()
@MODEL
@DATA
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The run folder.")
@click.option("--config", type=FILE, help="TOML; its names are those of the printed settings.")
@click.option("--encoder", type=click.Choice(["blocks", "cnn10", "cnn14", "musicnn"]))
@click.option("--front-end", "front", type=click.Choice(FRONTS))
@click.option("--checkpoint", type=FILE, help="PANNs weights as safetensors, for the encoder.")
@click.option("--freeze-encoder", is_flag=True, default=None)
@click.option("--words-of", type=FOLDER, help="Begin with all of this model but its encoder.")
@click.option("--steps", type=int)
@click.option("--lines", type=int, help="Lines a step.")
@click.option("--clips", type=int, help="Clips a step.")
@click.option("--window", type=int, help="Frames of a clip heard a step; 0: all.")
@click.option("--learning-rate", type=float)
@click.option("--warmup", type=int)
@click.option("--evaluate-every", type=int)
@click.option("--save-every", type=int)
@click.option("--patience", type=int)
@click.option("--seed", type=int)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]))
@click.option("--precision", type=click.Choice(["auto", "bfloat16", "float32"]))
def train(model: str, data: Path, out: Path, config: Path | None, **chosen: Any) -> None:
    """Train MODEL; the same command goes on with a run that was stopped."""
    from training.captioners.config import read_config
    from training.captioners.train import train as run

    chosen |= {name: str(chosen[name]) for name in ("checkpoint", "words_of") if chosen[name]}
    run(read_config(config, data=str(data), out=str(out), model=model, **chosen))


@click.command()
@DATA
@click.option("--run", "runs", type=FOLDER, multiple=True, help="Run folders or model folders.")
@click.option("--split", type=click.Choice(["valid", "test"]), default="test", show_default=True)
def evaluate(data: Path, runs: tuple[Path, ...], split: str) -> None:
    """Perplexity a word and BLEU on held-out artists and beats; default: what ships."""
    from training.captioners.evaluate import evaluate as run

    run(data, runs, split)


@click.command()
@MODEL
@click.option("--run", "folder", type=FOLDER, required=True)
@click.option("--data", type=FOLDER, required=True, help="What it was trained on.")
def package(model: str, folder: Path, data: Path) -> None:
    """Make weights/captioner-MODEL of a finished run."""
    from training.captioners.package import package as run

    run(model, folder, data)


@click.command()
@DATA
@click.option("--run", "folder", type=FOLDER, required=True, help="The run to begin with.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--steps", default=150, show_default=True)
@click.option("--lines", default=64, show_default=True)
@click.option("--genre-weight", default=0.5, show_default=True)
@click.option("--likeness-weight", default=0.2, show_default=True)
@click.option("--seed", default=0, show_default=True)
def gan(data: Path, folder: Path, out: Path, **chosen: Any) -> None:
    """The paper's GAN (its 5.2), as an experiment: go on with a run against a critic."""
    from training.captioners.gan import Adversarial
    from training.captioners.gan import train as run

    run(Adversarial(data=str(data), run=str(folder), out=str(out), **chosen))
