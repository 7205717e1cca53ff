"""Files of the machine: bounded reads, whole writes, private folders, what a killed process left.

Everything here raises `OSError` where the system refuses; who calls says it in words.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "atl-temporary-"
_MADE_HERE: Final = re.compile(rf"{PREFIX}[a-z]+-[a-z0-9_]{{8}}")


class TooLargeError(OSError):
    """A file is larger than what is read here."""


class NotAFileError(OSError):
    """A folder, a pipe, a device: nothing that ends."""


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most `most` bytes; a pipe or a device is refused.

    Raises:
        TooLargeError, NotAFileError: as they say.
        OSError: it cannot be read.
    """
    # Opening a pipe without O_NONBLOCK would wait until somebody writes to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotAFileError(errno.EINVAL, "it is not a file")
        data = file.read(most + 1) or b""  # None: a file of the kernel's that has nothing now
    if len(data) > most:
        raise TooLargeError(errno.EFBIG, f"it is larger than {most / 1e6:g} MB")
    return data


def write_whole(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file that is there as a whole or not at all, however the writing ends.

    A link is not followed: with `replace` the file takes its place.

    Raises:
        FileExistsError: something has that name, and `replace` is not set.
        NotAFileError: what has that name is no file.
        OSError: it cannot be written; what was there before is as it was.
    """
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            raise NotAFileError(errno.EINVAL, "it is not a file")
        if not replace:
            raise FileExistsError(errno.EEXIST, "it exists already")
    beside = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        descriptor, unnamed = _open_beside(beside)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if unnamed:
                _name(descriptor, beside if replace else path)
                if not replace:
                    return
        if replace:
            beside.replace(path)
        else:
            _give_name(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _open_beside(beside: Path) -> tuple[int, bool]:
    """A new file to write to, and whether it has no name yet: such a one is gone with a killed
    process. Linux has them on most file systems; elsewhere it is called `beside`.
    """
    flags = os.O_WRONLY | os.O_CLOEXEC
    if hasattr(os, "O_TMPFILE") and Path("/proc/self/fd").is_dir():
        with suppress(OSError):
            return os.open(beside.parent, flags | os.O_TMPFILE, 0o666), True
    return os.open(beside, flags | os.O_CREAT | os.O_EXCL, 0o666), False


def _name(descriptor: int, path: Path) -> None:
    """Give an unnamed file a name, which nothing else may have."""
    # With a descriptor Python calls linkat, which follows the link in /proc as link does not.
    os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)


def _give_name(beside: Path, path: Path) -> None:
    """Give a file its name, which nothing else may have got meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "it exists already") from None
        beside.rename(path)


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it, for its owner alone; one that is there stays as it is."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone.

    Raises:
        FileExistsError: something is there already; it stays as it is.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


@contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A folder that is gone after the block, and after a kill with the next `sweep`.

    Its owner holds a lock on it, which the kernel releases however the process ends.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not folder.is_dir():  # swept before it was locked
                continue
            yield folder
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)


def sweep() -> int:
    """Remove temporary folders whose process is gone; how many. Those in use are locked."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            found = folder.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
            if not (ours and _MADE_HERE.fullmatch(folder.name)):
                continue
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
                swept += 1
            finally:
                os.close(descriptor)
    return swept
