"""What every test stands on: settings of its own, and the weights that were really fetched."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

# Where pytest runs in several processes, each computes on its share of the cores.
if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))

import pytest
from hypothesis import settings

from atl_core.settings import Settings
from tests import postgres
from tests.forked_decoders import ForkedDecoder, ForkServer
from tests.machine import FETCHED, QUICK, need_weights
from tests.patience import STANDSTILL_SECONDS

# Modules and tests stay to the end. To look through all of them for garbage, again and again while
# they are loaded, takes a third of the time that it takes to collect the tests.
gc.disable()

# Nobody's own settings reach a test, nor a fixture that many tests share. Whoever has fetched the
# large model too need not wait for it in every test.
for name in [n for n in os.environ if n.startswith("ATL_") and not n.startswith("ATL_TESTS_")]:
    del os.environ[name]
os.environ["ATL_CAPTIONER"] = "lm"

# Property tests judge answers, not speed: the first example often loads a dictionary, and a busy
# machine is no failure. `make test` tries the same examples every time, so that it fails only where
# the code has changed. `make test ARGS=--hypothesis-profile=explore` draws others, and remembers
# those that fail; each fault it finds becomes an `@example`.
settings.register_profile("unhurried", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("unhurried")


LONG_FIRST: Final = ("transport", "jobs", "bot", "captioner", "network", "training")
"""Folders in the order in which they begin: the longest first, so that no worker of pytest is left
alone with a long one at the end."""

TOGETHER: Final = (
    # The language model is loaded once for them.
    ("captioner/test_captioner.py", "captioner/test_server.py", "captioner/test_topic.py",
     "bot/test_cli.py", "bot/test_terminal.py", "jobs/test_batching.py", "test_studio.py"),
    # Their workers are forked from one process that has loaded everything.
    ("jobs/", "transport/test_faults.py"),
    # Songs are prepared once for them.
    ("training/captioners/",),
)  # fmt: skip
"""Tests that share what is slow to start, by the beginnings of their paths in this folder. One
worker of pytest runs all of them; the first group that a path belongs to counts."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of one file, or of one group of `TOGETHER`, run in one worker of pytest."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            path = file.removeprefix("tests/")
            return next((group[0] for group in TOGETHER if path.startswith(group)), file)

    return ByGroup(config, log)


FEW_LEADS: Final = ("", "the", "my", "that old", "in the", "down at the", "every", "i got a")
"""What may precede seed words that open a line: in production there are four times as many."""


@pytest.fixture(scope="session", autouse=QUICK)
def alone() -> Iterator[None]:
    """With `make quick`, a test that would start a process is skipped at that point."""

    def start(*_: Any, **__: Any) -> None:
        pytest.skip("starts a process")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("subprocess.Popen.__init__", start)
        patch.setattr("os.fork", start)
        yield


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """The language model is loaded once for all tests of a process. Its weights are looked at each
    time, so that a test that damages them is told so.

    It proposes fewer candidates than in production: most tests ask whether a line is written, kept
    and shown. Tests of how well it writes take `ROUNDS`.
    """
    from atl_core.captioner import load

    kept: dict[Any, Any] = {}
    really = load.load_language_model

    def load_language_model(
        weights_home: Path,
        device: str,
        genre_score: Any,
        own: Path | None = None,
        model: load.TunedModel = load.LM,
    ) -> Any:
        if own is not None or load.problem(weights_home, model):
            return really(weights_home, device, genre_score, own, model)
        key = (load.prepared_folder(weights_home, model).resolve(), device, genre_score)
        if key not in kept:
            found = really(weights_home, device, genre_score, model=model)
            patch.setattr("atl_core.captioner.language_model.LEADS", FEW_LEADS)
            first = replace(found.rounds[0], wave=8, enough=2, end_words=8, ranked=4)
            kept[key] = replace(found, rounds=(first, *found.rounds[1:]))
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load_language_model", load_language_model)
        yield


@pytest.fixture(scope="session", autouse=True)
def forked_decoders() -> Iterator[None]:
    """Decoders are forked from one process (`tests.forked_decoders`), which starts with the first.

    A decoder that is started as in production: `really_started`.
    """
    from atl_core.audio import child, decode

    server: ForkServer | None = None
    first = threading.Lock()

    def start(command: list[str], **how: Any) -> Any:
        nonlocal server
        if command[-1] != str(decode.DECODER):
            return subprocess.Popen(command, **how)
        with first:
            server = server or ForkServer()
        return ForkedDecoder(server, how["cwd"], how["env"], how["pass_fds"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "Popen", start)
        yield
    if server is not None:
        server.close()


@pytest.fixture
def really_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoders of this test are started as in production."""
    monkeypatch.setattr("atl_core.audio.child.Popen", subprocess.Popen)


@pytest.fixture(scope="session", autouse=True)
def patient_start() -> Iterator[None]:
    """simcord gives a bot 5 s to start, whatever its `settle_timeout` is: too little on a machine
    that is busy with other things."""
    from simcord.env import Env

    really = Env._settle_internal

    async def settle(env: Env, **options: Any) -> None:
        if options.get("timeout") is not None:
            options["timeout"] = max(options["timeout"], env.settle_timeout)
        await really(env, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Env, "_settle_internal", settle)
        yield


def pytest_itemcollected(item: pytest.Item) -> None:
    """simcord waits for the bot, whose threads share a machine that may be busy."""
    if "simcord_env" in getattr(item, "fixturenames", ()):
        own = item.get_closest_marker("simcord")
        options = {"settle_timeout": STANDSTILL_SECONDS, **(own.kwargs if own else {})}
        item.add_marker(pytest.mark.simcord(**options), append=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server, for all tests of this process."""
    if QUICK:
        pytest.skip("starts a process")
    if why := postgres.unavailable():
        pytest.skip(why)
    with postgres.server() as address:
        yield address


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder for this test alone; nobody's own settings reach it."""
    for name in os.environ:
        if name.startswith("ATL_"):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    home = tmp_path / "atl home"
    monkeypatch.setenv("ATL_HOME", str(home))
    monkeypatch.setenv("ATL_CAPTIONER", "lm")
    return home


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with new databases in it, which takes longer to make than to copy."""
    from atl_core.drafts.database import open_database
    from atl_core.jobs.database import open_jobs_database
    from atl_core.jobs.engine import open_client

    made = tmp_path_factory.mktemp("first start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Settings.model_config, "env_file", None)
        patch.setenv("ATL_HOME", str(made))
        settings = Settings()

    async def drafts() -> None:
        await (await open_database(settings.drafts_url)).dispose()

    # In a thread: the first test that needs this may run in an event loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(drafts())).result()
    engine = open_jobs_database(settings.queue_url)
    open_client(engine, settings).destroy()
    engine.dispose()
    return made


@pytest.fixture
def with_databases(home: Path, first_start: Path) -> Path:
    """The data folder, as a first start leaves it."""
    shutil.copytree(first_start, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def with_weights(home: Path) -> Path:
    """The data folder, with the fetched weights in it. `make test` fetches them."""
    need_weights()
    home.mkdir(parents=True, exist_ok=True)
    (home / "weights").symlink_to(FETCHED, target_is_directory=True)
    return home
