"""One live call as the router sees it, and the stages of what it needs.

Holds state; decides nothing. Channels and exchanges are unknown here: a call's id is opaque.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from acd.appointment import CallbackPromised
from acd.customer import Customer
from acd.forecast import Announced
from acd.instants import span
from acd.model import AgentId, CallbackState, CallId, CallState, ConsultState, Handover, Level, OfferId, PhoneId, QueueId, line_to
from acd.plan import CALLED_BACK, RETURNING, URGENT, QueuePlan

if TYPE_CHECKING:
    from acd.events import CallQueued
    from acd.offer import Offer
    from acd.stages import Stage
    from acd.watching import Watch

Place = tuple[int, int, "Call"]
"""A call's place in line: virtual arrival in microseconds, then the order of arrival, which no two calls share."""


@dataclass(slots=True, eq=False)
class Callback:
    """What was promised to a caller who hung up; his call keeps its place meanwhile."""

    id: str
    number: str
    call: Call
    promised_at: datetime
    state: CallbackState = CallbackState.PROMISED
    on_line: bool = True
    """The caller still hears that he will be called back."""
    said: str = ""
    """The destination at which he hears it."""
    since: datetime | None = None
    """Since when it is in ``state``; None: since it was promised."""
    attempts: int = 0
    dialled: int = 0
    """The last attempt in which the customer was dialled."""
    untold: int = 0
    """The attempt in which he was dialled, and of which the exchange has not told how it went."""
    unreached: int = 0
    next_at: datetime | None = None
    """Not tried again before."""
    rested_us: int = 0
    """When it would be, were its queue open then …"""
    opens_us: int | None = None
    """… and when that opens, as far as it waits for that."""
    no_line: bool = False
    """It rests because there is no line on which customers can be called."""
    overdue_us: int | None = None
    """When the customer counts as unreached, unless the exchange has told of it."""
    of: CallbackPromised | None = None
    """The agent's promise that it keeps; None: the caller did not want to wait."""

    @property
    def attempt(self) -> str:
        """The idempotency key of the last attempt."""
        return f"{self.id}{self.attempts}"


@dataclass(frozen=True, slots=True)
class Question:
    """What one agent asks another: where the call goes if it is given over, and what he reads."""

    product_line: str
    level: Level
    to_queue: QueueId | None
    to_agent: AgentId | None
    handover: Handover | None


@dataclass(slots=True, eq=False)
class Consult:
    """Another agent who is asked about a call, or somebody outside the house: his offer, if he is an agent, and what he is asked."""

    id: OfferId
    """What news of him names: his offer, or, outside, this asking."""
    offer: Offer | None
    question: Question
    outside: str = ""
    """The destination, or the number, that is rung outside the house."""
    tried: tuple[AgentId, ...] = ()
    """Whom the question went to before him, who did not take it."""
    state: ConsultState = ConsultState.ASKED
    overdue_us: int | None = None
    """When whoever is rung outside counts as not reached, unless the exchange has told of it."""

    @property
    def phone(self) -> PhoneId:
        """Of the one who is asked."""
        return line_to(self.outside) if self.offer is None else self.offer.phone

    @property
    def agent(self) -> AgentId | None:
        """Who is asked; None outside the house."""
        return None if self.offer is None else self.offer.agent.id


