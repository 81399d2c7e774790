"""RTP of pressed keys as capture files, for sipp to play.

sipp's package has such captures too, but each key's has a fixed timestamp, and Asterisk (22) takes an event that is older than
the last one for a repetition: a lower key pressed after a higher one would not be heard. Here the timestamps rise with the
place of the key in the call. RTP: RFC 3550; telephone events: RFC 4733; file: libpcap's classic format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

EVENTS = {**{str(digit): digit for digit in range(10)}, "*": 10, "#": 11}
"""Key -> telephone-event code (RFC 4733 section 3.2)."""
PAYLOAD_TYPE = 101
SAMPLES_PER_PACKET = 160
"""20 ms at 8 kHz."""
PACKETS_PER_KEY = 8
SSRC = 0x0E05384E
_KEY_DISTANCE = 80_000
"""Timestamps between two keys of a call: 10 s, so that they rise however fast one types."""


def write_key_captures(directory: Path, places: int) -> None:
    """Write ``<place>-<event>.pcap`` for every key at each of ``places`` places in a call."""
    for place in range(places):
        for event in EVENTS.values():
            (directory / f"{place}-{event}.pcap").write_bytes(capture(key_packets(event, place)))


def key_packets(event: int, place: int) -> Iterator[tuple[int, bytes]]:
    """(microseconds from the start, RTP packet) of one pressed key; the end is said three times, as the RFC wants."""
    timestamp = (place + 1) * _KEY_DISTANCE
    sequence = (place + 1) * 100
    for number in range(PACKETS_PER_KEY):
        yield number * 20_000, _packet(sequence + number, timestamp, event, (number + 1) * SAMPLES_PER_PACKET, first=number == 0)
    for repetition in range(3):
        number = PACKETS_PER_KEY + repetition
        yield (
            PACKETS_PER_KEY * 20_000 + repetition * 1_000,
            _packet(sequence + number, timestamp, event, (PACKETS_PER_KEY + 1) * SAMPLES_PER_PACKET, end=True),
        )


def _packet(sequence: int, timestamp: int, event: int, duration: int, first: bool = False, end: bool = False) -> bytes:
    volume = 10
    header = struct.pack("!BBHII", 0x80, PAYLOAD_TYPE | (0x80 if first else 0), sequence, timestamp, SSRC)
    return header + struct.pack("!BBH", event, volume | (0x80 if end else 0), duration)


def capture(packets: Iterator[tuple[int, bytes]]) -> bytes:
    """A capture file of RTP packets in UDP, IPv4 and Ethernet; sipp puts its own addresses in."""
    ethernet = 1
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ethernet)]
    for microseconds, rtp in packets:
        frame = _frame(rtp)
        parts.append(struct.pack("<IIII", microseconds // 1_000_000, microseconds % 1_000_000, len(frame), len(frame)) + frame)
    return b"".join(parts)


def _frame(rtp: bytes) -> bytes:
    udp = struct.pack("!HHHH", 4000, 4000, 8 + len(rtp), 0) + rtp
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes((127, 0, 0, 1)), bytes((127, 0, 0, 1)))
    return bytes(12) + b"\x08\x00" + ip + udp
