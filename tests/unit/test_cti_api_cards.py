"""An agent's card through its phases, from notices alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from acd.effects import AgentChanged, Effect, OfferChanged, ScreenPop
from acd.model import AgentState, OfferState
from cti.api_cards import REMEMBERED_OFFERS, Cards, Phase
from tests.unit.cti_api_house import LI, pop

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def agent_becomes(state: AgentState) -> AgentChanged:
    return AgentChanged(LI, state, "", None, AgentState.READY, START)


def offer_becomes(shown: ScreenPop, state: OfferState) -> OfferChanged:
    return OfferChanged(shown.offer, shown.call, shown.agent, state)


def phases_after(cards: Cards, *effects: Effect) -> list[Phase]:
    phases = []
    for minute, effect in enumerate(effects):
        phases += [card.phase for card in cards.follow(START + timedelta(minutes=minute), [effect])]
    return phases


def test_a_call_that_is_answered_goes_through_every_phase() -> None:
    cards, shown = Cards(), pop()
    went = phases_after(
        cards, shown, offer_becomes(shown, OfferState.RINGING), offer_becomes(shown, OfferState.ACCEPTED),
        agent_becomes(AgentState.TALKING), agent_becomes(AgentState.WRAP_UP), agent_becomes(AgentState.READY),
    )  # fmt: skip
    assert went == [Phase.RINGING, Phase.TALKING, Phase.WRAP_UP, Phase.CLOSED]
    assert cards.of(LI) is None


def test_the_waiting_is_over_when_the_call_is_answered() -> None:
    cards, shown = Cards(), pop()
    phases_after(cards, shown, offer_becomes(shown, OfferState.ACCEPTED), agent_becomes(AgentState.WRAP_UP))
    card = cards.of(LI)
    assert card is not None
    assert card.answered_at == START + timedelta(minutes=1)
    assert card.since == START + timedelta(minutes=2)


def test_an_offer_that_comes_to_nothing_leaves_no_card() -> None:
    for outcome in (OfferState.MISSED, OfferState.RESCINDED, OfferState.FAILED):
        cards, shown = Cards(), pop()
        phases_after(cards, shown, offer_becomes(shown, outcome))
        assert cards.of(LI) is None


def test_a_pop_that_comes_after_its_withdrawal_opens_no_card() -> None:
    cards, shown = Cards(), pop()
    cards.withdraw(LI, shown.offer)
    assert cards.open(shown, START) is None
    assert cards.of(LI) is None


def test_the_agent_going_reserved_ready_or_back_does_not_close_a_card_that_was_not_answered() -> None:
    cards, shown = Cards(), pop()
    assert phases_after(cards, shown, agent_becomes(AgentState.READY)) == []
    assert cards.of(LI) is not None


def test_news_of_an_older_offer_do_not_touch_the_newer_card() -> None:
    cards, old, new = Cards(), pop("o1"), pop("o2")
    assert phases_after(cards, old, new, offer_becomes(old, OfferState.ACCEPTED), offer_becomes(old, OfferState.MISSED)) == []
    card = cards.of(LI)
    assert card is not None
    assert (card.pop.offer, card.phase) == ("o2", Phase.OFFERED)


def test_the_memory_of_offers_that_are_over_is_bounded() -> None:
    cards = Cards()
    for number in range(REMEMBERED_OFFERS + 50):
        cards.withdraw(LI, pop(f"o{number}").offer)
    assert len(cards._over) == REMEMBERED_OFFERS
