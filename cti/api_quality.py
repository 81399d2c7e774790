"""Scoring conversations: what is on somebody's list, the form, the score he gives, and the scores that he may see. Translates.

Who scores is blind: he is told of no score but his own, nor whether there is one, nor whether a conversation goes to a second scorer.
Supervisors see their teams' scores, agents their own. A score isn't edited: a later one of the same person stands in its place. Who scores
what is said by ``acd.scoring_turns``, what a score comes to by ``acd.scoring``; whoever keeps them fits ``Quality``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from acd.masking import masked_text
from acd.scope import EVERYTHING, Scope
from acd.score_filter import Superseded, Wanted
from acd.scoring import Form, Kind, faults, form_from, total
from cti.api_cursor import Cursor, Limit, cursor_of, place_of
from cti.api_desk import json_response
from cti.api_parts import Body, Id, OwnAgent, Parts, SignedIn, TheParts
from cti.api_problems import InvalidPart, Refused
from cti.api_routes import REPORTING, SCORING, SIGNED_IN, Role, Route
from cti.api_sessions import Session

LIST = "scores"
OWN_SHOWN = 20
Row = Mapping[str, Any]


class Scores(Protocol):
    """Whoever keeps the scores."""

    async def add(self, form: Form, score: Row, supersedes: int | None) -> Row:
        """Durable when this returns. Raises ``acd.score_filter.Superseded``."""

    async def page(self, wanted: Wanted, limit: int, before: int | None = None) -> Sequence[Row]: ...
    async def history(self, recording: str, scorer: str) -> Sequence[Row]: ...
    async def by_agent(self, wanted: Wanted) -> Sequence[Row]: ...
    async def forms(self, versions: frozenset[str]) -> Mapping[str, Row]: ...
    async def scored_twice(self, wanted: Wanted) -> Sequence[Row]: ...


class Quality(Protocol):
    """Whoever draws conversations and says whose turn it is."""

    @property
    def scores(self) -> Scores: ...
    def form_of(self, queue: str) -> Form | None: ...
    async def to_score(self, scorer: str) -> Sequence[Row]: ...
    async def drawn_one(self, scorer: str, recording: str) -> Row | None:
        """A drawn conversation that is on his list, or that he has scored already; None for any other."""

    async def scorers(self) -> int: ...
    async def draws(self, limit: int) -> Sequence[Row]: ...
    async def drawn(self, week: str, scope: Scope) -> Sequence[Row]: ...
    def days(self, since: date | None, until: date | None, usual: int) -> tuple[date, date]: ...
    def moments(self, since: date, until: date) -> tuple[datetime, datetime]: ...


class CriterionBody(BaseModel):
    """One question; ``label`` and ``hint`` by language."""

    name: str
    kind: Kind
    label: dict[str, str]
    hint: dict[str, str]
    most: int
    weight: float
    may_not_apply: bool


class FormBody(BaseModel):
    """A form to fill in. ``version`` is a digest of its content."""

    name: str
    version: str
    label: dict[str, str]
    criteria: list[CriterionBody]


class ToScore(BaseModel):
    """A conversation that somebody is to score. ``held_at``: when it came to its queue; ``form``: its version."""

    recording: str
    conversation: str
    call: str
    agent: str
    queue: str
    held_at: datetime
    talk_seconds: float
    week: str
    form: str


class ToScoreList(BaseModel):
    """What is on somebody's list, in the order of chance, and the forms by version. ``scorers``: how many people score."""

    conversations: list[ToScore]
    forms: dict[str, FormBody]
    scorers: int


class Answer(Body):
    """The answer to one criterion: points, or 1 and 0 for yes and no; null where it did not apply."""

    criterion: str = Field(max_length=40)
    answer: int | None = Field(ge=0, le=10)


class ScoreBody(Body):
    """A form that is filled in. ``form``: the version that was filled in; ``supersedes``: the own score that this one replaces."""

    form: str = Field(max_length=16)
    answers: list[Answer] = Field(max_length=40)
    comment: str = Field("", max_length=2000)
    supersedes: int | None = Field(None, ge=1, le=2**63 - 1)


