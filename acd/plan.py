"""The routing plan: everything the router needs of the configuration, as plain frozen data.

``config`` compiles it from ``hotline.yaml``; it goes into the journal with ``PlanLoaded`` so that a replay needs nothing else.
It knows no menus, prompts or exchanges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from acd.model import AgentId, CallbackOrder, Level, MissCause, PhoneId, QueueId, Word
from skills.requirement import Requirement


class Strategy(Word):
    """How to choose among the free agents that the step in force admits. Ties are broken by longest idle, then by agent id."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    BEST_PROFICIENCY = "best_proficiency"
    LEAST_SCARCE = "least_scarce"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """An agent as configured."""

    id: AgentId
    name: str
    skills: Mapping[str, int]
    """Skill name (``kind:value``) -> proficiency 1-5."""
    phone: PhoneId
    """The phone he usually sits at; a login may name another."""
    team: str = ""
    auto_answer: bool = False
    """His phone takes calls by itself (headset, training); the exchange asks it to."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One opening of a queue in the week, in the plan's zone; a night shift is two of them."""

    weekday: int
    """0 is Monday."""
    opens_seconds: float
    """Seconds after midnight; the queue is open from then …"""
    closes_seconds: float
    """… until, but not at, this one; 86400 is the end of the day."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not as its weekday: with another weekday's hours (a swapped workday), with its own, or closed."""

    weekday: int | None = None
    """The hours of this weekday hold."""
    openings: tuple[tuple[float, float], ...] = ()
    """Else these: opens, closes, in seconds after midnight; none: closed."""


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """The clocks of a zone are put forward or back (summer time)."""

    at_seconds: float
    """Seconds since 1970, UTC."""
    offset_seconds: float
    """East of UTC, from then on."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A centre's clock and its special days."""

    zone_offset_seconds: float = 0.0
    """East of UTC."""
    zone_changes: tuple[ZoneChange, ...] = ()
    """Those that come, in order."""
    days: Mapping[str, SpecialDay] = field(default_factory=dict)
    """By the day (ISO) in its zone."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """Where a call of a queue goes instead of waiting, when every condition that is given holds. The first such rule decides.

    Looked at when the call joins the queue, again after ``after_seconds`` of elapsed wait, and, with ``also_waiting``, when the queue
    closes or ``during`` begins. Exactly one of ``to_queue``, ``to_destination`` and ``to_callback`` is given. A call is never sent to a
    queue that it was in before, or that is closed.
    """

    name: str
    to_queue: QueueId | None = None
    to_destination: str | None = None
    """A destination of the dialplan: closed announcement, voicemail, a partner's number."""
    when_closed: bool = False
    when_waiting: int | None = None
    """So many calls, or more, wait in the queue already."""
    when_expected_seconds: float | None = None
    """The expected wait is so long, or longer, or nobody who matches is at work."""
    after_seconds: float | None = None
    """The call has waited so long."""
    also_waiting: bool = False
    """At closing time, those who wait are sent away too; else they are still served."""
    to_callback: bool = False
    """He is told that he will be called back, and keeps his place; the rule does not hold for who can't be."""
    during: tuple[Hours, ...] = ()
    """Only at these times, in the queue's own zone, such as lunch; none given: at any time."""


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """When a waiting caller is offered a callback instead, and how it is made. The offer holds when any of the conditions does."""

    when_expected_seconds: float | None = None
    when_ahead: int | None = None
    """So many wait before him."""
    order: CallbackOrder = CallbackOrder.AGENT_FIRST
    most_attempts: int = 3
    retry_after_seconds: float = 600.0
    ring_seconds: float = 30.0
    """How long the customer's phone rings."""
    greeting_seconds: float = 10.0
    """At most so long a customer who was reached first is spoken to before the agent's phone rings."""
    when_waited_seconds: float | None = None
    """He has waited so long."""
    confirm_seconds: float = 0.0
    """So long at most, after answering, he has to press a key before he counts as reached."""
    hours: tuple[Hours, ...] = ()
    """When customers are called back; none: while the queue is open."""


@dataclass(frozen=True, slots=True)
class NumberGuard:
    """Which numbers may be dialled: whoever can make us dial any number can make us pay for it."""

    allowed: tuple[str, ...] = ()
    """Beginnings; none given: every number, unless …"""
    refused: tuple[str, ...] = ()
    """… it begins with one of these …"""
    shortest: int = 3
    longest: int = 20
    """Digits, without a ``+``."""
    emergency: tuple[str, ...] = ()
    """… or with one of these, however it is spelled: zeros, ``+`` and ``country_code`` before it are no way around."""
    country_code: str = "86"

    def allow(self, number: str) -> bool:
        """Whether the number, digits with at most a ``+`` before them, may be dialled."""
        if not self.shortest <= len(number.removeprefix("+")) <= self.longest or number.startswith(self.refused):
            return False
        bare = number.removeprefix("+").lstrip("0")
        at_home = bare.removeprefix(self.country_code).lstrip("0")
        if bare.startswith(self.emergency) or at_home.startswith(self.emergency):
            return False
        return not self.allowed or number.startswith(self.allowed)


