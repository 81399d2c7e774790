"""What of the live view a person is shown: his teams' part of it, with callers' numbers or without. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from acd.appointment import Promised
from acd.board import AgentView, Board, CallView, PromiseView, QueueView
from acd.effects import ScreenPop
from acd.masking import masked, masked_text
from acd.model import AgentId, AgentState, Handover
from acd.scope import Scope
from cti.api_cards import Card

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def shown_board(board: Board, scope: Scope, numbers: bool) -> Board:
    """The board as he may see it."""
    own = scope.of(board)
    if numbers:
        return own
    return replace(own, calls=tuple(map(_call, own.calls)), promises=tuple(map(shown_promise, own.promises)))


def figures_alone(board: Board) -> Board:
    """What a wall shows: the queues' figures, and how many agents are in which state; nobody's name, number or words."""
    states = sorted(agent.state for agent in board.agents)
    return Board(
        board.at, calls=(), agents=tuple(_somebody(place, state) for place, state in enumerate(states)),
        queues=tuple(map(_unsigned, board.queues)),
    )  # fmt: skip


def _somebody(place: int, state: AgentState) -> AgentView:
    """One of those who are in the state; which one can't be told, and since when neither."""
    return AgentView(AgentId(str(place)), "", "", state, _NEVER, "", None, False, False, None, 0, None)


def _unsigned(queue: QueueView) -> QueueView:
    return queue if queue.switched is None else replace(queue, switched=replace(queue.switched, by="", why=""))


def shown_card(card: Card, numbers: bool) -> Card:
    """The card as he may see it."""
    if numbers:
        return card
    consult = None if card.consult is None else replace(card.consult, outside=masked_text(card.consult.outside))
    return replace(card, pop=_pop(card.pop), consult=consult)


def _call(call: CallView) -> CallView:
    called_back = None if call.callback_number is None else masked(call.callback_number)
    return replace(
        call, ani=masked(call.ani), ani_name=masked_text(call.ani_name), callback_number=called_back,
        consulted_outside=masked_text(call.consulted_outside),
    )  # fmt: skip


def shown_promise(promise: PromiseView) -> PromiseView:
    """The promise without the customer's number."""
    return replace(promise, number=masked(promise.number), ani_name=masked_text(promise.ani_name), note=masked_text(promise.note))


def _pop(pop: ScreenPop) -> ScreenPop:
    return replace(
        pop, ani=masked(pop.ani), ani_name=masked_text(pop.ani_name), callback=masked(pop.callback),
        path=tuple((menu, masked_text(digits), choice) for menu, digits, choice in pop.path),
        handover=None if pop.handover is None else _handover(pop.handover),
        promise=None if pop.promise is None else _promised(pop.promise), promises=tuple(map(_promised, pop.promises)),
    )  # fmt: skip


def _handover(packet: Handover) -> Handover:
    """A serial number is no telephone's, however it looks."""
    return replace(packet, tried=masked_text(packet.tried), notes=masked_text(packet.notes))


def _promised(promise: Promised) -> Promised:
    return replace(promise, note=masked_text(promise.note))
