"""A caller who waits is called back in place of waiting: in a hotline of its own, whose callers are offered that soon."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from acd.events import CallbackUnreached, CallbackWanted
from acd.records import callbacks, calls, story
from hotline.simulated_callers import WHEN_TOLD
from hotline.simulated_phones import Manner, SimulatedPhones
from tests.e2e.conftest import opened
from tests.e2e.desk import DeskAnswered
from tests.e2e.quick_config import SHORT_WELCOME, quick
from tests.e2e.scene import PATIENT, Caller, House, Scene
from tests.e2e.test_announcing import SHORT_INCIDENT
from tests.e2e.test_consult import CALLER, hear_each_other
from tests.e2e.test_transfer import PACKET
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

OFFERED_AFTER = 12.0
"""Seconds from the answer on, by which others are offered a callback: a greeting, one stretch of music, and the offer has begun."""
RING_SECONDS = 5
RETRY_SECONDS = 2
AGENT_FIRST = "scanners.L1"
CLOSED = "printers.L3"
WANTS_A_CALLBACK = 7
"""The key in the menu of services, which is the first one's 9."""
DUE_AFTER = 20.0
"""Seconds; the time in which it is promised, the call ends, and the engine is killed."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def with_callbacks(rows: dict[str, Any]) -> None:
    """Whoever waits while nobody is at work is offered a callback after the first stretch of music."""
    quick(rows)
    rows["waiting"].update(music_seconds=5, comfort_every=1)
    rows["callbacks"] = {"trunk": "provider", "caller_id": "4008001234"}
    rows["prompts"]["callback_offer"] = {"zh": "按一回电。", "en": "Press one."}
    rows["prompts"]["callback_promised"] = {"zh": "再见。", "en": "Goodbye."}
    rows["prompts"]["callback_when_open"] = {"zh": "再见。", "en": "Goodbye."}
    rows["prompts"]["callback_greeting"] = {"zh": "您好。", "en": "Hello."}
    rows["prompts"] |= SHORT_INCIDENT | {"incident_solved": {"zh": "已修好。", "en": "Solved."}}
    rows["queues"]["defaults"]["callback"] = {
        "when_expected_seconds": 3600, "most_attempts": 2, "retry_after_seconds": RETRY_SECONDS, "ring_seconds": RING_SECONDS,
    }  # fmt: skip
    wanted = {"language": "zh", "product_line": "pcs", "level": "L1", "callback": True}
    rows["menus"]["services"]["branches"][WANTS_A_CALLBACK] = {"choice": "callback", "sets": wanted}
    first = {**rows["queues"]["defaults"]["callback"], "most_attempts": 4, "order": "agent_first"}
    rows["queues"]["overrides"][AGENT_FIRST] = {"callback": first}
    in_three_days = DAYS[(datetime.now(ZoneInfo("Asia/Shanghai")).weekday() + 3) % 7]
    rows["queues"]["overrides"][CLOSED] = {
        "hours": [{"days": [in_three_days], "opens": "08:30", "closes": "18:00"}],
        "overflow": [
            {"name": "called back", "when_closed": True, "to_callback": True},
            {"name": "closed", "when_closed": True, "to_destination": "closed"},
        ],
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("callbacks"), with_callbacks) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(house, tmp_path)
    yield scene
    await scene.close()


@asynccontextmanager
async def customers(scene: Scene, folder: Path, manners: Mapping[str, Manner]) -> AsyncIterator[SimulatedPhones]:
    """The customers' phones, at the other end of the trunk; they hang up when they are told to."""
    phones = SimulatedPhones(folder / "customers", scene.hotline.ports.callers, next(scene.house.caller_ports), manners, PATIENT)
    async with phones:
        yield phones


async def meets(phones: SimulatedPhones, number: str, what: str, times: int = 1) -> None:
    async def seen() -> bool:
        return [line.what for line in phones.log() if line.phone == number].count(what) >= times

    await until(seen, f"the customer's phone {number} {what} x{times}: {phones.log()}")


async def says_goodbye(phones: SimulatedPhones, number: str) -> None:
    phones.hang_up(number)
    await meets(phones, number, "hung_up")


async def _not(question: Awaitable[bool]) -> bool:
    return not await question


async def promised(scene: Scene, ani: str, queue: str = "pcs.L1") -> Caller:
    """A caller who has pressed 1 when that was offered, was told so, and is gone."""
    caller = await scene.call(queue, "1", ani=ani, key_every=WHEN_TOLD)
    await scene.hears(caller, "callback_offer")
    await caller.presses_the_next_key()
    await scene.is_live(caller, "promised")
    await caller.meets("ended")
    return caller


