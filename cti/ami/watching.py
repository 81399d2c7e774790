"""How a supervisor's listening is said in AMI: his phone originated into the dialplan's ``hotline-watch``, and moved there between modes.

Decides which channels are told what. It does not know who may listen to whom; ``ChanSpy`` itself is in the dialplan, so that what the
manager user asks for is never an application of its own choosing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Final, Protocol

from acd.model import PhoneId
from acd.supervision import EndWatch, WatchCall
from cti.ami.consultation import leg_at
from cti.ami.safe import safe_name
from cti.ami.session import Session
from cti.ami.wire import NORMAL_CLEARING
from cti.names import WATCH, DialPattern, leg_of_watch

WATCHED: Final = "HOTLINE_WATCHED"
"""The channel variable with the Uniqueid of the agent's channel."""


class Act(Protocol):
    """Sends an action; raises EffectFailed."""

    def __call__(self, name: str, fields: Mapping[str, str], action_id: str = "", /) -> Awaitable[None]: ...


async def let_hear(act: Act, session: Session, dial: DialPattern, command: WatchCall) -> None:
    """Ring his phone, or change what it does; its channel's Uniqueid says for which watch it is."""
    leg = leg_of_watch(command.watch)
    if command.switch:
        await act("Redirect", {"Channel": leg, "Context": WATCH, "Exten": safe_name(command.mode), "Priority": "1"})
        return
    await act("Originate", {
        "Channel": dial.device(PhoneId(safe_name(command.phone))),
        "ChannelId": leg,
        "Context": WATCH, "Exten": safe_name(command.mode), "Priority": "1",
        "Timeout": str(round(command.ring_seconds * 1000)),
        "CallerID": safe_name(command.agent_phone),
        "Variable": f"{WATCHED}={safe_name(leg_at(session, command.call, command.agent_phone))}",
        "Async": "true",
    }, command.watch)  # fmt: skip


async def stop_hearing(act: Act, command: EndWatch) -> None:
    """Hang his phone up."""
    await act("Hangup", {"Channel": leg_of_watch(command.watch), "Cause": NORMAL_CLEARING})
