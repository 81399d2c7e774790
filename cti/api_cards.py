"""What an agent's page shows of the call at hand: one card per agent, from the offer to the end of the wrap-up.

Decides which phase a card is in, from the router's notices alone; so a replay of the journal brings the cards back. It knows
no sockets and no history.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from acd.board import CallView
from acd.effects import AgentChanged, CallChanged, ConsultChanged, Effect, OfferChanged, ScreenPop
from acd.events import Event
from acd.model import AgentId, AgentState, CallId, CallState, Level, OfferId, OfferState
from acd.recording import RecordingBegan, RecordingPaused

REMEMBERED_OFFERS = 4096
"""So many offers that are over are remembered, so that a pop which comes too late is not shown."""


class Phase(StrEnum):
    """Where the call of a card is, as its agent sees it."""

    OFFERED = "offered"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


PHASE_OF_OFFER = {OfferState.RINGING: Phase.RINGING, OfferState.ACCEPTED: Phase.TALKING}
OFFER_OVER = frozenset({OfferState.MISSED, OfferState.RESCINDED, OfferState.FAILED})
CALL_IS_DONE = frozenset({AgentState.READY, AgentState.NOT_READY, AgentState.LOGGED_OUT})
"""An agent in one of these has nothing more to do with the call that he talked to."""
RECORDED_IN = frozenset({CallState.OFFERED, CallState.CALLING_BACK, CallState.TALKING, CallState.CONSULTING})
"""A call in any other state is not recorded any more."""
ANSWERED = frozenset({Phase.TALKING, Phase.WRAP_UP})


@dataclass(slots=True)
class Card:
    """One agent's card. ``since`` is when ``phase`` began, ``answered_at`` when the waiting was over."""

    pop: ScreenPop
    since: datetime
    phase: Phase = Phase.OFFERED
    answered_at: datetime | None = None
    consult: ConsultChanged | None = None
    """How another agent's being asked about this call went, or goes: on the cards of both."""

    def enter(self, phase: Phase, at: datetime) -> bool:
        """Go on to ``phase``; False when the card is in it already."""
        if phase is self.phase:
            return False
        self.phase, self.since = phase, at
        if phase is Phase.TALKING:
            self.answered_at = at
        return True


class Cards:
    """The cards of all agents; each agent has one at most."""

    def __init__(self) -> None:
        self._open: dict[AgentId, Card] = {}
        self._over: OrderedDict[OfferId, None] = OrderedDict()
        self._recorded: dict[CallId, Literal["on", "paused"]] = {}

    def of(self, agent: AgentId) -> Card | None:
        """The agent's card, if he has one."""
        return self._open.get(agent)

    def recording(self, call: CallId) -> Literal["", "on", "paused"]:
        """Whether the call is recorded, as far as Asterisk has said so."""
        return self._recorded.get(call, "")

    def open(self, pop: ScreenPop, at: datetime) -> Card | None:
        """The card of this offer, made when it is new; None when the offer is over already."""
        if pop.offer in self._over:
            return None
        card = self._open.get(pop.agent)
        if card is None or card.pop.offer != pop.offer:
            card = self._open[pop.agent] = Card(pop, at)
        return card

    def withdraw(self, agent: AgentId, offer: OfferId) -> None:
        """The offer came to nothing: its card goes, now or when it comes."""
        self._over[offer] = None
        if len(self._over) > REMEMBERED_OFFERS:
            self._over.popitem(last=False)
        card = self._open.get(agent)
        if card is not None and card.pop.offer == offer:
            del self._open[agent]

    def follow(self, at: datetime, effects: Sequence[Effect], event: Event | None = None) -> list[Card]:
        """Take the notices in; return the cards whose phase changed, a closed one for the last time."""
        changed = self._on_recording(event)
        for effect in effects:
            card = self._step(at, effect)
            if card is not None:
                changed.append(card)
            elif isinstance(effect, ConsultChanged):
                changed += self._on_consult(effect)
        return changed

    def _on_recording(self, event: Event | None) -> list[Card]:
        match event:
            case RecordingBegan(call):
                self._recorded[call] = "on"
            case RecordingPaused(call, paused) if call in self._recorded:
                self._recorded[call] = "paused" if paused else "on"
            case _:
                return []
        return [card for card in self._open.values() if card.pop.call == call]

    def _on_consult(self, notice: ConsultChanged) -> list[Card]:
        both = [agent for agent in (notice.agent, notice.consulted) if agent is not None]
        cards = [card for agent in both if (card := self._open.get(agent)) and card.pop.call == notice.call]
        for card in cards:
            card.consult = notice
        return cards

    def _step(self, at: datetime, effect: Effect) -> Card | None:
        match effect:
            case ScreenPop():
                self.open(effect, at)
            case OfferChanged():
                return self._on_offer(at, effect)
            case CallChanged(call, state) if state not in RECORDED_IN:
                self._recorded.pop(call, None)
            case AgentChanged():
                return self._on_agent(at, effect)
            case _:
                pass
        return None

    def _on_offer(self, at: datetime, notice: OfferChanged) -> Card | None:
        if notice.state in OFFER_OVER:
            self.withdraw(notice.agent, notice.offer)
            return None
        card = self._open.get(notice.agent)
        phase = PHASE_OF_OFFER.get(notice.state)
        if card is None or phase is None or card.pop.offer != notice.offer:
            return None
        return card if card.enter(phase, at) else None

    def _on_agent(self, at: datetime, notice: AgentChanged) -> Card | None:
        card = self._open.get(notice.agent)
        if card is None or card.phase not in ANSWERED:
            return None
        if notice.state is AgentState.WRAP_UP:
            return card if card.enter(Phase.WRAP_UP, at) else None
        if notice.state in CALL_IS_DONE:
            del self._open[notice.agent]
            card.enter(Phase.CLOSED, at)
            return card
        return None


def card_of_call(call: CallView, agent: AgentId) -> Card:
    """A card for a call whose pop is not known any more, from what the board still knows of it."""
    pop = ScreenPop(
        offer=OfferId(""), call=CallId(call.call), agent=agent, ani=call.ani, ani_name=call.ani_name, dnis=call.dnis, entry=call.entry,
        path=(), product_line=call.product_line or "", level=call.level or Level.L1, language=call.language or "", segment=call.segment,
        urgent=call.urgent, arrived_at=call.arrived_at, waited_seconds=(call.state_since - call.arrived_at).total_seconds(),
        why_you="", attempt=1,
    )  # fmt: skip
    return Card(pop, call.state_since, Phase.TALKING, call.state_since)
