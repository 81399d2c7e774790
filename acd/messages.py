"""Messages of supervisors to the desks: who is sent one, and who has read it. They change nothing about calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from acd.model import AgentId, AgentState, IllegalTransition
from acd.state import State
from acd.supervision import MessageChanged, MessageRead, MessageSent

KEPT: Final = 30
"""So many messages are shown; the journal has all."""


@dataclass(slots=True, eq=False)
class Message:
    """One message."""

    id: str
    text: str
    by: str
    at: datetime
    to: tuple[AgentId, ...]
    read: dict[AgentId, datetime] = field(default_factory=dict)


def sent(state: State, event: MessageSent) -> None:
    """To all who are logged in and are meant. Raises IllegalTransition when that is nobody, or there is nothing to say."""
    if not event.text.strip():
        raise IllegalTransition("there is nothing to say")
    to = tuple(
        agent.id for agent in state.roster.company
        if agent.state is not AgentState.LOGGED_OUT and event.team in ("", agent.plan.team)
        and (not event.agents or agent.id in event.agents)
    )  # fmt: skip
    if not to:
        raise IllegalTransition("nobody who is meant is logged in")
    state.messages_sent += 1
    message = Message(f"m{state.messages_sent}", event.text.strip(), event.by, state.now, to)
    state.messages[message.id] = message
    for old in list(state.messages)[:-KEPT]:
        del state.messages[old]
    _tell(state, message)


def read(state: State, event: MessageRead) -> None:
    """An agent has read it; said again, or by one who was not meant, it changes nothing."""
    message = state.messages.get(event.message)
    if message is not None and event.agent in message.to and event.agent not in message.read:
        message.read[event.agent] = state.now
        _tell(state, message)


def _tell(state: State, message: Message) -> None:
    state.say(MessageChanged(message.id, message.text, message.by, message.at, message.to, tuple(message.read)))
