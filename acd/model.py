"""The words of the domain as types: ids, levels, states, causes.

Holds names and value objects only. What may follow what is in ``acd.tables``; who decides is ``acd.router``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

CallId = NewType("CallId", str)
"""Opaque in the core. The adapters make it from the Asterisk's name and the caller channel's id."""
AgentId = NewType("AgentId", str)
PhoneId = NewType("PhoneId", str)
"""The extension of the phone an agent sits at, e.g. ``1001``."""
OfferId = NewType("OfferId", str)
QueueId = NewType("QueueId", str)
"""``<product line>.<level>``, e.g. ``printers.L2``: a view for people and statistics, not what matching is done by."""


class Word(StrEnum):
    """A member is the string it stands for, and hashes as that: Enum's own hash is a call into Python, for every look into a table."""

    __hash__ = str.__hash__


class Level(Word):
    """How deep a call goes, and how deep an engineer can go."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


def queue_of(product_line: str, level: Level) -> QueueId:
    """The queue (product line x level) that people see such a call in."""
    return QueueId(f"{product_line}.{level}")


_OUTSIDE = "outside:"


def line_to(outside: str) -> PhoneId:
    """What stands for the telephone of somebody outside the house, by a destination's name or a number: it is no agent's."""
    return PhoneId(_OUTSIDE + outside)


def outside_of(phone: PhoneId) -> str:
    """Whom ``line_to`` stands for; '' for any other phone."""
    return phone.removeprefix(_OUTSIDE) if phone.startswith(_OUTSIDE) else ""


class CallState(Word):
    """Where a call is. ``ENDED`` is final; everything else can end at any moment by the caller hanging up."""

    MENU = "menu"
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    CONSULTING = "consulting"
    """The caller is held while his agent asks another one, over the phone."""
    AFTER = "after"
    """The agent has left; the caller is still there (survey, transfer in progress)."""
    PROMISED = "promised"
    """The caller hung up and is promised a callback; the call keeps its place in line."""
    CALLING_BACK = "calling_back"
    """The agent is on the line, the customer is being dialled."""
    DIVERTED = "diverted"
    """Sent out of the queue for good: survival queue, voicemail, partner's number, closed announcement."""
    ENDED = "ended"


class AgentState(Word):
    """What an agent is doing. One at a time, always with its start time and cause."""

    LOGGED_OUT = "logged_out"
    NOT_READY = "not_ready"
    READY = "ready"
    RESERVED = "reserved"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


class OfferState(Word):
    """A reservation of one agent for one call."""

    PENDING = "pending"
    """Decided and being carried out; the phone does not ring yet."""
    RINGING = "ringing"
    ACCEPTED = "accepted"
    MISSED = "missed"
    """RONA: the agent's side did not take it; see MissCause."""
    RESCINDED = "rescinded"
    """The caller left, or the engine took it back."""
    FAILED = "failed"
    """Carrying it out failed on our side; nobody is to blame and the caller keeps the place."""


class CallbackState(Word):
    """A promised callback."""

    PROMISED = "promised"
    DIALLING = "dialling"
    """An attempt is under way: the agent or the customer is being rung."""
    REACHED = "reached"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class CallbackOrder(Word):
    """Whose phone is rung first."""

    AGENT_FIRST = "agent_first"
    CUSTOMER_FIRST = "customer_first"


class ConsultState(Word):
    """An agent asks another one, or somebody outside the house, about the call he has. The last three are final."""

    ASKED = "asked"
    """The other one reads what is handed over; agent and caller still talk."""
    RINGING = "ringing"
    """His phone is rung; the caller is held."""
    TALKING = "talking"
    """Both talk; the caller is held."""
    CONFERENCE = "conference"
    """All three talk: both, and the caller."""
    COMPLETED = "completed"
    """The call is the other one's."""
    BACK = "back"
    """The agent is back with the caller."""
    OVER = "over"
    """The caller, or the agent who had him, is gone."""


class MissCause(Word):
    """Why an offered agent did not take the call. Each has its own delay in the plan."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    UNREGISTERED = "unregistered"
    PHONE_LOST = "phone_lost"


class EndCause(Word):
    """How a call's visit ended."""

    CALLER_HUNG_UP = "caller_hung_up"
    AGENT_HUNG_UP = "agent_hung_up"
    ABANDONED_IN_MENU = "abandoned_in_menu"
    ABANDONED_WAITING = "abandoned_waiting"
    ABANDONED_RINGING = "abandoned_ringing"
    DIVERTED = "diverted"
    GONE_UNSEEN = "gone_unseen"
    """The call was over when the engine came back and looked; when exactly is not known."""
    HUNG_UP_BY_ENGINE = "hung_up_by_engine"
    HUNG_UP_BY_SUPERVISOR = "hung_up_by_supervisor"
    CALLBACK_GIVEN_UP = "callback_given_up"
    """The customer was not reached in as many attempts as the plan allows."""
    CALLBACK_CANCELLED = "callback_cancelled"
    """Somebody cancelled the callback, or the customer called again and took his place over."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What goes with a call from one engineer to the next, so that the customer tells it once."""

    tried: str = ""
    """What was done so far."""
    serial: str = ""
    fault_code: str = ""
    notes: str = ""
    by: AgentId | None = None
    """Who handed the call on; the router fills it in."""


class IllegalTransition(Exception):
    """An input that the state tables do not allow. Nothing was changed."""


class HalfDone(Exception):
    """A fault stopped the handling of an event. What was decided until then, ``effects``, is remembered, so it has to be carried out."""

    def __init__(self, effects: list[Any]) -> None:
        super().__init__("stopped half-way by a fault")
        self.effects = effects


class NobodyFree(IllegalTransition):
    """Whoever was asked for can't be rung now. Nothing was changed."""
