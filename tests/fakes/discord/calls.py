"""A request as the routes read it, whether it came as JSON or as a form with files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .refusals import RefusalError


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a message."""

    index: int
    filename: str
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked: the parts of the path, the query, the body and the files."""

    method: str
    path: str
    parts: dict[str, str]
    query: dict[str, str]
    body: Any
    files: tuple[Upload, ...]
    token: str

    def number(self, name: str) -> int:
        """A part of the path that is an id.

        Raises:
            RefusalError: it is none.
        """
        try:
            return int(self.parts[name])
        except ValueError:
            raise RefusalError(404, 0, "404: Not Found") from None

    def on(self, name: str) -> bool:
        """Whether a switch in the query is on."""
        return self.query.get(name, "").lower() in ("1", "true")


async def read_call(request: web.Request, path: str) -> Call:
    """Read a request to its end.

    Raises:
        RefusalError: the body is not what its content type says.
    """
    body: Any = None
    files: list[Upload] = []
    if request.content_type == "multipart/form-data":
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            name = getattr(part, "name", "") or ""
            data = bytes(await part.read(decode=False))  # type: ignore[union-attr]
            if name == "payload_json":
                body = json.loads(data)
            elif name.startswith("files["):
                kind = part.headers.get("Content-Type", "application/octet-stream")
                filename = getattr(part, "filename", None) or "unknown"
                files.append(Upload(int(name[6:-1]), filename, data, kind))
    elif request.can_read_body:
        raw = await request.read()
        if raw:
            if request.content_type != "application/json":
                raise RefusalError(400, 50109, "The request body contains invalid JSON.")
            body = json.loads(raw)
    return Call(
        method=request.method,
        path=path,
        parts=dict(request.match_info),
        query=dict(request.query),
        body=body,
        files=tuple(files),
        token=request.headers.get("Authorization", ""),
    )
