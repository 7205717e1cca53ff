"""Asks a model behind a server that speaks the OpenAI protocol. Blocking: call it in a thread.

Both forms of the protocol are spoken: chat, and plain completions. What the server supports is
found out by asking: whether it has a chat at all, several choices for a chat (`n`), a list of
prompts for completions.
"""

from __future__ import annotations

import http.client
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from atl_core.errors import UserError

log = logging.getLogger(__name__)

MAX_BYTES: Final = 1_000_000
"""Of an answer. A wave of candidates is some kilobytes."""
TIMEOUT_SECONDS: Final = 60.0
"""For a request, from the connection to the last byte of the answer."""
MAX_RETRY_SECONDS: Final = 10.0
"""A server that asks for a longer pause is not asked again."""
RETRY_SECONDS: Final = 1.0
"""Before the retry, where the server names no time."""
TOKENS_A_LINE: Final = 64
"""Tokens that a candidate may have; a line of 18 syllables is some 25."""
CHAT: Final = "/chat/completions"
COMPLETIONS: Final = "/completions"
UNSUPPORTED: Final = frozenset({400, 404, 405, 422, 501})
"""Statuses of servers that do not know a path or a parameter."""

Message = Mapping[str, str]
"""`role` and `content`."""


class ServerError(UserError):
    """The server gave no usable answer. `reason` completes "... is by lm: "."""

    def __init__(self, reason: str, remedy: str, status: int = 0) -> None:
        self.reason = reason
        self.status = status
        """HTTP status, if there is one."""
        super().__init__(f"{reason[:1].upper()}{reason[1:]}.", remedy=remedy)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Which server, which of its models, and the key for it."""

    url: str
    """Of the API, such as `http://127.0.0.1:8080/v1`, or of its chat or completions in full."""
    model: str = ""
    """Empty: the only one it has."""
    key: SecretStr | None = None

    @property
    def base(self) -> str:
        """The address that `/completions` and `/chat/completions` are appended to."""
        base = self.url.rstrip("/").removesuffix(COMPLETIONS).removesuffix("/chat")
        return base if urlsplit(base).path.strip("/") else f"{base.rstrip('/')}/v1"

    @property
    def protocol(self) -> Literal["chat", "completions", ""]:
        """The form of the protocol, where the address names one."""
        url = self.url.rstrip("/")
        if url.endswith(CHAT):
            return "chat"
        return "completions" if url.endswith(COMPLETIONS) else ""


def need_server(settings: ServerSettings | None) -> ServerSettings:
    """The settings, if there are any.

    Raises:
        UserError: no server is set.
    """
    if settings is None:
        raise UserError(
            "The captioner server has no server: ATL_LM_URL is not set.",
            "It is the address of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1.",
            "Set it, or choose another captioner.",
        )
    return settings


@dataclass(frozen=True, slots=True)
class Wave:
    """Candidates that are asked for in one request."""

    one: Sequence[Message]
    """A chat that asks for one line."""
    several: Sequence[Message]
    """A chat that asks for all the lines in one answer."""
    prompts: Sequence[str]
    """Texts for completions, one for each candidate."""
    temperature: float
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to a wave."""

    protocol: Literal["chat", "completions"]
    texts: Sequence[str]
    prompts: Sequence[int] = ()
    """For completions, which prompt each text goes on with."""


