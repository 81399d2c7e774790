"""The live view: what supervisors and agents look at, as plain data read off the router's state.

Times are aware datetimes (UTC); the page makes running clocks of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from acd.model import AgentId, AgentState, CallbackOrder, CallbackState, CallId, CallState, Level, PhoneId, QueueId
from acd.reason import Reason
from acd.supervision import WatchMode


@dataclass(frozen=True, slots=True)
class WatchView:
    """A supervisor's phone at a conversation."""

    phone: PhoneId
    mode: WatchMode
    by: str
    since: datetime
    on: bool
    """False: it is being rung."""


@dataclass(frozen=True, slots=True)
class CallView:
    """One live call."""

    call: CallId
    state: CallState
    state_since: datetime
    ani: str
    ani_name: str
    dnis: str
    entry: str
    arrived_at: datetime
    queued_at: datetime | None
    queue: QueueId | None
    product_line: str | None
    level: Level | None
    language: str | None
    segment: str
    urgent: bool
    agent: AgentId | None
    step: str | None
    why_waiting: str
    """Why nobody takes this call, in a sentence; '' unless it waits."""
    callback_number: str | None = None
    """Where the caller is promised a callback."""
    consulted: AgentId | None = None
    """Whom his agent asks."""
    reasons: tuple[Reason, ...] = ()
    """``why_waiting`` for readers of any language."""
    assigned_to: AgentId | None = None
    """Whom it waits for alone: an agent it was handed to, or a supervisor assigned it to."""
    raised_seconds: float = 0.0
    """By how much a supervisor lets its turn come earlier (or, negative, later)."""
    watches: tuple[WatchView, ...] = ()
    """Supervisors who hear the conversation."""
    consulted_outside: str = ""
    """The destination, or number, outside the house that his agent asks."""


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent, logged in or not."""

    agent: AgentId
    name: str
    team: str
    state: AgentState
    state_since: datetime
    cause: str
    phone: PhoneId | None
    phone_reachable: bool
    desk_connected: bool
    call: CallId | None
    calls_taken: int
    wrap_up_ends_at: datetime | None
    rung: int = 0
    """Offers today whose phone rang and that were answered or missed …"""
    rung_in_time: int = 0
    """… and those that were answered within three rings."""


@dataclass(frozen=True, slots=True)
class SwitchView:
    """A supervisor opened or closed a queue by hand."""

    opened: bool
    until: datetime | None
    by: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class QueueView:
    """One queue (product line x level) that has configured agents or live calls."""

    queue: QueueId
    product_line: str
    level: Level
    waiting: int
    longest_waiting_since: datetime | None
    ringing: int
    talking: int
    agents_ready: int
    """Ready agents whom the first step of this queue's requirement admits in some language."""
    offered: int
    """Calls queued since the start of the day (UTC date of the plan's zone is a later concern)."""
    answered: int
    answered_in_time: int
    abandoned: int
    flowed_out: int = 0
    """Sent elsewhere by a rule or the exchange before they were connected."""
    asa_seconds: float | None = None
    aht_seconds: float | None = None
    expected_wait_seconds: float | None = None
    """What a standard caller who joined now would have to expect; None when nobody who matches is at work."""
    service_levels: Mapping[str, float | None] = field(default_factory=dict)
    """Formula (see ``acd.forecast.SERVICE_LEVELS``) -> share."""
    announced: int = 0
    """Calls today whose caller was told an expected wait, and of whom it is known how long he waited …"""
    announced_right: int = 0
    """… and those of them who did not wait much longer."""
    announcing: bool = True
    """False: expected waits are not told now, for too many were wrong lately."""
    rung: int = 0
    """Offers today whose phone rang and that were answered or missed …"""
    rung_in_time: int = 0
    """… and those that were answered within three rings (the plan's ``answer_within_seconds``)."""
    service_levels_now: Mapping[str, float | None] = field(default_factory=dict)
    """As ``service_levels``, of the last half hour."""
    service_level_seconds: float = 0.0
    """Within so long a call is answered in time."""
    agents: Mapping[AgentState, int] = field(default_factory=dict)
    """State -> how many of the agents who are logged in and whom the first step of its requirement admits."""
    is_open: bool = True
    switched: SwitchView | None = None
    """A supervisor's word that goes before its hours."""
    can_close: bool = False
    """It has a rule for when it is closed."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message to the desks."""

    message: str
    text: str
    by: str
    at: datetime
    to: tuple[AgentId, ...]
    read: tuple[AgentId, ...]


@dataclass(frozen=True, slots=True)
class PromiseView:
    """One promised callback: open, being kept right now, or, for the rest of the day, one whose customer was not reached."""

    call: CallId
    number: str
    ani_name: str
    queue: QueueId | None
    state: CallbackState
    state_since: datetime
    promised_at: datetime
    attempts: int
    unreached: int
    most_attempts: int
    next_at: datetime | None
    """Not tried before; None: as soon as its turn comes."""
    agent: AgentId | None
    """Who is reserved for it."""
    order: CallbackOrder
    promised_by: AgentId | None = None
    """The agent who promised it for a certain time …"""
    due_at: datetime | None = None
    """… which this is …"""
    note: str = ""
    """… and what for."""


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A fault that the callers of a product line hear of, or heard of until it was solved."""

    incident: str
    product_line: str
    text: str
    declared_at: datetime
    declared_by: str
    heard: int
    """Callers who heard of it."""
    numbers: int
    """Numbers of those who want to be told when it is solved."""
    solved_at: datetime | None = None
    solved_by: str = ""
    telling: bool = False
    """Somebody is still to be told."""
    told: int = 0
    engineers: int = 0
    """Of those who were told, so many wanted an engineer."""
    in_vain: int = 0
    """So many were not reached."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is going on."""

    at: datetime
    calls: tuple[CallView, ...]
    agents: tuple[AgentView, ...]
    queues: tuple[QueueView, ...]
    promises: tuple[PromiseView, ...] = ()
    """Promised callbacks, the oldest first."""
    incidents: tuple[IncidentView, ...] = ()
    """Running ones and the last that were solved, the oldest first."""
    messages: tuple[MessageView, ...] = ()
    """The last messages to the desks, the oldest first."""
