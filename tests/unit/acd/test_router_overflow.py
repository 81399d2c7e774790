from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acd.effects import CallChanged, CallOverflowed, HoldCall, SendCall
from acd.events import CallerLeft, CommandFailed, OfferFailed, OfferMissed, OfferRinging, PlanLoaded
from acd.hours import is_open, next_change
from acd.instants import micros
from acd.model import CallState, EndCause, Level, MissCause, QueueId
from acd.overflow import LOOK_AGAIN_SECONDS
from acd.plan import Hours, Overflow, Plan, ZoneChange
from tests.unit.acd.scene import NINE, PLAN, Scene, agent, queue

HOUR = 3600.0
MONDAY_TO_FRIDAY = tuple(Hours(weekday, 8.5 * HOUR, 18 * HOUR) for weekday in range(5))
"""The test's clock stands at 9:00 UTC on a Monday, which is 17:00 in Shanghai."""
SHANGHAI = 8 * HOUR


def with_rules(*rules: Overflow, hours: tuple[Hours, ...] = (), **changes: object) -> Plan:
    queues = (queue("printers", overflow=rules, hours=hours), queue("printers", Level.L2), queue("servers"))
    return replace(PLAN, queues=queues, zone_offset_seconds=SHANGHAI, **changes)  # type: ignore[arg-type]


CLOSED = Overflow("closed", to_destination="closed-announcement", when_closed=True)
FULL = Overflow("full", to_destination="voicemail", when_waiting=2)


def test_a_full_queue_sends_the_next_caller_elsewhere() -> None:
    scene = Scene(with_rules(FULL))
    scene.call("1")
    scene.call("2")
    third = scene.call("3")
    assert scene.first(SendCall) == SendCall(third, "voicemail")
    assert scene.of(HoldCall) == []
    assert scene.live(third).state is CallState.DIVERTED
    assert scene.first(CallOverflowed).rule == "full"
    figures = scene.router.board(scene.now).queues[0]
    assert (figures.offered, figures.waiting, figures.flowed_out) == (3, 2, 1)
    scene(CallerLeft(third))
    assert scene.first(CallChanged).cause is EndCause.DIVERTED


def test_a_place_that_became_free_counts() -> None:
    scene = Scene(with_rules(FULL))
    scene.call("1")
    scene(CallerLeft(scene.call("2")))
    assert scene.live(scene.call("3")).state is CallState.WAITING


def test_overflow_to_another_queue_keeps_the_wait_clock() -> None:
    scene = Scene(with_rules(Overflow("to L2", to_queue=QueueId("printers.L2"), after_seconds=20.0)))
    call = scene.call("1")
    arrived = scene.live(call).arrived_at
    scene.later(20.0)
    assert scene.first(CallOverflowed).to_queue == "printers.L2"
    assert (scene.live(call).queue_id, scene.live(call).arrived_at) == ("printers.L2", arrived)
    scene.ready("bob")
    assert scene.offered() == [(call, "bob")]


def test_rules_that_point_at_each_other_do_not_send_a_call_round_in_circles() -> None:
    there, back = Overflow("there", to_queue=QueueId("servers.L1")), Overflow("back", to_queue=QueueId("printers.L1"))
    scene = Scene(replace(PLAN, queues=(queue("printers", overflow=(there,)), queue("servers", overflow=(back,)))))
    call = scene.call("1")
    assert [overflowed.rule for overflowed in scene.of(CallOverflowed)] == ["there"]
    assert scene.live(call).queue_id == "servers.L1"


def test_a_rule_to_a_queue_that_is_not_there_lets_the_caller_wait() -> None:
    scene = Scene(with_rules(Overflow("nowhere", to_queue=QueueId("teapots.L1"))))
    assert scene.live(scene.call("1")).state is CallState.WAITING


def test_a_long_expected_wait_sends_elsewhere_and_so_does_nobody_at_work() -> None:
    rule = Overflow("too long", to_destination="voicemail", when_expected_seconds=300.0)
    scene = Scene(with_rules(rule, handling_seconds=200.0))
    assert scene.live(scene.call("nobody")).state is CallState.DIVERTED
    scene.ready("ann")
    scene.talking("0")
    assert scene.live(scene.call("1")).state is CallState.WAITING
    assert scene.live(scene.call("2")).state is CallState.DIVERTED, "400 s"


def test_every_condition_of_a_rule_must_hold() -> None:
    scene = Scene(with_rules(replace(FULL, after_seconds=30.0)))
    calls = [scene.call(str(number)) for number in range(3)]
    assert all(scene.live(call).state is CallState.WAITING for call in calls)
    scene.later(30.0)
    assert [effect.call for effect in scene.of(SendCall)] == calls[:1], "then only one other waits"