class ScoreRow(BaseModel):
    """A score. ``total`` in per cent; ``form`` is the form's name, ``version`` says which one it was then."""

    id: int
    recording: str
    scorer: str
    revision: int
    call: str
    agent: str
    queue: str
    held_at: datetime
    form: str
    version: str
    answers: dict[str, int | None]
    comment: str
    total: float
    at: datetime


class ScorePage(BaseModel):
    """Some scores, the latest first, and their forms by version; ``next`` is the cursor of the following page, null on the last one."""

    scores: list[ScoreRow]
    forms: dict[str, FormBody]
    next: str | None


class RecordingScores(ScorePage):
    """A recording's scores. ``replaceable``: the asker has given one, and can still replace it."""

    replaceable: bool


class OwnScore(BaseModel):
    """What a conversation of one's own was scored; by whom is not told."""

    held_at: datetime
    queue: str
    total: float
    comment: str
    at: datetime


class OwnScores(BaseModel):
    """The latest scores of one's own conversations, the latest first."""

    scores: list[OwnScore]


# ---- scoring -----------------------------------------------------------------------------------------------------------------


async def to_score(request: Request, session: SignedIn) -> Response:
    """What the asker is to score: what was drawn for him, and what nobody has scored until the next draw."""
    quality = quality_of(request)
    _require_person(session)
    rows = [(row, form) for row in await quality.to_score(session.name) if (form := quality.form_of(row["queue"])) is not None]
    shown = [_to_score(row, form) for row, form in rows]
    needed = {form.version: _form_body(form) for _, form in rows}
    return json_response({"conversations": shown, "forms": needed, "scorers": await quality.scorers()})


async def give_score(recording: Id, body: ScoreBody, request: Request, session: SignedIn) -> Response:
    """Score a conversation of one's list; or replace one's own score, which is kept beside the new one.

    A score is replaced by the form in force, or by the version that it was given by itself.
    """
    quality = quality_of(request)
    _require_person(session)
    row = await quality.drawn_one(session.name, recording)
    if row is None:
        raise Refused(HTTPStatus.NOT_FOUND, "not_on_your_list", f"there is no recording {recording} on your list")
    form = quality.form_of(row["queue"])
    if form is None or form.version != body.form:
        form = await _form_of_own(quality, recording, session.name, body)
    if form is None:
        raise Refused(HTTPStatus.CONFLICT, "form_changed", "the form has changed meanwhile: look at it again")
    answers = _answers(form, body)
    score = {
        "recording": recording, "scorer": session.name, "call": row["call"], "agent": row["agent"], "queue": row["queue"],
        "held_at": row["at"], "answers": answers, "comment": body.comment.strip(), "total": total(form, answers), "at": datetime.now(UTC),
    }  # fmt: skip
    try:
        kept = await quality.scores.add(form, score, body.supersedes)
    except Superseded as reason:
        raise Refused(HTTPStatus.CONFLICT, "scored_already", f"you have scored it already: {reason}") from None
    return json_response(kept)


async def _form_of_own(quality: Quality, recording: str, scorer: str, body: ScoreBody) -> Form | None:
    """The form that was filled in, where it is the one by which the score that it replaces was given."""
    given = await quality.scores.history(recording, scorer)
    if not given or (given[-1]["id"], given[-1]["version"]) != (body.supersedes, body.form):
        return None
    return form_from((await quality.scores.forms(frozenset({body.form})))[body.form])


def _answers(form: Form, body: ScoreBody) -> dict[str, int | None]:
    answers = {one.criterion: one.answer for one in body.answers}
    wrong = [InvalidPart(detail=f"{name}: {expected}", pointer="#/answers") for name, expected in faults(form, answers)]
    if len(answers) < len(body.answers):
        wrong.append(InvalidPart(detail="expected each criterion once", pointer="#/answers"))
    if wrong:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_filled_in", "the form is not filled in", errors=wrong)
    return answers


