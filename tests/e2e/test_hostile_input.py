"""What callers and strangers may send: names of every kind, and nonsense at the menu's port. It stays text, and harms nobody."""

from __future__ import annotations

import asyncio
import re

import pytest

from hotline.simulated_callers import Visit
from tests.e2e.quick_config import number_of
from tests.e2e.scene import Caller, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

NAMES = (
    'Bob "the boss" O\'Neill',
    "a,b,1,Goto(hotline-out,closed,1)",
    "${EVIL}",
    "${SHELL(touch evil)}${HOTLINE_NEXT}",
    "$[1+1]",
    "%0d%0aAction: Originate%0d%0a",
    "\\r\\nEvent: Hangup\\r\\n",
    "王芳 🦊 ‮tfel",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "x" * 300,
    "王" * 100,
)
LONGEST_NAME = 79
"""Bytes that Asterisk (22.10) keeps of a name, in SIP's quoted form (RFC 3261: a backslash before a quote or a backslash)."""
TURNED = "\u202e"
"""Turns the direction of writing: it is taken out before anybody sees the name."""


def as_shown(name: str) -> str:
    quoted = re.sub(r'(["\\])', r"\\\1", name).encode()[:LONGEST_NAME].decode(errors="ignore")
    return re.sub(r"\\(.)", r"\1", quoted).replace(TURNED, " ")


async def test_a_callers_name_is_text_on_its_whole_way_and_nothing_else(scene: Scene) -> None:
    agents = [await scene.agent(name) for name in ("li.wei", "zhang.min", "james.miller")]
    visits = [Visit(number_of("pcs.L1"), scene.new_ani(), name, (), 60) for name in NAMES]
    group = await scene.calls(visits, per_minute=1200)
    there = {visit.ani: Caller(group, visit.ani, place) for place, visit in enumerate(visits)}

    async def somebody_talks() -> str | None:
        talking = [view["ani"] for view in (await scene.house.board())["calls"] if view["state"] == "talking"]
        return next((ani for ani in talking if ani in there), None)

    while there:
        await there.pop(await until(somebody_talks, f"one of {list(there)} in a talk", seconds=30)).hangs_up()

    records = {visit.ani: await scene.ended(visit.ani) for visit in visits}
    shown = {pop["ani"]: pop["ani_name"] for agent in agents for pop in agent.pops}
    wanted = {visit.ani: as_shown(visit.name) for visit in visits}
    assert {ani: row["ani_name"] for ani, row in records.items()} == wanted
    assert shown == wanted
    assert {row["end_cause"] for row in records.values()} == {"caller_hung_up"}
    assert not list(scene.hotline.asterisk.directory.rglob("evil"))


async def sends(port: int, data: bytes) -> bytes:
    """What is answered to a stranger's bytes before the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        return await until_closed(reader)
    finally:
        writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(15):
        try:
            return await reader.read()
        except ConnectionResetError:  # closed while bytes of ours were not read yet, or at once
            return b""


NONSENSE = {
    "nothing": b"\n\n",
    "no lines": b"\x00\xff\xfe" * 100 + b"\n",
    "one endless line": b"agi_network: " + b"x" * 1_000_000,
    "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "another exchange": b"agi_network: yes\nagi_network_script: elsewhere\nagi_uniqueid: 1.1\n\n",
    "no call": b"agi_network: yes\nagi_network_script: main\n\n",
}


async def test_nonsense_at_the_menus_port_is_closed_and_said_and_no_caller_notices(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    port = scene.hotline.ports.fastagi
    before = len(scene.house.said_since())
    silent = await asyncio.open_connection("127.0.0.1", port)
    half = await asyncio.open_connection("127.0.0.1", port)
    half[1].write(b"agi_network: yes\nagi_netw")
    caller = await scene.call("pcs.L1")

    answers = await asyncio.gather(*(sends(port, data) for data in NONSENSE.values()))
    await li.becomes("talking")
    half[1].transport.abort()
    assert await until_closed(silent[0]) == b"", "who says nothing is not waited for for ever"
    silent[1].close()
    await caller.hangs_up()

    told = [line["event"] for line in scene.house.said_since(before)]
    assert answers == [b""] * len(NONSENSE)
    assert 3 <= len(told) <= len(NONSENSE) + 3, told
    assert all("AGI" in event for event in told), told
    record = await scene.ended(caller)
    assert (record["end_cause"], record["agent"]) == ("caller_hung_up", "li.wei")


async def test_a_thousand_strangers_at_the_menus_port_do_not_keep_a_caller_out(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    before = len(scene.house.said_since())
    port = scene.hotline.ports.fastagi
    strangers = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(1000)))
    caller = await scene.call("pcs.L1")

    await li.becomes("talking")
    await caller.hangs_up()

    for _, writer in strangers:
        writer.transport.abort()
    assert (await scene.ended(caller))["agent"] == "li.wei"
    assert len(scene.house.said_since(before)) <= 10, "the log is not flooded"
