"""Who is calling, read off the environment that Asterisk sends at the start of a session.

Decides what the environment means; the call's id is ``<exchange>-<Uniqueid>``. It does not know which exchanges there are. A name is
shown to people later: control characters, and those that turn the direction of writing, are taken out here; the rest stays text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from acd.model import CallId

NAME_LIMIT: Final = 200
"""Longest name, in characters; the rest is cut off."""
NUMBER_LIMIT: Final = 80
"""Longest number, in characters, as long as the records' column; the rest is cut off."""

_UNKNOWN: Final = ("", "unknown")
_NO_NUMBERS: Final = ("anonymous", "restricted", "private", "unavailable", "withheld")
"""What networks write in place of a number that they keep to themselves (RFC 3323's ``anonymous``, and habits). Else they would be one
caller who calls all day."""
_WITHHELD: Final = range(32, 36)
"""Values of ``agi_callingpres`` that say: presentation prohibited (Asterisk's callerid.h, AST_PRES_PROHIB_*)."""
_UNWANTED: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], " ")
_EXTENSION: Final = frozenset("0123456789*#+-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_PHONES_CHANNEL: Final = re.compile(r"[A-Za-z0-9]+/([0-9]{2,15})-[0-9a-f]+")
"""``PJSIP/1001-0000002a``: phones are named by their extension, trunks are not."""
_QUOTED_PAIR: Final = re.compile(r'\\(["\\])')
"""RFC 3261, quoted-pair: SIP writes ``"`` in a name as ``\\"``, and Asterisk 22 hands it on as it was written."""


class NotACall(Exception):
    """The environment does not say what a call needs."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A call as its environment describes it. Numbers and name are '' when unknown or withheld."""

    call: CallId
    ani: str
    ani_name: str
    dnis: str
    place: str
    """``context,extension,priority`` at which the channel entered AGI()."""
    language: str = ""
    """The channel's, as the dialplan or an earlier session set it."""
    transferred_by: str = ""
    """The phone of who transferred the caller here or, without a transfer, dials himself; else the number that the network says he was
    diverted from; '' when neither is known."""

    @property
    def extension(self) -> str:
        """The Dnis when it may stand in a dialplan variable, else ``s``: the network chose it."""
        return self.dnis if self.dnis and _EXTENSION.issuperset(self.dnis) else "s"


def exchange_of(environment: Mapping[str, str]) -> str:
    """The path of ``agi://host:port/<exchange>``; '' when there is none."""
    path = environment.get("agi_network_script") or environment.get("agi_request", "").partition("://")[2].partition("/")[2]
    return path.partition("?")[0]


def caller_of(exchange: str, environment: Mapping[str, str]) -> Caller:
    """The call that the environment describes. Raises NotACall when its Uniqueid is missing."""
    uniqueid = environment.get("agi_uniqueid", "")
    if not uniqueid:
        raise NotACall("the environment has no agi_uniqueid")
    number = _known(environment, "agi_callerid")
    withheld = _is_withheld(environment.get("agi_callingpres", "")) or number.lower() in _NO_NUMBERS
    return Caller(
        call=CallId(f"{exchange}-{uniqueid}"),
        ani="" if withheld else number[:NUMBER_LIMIT],
        ani_name="" if withheld else _QUOTED_PAIR.sub(r"\1", _known(environment, "agi_calleridname")),
        dnis=_dialled(environment)[:NUMBER_LIMIT],
        place=",".join(environment.get(name, "") for name in ("agi_context", "agi_extension", "agi_priority")),
        language=_known(environment, "agi_language"),
        transferred_by=_transferred_by(environment),
    )


def _transferred_by(environment: Mapping[str, str]) -> str:
    """``agi_arg_1`` is the dialplan's BLINDTRANSFER or ATTENDEDTRANSFER: the channel that sent the REFER (checked on Asterisk 22.10)."""
    channel = environment.get("agi_arg_1") or environment.get("agi_channel", "")
    phone = _PHONES_CHANNEL.fullmatch(channel)
    return phone[1] if phone else _known(environment, "agi_rdnis")[:NUMBER_LIMIT]


def _dialled(environment: Mapping[str, str]) -> str:
    """The extension that the caller reached; where the dialplan uses ``s``, the number that the network says was dialled."""
    extension = _known(environment, "agi_extension")
    return extension if extension not in ("", "s") else _known(environment, "agi_dnid") or extension


def _known(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if value in _UNKNOWN:
        return ""
    return value.translate(_UNWANTED)[:NAME_LIMIT].strip()


def _is_withheld(presentation: str) -> bool:
    return presentation.isascii() and presentation.isdecimal() and len(presentation) < 4 and int(presentation) in _WITHHELD