class ServerClient:
    """A server, and what was found out about it. May be used by many threads.

    Args:
        timeout: seconds for a request.
    """

    def __init__(self, settings: ServerSettings, timeout: float = TIMEOUT_SECONDS) -> None:
        self.settings = settings
        self._timeout = timeout
        self._protocol = settings.protocol
        self._several_choices = True
        self._prompt_list = True

    def ask(self, wave: Wave) -> Answer:
        """The server's answer to a wave.

        One request, but for the first ones, which find out what the server supports.

        Raises:
            ServerError: there is none, or none that can be read.
        """
        if self._protocol == "completions":
            return self._complete(wave)
        try:
            answer = self._chat(wave)
        except ServerError as error:
            if self._protocol or error.status not in UNSUPPORTED:
                raise
            try:
                answer = self._complete(wave)
            except ServerError as second:
                # A server that knows neither is told by what it said first, unless that was no
                # more than "there is no chat here".
                raise (error if second.status == 404 else second) from None
        self._protocol = answer.protocol
        return answer

    def check(self) -> str:
        """Ask for a line; the form of the protocol that was spoken.

        Raises:
            ServerError: there was no answer.
        """
        said = "Write one line of a song about rain."
        chat = [{"role": "user", "content": said}]
        answer = self.ask(Wave(chat, chat, [said], temperature=1.0, seed=0))
        if not any(text.strip() for text in answer.texts):
            raise ServerError(
                "the server's answer was empty",
                "Use a model that answers at once; one that thinks first has no room for it.",
            )
        return answer.protocol

    def _chat(self, wave: Wave) -> Answer:
        count = len(wave.prompts)
        if self._several_choices and count > 1:
            try:
                texts = self._texts(CHAT, wave, {"messages": wave.one, "n": count})
            except ServerError as error:
                if error.status not in UNSUPPORTED or error.status == 404:
                    raise
                texts = []
            if len(texts) > 1:
                return Answer("chat", texts)
            # One choice, or a refusal of `n`: Ollama and LM Studio give one answer a request.
            several = self._texts(CHAT, wave, {"messages": wave.several})
            self._several_choices = False
            return Answer("chat", [*texts, *several])
        return Answer("chat", self._texts(CHAT, wave, {"messages": wave.several}))

    def _complete(self, wave: Wave) -> Answer:
        stop = {"stop": ["\n"]}
        prompts = list(wave.prompts)
        if self._prompt_list and len(prompts) > 1:
            try:
                texts = self._texts(COMPLETIONS, wave, {"prompt": prompts, **stop})
            except ServerError as error:
                if error.status not in UNSUPPORTED or error.status == 404:
                    raise
                texts = []
            if len(texts) == len(prompts):
                return Answer("completions", texts, range(len(prompts)))
        # Fewer than prompts: whose they are cannot be told. One prompt then, and several choices.
        body = {"prompt": prompts[0], "n": len(prompts), **stop}
        texts = self._texts(COMPLETIONS, wave, body)
        self._prompt_list = False
        return Answer("completions", texts, [0] * len(texts))

    def _texts(self, path: str, wave: Wave, body: Mapping[str, Any]) -> list[str]:
        """The texts of an answer's choices, in the order of their `index`; empty ones included."""
        several = "messages" in body and "n" not in body
        tokens = TOKENS_A_LINE * (len(wave.prompts) if several else 1)
        asked: dict[str, Any] = {
            **body,
            "max_tokens": tokens,
            "temperature": wave.temperature,
            "seed": wave.seed,
        }
        if self.settings.model:
            asked["model"] = self.settings.model
        return choices_of(self._post(path, asked))

    def _post(self, path: str, body: Mapping[str, Any]) -> bytes:
        """The body of the answer, after one retry if the server is busy or fails.

        Raises:
            ServerError: the status is not 200, or no answer came in time.
        """
        url = self.settings.base + path
        for retry in (True, False):
            try:
                status, pause, answer = self._request(url, json.dumps(body).encode())
            except TimeoutError as error:
                raise ServerError(
                    "the server did not answer in time", "Use a faster server or a smaller model."
                ) from error
            except http.client.HTTPException as error:
                raise ServerError(
                    "the server's answer was cut off or is no HTTP", "Look into the server's log."
                ) from error
            except OSError as error:
                raise ServerError(
                    "the server could not be reached",
                    f"Check that it runs and that ATL_LM_URL is right: {self.settings.url}",
                ) from error
            if status == 200:
                return answer
            if not (retry and (status == 429 or status >= 500) and status != 501):
                break
            if pause > MAX_RETRY_SECONDS:
                break
            time.sleep(pause)
        raise error_of(status)

    def _request(self, url: str, body: bytes) -> tuple[int, float, bytes]:
        """Status, seconds to wait before a retry, and the body of the answer.

        Redirects are not followed, and no proxy or password is taken from the environment: what
        is sent goes to the server that the operator named, and nowhere else.

        Raises:
            ServerError: the answer is too long.
        """
        parts = urlsplit(url)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        deadline = time.monotonic() + self._timeout
        connection = kind(parts.hostname or "", parts.port, timeout=self._timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.settings.key:
            headers["Authorization"] = f"Bearer {self.settings.key.get_secret_value()}"
        try:
            connection.request("POST", parts.path, body, headers)
            socket = connection.sock
            socket.settimeout(max(0.001, deadline - time.monotonic()))
            response = connection.getresponse()
            read = bytearray()
            while part := response.read1(65536):
                read += part
                if len(read) > MAX_BYTES:
                    raise ServerError("the server's answer was too long", "Use another server.")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                socket.settimeout(left)
            if response.length:  # the connection ended in the middle of the answer
                raise http.client.IncompleteRead(bytes(read), response.length)
            return response.status, _pause(response.getheader("Retry-After", "")), bytes(read)
        finally:
            connection.close()


def choices_of(answer: bytes) -> list[str]:
    """The text of each choice, in the order of their `index`; a choice without text is empty.

    Raises:
        ServerError: it is not an answer of this protocol.
    """
    try:
        found = json.loads(answer)["choices"]
        if not isinstance(found, list):
            raise TypeError
        keyed = [(choice.get("index"), _text(choice)) for choice in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ServerError(
            "the server's answer could not be read",
            "ATL_LM_URL must be the address of an OpenAI-compatible API, such as"
            " http://127.0.0.1:8080/v1.",
        ) from error
    if all(isinstance(index, int) for index, _ in keyed):
        keyed.sort(key=lambda one: one[0])
    return [text for _, text in keyed]


def _text(choice: Mapping[str, Any]) -> str:
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    return text if isinstance(text, str) else ""


def _pause(retry_after: str) -> float:
    """Seconds from a header `Retry-After`; a date counts as a minute, nothing as the usual time."""
    if not retry_after:
        return RETRY_SECONDS
    return float(retry_after) if retry_after.isdecimal() and len(retry_after) < 6 else 60.0


def error_of(status: int) -> ServerError:
    """What a status means, in words. The server's own text is left out: it may hold the key."""
    if status in (401, 403):
        return ServerError("the server did not accept the key", "Check ATL_LM_KEY.", status)
    if status == 404:
        return ServerError(
            "the server does not know the address or the model",
            "Check ATL_LM_URL and ATL_LM_MODEL.",
            status,
        )
    if status == 429:
        return ServerError("the server was busy", "Try again later, or raise its limits.", status)
    if status >= 500:
        return ServerError(
            f"the server had a fault (HTTP {status})", "Look into the server's own log.", status
        )
    if 300 <= status < 400:
        return ServerError(
            f"the server sends to another address (HTTP {status})",
            "Set ATL_LM_URL to that address.",
            status,
        )
    return ServerError(
        f"the server refused the request (HTTP {status})",
        "Check ATL_LM_MODEL, and whether the server speaks the OpenAI protocol.",
        status,
    )
