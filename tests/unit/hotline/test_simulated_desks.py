"""A simulated desk does what an engineer's page does, through the real HTTP side."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from acd.events import AgentLoggedIn, AgentWentReady, DeskSeen, HandoverAcknowledged
from acd.model import Handover, PhoneId
from cti.api import create_app
from cti.api_server import serve
from hotline.simulated_desks import DeskHabits, SimulatedDesk, SimulatedDesks
from tests.unit.cti_api_house import LI, LINES, PEOPLE, SECRET, House, house, plan, pop

AT_ONCE = DeskHabits((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))


async def happened(built: House, event: object) -> None:
    """Return once the engine was told of it."""
    async with asyncio.timeout(10):
        while event not in built.engine.events:
            await asyncio.sleep(0.01)


async def test_an_agent_goes_ready_and_reads_what_is_handed_over_to_him(tmp_path: Path) -> None:
    built = house()
    server = await serve(create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, dist=tmp_path), port=0)
    desk = SimulatedDesk(f"http://127.0.0.1:{server.port}", PEOPLE[0].name, PEOPLE[0].password, AT_ONCE)
    plain, with_packet = pop("o1"), replace(pop("o2"), handover=Handover("restarted it"))
    try:
        async with SimulatedDesks([desk], ready_seconds=10):
            for shown in (plain, with_packet):
                built.engine.reserve(shown)
                await built.live.show_pop(shown)
            await happened(built, HandoverAcknowledged(with_packet.offer))
    finally:
        await server.stop()
    assert built.engine.events[:4] == [
        DeskSeen(LI, True), AgentLoggedIn(LI, PhoneId("1001")), AgentWentReady(LI), HandoverAcknowledged(with_packet.offer),
    ]  # fmt: skip
    assert [shown["offer"] for shown in desk.pops] == ["o1", "o2"]
