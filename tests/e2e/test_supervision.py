"""A supervisor at a conversation: who hears whom when he listens, whispers, joins in, and takes the caller over.

Caller, agent and supervisor each say a tone of their own; whose tone is in what each of them recorded says who was heard.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from acd.records import story
from hotline.sipp import free_ports
from tests.e2e.quick_config import number_of
from tests.e2e.scene import SUPERVISORS_PHONE, Scene
from tests.e2e.voice import VoicePhone, seconds_with
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CALLER, AGENT, SUPERVISOR = 440.0, 880.0, 1320.0
"""Who says which tone, in hertz."""
HEARD_SECONDS = 1.0
AMONG_OTHERS = 0.2
"""Of the power, when two speak at a time."""
A_TRACE = 0.02


async def hears(phone: VoicePhone, *tones: float, after: int = 0) -> None:
    """Wait until each of the tones was heard for a while, from that sample on."""

    async def heard() -> bool:
        samples = phone.heard()[after:]
        return all(seconds_with(samples, tone, AMONG_OTHERS) >= HEARD_SECONDS for tone in tones)

    await until(heard, f"{tones} Hz at {phone.log.parent.name}", 30)


def never_heard(phone: VoicePhone, tone: float) -> bool:
    return seconds_with(phone.heard(), tone, A_TRACE) == 0.0


async def watched(scene: Scene, ani: str, *modes: str) -> dict[str, Any]:
    """Wait until the board has the call heard in these modes."""

    async def so() -> dict[str, Any] | None:
        call = next((view for view in (await scene.house.board())["calls"] if view["ani"] == ani), None)
        return call if call and [watch["mode"] for watch in call["watches"] if watch["on"]] == list(modes) else None

    return await until(so, f"call of {ani} heard in {modes}")


async def test_who_hears_whom_when_a_supervisor_listens_whispers_joins_in_and_takes_over(scene: Scene, tmp_path: Path) -> None:
    ports, house = scene.hotline.ports, scene.house
    caller_port, caller_rtp, agent_rtp, own_rtp = free_ports(4, first=25_000, last=32_700, step=10)
    ani = scene.new_ani()
    agent = VoicePhone(tmp_path / "agent", "1001", ports.phones, agent_rtp, AGENT)
    own = VoicePhone(tmp_path / "supervisor", SUPERVISORS_PHONE, house.own_phone_port, own_rtp, SUPERVISOR)
    caller = VoicePhone(tmp_path / "caller", ani, caller_port, caller_rtp, CALLER, f"sip:{number_of('pcs.L1')}@127.0.0.1:{ports.sip}")
    await house.remove_phones()
    async with AsyncExitStack() as phones:
        await phones.enter_async_context(agent)
        await phones.enter_async_context(own)
        li = await scene.agent("li.wei", has_phone=True)
        await phones.enter_async_context(caller)
        await li.becomes("talking")
        call = (await watched(scene, ani))["call"]
        where = {"phone": SUPERVISORS_PHONE, "why": "new engineer"}

        await house.orders(f"calls/{call}/watch", mode="listen", **where)
        await watched(scene, ani, "listen")
        await hears(own, CALLER, AGENT)
        assert never_heard(agent, SUPERVISOR), "who is listened to does not hear it"
        assert never_heard(caller, SUPERVISOR)

        await house.orders(f"calls/{call}/watch", mode="whisper", **where)
        so_far = len(own.heard())
        await hears(agent, SUPERVISOR)
        await hears(own, CALLER, AGENT, after=so_far)
        assert never_heard(caller, SUPERVISOR), "a whisper is for the agent alone"

        await house.orders(f"calls/{call}/watch", mode="barge", **where)
        so_far, agents = len(own.heard()), len(agent.heard())
        await hears(caller, SUPERVISOR, AGENT)
        await hears(agent, SUPERVISOR, CALLER, after=agents)
        await hears(own, CALLER, AGENT, after=so_far)

        await house.orders(f"calls/{call}/watch/end", phone=SUPERVISORS_PHONE)
        await watched(scene, ani)
        assert li.state == "talking", "the conversation goes on without him"

        await house.orders(f"calls/{call}/take-over", phone=SUPERVISORS_PHONE, why="complaint")
        await li.becomes("wrap_up")
        so_far = len(caller.heard())
        await hears(own, CALLER)
        await hears(caller, SUPERVISOR, after=so_far)
    record = await scene.ended(ani)
    assert (record["end_cause"], record["agent"]) == ("diverted", "li.wei")
    told = await house.rows(select(story.c.kind).where(story.c.call == record["id"], story.c.kind.in_(["WatchChanged", "CallSteered"])))
    assert len(told) >= 6, "asked, on, whisper, barge, over, taken over"


async def test_a_supervisor_who_does_not_answer_leaves_conversation_and_caller_as_they_were(scene: Scene) -> None:
    """Nobody is at his phone: the talk goes on, and the caller he wanted to take over is back at his place."""
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")
    await li.becomes("talking")
    call = (await scene.is_live(caller, "talking"))["call"]
    await scene.house.orders(f"calls/{call}/watch", mode="listen", phone=SUPERVISORS_PHONE)

    async def nobody_listens() -> bool:
        return (await scene.is_live(caller, "talking"))["watches"] == []

    await until(nobody_listens, "a call that nobody listens to", 20)
    assert li.state == "talking"
    await li.goes_not_ready("break")
    await scene.house.orders(f"calls/{call}/take-over", phone=SUPERVISORS_PHONE)
    waiting = await scene.is_live(caller, "waiting", 20)
    assert waiting["queue"] == "pcs.L1"
    await li.becomes("not_ready")
    await li.goes_ready()
    await scene.is_live(caller, "talking")
