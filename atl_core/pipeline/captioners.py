"""The captioners that are loaded, each loaded once by the thread that first needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from atl_core.captioner.server_client import ServerSettings, need_server
from atl_core.errors import BriefError
from atl_core.settings import CAPTIONERS, Settings

if TYPE_CHECKING:
    from atl_core.captioner.protocol import Captioner
    from atl_core.genre.verdict import Reader


class Captioners:
    """Captioners by name. `prepare` is applied to each once it is loaded, such as batching."""

    def __init__(
        self,
        settings: Settings,
        loaded: Mapping[str, Captioner] | None = None,
        prepare: Callable[[Captioner], Captioner] = lambda captioner: captioner,
    ) -> None:
        self.settings = settings
        self.loaded: dict[str, Captioner] = dict(loaded or {})
        self._prepare = prepare
        self._loading = threading.Lock()
        self._reader: Reader | None = None

    def name_of(self, captioner: str = "") -> str:
        """The captioner of that name, or of the settings; what `auto` stands for on this machine.

        It may read files; call it in a thread.
        """
        from atl_core.captioner.load import automatic

        captioner = captioner or self.settings.captioner
        if captioner != "auto":
            return captioner
        return automatic(self.settings.weights_home, self.settings.lm_folder)

    def get(self, name: str) -> Captioner:
        """The captioner, loaded now if it was not before.

        Raises:
            UserError: it cannot be loaded; the text says what is missing.
        """
        with self._loading:
            if name not in self.loaded:
                self.loaded[name] = self._load(name)
            return self.loaded[name]

    def load_ahead(self, captioner: str) -> None:
        """Begin to load the captioner of that name, or of the settings, in a thread of its own.

        What fails fails again, and is told, in `get`.
        """

        def load() -> None:
            with suppress(Exception):
                self.get(self.name_of(captioner))

        threading.Thread(target=load).start()

    def reader(self) -> Reader | None:
        """A loaded language model that can read lyrics.

        Raises:
            WeightsError: its adapter is missing or damaged.
        """
        if self.loaded and not self._reader:  # else torch need not be imported
            from atl_core.captioner.genre_reader import reader_of

            readers = map(reader_of, list(self.loaded.values()))
            self._reader = next(filter(None, readers), None)
        return self._reader

    def _load(self, name: str) -> Captioner:
        from atl_core.captioner.load import load
        from atl_core.genre.judge import lean

        settings = self.settings
        found = load(
            name, settings.weights_home, settings.device, lean, settings.lm_folder,
            server_settings(settings), settings.effort,
        )  # fmt: skip
        return self._prepare(found)


def check_captioner(name: str, settings: Settings) -> None:
    """Check that a captioner can be asked for.

    Raises:
        UserError: there is none of that name, or it lacks a setting.
    """
    if name not in CAPTIONERS:
        raise BriefError(f"There is no captioner {name}.", f"There is: {', '.join(CAPTIONERS)}.")
    if name == "server":
        need_server(server_settings(settings))


def server_settings(settings: Settings) -> ServerSettings | None:
    """The server that the captioner `server` asks, if one is set."""
    if not settings.lm_url:
        return None
    return ServerSettings(settings.lm_url, settings.lm_model, settings.lm_key)
