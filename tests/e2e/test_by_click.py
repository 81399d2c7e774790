"""What an agent does with his phone by click: answer, hold, take back, be silent; heard, and seen in Asterisk's channels."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hotline.simulated_phones import Manner
from hotline.sipp import free_ports
from tests.e2e.desk import AgentAtDesk
from tests.e2e.quick_config import number_of
from tests.e2e.scene import Caller, Scene
from tests.e2e.test_consult import CALLER, are_at, hear_each_other
from tests.e2e.test_voice import AGENT_HERTZ, CALLER_HERTZ
from tests.e2e.voice import QUIET, RATE, VoicePhone, seconds_with
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

ON_HOLD = ("hotline-parked", "1001")
KEEPS = ("hotline-keeps", "s")


async def next_second(phone: VoicePhone) -> list[int]:
    """What it hears in the next second; nothing, where Asterisk sends it nothing (that is how it mutes)."""
    known = len(phone.heard())
    await asyncio.sleep(1)  # the time in which it is listened
    return phone.heard()[known:]


async def hears(phone: VoicePhone, hertz: float | None) -> None:
    """Wait until it hears that tone for most of a second; or, with None, neither of the two in all of it."""

    async def heard() -> bool:
        samples = await next_second(phone)
        if hertz is None:
            return seconds_with(samples, CALLER_HERTZ) + seconds_with(samples, AGENT_HERTZ) == 0.0
        return seconds_with(samples, hertz) >= 0.6

    await until(heard, f"{hertz or 'neither of the two'} for a second", 20)


async def test_the_caller_hears_silence_while_his_agent_is_mute_and_music_while_he_is_on_hold(scene: Scene, tmp_path: Path) -> None:
    ports = scene.hotline.ports
    caller_port, caller_rtp, agent_rtp = free_ports(3, first=25_000, last=32_700, step=10)
    agent = VoicePhone(tmp_path / "agent", "1001", ports.phones, agent_rtp, AGENT_HERTZ)
    dials = f"sip:{number_of('pcs.L1')}@127.0.0.1:{ports.sip}"
    caller = VoicePhone(tmp_path / "caller", scene.new_ani(), caller_port, caller_rtp, CALLER_HERTZ, dials)
    await scene.house.remove_phones()
    async with agent:
        li = await scene.agent("li.wei", has_phone=True)
        async with caller:
            await li.becomes("talking")
            await hears(caller, AGENT_HERTZ)

            await li.mutes(True)
            await hears(caller, None)
            await hears(agent, CALLER_HERTZ)
            await li.mutes(False)
            await hears(caller, AGENT_HERTZ)

            await li.holds(True)
            await hears(caller, None)
            await hears(agent, None)

            async def music() -> bool:
                return sum(map(abs, await next_second(caller))) / RATE > QUIET

            await until(music, "music for the caller")
            await li.holds(False)
            await hears(caller, AGENT_HERTZ)
            await hears(agent, CALLER_HERTZ)
        await li.becomes("wrap_up")


async def on_hold(scene: Scene, li: AgentAtDesk) -> Caller:
    """Li answers by click, and puts his caller on hold."""
    answered, ended = (scene.phone_did("1001").count(what) for what in ("answered", "ended"))
    caller = await scene.call("pcs.L1")
    pop = await li.sees_pop_of(caller.ani)
    await li.sees(lambda said: said["kind"] == "call" and said["offer"] == pop["offer"] and said["phase"] == "ringing", "his phone ringing")
    await li.answers(pop["offer"])
    await scene.phone_meets("1001", "answered", answered + 1)
    await li.becomes("talking")
    assert scene.phone_did("1001").count("ended") == ended
    await hear_each_other(scene, CALLER, "1001")
    await li.holds(True)
    await are_at(scene, ON_HOLD, KEEPS)
    await li.sees(lambda said: said["kind"] == "call" and said["offer"] == pop["offer"] and said["on_hold"], "the caller on hold")
    return caller


async def test_a_phone_answers_by_click_and_nobody_is_left_behind_who_was_on_hold(scene: Scene) -> None:
    """Who goes: the caller; then the caller by being handed on."""
    await scene.install_phones({"1001": Manner.SILENT})
    li = await scene.agent("li.wei")
    caller = await on_hold(scene, li)
    await caller.hangs_up()
    await scene.phone_meets("1001", "ended")
    assert (await scene.ended(caller))["end_cause"] == "caller_hung_up"

    await li.becomes("wrap_up")
    await li.goes_ready()
    handed = await on_hold(scene, li)
    await li.hands_on(queue="pcs.L2")
    await scene.is_live(handed, "waiting")
    await scene.phone_meets("1001", "ended", 2)
    await are_at(scene, ("hotline-hold", "pcs.L2"))
    await handed.hangs_up()
