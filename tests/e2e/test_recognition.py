"""Who calls: a known customer is back with his engineer by one key, and whatever the customers' source does, nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from acd.events import CallArrived, CallerRecognised, MenuChosen
from acd.records import calls
from hotline.simulated_callers import WHEN_TOLD, Visit
from tests.e2e.quick_config import SHORT_WELCOME
from tests.e2e.reload import configured
from tests.e2e.scene import STAYS, Caller, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

TEACHER_LIN = "+8613800010002"
"""Customer C-1002 of the shipped file, where it is written 13800010002: an open printer case, which Sun Li works on."""


async def test_a_returning_caller_presses_1_and_is_with_his_engineer(scene: Scene) -> None:
    zhao = await scene.agent("zhao.lei")
    sun = await scene.agent("sun.li")
    caller = await scene.call(SHORT_WELCOME, "1", key_every=WHEN_TOLD, ani=TEACHER_LIN)
    await scene.hears(caller, "continue_case_printers")
    await caller.presses_the_next_key()

    pop = await sun.sees_pop_of(TEACHER_LIN)
    await sun.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert [(person["name"], person["products"]) for person in pop["customers"]] == [("晨光小学 · 林老师", ["打印机 LP400 (SN LP4-33871)"])]
    assert (pop["customer"], pop["case"]) == ("C-1002", "T-203885")
    assert (record["queue"], record["agent"], offer["step"]) == ("printers.L2", "sun.li", "promised engineer")
    assert (record["customer"], record["customer_case"], record["language"]) == ("C-1002", "T-203885", "zh")
    assert record["path"] == [["continue_case", "1", "case_printers"]]
    assert not zhao.pops


async def test_whose_case_is_keyed_is_the_customer_and_hears_of_it_before_his_engineer_takes_the_call(scene: Scene) -> None:
    """From a number that nobody has. He stays on the line when he has heard all of it: a row of prompts, of which each could be played."""
    line = len(scene.house.said_since())
    sun = await scene.agent("sun.li")
    keys = [(0.8, "9"), (0.8, "3"), (0.8, "2"), *((0.0, digit) for digit in "03885"), (1.0, "1")]  # the number once it is asked for
    visit = Visit(SHORT_WELCOME, scene.new_ani(), "", tuple(keys), STAYS)
    caller = Caller(await scene.calls([visit]), visit.ani)

    pop = await sun.sees_pop_of(caller.ani, 60)
    await sun.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (pop["customer"], pop["case"]) == ("C-1002", "T-203885")
    assert [person["name"] for person in pop["customers"]] == ["晨光小学 · 林老师"]
    assert (record["queue"], record["agent"], record["customer"]) == ("printers.L2", "sun.li", "C-1002")
    assert not [said for said in scene.house.said_since(line) if said["event"] == "prompt can't be played"]


async def test_who_keys_his_customer_number_is_known_by_it(scene: Scene) -> None:
    def asking(rows: dict[str, Any]) -> None:
        rows["customers"]["ask_number"] = True

    async with configured(scene.house, asking):
        keys = [(WHEN_TOLD, "3"), (WHEN_TOLD, "1"), *((0.0, key) for key in "002#")]
        visit = Visit(SHORT_WELCOME, scene.new_ani(), "", tuple(keys), STAYS)
        caller = Caller(await scene.calls([visit]), visit.ani)
        for question in ("choose_first", "ask_number"):  # who keys in the welcome knows his way, and is not asked
            await scene.hears(caller, question)
            await caller.presses_the_next_key()
        _, recognised = await scene.happened(caller, CallerRecognised)
        await caller.hangs_up()

    assert [customer.id for customer in recognised.customers] == ["C-1002"]
    assert (await scene.ended(caller))["customer"] == "C-1002"


async def test_who_withholds_his_number_is_a_stranger_whose_call_goes_on(scene: Scene) -> None:
    caller = await scene.call(SHORT_WELCOME, "32", ani="anonymous")
    of_him = select(calls).where(calls.c.dnis == SHORT_WELCOME, calls.c.ani == "", calls.c.state == "waiting")

    async def waits() -> Any:
        return await scene.house.rows(of_him)

    [record] = await until(waits, "the anonymous caller waiting")
    await caller.hangs_up()

    assert (record["customer"], record["segment"], record["queue"]) == (None, "standard", "printers.L2")


@asynccontextmanager
async def service_that_never_answers(port: int) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Whoever asked it."""
    asked: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: asked.append(writer), "127.0.0.1", port)
    try:
        yield asked
    finally:
        server.close()
        for writer in asked:
            writer.close()


async def test_a_service_that_never_answers_delays_nobody_and_is_left_alone(scene: Scene) -> None:
    line, port = len(scene.house.said_since()), next(scene.house.caller_ports)
    async with service_that_never_answers(port) as asked:

        def dead(rows: dict[str, Any]) -> None:
            rows["customers"] = {"http": {"url": f"http://127.0.0.1:{port}/callers"}, "failures_to_pause": 2, "pause_seconds": 60}

        async with configured(scene.house, dead):
            for _ in range(3):
                caller = await scene.call(SHORT_WELCOME, "1", key_every=1.5)
                arrived, _ = await scene.happened(caller, CallArrived)
                chosen, choice = await scene.happened(caller, MenuChosen)
                await caller.hangs_up()
                assert (choice.menu, choice.digits) == ("first", "1")
                assert (chosen - arrived).total_seconds() < 6, "the key takes up to two seconds"
                assert not [event for _, event in scene.house.journal_of(choice.call) if isinstance(event, CallerRecognised)]
        assert len(asked) == 2
    said = [entry["problem"] for entry in scene.house.said_since(line) if entry["event"] == "customer_source_fails"]
    assert said == ["no answer within 0.3 s"]
