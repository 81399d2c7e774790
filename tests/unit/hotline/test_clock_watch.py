"""The wall clock is set while the engine runs: queues open and close by it soon, and nothing that goes on becomes longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from acd.appointment import CallbackPromised
from acd.board import QueueView
from acd.effects import CallbackChanged, SendCall
from acd.events import CallQueued, PlanLoaded, Ticked
from acd.model import AgentId, CallbackState, CallId, CallState, Level, QueueId
from acd.plan import Calendar, CallbackRules, Hours, Overflow, Plan, ZoneChange
from acd.router import Router
from acd.supervision import QueueSwitched
from hotline.clock_watch import ClockWatch
from hotline.steady_clock import SteadyClock
from tests.unit.acd.scene import PLAN, Scene, queue

SHANGHAI = Calendar(8 * 3600.0)
OFFICE = tuple(Hours(weekday, 8.5 * 3600, 18 * 3600) for weekday in range(5))
CLOSED = Overflow("closed", to_destination="closed", when_closed=True, also_waiting=True)
PRINTERS = queue("printers", hours=OFFICE, calendar="shanghai", overflow=(CLOSED,), callback=CallbackRules())
OPEN_BY_DAY = replace(PLAN, queues=(PRINTERS, *PLAN.queues[1:]), calendars={"shanghai": SHANGHAI})
TEN_IN_SHANGHAI = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOURS = 3600.0


class Engine(Scene):
    """A router whose time is the steady clock's, and a wall clock that the test sets."""

    def __init__(self, started: datetime = TEN_IN_SHANGHAI) -> None:
        super().__init__(None)
        self.wall, self.monotonic = started.timestamp(), 0.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.monotonic)
        self.watch = ClockWatch(self.clock, self.router, self)
        self.timers_set = 0

    async def use_plan(self, plan: Plan) -> None:
        if plan != self.router.plan:
            self.now = max(self.now, self.clock()) if self.story else self.clock()
            self(PlanLoaded(plan))

    def keep_deadlines(self) -> None:
        self.timers_set += 1

    async def goes_on(self, seconds: float, a_look_every: float = 5.0) -> list[object]:
        happened: list[object] = []
        for _ in range(int(seconds / a_look_every)):
            self.wall += a_look_every
            self.monotonic += a_look_every
            self.now = max(self.now, self.clock())
            happened += self(Ticked())
            await self.watch.look()
            happened += self.effects
        return happened

    def printers(self) -> QueueView:
        return next(view for view in self.router.board(self.now).queues if view.queue == QueueId("printers.L1"))


async def started(at: datetime = TEN_IN_SHANGHAI) -> Engine:
    engine = Engine(at)
    await engine.watch.use(OPEN_BY_DAY)
    return engine


@pytest.mark.parametrize("set_by", [10 * HOURS, -5 * HOURS])
async def test_a_queue_closes_within_seconds_of_the_clocks_setting_and_a_wait_stays_as_long_as_it_was(set_by: float) -> None:
    """It was ten, or so the clock showed; in truth it is eight in the evening, or five in the morning."""
    engine = await started()
    in_menu = engine.call("1", product_line="servers")
    assert engine.printers().is_open
    await engine.goes_on(20)
    engine.wall += set_by
    await engine.goes_on(10)
    assert not engine.printers().is_open
    waited = engine.now - engine.live(in_menu).arrived_at
    assert timedelta(seconds=29) <= waited <= timedelta(seconds=32)


async def test_who_waits_when_the_clock_shows_that_it_is_closed_is_sent_where_closing_sends_him() -> None:
    engine = await started()
    call = engine.call("1")
    engine.wall += 10 * HOURS
    happened = await engine.goes_on(10)
    assert [(one.call, one.destination) for one in happened if isinstance(one, SendCall)] == [(call, "closed")]


async def test_a_queue_opens_at_its_time_by_the_wall_clock_while_the_two_are_apart() -> None:
    """Set back from ten to eight: it closes, and opens at half past eight."""
    engine = await started()
    engine.call("1", product_line="servers")
    engine.wall -= 2 * HOURS
    await engine.goes_on(10)
    assert not engine.printers().is_open
    await engine.goes_on(29 * 60)
    assert not engine.printers().is_open
    await engine.goes_on(2 * 60)
    assert engine.printers().is_open


async def test_time_goes_on_evenly_for_the_router_all_the_while() -> None:
    engine = await started()
    engine.call("1", product_line="servers")
    engine.wall -= 10 * HOURS
    await engine.goes_on(600)
    times = [at for at, _ in engine.story]
    assert times == sorted(times)
    assert timedelta(seconds=500) < times[-1] - TEN_IN_SHANGHAI < timedelta(seconds=600)


