"""What an agent does with his caller in the middle of a talk, said in AMI: put him on hold, take him back, be silent, answer by click.

Decides which channels are told what. It does not know who may do so, nor who has asked. Nothing of it needs more rights than moving
calls does: ``MuteAudio`` and ``PJSIPNotify`` would need ``system`` (Asterisk 22.10), so an audio stream is muted by the function of the
same name, and a phone answers by itself because it is rung anew with the headers that ask for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from acd.model import CallId, PhoneId
from cti.ami.consultation import PEER, leg_at
from cti.ami.safe import safe_name
from cti.ami.session import Session
from cti.ami.wire import Refused
from cti.names import KEEPS, Context

ANSWER: Final = "HOTLINE_ANSWER"
"""The channel variable of a caller that lets the agent's phone be rung as one that answers by itself."""

Act = Callable[[str, Mapping[str, str]], Awaitable[None]]


async def park(act: Act, session: Session, caller: str, call: CallId, phone: PhoneId) -> None:
    """Music for the caller, silence for his agent. One ``Redirect`` for both; from then on each looks after the other."""
    if call in session.apart:
        raise Refused("Redirect: a caller beside whom somebody is asked is not put on hold")
    leg = leg_at(session, call, phone)
    for channel, other in ((caller, leg), (leg, caller)):
        await act("Setvar", {"Channel": channel, "Variable": PEER, "Value": safe_name(other)})
    await act("Redirect", {
        "Channel": caller, "Context": Context.PARKED, "Exten": safe_name(phone), "Priority": "1",
        "ExtraChannel": leg, "ExtraContext": KEEPS, "ExtraExten": "s", "ExtraPriority": "1",
    })  # fmt: skip
    session.parked.add(call)


async def take_back(act: Act, session: Session, caller: str, call: CallId, phone: PhoneId) -> None:
    """Both talk again."""
    leg_at(session, call, phone)
    await act("Redirect", {"Channel": caller, "Context": Context.JOIN, "Exten": safe_name(phone), "Priority": "1"})
    session.parked.discard(call)


async def mute(act: Act, session: Session, call: CallId, phone: PhoneId, silent: bool) -> None:
    """Whether the caller hears the agent."""
    leg = leg_at(session, call, phone)
    await act("Setvar", {"Channel": leg, "Variable": "MUTEAUDIO(in)", "Value": "on" if silent else "off"})
    (session.muted.add if silent else session.muted.discard)(leg)


async def pause_recording(act: Act, caller: str, paused: bool) -> None:
    """Silence on both sides of the recording, or what is said. ``call`` is right enough for this action (22.10: "system,call,all")."""
    await act("MixMonitorMute", {"Channel": caller, "Direction": "both", "State": "1" if paused else "0"})


async def answer(act: Act, caller: str, phone: PhoneId) -> None:
    """Ring the phone anew so that it answers by itself, if it is one that does."""
    await act("Setvar", {"Channel": caller, "Variable": ANSWER, "Value": "yes"})
    await act("Redirect", {"Channel": caller, "Context": Context.CONNECT, "Exten": safe_name(phone), "Priority": "1"})
