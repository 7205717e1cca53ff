"""What an operator does: fetch weights, upgrade the database, see how things stand."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from atl_core import weights
from atl_core.drafts.names import LOCAL
from atl_core.errors import StorageError, UserError, WeightsError
from atl_core.files import make_private_folder
from atl_core.machine import device, installed, versions
from atl_core.manifest import MANIFEST
from atl_core.settings import Settings
from atl_core.studio import Studio, open_studio

NEEDED_DISK: Final = 1_000_000_000
"""Bytes that should be free: weights, what is made of them, and room for drafts."""
PREPARING: Final = {"lm": 600_000_000, "large": 2_000_000_000}
"""Bytes of free space that preparing each captioner takes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the doctor."""

    check: str
    well: bool
    told: str
    """What was found; if all is not well, what to do about it."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def fetch_weights(
    settings: Settings,
    on_fetch: weights.FetchProgress,
    say: Callable[[str], None],
    names: Sequence[str] = (),
) -> None:
    """Fetch what is missing or damaged and the optional weights `names`, and prepare it for use.

    Raises:
        WeightsError: something could not be had, or is not what the manifest says.
        StorageError: the data folder cannot be written, or the disk is full.
    """
    from atl_core.captioner.load import (
        LARGE,
        LM,
        MAX_VERSE_SECONDS,
        measure_verse,
        prepare,
        problem,
        verse_seconds,
    )
    from atl_core.genre.judge import lean

    home = settings.weights_home
    has_large = LARGE.base in names or (home / LARGE.base).exists()
    models = (LM, LARGE) if has_large else (LM,)
    making = sum(PREPARING[model.name] for model in models if problem(home, model))
    for entry in weights.fetch(home, on_fetch, names=names, beside=making):
        say(f"fetched and verified {entry.name} ({entry.size / 1e6:.0f} MB)")
    with weights.storage_errors(home), weights.lock(home):
        weights.need_space(home, making)
        for model in models:
            prepare(home, say, model)
    if has_large and verse_seconds(home) is None:
        say("writing a verse with the captioner large, to see how long it takes here")
        seconds = measure_verse(home, settings.device, lean)
        taken = "large" if seconds <= MAX_VERSE_SECONDS else "lm"
        say(f"a verse took {seconds:.0f} s: the captioner auto is {taken} on this machine")


def prepared_problem(weights_home: Path) -> str:
    """What is wrong with the model made of the weights, every byte looked at; empty: nothing."""
    from atl_core.captioner.load import problem

    return problem(weights_home, thorough=True)


async def upgrade_database(settings: Settings) -> tuple[str | None, str]:
    """Bring the schema up to this version; the schema before (None: nothing) and after.

    Raises:
        StorageError: the database cannot be reached or written, or is of a newer version.
    """
    from atl_core.drafts import database
    from atl_core.drafts.tables import SCHEMA

    engine = database.create_database_engine(settings.drafts_url)
    try:
        before = await database.schema_revision(engine)
        if before is not None and before not in database.known_revisions():
            # The usual door has the sentence for it.
            await database.open_database(settings.drafts_url)
        await database.upgrade(engine)
    finally:
        await engine.dispose()
    return before, SCHEMA


async def status(studio: Studio) -> dict[str, Any]:
    """Where everything is and how much of it there is.

    Raises:
        StorageError: the database cannot be used.
    """
    settings = studio.settings
    page = await studio.drafts.list(LOCAL, per_page=1)
    return {
        "version": _version(),
        "home": str(settings.home),
        "database": _without_password(settings.drafts_url),
        "drafts": page.total,
        "weights": {
            entry.name: weights.is_whole(entry, settings.weights_home)
            for entry in MANIFEST
            if not entry.optional or (settings.weights_home / entry.name).exists()
        },
        "captioner": settings.captioner,
        "device": settings.device,
        "yt-dlp": installed("yt-dlp") if settings.links else "links are switched off",
        "versions": versions(),
        "queue": await _queue(studio),
    }


