"""What can happen: the router's only input, in the past tense.

An event says what was seen, not what follows from it. Every event is journalled, with the time at which it was taken, before
the router handles it; so events hold plain data only. Ids that an event carries make a late or repeated one recognisable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from acd.appointment import CallbackPromised
from acd.customer import Customer
from acd.model import AgentId, AgentState, CallId, EndCause, Handover, Level, MissCause, OfferId, PhoneId, QueueId
from acd.news import NewsEvent
from acd.outsiders import OutsideNews
from acd.plan import Plan
from acd.recording import RecordingNews
from acd.supervision import SupervisionEvent

# ---- from the configuration ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanLoaded:
    """The routing plan in force from now on: at the start, and after every change of the configuration."""

    plan: Plan


# ---- from the telephone network, by the menu and the exchange -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller rang in. The wait clock starts here. Numbers are as the network gave them; ``ani`` is '' when withheld."""

    call: CallId
    ani: str
    ani_name: str
    dnis: str
    entry: str
    """Label of the entry that ``dnis`` maps to."""
    bypass: bool = False
    """``dnis`` is an engineer's direct number."""


@dataclass(frozen=True, slots=True)
class CallerRecognised:
    """The caller's number, or what he keyed, is that of these customers; said again, the later word counts."""

    call: CallId
    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True)
class MenuChosen:
    """The caller took a branch of a menu; ``digits`` is '' when the branch was taken by default."""

    call: CallId
    menu: str
    digits: str
    choice: str
    solves: bool = False
    """By it the caller says that the menu has answered his question."""


@dataclass(frozen=True, slots=True)
class CallQueued:
    """The menu has understood what the call is about."""

    call: CallId
    product_line: str
    level: Level
    language: str
    segment: str = "standard"
    urgent: bool = False
    preferred_agent: AgentId | None = None
    handed_over_by: str | None = None
    """The employee's phone or number, when he transferred the caller to a short code ('': nobody knows whose); None: no such transfer."""
    customer: str = ""
    """Id of the customer whose call it is; '' when that is not known, or may be one of several."""
    case: str = ""
    """Id of the open case that the caller goes on with."""


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller's channel is gone, whoever ended it. ``cause`` is what the exchange says; the router refines it by state."""

    call: CallId
    cause: EndCause = EndCause.CALLER_HUNG_UP


@dataclass(frozen=True, slots=True)
class CallDiverted:
    """The exchange itself took the call elsewhere (the survival queue while the engine did not answer)."""

    call: CallId
    destination: str


@dataclass(frozen=True, slots=True)
class CallbackWanted:
    """A waiting caller chose to be called back; he hangs up and keeps his place."""

    call: CallId
    number: str = ""
    """Where; '': at the number that he calls from."""


@dataclass(frozen=True, slots=True)
class CallbackReached:
    """The customer answered. ``attempt`` is that of the ``DialBack``."""

    call: CallId
    attempt: str


@dataclass(frozen=True, slots=True)
class CallbackUnreached:
    """The customer did not answer, is busy, or can't be rung."""

    call: CallId
    attempt: str
    cause: MissCause


@dataclass(frozen=True, slots=True)
class CallbackCancelled:
    """Somebody called a promised callback off."""

    call: CallId
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """The caller answered a question after the call. It changes nothing but his call's record."""

    call: CallId
    question: str
    """``score`` (answer 1 to 5), ``solved`` (1 yes, 2 no) or ``comment`` (the recording's file name)."""
    answer: str


# ---- from an agent's phone, about an offer -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferRinging:
    """The agent's phone is being rung (the INVITE is out)."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """Agent and caller are connected."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferMissed:
    """The agent's side did not take the call; the caller is back in hold."""

    offer: OfferId
    cause: MissCause


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """Carrying out an offer failed on our side or at the exchange."""

    offer: OfferId
    detail: str
    unsure: bool = False
    """Perhaps it did not: no answer came."""


