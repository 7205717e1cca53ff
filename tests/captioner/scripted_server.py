"""A server that speaks the OpenAI protocol over loopback, with scripted answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.loopback import served

Handler = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


def chat_answer(*texts: str) -> web.Response:
    choices = [
        {"index": index, "message": {"role": "assistant", "content": text}}
        for index, text in enumerate(texts)
    ]
    return web.json_response({"choices": choices})


def completions_answer(*texts: str) -> web.Response:
    choices = [{"index": index, "text": text} for index, text in enumerate(texts)]
    return web.json_response({"choices": choices})


def says(status: int, text: str = "", **headers: str) -> Handler:
    """The same answer whatever is asked."""

    async def answer(request: web.Request, body: dict[str, Any]) -> web.Response:  # noqa: ARG001
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=named)

    return answer


@dataclass
class ScriptedServer:
    """What it is to answer, and what it was asked."""

    script: list[Handler] = field(default_factory=list)
    """One for each request, in order; the last one answers all further ones."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Path and body of each request."""
    keys: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read() or b"{}")
        self.asked.append((request.path, body))
        self.keys.append(request.headers.get("Authorization", ""))
        handler = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return await handler(request, body)


@contextmanager
def serving(*script: Handler) -> Iterator[ScriptedServer]:
    """The server, in a thread of its own."""
    server = ScriptedServer(list(script))
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", server.answer)
    with served(app) as (port,):
        server.url = f"http://127.0.0.1:{port}/v1"
        yield server


def knows(lines: Sequence[str]) -> Handler:
    """A chat model that proposes these lines, numbered, with talk around them."""

    async def answer(request: web.Request, body: dict[str, Any]) -> web.Response:  # noqa: ARG001
        numbered = "\n".join(f"{number}. **{line}**" for number, line in enumerate(lines, 1))
        return chat_answer(f"Sure! Here you go:\n\n{numbered}\n\nLet me know!")

    return answer
