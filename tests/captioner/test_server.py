"""The captioner `server`: a model over HTTP proposes, `lm` reads, and writes where it fails."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from atl_core import admin
from atl_core.captioner import load as loading
from atl_core.captioner.batching import batched
from atl_core.captioner.captioner import LineCaptioner
from atl_core.captioner.protocol import Task
from atl_core.captioner.server import UNFIT, ServerModel
from atl_core.captioner.server_client import (
    MAX_BYTES,
    Answer,
    ServerClient,
    ServerError,
    ServerSettings,
    Wave,
)
from atl_core.errors import UserError
from atl_core.genre.judge import RANKER, classifier
from atl_core.lyrics.brief import Brief
from atl_core.lyrics.form import plan
from atl_core.lyrics.rhyme import end_word, is_close
from atl_core.pipeline.captioners import check_captioner
from atl_core.plans.written import by_others
from atl_core.settings import load_settings
from tests.captioner.scripted_server import (
    ScriptedServer,
    chat_answer,
    completions_answer,
    knows,
    says,
    serving,
)
from tests.machine import FETCHED, need_weights

KEY = "sk-very-secret-key"
ONE = ({"role": "user", "content": "one line"},)
SEVERAL = ({"role": "user", "content": "several lines"},)
WAVE = Wave(ONE, SEVERAL, ("8 rain:", "8 train:", "8 pain:"), temperature=1.0, seed=7)
RAIN, TRAIN = "Mama stood out in the rain", "We waited all night for the train"


async def chat(request: web.Request, body: dict[str, Any]) -> web.Response:
    """A server such as vLLM: several choices, and a chat alone."""
    if not request.path.endswith("/chat/completions"):
        return web.Response(status=404)
    return chat_answer(*[RAIN] * body.get("n", 1))


async def one_choice(request: web.Request, body: dict[str, Any]) -> web.Response:  # noqa: ARG001
    """A server such as Ollama: `n` is ignored."""
    return chat_answer(f"1. {RAIN}\n2. {TRAIN}")


async def no_choices(request: web.Request, body: dict[str, Any]) -> web.Response:  # noqa: ARG001
    """A server that refuses `n`."""
    return web.Response(status=400) if "n" in body else chat_answer(f"1. {RAIN}\n2. {TRAIN}")


async def completions(request: web.Request, body: dict[str, Any]) -> web.Response:
    """A server with a base model: no chat, a list of prompts."""
    if request.path.endswith("/chat/completions"):
        return web.Response(status=404)
    prompts = body["prompt"]
    return completions_answer(*(f" after {prompt}" for prompt in prompts))


async def one_prompt(request: web.Request, body: dict[str, Any]) -> web.Response:
    """A server that takes one prompt alone."""
    if request.path.endswith("/chat/completions") or isinstance(body["prompt"], list):
        return web.Response(status=400)
    return completions_answer(*[" in the rain"] * body.get("n", 1))


def ask(server: ScriptedServer, path: str = "", timeout: float = 60.0) -> Answer:
    settings = ServerSettings(server.url + path, "tiny", SecretStr(KEY))
    return ServerClient(settings, timeout).ask(WAVE)


def test_a_wave_is_one_request_once_the_server_is_known() -> None:
    for behaviour, first, each in (
        (chat, 1, {"n": 3, "messages": list(ONE)}),
        (one_choice, 2, {"messages": list(SEVERAL)}),
        (no_choices, 2, {"messages": list(SEVERAL)}),
        (completions, 2, {"prompt": list(WAVE.prompts)}),
        (one_prompt, 4, {"prompt": "8 rain:", "n": 3}),
    ):
        with serving(behaviour) as server:
            client = ServerClient(ServerSettings(server.url, "tiny"))
            found = client.ask(WAVE)
            assert found.texts, behaviour.__name__
            assert len(server.asked) == first, behaviour.__name__
            again = client.ask(WAVE)
            assert again.texts
            assert len(server.asked) == first + 1, behaviour.__name__
            body = server.asked[-1][1]
            assert each.items() <= body.items()
            assert (body["model"], body["seed"], body["temperature"]) == ("tiny", 7, 1.0)
            assert server.keys[-1] == ""


def test_each_completion_belongs_to_its_prompt() -> None:
    with serving(completions) as server:
        found = ask(server, "/completions")
        assert found == Answer(
            "completions", [f" after {prompt}" for prompt in WAVE.prompts], range(3)
        )
        assert [path for path, _ in server.asked] == ["/v1/completions"]
        assert server.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    ("given", "base", "protocol"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", ""),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1", ""),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1", ""),
        ("https://host/api/v1/chat/completions", "https://host/api/v1", "chat"),
        ("https://host/v1/completions", "https://host/v1", "completions"),
    ],
)
def test_the_address_may_name_the_form_of_the_protocol(
    given: str, base: str, protocol: str
) -> None:
    settings = ServerSettings(given)
    assert (settings.base, settings.protocol) == (base, protocol)


@pytest.mark.parametrize(
    ("script", "reason", "requests"),
    [
        ([says(429, Retry_After="0")], "busy", 2),
        ([says(429, Retry_After="3600")], "busy", 1),
        ([says(429, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")], "busy", 1),
        ([says(503, Retry_After="0")], "a fault (HTTP 503)", 2),
        ([says(401, f"Incorrect API key provided: {KEY}")], "did not accept the key", 1),
        ([says(302, Location="http://127.0.0.1:9/v1/chat/completions")], "another address", 1),
        ([says(200, "<html>Welcome</html>")], "could not be read", 1),
        ([says(200, '{"choices": [{"mess')], "could not be read", 1),
        ([says(200, '{"error": {"message": "no"}}')], "could not be read", 1),
        ([says(200, '{"choices": 3}')], "could not be read", 1),
        ([says(200, "[" * 100_000)], "could not be read", 1),
        ([says(200, " " * 10_000_000)], "too long", 1),
    ],
)
def test_a_failure_is_told_in_words(
    script: list[Any], reason: str, requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(*script) as server:
        with pytest.raises(ServerError) as told:
            ask(server, "/chat/completions")
        assert reason in told.value.reason
        assert len(server.asked) == requests
        assert KEY not in f"{told.value} {told.value!r} {caplog.text}"


def test_a_server_that_was_busy_once_is_asked_again() -> None:
    with serving(says(503, Retry_After="0"), chat) as server:
        assert ask(server).texts == [RAIN] * 3
        assert len(server.asked) == 2


def test_an_answer_that_is_cut_off_is_a_failure() -> None:
    async def half(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:  # noqa: ARG001
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"choices": [')
        assert request.transport is not None
        request.transport.close()
        return response

    with serving(half) as server, pytest.raises(ServerError, match="cut off"):
        ask(server)


@pytest.mark.parametrize("begun", [False, True])
def test_a_server_that_does_not_answer_in_time_is_waited_for_no_longer(begun: bool) -> None:
    given_up = threading.Event()

    async def slow(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:  # noqa: ARG001
        response = web.StreamResponse()
        if begun:  # drips, so that each read is in time
            await response.prepare(request)
        while not given_up.is_set():
            await asyncio.sleep(0.01)
            if begun:
                try:
                    await response.write(b" ")
                except ConnectionError:
                    break
        return response

    with serving(slow) as server:
        with pytest.raises(ServerError, match="in time"):
            ask(server, timeout=0.3)
        given_up.set()
        assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_told() -> None:
    with serving(chat) as server:
        pass
    with pytest.raises(ServerError, match="could not be reached"):
        ask(server)


def test_no_proxy_of_the_environment_gets_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(chat) as server:
        assert ask(server).texts


def test_the_limit_leaves_room_for_a_wave() -> None:
    assert MAX_BYTES == 1_000_000
    with serving(knows([RAIN] * 500)) as server:
        assert ask(server).texts


# Writing with it.

BRIEF = Brief("country", "sad", "low", ("rain",), 2, "AA", 8, 96.0, random_seed=4)
TASK_SLOTS = plan(BRIEF, [], 0.0, first=0, count=2)
FIRST = ("Another rain is falling down", "The rain came in and took the town")
SECOND = ("My brother never left this town", "She wore her mother's wedding gown")


@pytest.fixture(scope="module")
def reader() -> Any:
    need_weights()
    loading.prepare(FETCHED)
    return loading.load_language_model(FETCHED, "cpu", classifier(RANKER).score)


def captioner(server: ScriptedServer, reader: Any, timeout: float = 60.0) -> LineCaptioner:
    client = ServerClient(ServerSettings(server.url), timeout)
    return LineCaptioner(ServerModel(client, reader), classifier(RANKER).score)


def written(writes: Any) -> tuple[list[str], dict[int, str]]:
    others: dict[int, str] = {}
    task = Task(BRIEF, TASK_SLOTS, on_other_writer=others.__setitem__)
    return list(writes.write(task)), others


@pytest.fixture
def busy() -> Iterator[ScriptedServer]:
    with serving(says(429, Retry_After="3600")) as server:
        yield server


def test_a_draft_is_by_the_server(reader: Any) -> None:
    with serving(knows((*FIRST, *SECOND, "Too short"))) as server:
        lines, others = written(captioner(server, reader))
    assert set(lines) < {*FIRST, *SECOND}
    assert others == {}
    last = server.asked[-1][1]["messages"][-1]["content"]
    assert lines[0] in last
    assert "It must end on one of these words" in last


def test_a_line_of_the_server_stays_the_servers_where_it_has_no_word_of_the_mood(
    reader: Any,
) -> None:
    others: dict[int, str] = {}
    task = Task(BRIEF, TASK_SLOTS, turn="happy", on_other_writer=others.__setitem__)
    with serving(knows((*FIRST, *SECOND))) as server:
        lines = list(captioner(server, reader).write(task))
    assert set(lines) < {*FIRST, *SECOND}
    assert others == {}


def test_a_draft_is_by_completions_too(reader: Any) -> None:
    async def go_on(request: web.Request, body: dict[str, Any]) -> web.Response:
        if request.path.endswith("/chat/completions"):
            return web.Response(status=404)
        texts = []
        for prompt in body["prompt"]:
            last = prompt.rpartition("\n")[2]
            end = last.removeprefix("8").strip(" :")
            texts.append(f" My brother never saw the {end}\n9" if end.islower() else " is on me")
        return completions_answer(*texts)

    with serving(go_on) as server:
        lines, others = written(captioner(server, reader))
    assert len(others) < 2
    assert lines[0].endswith("is on me") == (0 not in others)
    assert lines[1].startswith("My brother never saw the") == (1 not in others)
    assert is_close(end_word(lines[1]), end_word(lines[0]))


def test_what_was_wrong_is_said_and_then_lm_writes(reader: Any) -> None:
    with serving(knows(("Rain", "The rain went on and on and on all night long"))) as server:
        lines, others = written(captioner(server, reader))
    assert len(lines) == 2
    assert set(others.values()) == {f"lm: {UNFIT}"}
    asks = [body["messages"][-1]["content"] for _, body in server.asked if "n" not in body]
    assert sum("it has 11 syllables" in said for said in asks) == 2  # the second one of each line


def test_a_draft_is_by_lm_where_the_server_fails_and_it_says_so(
    busy: ScriptedServer, reader: Any
) -> None:
    shared = batched(captioner(busy, reader), "on")
    lines, others = written(shared)
    assert len(lines) == 2
    assert is_close(end_word(lines[0]), end_word(lines[1]))
    assert by_others(others) == "Lines 1-2 are by lm: the server was busy."
    assert len(busy.asked) == 2  # once a line


def test_a_server_that_comes_back_writes_the_rest(reader: Any) -> None:
    with serving(says(500, Retry_After="60"), knows(SECOND)) as server:
        _, others = written(captioner(server, reader))
    assert others[0] == "lm: the server had a fault (HTTP 500)"


def test_a_refusal_costs_no_draft(reader: Any) -> None:
    async def refuse(request: web.Request, body: dict[str, Any]) -> web.Response:  # noqa: ARG001
        return chat_answer("I'm sorry, but I can't help with that.")

    with serving(refuse) as server:
        lines, others = written(captioner(server, reader))
    assert len(lines) == len(others) == 2


def test_options_come_from_the_server_and_who_wrote_them_is_told(
    busy: ScriptedServer, reader: Any
) -> None:
    others: dict[int, str] = {}
    task = Task(BRIEF, TASK_SLOTS, on_other_writer=others.__setitem__)
    with serving(knows((*FIRST, *SECOND))) as server:
        offered = captioner(server, reader).options(task, 2)
    assert set(offered) & set(FIRST)
    captioner(busy, reader).options(task, 2)
    assert others == {0: "lm: the server was busy"}


def test_who_wrote_what_in_sentences() -> None:
    assert by_others({}) == ""
    assert by_others({2: "lm: a", 3: "lm: a", 7: "lm: b"}) == "Lines 3-4 are by lm: a. " + (
        "Line 8 is by lm: b."
    )


# Settings and the doctor.


def test_no_address_is_told_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="ATL_LM_URL is not set"):
        check_captioner("server", load_settings())
    monkeypatch.setenv("ATL_LM_URL", "http://127.0.0.1:8080/v1")
    check_captioner("server", load_settings())


@pytest.mark.usefixtures("with_weights")
async def test_the_doctor_asks_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(chat) as server:
        monkeypatch.setenv("ATL_CAPTIONER", "server")
        monkeypatch.setenv("ATL_LM_URL", server.url)
        monkeypatch.setenv("ATL_LM_KEY", KEY)
        settings = load_settings()
        told = await admin._captioner(settings)
        assert "answers by chat" in told
        assert len(server.asked) == 1
        assert KEY not in told + repr(settings)
        server.script[:] = [says(401)]
        with pytest.raises(UserError, match="ATL_LM_KEY"):
            await admin._captioner(settings)
