"""Who takes what: every queue with the words by which it is looked for, and the engineers whom its first step admits, as they are now.

Reads the plan and the board; decides nothing.
"""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel

from acd.board import Board
from acd.plan import Plan
from acd.replan import first_step, languages_of
from cti.api_desk import json_response
from cti.api_parts import OwnAgent, Parts, TheParts
from cti.api_routes import SIGNED_IN, Route
from skills.admission import Admission


class TakenBy(BaseModel):
    """A queue. ``words`` are names of its product line, in every language, and what else it is called; ``agents`` take its calls first."""

    queue: str
    product_line: str
    level: str
    words: list[str]
    waiting: int
    is_open: bool
    agents: list[str]


class Colleague(BaseModel):
    """An engineer, logged in or not."""

    agent: str
    name: str
    team: str
    state: str


class Takers(BaseModel):
    """All queues, and all engineers."""

    queues: list[TakenBy]
    agents: list[Colleague]


async def takers(agent: OwnAgent, parts: TheParts) -> Response:
    """Who takes what, for whoever looks for the right queue or engineer by the name of a product."""
    board, plan = parts.engine.board(), parts.plan()
    colleagues = [Colleague(agent=one.agent, name=one.name, team=one.team, state=one.state) for one in board.agents]
    return json_response(Takers(queues=_queues(board, plan, parts), agents=colleagues))


def _queues(board: Board, plan: Plan, parts: Parts) -> list[TakenBy]:
    admission, spoken = Admission([(one.id, one.skills) for one in plan.agents]), languages_of(plan)
    seen = {view.queue: view for view in board.queues}
    found = []
    for queue in plan.queues:
        admits, view, line = first_step(admission, queue, spoken), seen.get(queue.id), queue.product_line
        found.append(TakenBy(
            queue=queue.id, product_line=line, level=queue.level,
            words=[line, *parts.product_lines.get(line, {}).values(), *parts.also_called().get(line, ())],
            waiting=0 if view is None else view.waiting, is_open=view is None or view.is_open,
            agents=[one.id for place, one in enumerate(plan.agents) if admits >> place & 1],
        ))  # fmt: skip
    return found


ROUTES = (Route("GET", "/api/desk/takers", SIGNED_IN, takers, Takers),)
