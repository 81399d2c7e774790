"""What the router answers with: commands to carry out, and notices of what changed.

A *command* is performed by an adapter, and whatever comes of it returns as an event. A *notice* asks for nothing: records, the
desks and the console are projections of notices. Both are plain data, in the order in which they follow from the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from acd.appointment import Promised
from acd.customer import Customer
from acd.model import (
    AgentId,
    AgentState,
    CallbackOrder,
    CallbackState,
    CallId,
    CallState,
    ConsultState,
    EndCause,
    Handover,
    Level,
    MissCause,
    OfferId,
    OfferState,
    PhoneId,
    QueueId,
)
from acd.news import NewsChanged, TellSolved
from acd.plan import Telling
from acd.reason import Reason
from acd.supervision import SupervisionCommand, SupervisionNotice

# ---- commands -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoldCall:
    """Let the caller wait: music and announcements in ``language``."""

    call: CallId
    queue: QueueId
    language: str


@dataclass(frozen=True, slots=True)
class RingAgent:
    """Ring the agent's phone and connect it to the caller. The pop is shown first, by ``ScreenPop`` just before this."""

    offer: OfferId
    call: CallId
    agent: AgentId
    phone: PhoneId
    ring_seconds: float
    queue: QueueId
    auto_answer: bool = False
    """Ask the phone to take the call by itself."""
    alone: bool = False
    """Nobody is on the line whom to connect: the customer of a callback is dialled, by ``DialBack``, when the agent has answered."""


@dataclass(frozen=True, slots=True)
class DialBack:
    """Ring the customer of a promised callback.

    Customer first: he is rung in place of the agent, and when he has answered, ``RingAgent`` follows as for any caller. Agent first: the
    agent of the offer has answered and waits; the customer who answers is connected to him. ``attempt`` is an idempotency key: performed
    twice, it dials once. How it ends is told by ``CallbackReached`` or ``CallbackUnreached``.
    """

    offer: OfferId
    call: CallId
    agent: AgentId
    phone: PhoneId
    ring_seconds: float
    queue: QueueId
    number: str
    attempt: str
    order: CallbackOrder
    customer_ring_seconds: float
    language: str
    """The customer's."""


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Take a ringing offer back: the phone stops, the caller is held again (or is gone)."""

    offer: OfferId
    call: CallId
    queue: QueueId
    language: str
    hang_up: bool = False
    """The customer of a callback has not answered yet: his phone stops too, and nobody is held."""


@dataclass(frozen=True, slots=True)
class StartConsult:
    """Hold the caller, and let the phone of the agent who talks to him ring that of the one he asks. Nobody is dropped."""

    offer: OfferId
    call: CallId
    agent: AgentId
    """Who is asked."""
    phone: PhoneId
    ring_seconds: float
    queue: QueueId
    from_phone: PhoneId
    language: str


@dataclass(frozen=True, slots=True)
class AskOutside:
    """As ``StartConsult``, but it is somebody outside the house who is rung: at a destination of the dialplan, or at a number."""

    consult: OfferId
    """Names this asking: his news says it too."""
    call: CallId
    to: str
    queue: QueueId
    from_phone: PhoneId
    language: str


@dataclass(frozen=True, slots=True)
class Confer:
    """Bring the held caller to the two who talk about his call: all three hear each other."""

    call: CallId
    phone: PhoneId
    """Of the agent who asks."""


@dataclass(frozen=True, slots=True)
class JoinCaller:
    """After a ``StartConsult`` or ``AskOutside``: put the caller together with one of the two phones, and let the other one go."""

    call: CallId
    phone: PhoneId
    parts: bool = False
    """The two phones are connected and neither was put down: it is this that ends their talk."""


@dataclass(frozen=True, slots=True)
class HangUpPhones:
    """The caller is gone, or waits again: the agents' phones that were rung or answered for him are let go."""

    call: CallId