async def test_while_nobody_is_here_what_is_written_down_has_the_wall_clocks_time_at_once_and_deadlines_are_looked_at_anew() -> None:
    engine = await started()
    engine.wall += 3 * HOURS
    await engine.goes_on(5)
    assert engine.clock().timestamp() == pytest.approx(engine.wall)
    assert engine.router.plan == OPEN_BY_DAY
    assert engine.timers_set == 1


async def test_with_the_last_caller_gone_it_follows() -> None:
    from acd.events import CallerLeft

    engine = await started()
    call = engine.call("1", product_line="servers")
    engine.wall += 3 * HOURS
    await engine.goes_on(5)
    assert engine.router.plan.ahead_seconds == pytest.approx(3 * HOURS, abs=1)
    engine(CallerLeft(call))
    await engine.goes_on(5)
    assert engine.router.plan == OPEN_BY_DAY


async def test_a_difference_that_is_made_up_for_in_minutes_is_nobodys_business() -> None:
    engine = await started()
    engine.call("1", product_line="servers")
    engine.wall -= 25
    await engine.goes_on(60)
    assert engine.router.plan == OPEN_BY_DAY


async def test_a_start_with_a_clock_behind_the_journal_goes_by_the_wall_clocks_hours_from_the_beginning() -> None:
    engine = Engine(datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    engine.clock.not_before(TEN_IN_SHANGHAI)
    await engine.watch.use(OPEN_BY_DAY)
    assert not engine.printers().is_open


async def test_a_promise_and_a_supervisors_word_hold_until_the_wall_clock_shows_their_time() -> None:
    """Set back by an hour, while a promise for noon and a word until noon were kept: both have an hour longer."""
    engine = await started()
    noon = TEN_IN_SHANGHAI + timedelta(hours=2)
    call = engine.call("1", product_line="servers")
    engine(QueueSwitched(QueueId("printers.L1"), False, noon, "sup", "a meeting"))
    engine(CallbackPromised(call, CallId("main-p1.a"), AgentId("ann"), noon, "13900001111", "printers", Level.L1, "zh"))
    engine.wall -= 1 * HOURS
    await engine.goes_on(2.9 * HOURS, a_look_every=30.0)
    assert not engine.printers().is_open
    assert CallId("main-p1.a") not in engine.router.calls()
    await engine.goes_on(0.2 * HOURS, a_look_every=30.0)
    assert engine.printers().is_open
    assert engine.live(CallId("main-p1.a")).state is CallState.PROMISED


async def test_a_promise_made_while_the_two_are_apart_is_for_the_wall_clocks_time() -> None:
    engine = await started()
    call = engine.call("1", product_line="servers")
    engine.wall += 3 * HOURS
    await engine.goes_on(10)
    three = TEN_IN_SHANGHAI + timedelta(hours=5)
    engine(CallbackPromised(call, CallId("main-p1.a"), AgentId("ann"), three, "13900001111", "printers", Level.L1, "zh"))
    assert [(told.state, told.next_at) for told in engine.of(CallbackChanged)] == [(CallbackState.PROMISED, three)]
    await engine.goes_on(1.9 * HOURS, a_look_every=30.0)
    assert CallId("main-p1.a") not in engine.router.calls()
    await engine.goes_on(0.2 * HOURS, a_look_every=30.0)
    assert CallId("main-p1.a") in engine.router.calls()


async def test_summer_time_begins_by_the_wall_clock() -> None:
    """At 02:00 UTC the zone's clocks go from ten to eleven, of which the steady clock knows by the wall's."""
    change = ZoneChange(TEN_IN_SHANGHAI.timestamp(), 9 * 3600.0)
    until_eleven = tuple(Hours(weekday, 8.5 * 3600, 11 * 3600) for weekday in range(5))
    summer = replace(
        OPEN_BY_DAY, queues=(replace(PRINTERS, hours=until_eleven),), calendars={"shanghai": replace(SHANGHAI, zone_changes=(change,))}
    )
    engine = Engine(TEN_IN_SHANGHAI - timedelta(hours=3))
    await engine.watch.use(summer)
    engine.call("1", product_line="servers")
    engine.wall += 3 * HOURS - 60
    await engine.goes_on(10)
    assert engine.printers().is_open
    await engine.goes_on(60)
    assert not engine.printers().is_open


async def test_the_router_goes_the_same_way_when_it_is_told_again() -> None:
    engine = await started()
    engine.call("1", product_line="servers")
    engine(CallQueued(engine.call("2"), "printers", Level.L1, "zh"))
    engine.wall -= 5 * HOURS
    await engine.goes_on(120)
    again = Router()
    for at, event in engine.story:
        again.handle(event, at)
    assert again.state() == engine.router.state()
