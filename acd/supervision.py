"""What supervisors order, and what is told of it: events, commands and notices about calls, conversations, queues and messages.

Plain data, as in ``acd.events`` and ``acd.effects``. Every order has ``by`` (the user's name) and ``why`` (in his words, may be ''), so
that the journal alone says who did what to whom, and why. What an order means is in ``acd.steering``, ``acd.watching``,
``acd.switching`` and ``acd.messages``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from acd.model import AgentId, CallId, PhoneId, QueueId, Word


class WatchMode(Word):
    """How a supervisor takes part in a conversation."""

    LISTEN = "listen"
    """He hears both; nobody hears him."""
    WHISPER = "whisper"
    """He hears both; the agent hears him, the caller does not."""
    BARGE = "barge"
    """All three hear each other."""


# ---- events: about a call -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallAssigned:
    """A waiting call is to go to a certain agent, who is logged in; None: to whom its queue would send it, as before."""

    call: CallId
    agent: AgentId | None
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallMoved:
    """A waiting call belongs to another queue; its wait clock goes on."""

    call: CallId
    queue: QueueId
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallRaised:
    """A waiting call is treated as having arrived ``seconds`` earlier (negative: later) than its segment says; 0: as that says."""

    call: CallId
    seconds: float
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallDropped:
    """The caller is to be hung up on."""

    call: CallId
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallTakenOver:
    """A caller who waits or is talked to is to come to a phone of the supervisor's."""

    call: CallId
    phone: PhoneId
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TakeOverFailed:
    """That phone did not answer; the caller is back in hold."""

    call: CallId


# ---- events: about a conversation ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WatchAsked:
    """A supervisor wants to hear a conversation at ``phone``, or, when that phone does so already, to take part in another mode."""

    call: CallId
    phone: PhoneId
    mode: WatchMode
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class WatchStopped:
    """He has heard enough."""

    call: CallId
    phone: PhoneId
    by: str


@dataclass(frozen=True, slots=True)
class WatchBegan:
    """His phone was answered, and he hears the conversation."""

    call: CallId
    watch: str


@dataclass(frozen=True, slots=True)
class WatchEnded:
    """His phone is put down, or was never answered; ``detail`` says why, where that is known."""

    call: CallId
    watch: str
    detail: str = ""


# ---- events: about queues and desks -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueSwitched:
    """A queue is open, or closed, whatever its hours say, until ``until`` (None: until further notice); ``opened`` None: by its hours."""

    queue: QueueId
    opened: bool | None
    until: datetime | None
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message for all agents who are logged in, or those of a team, or certain ones."""

    text: str
    by: str
    team: str = ""
    agents: tuple[AgentId, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageRead:
    """An agent has read a message."""

    message: str
    agent: AgentId


# ---- commands -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WatchCall:
    """Ring the supervisor's phone and let it hear the agent's conversation; ``switch``: it does already, and only the mode changes."""

    watch: str
    call: CallId
    agent_phone: PhoneId
    phone: PhoneId
    mode: WatchMode
    ring_seconds: float
    switch: bool = False


@dataclass(frozen=True, slots=True)
class EndWatch:
    """Let that phone go."""

    watch: str
    call: CallId


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Take the caller out of wherever he is, to this phone; if it does not answer he comes back to hold (``TakeOverFailed``)."""

    call: CallId
    phone: PhoneId
    ring_seconds: float


# ---- notices -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallSteered:
    """A supervisor did something to a call: ``what`` is assigned, unassigned, moved, raised, dropped, taken_over or not_taken_over."""

    call: CallId
    what: str
    to: str
    """The agent, queue, phone or seconds; '' where there is nothing to say."""
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class WatchChanged:
    """A supervisor's phone is rung (asked), hears (on), changed its mode (on), or is gone (over)."""

    watch: str
    call: CallId
    agent: AgentId | None
    phone: PhoneId
    mode: WatchMode
    state: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class QueueSwitchChanged:
    """A queue goes by a supervisor's word, or (``opened`` None) by its hours again."""

    queue: QueueId
    opened: bool | None
    until: datetime | None
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message was sent, or one more has read it."""

    message: str
    text: str
    by: str
    at: datetime
    to: tuple[AgentId, ...]
    read: tuple[AgentId, ...]


SupervisionEvent = Union[
    CallAssigned, CallMoved, CallRaised, CallDropped, CallTakenOver, TakeOverFailed, WatchAsked, WatchStopped, WatchBegan, WatchEnded,
    QueueSwitched, MessageSent, MessageRead,
]  # fmt: skip
SupervisionCommand = Union[WatchCall, EndWatch, TakeOver]
SupervisionNotice = Union[CallSteered, WatchChanged, QueueSwitchChanged, MessageChanged]
