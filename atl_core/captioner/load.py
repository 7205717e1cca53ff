"""Prepares the tuned model from fetched weights, once, and loads captioners."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from atl_core import manifest, weights
from atl_core.captioner.protocol import Captioner
from atl_core.errors import UserError, WeightsError

if TYPE_CHECKING:
    from atl_core.captioner.language_model import LanguageModel
    from atl_core.captioner.rerank import RankingWeights
    from atl_core.captioner.sampling import GenreScore
    from atl_core.captioner.server_client import ServerSettings
    from atl_core.settings import Effort

FORMAT: Final = "int8"
"""Of prepared models; part of the names of their folders, so that checkouts do not mix them up."""
STAMP: Final = "whole.json"
PARTS: Final = ("config.json", "tokenizer.json", "model.safetensors", STAMP)
OWN_PARTS: Final = ("config.json", "tokenizer.json")
PAPER: Final = ("lstm", "gru")
"""The captioners of the paper. Their weights are in the repository."""
SERVER: Final = "server"
"""The captioner whose lines come from a server, with `lm` as its reader."""
SHIPPED: Final = Path(__file__).resolve().parents[2] / "weights"
SPEED: Final = "speed.json"
"""In the folder of a prepared model: how long a verse took on this machine."""
LEAN: Final = "lean.safetensors"
"""In the folder of a prepared model: the genre that its tokens lean to (`lean.kept_lean`)."""
MAX_VERSE_SECONDS: Final = 30.0
"""`auto` takes `large` up to this time for a verse of 8 lines."""
CRITIC: Final = "critic.safetensors"
"""Lies beside the adapter that it was trained with."""
RANKING: Final = "ranking.json"
"""The weights of the ranking's features that were fitted together with the critic beside it."""


@dataclass(frozen=True, slots=True)
class TunedModel:
    """A fetched language model with an adapter of this repository."""

    name: str
    """What settings and drafts call the captioner."""
    base: str
    """The fetched weights: a GGUF file."""

    @property
    def adapter(self) -> Path:
        """Folder of the adapter, its vocabulary and, if it reads its own lines, its critic."""
        return SHIPPED / f"captioner-{self.name}"


LM: Final = TunedModel("lm", "smollm2-135m-instruct")
"""The default: quick on any processor."""
LARGE: Final = TunedModel("large", "large")
"""Ten times the size, with `lm` as its reader."""
TUNED: Final = {model.name: model for model in (LM, LARGE)}
ADAPTER: Final = LM.adapter


def prepared_folder(weights_home: Path, model: TunedModel = LM) -> Path:
    """Where the merged model for the shipped adapter is cached."""
    digest = _adapter_digest(model.adapter / "adapter.safetensors")
    return weights_home / f"captioner-{model.name}-{digest[:12]}-{FORMAT}"


@functools.cache
def _adapter_digest(file: Path) -> str:
    # `auto` asks for the folder with each draft; hashing takes longer than all else that it does.
    return _sha256(file)


def problem(weights_home: Path, model: TunedModel = LM, *, thorough: bool = False) -> str:
    """What is wrong with the prepared model, or an empty string.

    Compares its size and time with those noted when it was made, and its sha256 if they differ or
    if `thorough`.
    """
    folder = prepared_folder(weights_home, model)
    file = folder / "model.safetensors"
    if not all((folder / name).is_file() for name in PARTS):
        return f"The language model of the captioner {model.name} has not been prepared."
    try:
        noted = json.loads((folder / STAMP).read_text())
        same = [file.stat().st_size, file.stat().st_mtime_ns] == [noted["size"], noted["time"]]
        whole = (same and not thorough) or _sha256(file) == noted["sha256"]
    except (ValueError, KeyError, TypeError):
        whole = False
    return "" if whole else f"The prepared language model of the captioner {model.name} is damaged."


def prepare(
    weights_home: Path, progress: Callable[[str], None] | None = None, model: TunedModel = LM
) -> Path:
    """Unpack the base model and merge the adapter into it, unless that has been done.

    Takes about half a minute and 200 MB of disk (`large`: two minutes and 1.9 GB), so it is part of
    fetching weights. A damaged model is made anew.

    Raises:
        WeightsError: the base is missing or damaged, is not the one the adapter was made for, or
            the result could not be written.
    """
    folder = prepared_folder(weights_home, model)
    if not problem(weights_home, model, thorough=True):
        return folder
    if progress:
        progress(f"unpacking the language model of {model.name} and merging its lyrics adapter")
    (gguf,) = manifest.find(model.base).files
    card = json.loads((model.adapter / "adapter.json").read_text())
    if gguf.sha256 != card["base_sha256"]:
        raise WeightsError(
            "The lyrics adapter in this checkout was made for another base model.",
            remedy="Check out one release as a whole.",
        )
    source = weights.folder(model.base, weights_home) / gguf.name
    write_prepared(source, model.adapter / "adapter.safetensors", folder)
    import torch

    from atl_core.captioner.model import Decoder

    # The first forward on a machine compiles the layers, which takes some ten seconds.
    decoder = Decoder(folder, torch.device("cpu"), int8=True)
    decoder.extend(decoder.empty_prefix(), [0])
    return folder