@dataclass(slots=True, eq=False)
class Call:
    """One call. Its place in line is that of ``arrived_us``, whatever happens in between.

    There is one wait clock, from the first ring on; it stands still while somebody talks to the caller, so that what he needs does
    not relax meanwhile, and a call that is handed on after a long talk still goes to the right level first.
    """

    id: CallId
    number: int
    """Order of arrival."""
    ani: str
    ani_name: str
    dnis: str
    entry: str
    arrived_at: datetime
    arrived_us: int
    state: CallState
    state_since: datetime
    talked_us: int = 0
    """How long he was talked to, in conversations that are over."""
    path: tuple[tuple[str, str, str], ...] = ()
    queued_by: CallQueued | None = None
    """The word that queued it last; None once somebody else than its queues' rules has sent it away."""
    queued_at: datetime | None = None
    queued_us: int = 0
    queue: QueuePlan | None = None
    product_line: str | None = None
    level: Level | None = None
    language: str | None = None
    segment: str = "standard"
    urgent: bool = False
    preferred_agent: AgentId | None = None
    customers: tuple[Customer, ...] = ()
    """Who it may be that calls."""
    customer: str = ""
    """Id of the one who does, as far as that is known."""
    case: str = ""

    stage: Stage | None = None
    """Where the elapsed wait has brought it; what is in force is ``stage.in_force``."""
    stage_ends_us: int | None = None
    told: Stage | None = None
    """The stage last told of by a notice."""
    place: Place | None = None
    """Its place in the waiting room, while it is there."""

    offer: Offer | None = None
    """The open offer: pending, ringing, or accepted and still talking."""
    agent: AgentId | None = None
    talked_to: AgentId | None = None
    """Who talked to him last."""
    consult: Consult | None = None
    """Whom its agent asks now; an agent's offer is the call's second one."""
    asked_outside: int = 0
    """How often somebody outside the house was asked about it."""
    attempts: int = 0
    refusals: dict[AgentId, int] | None = None
    """How often each agent missed this call."""
    rests: dict[AgentId, tuple[int, int]] | None = None
    """Agents to whom an offer of this call failed: how often, and until when (microseconds) not to try again."""
    rest_ends_us: int | None = None
    """The earliest end of ``rests``."""
    failures: int = 0
    """Offers in a row that failed."""
    rests_until_us: int | None = None
    """No offers until then: they kept failing."""
    redos: tuple[str, ...] = ()
    redo_us: int | None = None
    """Commands about this call that failed, each once, and when to give them again."""
    redo_counts: dict[str, int] | None = None
    """How often each was to be given again."""
    callback: Callback | None = None
    promises: int = 0
    """How often a callback was promised to this caller."""
    handover: Handover | None = None
    """What goes with it since it was handed on."""
    handed_on_by: tuple[QueueId, ...] = ()
    """Queues that handed it on."""
    bounces: int = 0
    personal: tuple[AgentId, float] | None = None
    """The agent whom it was handed to, and until how many seconds of elapsed wait it waits for him alone."""
    destination: str | None = None
    outside: bool = False
    """That is, or was when the call was sent there, a telephone outside the house."""
    given_away_by: AgentId | None = None
    """The agent who sent it there; None: a rule did, or it has come back."""
    nobody_at: tuple[str, ...] = ()
    """Telephones outside the house where nobody answered: no rule sends it there again."""
    been_in: tuple[QueueId, ...] = ()
    """Queues that it overflowed from; it does not come back to them."""
    overflow_us: int | None = None
    """When its queue's overflow rules are to be looked at again."""
    incident: str | None = None
    """The incident that the caller was told of last."""
    incident_heard: bool = False
    hearing: bool = False
    """He is offered to nobody before he has heard of it."""
    announce_us: int | None = None
    """When to tell the caller again how long he will wait."""
    told_first: Announced | None = None
    """The first expected wait that he was told: what became of it is judged."""
    told_last: Announced | None = None
    told_position: int | None = None
    """What he was told last; he is never told more."""
    raised_us: int = 0
    """By how much more a supervisor lets its turn come earlier (or later)."""
    dropped: bool = False
    """A supervisor has it hung up."""
    watches: tuple[Watch, ...] = ()
    """Supervisors' phones that hear the conversation, or are rung for that."""
    watches_asked: int = 0
    counted: bool = False
    """Whether this call is in its queue's figures."""
    outcome_known: bool = False
    """Whether it was answered, abandoned or flowed out there."""

    @property
    def queue_id(self) -> QueueId | None:
        """The queue that people see this call in."""
        return None if self.queue is None else self.queue.id

    @property
    def promised(self) -> bool:
        """Whether the caller is not on the line, but promised a callback."""
        return self.callback is not None and self.callback.state is not CallbackState.REACHED

    @property
    def waits_from_us(self) -> int:
        """When it would have arrived, had it only waited since: the wait clock's zero."""
        return self.arrived_us + self.talked_us

    def values(self) -> dict[str, str]:
        """What a requirement's template can ask for; what isn't known is absent."""
        known = {
            "product_line": self.product_line, "level": self.level, "language": self.language,
            "segment": self.segment, "preferred_agent": self.preferred_agent,
        }  # fmt: skip
        return {name: str(value) for name, value in known.items() if value}

    def head_start_us(self, head_starts: Mapping[str, float]) -> int:
        """By how much it is treated as having arrived earlier: the largest head start that applies, and what a supervisor gave it."""
        applies = (self.segment, URGENT if self.urgent else "", RETURNING if self.case else "", CALLED_BACK if self.callback else "")
        return span(max(head_starts.get(name, 0.0) for name in applies)) + self.raised_us
