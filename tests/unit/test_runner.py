"""The runner: facts first, then what follows; commands of one call in order; every failure comes back as an event."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from acd.effects import DialBack, Effect, HoldCall, RingAgent, ScreenPop, WithdrawPop
from acd.events import CallArrived, CallDiverted, CallerLeft, CommandFailed, Event, MenuChosen, OfferFailed, Ticked
from acd.journal import SqliteJournal
from acd.journal_pages import JournalPages
from acd.model import AgentId, CallbackOrder, CallId, HalfDone, IllegalTransition, Level, OfferId, OfferState, PhoneId, QueueId
from acd.news import NewsUntold, TellSolved
from acd.ports import EffectFailed, Unsure
from acd.runner import Runner
from acd.supervision import EndWatch, WatchCall, WatchEnded, WatchMode

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALL, OFFER, ANNA, QUEUE = CallId("main-1.1"), OfferId("main-1.1/o1"), AgentId("anna"), QueueId("printers.L2")
ARRIVED = CallArrived(CALL, "", "", "4008", "Unified")
POP = ScreenPop(OFFER, CALL, ANNA, "", "", "4008", "Unified", (), "printers", Level.L2, "zh", "standard", False, NOON, 0.0, "", 1)
RING = RingAgent(OFFER, CALL, ANNA, PhoneId("1001"), 12.0, QUEUE)
HOLD = HoldCall(CALL, QUEUE, "zh")
DIAL = DialBack(
    OFFER, CALL, ANNA, PhoneId("1001"), 12.0, QUEUE, "13900001111", "main-1.1/b1", CallbackOrder.CUSTOMER_FIRST, 30.0, "zh"
)  # fmt: skip


class ScriptedRouter:
    """Answers each kind of event with what it was told to."""

    def __init__(self, answers: dict[type, Any]) -> None:
        self.answers = answers
        self.handled: list[Event] = []
        self.deadline: datetime | None = None
        self.open = True
        self.stale: Event | None = None
        self.live: dict[CallId, None] = {}

    def handle(self, event: Event, now: datetime) -> list[Effect]:
        self.handled.append(event)
        answer = self.answers.get(type(event), [])
        if isinstance(answer, Exception):
            raise answer
        return list(answer)

    def next_deadline(self) -> datetime | None:
        return self.deadline

    def is_stale(self, event: Event) -> bool:
        return event == self.stale

    def calls(self) -> dict[CallId, None]:
        return self.live

    def offer_is_open(self, _: OfferId) -> bool:
        return self.open


class World:
    """Call control and desks that note what they are told, and refuse what they are told to refuse."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.refused: dict[type, Exception] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    async def _take(self, command: object) -> None:
        await self.gate.wait()
        if failure := self.refused.get(type(command)):
            raise failure
        self.told.append(command)

    hold = ring = dial_back = stop_ringing = send = hang_up = announce = tell_incident = tell_solved = hang_up_phones = _take
    consult = ask_outside = confer = join = _take
    watch = end_watch = take_over = _take
    show_pop = withdraw_pop = _take


class Followed:
    def __init__(self) -> None:
        self.sequences: list[int] = []

    def follow(self, sequence: int, at: datetime, event: Event, effects: Sequence[Effect]) -> None:
        self.sequences.append(sequence)

    memory = property(lambda self: list(self.sequences))

    def recall(self, memory: Any) -> None:
        self.sequences = memory


def running(answers: dict[type, Any], journal: SqliteJournal | None = None) -> tuple[Runner, ScriptedRouter, World, SqliteJournal]:
    router, world, kept = ScriptedRouter(answers), World(), journal or SqliteJournal(":memory:")
    runner = Runner(router, kept, [], lambda: NOON)  # type: ignore[arg-type]  # a scripted router stands in
    runner.start(world, world)
    return runner, router, world, kept


async def test_an_event_is_in_the_journal_before_the_router_sees_it() -> None:
    seen: list[int] = []
    runner, router, _, journal = running({})
    router.handle = lambda event, now: seen.append(len(list(journal.read()))) or []  # type: ignore[assignment,func-returns-value]
    await runner.submit(ARRIVED)
    assert seen == [1]


async def test_the_pop_is_shown_before_the_phone_is_rung() -> None:
    runner, _, world, _ = running({CallArrived: [POP, RING]})
    world.gate.clear()
    await runner.submit(ARRIVED)
    assert world.told == []
    world.gate.set()
    await runner.stop()
    assert world.told == [POP, RING]


async def test_a_customer_who_can_not_be_dialled_is_a_failed_offer() -> None:
    runner, router, world, _ = running({CallArrived: [POP, DIAL]})
    world.refused[DialBack] = EffectFailed("no line")
    await runner.submit(ARRIVED)
    await runner.stop()
    assert router.handled == [ARRIVED, OfferFailed(OFFER, "no line")]


