"""An engineer asks another one before he gives his call over: who hears whom, and that nobody loses the caller."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from acd.records import story
from hotline.simulated_phones import Manner
from tests.e2e.desk import AgentAtDesk
from tests.e2e.scene import Caller, Scene
from tests.e2e.test_exchange_lost import manager_lost
from tests.e2e.test_transfer import PACKET, talking
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

HELD = ("hotline-hold", "pcs.L1")
CALLER = "hotline-provider"
"""His end of a bridge."""
ASKING = ("hotline-consult", "1006")


async def places(scene: Scene) -> set[tuple[str, str]]:
    """Where the channels are that are in our contexts: context and extension."""
    channels = await scene.hotline.asterisk.cli("core show channels concise")
    rows = [line.split("!") for line in channels.splitlines() if "!" in line]
    return {(row[1], row[2]) for row in rows if row[5] not in ("AppDial", "(None)")}


async def are_at(scene: Scene, *where: tuple[str, str]) -> None:
    """Wait until the callers' and the asking engineers' channels are there, and nowhere else."""

    async def there() -> bool:
        return await places(scene) == set(where)

    try:
        await until(there, f"channels at {where}")
    except AssertionError as problem:
        raise AssertionError(f"{problem}; they are {await scene.hotline.asterisk.cli('core show channels concise')}") from None


async def bridged(scene: Scene) -> set[frozenset[str]]:
    """Who hears whom: the ends of each bridge."""
    channels = await scene.hotline.asterisk.cli("core show channels concise")
    bridges: dict[str, set[str]] = {}
    for row in (line.split("!") for line in channels.splitlines() if "!" in line):
        if row[-2]:
            bridges.setdefault(row[-2], set()).add(row[0].removeprefix("PJSIP/").rpartition("-")[0])
    return {frozenset(ends) for ends in bridges.values() if len(ends) > 1}


async def hear_each_other(scene: Scene, *ends: str) -> None:
    """Wait until these are in one bridge, and there is no other."""

    async def together() -> bool:
        return await bridged(scene) == {frozenset(ends)}

    await until(together, f"{ends} together")


async def asks(scene: Scene, li: AgentAtDesk, zhao: AgentAtDesk, caller: Caller) -> None:
    """Li asks Zhao, who reads the packet and answers."""
    rung = scene.phone_did("1006").count("invite")
    await li.asks(PACKET, queue="pcs.L2")
    pop = await zhao.sees_pop_of(caller.ani)
    assert (pop["handover"], pop["consulted_by"]) == ({**PACKET, "by": "li.wei"}, "li.wei")
    assert scene.phone_did("1006").count("invite") == rung, "the phone does not ring before the packet was read"
    await zhao.has_read_the_handover(pop["offer"])
    await zhao.becomes("talking")
    await are_at(scene, HELD, ASKING)
    await hear_each_other(scene, "1001", "1006")


async def consulting(scene: Scene) -> tuple[AgentAtDesk, AgentAtDesk, Caller]:
    """Li talks to a caller, and asks Zhao, who has read the packet and answered."""
    zhao = await scene.agent("zhao.lei")
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    await asks(scene, li, zhao, caller)
    return li, zhao, caller


async def told(scene: Scene, call: str) -> list[tuple[str, str]]:
    """How the call's consultations went, by the records."""
    query = select(story).where(story.c.call == call, story.c.kind == "ConsultChanged").order_by(story.c.sequence, story.c.ordinal)
    bodies = [json.loads(row["body"]) for row in await scene.house.rows(query)]
    return [(body["state"], body["why"]) for body in bodies]


async def test_the_call_is_given_over_with_its_packet_after_a_talk_between_engineers(scene: Scene) -> None:
    li, zhao, caller = await consulting(scene)
    await li.gives_over()
    await li.becomes("wrap_up")
    await scene.phone_meets("1001", "ended")
    await hear_each_other(scene, CALLER, "1006")
    await caller.hangs_up()
    await zhao.becomes("wrap_up")
    await scene.phone_meets("1006", "ended")

    record = await scene.ended(caller)
    made = await scene.offers_of(record["id"])
    assert (record["queue"], record["agent"], record["end_cause"]) == ("pcs.L2", "zhao.lei", "caller_hung_up")
    assert record["answered_at"] == made[0]["answered_at"]
    assert [(row["agent"], row["queue"], row["state"]) for row in made] == [
        ("li.wei", "pcs.L1", "accepted"), ("zhao.lei", "pcs.L2", "accepted"),
    ]  # fmt: skip
    assert await told(scene, record["id"]) == [
        ("asked", "asked"), ("ringing", "begun"), ("talking", "answered"), ("completed", "completed"),
    ]  # fmt: skip


