"""What the scores say: the averages by agent, how far the scorers agree, and the draws with all that is needed to draw them again.

Translates. Kappa is worked out by ``acd.agreement``, a draw by ``acd.sampling``.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from http import HTTPStatus
from shlex import quote
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel

from acd.agreement import agreement, by_pair
from acd.score_filter import Wanted
from acd.scoring import Kind
from cti.api_desk import json_response
from cti.api_parts import Day, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_quality import Quality, Row, quality_of
from cti.api_routes import REPORTING, SUPERVISING, Role, Route

MOST_DAYS = 366
USUAL_DAYS = 91
SHOWN_DRAWS = 12
Week = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
"""A week's first day."""
Asked = tuple[str, str, str, int]
"""Form, criterion, how it is answered, and its most points: answers on different scales are not to be compared."""


class AgentScores(BaseModel):
    """How an agent's conversations were scored, in per cent. One that two have scored counts once, by their average."""

    agent: str
    scored: int
    average: float
    lowest: float


class ScoreReport(BaseModel):
    """By agent, of conversations of these days."""

    since: date
    until: date
    agents: list[AgentScores]


class CriterionAgreement(BaseModel):
    """How far two scorers agree on one criterion. ``share`` of equal answers; ``kappa`` is Cohen's, null where it is not defined.

    One that was answered otherwise earlier (``kind``, and ``most``: its points) is told by itself.
    ``too_few``: of so few conversations they say little.
    """

    form: str
    criterion: str
    label: dict[str, str]
    kind: Kind
    most: int
    conversations: int
    share: float | None
    kappa: float | None
    too_few: bool


class PairAgreement(BaseModel):
    """Two people who have scored the same conversations."""

    first: str
    second: str
    conversations: int
    criteria: list[CriterionAgreement]


class AgreementReport(BaseModel):
    """By pair of scorers; what each said first counts, for later ones may have been talked over. ``scorers``: how many there are."""

    since: date
    until: date
    scorers: int
    pairs: list[PairAgreement]


class DrawRow(BaseModel):
    """A week's draw. The seed is told when it is drawn; until then its SHA-256, ``sealed``. ``command`` draws the same again."""

    week: str
    until: str
    thrown_at: datetime
    sealed: str
    seed: str | None
    drawn_at: datetime | None
    per_agent: int | None
    of: int | None
    digest: str | None
    command: str | None


class DrawnRow(BaseModel):
    """A conversation that was drawn: ``number`` is below those of the agent's others that were not, ``of`` how many he had."""

    agent: str
    conversation: str
    queue: str
    at: datetime
    number: float
    of: int
    second_scorer: bool | None
    """Null for who scores himself."""


async def report(request: Request, session: SignedIn, parts: TheParts, since: Day | None = None, until: Day | None = None) -> Response:
    """How the agents' conversations were scored, by agent."""
    quality = quality_of(request)
    first, last = _days(quality, since, until)
    start, end = quality.moments(first, last)
    rows = await quality.scores.by_agent(Wanted(parts.scope(session), since=start, until=end))
    scope = parts.scope(session)
    return json_response({"since": first, "until": last, "agents": [row for row in rows if scope.has_agent(row["agent"])]})


async def agreements(request: Request, session: SignedIn, parts: TheParts, since: Day | None = None, until: Day | None = None) -> Response:
    """How far people who scored the same conversations agree: the share of equal answers and Cohen's kappa, by criterion.

    Who scores is not told: of a single day it would say what a conversation's other scorer has answered.
    """
    quality = quality_of(request)
    first, last = _days(quality, since, until)
    start, end = quality.moments(first, last)
    rows = await quality.scores.scored_twice(Wanted(parts.scope(session), since=start, until=end, first=True))
    forms = await quality.scores.forms(frozenset(row["version"] for row in rows))
    pairs = [_pair(names, rows_of, forms) for names, rows_of in by_pair(rows).items()]
    return json_response({"since": first, "until": last, "scorers": await quality.scorers(), "pairs": pairs})


def _pair(names: tuple[str, str], both: list[tuple[Row, Row]], forms: Any) -> dict[str, Any]:
    """Criteria of one form that are called and answered alike are one, even if the form has changed in between."""
    answers: dict[Asked, list[tuple[Any, Any]]] = {}
    labels: dict[Asked, Any] = {}
    for one, other in both:
        for criterion in forms[one["version"]]["criteria"]:
            key = (one["form"], criterion["name"], criterion["kind"], criterion["most"])
            answers.setdefault(key, []).append((one["answers"][key[1]], other["answers"][key[1]]))
            labels[key] = criterion["label"]
    criteria = [_criterion(key, labels[key], pairs) for key, pairs in answers.items()]
    return {"first": names[0], "second": names[1], "conversations": len(both), "criteria": criteria}


def _criterion(key: Asked, label: Any, pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    found = agreement(pairs)
    return {
        "form": key[0], "criterion": key[1], "kind": key[2], "most": key[3], "label": label, "conversations": found.conversations,
        "share": found.share, "kappa": found.kappa, "too_few": found.too_few,
    }  # fmt: skip


async def draws(request: Request, session: SignedIn) -> Response:
    """The latest weeks' draws, newest first: the seeds, and the command by which anybody draws the same again.

    Who scores is told a seed when the next draw is made: from it follows which conversations go to a second scorer.
    """
    rows = await quality_of(request).draws(SHOWN_DRAWS)
    latest = max((row["id"] for row in rows if row["drawn_at"] is not None), default="")
    blind = session.role == Role.QUALITY
    return json_response([_draw(row, row["drawn_at"] is not None and not (blind and row["id"] == latest)) for row in rows])


async def drawn(week: Week, request: Request, session: SignedIn, parts: TheParts) -> Response:
    """What was drawn in a week, by agent and number, to be compared with what the command prints."""
    blind = session.role == Role.QUALITY
    rows = await quality_of(request).drawn(week, parts.scope(session))
    shown = [{name: row[name] for name in DrawnRow.model_fields} for row in rows]
    return json_response([{**row, "second_scorer": None} for row in shown] if blind else shown)


def _draw(row: Row, told: bool) -> dict[str, Any]:
    kept = ("until", "thrown_at", "drawn_at", "per_agent", "of", "digest")
    return {
        "week": row["id"], **{name: row[name] for name in kept}, "sealed": sha256(row["seed"].encode()).hexdigest(),
        "seed": row["seed"] if told else None, "command": _command(row) if told else None,
    }  # fmt: skip


def _command(row: Row) -> str:
    return (
        f"hotline sample --recorded --seed {quote(row['seed'])} --since {row['id']} --until {row['until']} --per-agent {row['per_agent']} "
        f"--shortest {row['shortest_seconds']:g} --second-share {row['second_share']:g}"
    )


def _days(quality: Quality, since: date | None, until: date | None) -> tuple[date, date]:
    first, last = quality.days(since, until, USUAL_DAYS)
    if first > last or (last - first).days >= MOST_DAYS:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_period", f"expected at most {MOST_DAYS} days, the first not after the last")
    return first, last


ROUTES = (
    Route("GET", "/api/quality/report", SUPERVISING, report, ScoreReport),
    Route("GET", "/api/quality/agreement", SUPERVISING, agreements, AgreementReport),
    Route("GET", "/api/quality/draws", REPORTING, draws, list[DrawRow]),
    Route("GET", "/api/quality/draws/{week}", REPORTING, drawn, list[DrawnRow]),
)
