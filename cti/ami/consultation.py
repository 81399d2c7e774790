"""How one engineer's asking another is said in AMI: both legs moved at once, the caller joined with one or with both, both let go.

Decides which channels are told what. It does not know who may be asked, nor when; which legs a call has is asked of the session.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from acd.effects import AskOutside, Confer, HangUpPhones, JoinCaller, StartConsult
from acd.model import CallId, PhoneId
from cti.ami.safe import safe_name
from cti.ami.session import Session
from cti.ami.wire import NORMAL_CLEARING, Refused
from cti.names import CONSULT, CONSULT_OUTSIDE, Context

log = structlog.get_logger(__name__)

QUEUE: Final = "HOTLINE_QUEUE"
"""The channel variable that says where an unanswered caller goes back to."""
PEER: Final = "HOTLINE_PEER"
"""The channel variable of a caller that says with which channel he is to be put together."""
DONE: Final = "HOTLINE_DONE"
"""The channel variable that lets an agent's phone go when the consultation is over for it."""

Act = Callable[[str, Mapping[str, str]], Awaitable[None]]
"""Sends an action; raises EffectFailed."""


async def start(act: Act, session: Session, caller: str, command: StartConsult | AskOutside) -> None:
    """Hold the caller and let his agent's phone ring the other one. One ``Redirect`` for both legs: nobody is dropped in between."""
    if isinstance(command, AskOutside):
        context, exten = CONSULT_OUTSIDE, command.to
    else:
        context, exten = CONSULT, command.phone
    leg = leg_at(session, command.call, command.from_phone)
    await act("Setvar", {"Channel": caller, "Variable": QUEUE, "Value": safe_name(command.queue)})
    await act("Redirect", {
        "Channel": caller, "Context": Context.HOLD, "Exten": safe_name(command.queue), "Priority": "1",
        "ExtraChannel": leg, "ExtraContext": context, "ExtraExten": safe_name(exten), "ExtraPriority": "1",
    })  # fmt: skip
    session.apart.add(command.call)
    session.parked.discard(command.call)


async def confer(act: Act, session: Session, caller: str, command: Confer) -> None:
    """Bring the held caller to the two who talk: into the bridge of their phones. From there he is put together with one as from hold."""
    leg = leg_at(session, command.call, command.phone)
    await act("Setvar", {"Channel": caller, "Variable": PEER, "Value": safe_name(leg)})
    await act("Redirect", {"Channel": caller, "Context": Context.CONFERENCE, "Exten": "s", "Priority": "1"})


async def prepare_join(act: Act, session: Session, caller: str, command: JoinCaller) -> bool:
    """Say with which phone the caller is to be put together; False where there is nothing to do, for they were never apart.

    The phones are told that they are done only where neither was put down: else the one that is left is just going on in the
    dialplan, and would hang up before the caller gets there.
    """
    if command.call not in session.apart:
        return False
    leg = leg_at(session, command.call, command.phone)
    for channel in session.legs_of(command.call) if command.parts else ():
        await _unless_gone(act, "Setvar", {"Channel": channel, "Variable": DONE, "Value": "yes"})
    await act("Setvar", {"Channel": caller, "Variable": PEER, "Value": safe_name(leg)})
    return True


async def let_go(act: Act, session: Session, command: HangUpPhones) -> None:
    """Let the phones go that ring or talk for this call."""
    session.apart.discard(command.call)
    session.parked.discard(command.call)
    await release(act, session, command.call)


async def release(act: Act, session: Session, call: CallId) -> None:
    """Hang up the agents' channels of a call."""
    for channel in session.legs_of(call):
        await _unless_gone(act, "Hangup", {"Channel": channel, "Cause": NORMAL_CLEARING})


def leg_at(session: Session, call: CallId, phone: PhoneId) -> str:
    """The channel that a phone has for a call; raises Refused when it has none."""
    leg = next((channel for channel, at in session.legs_of(call).items() if at == phone), None)
    if leg is None:
        raise Refused(f"Redirect: {phone} has no channel of {call}")
    return leg


async def _unless_gone(act: Act, action: str, fields: Mapping[str, str]) -> None:
    """A phone that is put down at this moment needs no telling."""
    try:
        await act(action, fields)
    except Refused as gone:
        log.info("phone_gone", channel=fields["Channel"], reason=str(gone))
