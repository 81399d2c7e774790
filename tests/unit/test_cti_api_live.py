"""What pages are shown as it happens, without sockets: a page here is its outbox."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from acd.effects import WithdrawPop
from acd.events import DeskSeen, PhoneSeen, Ticked
from acd.model import AgentState, OfferState, PhoneId
from cti.api_live import BOARD_EVERY_SECONDS, HISTORY_LIMIT_SECONDS, SHOWN_LIMIT_SECONDS
from cti.api_pages import CLOSE_SESSION_OVER, CLOSE_TOO_SLOW, MOST_UNSENT, Page
from cti.api_sessions import Session
from ivr.line import VERDICT_SECONDS
from tests.unit.cti_api_house import HOSTILE_NAME, LI, WANG, House, house, pop, waiting_call


@pytest.fixture
def built() -> House:
    return house()


def page_of(agent: str | None, role: str = "agent") -> Page:
    return Page(Session(f"session of {agent}", agent or "chen", role, agent, "zh", "version"))


async def joined(built: House, agent: str | None = LI, role: str = "agent") -> Page:
    page = page_of(agent, role)
    await built.live.join(page)
    return page


def sent(page: Page) -> list[dict[str, Any]]:
    """What is in the outbox; takes it out."""
    messages = [json.loads(text) for text, _ in page._unsent]
    page._unsent.clear()
    return messages


def kinds(page: Page) -> list[str]:
    return [message["kind"] for message in sent(page)]


async def next_of(page: Page, kind: str) -> dict[str, Any]:
    """The next message of ``kind``."""
    async with asyncio.timeout(2):
        while True:
            text = await page.take()
            assert text is not None
            message: dict[str, Any] = json.loads(text)
            if message["kind"] == kind:
                return message


def seconds() -> float:
    return asyncio.get_running_loop().time()


# ---- pops ----------------------------------------------------------------------------------------------------------------------


async def test_a_pop_returns_when_the_page_has_shown_it(built: House) -> None:
    page, shown = await joined(built), pop()
    showing = asyncio.create_task(built.live.show_pop(shown))
    message = await next_of(page, "pop")
    assert not showing.done()
    built.live.pop_shown(LI, shown.offer)
    async with asyncio.timeout(SHOWN_LIMIT_SECONDS / 2):
        await showing
    assert (message["ani"], message["dnis"], message["entry"]) == ("13800138000", "8008101234", "Printer line (old)")
    assert message["path"][0] == {"menu": "language", "digits": "1", "choice": "mandarin"}
    assert [call["outcome"] for call in message["earlier_calls"]] == ["agent_hung_up", "abandoned_waiting"]
    assert message["phase"] == "offered"


async def test_a_pop_returns_at_once_when_no_page_is_open(built: House) -> None:
    built.history.gate.clear()
    showing = asyncio.create_task(built.live.show_pop(pop()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert showing.done(), "it waited for something"
    await showing


async def test_a_page_that_does_not_answer_delays_the_ringing_only_so_long(built: House) -> None:
    await joined(built)
    started = seconds()
    await built.live.show_pop(pop())
    assert SHOWN_LIMIT_SECONDS * 0.9 < seconds() - started < SHOWN_LIMIT_SECONDS + HISTORY_LIMIT_SECONDS + 0.1


def test_two_pages_that_do_not_answer_do_not_cost_the_caller_the_engine() -> None:
    assert 2 * (SHOWN_LIMIT_SECONDS + HISTORY_LIMIT_SECONDS) < VERDICT_SECONDS


async def test_another_agents_page_cannot_say_that_the_pop_is_shown(built: House) -> None:
    await joined(built, WANG)
    page, shown = await joined(built), pop()
    showing = asyncio.create_task(built.live.show_pop(shown))
    await next_of(page, "pop")
    built.live.pop_shown(WANG, shown.offer)
    built.live.pop_shown(None, shown.offer)
    built.live.pop_shown(LI, pop("another").offer)
    await asyncio.sleep(0)
    assert not showing.done()
    await showing


async def test_a_slow_history_does_not_hold_up_the_pop_and_follows_it(built: House) -> None:
    built.history.gate.clear()
    page, shown = await joined(built), pop()
    started = seconds()
    showing = asyncio.create_task(built.live.show_pop(shown))
    message = await next_of(page, "pop")
    assert seconds() - started < HISTORY_LIMIT_SECONDS + 0.1
    assert message["earlier_calls"] is None
    built.history.gate.set()
    late = await next_of(page, "earlier_calls")
    assert late["offer"] == shown.offer
    assert len(late["earlier_calls"]) == 2
    await showing


async def test_a_history_that_fails_is_told_as_not_known(built: House) -> None:
    async def broken(ani: str, limit: int) -> list[Any]:
        raise OSError("the disk is gone")

    built.history.earlier_calls = broken  # type: ignore[method-assign]
    page = await joined(built)
    showing = asyncio.create_task(built.live.show_pop(pop()))
    assert (await next_of(page, "pop"))["earlier_calls"] is None
    assert (await next_of(page, "earlier_calls"))["earlier_calls"] is None
    await showing


async def test_a_withheld_number_has_no_history(built: House) -> None:
    page = await joined(built)
    showing = asyncio.create_task(built.live.show_pop(pop(ani="")))
    assert (await next_of(page, "pop"))["earlier_calls"] == []
    await showing


async def test_a_caller_who_hangs_up_meanwhile_ends_the_waiting_for_the_page(built: House) -> None:
    page, shown = await joined(built), pop()
    showing = asyncio.create_task(built.live.show_pop(shown))
    await next_of(page, "pop")
    built.engine.offer_becomes(shown, OfferState.RESCINDED)
    async with asyncio.timeout(SHOWN_LIMIT_SECONDS / 2):
        await showing
    await built.live.withdraw_pop(WithdrawPop(shown.offer, LI, OfferState.RESCINDED))
    assert (await next_of(page, "pop_withdrawn"))["outcome"] == "rescinded"


async def test_a_pop_withdrawn_while_history_is_looked_up_is_never_shown(built: House) -> None:
    built.history.gate.clear()
    page, shown = await joined(built), pop()
    showing = asyncio.create_task(built.live.show_pop(shown))
    await asyncio.sleep(0)
    await built.live.withdraw_pop(WithdrawPop(shown.offer, LI, OfferState.RESCINDED))
    await showing
    assert "pop" not in kinds(page)


async def test_a_pop_withdrawn_before_it_was_shown_is_never_shown(built: House) -> None:
    page, shown = await joined(built), pop()
    built.engine.offer_becomes(shown, OfferState.RESCINDED)
    await built.live.show_pop(shown)
    assert "pop" not in kinds(page)


async def test_all_pages_of_an_agent_are_shown_his_pop_and_no_others(built: House) -> None:
    first, second, other = await joined(built), await joined(built), await joined(built, WANG)
    showing = asyncio.create_task(built.live.show_pop(pop()))
    await next_of(first, "pop")
    await next_of(second, "pop")
    await showing
    assert "pop" not in kinds(other)


async def test_names_from_the_network_arrive_as_they_are(built: House) -> None:
    page = await joined(built)
    for number, name in enumerate((HOSTILE_NAME, "\ud83d half a pair", "\x00\x1b[2J")):
        showing = asyncio.create_task(built.live.show_pop(pop(f"o{number}", name=name)))
        assert (await next_of(page, "pop"))["ani_name"] == name
        await showing


# ---- the call goes on -----------------------------------------------------------------------------------------------------------


async def test_a_page_is_told_how_its_call_goes_on(built: House) -> None:
    page, shown = await joined(built), pop()
    built.engine.reserve(shown)
    await built.live.show_pop(shown)
    built.engine.offer_becomes(shown, OfferState.RINGING)
    assert (await next_of(page, "call"))["phase"] == "ringing"
    built.engine.answer(shown)
    talking = await next_of(page, "call")
    assert (talking["phase"], talking["answered_at"]) == ("talking", talking["since"])
    built.engine.hang_up(shown)
    assert (await next_of(page, "call"))["phase"] == "wrap_up"
    built.engine.tell(Ticked(), [built.engine.set(LI, AgentState.READY)])
    assert (await next_of(page, "call"))["phase"] == "closed"


async def test_who_comes_back_is_shown_state_and_card_again(built: House) -> None:
    shown = pop()
    built.engine.reserve(shown)
    built.engine.answer(shown)
    page = await joined(built)
    assert (await next_of(page, "agent"))["agent"]["state"] == "talking"
    replayed = await next_of(page, "pop")
    assert (replayed["offer"], replayed["phase"], replayed["why_you"]) == (shown.offer, "talking", shown.why_you)
    assert len((await next_of(page, "earlier_calls"))["earlier_calls"]) == 2


async def test_a_talk_whose_pop_nobody_knows_any_more_still_has_a_card(built: House) -> None:
    call = waiting_call(ani="041187654321")
    built.engine.calls[call.call] = call
    built.engine.set(LI, AgentState.TALKING, "call", call=call.call)
    page = await joined(built)
    message = await next_of(page, "pop")
    assert (message["ani"], message["phase"], message["offer"]) == ("041187654321", "talking", "")


async def test_following_a_replayed_journal_needs_no_engine_and_no_loop() -> None:
    def replay() -> House:
        built = house()
        built.live._engine = None
        shown = pop()
        built.live.follow(1, shown.arrived_at, Ticked(), [shown])
        return built

    built = await asyncio.to_thread(replay)
    assert built.live._cards.of(LI) is not None


# ---- states and boards ----------------------------------------------------------------------------------------------------------


async def test_an_agent_sees_his_state_at_once_and_nobody_elses(built: House) -> None:
    page = await joined(built)
    sent(page)
    built.engine.tell(Ticked(), [built.engine.set(WANG, AgentState.READY)])
    built.engine.tell(Ticked(), [built.engine.set(LI, AgentState.READY)])
    started = seconds()
    assert (await next_of(page, "agent"))["agent"]["agent"] == LI
    assert seconds() - started < 0.1
    await asyncio.sleep(0.05)
    assert kinds(page) == []


async def test_an_agent_sees_when_his_phone_is_gone(built: House) -> None:
    built.engine.set(LI, AgentState.READY, phone=PhoneId("1001"), phone_reachable=False)
    page = await joined(built)
    sent(page)
    built.engine.tell(PhoneSeen(PhoneId("1001"), False), [])
    assert (await next_of(page, "agent"))["agent"]["phone_reachable"] is False


async def test_an_agent_whom_a_new_plan_has_no_longer_sees_that_he_is_logged_out(built: House) -> None:
    """The board does not have him any more; his page would go on showing the state before."""
    built.engine.set(LI, AgentState.READY, phone=PhoneId("1001"))
    page = await joined(built)
    sent(page)
    removed = built.engine.set(LI, AgentState.LOGGED_OUT, "removed")
    del built.engine.agents[LI]
    for _ in range(2):
        built.engine.tell(Ticked(), [removed])
    view = (await next_of(page, "agent"))["agent"]
    assert (view["state"], view["cause"], view["phone"]) == ("logged_out", "removed", None)
    await asyncio.sleep(0.05)
    assert kinds(page) == []


async def test_many_changes_at_once_read_the_agents_a_few_times_and_no_board(built: House) -> None:
    await joined(built)
    before, agents_before = built.engine.boards_read, built.engine.agents_read
    for _ in range(200):
        built.engine.tell(Ticked(), [built.engine.set(LI, AgentState.READY)])
    await asyncio.sleep(0.1)
    assert built.engine.boards_read == before, "of those who wait nothing is asked"
    assert 1 <= built.engine.agents_read - agents_before <= 2


async def test_a_supervisor_sees_the_board_when_he_comes_and_when_it_changes(built: House) -> None:
    page = await joined(built, None, "supervisor")
    assert (await next_of(page, "board"))["board"]["calls"] == []
    built.engine.add_call(waiting_call())
    changes = (await next_of(page, "board_changes"))["changes"]
    assert changes["calls"]["put"][0]["why_waiting"] == "2 agents with product:printers, both talking"
    assert [queue["waiting"] for queue in changes["queues"]["put"]] == [1]
    assert changes.keys() == {"calls", "queues"}


async def test_a_console_that_has_not_read_the_last_changes_is_sent_the_whole_instead(built: House) -> None:
    reading, slow = await joined(built, None, "supervisor"), await joined(built, None, "supervisor")
    assert kinds(reading) == ["board"]
    built.engine.add_call(waiting_call("main-1.1"))
    await next_of(reading, "board_changes")
    built.engine.add_call(waiting_call("main-1.2"))
    await next_of(reading, "board_changes")
    [message] = sent(slow)
    assert [call["call"] for call in message["board"]["calls"]] == ["main-1.1", "main-1.2"]


async def test_who_comes_later_begins_with_what_the_others_know(built: House) -> None:
    first = await joined(built, None, "supervisor")
    sent(first)
    built.engine.calls[waiting_call().call] = waiting_call()  # comes and goes between two looks
    second = await joined(built, None, "supervisor")
    assert [call["call"] for call in sent(second)[0]["board"]["calls"]] == [waiting_call().call]
    assert [message["kind"] for message in sent(first)] == ["board_changes"]
    built.engine.calls.clear()
    built.engine.tell(Ticked(), [built.engine.set(LI, AgentState.READY)])
    for page in (first, second):
        assert (await next_of(page, "board_changes"))["changes"]["calls"] == {"put": [], "gone": [waiting_call().call]}


async def test_boards_come_no_more_often_than_stated(built: House) -> None:
    page = await joined(built, None, "supervisor")
    sent(page)
    arrivals, started = [], seconds()
    for number in range(60):
        built.engine.add_call(waiting_call(f"main-1.{number}"))
        await asyncio.sleep(0.01)
        arrivals += kinds(page)
    assert 2 <= len(arrivals) <= (seconds() - started) / BOARD_EVERY_SECONDS + 1


async def test_time_alone_sends_no_board(built: House) -> None:
    page = await joined(built, None, "supervisor")
    await built.engine.submit(Ticked())
    built.engine.add_call(waiting_call())
    await asyncio.sleep(BOARD_EVERY_SECONDS * 1.5)
    sent(page)
    await built.engine.submit(PhoneSeen(PhoneId("1001"), True))  # which changes nothing here
    await asyncio.sleep(BOARD_EVERY_SECONDS * 1.5)
    assert kinds(page) == []


async def test_agents_are_not_sent_the_board(built: House) -> None:
    page = await joined(built)
    built.engine.add_call(waiting_call())
    await asyncio.sleep(BOARD_EVERY_SECONDS * 1.5)
    assert "board" not in kinds(page)


# ---- pages --------------------------------------------------------------------------------------------------------------------


async def test_the_router_hears_of_the_first_page_and_of_the_last(built: House) -> None:
    first, second = await joined(built), await joined(built)
    await built.live.leave(first)
    assert built.engine.events == [DeskSeen(LI, True)]
    await built.live.leave(second)
    await built.live.leave(second)
    assert built.engine.events == [DeskSeen(LI, True), DeskSeen(LI, False)]


async def test_a_page_that_does_not_read_is_closed() -> None:
    page = page_of(LI)
    for number in range(MOST_UNSENT + 1):
        page.put(str(number))
    assert page.close_code == CLOSE_TOO_SLOW
    assert await page.take() is None
    await page.closed()


async def test_boards_that_were_not_read_take_one_place() -> None:
    page = page_of(None)
    page.put("hello")
    for number in range(MOST_UNSENT * 3):
        page.put(f"board {number}", replaces="board")
    assert [await page.take(), await page.take()] == ["hello", f"board {MOST_UNSENT * 3 - 1}"]
    assert page.close_code is None


async def test_signing_out_closes_that_sessions_pages_only(built: House) -> None:
    li, wang = await joined(built), await joined(built, WANG)
    built.live.end_session(li.session)
    assert (li.close_code, wang.close_code) == (CLOSE_SESSION_OVER, None)