@dataclass(frozen=True, slots=True)
class SendCall:
    """Send the caller out of the queue to a named destination of the dialplan (closed announcement, voicemail, partner), or to a number."""

    call: CallId
    destination: str
    opens: str = ""
    """Where the destination says so: when the queue opens again, ``<today, tomorrow or weekday>_<hhmm>``, such as ``mon_0830``."""


@dataclass(frozen=True, slots=True)
class HangUpCall:
    """End the caller's visit."""

    call: CallId


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell a held caller about his wait, at the next pause of his music: his ``number`` in line, or so many minutes.

    A number that was not said yet is replaced by a later one. Nobody minds one that fails: the next follows.
    """

    call: CallId
    tells: Telling
    number: int


@dataclass(frozen=True, slots=True)
class TellIncident:
    """Let a held caller hear of an incident at the next pause of his music; ``text`` '' takes back what he has not heard yet."""

    call: CallId
    text: str
    may_ask: bool
    """He may press 1 to be told when it is solved (``NewsWanted``)."""


@dataclass(frozen=True, slots=True)
class ScreenPop:
    """Show the agent who is about to ring. Always performed, and seen, before the ``RingAgent`` of the same offer."""

    offer: OfferId
    call: CallId
    agent: AgentId
    ani: str
    ani_name: str
    dnis: str
    entry: str
    path: tuple[tuple[str, str, str], ...]
    """The menu's way: (menu, digits, choice) each."""
    product_line: str
    level: Level
    language: str
    segment: str
    urgent: bool
    arrived_at: datetime
    waited_seconds: float
    why_you: str
    """The rule that decided, in words."""
    attempt: int
    """1 for the first offer of this call, and so on."""
    handover: Handover | None = None
    """What the engineer before him hands over; the agent acknowledges it (``HandoverAcknowledged``), and only then his phone rings, unless
    he has no page open."""
    bounces: int = 0
    """How often the call came back to a queue that had handed it on."""
    customers: tuple[Customer, ...] = ()
    """Who it may be that calls."""
    customer: str = ""
    """Id of the one among them who does, as far as that is known."""
    case: str = ""
    """Id of the case that the caller goes on with."""
    consulted_by: AgentId | None = None
    """The agent who has the call, and asks this one."""
    callback: str = ""
    """The number that is called back, when this is a promised callback."""
    callback_order: CallbackOrder = CallbackOrder.CUSTOMER_FIRST
    """Whether the customer is rung before the agent's phone, or when the agent has answered."""
    reasons: tuple[Reason, ...] = ()
    """``why_you`` for readers of any language."""
    phone: PhoneId | None = None
    """The phone that will ring."""
    promise: Promised | None = None
    """The agent's promise that this callback keeps."""
    promises: tuple[Promised, ...] = ()
    """Callbacks that the house has promised to this number, and that are to come."""


@dataclass(frozen=True, slots=True)
class WithdrawPop:
    """The offer behind a pop is over without a conversation: ``outcome`` is rescinded, missed or failed."""

    offer: OfferId
    agent: AgentId
    outcome: OfferState


# ---- notices ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A call entered ``state``. Fields that are not known yet are None."""

    call: CallId
    state: CallState
    queue: QueueId | None
    agent: AgentId | None
    cause: EndCause | None = None


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent entered ``state``, and left ``previous``, which he had been in since ``previous_since``."""

    agent: AgentId
    state: AgentState
    cause: str
    """Why: a reason code, ``rona:<cause>``, ``call``, ``wrap_up_over``, ``login``, ``forced:<by>`` …"""
    phone: PhoneId | None
    previous: AgentState
    previous_since: datetime
    call: CallId | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Agents that were looked at and not taken, by reason; ``agents`` is cut to a few, ``count`` is not."""

    reason: str
    count: int
    agents: tuple[AgentId, ...]