def test_a_caller_who_comes_when_it_is_closed_hears_so() -> None:
    scene = Scene(with_rules(CLOSED, hours=MONDAY_TO_FRIDAY))
    assert scene.live(scene.call("in time")).state is CallState.WAITING
    scene.later(HOUR)
    late = scene.call("late")
    assert scene.first(SendCall) == SendCall(late, "closed-announcement")


def test_at_closing_time_those_who_wait_are_still_served() -> None:
    scene = Scene(with_rules(CLOSED, hours=MONDAY_TO_FRIDAY))
    call = scene.call("1")
    scene.later(2 * HOUR)
    scene.ready("ann")
    assert scene.offered() == [(call, "ann")]


def test_at_closing_time_a_rule_may_send_away_those_who_wait_too() -> None:
    scene = Scene(with_rules(replace(CLOSED, also_waiting=True), hours=MONDAY_TO_FRIDAY))
    calls = [scene.call("1"), scene.call("2")]
    scene.later(HOUR)
    assert [effect.call for effect in scene.of(SendCall)] == calls


@pytest.mark.parametrize(
    ("rule", "later"),
    [(replace(CLOSED, also_waiting=True), HOUR), (Overflow("long", to_destination="closed-announcement", after_seconds=60.0), 60.0)],
)
@pytest.mark.parametrize("ends", [lambda offer: OfferMissed(offer, MissCause.NO_ANSWER), lambda offer: OfferFailed(offer, "no")])
def test_what_a_rule_wanted_while_a_phone_rang_is_done_when_nobody_answered(rule: Overflow, later: float, ends: Any) -> None:
    scene = Scene(with_rules(rule, hours=MONDAY_TO_FRIDAY))
    call = scene.call("1")
    scene.later(later - 10.0)
    scene.ready("ann", "bob")
    offer = scene.offer(call)
    scene(OfferRinging(offer))
    assert scene.later(15.0) == [], "who is being offered is left alone"
    scene(ends(offer))
    assert scene.first(SendCall) == SendCall(call, "closed-announcement")
    assert scene.offered() == []


def test_a_rule_that_was_looked_at_before_the_phone_rang_is_not_looked_at_again_after_it() -> None:
    full_later = replace(FULL, after_seconds=10.0, when_waiting=1)
    scene = Scene(with_rules(full_later))
    call = scene.call("1")
    scene.later(20.0)
    scene.ready("ann")
    offer = scene.offer(call)
    scene.call("2")
    scene(OfferMissed(offer, MissCause.NO_ANSWER), after=5.0)
    assert scene.live(call).state is CallState.WAITING


def test_a_conversation_goes_on_after_closing_time() -> None:
    scene = Scene(with_rules(replace(CLOSED, also_waiting=True), hours=MONDAY_TO_FRIDAY))
    scene.ready("ann")
    call = scene.talking("1")
    scene.later(HOUR)
    assert scene.live(call).state is CallState.TALKING


@pytest.mark.parametrize(
    ("hours_later", "open_then"),
    [(0.0, True), (0.99, True), (1.0, False), (15.49, False), (15.5, True), (24 * 5.0, False), (24 * 7.0, True)],
)
def test_hours_are_those_of_the_plans_zone(hours_later: float, open_then: bool) -> None:
    plan = with_rules(hours=MONDAY_TO_FRIDAY)
    assert is_open(plan, plan.queues[0], micros(NINE + timedelta(hours=hours_later))) == open_then


def test_a_closed_day_is_closed_for_queues_that_have_hours() -> None:
    plan = with_rules(hours=MONDAY_TO_FRIDAY, closed_days=("2026-03-03",))
    tuesday = micros(NINE + timedelta(days=1))
    assert [is_open(plan, each, tuesday) for each in plan.queues] == [False, True, True]
    assert next_change(plan, micros(NINE + timedelta(hours=1))) == micros(NINE + timedelta(days=1, hours=15.5))


def test_a_queue_without_hours_never_closes() -> None:
    assert next_change(PLAN, micros(NINE)) is None


def test_a_send_that_failed_is_given_again() -> None:
    scene = Scene(with_rules(Overflow("all", to_destination="voicemail")))
    call = scene.call("1")
    scene(CommandFailed(call, "SendCall", "no connection"))
    scene.later(1.0)
    assert scene.first(SendCall) == SendCall(call, "voicemail")


