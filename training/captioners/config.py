"""What decides a training run; printed at its start and kept in its folder."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from atl_core.captioner.paper.encoders import ENCODERS, TAGGED
from atl_core.captioner.paper.stored import NETWORKS
from atl_core.errors import UserError

TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
}
"""What a value may be, by the annotation of its field."""


@dataclass(frozen=True)
class Config:
    """All choices of a run. `--config FILE.toml` sets them, and options set them last."""

    data: str
    out: str
    model: str = "lstm"
    encoder: str = ""
    """`blocks`, `cnn10`, `cnn14` or `musicnn`; empty: the model's own."""
    front: str = ""
    """`log-mel`, `slaney`, `constant-q` or `musicnn`; empty: the encoder's own."""
    checkpoint: str = ""
    """A PANNs checkpoint in safetensors, to begin the encoder with."""
    freeze_encoder: bool = False
    words_of: str = ""
    """Folder of a trained model of the same kind and words: everything but what hears begins as
    it is there, so that encoders can be compared in few steps."""
    vectors: bool = True
    """Whether `gru` begins with word vectors trained on the lyrics."""
    steps: int = 1200
    clips: int = 8
    """Clips a step."""
    lines: int = 256
    """Lines a step, shared out among its clips."""
    window: int = 256
    """Frames of a clip that are heard at a time, from a random place; 0: all of it."""
    learning_rate: float = 2e-3
    """Rises over `warmup` steps, then falls to a twentieth along a cosine."""
    warmup: int = 40
    weight_decay: float = 0.01
    dropout: float = 0.3
    evaluate_every: int = 100
    held_out_batches: int = 8
    patience: int = 4
    """Evaluations without a better held-out loss before the run ends."""
    bleu_lines: int = 128
    save_every: int = 50
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    """`bfloat16` or `float32`; `auto`: bfloat16 where the hardware has it. Weights are float32."""

    def settled(self) -> Config:
        """The same with everything named that was left to the model.

        Raises:
            UserError: a choice that there is not.
        """
        if self.model not in NETWORKS:
            raise UserError(
                f"There is no model {self.model}.", f"There are: {', '.join(NETWORKS)}."
            )
        encoder = self.encoder or ("blocks" if self.model == "lstm" else TAGGED)
        if encoder not in ENCODERS:
            raise UserError(f"There is no encoder {encoder}.", f"There are: {', '.join(ENCODERS)}.")
        if self.precision not in ("auto", "bfloat16", "float32"):
            raise UserError("precision is auto, bfloat16 or float32.")
        tagged = encoder == TAGGED
        front = self.front or (TAGGED if tagged else "log-mel")
        if tagged != (front == TAGGED):
            raise UserError(
                f"The encoder {encoder} cannot hear {front}.",
                "musicnn hears musicnn; the others log-mel, slaney or constant-q.",
            )
        if self.checkpoint and encoder not in ("cnn10", "cnn14"):
            raise UserError("A PANNs checkpoint fits the encoders cnn10 and cnn14 only.")
        return replace(self, encoder=encoder, front=front, window=0 if tagged else self.window)


def read_config(file: Path | None, **chosen: Any) -> Config:
    """The configuration in a TOML file, with the options that were given on top.

    Raises:
        UserError: it cannot be read, or sets something that there is not.
    """
    found: dict[str, Any] = {}
    if file is not None:
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"{file} cannot be read as TOML: {error}.") from error
    known = {f.name: f.type for f in fields(Config)}
    if strange := sorted(set(found) - set(known)):
        raise UserError(
            f"{file} sets {', '.join(strange)}.", f"There are: {', '.join(sorted(known))}."
        )
    values = found | {name: value for name, value in chosen.items() if value is not None}
    if missing := {"data", "out"} - set(values):
        raise UserError(f"It has to be said: {', '.join(sorted(missing))}.")
    for name, value in values.items():
        wanted = str(known[name])
        if not isinstance(value, TYPES[wanted]):
            raise UserError(f"{name} is {value!r}.", f"It takes a value of type {wanted}.")
    return Config(**values).settled()


def surroundings() -> dict[str, Any]:
    """What else a run needs to be repeated: command, versions, machine."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False
        )
        commit = done.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        commit = ""
    return {
        "command": ["python", "-m", "training", *sys.argv[1:]],
        "commit": commit,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": {name: version(name) for name in ("torch", "numpy", "sacrebleu")},
    }


def shown(config: Config) -> str:
    return json.dumps(asdict(config), indent=2)
