"""An engineer asks somebody outside the house before he gives his call over: who hears whom, and that nobody loses the caller."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hotline.simulated_phones import Habits, Manner, SimulatedPhones
from tests.e2e.desk import AgentAtDesk, DeskAnswered
from tests.e2e.quick_config import PARTNER, SHOWN_OUTSIDE
from tests.e2e.scene import Caller, Scene
from tests.e2e.test_consult import CALLER, HELD, are_at, hear_each_other, told
from tests.e2e.test_engine_dies import engine_killed
from tests.e2e.test_exchange_lost import manager_lost
from tests.e2e.test_transfer import PACKET, handed_on, talking
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

ASKING = ("hotline-consult-outside", "partner")
KEYED = "13800138000"


@asynccontextmanager
async def partner(scene: Scene, folder: Path, manners: Mapping[str, Manner] | None = None) -> AsyncIterator[SimulatedPhones]:
    """His telephone, at the other end of the trunk."""
    habits = Habits(answers_after=(0.2, 0.25), talks=None)
    phones = SimulatedPhones(folder / "partner", scene.hotline.ports.callers, next(scene.house.caller_ports), manners, habits)
    async with phones:
        yield phones


async def meets(phones: SimulatedPhones, what: str, number: str = PARTNER) -> None:
    async def seen() -> bool:
        return what in [line.what for line in phones.log() if line.phone == number]

    await until(seen, f"the telephone at {number} {what}: {phones.log()}")


async def asking(scene: Scene, phones: SimulatedPhones) -> tuple[AgentAtDesk, Caller]:
    """Li talks to a caller, asks at the partner's, and is answered."""
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    await li.asks(PACKET, destination="partner")
    await meets(phones, "answered")
    await scene.is_live(caller, "consulting")
    await are_at(scene, HELD, ASKING)
    await hear_each_other(scene, CALLER, "1001")
    return li, caller


async def caller_and_partner_hear_each_other(scene: Scene) -> None:
    """Both came, or went, by the one trunk; nobody else is there."""

    async def together() -> bool:
        rows = [line.split("!") for line in (await scene.hotline.asterisk.cli("core show channels concise")).splitlines() if "!" in line]
        return len(rows) == 2 and len({row[-2] for row in rows} - {""}) == 1 and all(row[0].startswith(f"PJSIP/{CALLER}") for row in rows)

    await until(together, "caller and partner in one bridge, and no other channel")


async def test_the_call_is_given_over_to_a_partner_though_the_exchange_was_out_of_sight_meanwhile(scene: Scene, tmp_path: Path) -> None:
    async with partner(scene, tmp_path) as phones:
        li, caller = await asking(scene, phones)
        async with manager_lost(scene.house):
            pass
        assert (await scene.is_live(caller, "consulting"))["consulted_outside"] == "partner"
        await li.gives_over()
        await li.becomes("wrap_up")
        await scene.phone_meets("1001", "ended")
        await caller_and_partner_hear_each_other(scene)
        await caller.hangs_up()
        await meets(phones, "ended")
    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"]) == ("li.wei", "diverted")
    assert await told(scene, record["id"]) == [
        ("asked", "asked"), ("ringing", "begun"), ("talking", "answered"), ("completed", "completed"),
    ]  # fmt: skip
    [handed] = await handed_on(scene, record["id"])
    assert (handed["to_destination"], handed["handover"]) == ("partner", {**PACKET, "by": "li.wei"})


async def test_a_partner_who_is_busy_leaves_engineer_and_caller_together_and_all_three_talk_when_he_is_not(
    scene: Scene, tmp_path: Path
) -> None:
    async with partner(scene, tmp_path, {PARTNER: Manner.BUSY}):
        li, caller = await talking(scene, "pcs.L1", "li.wei")
        await li.asks(PACKET, destination="partner")
        await li.sees(lambda message: (message.get("consult") or {}).get("why") == "missed", "that nobody took it")
        await scene.is_live(caller, "talking")
        await hear_each_other(scene, CALLER, "1001")
    async with partner(scene, tmp_path / "again") as phones:
        await li.asks(PACKET, destination="partner")
        await meets(phones, "answered")
        await scene.is_live(caller, "consulting")
        await are_at(scene, HELD, ASKING)
        await li.confers()
        await scene.is_live(caller, "talking")
        await three_are_in_one_bridge(scene)
        await li.gives_over()
        await caller_and_partner_hear_each_other(scene)
        await caller.hangs_up()
        await meets(phones, "ended")
    assert (await scene.ended(caller))["end_cause"] == "diverted"


async def three_are_in_one_bridge(scene: Scene) -> None:
    async def together() -> bool:
        rows = [line.split("!") for line in (await scene.hotline.asterisk.cli("core show channels concise")).splitlines() if "!" in line]
        return len(rows) == 3 and len({row[-2] for row in rows}) == 1 and rows[0][-2] != ""

    await until(together, "three channels in one bridge")


async def shows(scene: Scene, number: str) -> None:
    """Whom an engineer rings sees this number, and not the caller's: Asterisk says the connected line's in the From of its INVITE."""
    rows = (await scene.hotline.asterisk.cli("core show channels concise")).splitlines()
    [leg] = [row.split("!")[0] for row in rows if "!AppDial!" in row and row.startswith(f"PJSIP/{CALLER}")]
    about = await scene.hotline.asterisk.cli(f"core show channel {leg}")
    assert f"Connected Line ID: {number}" in about, about