def test_a_new_plans_rules_of_elapsed_wait_hold_for_those_who_wait() -> None:
    scene = Scene(with_rules())
    call = scene.call("1")
    scene(PlanLoaded(with_rules(Overflow("late", to_destination="voicemail", after_seconds=50.0))))
    assert scene.live(call).state is CallState.WAITING
    scene.later(50.0)
    assert scene.live(call).state is CallState.DIVERTED


def test_hours_follow_the_zones_summer_time() -> None:
    """Berlin, opening at 9: an hour earlier by UTC from the last Sunday of March 2026 on."""
    forward = ZoneChange(datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp(), 2 * HOUR)
    nine = (Hours(0, 9 * HOUR, 17 * HOUR),)
    plan = replace(with_rules(hours=nine), zone_offset_seconds=HOUR, zone_changes=(forward,))
    before, after = datetime(2026, 3, 23, 8, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    for opens in (before, after):
        assert is_open(plan, plan.queues[0], micros(opens))
        assert not is_open(plan, plan.queues[0], micros(opens) - 1)
    assert next_change(plan, micros(before + timedelta(days=1))) == micros(after), "looked at before the change"


# ---- lunch, other centres, and when it opens again

NOON_IN_SHANGHAI = tuple(Hours(weekday, 17 * HOUR, 18 * HOUR) for weekday in range(5))
"""The test's clock stands at its begin: that is when these people eat."""
COVER = Overflow("lunch", to_queue=QueueId("printers.L2"), during=NOON_IN_SHANGHAI)


def test_at_lunch_another_queue_takes_the_callers_and_not_after_it() -> None:
    scene = Scene(with_rules(COVER))
    assert scene.live(scene.call("1")).queue_id == "printers.L2"
    scene.later(HOUR)
    assert scene.live(scene.call("2")).queue_id == "printers.L1"


def test_who_waits_when_lunch_begins_goes_too_where_the_rule_says_so() -> None:
    later = tuple(replace(one, opens_seconds=one.opens_seconds + 600) for one in NOON_IN_SHANGHAI)
    scene = Scene(with_rules(replace(COVER, during=later, also_waiting=True)))
    call = scene.call("1")
    scene.later(601.0)
    assert scene.live(call).queue_id == "printers.L2"


def test_the_night_is_taken_over_by_a_centre_that_is_open_and_by_none_that_is_closed() -> None:
    """Whoever is next in line and open takes it: closed ones are passed over."""
    rules = [Overflow(name, to_queue=QueueId(name), when_closed=True) for name in ("printers.L2", "servers.L1")]
    plan = with_rules(*rules, CLOSED, hours=(Hours(0, 0.0, HOUR),))
    west, east, other = plan.queues
    asleep = replace(east, hours=(Hours(0, 0.0, HOUR),))
    awake = Scene(replace(plan, queues=(west, asleep, other)))
    assert awake.live(awake.call("1")).queue_id == "servers.L1"
    nobody = Scene(replace(plan, queues=(west, asleep, replace(other, hours=(Hours(0, 0.0, HOUR),)))))
    call = nobody.call("1")
    assert nobody.first(SendCall) == SendCall(call, "closed-announcement")


def test_a_destination_that_tells_it_is_told_when_the_queue_opens_again() -> None:
    scene = Scene(with_rules(CLOSED, hours=(Hours(1, 8.5 * HOUR, 18 * HOUR),), tells_opening=("closed-announcement",)))
    call = scene.call("1")
    sent = scene.first(SendCall)
    assert sent == SendCall(call, "closed-announcement", "tomorrow_0830")
    scene(CommandFailed(call, "SendCall", "not connected", unsure=True))
    assert [one for one in scene.later(2.0) if isinstance(one, SendCall)] == [sent], "when it is given again, too"


def test_who_takes_the_other_queues_calls_takes_what_overflows_to_it() -> None:
    plan = with_rules(Overflow("to servers", to_queue=QueueId("servers.L1"), after_seconds=20.0))
    scene = Scene(replace(plan, agents=(agent("sven", "product:servers", "lang:zh", "level:L1"),)))
    scene.ready("sven")
    call = scene.call("1")
    assert scene.offered() == []
    scene.later(20.0)
    assert scene.offered() == [(call, "sven")]


def test_a_rule_whose_other_condition_holds_later_is_applied_then() -> None:
    scene = Scene(with_rules(Overflow("long and full", to_destination="voicemail", after_seconds=60.0, when_waiting=1)))
    first = scene.call("1")
    scene.later(61.0)
    assert scene.live(first).state is CallState.WAITING
    scene.call("2")
    scene.later(LOOK_AGAIN_SECONDS)
    assert scene.first(SendCall) == SendCall(first, "voicemail")
