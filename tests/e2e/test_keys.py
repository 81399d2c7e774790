"""Keys as real telephones send them: faster than any prompt, by SIP INFO, after long silences, and among packets that make no sense.

RFC 4733's events, where nothing else is said. Tones in the voice are nobody's keys.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.rtp_captures import EVENTS, PAYLOAD_TYPE, SSRC, capture, key_packets
from hotline.sipp import CAPTURES, SDP, Sipp
from tests.e2e.scene import Scene
from tests.e2e.voice import RATE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

UNIFIED = "4008001234"
KEYS = "#*32"
"""The question again, in English, printers, a fault."""
AS_KEYED = [["first", "#", "again"], ["first", "*", "english"], ["product", "3", "printers"], ["level", "2", "fault"]]
FASTEST_MICROSECONDS = 240_000
"""From key to key: 180 ms of tone, then the shortest gap that a hand makes on a keypad."""
PCMA = 8
NINE_HERTZ = (852.0, 1477.0)
"""ITU-T Q.23's tones of the key 9, which would lead to the services."""


def fast(keys: str) -> Iterator[tuple[int, bytes]]:
    """The keys one right after the other."""
    for place, key in enumerate(keys):
        for at, packet in key_packets(EVENTS[key], place):
            yield place * FASTEST_MICROSECONDS + at, packet


def garbage() -> Iterator[tuple[int, bytes]]:
    """Events that no telephone has (flash, tones), broken ones, other payloads, and noise; always the same."""
    chance = random.Random(4733)
    for number in range(120):
        kind = chance.randrange(4)
        payload_type = (PAYLOAD_TYPE, PAYLOAD_TYPE, chance.choice((0, 13, 77, 96)), PCMA)[kind]
        header = struct.pack("!BBHII", 0x80, payload_type, 5000 + number, 900_000_000 + number * 160, SSRC)
        event = struct.pack("!BBH", chance.randrange(16, 256), chance.randrange(256), chance.randrange(65536))
        yield number * 10_000, header + (event, event[: chance.randrange(4)], chance.randbytes(20), chance.randbytes(160))[kind]


def tones() -> Iterator[tuple[int, bytes]]:
    """A second of the tones of a key, as voice."""
    for number in range(50):
        header = struct.pack("!BBHII", 0x80, PCMA, 9000 + number, 910_000_000 + number * 160, SSRC)
        yield number * 20_000, header + bytes(alaw(two_tones(number * 160 + place)) for place in range(160))


def two_tones(place: int) -> int:
    return sum(int(6000 * math.sin(2 * math.pi * hertz * place / RATE)) for hertz in NINE_HERTZ)


def alaw(sample: int) -> int:
    """ITU-T G.711's code of a sample of 16 bits."""
    magnitude = (sample if sample >= 0 else ~sample) >> 3
    exponent = max(0, magnitude.bit_length() - 5)
    mantissa = magnitude >> max(1, exponent) & 0x0F
    return (exponent << 4 | mantissa | (0x80 if sample >= 0 else 0)) ^ 0x55


def played(name: str, milliseconds: int) -> str:
    return f'<nop><action><exec play_pcap_audio="{name}"/></action></nop>\n<pause milliseconds="{milliseconds}"/>'


def keyed(key: str, place: int, after_milliseconds: int) -> str:
    return f'<pause milliseconds="{after_milliseconds}"/>\n' + played(f"{place}.pcap", 300)


def informed(key: str, sequence: int) -> str:
    """As RFC 2976 carries them, in the usual ``application/dtmf-relay``."""
    body = f"Signal={key}\n      Duration=160\n"
    return f'<pause milliseconds="700"/>\n{request("INFO", sequence, "application/dtmf-relay", body)}<recv response="200"/>'


def request(method: str, sequence: int, kind: str = "", body: str = "") -> str:
    content = f"Content-Type: {kind}\n      Content-Length: [len]\n\n      {body}" if body else "Content-Length: 0\n"
    retransmitted = ' retrans="500"' if method != "ACK" else ""
    return f"""<send{retransmitted}><![CDATA[
      {method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:ANI@[local_ip]:[local_port]>;tag=[pid]keys[call_number]
      To: <sip:{UNIFIED}@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: {sequence} {method}
      Contact: <sip:ANI@[local_ip]:[local_port]>
      Max-Forwards: 70
      {content}
    ]]></send>
"""


def scenario(ani: str, steps: list[str]) -> str:
    """A caller who does the steps, then waits in the queue for a while and says goodbye."""
    invitation = request("INVITE", 1, "application/sdp", SDP).replace("[next_url]", f"sip:{UNIFIED}@[remote_ip]:[remote_port]")
    text = "\n".join([
        '<scenario name="keys">', invitation, '<recv response="100" optional="true"/><recv response="180" optional="true"/>',
        '<recv response="200" rrs="true"/>', request("ACK", 1), *steps, '<pause milliseconds="5000"/>', request("BYE", 90),
        '<recv response="200"/>', "</scenario>",
    ])  # fmt: skip
    return text.replace("ANI", ani).replace("[peer_tag_param]", "", 1)


WAYS: dict[str, list[str]] = {
    "faster than any prompt": ['<pause milliseconds="300"/>', played("fast.pcap", 1200)],
    "after long silences": [keyed("#", 0, 200), keyed("*", 1, 1000), keyed("3", 2, 3500), keyed("2", 3, 3500)],
    "by SIP INFO": [informed(key, sequence) for sequence, key in enumerate(KEYS, start=2)],
    "among packets that make no sense": [
        played("garbage.pcap", 1500), keyed("#", 0, 200), played("tones.pcap", 1100), keyed("*", 1, 200), played("garbage.pcap", 400),
        keyed("3", 2, 500), played(f"{CAPTURES}/g711a.pcap", 700), keyed("2", 3, 500),
    ],
}  # fmt: skip


def write_captures(directory: Path) -> None:
    for place, key in enumerate(KEYS):
        (directory / f"{place}.pcap").write_bytes(capture(key_packets(EVENTS[key], place)))
    (directory / "fast.pcap").write_bytes(capture(fast(KEYS)))
    (directory / "garbage.pcap").write_bytes(capture(garbage()))
    (directory / "tones.pcap").write_bytes(capture(tones()))


async def test_keys_are_understood_however_they_come(scene: Scene, tmp_path: Path) -> None:
    anis, callers = {way: scene.new_ani() for way in WAYS}, []
    for number, (way, steps) in enumerate(WAYS.items()):
        directory = tmp_path / str(number)
        directory.mkdir()
        write_captures(directory)
        port = next(scene.house.caller_ports)
        options = [f"127.0.0.1:{scene.hotline.ports.sip}", "-p", str(port), "-mp", str(next(scene.house.caller_ports)), "-m", "1"]
        callers.append(Sipp(directory, scenario(anis[way], steps), options))
        await callers[-1].start()
    try:
        assert [await caller.finished() for caller in callers] == [0] * len(WAYS), [caller.errors for caller in callers]
        rows = {way: await scene.ended(ani) for way, ani in anis.items()}
    finally:
        for caller in callers:
            await caller.stop()
    assert {way: row["path"] for way, row in rows.items()} == dict.fromkeys(WAYS, AS_KEYED)
    assert {row["queue"] for row in rows.values()} == {"printers.L2"}
