"""The messages of the sockets, in one table: which socket, who says it, what is in it. The API's description is made of it.

A shape says what is in a message as it goes over the wire; the words for it are its docstring. Every message has ``kind``, and what the
server sends has ``now``, its clock. Decides nothing about when a message is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from acd.appointment import Promised
from acd.board import AgentView, Board, CallView, IncidentView, MessageView, PromiseView, QueueView
from acd.customer import Customer
from acd.model import AgentId, CallbackOrder, CallId, ConsultState, Handover, Level, OfferId, OfferState, PhoneId
from acd.reason import Reason
from cti.api_cards import Phase
from cti.api_login import Me
from cti.api_messages import UiConfig
from cti.api_socket import Ping, PopShown

Row = TypeVar("Row")

REF: Final = "#/components/schemas/{model}"


class Sender(StrEnum):
    """Who says a message."""

    SERVER = "server"
    CLIENT = "client"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    now: datetime


class HelloMessage(_Sent):
    """The first message: who is signed in, and the configuration of his page."""

    kind: Literal["hello"]
    me: Me
    ui: UiConfig


class PongMessage(_Sent):
    """The answer to a ping."""

    kind: Literal["pong"]


class AgentMessage(_Sent):
    """The agent's own state: at first, and whenever it changes."""

    kind: Literal["agent"]
    agent: AgentView


class BoardMessage(_Sent):
    """Everything that is going on, at first; then its changes are sent. For supervisors."""

    kind: Literal["board"]
    board: Board


class Changed(BaseModel, Generic[Row]):
    """Rows that are new or not as they were, whole, and the keys of rows that are not there any more."""

    model_config = ConfigDict(extra="forbid")

    put: list[Row]
    gone: list[str]


class BoardChanges(BaseModel):
    """The parts of the board that have changed; a row is known by its `call`, `agent`, `queue`, `incident` or `message`."""

    model_config = ConfigDict(extra="forbid")

    calls: Changed[CallView] | None = None
    agents: Changed[AgentView] | None = None
    queues: Changed[QueueView] | None = None
    promises: Changed[PromiseView] | None = None
    incidents: Changed[IncidentView] | None = None
    messages: Changed[MessageView] | None = None


class BoardChangesMessage(_Sent):
    """What has changed since the last board or changes, at most four times a second. Who reads slowly is sent a whole board again."""

    kind: Literal["board_changes"]
    changes: BoardChanges


class MenuStep(BaseModel):
    """One branch of the menu that the caller took; `digits` is empty when it was taken by default."""

    menu: str
    digits: str
    choice: str


class ConsultShown(BaseModel):
    """Who asks whom about the call, and how it goes."""

    agent: AgentId
    consulted: AgentId
    state: ConsultState
    why: str


class EarlierCall(BaseModel):
    """An earlier call of the same number."""

    at: datetime
    queue: str | None
    agent: str | None
    outcome: str


class CompanysPage(BaseModel):
    """The company's own page about the caller."""

    address: str
    opens_by_itself: bool


class PopMessage(_Sent):
    """A call is offered to the agent: sent before his phone rings, and again when his page comes back. The page says `pop_shown`."""

    kind: Literal["pop"]
    offer: OfferId
    call: CallId
    agent: AgentId
    ani: str
    ani_name: str
    dnis: str
    entry: str
    path: tuple[MenuStep, ...]
    product_line: str
    level: Level
    language: str
    segment: str
    urgent: bool
    arrived_at: datetime
    waited_seconds: float
    why_you: str
    attempt: int
    handover: Handover | None
    bounces: int
    customers: tuple[Customer, ...]
    customer: str
    case: str
    consulted_by: AgentId | None
    callback: str
    callback_order: CallbackOrder
    reasons: tuple[Reason, ...]
    phone: PhoneId | None
    phase: Phase
    since: datetime
    answered_at: datetime | None
    consult: ConsultShown | None
    on_hold: bool
    muted: bool
    recording: Literal["", "on", "paused"]
    earlier_calls: list[EarlierCall] | None
    promise: Promised | None
    promises: tuple[Promised, ...]
    link: CompanysPage | None


class EarlierCallsMessage(_Sent):
    """Earlier calls that were found after their pop was sent; null when they could not be looked up."""

    kind: Literal["earlier_calls"]
    offer: OfferId
    earlier_calls: list[EarlierCall] | None


class PopWithdrawnMessage(_Sent):
    """The offer behind a pop came to nothing: missed, rescinded (the caller left) or failed."""

    kind: Literal["pop_withdrawn"]
    offer: OfferId
    outcome: OfferState


class CallMessage(_Sent):
    """The call of a pop went on: it rings, is answered, is over, is done with."""

    kind: Literal["call"]
    offer: OfferId
    call: CallId
    phase: Phase
    since: datetime
    answered_at: datetime | None
    consult: ConsultShown | None
    on_hold: bool
    muted: bool
    recording: Literal["", "on", "paused"]


class MessageMessage(_Sent):
    """A supervisor's message to the agent; `to_read` is false when he has read it, on this page or another."""

    kind: Literal["message"]
    message: str
    text: str
    by: str
    at: datetime
    to_read: bool


class FollowingMessage(_Sent):
    """The first message: what follows came after this cursor."""

    kind: Literal["following"]
    cursor: str


class EventMessage(_Sent):
    """One event, as `GET /api/events` has it."""

    kind: Literal["event"]
    cursor: str
    at: datetime
    type: str
    call: str | None
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One row."""

    socket: str
    sender: Sender
    shape: type[BaseModel]

    @property
    def kind(self) -> str:
        """The word by which it is told from others."""
        kind: str = self.shape.model_fields["kind"].annotation.__args__[0]  # type: ignore[union-attr]  # a Literal with one value
        return kind


MESSAGES: Final = (
    Message("/ws", Sender.SERVER, HelloMessage),
    Message("/ws", Sender.SERVER, AgentMessage),
    Message("/ws", Sender.SERVER, BoardMessage),
    Message("/ws", Sender.SERVER, BoardChangesMessage),
    Message("/ws", Sender.SERVER, PopMessage),
    Message("/ws", Sender.SERVER, EarlierCallsMessage),
    Message("/ws", Sender.SERVER, PopWithdrawnMessage),
    Message("/ws", Sender.SERVER, CallMessage),
    Message("/ws", Sender.SERVER, MessageMessage),
    Message("/ws", Sender.SERVER, PongMessage),
    Message("/ws", Sender.CLIENT, Ping),
    Message("/ws", Sender.CLIENT, PopShown),
    Message("/api/events/live", Sender.SERVER, FollowingMessage),
    Message("/api/events/live", Sender.SERVER, EventMessage),
)

CLOSINGS: Final = {
    "1003": "what was said is no message of this socket",
    "1013": "the reader is too slow, or there are too many: it may come back at once",
    "4401": "nobody is signed in, or the session is over",
    "4403": "not for this role",
    "4422": "the cursor is none of this list, or of a journal that is lost",
}
"""Code of a closing, and why."""


def schemas() -> dict[str, Any]:
    """The shapes, and what they are made of, as JSON schemas by name."""
    shapes = [(row.shape, "serialization") for row in MESSAGES]
    _, document = models_json_schema(shapes, ref_template=REF)  # type: ignore[arg-type]  # the mode is a literal
    found: dict[str, Any] = document["$defs"]
    return found