class Telling(Word):
    """What a waiting caller is told about his wait."""

    POSITION = "position"
    """His place in line within his queue; 1 is next."""
    WAIT = "wait"
    """How long he will probably wait yet, in minutes."""


@dataclass(frozen=True, slots=True)
class AnnounceRules:
    """What callers of a queue are told about their wait, and how often. A number that is larger than the last one is never told."""

    tells: Telling = Telling.WAIT
    every_seconds: float = 60.0
    step_minutes: int = 1
    """An expected wait is rounded up to whole steps of so many minutes."""
    most: int = 20
    """The largest number that is told; beyond it there is silence."""


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue: what its calls need, how agents are chosen for them, and its figures.

    ``requirement`` is a template; ``{product_line}``, ``{level}``, ``{language}``, ``{segment}``, ``{preferred_agent}`` are
    filled in for each call (see ``skills.requirement.bind_requirement``).
    """

    id: QueueId
    product_line: str
    level: Level
    requirement: Requirement
    strategy: Strategy = Strategy.LONGEST_IDLE
    wrap_up_seconds: float = 30.0
    wrap_up_mandatory: bool = False
    """True: only a disposition or the time-box ends it. False: the agent may go ready at once."""
    service_level_seconds: float = 20.0
    hours: tuple[Hours, ...] = ()
    """When it is open; none given: always."""
    calendar: str = ""
    """Name of the calendar that its hours go by; '': the plan's zone and closed days."""
    overflow: tuple[Overflow, ...] = ()
    callback: CallbackRules | None = None
    """None: callers of this queue are not called back."""
    announce: AnnounceRules | None = None
    """None: callers are not told how long they will wait."""


@dataclass(frozen=True, slots=True)
class Rona:
    """What a miss of one cause leads to."""

    retry_after_seconds: float = 0.0
    """How long this agent is left alone after such a miss, when misses do not yet make him not ready."""
    misses_to_not_ready: int = 1
    """So many misses in a row of this cause make the agent not ready, with reason ``rona:<cause>``."""


URGENT = "urgent"
RETURNING, CALLED_BACK = "goes on with a case", "is called back"
"""What has a head start beside segments, none of which has a blank in its name: a caller who goes on with an open case, and a call that is
promised a callback, from then on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole routing plan. Every duration in seconds."""

    queues: tuple[QueuePlan, ...] = ()
    agents: tuple[AgentPlan, ...] = ()
    head_start_seconds: Mapping[str, float] = field(default_factory=dict)
    """Segment (or ``URGENT`` and the like) -> seconds by which such a call is treated as having arrived earlier. The largest one that
    applies counts; the largest of all is the starvation bound: a call can only be overtaken by calls that arrive within it."""
    rona: Mapping[MissCause, Rona] = field(default_factory=dict)
    ring_seconds: float = 12.0
    """How long a phone rings. Three rings at 1 s on and 3 s off, plus the last ring."""
    answer_within_seconds: float = 12.0
    """Three rings: who answers within so long of his phone's ringing has kept the rule."""
    ring_grace_seconds: float = 4.0
    """How much longer than ``ring_seconds`` to wait for the exchange to tell how an offer ended before it counts as failed."""
    not_ready_reasons: tuple[str, ...] = ("break", "lunch", "training", "meeting", "back_office")
    dispositions: tuple[str, ...] = ("solved", "callback", "dispatched", "escalated", "wrong_number")
    wrap_up_extension_limit_seconds: float = 900.0
    ghost_after_seconds: float = 300.0
    """A ready agent whose phone can't be rung and whose desk is away for so long is not there: he becomes not ready, cause ``ghost``."""
    personal_wait_seconds: float = 60.0
    """So long a call that was handed to a certain agent waits for him alone, if he is logged in."""
    short_abandon_seconds: float = 5.0
    """A caller who leaves the queue within this could not have been answered: a short abandon."""
    handling_seconds: float = 240.0
    """Talk and wrap-up of a call, as long as too few were seen."""
    calls_back: bool = False
    """Whether there is a line on which customers can be called."""
    incident_texts: tuple[str, ...] = ()
    """Prepared texts, by name, of which a supervisor chooses one when a product line has an incident."""
    zone_offset_seconds: float = 0.0
    """Seconds east of UTC at whose midnight a day of figures begins."""
    zone_changes: tuple[ZoneChange, ...] = ()
    """Those that come, in order: hours follow them."""
    ahead_seconds: float = 0.0
    """How far the wall clock is ahead of the router's, when that was set by more than is slewed in a while: this plan's zones are
    shifted by it (``acd.hours.shifted``), and so are the moments that people name."""
    closed_days: tuple[str, ...] = ()
    """Days (ISO) on which queues that have hours are closed, unless their calendar says otherwise."""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    tells_opening: tuple[str, ...] = ()
    """Destinations at which callers are told when the queue opens again."""
    callback_numbers: NumberGuard = NumberGuard()
    outside_lines: tuple[str, ...] = ()
    """Destinations where somebody can be asked: those that are a telephone's number."""
    outside_ring_seconds: float = 45.0
    """How long a telephone outside the house rings whose owner is asked."""
    outside_numbers: NumberGuard | None = None
    """Numbers that an agent may key, to ask somebody there or to hand a call on; None: he may key none."""