async def test_a_number_that_the_engineer_keys_is_asked_and_given_the_call_and_who_is_not_answered_there_comes_back(
    scene: Scene, tmp_path: Path
) -> None:
    li, caller = await talking(scene, "pcs.L1", "li.wei")
    with pytest.raises(DeskAnswered, match="number_refused"):
        await li.hands_on(number="+86110")
    async with partner(scene, tmp_path, {KEYED: Manner.BUSY, PARTNER: Manner.BUSY}) as phones:
        for bounces, (to, number) in enumerate([({"number": KEYED}, KEYED), ({"destination": "partner"}, PARTNER)], start=1):
            await li.hands_on(PACKET, **to)
            await meets(phones, "invite", number)
            pop = await li.sees(lambda message, times=bounces: message["kind"] == "pop" and message["bounces"] == times, "him again")
            assert pop["handover"] == {**PACKET, "by": "li.wei"}
            await li.has_read_the_handover(pop["offer"])
            await scene.is_live(caller, "talking")
    async with partner(scene, tmp_path / "again") as phones:
        await li.asks(number="138 0013-8000")
        await meets(phones, "answered", KEYED)
        assert (await scene.is_live(caller, "consulting"))["consulted_outside"] == KEYED
        await are_at(scene, HELD, ("hotline-consult-outside", KEYED))
        await hear_each_other(scene, CALLER, "1001")
        await shows(scene, SHOWN_OUTSIDE)
        await li.goes_back()
        await meets(phones, "ended", KEYED)
        await scene.is_live(caller, "talking")
        await hear_each_other(scene, CALLER, "1001")
        await li.hands_on(number=KEYED)
        await li.becomes("wrap_up")
        await caller_and_partner_hear_each_other(scene)
        await shows(scene, SHOWN_OUTSIDE)
        await caller.hangs_up()
    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"]) == ("li.wei", "diverted")
    handed = await handed_on(scene, record["id"])
    assert [(row["to_number"], row["to_destination"]) for row in handed] == [(KEYED, None), (None, "partner"), (KEYED, None)]
    assert [state for state, _ in await told(scene, record["id"])] == ["asked", "ringing", "talking", "back"]


async def test_nobody_is_dropped_when_the_engine_is_killed_while_somebody_outside_is_asked(scene: Scene, tmp_path: Path) -> None:
    """It is back before the caller's music has a pause in which he would be taken for forgotten: the heartbeat is set ahead for that."""
    async with partner(scene, tmp_path) as phones:
        li, caller = await asking(scene, phones)
        async with engine_killed(scene.house):
            await scene.hotline.asterisk.cli(f"dialplan set global HOTLINE_ALIVE {int(time.time()) + 300}")
            await are_at(scene, HELD, ASKING)
            await hear_each_other(scene, CALLER, "1001")
        found = await scene.is_live(caller, "consulting")
        assert (found["agent"], found["consulted_outside"]) == ("li.wei", "partner")
        with pytest.raises(DeskAnswered, match="consulting"):
            await li.holds(True)
        await are_at(scene, HELD, ASKING)
        await hear_each_other(scene, CALLER, "1001")
        assert scene.phones is not None
        scene.phones.hang_up("1001")
        await caller_and_partner_hear_each_other(scene)
        assert (await scene.house.agent_view("li.wei"))["state"] in ("wrap_up", "ready")
        await caller.hangs_up()
        await meets(phones, "ended")
    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"]) == ("li.wei", "diverted")
    assert "ended" not in caller.did(), "he said goodbye himself"


async def test_the_books_are_right_though_the_partner_hung_up_while_the_engine_was_dead(scene: Scene, tmp_path: Path) -> None:
    """First the partner, while he is asked: the engineer's phone ends by itself five seconds later, and the caller waits again. Then the
    partner again, to whom the call was given: with him it is over.
    """
    async with partner(scene, tmp_path) as phones:
        li, caller = await asking(scene, phones)
        async with engine_killed(scene.house):
            await scene.hotline.asterisk.cli(f"dialplan set global HOTLINE_ALIVE {int(time.time()) + 300}")
            phones.hang_up(PARTNER)
            await scene.phone_meets("1001", "ended")
        await scene.is_live(caller, "talking")
        await li.asks(destination="partner")
        await are_at(scene, HELD, ASKING)
        await hear_each_other(scene, CALLER, "1001")
        await li.gives_over()
        await caller_and_partner_hear_each_other(scene)
        async with manager_lost(scene.house):
            phones.hang_up(PARTNER)
            await caller.meets("ended")
    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"], record["transfers"]) == ("li.wei", "gone_unseen", 1)
    asked = [state for state, _ in await told(scene, record["id"])]
    assert asked == [*("asked", "ringing", "talking"), "back", *("asked", "ringing", "talking"), "completed"]
    was = [state for state, _ in await scene.intervals_of("li.wei", record["id"]) if state != "ready"]
    assert was == ["reserved", "talking", "wrap_up"] * 2