@pytest.mark.parametrize("ring", [RING, DIAL])
async def test_nobody_is_rung_when_the_offer_is_over_by_the_time_the_pop_is_shown(ring: Effect) -> None:
    runner, router, world, _ = running({CallArrived: [POP, ring]})
    world.gate.clear()
    await runner.submit(ARRIVED)
    router.open = False
    world.gate.set()
    await runner.stop()
    assert world.told == [POP]


async def test_withdrawing_a_pop_does_not_wait_for_the_pop() -> None:
    withdrawn = WithdrawPop(OFFER, ANNA, OfferState.RESCINDED)
    runner, _, world, _ = running({CallArrived: [POP, RING], CallerLeft: [withdrawn]})
    shown = asyncio.Event()

    async def never_shown(_: ScreenPop) -> None:
        await shown.wait()

    world.show_pop = never_shown  # type: ignore[assignment]
    runner.start(world, world)
    await runner.submit(ARRIVED)
    await runner.submit(CallerLeft(CALL))
    await asyncio.sleep(0)
    assert world.told == [withdrawn]
    shown.set()
    await runner.stop()


@pytest.mark.parametrize("failure", [EffectFailed("Channel does not exist"), Unsure("no answer"), ConnectionError("gone")])
async def test_a_failed_ring_is_an_event_with_its_reason(failure: Exception) -> None:
    runner, router, world, _ = running({CallArrived: [RING]})
    world.refused[RingAgent] = failure
    await runner.submit(ARRIVED)
    await runner.stop()
    (event,) = router.handled[1:]
    assert isinstance(event, OfferFailed)
    assert event.unsure == isinstance(failure, Unsure)
    assert str(failure) in event.detail


async def test_a_failed_hold_is_an_event_too() -> None:
    runner, router, world, journal = running({CallArrived: [HOLD]})
    world.refused[HoldCall] = EffectFailed("no such channel")
    await runner.submit(ARRIVED)
    await runner.stop()
    expected = CommandFailed(CALL, "HoldCall", "no such channel")
    assert router.handled[1:] == [expected]
    assert [event for _, _, event in journal.read()][1:] == [expected]


async def test_a_refused_event_reaches_who_submitted_it_and_the_next_ones_go_on() -> None:
    runner, _, _, _ = running({CallArrived: IllegalTransition("not now")})
    with pytest.raises(IllegalTransition, match="not now"):
        await runner.submit(ARRIVED)
    assert await runner.submit(CallerLeft(CALL)) == []


async def test_who_reads_the_journal_is_not_told_of_what_was_refused(tmp_path: Path) -> None:
    runner, _, _, journal = running({CallArrived: IllegalTransition("not now")}, SqliteJournal(tmp_path / "journal.sqlite3"))
    with pytest.raises(IllegalTransition):
        await runner.submit(ARRIVED)
    await runner.submit(CallerLeft(CALL))
    await runner.stop()
    pages = JournalPages(tmp_path / "journal.sqlite3")
    assert [event.kind for event in pages.page(0, 10)[0]] == ["CallerLeft"]
    assert len(list(journal.read())) == 2
    pages.close()
    journal.close()


async def test_events_that_lead_to_nothing_share_a_transaction_and_keep_their_order() -> None:
    runner, router, _, journal = running({})
    commits: list[int] = []
    journal.commit = lambda: commits.append(1)  # type: ignore[method-assign]
    await asyncio.gather(*(runner.submit(CallerLeft(CallId(f"main-{number}"))) for number in range(5)))
    assert commits == []
    await runner.stop()
    assert commits == [1]
    assert [event.call for event in router.handled] == [f"main-{number}" for number in range(5)]  # type: ignore[union-attr]


async def test_an_event_that_could_not_be_journalled_is_not_handled_and_its_submitter_hears_of_it() -> None:
    runner, router, _, journal = running({})

    def full(_: object) -> int:
        raise OSError("no space left")

    journal.append = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no space"):
        await runner.submit(ARRIVED)
    assert router.handled == []


async def test_a_deadline_brings_a_tick() -> None:
    runner, router, _, _ = running({})
    ticked = asyncio.Event()
    router.deadline = NOON + timedelta(milliseconds=5)

    def handle(event: Event, now: datetime) -> list[Effect]:
        router.deadline = None
        assert isinstance(event, Ticked)
        ticked.set()
        return []

    router.handle = handle  # type: ignore[assignment]
    runner.keep_deadlines()
    await asyncio.wait_for(ticked.wait(), 5)


