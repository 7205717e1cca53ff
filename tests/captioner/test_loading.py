"""A captioner is loaded ahead in a thread, once, and what fails there fails where it is needed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from atl_core.captioner.protocol import Captioner
from atl_core.errors import WeightsError
from atl_core.pipeline.captioners import Captioners
from atl_core.settings import Settings


def load_ahead_and_wait(captioners: Captioners, name: str) -> None:
    before = set(threading.enumerate())
    captioners.load_ahead(name)
    for thread in set(threading.enumerate()) - before:
        thread.join()


def test_what_was_loaded_ahead_is_there(tmp_path: Path) -> None:
    loaded: list[str] = []

    def prepare(captioner: Captioner) -> Captioner:
        loaded.append(threading.current_thread().name)
        return captioner

    captioners = Captioners(Settings(home=tmp_path, captioner="lstm"), prepare=prepare)
    load_ahead_and_wait(captioners, "")
    assert captioners.loaded.keys() == {"lstm"}
    assert captioners.get("lstm") is captioners.loaded["lstm"]
    assert len(loaded) == 1
    assert loaded != [threading.current_thread().name]


def test_what_is_needed_while_it_is_loaded_ahead_is_waited_for(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    loaded: list[Captioner] = []

    def prepare(captioner: Captioner) -> Captioner:
        begun.set()
        go_on.wait()
        loaded.append(captioner)
        return captioner

    captioners = Captioners(Settings(home=tmp_path, captioner="lstm"), prepare=prepare)
    captioners.load_ahead("")
    begun.wait()
    threading.Timer(0, go_on.set).start()
    assert captioners.get("lstm") is loaded[0]
    assert len(loaded) == 1


@pytest.mark.parametrize("error", [WeightsError("There are no weights."), RuntimeError("a bug")])
def test_what_fails_ahead_is_told_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(_: Captioner) -> Captioner:
        raise error

    printed: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", printed.append)
    captioners = Captioners(Settings(home=tmp_path, captioner="lstm"), prepare=fails)
    load_ahead_and_wait(captioners, "")
    assert not printed
    with pytest.raises(type(error)):
        captioners.get("lstm")
