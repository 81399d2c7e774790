"""Serves an ASGI application on the running event loop, beside everything else that runs there.

Decides nothing about requests. It installs no signal handlers: when to stop is the composition root's decision.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from fastapi import FastAPI

LARGEST_MESSAGE = 4096
"""Bytes of one WebSocket message from a page."""
PING_SECONDS = 15.0
GOODBYE_SECONDS = 3
TICK_SECONDS = 1.0
"""How often the time in the answers' headers is renewed, which tells whole seconds."""


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self.ended = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Uvicorn's own looks ten times a second whether it is to end: here the end is awaited, and only its clock's header kept."""
        while not self.should_exit:
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), TICK_SECONDS)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


class WebServer:
    """A server that is serving. ``port`` is the one it is bound to."""

    def __init__(self, server: _Uvicorn, task: asyncio.Task[None], port: int) -> None:
        self._server = server
        self._task = task
        self.port = port

    async def stop(self) -> None:
        """Close every connection and return when all are gone."""
        self._server.should_exit = True
        self._server.ended.set()
        await self._task

    async def wait(self) -> None:
        """Return when the server has ended; raise what ended it."""
        await asyncio.shield(self._task)


async def serve(app: FastAPI, host: str = "127.0.0.1", port: int = 8080) -> WebServer:
    """Start to serve ``app`` and return when it answers. ``port`` 0 takes any free one.

    Raises OSError when the address can't be bound.
    """
    listener = listen(host, port)
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, server_header=False, ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=PING_SECONDS, ws_ping_timeout=PING_SECONDS, timeout_graceful_shutdown=GOODBYE_SECONDS,
        proxy_headers=False,
    )  # fmt: skip
    server = _Uvicorn(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    up = asyncio.create_task(server.up.wait())
    await asyncio.wait({task, up}, return_when=asyncio.FIRST_COMPLETED)
    up.cancel()
    if task.done():
        listener.close()
        task.result()
        raise RuntimeError("the web server ended before it began")
    return WebServer(server, task, listener.getsockname()[1])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError, with the address in its words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as problem:
        listener.close()
        raise OSError(problem.errno, f"can't listen on {host}:{port}: {problem.strerror or problem}") from problem
    listener.setblocking(False)
    return listener
