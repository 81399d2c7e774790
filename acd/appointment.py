"""A callback that an agent promises his caller for a later time: the event, and what is kept until then.

Plain data; what follows is in ``acd.promising``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from acd.customer import Customer
from acd.model import AgentId, CallId, IllegalTransition, Level, QueueId, queue_of


class NotPromised(IllegalTransition):
    """A callback can't be promised so. ``code`` says why, for programs."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class CallbackPromised:
    """An agent promised his caller that he is called back at ``due_at``, and no earlier. Raises ``NotPromised`` when that can't be.

    What is known of the caller is said here, since his call may be over by now.
    """

    call: CallId
    """The one that it was promised in."""
    callback: CallId
    """What the call will be named in which he is called back; no other one has it."""
    agent: AgentId
    due_at: datetime
    number: str
    """Where he is called back, as it can be dialled."""
    product_line: str
    level: Level
    language: str
    note: str = ""
    """What for."""
    segment: str = "standard"
    urgent: bool = False
    ani_name: str = ""
    dnis: str = ""
    entry: str = ""
    customers: tuple[Customer, ...] = ()
    customer: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """A callback that a caller was promised for a later time, as his card shows it."""

    by: AgentId
    due_at: datetime
    note: str


@dataclass(slots=True, eq=False)
class Appointment:
    """A promise that is not due yet."""

    id: CallId
    """Of the call that it will be."""
    promise: CallbackPromised
    promised_at: datetime
    due_us: int | None = None

    @property
    def queue_id(self) -> QueueId:
        """The queue whose call it will be."""
        return queue_of(self.promise.product_line, self.promise.level)