def _to_score(row: Row, form: Form) -> dict[str, Any]:
    kept = ("recording", "conversation", "call", "agent", "queue", "talk_seconds")
    return {**{name: row[name] for name in kept}, "held_at": row["at"], "week": row["draw"], "form": form.version}


def _require_person(session: Session) -> None:
    if session.via != "session":
        raise Refused(HTTPStatus.FORBIDDEN, "people_score", "conversations are scored by people, not by programs")


# ---- scores that were given ----------------------------------------------------------------------------------------------------


async def scores(
    request: Request,
    session: SignedIn,
    parts: TheParts,
    agent: Annotated[str | None, Query(max_length=64)] = None,
    call: Annotated[str | None, Query(max_length=128)] = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Response:
    """The scores that stand. Who scores himself sees only those that he gave."""
    quality = quality_of(request)
    before = None if cursor is None else int(place_of(LIST, cursor, (int,))[0])
    wanted = Wanted(parts.scope(session), scorer=_only(session), agent=agent, call=call)
    rows = list(await quality.scores.page(wanted, limit + 1, before))
    following = cursor_of(LIST, rows[limit - 1]["id"]) if len(rows) > limit else None
    return json_response({**await _with_forms(quality, [_shown(row, session, parts) for row in rows[:limit]]), "next": following})


async def scores_of(recording: Id, request: Request, session: SignedIn, parts: TheParts) -> Response:
    """A recording's scores, those that were replaced too, by scorer and in order. Who scores himself sees only those that he gave."""
    quality = quality_of(request)
    standing = await quality.scores.page(Wanted(parts.scope(session), scorer=_only(session), recording=recording), 50)
    rows = [row for name in sorted({row["scorer"] for row in standing}) for row in await quality.scores.history(recording, name)]
    given = session.role == Role.QUALITY and any(row["scorer"] == session.name for row in rows)
    replaceable = given and await quality.drawn_one(session.name, recording) is not None
    told = await _with_forms(quality, [_shown(row, session, parts) for row in rows])
    return json_response({**told, "next": None, "replaceable": replaceable})


async def own_scores(request: Request, agent: OwnAgent, session: SignedIn, parts: TheParts) -> Response:
    """What the asker's own conversations were scored."""
    quality: Quality | None = request.app.state.quality
    rows = [] if quality is None else await quality.scores.page(Wanted(EVERYTHING, agent=agent), OWN_SHOWN)
    shown = [_shown(row, session, parts) for row in rows]
    return json_response({"scores": [{name: row[name] for name in OwnScore.model_fields} for row in shown]})


def _shown(row: Row, session: Session, parts: Parts) -> Row:
    """A number that somebody wrote into a comment is told to him, and to who sees numbers."""
    seen = row["scorer"] == session.name or parts.sees_numbers(session)
    return row if seen else {**row, "comment": masked_text(row["comment"])}


async def _with_forms(quality: Quality, rows: Sequence[Row]) -> dict[str, Any]:
    forms = await quality.scores.forms(frozenset(row["version"] for row in rows))
    return {"scores": rows, "forms": {version: {**content, "version": version} for version, content in forms.items()}}


def _only(session: Session) -> str | None:
    """Whose scores he sees; None: everybody's. Who may be a second scorer must not see the first one's."""
    return session.name if session.role == Role.QUALITY else None


def _form_body(form: Form) -> dict[str, Any]:
    """As it is shown."""
    return {**form.content, "version": form.version}


def quality_of(request: Request) -> Quality:
    """Whoever keeps them."""
    quality: Quality | None = request.app.state.quality
    if quality is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_quality", "this hotline scores no conversations")
    return quality


ROUTES = (
    Route("GET", "/api/quality/to-score", SCORING, to_score, ToScoreList),
    Route("POST", "/api/quality/recordings/{recording}/scores", SCORING, give_score, ScoreRow),
    Route("GET", "/api/quality/recordings/{recording}/scores", REPORTING, scores_of, RecordingScores),
    Route("GET", "/api/quality/scores", REPORTING, scores, ScorePage),
    Route("GET", "/api/desk/scores", SIGNED_IN, own_scores, OwnScores),
)
