"""Files: read within bounds, written as a whole, private, and swept after a kill."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from atl_core.audio.source import fingerprint
from atl_core.database import make_database_file
from atl_core.errors import StorageError
from atl_core.files import (
    NotAFileError,
    TooLargeError,
    make_private_file,
    make_private_folder,
    read_bounded,
    sweep,
    temporary_folder,
    write_whole,
)
from atl_core.jobs.database import open_jobs_database
from atl_core.settings import Settings
from atl_core.studio import open_studio
from bot.errors import record

ROOT = Path(__file__).parents[1]


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_files_of_a_bounded_size_are_read(tmp_path: Path) -> None:
    path = tmp_path / "song.txt"
    path.write_bytes(b"la" * 10)
    assert read_bounded(path, 20) == b"la" * 10
    with pytest.raises(TooLargeError):
        read_bounded(path, 19)
    os.mkfifo(tmp_path / "pipe")
    for endless in (Path("/dev/zero"), tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError):  # noqa: PT011  (a folder has an error of its own)
            read_bounded(endless, 20)


def test_a_file_is_not_written_over_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "song.txt"
    write_whole(path, b"one")
    with pytest.raises(FileExistsError):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    write_whole(path, b"two", replace=True)
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "precious", tmp_path / "song.txt"
    target.write_bytes(b"precious")
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        write_whole(link, b"two")
    write_whole(link, b"two", replace=True)
    assert (target.read_bytes(), link.read_bytes()) == (b"precious", b"two")
    link.unlink()
    link.symlink_to(tmp_path / "nothing")
    with pytest.raises(FileExistsError):
        write_whole(link, b"two")


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(NotAFileError):
            write_whole(path, b"two", replace=True)


def test_the_old_file_stays_where_the_disk_is_full(tmp_path: Path) -> None:
    path = tmp_path / "song.txt"
    path.write_bytes(b"one")
    code = (
        "import sys; from pathlib import Path; from atl_core.files import write_whole\n"
        "write_whole(Path(sys.argv[1]), bytes(1_000_000), replace=True)"
    )

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run(
        # -B: of bytecode that does not fit onto the disk Python would keep a part.
        [sys.executable, "-B", "-c", code, str(path)],
        cwd=ROOT,
        preexec_fn=small_disk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "OSError" in done.stderr
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_the_kernels_is_not_read_as_a_beat() -> None:
    """It says that it is empty, and reading some of them, such as /proc/kmsg, never ends."""
    assert fingerprint(Path("/proc/self/status"), Settings()) == ""


def test_private_folders_and_files_are_their_owners_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "above" / "home")
    assert rights(tmp_path / "above" / "home") == 0o700
    make_private_file(tmp_path / "new")
    with sqlite3.connect(tmp_path / "old") as old:
        old.execute("CREATE TABLE lines (text)")
    (tmp_path / "empty").touch(mode=0o644)
    for name in ("old", "empty"):
        make_database_file(tmp_path / name)
    for name in ("new", "old", "empty"):
        assert rights(tmp_path / name) == 0o600


def test_a_database_in_use_is_not_opened_beside_its_connection(tmp_path: Path) -> None:
    """To close a file drops all locks that a process holds on it, those of SQLite among them."""
    database = tmp_path / "drafts"
    make_database_file(database)
    with sqlite3.connect(database) as ours:
        ours.execute("CREATE TABLE lines (text)")
        ours.execute("BEGIN EXCLUSIVE")
        make_database_file(database)
        code = (
            "import sqlite3, sys\n"
            "sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(database)], capture_output=True, text=True, check=False
        )
    assert "database is locked" in done.stderr
    # A link to a file that is yet to be made is no folder.
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    make_database_file(tmp_path / "link")


def test_an_address_of_something_else_changes_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a pipe or another program's file, named as a database by mistake."""
    place = tmp_path / "place"
    (place / "folder").mkdir(0o755, parents=True)
    os.mkfifo(place / "pipe", 0o644)
    (place / "letter").write_text("Dear Sir or Madam, will you read my book?")

    def found() -> dict[Path, tuple[int, int, int]]:
        stats = {path: path.stat() for path in place.iterdir()}
        return {path: (at.st_mode, at.st_size, at.st_mtime_ns) for path, at in stats.items()}

    before = found()

    async def use() -> None:
        async with open_studio(Settings()) as studio:
            await studio.drafts.list("ann")

    for path in before:
        monkeypatch.setenv("ATL_DATABASE_URL", f"sqlite+aiosqlite:///{path}")
        with pytest.raises(StorageError):
            asyncio.run(use())
        with pytest.raises(StorageError):
            open_jobs_database(f"sqlite:///{path}")
    assert found() == before


def test_nobody_else_reads_the_data_folder(home: Path) -> None:
    async def use() -> None:
        async with open_studio(Settings()) as studio:
            await studio.drafts.list("ann")

    asyncio.run(use())
    open_jobs_database(Settings().queue_url).dispose()
    record(ValueError("a bug with somebody's lyrics"), "0123")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"atl.sqlite3", "jobs.sqlite3"}
    for path in files:
        assert rights(path) & 0o077 == 0, path
    assert rights(home) == 0o700


def test_what_a_killed_process_left_is_swept_and_what_is_in_use_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = (
        "import sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from atl_core.files import temporary_folder\n"
        "with temporary_folder('beat') as folder:\n"
        "    (folder / 'beat').write_bytes(b'sound'); print(folder, flush=True); input()"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with killed:
        assert killed.stdout is not None
        left = Path(killed.stdout.readline().strip())
        with temporary_folder("beat") as used:
            assert sweep() == 0
            killed.kill()
            killed.wait()
            assert (left / "beat").exists()
            assert sweep() == 1
            assert used.is_dir()
    assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_only_our_own_leftovers_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("atl-songs", "atl-temporary-mine", "atl-temporary-beat-12345678.txt"):
        (tmp_path / name).mkdir()
    (tmp_path / "atl-temporary-beat-aaaaaaaa").symlink_to(tmp_path / "atl-songs")
    assert sweep() == 0
    assert len(list(tmp_path.iterdir())) == 4
