"""Listening to a beat: fetched, decoded and heard once, and remembered by its sha256."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from atl_core import weights
from atl_core.audio.source import Source, fingerprint, open_beat
from atl_core.errors import StorageError
from atl_core.progress import OnProgress, Progress, in_turn, unwatched
from atl_core.settings import Settings

if TYPE_CHECKING:
    from atl_core.audio.listening import Listening
    from atl_core.drafts.store import DraftStore

log = logging.getLogger(__name__)

TAGGER: Final = "musicnn-msd"
"""The weights that listening needs."""


class Listener:
    """Hears beats, one at a time, and keeps what was heard with the drafts."""

    def __init__(self, settings: Settings, drafts: DraftStore, turn: asyncio.Semaphore) -> None:
        """`turn` is held while a beat is decoded and heard."""
        self.settings = settings
        self.drafts = drafts
        self._turn = turn

    async def fetch(self, link: str) -> tuple[bytes, str]:
        """The bytes behind a link, and what it calls itself.

        Raises:
            BeatError: it is not followed, or cannot be fetched.
        """
        async with open_beat(link, self.settings, unwatched) as beat:
            return await asyncio.to_thread(beat.read_bytes), beat.stem

    async def listen(
        self,
        source: Source,
        on_progress: OnProgress = unwatched,
        on_decoded: Callable[[], None] = lambda: None,
    ) -> Listening:
        """What is heard in a beat; the same bytes are listened to once.

        `on_decoded` is called in the thread that hears, once the beat is decoded; not for a beat
        that was heard before.

        Raises:
            BeatError: the file or link cannot be used; the text says why and what is accepted.
            WeightsError: the tagger's weights are not here or are damaged.
        """
        return (await self._listened(source, None, on_progress, on_decoded))[0]

    async def listen_and_draw(
        self, source: Source, title: str = "", on_progress: OnProgress = unwatched
    ) -> tuple[Listening, bytes]:
        """What is heard in a beat, and a PNG of it, titled as said or by the beat's own name.

        The beat is decoded once. Raises as `listen` does.
        """
        return await self._listened(source, title, on_progress)

    async def hear(
        self,
        beat: str,
        on_progress: OnProgress = unwatched,
        on_decoded: Callable[[], None] = lambda: None,
    ) -> Listening:
        """What is heard in a beat, or what stands in its place where there is none yet."""
        from atl_core.audio.listening import no_beat

        if beat:
            return await self.listen(beat, on_progress, on_decoded)
        nothing = no_beat()
        await self.drafts.listenings.keep(nothing)
        return nothing

    async def _listened(
        self,
        source: Source,
        title: str | None,
        on_progress: OnProgress,
        on_decoded: Callable[[], None] = lambda: None,
    ) -> tuple[Listening, bytes]:
        """What is heard in a beat and, unless `title` is None, a PNG of it."""
        from atl_core.audio.listening import VERSION

        async with open_beat(source, self.settings, on_progress) as beat:
            sha256 = await asyncio.to_thread(fingerprint, beat, self.settings)
            keeps, known = True, None
            try:
                await self.drafts.database.engine()
                known = await self.drafts.listenings.find(sha256) if sha256 else None
            except StorageError as error:
                # Listening needs no database; only remembering what was heard does.
                log.warning("What is heard is not kept: %s", error)
                keeps = False
            if known and known.version != VERSION:
                known = None
            if known and title is None:
                return known, b""
            listening, picture = await self._hear(
                beat, sha256, known, title, on_progress, on_decoded
            )
            if keeps and not known:
                await self.drafts.listenings.keep(listening)
            return listening, picture

    async def _hear(
        self,
        beat: Path,
        sha256: str,
        known: Listening | None,
        title: str | None,
        on_progress: OnProgress,
        on_decoded: Callable[[], None],
    ) -> tuple[Listening, bytes]:
        settings = self.settings
        home = settings.weights_home
        musicnn = home / TAGGER if known else weights.folder(TAGGER, home)

        def work(report: OnProgress, cancel: threading.Event) -> tuple[Listening, bytes]:
            from atl_core.audio.decode import DECODING, decode

            def report_step(text: str) -> None:
                report(Progress("listen", text=text))

            report_step(DECODING)
            # torch takes seconds to import: done while the decoder's process works.
            with ThreadPoolExecutor(1) as importing:
                importing.submit(import_module, "atl_core.audio.listen")
                sound = decode(
                    beat,
                    max_seconds=settings.max_seconds,
                    max_megabytes=settings.max_megabytes,
                    cancel=cancel,
                )
            if not cancel.is_set():
                on_decoded()
            from atl_core.audio.listen import hear
            from atl_core.audio.picture import draw

            heard = known or hear(
                sound, sha256, musicnn=musicnn, progress=report_step, cancel=cancel
            )
            drawn = b"" if title is None else draw(sound.samples, heard, title or beat.stem)
            return heard, drawn

        return await in_turn(self._turn, work, on_progress)
