"""Prepares the tuned model from fetched weights, once, and loads captioners."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from atl_core import weights
from atl_core.captioner.protocol import Captioner
from atl_core.errors import UserError, WeightsError

if TYPE_CHECKING:
    import torch

    from atl_core.captioner.language_model import LanguageModel
    from atl_core.captioner.sampling import GenreScore

BASE: Final = "smollm2-135m-instruct"
STAMP: Final = "whole.json"
PARTS: Final = ("config.json", "tokenizer.json", "model.safetensors", STAMP)
OWN_PARTS: Final = ("config.json", "tokenizer.json", "model.safetensors", "adapter.safetensors")
PAPER: Final = ("lstm", "gru")
"""The captioners of the paper. Their weights are in the repository."""
ADAPTER: Final = Path(__file__).resolve().parents[2] / "weights" / "captioner-lm"
CRITIC: Final = "critic.safetensors"
"""Lies beside the adapter that it was trained with."""


def prepared_folder(weights_home: Path) -> Path:
    """Where the merged model for the shipped adapter is cached."""
    digest = hashlib.sha256((ADAPTER / "adapter.safetensors").read_bytes()).hexdigest()
    return weights_home / f"captioner-lm-{digest[:12]}"


def problem(weights_home: Path, *, thorough: bool = False) -> str:
    """What is wrong with the prepared model, or an empty string.

    Compares its size and time with those noted when it was made, and its sha256 if they differ or
    if `thorough`.
    """
    folder = prepared_folder(weights_home)
    model = folder / "model.safetensors"
    if not all((folder / name).is_file() for name in PARTS):
        return "The writer's language model has not been prepared on this machine yet."
    try:
        noted = json.loads((folder / STAMP).read_text())
        same = [model.stat().st_size, model.stat().st_mtime_ns] == [noted["size"], noted["time"]]
        whole = (same and not thorough) or _sha256(model) == noted["sha256"]
    except (ValueError, KeyError, TypeError):
        whole = False
    return "" if whole else "The writer's prepared language model is damaged."


def prepare(weights_home: Path, progress: Callable[[str], None] | None = None) -> Path:
    """Unpack the base model and merge the adapter into it, unless that has been done.

    Takes about half a minute and 270 MB of disk, so it is part of fetching weights. A damaged
    model is made anew.

    Raises:
        WeightsError: the base is missing or damaged, is not the one the adapter was made for, or
            the result could not be written.
    """
    folder = prepared_folder(weights_home)
    if not problem(weights_home, thorough=True):
        return folder
    if progress:
        progress("unpacking the language model and merging its lyrics adapter")
    (gguf,) = weights.find(BASE).files
    card = json.loads((ADAPTER / "adapter.json").read_text())
    if gguf.sha256 != card["base_sha256"]:
        raise WeightsError(
            "The lyrics adapter in this checkout was made for another base model.",
            remedy="Check out one release as a whole.",
        )
    _merge(weights.folder(BASE, weights_home) / gguf.name, folder)
    return folder


def check_own(folder: Path) -> None:
    """Check that a folder with a model of one's own is complete.

    Raises:
        WeightsError: a file is missing.
    """
    missing = [name for name in OWN_PARTS if not (folder / name).is_file()]
    if missing:
        raise WeightsError(
            f"The writer's folder {folder} lacks {', '.join(missing)}.",
            remedy="Make it with `python -m training package lm --out FOLDER`,"
            " or unset ATL_LM_FOLDER.",
        )


def _merge(gguf: Path, folder: Path) -> None:
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file, save_file

    from atl_core.captioner.adapter import updates

    making = folder.with_name(f"{folder.name}.{os.getpid()}.making")
    try:
        unpack(gguf, making)
        state = load_file(making / "model.safetensors")
        for name, update in updates(load_file(ADAPTER / "adapter.safetensors")):
            weight = state[f"{name}.weight"]
            state[f"{name}.weight"] = (weight.float() + update).to(torch.bfloat16)
        model = making / "merged.safetensors"
        save_file(state, model, {"format": "pt"})
        model.replace(making / "model.safetensors")
        _note(making)
        # Rename last: if the process is killed, no incomplete folder remains.
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"The prepared language model could not be written to {folder.parent}: {error}.",
            remedy="Make sure that about 600 MB are free there, then run `atl weights fetch`.",
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


def unpack(gguf: Path, folder: Path) -> None:
    """Write the model in a GGUF file as transformers saves it: config, tokenizer, bfloat16."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(gguf_file=gguf.name, dequantize=True),
        dtype=torch.bfloat16,
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)


def load(
    name: str,
    weights_home: Path,
    device: str,
    genre_score: GenreScore,
    own: Path | None = None,
) -> Captioner:
    """Load the captioner called `name`.

    Args:
        device: `auto`, `cpu` or `cuda`.
        genre_score: log-odds of hip-hop over country for each text, to rank candidates with.
        own: for `lm`, a folder that `python -m training package lm --out` made, instead of the
            fetched weights.

    Raises:
        UserError: there is no such captioner.
        WeightsError: its weights are missing or damaged.
    """
    from atl_core.captioner.captioner import LineCaptioner

    if name in PAPER:
        from atl_core.captioner.paper.proposer import load_paper

        return LineCaptioner(load_paper(name, genre_score), genre_score)
    if name != "lm":
        raise UserError(f"There is no captioner {name}.", f"There are: lm, {', '.join(PAPER)}.")
    return LineCaptioner(load_language_model(weights_home, device, genre_score, own), genre_score)


def load_language_model(
    weights_home: Path, device: str, genre_score: GenreScore, own: Path | None = None
) -> LanguageModel:
    """Load the language model of the captioner `lm`; see `load`."""
    import torch
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    from atl_core.captioner.critic import load_critic
    from atl_core.captioner.language_model import LanguageModel
    from atl_core.captioner.model import Decoder
    from atl_core.captioner.sampling import Sampler, token_lean

    if own is not None:
        check_own(own)
    elif found := problem(weights_home):
        raise WeightsError(found, remedy="Run `atl weights fetch`; it takes a minute or two.")
    folder, adapter = (own, own) if own else (prepared_folder(weights_home), ADAPTER)
    place = torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")
    model = Decoder(folder, place, torch.bfloat16 if _has_bfloat16(place) else torch.float32)
    vocabulary = load_file(adapter / "adapter.safetensors")["vocabulary"].long().to(place)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    sampler = Sampler(
        model=model,
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        head=model.head[vocabulary].contiguous(),
        lean=token_lean(tokenizer, vocabulary.tolist(), genre_score).to(place),
    )
    critic = adapter / CRITIC
    # A tuned base of one's own can write without a critic, which may be trained later.
    return LanguageModel(
        sampler, genre_score, load_critic(critic, place) if critic.is_file() else None
    )


def _has_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 products are fast there. Other processors emulate them."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))
