"""Calls handed on: what the next engineer is told, what the caller meets meanwhile, and what the records keep of it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from acd.records import story
from tests.e2e.desk import AgentAtDesk, Message
from tests.e2e.quick_config import long_wrap_up
from tests.e2e.reload import configured
from tests.e2e.scene import Caller, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

PACKET = {"tried": "重装驱动 · reinstalled the driver", "serial": "SN-4711", "fault_code": "E52", "notes": "customer is in a hurry"}


async def talking(scene: Scene, where: str, agent: str) -> tuple[AgentAtDesk, Caller]:
    """An agent at his desk and the caller he talks to."""
    desk = await scene.agent(agent)
    caller = await scene.call(where)
    await desk.becomes("talking")
    return desk, caller


async def hands_over_to(scene: Scene, caller: Caller, giver: AgentAtDesk, receiver: AgentAtDesk, phone: str, queue: str) -> Message:
    """The call goes to a queue, and to the receiver there, who reads what comes with it; the pop that he reads."""
    seen = len([pop for pop in receiver.pops if pop["ani"] == caller.ani])
    rung = scene.phone_did(phone).count("invite")
    await giver.hands_on(PACKET, queue=queue)
    pop = await receiver.sees(lambda _: len([pop for pop in receiver.pops if pop["ani"] == caller.ani]) > seen, "the handover")
    pop = [pop for pop in receiver.pops if pop["ani"] == caller.ani][-1]
    await is_held(scene, queue)
    assert scene.phone_did(phone).count("invite") == rung, "the phone does not ring before the handover was read"
    await receiver.has_read_the_handover(pop["offer"])
    await scene.phone_meets(phone, "answered", times=rung + 1)
    await receiver.becomes("talking")
    return pop


async def is_held(scene: Scene, queue: str) -> None:
    """Wait until the one channel that there is hears the queue's music or announcements."""

    async def there() -> bool:
        channels = await scene.hotline.asterisk.cli("core show channels concise")
        return [line.split("!")[1:3] for line in channels.splitlines() if "!" in line] == [["hotline-hold", queue]]

    await until(there, f"a caller in hold for {queue}, and no other channel")


async def handed_on(scene: Scene, call: str) -> list[dict[str, object]]:
    """The call's ``HandedOn`` notices in the records, in order."""
    query = select(story).where(story.c.call == call, story.c.kind == "HandedOn").order_by(story.c.sequence)
    return [json.loads(row["body"]) for row in await scene.house.rows(query)]


async def test_a_call_goes_up_from_level_to_level_with_its_packet_and_its_one_wait_clock(scene: Scene) -> None:
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    zhao, wu = await scene.agent("zhao.lei"), await scene.agent("wu.ting")
    [first] = li.pops

    second = await hands_over_to(scene, caller, li, zhao, "1006", "pcs.L2")
    third = await hands_over_to(scene, caller, zhao, wu, "1009", "pcs.L3")
    assert "ended" not in caller.did()
    await caller.hangs_up()

    record = await scene.ended(caller)
    made = await scene.offers_of(record["id"])
    assert (second["handover"], third["handover"]) == ({**PACKET, "by": "li.wei"}, {**PACKET, "by": "zhao.lei"})
    assert first["arrived_at"] == second["arrived_at"] == third["arrived_at"]
    assert first["waited_seconds"] < second["waited_seconds"] < third["waited_seconds"]
    assert (second["level"], third["level"], third["bounces"]) == ("L2", "L3", 0)
    assert [(offer["agent"], offer["queue"], offer["state"]) for offer in made] == [
        ("li.wei", "pcs.L1", "accepted"), ("zhao.lei", "pcs.L2", "accepted"), ("wu.ting", "pcs.L3", "accepted"),
    ]  # fmt: skip
    assert (record["queue"], record["agent"], record["end_cause"]) == ("pcs.L3", "wu.ting", "caller_hung_up")
    assert record["answered_at"] == made[0]["answered_at"]
    for agent, phone in (("li.wei", "1001"), ("zhao.lei", "1006"), ("wu.ting", "1009")):
        assert scene.phone_did(phone) == ["invite", "answered", "ended"], f"{agent}'s phone: our side said goodbye"
        states = [state for state, _ in await scene.intervals_of(agent, record["id"])]
        assert states[:3] == ["reserved", "talking", "wrap_up"]
    assert caller.did() == ["placed", "connected", "left"]


async def test_the_one_who_hands_on_is_in_wrap_up_and_free_after_it_while_the_caller_goes_on(scene: Scene) -> None:
    """Zhao, whom the call is for, is at lunch: so it does not come back to Li."""
    await scene.agent("zhao.lei", ready=False)
    async with configured(scene.house, long_wrap_up):
        li, caller = await talking(scene, "pcs.L1", "li.wei")

        await li.hands_on(PACKET, queue="pcs.L2")
        await scene.phone_meets("1001", "ended")
        await li.becomes("wrap_up")
        await is_held(scene, "pcs.L2")
        await li.ends_wrap_up("escalated", "to level 2")
        await li.becomes("ready")
    waiting = await scene.is_live(caller, "waiting")
    assert (waiting["queue"], waiting["level"]) == ("pcs.L2", "L2")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["end_cause"], record["offers"], record["queue"]) == ("abandoned_waiting", 1, "pcs.L2")


