"""What became of each stay in a queue and how long its parts took, as the real router tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from acd.effects import Effect, OfferMade
from acd.events import (
    AgentWentReady,
    CallbackReached,
    CallbackWanted,
    CallDiverted,
    CallerLeft,
    CallHandedOn,
    ConsultAsked,
    ConsultCompleted,
    ConsultTakenBack,
    Event,
    JoinFailed,
    OfferAnswered,
    OfferMissed,
    OfferRinging,
    TalkEnded,
    WrapUpEnded,
)
from acd.model import AgentId, CallId, MissCause, QueueId
from acd.plan import CallbackRules, Overflow, Plan
from acd.stays import Became, CameBy, Stay, Stays
from acd.working_time import WorkingQuarter, WorkingTime, shared_out
from tests.unit.acd.scene import PLAN, Scene, queue

ANN, BOB = AgentId("ann"), AgentId("bob")
L1, L2 = QueueId("printers.L1"), QueueId("printers.L2")


class KeptScene(Scene):
    """A scene whose stays and working time are kept, as the records keep them."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.stays, self.working = Stays(), WorkingTime()
        self.kept: dict[str, Stay] = {}
        self.quarters: dict[tuple[str, int], WorkingQuarter] = {}
        super().__init__(plan)

    def __call__(self, event: Event, after: float = 0.0) -> list[Effect]:
        effects = super().__call__(event, after)
        self.kept |= {stay.id: stay for stay in self.stays.follow(self.now, event, effects)}
        self.quarters |= {(row.agent, row.quarter): row for row in self.working.follow(self.now, effects)}
        return effects

    def answered(self, name: str, wait: float = 0.0, ring: float = 0.0) -> CallId:
        """A caller who is answered after so long of waiting and ringing; an agent is free."""
        call = self.call(name)
        self.later(wait)
        self(OfferRinging(self.offer(call)))
        self(OfferAnswered(self.offer(call)), after=ring)
        return call


def told(scene: KeptScene) -> list[tuple[str, CameBy, Became]]:
    return [(stay.queue, stay.came_by, stay.became) for stay in scene.kept.values()]


@pytest.mark.parametrize(
    ("patience", "became"), [(3.0, Became.ABANDONED_SHORT), (15.0, Became.ABANDONED_IN_TIME), (60.0, Became.ABANDONED_LATE)]
)
def test_who_leaves_is_told_by_how_long_he_waited(patience: float, became: Became) -> None:
    scene = KeptScene()
    scene(CallerLeft(scene.call("1")), after=patience)
    (stay,) = scene.kept.values()
    assert (stay.became, stay.waited_seconds, stay.entry, stay.agent) == (became, patience, "unified", None)


def test_a_calls_parts_are_wait_ring_talk_and_after_call_work() -> None:
    scene = KeptScene()
    scene.ready("ann")
    call = scene.answered("1", wait=2.0, ring=4.0)
    scene(TalkEnded(call, ANN), after=100.0)
    scene(CallerLeft(call), after=1.0)
    scene(WrapUpEnded(ANN, "solved"), after=19.0)
    (stay,) = scene.kept.values()
    assert (stay.became, stay.agent, stay.handled, stay.came_by) == (Became.ANSWERED_IN_TIME, ANN, True, CameBy.MENU)
    assert (stay.waited_seconds, stay.ring_seconds, stay.talk_seconds, stay.hold_seconds, stay.wrap_up_seconds) == (6, 4, 100, 0, 20)
    assert not scene.stays.visits and not scene.stays.by_agent, "nothing is remembered of what is over"


def test_who_is_answered_after_the_queues_threshold_is_late() -> None:
    scene = KeptScene()
    scene.ready("ann")
    scene.answered("1", wait=15.0, ring=6.0)
    assert told(scene) == [(L1, CameBy.MENU, Became.ANSWERED_LATE)]


