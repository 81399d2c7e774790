"""A telephone with two lines, which transfers as people do who ask first: it dials another number and then lets its caller take its place
there (RFC 5589: REFER whose Refer-To has a Replaces). It speaks just enough SIP over UDP, and sends no voice.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote

from tests.e2e.waiting import until

Address = tuple[str, int]


@dataclass
class Dialog:
    """One of its calls; the headers as this phone writes them into its own requests."""

    call_id: str
    own: str
    other: str
    target: str
    up: bool = False
    over: bool = False
    sequence: int = 1


@dataclass
class TwoLinePhone(asyncio.DatagramProtocol):
    """All phones at 127.0.0.1:``port``, of which ``number`` dials; every call is answered at once."""

    number: str
    port: int
    exchange: Address
    dialogs: list[Dialog] = field(default_factory=list)
    referred: bool = False

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", self.port))
        return self

    async def __aexit__(self, *problem: object) -> None:
        self._transport.close()

    async def answers(self) -> Dialog:
        """The call that came in, once it is up."""
        await self._meets(lambda: any(one.up for one in self.dialogs), "a call that it answered")
        return next(one for one in self.dialogs if one.up)

    async def dials(self, number: str) -> Dialog:
        """Its other line, once that is answered."""
        target = f"sip:{number}@127.0.0.1:{self.exchange[1]}"
        own = f"<sip:{self.number}@127.0.0.1:{self.port}>;tag={secrets.token_hex(4)}"
        dialog = Dialog(f"{secrets.token_hex(8)}@phone", own, f"<{target}>", target)
        self.dialogs.append(dialog)
        self._asks("INVITE", dialog, "Content-Type: application/sdp", body=self._sdp())
        await self._meets(lambda: dialog.up, f"an answer of {number}")
        return dialog

    async def lets(self, caller: Dialog, replace: Dialog) -> None:
        """The one of the first line takes this phone's place on the other; returns when that is accepted."""
        other, own = _tag(replace.other), _tag(replace.own)
        replaces = quote(f"{replace.call_id};to-tag={other};from-tag={own}", safe="")
        self._asks("REFER", caller, f"Refer-To: <{replace.target}?Replaces={replaces}>", f"Referred-By: {caller.own}")
        await self._meets(lambda: self.referred, "the transfer accepted")

    async def is_rid_of(self, dialog: Dialog) -> None:
        """Wait until the exchange has said goodbye on this line."""
        await self._meets(lambda: dialog.over, "a goodbye")

    def hangs_up(self, dialog: Dialog) -> None:
        """Say goodbye: the transferor's duty after the transfer (RFC 5589, 7.3)."""
        self._asks("BYE", dialog)

    async def _meets(self, what: Callable[[], bool], called: str) -> None:
        async def seen() -> bool:
            return what()

        await until(seen, f"{called} at phone {self.number}: {self.dialogs}")

    # ---- what comes ------------------------------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, address: Address) -> None:
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0 "):
            self._is_answered(int(text.split()[1]), text)
            return
        method, dialog = text.split()[0], self._of(text)
        if method == "INVITE" and dialog is None:
            own = f"{_header(text, 'To')};tag={secrets.token_hex(4)}"
            target = re.search(r"<([^>]+)>", _header(text, "Contact"))
            dialog = Dialog(_header(text, "Call-ID"), own, _header(text, "From"), target[1] if target else "")
            self.dialogs.append(dialog)
        if method == "ACK" and dialog is not None:
            dialog.up = True
        elif method == "BYE" and dialog is not None:
            dialog.over = True
        if method != "ACK":
            self._replies(text, dialog, with_sdp=method == "INVITE")

    def _is_answered(self, status: int, text: str) -> None:
        dialog, method = self._of(text), _header(text, "CSeq").split()[1]
        if status < 200 or dialog is None:
            return
        if method == "INVITE" and status < 300:
            dialog.other, dialog.up = _header(text, "To"), True
            self._asks("ACK", dialog)
        elif method == "REFER" and status < 300:
            self.referred = True

    def _of(self, text: str) -> Dialog | None:
        return next((one for one in self.dialogs if one.call_id == _header(text, "Call-ID")), None)

    # ---- what goes -------------------------------------------------------------------------------------------------------

    def _replies(self, request: str, dialog: Dialog | None, with_sdp: bool) -> None:
        to = dialog.own if dialog is not None else _header(request, "To")
        lines = ["SIP/2.0 200 OK", *re.findall(r"(?m)^(?:Via|v):.*?(?=\r?$)", request), f"From: {_header(request, 'From')}", f"To: {to}"]
        lines += [f"Call-ID: {_header(request, 'Call-ID')}", f"CSeq: {_header(request, 'CSeq')}"]
        self._send(lines, "Content-Type: application/sdp" if with_sdp else "", self._sdp() if with_sdp else "")

    def _asks(self, method: str, dialog: Dialog, *headers: str, body: str = "") -> None:
        if method != "ACK":
            dialog.sequence += 1
        lines = [f"{method} {dialog.target} SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{secrets.token_hex(6)}"]
        lines += [f"From: {dialog.own}", f"To: {dialog.other}", f"Call-ID: {dialog.call_id}", f"CSeq: {dialog.sequence} {method}"]
        self._send([*lines, "Max-Forwards: 70"], "\r\n".join(headers), body)

    def _send(self, lines: list[str], more: str, body: str) -> None:
        contact = f"Contact: <sip:{self.number}@127.0.0.1:{self.port}>"
        head = [*lines, contact, *([more] if more else []), f"Content-Length: {len(body)}"]
        self._transport.sendto(("\r\n".join(head) + "\r\n\r\n" + body).encode(), self.exchange)

    def _sdp(self) -> str:
        media = ("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 9 RTP/AVP 8", "a=rtpmap:8 PCMA/8000")
        return "\r\n".join(media) + "\r\n"


def _header(text: str, name: str) -> str:
    found = re.search(rf"(?mi)^{name}\s*:\s*(.*?)\r?$", text)
    return found[1] if found else ""


def _tag(header: str) -> str:
    found = re.search(r";tag=([^;>\s]+)", header)
    assert found, f"no tag in {header}"
    return found[1]