def check_own(folder: Path) -> None:
    """Check that a folder with a model of one's own is complete.

    Raises:
        WeightsError: a file is missing.
    """
    if folder.is_file() or any(folder.glob("*.gguf")):
        return
    missing = [name for name in OWN_PARTS if not (folder / name).is_file()]
    if not any(folder.glob("*.safetensors")):
        missing.append("model.safetensors")
    if missing:
        raise WeightsError(
            f"The writer's folder {folder} lacks {', '.join(missing)}.",
            "A folder as transformers saves it, or a GGUF file, of a Llama or Qwen2 model is"
            " accepted.",
            "`python -m training package lm --help` says how it is made; or unset ATL_LM_FOLDER.",
        )


def write_prepared(base: Path, adapter: Path | None, folder: Path) -> None:
    """Merge an adapter into a base model and write the result to a folder, with its stamp.

    Args:
        base: a GGUF file or a folder of transformers.
        adapter: a safetensors file of LoRA updates; see `write_model`.

    Raises:
        WeightsError: the base cannot be read, or the folder cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from atl_core.captioner.checkpoint import open_checkpoint
    from atl_core.captioner.convert import write_model

    checkpoint = open_checkpoint(base)
    making = folder.with_name(f"{folder.name}.{os.getpid()}.making")
    try:
        write_model(checkpoint, load_file(adapter) if adapter else {}, making)
        _note(making)
        # Rename last: if the process is killed, no incomplete folder remains.
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"The prepared language model could not be written to {folder.parent}: {error}.",
            remedy="Make sure that there is enough free space, then run `atl weights fetch`.",
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _note(folder: Path) -> None:
    model = folder / "model.safetensors"
    found = model.stat()
    noted = {"size": found.st_size, "time": found.st_mtime_ns, "sha256": _sha256(model)}
    (folder / STAMP).write_text(json.dumps(noted))


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def load(
    name: str,
    weights_home: Path,
    device: str,
    genre_score: GenreScore,
    own: Path | None = None,
    server: ServerSettings | None = None,
    effort: Effort = "quick",
) -> Captioner:
    """Load the captioner called `name`.

    Args:
        device: `auto`, `cpu` or `cuda`.
        genre_score: log-odds of hip-hop over country for each text, to rank candidates with.
        own: for `lm`, a folder that `python -m training package lm` made, instead of the
            fetched weights.
        server: for `server`, where it is.
        effort: for `lm`, how many candidates a line is chosen from.

    Raises:
        UserError: there is no such captioner, or no server is set.
        WeightsError: its weights are missing or damaged.
    """
    from atl_core.captioner.captioner import LineCaptioner

    if name in PAPER:
        from atl_core.captioner.paper.proposer import load_paper

        return LineCaptioner(load_paper(name, genre_score), genre_score)
    if name == SERVER:
        from atl_core.captioner.server import ServerModel
        from atl_core.captioner.server_client import ServerClient, need_server

        client = ServerClient(need_server(server))
        reader = load_language_model(weights_home, device, genre_score, own)
        return LineCaptioner(ServerModel(client, reader), genre_score)
    if name not in TUNED:
        raise UserError(
            f"There is no captioner {name}.",
            f"There are: {', '.join((*TUNED, SERVER, *PAPER))}.",
        )
    if name == LARGE.name:
        from atl_core.captioner.topic import TOPIC_WORDS
        from atl_core.captioner.two_models import TwoModels

        writer = load_language_model(weights_home, device, genre_score, model=LARGE)
        writer = dataclasses.replace(writer, topic_length=TOPIC_WORDS)
        reader = load_language_model(weights_home, device, genre_score)
        return LineCaptioner(TwoModels(writer, reader), genre_score)
    found = load_language_model(weights_home, device, genre_score, own)
    if effort != "quick":
        from atl_core.captioner.language_model import EFFORTS

        found = dataclasses.replace(found, rounds=EFFORTS[effort])
    return LineCaptioner(found, genre_score)


def automatic(weights_home: Path, own: Path | None = None) -> str:
    """The captioner that `auto` stands for: `large` where it is prepared and a verse took at most
    `MAX_VERSE_SECONDS`, else `lm`.
    """
    if own is None and not problem(weights_home, LARGE):
        seconds = verse_seconds(weights_home)
        if seconds is not None and seconds <= MAX_VERSE_SECONDS:
            return LARGE.name
    return LM.name


def verse_seconds(weights_home: Path) -> float | None:
    """How long `large` took for a verse on this machine; none if that was not measured."""
    try:
        noted = json.loads((prepared_folder(weights_home, LARGE) / SPEED).read_text())
        return float(noted["verse_seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def measure_verse(weights_home: Path, device: str, genre_score: GenreScore) -> float:
    """Write a verse of 8 lines with `large` and note how long it took, loading left out.

    Raises:
        WeightsError: the model is missing or damaged, or the time could not be noted.
    """
    from atl_core.captioner.protocol import Task
    from atl_core.lyrics.brief import Brief
    from atl_core.lyrics.form import plan

    captioner = load(LARGE.name, weights_home, device, genre_score)
    brief = Brief("country", "sad", "low", ("midnight", "train"), 8, "AABB", 9, 96.0, random_seed=1)
    task = Task(brief, plan(brief, [], 0.0, first=0, count=brief.lines))
    began = time.monotonic()
    for _ in captioner.write(task):
        pass
    seconds = round(time.monotonic() - began, 1)
    with weights.storage_errors(weights_home):
        noted = json.dumps({"verse_seconds": seconds})
        (prepared_folder(weights_home, LARGE) / SPEED).write_text(noted)
    return seconds


def load_language_model(
    weights_home: Path,
    device: str,
    genre_score: GenreScore,
    own: Path | None = None,
    model: TunedModel = LM,
) -> LanguageModel:
    """Load the language model of the captioner `lm` or `large`; see `load`."""
    if own is not None:
        check_own(own)
        return load_model(own, own, device, genre_score)
    if found := problem(weights_home, model):
        fetch = "atl weights fetch" if model is LM else f"atl weights fetch {model.base}"
        raise WeightsError(found, remedy=f"Run `{fetch}`; it takes a minute or two.")
    folder = prepared_folder(weights_home, model)
    loaded = load_model(folder, model.adapter, device, genre_score, name=model.name)
    return dataclasses.replace(loaded, adapter=model.adapter / "adapter.safetensors")


def load_model(
    source: Path,
    adapter: Path,
    device: str,
    genre_score: GenreScore,
    *,
    name: str = "lm",
) -> LanguageModel:
    """Load a model of the Llama or Qwen2 family as a proposer of lines.

    Args:
        source: a folder of `write_prepared` or of transformers, or a GGUF file.
        adapter: a folder with `adapter.safetensors`, of which the tensor `vocabulary` is read
            (token ids that lines may consist of), with `critic.safetensors` and `ranking.json`. All
            three may be missing.
        device: `auto`, `cpu` or `cuda`.
        name: what drafts call the captioner.

    Raises:
        WeightsError: a file is damaged, or the model is of another family.
    """
    import torch
    from safetensors.torch import load_file

    from atl_core.captioner.checkpoint import open_checkpoint
    from atl_core.captioner.critic import load_critic
    from atl_core.captioner.end_words import load_rhymes
    from atl_core.captioner.language_model import LanguageModel
    from atl_core.captioner.lean import kept_lean
    from atl_core.captioner.model import Decoder
    from atl_core.captioner.sampling import line_vocabulary, make_sampler

    # The dictionaries of sounds are unpacked while the weights are, mostly outside Python.
    threading.Thread(target=load_rhymes, daemon=True).start()
    place = torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")
    checkpoint = open_checkpoint(source)
    if place.type == "cpu":
        model = Decoder(checkpoint, place, int8=True)
    else:
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        model = Decoder(checkpoint, place, dtype)
    tokenizer = checkpoint.tokenizer()
    stored = adapter / "adapter.safetensors"
    found = load_file(stored).get("vocabulary") if stored.is_file() else None
    vocabulary = line_vocabulary(tokenizer) if found is None else found.long()
    # Nothing is written to a folder of one's own.
    lean_file = source / LEAN if (source / STAMP).is_file() else None
    lean = kept_lean(lean_file, tokenizer, vocabulary.tolist(), genre_score)
    sampler = make_sampler(model, tokenizer, vocabulary, lean)
    critic = adapter / CRITIC
    # A tuned base of one's own can write without a critic, which may be trained later.
    return LanguageModel(
        sampler,
        genre_score,
        load_critic(critic, place) if critic.is_file() else None,
        ranking_weights(adapter / RANKING),
        name=name,
    )


def ranking_weights(file: Path) -> RankingWeights:
    """The weights in a file, the default for those that it does not name or if there is none.

    Raises:
        WeightsError: the file is damaged.
    """
    from atl_core.captioner.rerank import RankingWeights

    if not file.is_file():
        return RankingWeights()
    try:
        return RankingWeights(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(
            f"The weights of the ranking, {file.name}, are damaged.",
            remedy="Check out the release anew.",
        ) from error