async def test_who_is_called_back_keeps_his_place_and_is_no_abandon(scene: Scene, tmp_path: Path) -> None:
    earlier = await scene.call("pcs.L1")
    await scene.is_live(earlier, "waiting")
    ani = scene.new_ani()
    async with customers(scene, tmp_path, {}) as phones:
        caller = await promised(scene, ani)
        later = await scene.call("pcs.L1")
        await scene.is_live(later, "waiting")

        li = await scene.agent("li.wei")
        await scene.is_live(earlier, "talking")
        await earlier.hangs_up()
        await meets(phones, ani, "answered")
        await scene.is_live(caller, "talking")
        await scene.phone_meets("1001", "answered", times=2)
        await says_goodbye(phones, ani)
        await scene.is_live(later, "talking")
        await later.hangs_up()

    record = await scene.ended(caller)
    assert (record["agent"], record["end_cause"], record["offers"]) == ("li.wei", "caller_hung_up", 1)
    assert [pop["ani"] for pop in li.pops] == [earlier.ani, ani, later.ani]
    queue = next(view for view in (await scene.house.board())["queues"] if view["queue"] == "pcs.L1")
    assert queue["abandoned"] == 0


async def test_who_asks_for_a_callback_in_the_menu_is_promised_one_at_once_and_called(scene: Scene, tmp_path: Path) -> None:
    caller = await scene.call(SHORT_WELCOME, f"9{WANTS_A_CALLBACK}")
    await scene.is_live(caller, "promised")
    await caller.meets("ended")
    assert "left" not in caller.did(), "he heard that to its end"
    async with customers(scene, tmp_path, {}) as phones:
        li = await scene.agent("li.wei")
        await scene.is_live(caller, "talking")
        await says_goodbye(phones, caller.ani)
    record = await scene.ended(caller)
    assert (record["agent"], record["path"][-1]) == (li.name, ["services", str(WANTS_A_CALLBACK), "callback"])


async def test_who_asked_to_be_told_is_rung_when_it_is_solved_and_comes_to_an_engineer_by_a_key(scene: Scene, tmp_path: Path) -> None:
    supervisor = scene.house.supervisor
    declared = (await supervisor.post("/api/incidents", json={"product_line": "pcs", "text": "incident_outage"})).json()
    here = f"/api/incidents/{declared['incident']}"
    caller = await scene.call("pcs.L1", "1", key_every=WHEN_TOLD)
    await scene.hears(caller, "incident_key")
    await caller.presses_the_next_key()
    await scene.hears(caller, "incident_noted")
    await caller.hangs_up()
    first = await scene.ended(caller)
    li = await scene.agent("li.wei")

    async with customers(scene, tmp_path, {}) as phones:
        report = (await supervisor.post(f"{here}/solved", json={"tell": True})).json()
        assert [noted["number"] for noted in report["numbers"]] == [caller.ani]
        await meets(phones, caller.ani, "answered")
        await until(lambda: is_spoken(scene, "incident_solved_pcs"), "the news")
        phones.press_one(caller.ani)
        await li.becomes("talking")
        assert (li.pops[-1]["ani"], li.pops[-1]["product_line"], li.pops[-1]["level"]) == (caller.ani, "pcs", "L1")
        await says_goodbye(phones, caller.ani)
        await li.becomes("wrap_up")

    progress = (await supervisor.get(here)).json()["incident"]
    assert (progress["told"], progress["engineers"], progress["in_vain"], progress["telling"]) == (1, 1, 0, False)
    rows = await until(lambda: ended_calls_of(scene, caller.ani), "both calls in the records")
    assert [(row["queue"], row["agent"], row["end_cause"]) for row in rows] == [
        ("pcs.L1", None, "abandoned_waiting"), ("pcs.L1", "li.wei", "caller_hung_up"),
    ]  # fmt: skip
    of_first = select(story.c.body).where(story.c.call == first["id"], story.c.kind == "NewsChanged").order_by(story.c.sequence)
    assert [json.loads(row["body"])["state"] for row in await scene.house.rows(of_first)] == ["due", "ringing", "engineer"]


async def is_spoken(scene: Scene, prompt: str) -> bool:
    return f"hotline/{prompt}" in scene.hotline.asterisk.log.read_text(encoding="utf-8", errors="replace")


async def ended_calls_of(scene: Scene, ani: str) -> list[Any] | None:
    """Both calls of a number, once they are over."""
    rows = await scene.house.rows(select(calls).where(calls.c.ani == ani).order_by(calls.c.arrived_at))
    return list(rows) if [row["state"] for row in rows] == ["ended", "ended"] else None


