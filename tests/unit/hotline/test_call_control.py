"""A caller is not moved by the exchange while his session is still saying where he goes."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from acd.effects import HoldCall, RingAgent
from acd.model import AgentId, OfferId, PhoneId, QueueId
from acd.ports import CallControl
from hotline.call_control import SessionFirst
from ivr import fastagi
from tests.unit.ivr.agi_rig import CALL, Asterisk, Rig, settle

QUEUE = QueueId("printers.L2")
TO_THE_END = ("0", "50", "51", "57")
HOLD = HoldCall(CALL, QUEUE, "en")
RING = RingAgent(OfferId("o1"), CALL, AgentId("ann"), PhoneId("1001"), 12.0, QUEUE)


class Exchange:
    """Takes down what it is asked to ring."""

    def __init__(self) -> None:
        self.rung: list[RingAgent] = []

    async def ring(self, command: RingAgent) -> None:
        self.rung.append(command)


async def held_in_session() -> tuple[SessionFirst, Exchange, Asterisk]:
    """The session has taken the word for hold and has told Asterisk, which has not confirmed it yet."""
    rig, exchange = Rig(), Exchange()
    control = SessionFirst(rig.sessions, {"main": cast(CallControl, exchange)})
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    await control.hold(HOLD)
    await settle()
    assert "MSet" in asterisk.hears()
    return control, exchange, asterisk


async def test_an_agent_free_at_once_rings_when_the_session_has_left() -> None:
    control, exchange, asterisk = await held_in_session()
    ringing = asyncio.create_task(control.ring(RING))
    await settle()
    assert exchange.rung == []
    await asterisk.answers("0")
    await ringing
    assert exchange.rung == [RING]


async def test_a_session_that_never_ends_is_waited_for_a_bounded_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastagi, "LEAVE_SECONDS", 0.01)
    control, exchange, asterisk = await held_in_session()
    await control.ring(RING)
    assert exchange.rung == [RING]
    assert not asterisk.was_dropped


async def test_a_caller_without_a_session_is_moved_at_once() -> None:
    exchange = Exchange()
    await SessionFirst(fastagi.Sessions(), {"main": cast(CallControl, exchange)}).ring(RING)
    assert exchange.rung == [RING]
