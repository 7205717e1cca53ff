"""The paper's networks are what the paper says, and PANNs' encoders what PANNs says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from atl_core.captioner.paper.encoders import ENCODERS, Convolutional, make_encoder
from atl_core.captioner.paper.gru import GruCaptioner
from atl_core.captioner.paper.lstm import PaperLstm
from atl_core.errors import WeightsError
from training.captioners.published import load_published

WORDS = 50


def literally(network: PaperLstm, audio: Tensor, prefix: Tensor) -> Tensor:
    """The paper's own way: LSTM states of one prefix, zeros to full length, flatten, dense."""
    states, _ = network.lstm(network.embedding(prefix[None]))
    places = F.pad(states, (0, 0, 0, network.length - len(prefix)))
    text = F.relu(network.flat(places.flatten(1)))
    merged = audio[None] + text
    return network.output(F.relu(network.dense(merged)))[0]


def test_every_prefix_is_flattened_and_added_as_the_paper_does() -> None:
    torch.manual_seed(0)
    network = PaperLstm(WORDS).eval()
    assert (network.embedding.embedding_dim, network.latent, network.lstm.num_layers) == (
        128, 256, 2,
    )  # fmt: skip
    audio = network.hear(torch.randn(1, 64, 64))[0]
    line = torch.randint(4, WORDS, (7,))
    at_once = network.predict(network.read(audio[None], line[None]))[0]
    for place in range(len(line)):
        expected = literally(network, audio, line[: place + 1])
        torch.testing.assert_close(at_once[place], expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("network", [PaperLstm(WORDS), GruCaptioner(WORDS)], ids=["lstm", "gru"])
def test_writing_word_by_word_is_what_was_trained(network: PaperLstm | GruCaptioner) -> None:
    network.eval()
    shape = (2, 3, 200) if isinstance(network, GruCaptioner) else (2, 64, 64)
    audio = network.hear(torch.randn(shape))
    lines = torch.randint(4, WORDS, (2, 9))
    at_once = network.predict(network.read(audio, lines))
    state: Any = network.begin(audio)
    for place in range(lines.shape[1]):
        logits, state = network.step(state, network.embedding(lines[:, place]))
        torch.testing.assert_close(logits, at_once[:, place], atol=1e-4, rtol=1e-4)
    other = state.pick(torch.tensor([1]))
    assert other.audio.shape == (1, network.latent)


def test_the_papers_blocks_are_64_to_512_wide_with_kernel_3_and_stride_1() -> None:
    convolutions = [m for m in make_encoder("blocks", 64).modules() if isinstance(m, nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [64, 128, 256, 512]
    assert {(c.kernel_size, c.stride) for c in convolutions} == {((3, 3), (1, 1))}


@pytest.mark.parametrize("name", ENCODERS)
def test_every_encoder_hears_clips_as_a_vector_and_step_by_step(name: str) -> None:
    bins = 200 if name == "musicnn" else 84
    encoder = make_encoder(name, bins).eval()
    features = torch.randn(2, 3 if name == "musicnn" else 64, bins)
    with torch.inference_mode():
        assert encoder(features).shape == (2, encoder.width)
        assert encoder.sequence(features).shape[::2] == (2, encoder.width)


def published(channels: list[int]) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a published PANNs checkpoint (Kong et al. 2020, `pytorch/models.py`)."""
    layers: dict[str, tuple[int, ...]] = {
        "spectrogram_extractor.stft.conv_real.weight": (257, 1, 512),
        "spectrogram_extractor.stft.conv_imag.weight": (257, 1, 512),
        "logmel_extractor.melW": (257, 64),
    }

    def norm(name: str, width: int) -> None:
        layers.update({f"{name}.{part}": (width,) for part in
                       ("weight", "bias", "running_mean", "running_var")})  # fmt: skip
        layers[f"{name}.num_batches_tracked"] = ()

    norm("bn0", 64)
    for number, (before, after) in enumerate(zip([1, *channels], channels, strict=False), start=1):
        block = f"conv_block{number}"
        layers[f"{block}.conv1.weight"] = (after, before, 3, 3)
        layers[f"{block}.conv2.weight"] = (after, after, 3, 3)
        norm(f"{block}.bn1", after)
        norm(f"{block}.bn2", after)
    width = channels[-1]
    layers |= {"fc1.weight": (width, width), "fc1.bias": (width,)}
    layers |= {"fc_audioset.weight": (527, width), "fc_audioset.bias": (527,)}
    return layers


PUBLISHED = {
    "cnn10": published([64, 128, 256, 512]),
    "cnn14": published([64, 128, 256, 512, 1024, 2048]),
}


@pytest.mark.parametrize("name", ["cnn10", "cnn14"])
def test_layers_are_called_and_shaped_as_in_a_published_checkpoint(name: str) -> None:
    with torch.device("meta"):
        own = make_encoder(name, 64).state_dict()
    skipped = ("spectrogram_extractor", "logmel_extractor", "fc_audioset")
    theirs = {k: shape for k, shape in PUBLISHED[name].items() if not k.startswith(skipped)}
    assert {k: tuple(tensor.shape) for k, tensor in own.items()} == theirs


def checkpoint(folder: Path, **changes: Tensor | None) -> Path:
    torch.manual_seed(1)
    tensors: dict[str, Tensor | None] = {
        name: torch.rand(shape) if shape else torch.tensor(7)
        for name, shape in PUBLISHED["cnn10"].items()
    }
    tensors |= {name.replace("__", "."): tensor for name, tensor in changes.items()}
    path = folder / "Cnn10.safetensors"
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, path)
    return path


def test_a_published_checkpoint_is_loaded_and_used(tmp_path: Path) -> None:
    encoder = make_encoder("cnn10", 64).eval()
    assert isinstance(encoder, Convolutional)
    features = torch.randn(1, 64, 64)
    before = encoder(features)
    taken = load_published(encoder, checkpoint(tmp_path))
    assert taken == len(PUBLISHED["cnn10"]) - 5  # less the front end and the tags
    assert not torch.allclose(encoder(features), before)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"conv_block3__conv2__weight": None}, "conv_block3.conv2.weight is missing"),
        ({"bn0__weight": torch.rand(128)}, r"bn0.weight has the shape \(128,\)"),
        ({"conv_block9__conv1__weight": torch.rand(3)}, "is not of this encoder"),
    ],
)
def test_a_checkpoint_of_another_network_is_refused_by_layer(
    tmp_path: Path, changes: dict[str, Tensor | None], told: str
) -> None:
    encoder = make_encoder("cnn10", 64)
    assert isinstance(encoder, Convolutional)
    with pytest.raises(WeightsError, match=told):
        load_published(encoder, checkpoint(tmp_path, **changes))


def test_a_pickled_checkpoint_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "Cnn10_mAP=0.380.pth"
    torch.save({"model": {"bn0.weight": torch.rand(64)}}, path)
    encoder = make_encoder("cnn10", 64)
    assert isinstance(encoder, Convolutional)
    with pytest.raises(WeightsError, match="safetensors"):
        load_published(encoder, path)