@dataclass(frozen=True, slots=True)
class OfferMade:
    """An offer and its explanation: what the step in force asked for, who could, who was passed over, and what decided."""

    offer: OfferId
    call: CallId
    agent: AgentId
    queue: QueueId
    attempt: int
    step: str
    need: str
    strategy: str
    rule: str
    waited_seconds: float
    candidates: tuple[AgentId, ...]
    candidate_count: int
    skipped: tuple[Skipped, ...]
    calls_ahead: int
    """Waiting calls with an earlier virtual arrival that this agent could not serve."""


@dataclass(frozen=True, slots=True)
class OfferChanged:
    """An offer entered ``state``."""

    offer: OfferId
    call: CallId
    agent: AgentId
    state: OfferState
    miss_cause: MissCause | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepEntered:
    """A waiting call's requirement relaxed to the named step."""

    call: CallId
    step: str
    need: str
    waited_seconds: float


@dataclass(frozen=True, slots=True)
class CallbackChanged:
    """A callback entered ``state``; ``next_at`` is when it is tried again at the earliest, after an attempt that failed."""

    call: CallId
    number: str
    state: CallbackState
    unreached: int
    """Attempts so far in which the customer was not reached."""
    next_at: datetime | None = None
    callback: str = ""
    """Its id: a caller may be promised one again, after he was reached."""
    queue: QueueId | None = None
    attempts: int = 0
    """Attempts so far; one that ended by the agent's side was no fault of the customer's."""
    cause: MissCause | None = None
    """Why the customer was not reached."""
    by: str = ""
    """Who promised it, when an agent did; who called it off: a supervisor, or ``caller`` who called again himself."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """An agent handed a call on. ``bounced``: back to a queue that had handed it on before."""

    call: CallId
    agent: AgentId
    queue: QueueId | None
    to_queue: QueueId | None
    to_agent: AgentId | None
    to_destination: str | None
    handover: Handover | None
    bounced: bool
    to_number: str | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """A call that an agent gave out of the house has bounced: nobody was there to take it, and it waits again where it was."""

    call: CallId
    queue: QueueId | None
    outside: str
    """The destination, or the number."""
    agent: AgentId
    """Who had given it away."""


@dataclass(frozen=True, slots=True)
class ConsultChanged:
    """A consultation entered ``state``; ``why`` is what happened to it, in the words of its table."""

    call: CallId
    agent: AgentId
    consulted: AgentId | None
    """None: somebody ``outside`` the house."""
    offer: OfferId
    """The consulted one's; outside the house, what names the asking."""
    state: ConsultState
    why: str
    outside: str = ""
    """The destination, or the number, where he is."""


@dataclass(frozen=True, slots=True)
class CallOverflowed:
    """A rule sent a call elsewhere instead of letting it wait: to a queue, or out to a destination."""

    call: CallId
    rule: str
    queue: QueueId
    to_queue: QueueId | None
    to_destination: str | None
    waited_seconds: float
    to_callback: bool = False


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """An incident was declared or solved."""

    incident: str
    product_line: str
    text: str
    declared_at: datetime
    declared_by: str
    solved_at: datetime | None
    solved_by: str
    heard: int
    """Callers who heard of it so far."""
    numbers: tuple[str, ...]
    """Who wants to be told when it is solved."""


@dataclass(frozen=True, slots=True)
class NumberNoted:
    """A caller of an incident wants to be told when it is solved, at ``number``."""

    call: CallId
    incident: str
    number: str


Command = Union[
    HoldCall, RingAgent, DialBack, StopRinging, StartConsult, AskOutside, Confer, JoinCaller, HangUpPhones, SendCall, HangUpCall, Announce,
    TellIncident, TellSolved, ScreenPop, WithdrawPop, SupervisionCommand,
]  # fmt: skip
Notice = Union[
    CallChanged, AgentChanged, OfferMade, OfferChanged, StepEntered, CallOverflowed, CallbackChanged, HandedOn, ConsultChanged, CameBack,
    IncidentChanged, NumberNoted, NewsChanged, SupervisionNotice,
]  # fmt: skip
Effect = Union[Command, Notice]
