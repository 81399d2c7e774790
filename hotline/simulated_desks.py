"""The agents' desks, simulated: each signs in over HTTP, opens the WebSocket, goes ready, shows its pops and ends its wrap-ups.

Uses nothing but what a browser uses. An engine that goes away is come back to.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx
import websockets

COME_BACK_SECONDS = 1.0


class DeskRefused(Exception):
    """The engine does not let this agent work; the message is its answer."""


@dataclass(frozen=True, slots=True)
class DeskHabits:
    """How long an agent takes, in seconds, drawn evenly between the two values."""

    shows_pop_after: tuple[float, float] = (0.005, 0.03)
    """A page needs a moment to be painted."""
    reads_handover: tuple[float, float] = (1.0, 3.0)
    wraps_up: tuple[float, float] = (2.0, 6.0)
    sits_down: tuple[float, float] = (0.0, 0.2)
    rests: tuple[float, float] = (0.5, 2.0)
    """Time not ready before going ready again."""


@dataclass
class SimulatedDesk:
    """One agent's desk; ``run`` works until it is cancelled."""

    address: str
    name: str
    password: str
    habits: DeskHabits = field(default_factory=DeskHabits)
    chance: random.Random = field(default_factory=random.Random)
    pops: list[dict[str, Any]] = field(default_factory=list)
    """Every pop that was shown."""
    state: str = "logged_out"
    went_ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the agent was ready for the first time."""
    _timer: asyncio.TimerHandle | None = None
    _requests: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Sign in and work; come back when the engine was away. Raises DeskRefused for a wrong name or password."""
        while True:
            try:
                async with httpx.AsyncClient(base_url=self.address, timeout=20) as http:
                    await self._work(http)
            except (httpx.TransportError, OSError, websockets.WebSocketException):
                await asyncio.sleep(COME_BACK_SECONDS)
            finally:
                self._drop_plans()

    async def _work(self, http: httpx.AsyncClient) -> None:
        await self._sign_in(http)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in http.cookies.jar)
        where = self.address.replace("http", "ws", 1) + "/ws"
        async with websockets.connect(where, additional_headers={"Cookie": cookies}) as socket:
            async for text in socket:
                message = json.loads(text)
                if message["kind"] == "pop":
                    await self._show(socket, http, message)
                elif message["kind"] == "agent":
                    self._meet(http, message["agent"]["state"])

    async def _sign_in(self, http: httpx.AsyncClient) -> None:
        answer = await http.post("/api/login", json={"name": self.name, "password": self.password})
        while answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
            answer = await http.post("/api/login", json={"name": self.name, "password": self.password})
        if answer.status_code != httpx.codes.OK:
            raise DeskRefused(f"{self.name}: {answer.status_code} {answer.text}")

    async def _show(self, socket: websockets.ClientConnection, http: httpx.AsyncClient, pop: dict[str, Any]) -> None:
        await asyncio.sleep(self.chance.uniform(*self.habits.shows_pop_after))
        await socket.send(json.dumps({"kind": "pop_shown", "offer": pop["offer"]}))
        self.pops.append(pop)
        if pop["handover"] and pop["phase"] == "offered":
            self._keep(self._read(http, pop["offer"]))

    async def _read(self, http: httpx.AsyncClient, offer: str) -> None:
        await asyncio.sleep(self.chance.uniform(*self.habits.reads_handover))
        await _posted(http, "/api/desk/handover/acknowledge", {"offer": offer})

    def _meet(self, http: httpx.AsyncClient, state: str) -> None:
        """Plan what the new state asks for; what was planned for the old one is dropped."""
        if state == self.state and self._timer is not None:
            return
        self.state = state
        self._drop_plans()
        if state == "ready":
            self.went_ready.set()
        elif state == "wrap_up":
            self._plan(self.habits.wraps_up, http, "/api/desk/wrap-up/end", {"disposition": "solved", "note": ""})
        elif state == "not_ready":
            self._plan(self.habits.rests, http, "/api/desk/ready", {})
        elif state == "logged_out":
            self._plan(self.habits.sits_down, http, "/api/desk/login", {})

    def _plan(self, seconds: tuple[float, float], http: httpx.AsyncClient, path: str, body: dict[str, str]) -> None:
        wait_seconds = self.chance.uniform(*seconds)
        self._timer = asyncio.get_running_loop().call_later(wait_seconds, self._ask, http, path, body)

    def _ask(self, http: httpx.AsyncClient, path: str, body: dict[str, str]) -> None:
        self._timer = None
        self._keep(_posted(http, path, body))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        request = asyncio.create_task(work)
        self._requests.add(request)
        request.add_done_callback(self._requests.discard)

    def _drop_plans(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _posted(http: httpx.AsyncClient, path: str, body: dict[str, str]) -> None:
    """A refusal means that the state has changed meanwhile; the new one comes by the socket, and so does the engine's absence."""
    with suppress(httpx.TransportError, RuntimeError):  # RuntimeError: the client has been closed
        await http.post(path, json=body)


class SimulatedDesks:
    """Many desks at once; ``async with`` returns when each agent has been ready."""

    def __init__(self, desks: Iterable[SimulatedDesk], ready_seconds: float = 60.0) -> None:
        self.desks = list(desks)
        self._ready_seconds = ready_seconds
        self._tasks: list[asyncio.Task[Any]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(desk.run()) for desk in self.desks]
        ready = asyncio.create_task(self._all_ready())
        done, _ = await asyncio.wait([ready, *self._tasks], timeout=self._ready_seconds, return_when=asyncio.FIRST_COMPLETED)
        if ready not in done:
            ready.cancel()
            await self._stop()
            for failed in done:
                failed.result()
            late = [desk.name for desk in self.desks if not desk.went_ready.is_set()]
            raise TimeoutError(f"not ready after {self._ready_seconds:g} s: {', '.join(late)}")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        await self._stop()

    async def _all_ready(self) -> None:
        for desk in self.desks:
            await desk.went_ready.wait()

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
