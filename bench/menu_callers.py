"""Callers who listen: SIP and RTP of our own, so that it can be told when a prompt begins after a key.

sipp sends keys, but does not say when it hears what. Each caller here waits until the prompt is over, thinks, presses a key (RFC 4733), and
notes how long it takes from the key's end, which is when Asterisk takes it, to the next prompt's first packet. Knows just enough SIP
(RFC 3261) to call an Asterisk on this machine.
"""

from __future__ import annotations

import asyncio
import random
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from hotline.rtp_captures import EVENTS, key_packets

HERE: Final = "127.0.0.1"
PROMPT_IS_OVER_SECONDS: Final = 0.3
"""So long without a packet: Asterisk sends none while nothing is played."""
THINKS_SECONDS: Final = (0.2, 1.5)
NOTHING_HEARD_SECONDS: Final = 10.0
KEY: Final = "#"
"""Asks for the same again, in every menu."""
_TAG = re.compile(rb"^To:.*;tag=([^;\s]+)", re.MULTILINE | re.IGNORECASE)
_CALL = re.compile(rb"^Call-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)
_CONTACT = re.compile(rb"^Contact: *<([^>]+)>", re.MULTILINE | re.IGNORECASE)
_AUDIO = re.compile(rb"^m=audio (\d+)", re.MULTILINE)


class CallFailed(Exception):
    """Asterisk did not answer, or nothing was heard."""


@dataclass(slots=True)
class Heard:
    """What the callers measured."""

    milliseconds: list[float] = field(default_factory=list)
    """From each key's end to the next prompt's first packet."""
    failed: list[str] = field(default_factory=list)
    """Callers who were not answered, or heard nothing any more, and why."""


class Telephone(asyncio.DatagramProtocol):
    """One UDP port for the signalling of all callers; answers are given to whoever waits for the Call-ID."""

    def __init__(self) -> None:
        self.answers: dict[bytes, asyncio.Queue[bytes]] = {}
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self.transport = cast("asyncio.DatagramTransport", transport)  # asyncio's own class is none of its kind

    def datagram_received(self, data: bytes, _: object) -> None:
        """A final answer, or a goodbye; what else comes is of no interest."""
        call = _CALL.search(data)
        if call is not None and (data.startswith(b"BYE ") or data[8:9] in b"23456"):
            waiting = self.answers.get(call[1])
            if waiting is not None:
                waiting.put_nowait(data)

    def send(self, text: str, port: int) -> None:
        """One message to Asterisk."""
        assert self.transport is not None
        self.transport.sendto(text.replace("\n", "\r\n").encode(), (HERE, port))

    @property
    def port(self) -> int:
        """Our own."""
        assert self.transport is not None
        return int(self.transport.get_extra_info("sockname")[1])


class Ear(asyncio.DatagramProtocol):
    """One caller's voice port: notes when the last packet came, and tells of the first one after ``listen``."""

    def __init__(self) -> None:
        self.last = 0.0
        self.first: asyncio.Future[float] | None = None
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self.transport = cast("asyncio.DatagramTransport", transport)  # asyncio's own class is none of its kind

    def datagram_received(self, _: bytes, __: object) -> None:
        """20 ms of sound."""
        self.last = time.monotonic()
        if self.first is not None and not self.first.done():
            self.first.set_result(self.last)

    def listen(self) -> asyncio.Future[float]:
        """When the next packet comes."""
        self.first = asyncio.get_running_loop().create_future()
        return self.first


async def listening_callers(sip_port: int, number: str, callers: int, keys: int, per_second: float) -> Heard:
    """So many callers ring in, ``per_second``, press ``keys`` keys each, one after each prompt, and say goodbye."""
    loop, heard = asyncio.get_running_loop(), Heard()
    transport, telephone = await loop.create_datagram_endpoint(Telephone, local_addr=(HERE, 0))
    try:
        await asyncio.gather(*(_caller(telephone, sip_port, number, place, place / per_second, keys, heard) for place in range(callers)))
    finally:
        transport.close()
    return heard


async def _caller(telephone: Telephone, sip_port: int, number: str, place: int, after: float, keys: int, heard: Heard) -> None:
    await asyncio.sleep(after)
    transport, ear = await asyncio.get_running_loop().create_datagram_endpoint(Ear, local_addr=(HERE, 0))
    call = _Call(telephone, sip_port, number, f"137{place:08d}", int(transport.get_extra_info("sockname")[1]))
    try:
        voice_port = await call.connect()
        chance = random.Random(place)
        for turn in range(keys):
            await _prompt_over(ear)
            await asyncio.sleep(chance.uniform(*THINKS_SECONDS))
            heard.milliseconds.append(await _press(ear, voice_port, turn))
        call.say_goodbye()
    except (CallFailed, TimeoutError) as problem:
        heard.failed.append(f"{call.ani}: {problem!r}")
        call.say_goodbye()
    finally:
        transport.close()
        call.over()


async def _prompt_over(ear: Ear) -> None:
    """Something was heard, and then nothing for a while."""
    async with asyncio.timeout(NOTHING_HEARD_SECONDS):
        while not ear.last:
            await ear.listen()
        while (silent := time.monotonic() - ear.last) < PROMPT_IS_OVER_SECONDS:  # noqa: ASYNC110  fewer timers than one a packet
            await asyncio.sleep(PROMPT_IS_OVER_SECONDS - silent + 0.005)


async def _press(ear: Ear, port: int, turn: int) -> float:
    """Send a key; milliseconds from its end (the first of three packets that say so) to the next prompt."""
    assert ear.transport is not None
    packets = list(key_packets(EVENTS[KEY], turn))
    begin, ends_at = time.monotonic(), packets[-3][0] / 1e6
    for at, packet in packets[:-3]:
        await asyncio.sleep(max(0.0, begin + at / 1e6 - time.monotonic()))
        ear.transport.sendto(packet, (HERE, port))
    await asyncio.sleep(max(0.0, begin + ends_at - time.monotonic()))
    first = ear.listen()
    end = time.monotonic()
    for _, packet in packets[-3:]:
        ear.transport.sendto(packet, (HERE, port))
    async with asyncio.timeout(NOTHING_HEARD_SECONDS):
        return (await first - end) * 1000


class _Call:
    """One dialogue (RFC 3261)."""

    def __init__(self, telephone: Telephone, sip_port: int, number: str, ani: str, voice_port: int) -> None:
        self._telephone, self._sip_port, self._number, self.ani, self._voice_port = telephone, sip_port, number, ani, voice_port
        self._id = secrets.token_hex(8)
        self._to_tag = ""
        self._target = f"sip:{number}@{HERE}:{sip_port}"
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        telephone.answers[self._id.encode()] = self._answers

    async def connect(self) -> int:
        """Ring in; Asterisk's voice port. Raises CallFailed, TimeoutError."""
        body = (
            f"v=0\no=caller 1 1 IN IP4 {HERE}\ns=-\nc=IN IP4 {HERE}\nt=0 0\nm=audio {self._voice_port} RTP/AVP 8 101\n"
            "a=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n"
        )
        self._request("INVITE", 1, f"Content-Type: application/sdp\nContent-Length: {len(body) + body.count(chr(10))}\n\n{body}")
        async with asyncio.timeout(NOTHING_HEARD_SECONDS):
            answer = await self._answers.get()
        tag, contact, audio = _TAG.search(answer), _CONTACT.search(answer), _AUDIO.search(answer)
        if not answer.startswith(b"SIP/2.0 200") or tag is None or contact is None or audio is None:
            raise CallFailed(answer.partition(b"\r\n")[0].decode(errors="replace"))
        self._to_tag, self._target = f";tag={tag[1].decode()}", contact[1].decode()
        self._request("ACK", 1)
        return int(audio[1])

    def say_goodbye(self) -> None:
        """Hang up; whether that is acknowledged does not matter."""
        self._request("BYE", 2)

    def over(self) -> None:
        """Nobody waits for its answers any more."""
        del self._telephone.answers[self._id.encode()]

    def _request(self, method: str, sequence: int, rest: str = "Content-Length: 0\n\n") -> None:
        own = f"{self.ani}@{HERE}:{self._telephone.port}"
        self._telephone.send(
            f"{method} {self._target} SIP/2.0\nVia: SIP/2.0/UDP {HERE}:{self._telephone.port};branch=z9hG4bK{secrets.token_hex(6)}\n"
            f"From: <sip:{own}>;tag={self._id}\nTo: <sip:{self._number}@{HERE}:{self._sip_port}>{self._to_tag}\nCall-ID: {self._id}\n"
            f"CSeq: {sequence} {method}\nContact: <sip:{own}>\nMax-Forwards: 70\n{rest}",
            self._sip_port,
        )


def late(milliseconds: Sequence[float], limit: float) -> int:
    """How many took longer than ``limit``."""
    return sum(one > limit for one in milliseconds)
