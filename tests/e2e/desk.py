"""An agent's desk over HTTP and the WebSocket, as a browser uses them; it does only what a test says, and shows its pops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
import websockets

from tests.e2e.waiting import PATIENCE

Message = dict[str, Any]
LONGEST_LINE = 300
"""Characters of a message that are shown when a test fails."""


class DeskAnswered(AssertionError):
    """The engine refused what the desk asked for."""


class AgentAtDesk:
    """One agent who is signed in."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.name = name
        self.messages: list[Message] = []
        """All that the page was sent since it was opened."""
        self._looked_at = 0
        """So many of them were there when ``becomes`` returned last."""
        self._password = password
        self._address = address
        self._http = httpx.AsyncClient(base_url=address, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
        self._socket: websockets.ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    # ---- the page --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Sign in and open the page; it returns when the page shows the agent's state."""
        answer = await self._http.post("/api/login", json={"name": self.name, "password": self._password})
        if answer.status_code != httpx.codes.OK:
            raise DeskAnswered(f"{self.name}: {answer.status_code} {answer.text}")
        await self.open_page()

    async def open_page(self) -> None:
        """Open the page with the session that is there, for instance after the engine was away."""
        await self.close_page()
        self.messages.clear()
        self._looked_at = 0
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)
        where = self._address.replace("http", "ws", 1) + "/ws"
        self._socket = await websockets.connect(where, additional_headers={"Cookie": cookies})
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.sees(lambda message: message["kind"] == "agent", "the agent's state")

    async def close_page(self) -> None:
        """Close the page; the agent's state stays as it is."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.gather(self._reader, return_exceptions=True)

    async def close(self) -> None:
        """Close everything."""
        await self.close_page()
        await self._http.aclose()

    async def _read(self, socket: websockets.ClientConnection) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["kind"] == "pop":
                await socket.send(json.dumps({"kind": "pop_shown", "offer": message["offer"]}))
            async with self._news:
                self.messages.append(message)
                self._news.notify_all()

    # ---- what is seen ----------------------------------------------------------------------------------------------------

    async def sees(self, wanted: Callable[[Message], bool], what: str, seconds: float = PATIENCE) -> Message:
        """The first message that is ``wanted``, among those that came and those that will within ``seconds``."""
        try:
            async with asyncio.timeout(seconds), self._news:
                while True:
                    found = next((message for message in self.messages if wanted(message)), None)
                    if found is not None:
                        return found
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.name} did not see {what} within {seconds:g} s, but\n{_in_short(self.messages)}") from None

    @property
    def state(self) -> str:
        """The state that the page shows now."""
        return next(str(message["agent"]["state"]) for message in reversed(self.messages) if message["kind"] == "agent")

    @property
    def cause(self) -> str:
        """Why he is in this state."""
        return next(str(message["agent"]["cause"]) for message in reversed(self.messages) if message["kind"] == "agent")

    async def becomes(self, state: str, seconds: float = PATIENCE) -> None:
        """Wait until the page shows ``state``; ``wrap_up``, which passes by itself, may be over already if no ``becomes`` saw it yet."""
        await self.sees(lambda _message: self._is_or_was(state), f"state {state}", seconds)
        self._looked_at = len(self.messages)

    def _is_or_was(self, state: str) -> bool:
        lately = self.messages[self._looked_at :] if state == "wrap_up" else []
        return state in (self.state, *(message["agent"]["state"] for message in lately if message["kind"] == "agent"))

    @property
    def pops(self) -> list[Message]:
        """The pops that were shown."""
        return [message for message in self.messages if message["kind"] == "pop"]

    async def sees_pop_of(self, ani: str, seconds: float = PATIENCE) -> Message:
        """The pop of the caller with this number."""
        return await self.sees(lambda message: message["kind"] == "pop" and message["ani"] == ani, f"the pop of {ani}", seconds)

    async def sees_pop_withdrawn(self, offer: str, seconds: float = PATIENCE) -> Message:
        """The word that takes this offer's pop away."""
        return await self.sees(
            lambda message: message["kind"] == "pop_withdrawn" and message["offer"] == offer, f"the end of pop {offer}", seconds
        )

    # ---- what is done ----------------------------------------------------------------------------------------------------

    async def sits_down(self, phone: str | None = None) -> None:
        """Log in at the usual phone, or at another."""
        await self._does("/api/desk/login", {"phone": phone} if phone else {})

    async def goes_ready(self) -> None:
        """Take calls."""
        await self._does("/api/desk/ready", {})

    async def goes_not_ready(self, reason: str) -> None:
        """Take no calls."""
        await self._does("/api/desk/not-ready", {"reason": reason})

    async def ends_wrap_up(self, disposition: str = "", note: str = "") -> None:
        """The after-call work is done."""
        await self._does("/api/desk/wrap-up/end", {"disposition": disposition, "note": note})

    async def hands_on(self, packet: Mapping[str, str] | None = None, **to: str) -> None:
        """Hand the current call on: ``queue=``, ``agent=``, ``destination=`` or ``number=``."""
        await self._does("/api/desk/transfer", {"to": to, **(packet or {})})

    async def asks(self, packet: Mapping[str, str] | None = None, **to: str) -> None:
        """Ask another engineer about the current call: one of ``queue=``, or ``agent=``; or somebody outside, at ``destination=``
        or ``number=``."""
        await self._does("/api/desk/consult", {"to": to, **(packet or {})})

    async def gives_over(self) -> None:
        """Give the call over to the engineer who was asked."""
        await self._does("/api/desk/consult/complete", {})

    async def confers(self) -> None:
        """Let the caller join: all three talk."""
        await self._does("/api/desk/consult/conference", {})

    async def goes_back(self) -> None:
        """Go back to the caller."""
        await self._does("/api/desk/consult/back", {})

    async def answers(self, offer: str) -> None:
        """Click "answer"."""
        await self._does("/api/desk/answer", {"offer": offer})

    async def holds(self, on: bool) -> None:
        """Put the caller on hold, or take him back."""
        await self._does("/api/desk/hold", {"on": on})

    async def mutes(self, on: bool) -> None:
        """Be silent, or speak again."""
        await self._does("/api/desk/mute", {"on": on})

    async def sets_pin(self, password: str, pin: str) -> None:
        """Give himself a PIN for logging in at any phone."""
        await self._does("/api/me/pin", {"password": password, "pin": pin})

    async def promises(self, due_at: datetime, note: str) -> None:
        """Promise the current caller that he is called back then."""
        await self._does("/api/desk/callbacks", {"at": due_at.isoformat(), "note": note})

    async def pauses_the_recording(self, on: bool) -> None:
        """Let nothing be recorded for a while, or again."""
        await self._does("/api/desk/recording/pause", {"on": on})

    async def has_read_the_handover(self, offer: str) -> None:
        """What was handed over with the offered call is read; the phone may ring."""
        await self._does("/api/desk/handover/acknowledge", {"offer": offer})

    async def _does(self, path: str, body: dict[str, Any]) -> None:
        answer = await self._http.post(path, json=body)
        if not answer.is_success:
            raise DeskAnswered(f"{self.name}: {path} {body}: {answer.status_code} {answer.text}")


def _in_short(messages: Sequence[Message]) -> str:
    """The last messages, a line each; the first of a page, which has the whole plan, is left out."""
    return "\n".join(str(message)[:LONGEST_LINE] for message in messages[-12:] if message["kind"] != "hello")