def test_a_missed_offer_is_no_new_stay_and_its_ringing_does_not_count() -> None:
    scene = KeptScene()
    scene.ready("ann")
    call = scene.call("1")
    scene(OfferRinging(scene.offer(call)))
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER), after=12.0)
    scene(AgentWentReady(ANN), after=20.0)
    scene(OfferRinging(scene.offer(call)))
    scene(OfferAnswered(scene.offer(call)), after=3.0)
    (stay,) = scene.kept.values()
    assert (stay.ring_seconds, stay.became) == (3.0, Became.ANSWERED_LATE)
    offers, missed = (sum(getattr(row, name) for row in scene.quarters.values()) for name in ("offers", "missed"))
    assert (offers, missed) == (2, 1)


def test_a_call_that_is_handed_on_has_a_stay_in_each_queue_and_bounces_when_it_comes_back() -> None:
    scene = KeptScene()
    scene.ready("ann", "bob")
    call = scene.answered("1")
    scene(CallHandedOn(call, ANN, to_queue=L2), after=60.0)
    scene(OfferAnswered(scene.offer(call)), after=21.0)
    scene(WrapUpEnded(ANN), after=4.0)
    scene(CallHandedOn(call, BOB, to_queue=L1), after=10.0)
    first, second, third = scene.kept.values()
    assert [stay.handed_on for stay in (first, second, third)] == [True, True, False]
    assert [stay.bounced for stay in (first, second, third)] == [False, False, True]
    assert [stay.came_by for stay in (first, second, third)] == [CameBy.MENU, CameBy.TRANSFER, CameBy.TRANSFER]
    assert (second.became, second.waited_seconds) == (Became.ANSWERED_LATE, 21.0), "the wait in this queue"
    assert (first.talk_seconds, first.wrap_up_seconds, second.talk_seconds) == (60.0, 25.0, 14.0)


def test_the_caller_is_held_while_his_agent_asks_and_the_other_one_has_a_stay_when_it_is_given_over() -> None:
    scene = KeptScene()
    scene.ready("ann")
    call = scene.answered("1")
    scene.ready("bob")
    scene(ConsultAsked(call, ANN, to_queue=L2), after=9.0)
    offer = scene.first(OfferMade).offer
    scene(OfferRinging(offer))
    scene(OfferAnswered(offer), after=5.0)
    scene(ConsultCompleted(call, ANN), after=15.0)
    scene(CallerLeft(call), after=40.0)
    asked, given = scene.kept.values()
    assert (asked.talk_seconds, asked.hold_seconds, asked.handed_on) == (10.0, 20.0, True)
    assert (given.queue, given.came_by, given.became, given.agent, given.talk_seconds) == (L2, CameBy.CONSULT, Became.TAKEN, BOB, 40.0)


def test_talk_goes_on_when_the_agent_is_back_from_asking() -> None:
    scene = KeptScene()
    scene.ready("ann")
    call = scene.answered("1")
    scene.ready("bob")
    scene(ConsultAsked(call, ANN, to_queue=L2), after=9.0)
    scene(OfferRinging(scene.first(OfferMade).offer))
    scene(ConsultTakenBack(call, ANN), after=5.0)
    scene(CallerLeft(call), after=40.0)
    (stay,) = scene.kept.values()
    assert (stay.talk_seconds, stay.hold_seconds) == (50.0, 5.0)


def test_who_lost_his_agent_is_offered_once_more() -> None:
    scene = KeptScene()
    scene.ready("ann")
    call = scene.answered("1")
    scene(JoinFailed(call), after=10.0)
    assert [stay.came_by for stay in scene.kept.values()] == [CameBy.MENU, CameBy.RETURNED]


def test_a_rule_sends_a_call_out_of_one_queue_into_the_next() -> None:
    rules = (Overflow("help", to_queue=L2, after_seconds=30.0),)
    scene = KeptScene(replace(PLAN, queues=(queue("printers", overflow=rules), *PLAN.queues[1:])))
    call = scene.call("1")
    scene.later(30.0)
    scene(CallerLeft(call), after=10.0)
    assert told(scene) == [(L1, CameBy.MENU, Became.FLOWED_OUT), (L2, CameBy.OVERFLOW, Became.ABANDONED_IN_TIME)]
    assert [stay.waited_seconds for stay in scene.kept.values()] == [30.0, 10.0]


