"""A house in which conversations were recorded last week, whose engine draws them, and people who score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.people import UserDirectory
from acd.projection import _new_call
from acd.records import calls, recordings, stays
from config.loader import parse
from config.schema import Config
from hotline.weekly_scoring import WeeklyScoring
from tests.unit.cti_api_house import LI, WANG
from tests.unit.people_house import PASSWORD, plan_of_two_teams

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""Of the week whose conversations are drawn; in Shanghai it is 8 o'clock then."""
NOW = MONDAY + timedelta(days=8, hours=1)
SHIPPED = (Path(__file__).parents[2] / "config" / "hotline.yaml").read_text("utf-8")
SEED = "5eed"


def configured(second_share: float = 1.0, per_agent: int = 2) -> Config:
    """The shipped configuration, with as many drawn and scored twice."""
    return parse(_text(second_share, per_agent))


def _text(second_share: float, per_agent: int) -> str:
    text = SHIPPED.replace("  per_agent: 3\n  second_share: 0.1\n", f"  per_agent: {per_agent}\n  second_share: {second_share}\n")
    assert f"second_share: {second_share}\n" in text
    return text


CONFIGURED = _text(1.0, 2)
"""The text of what is ``configured`` without further words."""


async def hold(database: AsyncEngine, agent: str, queue: str, count: int, begun: datetime = MONDAY, seconds: float = 60.0) -> None:
    """So many recorded conversations of an agent's, an hour apart."""
    async with database.begin() as connection:
        for number in range(count):
            at = begun + timedelta(hours=number)
            call = f"main-{agent}-{at:%d%H}.1"
            stay = {
                "id": f"{call}/s1", "call": call, "queue": queue, "product_line": queue.partition(".")[0], "entry": "unified",
                "came_by": "menu", "bounced": False, "offered_at": at, "quarter": int(at.timestamp()) // 900, "became": "answered_in_time",
                "waited_seconds": 5.0, "agent": agent, "ring_seconds": 3.0, "talk_seconds": seconds, "hold_seconds": 0.0,
                "wrap_up_seconds": 5.0, "handled": True, "handed_on": False,
            }  # fmt: skip
            answered = at + timedelta(seconds=5)
            recording = {
                "id": f"{call}-{int(answered.timestamp())}", "call": call, "queue": queue, "agent": agent, "began_at": answered,
                "ended_at": answered + timedelta(seconds=seconds), "pauses": [], "deleted_at": None,
            }  # fmt: skip
            await connection.execute(insert(calls).values(**{**_new_call(call, at), "ani": "13800138000"}))
            await connection.execute(insert(stays).values(**stay))
            await connection.execute(insert(recordings).values(**recording))


def scoring(database: AsyncEngine, config: Config, at: Sequence[datetime] = (NOW,)) -> WeeklyScoring:
    """The engine's part; the last of ``at`` is now."""
    return WeeklyScoring(database, lambda: config, plan_of_two_teams, lambda: at[-1], lambda: SEED)


async def let_score(directory: UserDirectory, *names: str) -> None:
    """People who score. It takes its time: passwords are hashed."""
    for name in names:
        await directory.put(name, PASSWORD, "quality", None, "en")


async def drawn_house(database: AsyncEngine, second_share: float = 1.0, monday: datetime = MONDAY, now: datetime = NOW) -> WeeklyScoring:
    """Two of five conversations of each of two agents are drawn, of the week that began on that Monday."""
    await hold(database, LI, "printers.L1", 5, monday)
    await hold(database, WANG, "servers.L1", 5, monday)
    weekly = scoring(database, configured(second_share), [now])
    await weekly.draw_due()
    return weekly