async def test_a_deadline_whose_tick_failed_is_tried_again_though_nothing_happens() -> None:
    runner, router, _, journal = running({})
    router.deadline = NOON - timedelta(seconds=1)
    ticked, append, failed = asyncio.Event(), journal.append, 0

    def handle(event: Event, now: datetime) -> list[Effect]:
        router.deadline = None
        ticked.set()
        return []

    def full(events: Any) -> int:
        nonlocal failed
        failed += 1
        journal.append = append  # type: ignore[method-assign]
        raise OSError("no space left")

    router.handle, journal.append = handle, full  # type: ignore[method-assign,assignment]
    runner.keep_deadlines()
    await asyncio.wait_for(ticked.wait(), 5)
    assert failed == 1
    await runner.stop()


async def test_after_a_restart_the_journal_is_replayed_without_carrying_anything_out() -> None:
    journal = SqliteJournal(":memory:")
    first, _, _, _ = running({CallArrived: [HOLD]}, journal)
    await first.submit(ARRIVED)
    await first.stop()
    router, world, followed = ScriptedRouter({CallArrived: [HOLD]}), World(), Followed()
    second = Runner(router, journal, [followed], lambda: NOON)  # type: ignore[arg-type]
    assert second.recover() == 1
    second.start(world, world)
    await second.submit(CallerLeft(CALL))
    await second.stop()
    assert router.handled == [ARRIVED, CallerLeft(CALL)]
    assert world.told == []
    assert followed.sequences == [1, 2]


async def test_time_never_runs_backwards_in_the_journal() -> None:
    times = iter([NOON, NOON - timedelta(hours=1), NOON + timedelta(seconds=1)])
    journal = SqliteJournal(":memory:")
    runner = Runner(ScriptedRouter({}), journal, [], lambda: next(times))  # type: ignore[arg-type]
    world = World()
    runner.start(world, world)
    for _ in range(3):
        await runner.submit(CallerLeft(CALL))
    assert [at for _, at, _ in journal.read()] == [NOON, NOON, NOON + timedelta(seconds=1)]


async def test_an_event_is_durable_before_what_follows_from_it_is_carried_out() -> None:
    runner, _, world, journal = running({CallArrived: [HOLD]})
    order: list[str] = []
    commit, take = journal.commit, world.hold
    journal.commit = lambda: (order.append("committed"), commit())[1]  # type: ignore[method-assign,func-returns-value]

    async def hold(command: object) -> None:
        order.append("held")
        await take(command)

    world.hold = hold  # type: ignore[assignment]
    runner.start(world, world)
    await runner.submit(ARRIVED)
    await runner.stop()
    assert order[:2] == ["committed", "held"]


async def test_an_event_that_leads_to_nothing_is_durable_soon() -> None:
    runner, _, _, journal = running({})
    committed = asyncio.Event()
    journal.commit = committed.set  # type: ignore[method-assign]
    await runner.submit(ARRIVED)
    assert not committed.is_set()
    await asyncio.wait_for(committed.wait(), 5)


async def test_while_the_disk_is_full_callers_are_served_and_it_is_said() -> None:
    runner, _, world, journal = running({CallArrived: [HOLD]})

    def full() -> None:
        raise OSError("no space left")

    commit, journal.commit = journal.commit, full  # type: ignore[method-assign]
    await runner.submit(ARRIVED)
    await asyncio.sleep(0)
    assert not runner.journal_is_well
    journal.commit = commit  # type: ignore[method-assign]
    await runner.stop()
    assert world.told == [HOLD]
    assert runner.journal_is_well
    assert [event for _, _, event in journal.read()] == [ARRIVED]


async def test_a_commit_that_failed_is_tried_again_by_itself_and_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acd.runner.COMMIT_AGAIN_SECONDS", 0.01)
    runner, _, _, journal = running({})
    committed, failures = asyncio.Event(), 0

    def commit() -> None:
        nonlocal failures
        if failures < 3:
            failures += 1
            raise OSError("no space left")
        committed.set()

    journal.commit = commit  # type: ignore[method-assign]
    with capture_logs() as said:
        assert not runner.make_durable()
        for _ in range(20):
            await runner.submit(ARRIVED)
        assert failures == 1, "who is served does not wait for a disk that is full"
        await asyncio.wait_for(committed.wait(), 5)
    assert runner.make_durable()
    assert [line["event"] for line in said] == ["journal_not_committed", "journal_committed_again"]


