"""Numbers besides the unified one: an engineer's direct line, and the short code that a telephone transfers to."""

from __future__ import annotations

import pytest

from hotline.simulated_callers import WHEN_TOLD
from hotline.simulated_phones import Habits
from tests.e2e.scene import Scene
from tests.e2e.two_lines import TwoLinePhone
from tests.e2e.voice import recorded, seconds_of_sound
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

PRINTERS_CODE = "8803"
ENGLISH, COMPUTERS_HELP = "4008001235", "21"
"""A number whose callers are spoken to in English, and the keys that lead to the first level for computers."""


async def test_a_telephone_transfers_a_caller_by_the_short_code_and_the_record_says_which(scene: Scene) -> None:
    """Li's phone sends REFER; the caller keeps his place and his language, and Chen, who knows printers, takes him. Li does too: so he is
    at lunch afterwards, or it would be a matter of time who takes him."""
    await scene.install_phones(habits=Habits(answers_after=(0.2, 0.25), talks=(1.5, 1.6), refers_to=PRINTERS_CODE))
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")
    await li.sees_pop_of(caller.ani)
    await li.goes_not_ready("lunch")
    await scene.phone_meets("1001", "referred")
    await li.becomes("not_ready")
    assert (await scene.is_live(caller, "waiting"))["queue"] == "printers.L1"

    await scene.agent("chen.jie")
    await scene.is_live(caller, "talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["handed_over_by"], record["queue"], record["agent"]) == ("1001", "printers.L1", "chen.jie")
    assert [(offer["agent"], offer["state"]) for offer in await scene.offers_of(record["id"])] == [
        ("li.wei", "accepted"), ("chen.jie", "accepted"),
    ]  # fmt: skip
    assert caller.did() == ["placed", "connected", "left"]


async def test_a_telephone_asks_for_the_short_code_first_and_lets_its_caller_take_its_place_there(scene: Scene) -> None:
    """REFER with Replaces: the caller's channel takes the place of Li's second line in the dialplan. It is one call, at its old place."""
    ports = scene.hotline.ports
    await scene.house.remove_phones()
    async with TwoLinePhone("1001", ports.phones, ("127.0.0.1", ports.sip)) as phone:
        caller = await scene.call(ENGLISH, COMPUTERS_HELP)
        arrived = (await scene.is_live(caller, "waiting"))["arrived_at"]
        li = await scene.agent("li.wei", has_phone=True)
        await li.becomes("talking")
        await li.goes_not_ready("lunch")
        first, second = await phone.answers(), await phone.dials(PRINTERS_CODE)
        assert [call["ani"] for call in (await scene.house.board())["calls"]] == [caller.ani], "Li's own line is no call"
        await phone.lets(first, replace=second)

        waiting = await scene.is_live(caller, "waiting")
        assert (waiting["queue"], waiting["arrived_at"], waiting["language"]) == ("printers.L1", arrived, "en")
        await phone.is_rid_of(second)
        phone.hangs_up(first)
        await li.becomes("wrap_up")
        assert [call["ani"] for call in (await scene.house.board())["calls"]] == [caller.ani]
        wang = await scene.agent("wang.fang", has_phone=True)
        await wang.becomes("talking")
        await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["handed_over_by"], record["queue"], record["agent"]) == ("1001", "printers.L1", "wang.fang")
    assert [(offer["agent"], offer["state"]) for offer in await scene.offers_of(record["id"])] == [
        ("li.wei", "accepted"), ("wang.fang", "accepted"),
    ]  # fmt: skip


async def test_a_caller_whom_the_engineer_has_left_says_by_keys_how_it_went(scene: Scene) -> None:
    """Wu hangs up; her caller rates, says that it is solved, and speaks. Her after-call work is as always."""
    await scene.install_phones(habits=Habits(answers_after=(0.2, 0.25), talks=(0.5, 0.6)))
    wu = await scene.agent("wu.ting")
    caller = await scene.call("printers.L3", "41", key_every=WHEN_TOLD)
    await wu.becomes("wrap_up")
    for asked in ("survey_score", "survey_solved"):
        await scene.hears(caller, asked)
        await caller.presses_the_next_key()
    record = await scene.record(caller, survey_score=4, survey_solved=True)
    comments = scene.hotline.directory / "asterisk" / "spool" / "hotline" / "comments"

    async def voice_is_in_it() -> bool:
        return seconds_of_sound(recorded(comments / f"{record['id'].partition('-')[2]}.wav")) > 1

    await until(voice_is_in_it, "a second of a voice in the comment")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert record["end_cause"] == "agent_hung_up"
    assert seconds_of_sound(recorded(comments / record["survey_comment"])) > 1
    assert (record["ended_at"] - record["talk_ended_at"]).total_seconds() > 2
