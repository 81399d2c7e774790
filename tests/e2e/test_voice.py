"""Caller and agent hear each other: each says a tone of its own, and the other's is in what it recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.sipp import free_ports
from tests.e2e.quick_config import number_of
from tests.e2e.scene import Scene
from tests.e2e.voice import VoicePhone, recorded, seconds_with, share, write_tone
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CALLER_HERTZ, AGENT_HERTZ = 440.0, 880.0
TALK_SECONDS = 2.0


async def test_the_measure_knows_a_tone_from_another_and_from_silence(tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.wav", CALLER_HERTZ, seconds=1)
    tone = recorded(tmp_path / "tone.wav")

    assert share(tone[:1600], CALLER_HERTZ) > 0.99
    assert share(tone[:1600], AGENT_HERTZ) < 0.01
    assert seconds_with(tone, CALLER_HERTZ) == pytest.approx(1.0)
    assert seconds_with(tone, AGENT_HERTZ) == seconds_with([0] * 8000, CALLER_HERTZ) == 0.0


async def test_caller_and_agent_hear_each_other(scene: Scene, tmp_path: Path) -> None:
    ports = scene.hotline.ports
    caller_port, caller_rtp, agent_rtp = free_ports(3, first=25_000, last=32_700, step=10)
    agent_phone = VoicePhone(tmp_path / "agent", "1001", ports.phones, agent_rtp, AGENT_HERTZ)
    ani = scene.new_ani()
    dials = f"sip:{number_of('pcs.L1')}@127.0.0.1:{ports.sip}"
    caller = VoicePhone(tmp_path / "caller", ani, caller_port, caller_rtp, CALLER_HERTZ, dials)
    await scene.house.remove_phones()
    async with agent_phone:
        li = await scene.agent("li.wei", has_phone=True)
        async with caller:
            await li.becomes("talking")

            async def both_hear_the_other() -> bool:
                agent_hears = seconds_with(agent_phone.heard(), CALLER_HERTZ)
                return min(agent_hears, seconds_with(caller.heard(), AGENT_HERTZ)) >= TALK_SECONDS

            await until(both_hear_the_other, "each one's tone at the other")
        await li.becomes("wrap_up")
        record = await scene.ended(ani)

    assert record["end_cause"] == "caller_hung_up"
    assert seconds_with(agent_phone.heard(), AGENT_HERTZ) == 0.0, "nobody hears himself"
    assert seconds_with(caller.heard(), CALLER_HERTZ) == 0.0
