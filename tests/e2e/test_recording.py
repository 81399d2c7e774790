"""Conversations of a queue that records are files, one for each side; who refuses is in none."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import select

from acd.records import recordings as recordings_table
from hotline.simulated_callers import WHEN_TOLD
from hotline.sipp import free_ports
from tests.e2e.quick_config import RECORDED, number_of
from tests.e2e.scene import Scene
from tests.e2e.voice import RATE, WINDOW_SECONDS, VoicePhone, recorded, seconds_with
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CALLER_HERTZ, AGENT_HERTZ = 440.0, 880.0
TALK_SECONDS = 2.0


def recordings(scene: Scene, call: str) -> dict[str, list[int]]:
    """Side -> samples, of one call's conversations."""
    folder = scene.hotline.directory / "asterisk" / "spool" / "hotline" / "recordings"
    uniqueid = call.partition("-")[2]
    return {path.stem.rpartition("-")[2]: recorded(path) for path in folder.glob(f"{uniqueid}-*.wav")}


def stretches(samples: list[int], hertz: float) -> tuple[float, float, float]:
    """Seconds of the tone before the longest silence, of that, and of the tone after; a loaded machine drops bits of the tone."""
    size = int(RATE * WINDOW_SECONDS)
    heard = [seconds_with(samples[start : start + size], hertz) > 0 for start in range(0, len(samples) - size + 1, size)]
    runs = [(on, len(list(same))) for on, same in groupby(heard)]
    longest = max((place for place, (on, _) in enumerate(runs) if not on), key=lambda place: runs[place][1], default=len(runs))
    assert longest < len(runs), f"no silence in {runs}"
    before, after = (sum(count for on, count in part if on) for part in (runs[:longest], runs[longest + 1 :]))
    return before * WINDOW_SECONDS, runs[longest][1] * WINDOW_SECONDS, after * WINDOW_SECONDS


async def test_each_side_is_recorded_once_the_caller_was_told_but_for_what_the_agent_keeps_out(scene: Scene, tmp_path: Path) -> None:
    ports = scene.hotline.ports
    caller_port, caller_rtp, agent_rtp = free_ports(3, first=25_000, last=32_700, step=10)
    agent_phone = VoicePhone(tmp_path / "agent", "1009", ports.phones, agent_rtp, AGENT_HERTZ)
    ani = scene.new_ani()
    dials = f"sip:{number_of(RECORDED)}@127.0.0.1:{ports.sip}"
    caller = VoicePhone(tmp_path / "caller", ani, caller_port, caller_rtp, CALLER_HERTZ, dials)
    await scene.house.remove_phones()
    async with agent_phone:
        wu = await scene.agent("wu.ting", has_phone=True)
        async with caller:
            await wu.becomes("talking")

            async def agent_was_heard() -> bool:
                return seconds_with(caller.heard(), AGENT_HERTZ) >= TALK_SECONDS

            await until(agent_was_heard, "the agent's tone at the caller")
            for paused in (True, False):
                await wu.pauses_the_recording(paused)
                heard = len(caller.heard())

                async def goes_on(longer_than: int = heard) -> bool:
                    return len(caller.heard()) >= longer_than + RATE * TALK_SECONDS

                await until(goes_on, f"talk with the recording paused: {paused}")
        await wu.becomes("wrap_up")
        record = await scene.ended(ani)

    async def both_are_written() -> bool:
        found = recordings(scene, record["id"])
        return set(found) == {"caller", "agent"} and min(map(len, found.values())) > 0

    await until(both_are_written, "two files")
    found = recordings(scene, record["id"])
    for side, hertz in (("caller", CALLER_HERTZ), ("agent", AGENT_HERTZ)):
        before, silent, after = stretches(found[side], hertz)
        assert before >= TALK_SECONDS - 0.6, side
        assert silent >= TALK_SECONDS - 0.6, side
        assert after >= TALK_SECONDS - 0.6, side
    assert seconds_with(found["caller"], AGENT_HERTZ) == seconds_with(found["agent"], CALLER_HERTZ) == 0.0
    talk = (record["talk_ended_at"] - record["answered_at"]).total_seconds()
    assert len(found["caller"]) / RATE <= talk + 1.0, "neither the notice nor the ringing"
    (row,) = await scene.house.rows(select(recordings_table).where(recordings_table.c.call == record["id"]))
    assert (row["agent"], row["queue"], row["deleted_at"]) == ("wu.ting", RECORDED, None)
    assert row["began_at"] == record["answered_at"] and row["ended_at"] == record["talk_ended_at"]
    (pause,) = row["pauses"]
    paused_for = (datetime.fromisoformat(pause["to"]) - datetime.fromisoformat(pause["from"])).total_seconds()
    assert pause["by"] == "wu.ting" and paused_for >= TALK_SECONDS - 0.6

    async def can_be_drawn() -> bool:
        there = await scene.house.to_draw_from(record["arrived_at"], record["ended_at"])
        return [(one.agent, one.queue, one.recording) for one in there if one.call == record["id"]] == [("wu.ting", RECORDED, row["id"])]

    await until(can_be_drawn, "the conversation among those to score")


async def test_who_refuses_is_not_recorded(scene: Scene) -> None:
    await scene.install_phones()
    wu = await scene.agent("wu.ting")
    caller = await scene.call(RECORDED, "9", key_every=WHEN_TOLD)
    await scene.hears(caller, "recording_notice")
    await caller.presses_the_next_key()
    await wu.becomes("talking")
    await caller.hangs_up()
    record = await scene.ended(caller)
    assert record["answered_at"] is not None
    assert recordings(scene, record["id"]) == {}
