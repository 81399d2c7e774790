"""How customers are dialled, and how one is told that an incident is solved: originated into the dialplan's ``hotline-news``.

Decides which channel is told what, and finds out who was told while nobody listened: the dialplan keeps the last attempts that were heard
in a global variable. It does not know who is to be told, nor when; what he hears is in the dialplan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from acd.model import CallId
from acd.news import NewsTold, TellSolved
from cti.ami.consultation import QUEUE
from cti.ami.safe import safe_name, safe_number, safe_value
from cti.ami.watching import Act
from cti.ami.wire import UnsafeValue, Wire
from cti.names import NEWS, leg_of_news
from ivr.menu import solved_prompt


@dataclass(frozen=True, slots=True)
class LineOut:
    """How customers are dialled."""

    endpoint: str
    """The trunk's, in Asterisk."""
    caller_id: str
    """The number that they see."""
    prefix: str = ""
    """Dialled before theirs."""

    def to(self, number: str) -> str:
        """What Asterisk dials. Raises UnsafeValue for what is no number."""
        return f"PJSIP/{safe_number(self.prefix + number)}@{safe_name(self.endpoint)}"


TOLD: Final = "HOTLINE_TOLD"
"""The global variable with them, the newest first; the last one may be cut off."""


async def who_was_told(wire: Wire, exchange: str) -> list[NewsTold]:
    """Those whom Asterisk remembers, be it known or not. Raises EffectFailed as ``Wire.act`` does."""
    keys = (await wire.act("Getvar", {"Variable": TOLD})).get("Value", "").split()
    return [NewsTold(CallId(key.rpartition("/")[0]), key) for key in keys if re.fullmatch(rf"{exchange}-[0-9.]+/n[0-9]+", key)]


async def ring_with_news(act: Act, line: LineOut, command: TellSolved) -> None:
    """Dial him, with all that his queue needs should he want an engineer. His channel's Uniqueid says for which attempt it is."""
    variables = {
        "HOTLINE_ATTEMPT": command.key, "HOTLINE_TEXT": solved_prompt(command.product_line), "HOTLINE_NUMBER": command.number,
        QUEUE: command.queue, "CHANNEL(language)": command.language, "HOTLINE_SEGMENT": command.segment,
    }  # fmt: skip
    try:
        leg = leg_of_news(command.key)
    except ValueError as error:
        raise UnsafeValue(str(error)) from None
    await act("Originate", {
        "Channel": line.to(command.number),
        "ChannelId": leg,
        "Context": NEWS, "Exten": "s", "Priority": "1",
        "Timeout": str(round(command.ring_seconds * 1000)),
        "CallerID": line.caller_id,
        "Variable": ",".join(f"{name}={safe_value(value)}" for name, value in variables.items() if value),
        "Async": "true",
    }, command.key)  # fmt: skip