async def test_when_too_much_waits_for_the_disk_new_callers_are_not_taken_until_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is known is served; what the exchange's own queues do with the others is not kept; and nothing that was taken is lost."""
    monkeypatch.setattr("acd.runner.MOST_WAITING", 2)
    monkeypatch.setattr("acd.runner.COMMIT_AGAIN_SECONDS", 0.01)
    runner, router, _, journal = running({})
    router.live = {CALL: None}
    stranger, committed, commit = CallId("main-2.2"), asyncio.Event(), journal.commit

    def full() -> None:
        raise OSError("no space left")

    journal.commit = full  # type: ignore[method-assign]
    with capture_logs() as said:
        await runner.submit(ARRIVED)
        assert not runner.make_durable()
        assert runner.takes(stranger) and runner.takes_callers, "one waits, and two may"
        await runner.submit(MenuChosen(CALL, "product", "1", "printers"))
        assert not runner.make_durable()
        async with asyncio.timeout(5):
            while runner.takes_callers:
                await asyncio.sleep(0.005)
        assert not runner.takes(stranger) and runner.takes(CALL)
        assert await runner.submit(CallDiverted(stranger, "survival")) == ()
        assert await runner.submit(CallerLeft(stranger)) == ()
        await runner.submit(CallDiverted(CALL, "survival"))

        def there_is_room() -> None:
            commit()
            committed.set()

        journal.commit = there_is_room  # type: ignore[method-assign]
        await asyncio.wait_for(committed.wait(), 5)
        await asyncio.sleep(0)
    assert runner.takes(stranger) and runner.takes_callers
    assert [type(event) for _, _, event in journal.read()] == [CallArrived, MenuChosen, CallDiverted]
    assert [line["event"] for line in said] == ["journal_not_committed", "new_callers_go_to_survival", "journal_committed_again"]
    assert said[-1]["left_out"] == 2
    await runner.submit(CallDiverted(stranger, "survival"))
    assert router.handled[-1] == CallDiverted(stranger, "survival")
    await runner.stop()


async def test_a_report_that_cannot_be_taken_does_not_drop_the_calls_other_commands() -> None:
    runner, router, world, _ = running({CallArrived: [RING, HOLD]})
    world.refused[RingAgent] = EffectFailed("gone")
    router.answers[OfferFailed] = RuntimeError("the router's fault")
    await runner.submit(ARRIVED)
    await runner.stop()
    assert world.told == [HOLD]


async def test_what_was_told_before_is_not_written_down_again() -> None:
    runner, router, _, journal = running({})
    await runner.submit(ARRIVED)
    router.stale = CallerLeft(CALL)
    assert await runner.submit(CallerLeft(CALL)) == ()
    assert [event for _, _, event in journal.read()] == router.handled == [ARRIVED]


async def test_what_was_decided_before_a_fault_is_told_and_carried_out_for_the_router_remembers_it() -> None:
    router, world, followed, journal = ScriptedRouter({CallArrived: HalfDone([HOLD])}), World(), Followed(), SqliteJournal(":memory:")
    runner = Runner(router, journal, [followed], lambda: NOON)  # type: ignore[arg-type]  # a scripted router stands in
    runner.start(world, world)
    with pytest.raises(HalfDone):
        await runner.submit(ARRIVED)
    await runner.submit(CallerLeft(CALL))
    await runner.stop()
    assert world.told == [HOLD]
    assert followed.sequences == [1, 2]
    again = Followed()
    assert Runner(ScriptedRouter(router.answers), journal, [again], lambda: NOON).recover() == 2  # type: ignore[arg-type]
    assert again.sequences == [1, 2], "a replay tells the same"


async def test_a_command_of_which_no_answer_came_is_reported_as_one_that_may_have_been_carried_out() -> None:
    runner, router, world, _ = running({CallArrived: [HOLD]})
    world.refused[HoldCall] = Unsure("no answer within 5 s")
    await runner.submit(ARRIVED)
    await runner.stop()
    assert router.handled[1:] == [CommandFailed(CALL, "HoldCall", "no answer within 5 s", unsure=True)]


WATCH = WatchCall("main-1.1/w1", CALL, PhoneId("1001"), PhoneId("1900"), WatchMode.LISTEN, 12.0)
TELL = TellSolved(CALL, "main-1.1/n1", "13900001111", QUEUE, "printers", "zh", "standard", 20.0)


@pytest.mark.parametrize("command", [WATCH, EndWatch("main-1.1/w1", CALL), TELL])
async def test_what_may_have_rung_somebody_is_not_called_over_while_no_answer_came(command: Any) -> None:
    runner, router, world, _ = running({CallArrived: [command]})
    world.refused[type(command)] = Unsure("no answer within 5 s")
    await runner.submit(ARRIVED)
    await runner.stop()
    assert router.handled[1:] == [CommandFailed(CALL, type(command).__name__, "no answer within 5 s", unsure=True)]


@pytest.mark.parametrize(
    ("command", "told"), [(WATCH, WatchEnded(CALL, "main-1.1/w1", "gone")), (TELL, NewsUntold(CALL, "main-1.1/n1", "gone"))]
)
async def test_what_was_refused_is_over(command: Any, told: Event) -> None:
    runner, router, world, _ = running({CallArrived: [command]})
    world.refused[type(command)] = EffectFailed("gone")
    await runner.submit(ARRIVED)
    await runner.stop()
    assert router.handled[1:] == [told]