async def test_a_named_engineer_who_is_busy_is_waited_for(scene: Scene) -> None:
    """Wu is free and of a matching level, but the call is for Zhao."""
    zhao, other = await talking(scene, "pcs.L2", "zhao.lei")
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    wu = await scene.agent("wu.ting")

    await li.hands_on(PACKET, agent="zhao.lei")
    waiting = await scene.is_live(caller, "waiting")
    assert "zhao.lei" in waiting["why_waiting"]
    await other.hangs_up()
    pop = await zhao.sees_pop_of(caller.ani)
    assert pop["handover"] == {**PACKET, "by": "li.wei"}
    await zhao.has_read_the_handover(pop["offer"])
    await scene.is_live(caller, "talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["agent"], record["offers"]) == ("zhao.lei", 2)
    assert wu.pops == []
    await scene.ended(other)


async def test_a_call_handed_out_of_the_house_hears_the_announcement_and_ends(scene: Scene) -> None:
    li, caller = await talking(scene, "pcs.L1", "li.wei")

    await li.hands_on(PACKET, destination="closed")
    await scene.phone_meets("1001", "ended")
    await li.becomes("wrap_up")
    await scene.is_live(caller, "diverted")
    await caller.meets("ended")

    record = await scene.ended(caller)
    [notice] = await handed_on(scene, record["id"])
    assert (record["end_cause"], record["agent"], record["offers"]) == ("diverted", "li.wei", 1)
    assert (notice["to_destination"], notice["agent"]) == ("closed", "li.wei")


async def test_a_call_that_comes_back_has_bounced_and_the_pop_says_so(scene: Scene) -> None:
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    zhao = await scene.agent("zhao.lei")

    await hands_over_to(scene, caller, li, zhao, "1006", "pcs.L2")
    await li.becomes("ready")
    back = await hands_over_to(scene, caller, zhao, li, "1001", "pcs.L1")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (back["bounces"], back["handover"]["by"]) == (1, "zhao.lei")
    assert [(row["queue"], row["to_queue"], row["bounced"]) for row in await handed_on(scene, record["id"])] == [
        ("pcs.L1", "pcs.L2", False), ("pcs.L2", "pcs.L1", True),
    ]  # fmt: skip
    assert [offer["agent"] for offer in await scene.offers_of(record["id"])] == ["li.wei", "zhao.lei", "li.wei"]


async def test_a_caller_who_hangs_up_while_the_handover_is_read_frees_the_receiver_at_once(scene: Scene) -> None:
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    zhao = await scene.agent("zhao.lei")

    await li.hands_on(PACKET, queue="pcs.L2")
    pop = await zhao.sees_pop_of(caller.ani)
    await caller.hangs_up()
    withdrawn = await zhao.sees_pop_withdrawn(pop["offer"])
    await zhao.becomes("ready")

    record = await scene.ended(caller)
    assert (withdrawn["outcome"], record["end_cause"]) == ("rescinded", "abandoned_ringing")
    assert scene.phone_did("1006") == []


async def test_a_handover_that_nobody_reads_is_missed_and_the_next_engineer_is_asked(scene: Scene) -> None:
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    zhao = await scene.agent("zhao.lei")

    await li.hands_on(PACKET, queue="pcs.L2")
    pop = await zhao.sees_pop_of(caller.ani)
    wu = await scene.agent("wu.ting")
    withdrawn = await zhao.sees_pop_withdrawn(pop["offer"])
    await zhao.becomes("not_ready")
    again = await wu.sees_pop_of(caller.ani)
    await wu.has_read_the_handover(again["offer"])
    await scene.is_live(caller, "talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (withdrawn["outcome"], zhao.cause) == ("missed", "rona:no_answer")
    assert again["handover"] == {**PACKET, "by": "li.wei"}
    assert [offer["state"] for offer in await scene.offers_of(record["id"])] == ["accepted", "missed", "accepted"]
    assert scene.phone_did("1006") == []


async def test_an_agent_who_hands_on_and_puts_his_phone_down_at_once_does_not_drop_the_caller(scene: Scene) -> None:
    """His goodbye and the engine's order to hold the caller cross; Zhao's page is slow to say that it shows the pop."""
    zhao = await scene.agent("zhao.lei")
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    channels = await scene.hotline.asterisk.cli("core show channels concise")
    leg = next(line.split("!")[0] for line in channels.splitlines() if line.startswith("PJSIP/1001-"))

    await li.hands_on(PACKET, queue="pcs.L2")
    await scene.hotline.asterisk.cli(f"channel request hangup {leg}")
    pop = await zhao.sees_pop_of(caller.ani)
    await zhao.has_read_the_handover(pop["offer"])
    await scene.is_live(caller, "talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"]) == ("zhao.lei", "caller_hung_up")
