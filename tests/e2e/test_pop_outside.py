"""A real call's pop as other programs hear of it: a service that is sent it, one at Asterisk's manager interface, and the page's link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def manager(scene: Scene) -> AsyncIterator[asyncio.StreamReader]:
    """Another program at the manager interface, that reads user events."""
    reader, writer = await asyncio.open_connection("127.0.0.1", scene.hotline.ports.ami)
    secret = (scene.hotline.directory / "ami.secret").read_text(encoding="utf-8").strip()
    writer.write(f"Action: Login\r\nUsername: hotline\r\nSecret: {secret}\r\nEvents: user\r\n\r\n".encode())
    async with asyncio.timeout(10):
        while b"Response: Success" not in await reader.readuntil(b"\r\n\r\n"):
            pass
    try:
        yield reader
    finally:
        writer.close()


async def event_of(reader: asyncio.StreamReader, ani: str, what: str) -> dict[str, str]:
    """The event about that caller."""
    async with asyncio.timeout(15):
        while True:
            text = (await reader.readuntil(b"\r\n\r\n")).decode()
            event = dict(line.split(": ", 1) for line in text.strip().split("\r\n") if ": " in line)
            if (event.get("UserEvent"), event.get("Ani"), event.get("What")) == ("HotlinePop", ani, what):
                return event


async def test_a_service_and_a_program_hear_of_the_pop_and_of_its_end(scene: Scene) -> None:
    service = scene.house.hooks
    async with manager(scene) as events:
        li = await scene.agent("li.wei")
        caller = await scene.call("pcs.L1", name='Bob "x", ${EVIL}')
        offered = await event_of(events, caller.ani, "offered")
        answered = await event_of(events, caller.ani, "answered")
        pop = await li.sees_pop_of(caller.ani)
        taken = await service.takes(2, about=pop["offer"])
    assert (offered["Agent"], offered["Phone"], offered["Offer"], offered["ProductLine"]) == ("li.wei", "1001", pop["offer"], "pcs")
    assert answered["Offer"] == pop["offer"]
    assert [one.said["event"] for one in taken] == ["offered", "answered"]
    assert pop["link"]["address"] == f"https://crm.example/?number={caller.ani}&name=Bob%20%22x%22%2C%20%24%7BEVIL%7D"
    told = (await scene.house.supervisor.get("/api/screen-pop/webhook")).json()
    assert told["sent"] >= 2 and not told["paused"]
