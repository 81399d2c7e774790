"""What the core asks of the world, as protocols. Adapters implement them; ``hotline.app`` wires them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from acd.board import AgentView, Board
from acd.effects import (
    Announce,
    AskOutside,
    Confer,
    DialBack,
    Effect,
    HangUpCall,
    HangUpPhones,
    HoldCall,
    JoinCaller,
    RingAgent,
    ScreenPop,
    SendCall,
    StartConsult,
    StopRinging,
    TellIncident,
    WithdrawPop,
)
from acd.events import Event
from acd.model import CallId, PhoneId
from acd.news import News, TellSolved
from acd.reason import Reason
from acd.supervision import EndWatch, TakeOver, WatchCall


class EffectFailed(Exception):
    """A command could not be carried out; the message says why, for the journal."""


class Unsure(EffectFailed):
    """Whether the command was carried out is not known: no answer came."""


class CallControl(Protocol):
    """Moves callers about. Each raises EffectFailed when the exchange refuses or can't be reached."""

    async def hold(self, command: HoldCall) -> None: ...
    async def ring(self, command: RingAgent) -> None: ...
    async def dial_back(self, command: DialBack) -> None: ...
    async def stop_ringing(self, command: StopRinging) -> None: ...
    async def send(self, command: SendCall) -> None: ...
    async def hang_up(self, command: HangUpCall) -> None: ...
    async def announce(self, command: Announce) -> None: ...
    async def tell_incident(self, command: TellIncident) -> None: ...
    async def tell_solved(self, command: TellSolved) -> None: ...
    async def consult(self, command: StartConsult) -> None:
        """After Unsure, what is there is looked at (``ExchangeSeen``); so it is after ``ask_outside``."""

    async def ask_outside(self, command: AskOutside) -> None: ...
    async def confer(self, command: Confer) -> None:
        """After Unsure, what is there is looked at (``ExchangeSeen``)."""

    async def join(self, command: JoinCaller) -> None:
        """Does nothing unless the caller is held beside a consultation. After Unsure, what is there is looked at (``ExchangeSeen``)."""

    async def hang_up_phones(self, command: HangUpPhones) -> None: ...
    async def watch(self, command: WatchCall) -> None: ...
    async def end_watch(self, command: EndWatch) -> None: ...
    async def take_over(self, command: TakeOver) -> None:
        """After Unsure, what is there is looked at (``ExchangeSeen``)."""


@dataclass(frozen=True, slots=True)
class TalkView:
    """What an agent has done in the middle of his talk."""

    on_hold: bool = False
    muted: bool = False
    recording: Literal["", "on", "paused"] = ""


class InTalk(Protocol):
    """What agents do by click in the middle of a talk. Each raises EffectFailed when the exchange refuses or can't be reached."""

    async def put_on_hold(self, call: CallId, phone: PhoneId) -> None: ...
    async def take_back(self, call: CallId, phone: PhoneId) -> None: ...
    async def mute(self, call: CallId, phone: PhoneId, silent: bool) -> None: ...
    async def pause_recording(self, call: CallId, paused: bool) -> None:
        """Let nothing of the talk be recorded for a while: both sides are written as silence."""

    async def answer(self, call: CallId, phone: PhoneId) -> None:
        """Let a phone that is ringing be rung anew, as one that answers by itself."""

    def in_talk(self, call: CallId) -> TalkView: ...


class Desks(Protocol):
    """The agents' pages."""

    async def show_pop(self, command: ScreenPop) -> None:
        """Return when the agent's page has shown the pop, or after a short bound, or at once when no page is connected."""

    async def withdraw_pop(self, command: WithdrawPop) -> None: ...


class Journal(Protocol):
    """The append-only journal of events."""

    def append(self, events: Sequence[tuple[datetime, Event]]) -> int:
        """Take the events in order; return the sequence number of the last one."""

    def note_refused(self, sequence: int) -> None:
        """The event of this number was refused, and changed nothing: whoever reads the journal without a router needs to know."""

    def commit(self) -> None:
        """Make durable what was appended. When it raises, nothing of it is forgotten: the next commit tries all of it again."""

    @property
    def waiting(self) -> int:
        """How many entries no commit has made durable yet."""

    def read(self, after: int = 0) -> Iterator[tuple[int, datetime, Event]]:
        """Every event after the sequence number ``after``, in order."""


class Projection(Protocol):
    """Follows what happens: records, the live view."""

    def follow(self, sequence: int, at: datetime, event: Event, effects: Sequence[Effect]) -> None:
        """Take note; must not block and must not raise."""

    @property
    def memory(self) -> object:
        """What it holds of the past that ``follow`` needs, for a checkpoint; out of date after the next event."""

    def recall(self, memory: Any) -> None:
        """Go on from another's ``memory``, which is this one's own from now on."""


class Engine(Protocol):
    """What the adapters may ask of the running engine."""

    async def submit(self, event: Event) -> Sequence[Effect]:
        """Journal and handle the event; return the effects that followed, whose commands are being performed.

        Raises acd.model.IllegalTransition when the router refuses it; nothing is changed then.
        """

    def board(self) -> Board: ...

    def agent_views(self) -> tuple[datetime, tuple[AgentView, ...]]:
        """Now, and the agents of the board alone: it costs a hundredth of it when many callers wait."""

    def explain_waiting(self, call: CallId) -> str:
        """Why nobody takes this call; raises KeyError when there is no such live call."""

    def reasons_waiting(self, call: CallId) -> Sequence[Reason]:
        """The same for readers of any language; nothing for a call that does not wait. Raises as ``explain_waiting`` does."""

    def incident_numbers(self, incident: str) -> Sequence[News]:
        """Who wants to be told when an incident is solved, and how far that is; raises KeyError when it is not known."""