@dataclass(frozen=True, slots=True)
class CommandFailed:
    """A command about a call, other than an offer's, could not be carried out; ``command`` is the effect's name."""

    call: CallId
    command: str
    detail: str
    unsure: bool = False
    """Perhaps it was: what is really there is looked at, and will be told."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The agent's leg of a connected call is gone; the caller may still be there."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class CallHandedOn:
    """An agent hands his call on and is free of it: to a queue, to an agent (within a queue, or the call's own), or out, to a destination
    or to a number that he keyed.

    With a ``handover``, the receiver must acknowledge it at his desk, if it is connected, before his phone is rung. Illegal for an
    agent who does not talk to this call, and for a target that the plan does not have or allow, or that is himself.
    """

    call: CallId
    agent: AgentId
    to_queue: QueueId | None = None
    to_agent: AgentId | None = None
    to_destination: str | None = None
    handover: Handover | None = None
    to_number: str | None = None
    """Digits, with at most a ``+`` before them."""


@dataclass(frozen=True, slots=True)
class HandoverAcknowledged:
    """The receiver has read what was handed over with the offered call; his phone may ring."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class ConsultAsked:
    """An agent wants to ask another one about the call he talks to, before he gives it over: a free one of a queue, or a certain one; or
    somebody outside the house, at a destination that has a telephone, or at a number that he keyed.

    Illegal for an agent who does not talk to this call, or asks already, and for a number that the plan does not allow; ``NobodyFree`` when
    nobody can be rung now.
    """

    call: CallId
    agent: AgentId
    to_queue: QueueId | None = None
    to_agent: AgentId | None = None
    handover: Handover | None = None
    to_destination: str | None = None
    to_number: str | None = None
    """Digits, with at most a ``+`` before them."""


@dataclass(frozen=True, slots=True)
class ConsultCompleted:
    """The agent who asked gives the call over to the one he asked. Illegal before the two of them talk."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class ConferenceWanted:
    """The agent who asks lets the caller join the two: all three hear each other. Illegal before the two of them talk."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class ConsultTakenBack:
    """The agent who asked goes back to the caller; the other one is let go. Illegal when he asks nobody."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class JoinFailed:
    """The caller was to be put together with somebody whose phone is gone; he is in hold."""

    call: CallId


# ---- from agents' phones and desks -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhoneSeen:
    """Whether a phone can be rung, as the exchange knows it (registered and answering its qualify)."""

    phone: PhoneId
    reachable: bool


@dataclass(frozen=True, slots=True)
class AgentLoggedIn:
    """An agent sat down at a phone. He starts not ready."""

    agent: AgentId
    phone: PhoneId


@dataclass(frozen=True, slots=True)
class AgentLoggedOut:
    """An agent left. Illegal while a call is reserved for or connected to him."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentWentReady:
    """An agent can take calls; out of wrap-up too."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentWentNotReady:
    """An agent takes no calls now; ``reason`` is one of the plan's reason codes. While talking it takes effect after the call."""

    agent: AgentId
    reason: str


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """After-call work is done; ``disposition`` says what became of the call."""

    agent: AgentId
    disposition: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """An agent needs more time for the after-call work; ``seconds`` are added, within the plan's limit."""

    agent: AgentId
    seconds: float


@dataclass(frozen=True, slots=True)
class AgentStateForced:
    """A supervisor set an agent's state (ready, not ready or logged out)."""

    agent: AgentId
    state: AgentState
    reason: str
    by: str
    why: str = ""
    """In his words."""


@dataclass(frozen=True, slots=True)
class DeskSeen:
    """Whether an agent's desk (the page) is connected."""

    agent: AgentId
    connected: bool


# ---- incidents: a fault that many callers call about ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IncidentDeclared:
    """A supervisor lets the callers of a product line hear of a fault; ``text`` is one of the plan's prepared ones."""

    product_line: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class IncidentSolved:
    """A supervisor ends it: nobody hears of it any more. ``tell``: who asked for that is rung and told."""

    incident: str
    by: str
    tell: bool = False


@dataclass(frozen=True, slots=True)
class IncidentHeard:
    """A held caller has heard of the incident of his product line."""

    call: CallId


@dataclass(frozen=True, slots=True)
class NewsWanted:
    """A caller who heard of an incident wants to be told when it is solved, at the number that he calls from."""

    call: CallId


# ---- from time, and from looking ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ticked:
    """Nothing happened but time: a deadline of the router's may have passed."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call as the exchange has it, after a (re)connect.

    ``place`` is ``menu``, ``hold``, ``offer``, ``talk``, ``consult``, ``conference``, ``survival``, ``out`` (where he was sent to) or
    ``after``, which in older entries is ``out`` too; ``phone`` the agent's phone, in ``offer``, ``talk``, ``consult`` and ``conference``:
    in ``consult`` the caller is held, and this phone rings or talks to another one, in ``conference`` he hears both.
    """

    call: CallId
    place: str
    phone: PhoneId | None = None
    consulted: PhoneId | None = None
    """The other phone, if it is there."""
    consulted_talks: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeSeen:
    """What one Asterisk really has, asked for after every connect: the engine's picture is corrected by it.

    Calls that the router believes to be on ``exchange`` and that are not in ``calls`` are over. Calls of ``exchange`` are those
    whose id starts with ``exchange + '-'``.
    """

    exchange: str
    calls: tuple[SeenCall, ...]
    reachable_phones: tuple[PhoneId, ...]
    """Phones of this exchange that are not among these can't be rung."""
    age_seconds: float = 0.0
    """How long ago the looking began: calls that arrived since are not judged by it."""
    watches: tuple[str, ...] = ()
    """Supervisors' phones that hear, or are rung to hear, a conversation (see ``acd.watching``)."""


Event = Union[
    PlanLoaded, CallArrived, CallerRecognised, MenuChosen, CallQueued, CallerLeft, CallDiverted,
    CallbackWanted, CallbackReached, CallbackUnreached, CallbackCancelled, CallbackPromised,
    OfferRinging, OfferAnswered, OfferMissed, OfferFailed, CommandFailed, TalkEnded, CallHandedOn, HandoverAcknowledged,
    ConsultAsked, ConsultCompleted, ConsultTakenBack, ConferenceWanted, JoinFailed,
    OutsideNews, RecordingNews,
    PhoneSeen, AgentLoggedIn, AgentLoggedOut, AgentWentReady, AgentWentNotReady, WrapUpEnded, WrapUpExtended, AgentStateForced,
    DeskSeen, SurveyAnswered, IncidentDeclared, IncidentSolved, IncidentHeard, NewsWanted, Ticked, ExchangeSeen,
    NewsEvent, SupervisionEvent,
]  # fmt: skip
