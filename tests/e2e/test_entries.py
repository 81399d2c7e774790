"""Numbers besides the unified one: an engineer's direct line, and the short code that a telephone transfers to."""

from __future__ import annotations

import pytest

from hotline.simulated_phones import Habits
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

PRINTERS_CODE = "8803"


async def test_a_telephone_transfers_a_caller_by_the_short_code_and_the_record_says_which(scene: Scene) -> None:
    """Li's phone sends REFER; the caller keeps his place and his language, and Chen, who knows printers, takes him."""
    await scene.install_phones(habits=Habits(answers_after=(0.2, 0.25), talks=(0.5, 0.6), refers_to=PRINTERS_CODE))
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")
    await scene.phone_meets("1001", "referred")
    await li.becomes("wrap_up")
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


async def test_a_caller_whom_the_engineer_has_left_says_by_keys_how_it_went(scene: Scene) -> None:
    """Wu hangs up; her caller rates, says that it is solved, and ends his comment with a hash. Her after-call work is as always."""
    await scene.install_phones(habits=Habits(answers_after=(0.2, 0.25), talks=(0.5, 0.6)))
    wu = await scene.agent("wu.ting")
    caller = await scene.call("printers.L3", "41#", key_every=4.2)
    await wu.becomes("wrap_up")
    await caller.meets("ended", seconds=40)

    record = await scene.ended(caller)
    assert (record["survey_score"], record["survey_solved"], record["end_cause"]) == (4, True, "agent_hung_up")
    comments = scene.hotline.directory / "asterisk" / "spool" / "hotline" / "comments"
    assert (comments / record["survey_comment"]).is_file()
    assert (record["ended_at"] - record["talk_ended_at"]).total_seconds() > 2