async def _queue(studio: Studio) -> dict[str, Any]:
    """How the jobs and the workers stand; `problem` says why it cannot be told."""
    where = {"database": _without_password(studio.settings.queue_url)}
    if not studio.queue.exists():
        return {**where, "queued": 0, "running": 0, "workers": []}
    try:
        return {**where, **await studio.queue.health()}
    except StorageError as error:
        return {**where, "problem": str(error)}


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Check everything that a draft needs, one thing after the other."""
    checks: tuple[tuple[str, Callable[[Settings], Awaitable[str]]], ...] = (
        ("python", _python),
        ("data folder", _data_folder),
        ("disk", _disk),
        ("weights", _weights),
        ("captioner", _captioner),
        ("database", _database),
        ("device", device),
    )
    for name, check in checks:
        try:
            yield Finding(name, True, await check(settings))
        except UserError as error:
            yield Finding(name, False, str(error))


async def _python(settings: Settings) -> str:  # noqa: ARG001
    return f"Python {sys.version.split()[0]}, atl {_version()}"


async def _data_folder(settings: Settings) -> str:
    try:
        make_private_folder(settings.home)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        raise StorageError(
            f"The data folder {settings.home} cannot be written: {error.strerror}.",
            remedy="Give yourself write access, or set ATL_HOME to a folder of your own.",
        ) from error
    return f"{settings.home} can be written"


async def _disk(settings: Settings) -> str:
    place = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(place).free
    if free < NEEDED_DISK:
        raise StorageError(
            f"Only {free / 1e6:.0f} MB are free in {place}.",
            remedy=f"Make room: {NEEDED_DISK / 1e9:.0f} GB is comfortable.",
        )
    return f"{free / 1e9:.1f} GB free"


async def _weights(settings: Settings) -> str:
    for _, _, problem in weights.verify(settings.weights_home):
        if problem:
            raise WeightsError(problem, remedy=weights.REMEDY)
    here = [entry for entry in MANIFEST if weights.is_whole(entry, settings.weights_home)]
    return f"{len(here)} fetched and whole"


async def _captioner(settings: Settings) -> str:
    from atl_core.captioner.load import (
        PAPER,
        SERVER,
        TUNED,
        automatic,
        check_own,
        prepared_folder,
        problem,
    )
    from atl_core.captioner.server_client import ServerClient, need_server
    from atl_core.pipeline.captioners import server_settings

    name: str = settings.captioner
    if name == "auto":
        name = automatic(settings.weights_home, settings.lm_folder)
    if name == SERVER:
        own = await _captioner(settings.model_copy(update={"captioner": "lm"}))
        found = need_server(server_settings(settings))
        spoken = await asyncio.to_thread(ServerClient(found).check)
        return f"{name}, answers by {spoken} at {found.base}; its lines are read by {own}"
    if name in PAPER:
        from atl_core.captioner.paper.proposer import SHIPPED
        from atl_core.captioner.paper.stored import load_trained

        folder = SHIPPED / f"captioner-{name}"
        await asyncio.to_thread(load_trained, folder)
        return f"{name}, in {folder}"
    if settings.lm_folder and name == "lm":
        check_own(settings.lm_folder)
        return f"{name}, in {settings.lm_folder}"
    model = TUNED[name]
    if told := await asyncio.to_thread(problem, settings.weights_home, model, thorough=True):
        raise WeightsError(told, remedy=f"Repair it with: atl weights fetch {model.base}")
    return f"{model.name}, prepared in {prepared_folder(settings.weights_home, model)}"


async def _database(settings: Settings) -> str:
    async with open_studio(settings) as studio:
        total = (await studio.drafts.list(LOCAL, per_page=1)).total
    return f"{_without_password(settings.drafts_url)} holds {total} drafts"


def _version() -> str:
    return installed("atl")


def _without_password(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)