async def test_a_customer_who_does_not_answer_is_tried_so_often_and_no_more(scene: Scene, tmp_path: Path) -> None:
    ani = scene.new_ani()
    async with customers(scene, tmp_path, {ani: Manner.SILENT}) as phones:
        caller = await promised(scene, ani)
        await scene.agent("li.wei")
        record = await scene.ended(caller, seconds=40)
        assert [line.what for line in phones.log()].count("invite") == 2
    assert record["end_cause"] == "callback_given_up"
    unreached = [event for _, event in scene.house.journal_of(record["id"]) if isinstance(event, CallbackUnreached)]
    assert [event.attempt for event in unreached] == [f"{record['id']}/b1", f"{record['id']}/b2"]
    assert (await scene.house.agent_view("li.wei"))["state"] == "ready"


async def test_a_customer_whose_agent_does_not_answer_waits_and_goes_to_the_next(scene: Scene, tmp_path: Path) -> None:
    ani = scene.new_ani()
    await scene.install_phones({"1001": Manner.SILENT})
    async with customers(scene, tmp_path, {}) as phones:
        caller = await promised(scene, ani)
        await scene.agent("li.wei")
        await meets(phones, ani, "answered")
        await scene.is_live(caller, "waiting")
        zhang = await scene.agent("zhang.min")
        await zhang.becomes("talking")
        assert [line.what for line in phones.log()].count("invite") == 1
        await says_goodbye(phones, ani)
        record = await scene.ended(caller)
    assert (record["agent"], record["offers"], record["end_cause"]) == ("zhang.min", 2, "caller_hung_up")


async def test_agent_first_the_agent_waits_on_the_line_for_the_customer(scene: Scene, tmp_path: Path) -> None:
    """The customer is not there the first time: the agent's line ends, and he is rung again for the next attempt. Then he asks another
    engineer, and gives the customer over to her."""
    ani = scene.new_ani()
    await scene.install_phones()
    async with customers(scene, tmp_path / "away", {ani: Manner.SILENT}) as phones:
        caller = await promised(scene, ani, AGENT_FIRST)
        chen = await scene.agent("chen.jie")
        await scene.is_live(caller, "calling_back")
        assert chen.pops[0]["callback"] == ani and chen.pops[0]["callback_order"] == "agent_first"
        await meets(phones, ani, "invite")
        own = next(view["phone"] for view in (await scene.house.board())["agents"] if view["agent"] == "chen.jie")
        await scene.phone_meets(own, "ended")
        assert (await scene.house.agent_view("chen.jie"))["state"] in ("ready", "reserved")
    async with customers(scene, tmp_path / "there", {}) as phones:
        await meets(phones, ani, "answered")
        await scene.is_live(caller, "talking")
        async with scene.house.manager_line.being_cut():
            await until(lambda: _not(scene.house.is_well()), "the loss noticed")
        await until(scene.house.is_well, "a look at what Asterisk has")
        await scene.is_live(caller, "talking")

        sun = await scene.agent("sun.li")
        await chen.asks(PACKET, queue="scanners.L2")
        await sun.has_read_the_handover((await sun.sees_pop_of(ani))["offer"])
        await sun.becomes("talking")
        await hear_each_other(scene, own, "1007")
        async with scene.house.manager_line.being_cut():
            await until(lambda: _not(scene.house.is_well()), "the loss noticed")
        await until(scene.house.is_well, "a look at what Asterisk has")
        assert (await scene.is_live(caller, "consulting"))["consulted"] == "sun.li"
        await chen.gives_over()
        await chen.becomes("wrap_up")
        await hear_each_other(scene, CALLER, "1007")
        await says_goodbye(phones, ani)
    await sun.becomes("wrap_up")
    record = await scene.ended(caller)
    assert (record["queue"], record["agent"], record["end_cause"]) == ("scanners.L2", "sun.li", "caller_hung_up")
    [kept] = await scene.house.rows(select(callbacks).where(callbacks.c.call == record["id"]))
    assert kept["state"] == "reached" and kept["unreached"] >= 1


async def test_who_calls_again_by_himself_takes_his_old_place_over(scene: Scene, tmp_path: Path) -> None:
    ani = scene.new_ani()
    await promised(scene, ani)
    promise = await scene.record(ani)
    between = await scene.call("pcs.L1")
    await scene.is_live(between, "waiting")
    again = await scene.call("pcs.L1", ani=ani)

    async def taken_over() -> bool:
        rows = [view for view in (await scene.house.board())["calls"] if view["ani"] == ani]
        return [view["state"] for view in rows] == ["waiting"]

    await until(taken_over, "one waiting call of his")
    li = await scene.agent("li.wei")
    await li.becomes("talking")
    assert [pop["ani"] for pop in li.pops] == [ani]
    await again.hangs_up()
    await scene.is_live(between, "talking")
    await between.hangs_up()

    async def called_off() -> bool:
        [row] = await scene.house.rows(select(calls).where(calls.c.id == promise["id"]))
        return bool(row["end_cause"] == "callback_cancelled")

    await until(called_off, "the promise called off in the records")