async def test_the_engineer_goes_back_to_his_caller_though_the_exchange_was_out_of_sight_meanwhile(scene: Scene) -> None:
    li, zhao, caller = await consulting(scene)
    async with manager_lost(scene.house):
        pass
    assert (await scene.is_live(caller, "consulting"))["consulted"] == "zhao.lei"
    await hear_each_other(scene, "1001", "1006")
    await li.goes_back()
    await hear_each_other(scene, CALLER, "1001")
    await zhao.becomes("wrap_up")
    await scene.phone_meets("1006", "ended")
    assert (li.state, scene.phone_did("1001")) == ("talking", ["invite", "answered"])
    await caller.hangs_up()
    await scene.phone_meets("1001", "ended")

    record = await scene.ended(caller)
    assert (record["queue"], record["agent"], record["end_cause"]) == ("pcs.L1", "li.wei", "caller_hung_up")
    assert (await told(scene, record["id"]))[-1] == ("back", "taken back")
    assert [state for state, _ in await scene.intervals_of("li.wei", record["id"])] == ["reserved", "talking", "wrap_up"]


async def test_one_who_does_not_answer_leaves_engineer_and_caller_together_and_another_one_can_be_asked(scene: Scene) -> None:
    await scene.install_phones({"1009": Manner.SILENT})
    zhao, wu = await scene.agent("zhao.lei"), await scene.agent("wu.ting")
    await wu.close_page()
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    await li.asks(PACKET, agent="wu.ting")
    await scene.phone_meets("1009", "cancelled")
    await hear_each_other(scene, CALLER, "1001")
    assert (await scene.house.agent_view("wu.ting"))["cause"] == "rona:no_answer"

    await asks(scene, li, zhao, caller)
    await caller.hangs_up()
    for desk, phone in ((li, "1001"), (zhao, "1006")):
        await desk.becomes("wrap_up")
        await scene.phone_meets(phone, "ended")
    record = await scene.ended(caller)
    assert [state for state, _ in await told(scene, record["id"])] == ["asked", "ringing", "back", "asked", "ringing", "talking", "over"]
    assert [(row["agent"], row["state"]) for row in await scene.offers_of(record["id"])] == [
        ("li.wei", "accepted"), ("wu.ting", "missed"), ("zhao.lei", "accepted"),
    ]  # fmt: skip


async def test_an_engineer_who_puts_his_phone_down_gives_the_call_to_the_one_he_talks_to(scene: Scene) -> None:
    """Zhao's phone says goodbye last: he was not dropped in between."""
    phones = await scene.install_phones()
    li, zhao, caller = await consulting(scene)
    phones.hang_up("1001")
    await scene.phone_meets("1001", "hung_up")
    await li.becomes("wrap_up")
    await hear_each_other(scene, CALLER, "1006")
    phones.hang_up("1006")
    await scene.phone_meets("1006", "hung_up")
    await zhao.becomes("wrap_up")
    await caller.meets("ended")

    record = await scene.ended(caller)
    assert (record["queue"], record["agent"], record["end_cause"]) == ("pcs.L2", "zhao.lei", "agent_hung_up")
    assert (await told(scene, record["id"]))[-1] == ("completed", "completed")
    assert [what for phone in ("1001", "1006") for what in scene.phone_did(phone)] == ["invite", "answered", "hung_up"] * 2


async def test_all_three_talk_though_the_exchange_is_out_of_sight_for_a_moment_until_the_caller_ends_it_for_all(scene: Scene) -> None:
    li, zhao, caller = await consulting(scene)
    await li.confers()
    await hear_each_other(scene, CALLER, "1001", "1006")
    async with manager_lost(scene.house):
        pass
    live = await scene.is_live(caller, "talking")
    assert (live["agent"], live["consulted"]) == ("li.wei", "zhao.lei")
    await hear_each_other(scene, CALLER, "1001", "1006")
    await caller.hangs_up()
    for desk, phone in ((li, "1001"), (zhao, "1006")):
        await desk.becomes("wrap_up")
        await scene.phone_meets(phone, "ended")
    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"]) == ("li.wei", "caller_hung_up")
    assert [state for state, _ in await told(scene, record["id"])] == ["asked", "ringing", "talking", "conference", "over"]


async def test_an_engineer_who_hangs_up_in_a_conference_leaves_the_caller_with_the_other_one(scene: Scene) -> None:
    phones = await scene.install_phones()
    li, zhao, caller = await consulting(scene)
    await li.confers()
    await hear_each_other(scene, CALLER, "1001", "1006")
    phones.hang_up("1001")
    await scene.phone_meets("1001", "hung_up")
    await li.becomes("wrap_up")
    await are_at(scene, ("hotline-join", "1006"))  # they never stopped hearing each other; now they have been put together anew
    await hear_each_other(scene, CALLER, "1006")
    phones.hang_up("1006")
    await zhao.becomes("wrap_up")
    await caller.meets("ended")
    record = await scene.ended(caller)
    assert (record["queue"], record["agent"], record["end_cause"]) == ("pcs.L2", "zhao.lei", "agent_hung_up")
