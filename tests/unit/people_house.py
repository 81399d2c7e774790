"""A house of stand-ins whose users, tokens and deeds are the real ones, and who works in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.audit import AuditLog
from acd.people import UserDirectory
from acd.pins import Pins
from acd.plan import Plan
from acd.sealing import Seal
from acd.tokens import TokenDirectory
from cti.api import DIST, create_app
from cti.api_access import Access, Rules
from hotline.identity import Users
from skills.expression import Has
from skills.requirement import Requirement, Step
from tests.unit.cti_api_house import INCIDENT_TEXTS, LI, LINES, SECRET, WANG, House, plan

PASSWORD = "a password of the tests"


def plan_of_two_teams() -> Plan:
    """Printers are li's team's, servers wang's."""
    known, team_of = plan(), {LI: "printers", WANG: "servers"}
    agents = tuple(
        replace(agent, team=team_of[agent.id], skills={f"product:{team_of[agent.id]}": 3}) for agent in known.agents
    )  # fmt: skip
    queues = tuple(
        replace(queue, requirement=Requirement((Step("own", Has(f"product:{queue.product_line}", 1)),))) for queue in known.queues
    )
    return replace(known, agents=agents, queues=queues)


async def settle(directory: UserDirectory) -> None:
    """Let everybody in. It takes its time: passwords are hashed."""
    for name, role, agent, teams in (
        ("root", "admin", None, []), ("chen", "supervisor", None, []), ("lead", "supervisor", None, ["printers"]),
        ("qing", "quality", None, []), ("li", "agent", LI, []),
    ):  # fmt: skip
        await directory.put(name, PASSWORD, role, agent, "en", teams)


def app_of(built: House, database: AsyncEngine, rules: list[Rules], dist: Path = DIST) -> FastAPI:
    """The application; the last of ``rules`` are in force."""
    directory = UserDirectory(database, Seal(SECRET))
    return create_app(
        built.engine, Users(directory, "Hotline"), built.live, SECRET, plan_of_two_teams, product_lines=LINES, dist=dist,
        incident_texts=lambda: INCIDENT_TEXTS, phones=lambda: ("1900",), supervision=lambda: {"listening": True},
        access=Access(directory, TokenDirectory(database), AuditLog(database), lambda: rules[-1], pins=Pins(database)),
    )  # fmt: skip