async def test_a_promise_outlives_the_engine_and_is_kept_once(scene: Scene, tmp_path: Path) -> None:
    ani = scene.new_ani()
    caller = await promised(scene, ani)
    await scene.hotline.stop_engine(signal.SIGKILL)
    await scene.hotline.start_engine()
    [promise] = [one for one in (await scene.house.board())["promises"] if one["number"] == ani]
    assert (promise["state"], promise["attempts"]) == ("promised", 0)
    async with customers(scene, tmp_path, {}) as phones:
        await scene.agent("li.wei")
        await scene.is_live(caller, "talking")
        await says_goodbye(phones, ani)
        record = await scene.ended(caller)
        assert [line.what for line in phones.log()].count("invite") == 1
    assert record["end_cause"] == "caller_hung_up"
    told = await scene.house.rows(select(story.c.body).where(story.c.call == record["id"], story.c.kind == "CallbackChanged"))
    assert [json.loads(row["body"])["state"] for row in told] == ["promised", "dialling", "reached"]


async def test_an_agent_promises_a_callback_for_later_which_is_made_then_though_the_engine_was_killed(scene: Scene, tmp_path: Path) -> None:
    ani = scene.new_ani()
    async with customers(scene, tmp_path, {}) as phones:
        li = await scene.agent("li.wei")
        caller = await scene.call("pcs.L1", ani=ani)
        await li.becomes("talking")
        first = (await scene.is_live(caller, "talking"))["call"]
        due_at = datetime.now(UTC) + timedelta(seconds=DUE_AFTER)
        await li.promises(due_at, "the spare part")
        with pytest.raises(DeskAnswered, match="promised_already"):
            await li.promises(due_at, "again")
        await caller.hangs_up()
        await scene.ended(caller)
        await scene.hotline.stop_engine(signal.SIGKILL)
        await scene.hotline.start_engine()
        await li.open_page()

        pop = await li.sees_pop_of(ani)
        assert (pop["call"] != first, pop["callback"]) == (True, ani)
        assert pop["promise"] == {"by": "li.wei", "due_at": due_at.isoformat().replace("+00:00", "Z"), "note": "the spare part"}
        await meets(phones, ani, "answered")
        [invited] = [line.at for line in phones.log() if line.what == "invite"]
        assert invited >= due_at
        await scene.phone_meets("1001", "answered", times=2)
        await scene.is_live(caller, "talking")
        await says_goodbye(phones, ani)
        await li.becomes("wrap_up")

    async def kept() -> bool:
        rows = await scene.house.rows(select(callbacks).where(callbacks.c.call == pop["call"]))
        return [(row["state"], row["number"]) for row in rows] == [("reached", ani)]

    await until(kept, "the promise kept in the records")


async def test_who_calls_a_closed_queue_is_promised_a_callback_which_a_supervisor_calls_off(scene: Scene) -> None:
    caller = await scene.call(CLOSED)
    await scene.is_live(caller, "promised")
    await caller.meets("ended")
    assert "left" not in caller.did(), "he heard it to its end"
    [promise] = [one for one in (await scene.house.board())["promises"] if one["number"] == caller.ani]
    assert datetime.fromisoformat(promise["next_at"]) - datetime.now(UTC) > timedelta(days=1)
    answer = await scene.house.supervisor.post(f"/api/callbacks/{promise['call']}/cancel", json={"reason": "solved by mail"})
    assert answer.status_code == httpx.codes.NO_CONTENT, answer.text
    record = await scene.ended(caller)
    assert record["end_cause"] == "callback_cancelled"
    page = (await scene.house.supervisor.get("/api/callbacks", params={"limit": "1"})).json()
    assert (page["callbacks"][0]["number"], page["callbacks"][0]["reason"]) == (caller.ani, "solved by mail")


async def test_who_has_no_number_that_can_be_dialled_is_offered_nothing_and_stays_in_hold(scene: Scene) -> None:
    caller = await scene.call("pcs.L1", "1", ani="reception", key_every=OFFERED_AFTER)
    await caller.meets("keyed")
    await scene.agent("li.wei")
    await scene.is_live(caller, "talking")
    await caller.hangs_up()
    record = await scene.ended(caller)
    assert record["agent"] == "li.wei"
    assert not [event for _, event in scene.house.journal_of(record["id"]) if isinstance(event, CallbackWanted)]
