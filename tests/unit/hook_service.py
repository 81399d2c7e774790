"""A small service that takes webhooks: real sockets, real HTTP, and answers as it is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Taken:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


class HookService:
    """Answers with the ``statuses`` one after the other, then with 204; None is no answer at all."""

    def __init__(self, port: int = 0, *statuses: int | None) -> None:
        self.port = port
        self.taken: list[Taken] = []
        self._statuses = list(statuses)
        self._news = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *problem: object) -> None:
        assert self._server is not None
        self._server.close()

    async def takes(self, count: int, seconds: float = 10, about: str | None = None) -> list[Taken]:
        """Wait for so many requests in all, or with the ``id`` that is asked for; those are returned."""

        def such() -> list[Taken]:
            return [one for one in self.taken if about is None or one.said.get("id") == about]

        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(lambda: len(such()) >= count)
        return such()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {key.lower(): value for key, value in (line.split(": ", 1) for line in head.split("\r\n")[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        status = self._statuses.pop(0) if self._statuses else 204
        if status is not None:
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            writer.close()
        async with self._news:
            self.taken.append(Taken(headers, body))
            self._news.notify_all()