@pytest.mark.parametrize("more", [{"to_queue": L2}, {"to_destination": "closed"}])
def test_a_rule_that_holds_as_the_call_joins_counts_in_both_queues(more: dict[str, QueueId]) -> None:
    rules = (Overflow("help", when_waiting=0, **more),)  # type: ignore[arg-type]
    scene = KeptScene(replace(PLAN, queues=(queue("printers", overflow=rules), *PLAN.queues[1:])))
    scene.call("1")
    first, *others = told(scene)
    assert first == (L1, CameBy.MENU, Became.FLOWED_OUT)
    assert others == ([(L2, CameBy.OVERFLOW, Became.OPEN)] if "to_queue" in more else [])


def test_who_is_diverted_flowed_out() -> None:
    scene = KeptScene()
    scene(CallDiverted(scene.call("1"), "survival"), after=8.0)
    assert told(scene) == [(L1, CameBy.MENU, Became.FLOWED_OUT)]


def test_a_promised_callback_flowed_out_and_the_conversation_that_keeps_it_was_not_offered() -> None:
    rules = CallbackRules(when_expected_seconds=0.0)
    scene = KeptScene(replace(PLAN, queues=(queue("printers", callback=rules), *PLAN.queues[1:])))
    call = scene.call("1")
    scene(CallbackWanted(call, "13900001111"), after=50.0)
    scene(CallerLeft(call))
    assert told(scene) == [(L1, CameBy.MENU, Became.FLOWED_OUT)]
    scene.ready("ann")
    scene(OfferAnswered(scene.offer(call)), after=5.0)
    callback = scene.live(call).callback
    assert callback is not None
    scene(CallbackReached(call, callback.attempt), after=9.0)
    scene(CallerLeft(call), after=60.0)
    assert told(scene)[1:] == [(L1, CameBy.CALLBACK, Became.TAKEN)]
    assert list(scene.kept.values())[1].talk_seconds == 60.0


def test_a_state_is_shared_out_among_the_quarters_that_it_lasts_through() -> None:
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    parts = list(shared_out(noon - timedelta(minutes=5), noon + timedelta(minutes=31, microseconds=1)))
    assert [seconds for _, seconds in parts] == [300.0, 900.0, 900.0, 60.000001]
    assert list(shared_out(noon, noon)) == []


def test_a_quarters_states_fill_it_and_no_more() -> None:
    scene = KeptScene()
    scene.ready("ann")
    begun = scene.now
    for number in range(30):
        call = scene.answered(str(number), wait=3.0, ring=5.0)
        scene(TalkEnded(call, ANN), after=55.0 + number)
        scene(CallerLeft(call))
        scene(WrapUpEnded(ANN), after=20.0)
        scene.later(31.0)
    rows = [row for row in scene.quarters.values() if row.agent == ANN]
    sums = [row.ready_seconds + row.reserved_seconds + row.talking_seconds + row.wrap_up_seconds for row in rows]
    assert all(sums[place] == pytest.approx(900.0) for place in range(1, len(sums) - 1))
    assert sum(row.talking_seconds for row in rows) == pytest.approx(sum(55.0 + number for number in range(30)))
    assert sum(row.offers for row in rows) == 30
    assert sum(sums) == pytest.approx((scene.now - begun).total_seconds() - 31.0), "the state that he is in comes when it is over"
    assert len(scene.working.quarters[ANN]) <= 2, "past quarters are forgotten"


def test_a_call_that_nobody_takes_outside_the_house_comes_back_as_a_stay_that_has_bounced() -> None:
    scene = KeptScene(replace(PLAN, outside_lines=("partner",)))
    scene.ready("ann")
    call = scene.answered("1")
    scene(CallHandedOn(call, ANN, to_destination="partner"), after=60.0)
    scene(JoinFailed(call), after=10.0)
    assert told(scene) == [(L1, CameBy.MENU, Became.ANSWERED_IN_TIME), (L1, CameBy.RETURNED, Became.OPEN)]
    assert [stay.bounced for stay in scene.kept.values()] == [False, True]
