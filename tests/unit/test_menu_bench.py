"""The menu's benchmark: what its callers take for an answer, and what it makes of their figures."""

from __future__ import annotations

import asyncio

import pytest

from bench.menu_bench import _figures
from bench.menu_callers import Heard, Telephone, late, listening_callers


def test_figures_are_the_middle_the_tail_and_those_that_came_late() -> None:
    figures = _figures(Heard([float(number) for number in range(1, 1001)]))

    assert (figures["samples"], figures["late"], figures["most"]) == (1000, 500, 1000.0)
    assert figures["p50"] == pytest.approx(500.5)
    assert figures["p99"] == pytest.approx(991, abs=1)


def test_a_lost_caller_is_no_figure_but_a_failure() -> None:
    with pytest.raises(RuntimeError, match="1 callers were lost, the first: 137: gone"):
        _figures(Heard([1.0, 2.0], ["137: gone"]))


def test_late_is_later_than_the_limit() -> None:
    assert late([499.9, 500.0, 500.1], 500) == 1


def test_an_answer_is_given_to_whom_it_is_for_and_provisional_ones_to_nobody() -> None:
    async def answers() -> list[int]:
        telephone = Telephone()
        mine, other = telephone.answers.setdefault(b"mine", asyncio.Queue()), telephone.answers.setdefault(b"other", asyncio.Queue())
        for line in (b"SIP/2.0 100 Trying", b"SIP/2.0 200 OK", b"BYE sip:x SIP/2.0"):
            telephone.datagram_received(line + b"\r\nCall-ID: mine\r\n\r\n", None)
        telephone.datagram_received(b"SIP/2.0 200 OK\r\nCall-ID: nobody's\r\n\r\n", None)
        return [mine.qsize(), other.qsize()]

    assert asyncio.run(answers()) == [2, 0]


def test_a_busy_asterisk_is_told_for_each_caller() -> None:
    class Refuses(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, address: object) -> None:
            call = next(line for line in data.split(b"\r\n") if line.startswith(b"Call-ID"))
            if data.startswith(b"INVITE"):
                self.transport.sendto(b"SIP/2.0 503 Busy\r\n" + call + b"\r\n\r\n", address)  # type: ignore[attr-defined]

    async def heard() -> Heard:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Refuses, local_addr=("127.0.0.1", 0))
        try:
            return await listening_callers(transport.get_extra_info("sockname")[1], "400", 2, 3, 100)
        finally:
            transport.close()

    found = asyncio.run(heard())
    assert found.milliseconds == []
    assert len(found.failed) == 2 and "503 Busy" in found.failed[0]
