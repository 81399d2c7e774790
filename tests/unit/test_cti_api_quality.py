"""Scoring over HTTP: who scores what without knowing of others, what is refused, and who is told which scores."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import DeedFilter
from acd.people import UserDirectory
from acd.records import recordings
from config.loader import parse
from config.schema import Config
from cti.api_access import Rules
from tests.unit.cti_api_house import LI, WANG, house
from tests.unit.people_house import PASSWORD, app_of, settle
from tests.unit.scored_house import CONFIGURED, NOW, SEED, configured, drawn_house, let_score, scoring
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

As = Callable[[str], Awaitable[httpx.AsyncClient]]
GOOD = {"greeting": 1, "questions": 5, "skill": 4, "manner": 5, "tip": None, "privacy": 1, "caller_first": 1}
PERIOD = {"since": "2026-03-02", "until": "2026-03-08"}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    directory = UserDirectory(engine)
    await settle(directory)
    await let_score(directory, "mei")
    yield engine
    await engine.dispose()


@pytest.fixture
def rules() -> list[Rules]:
    return [Rules()]


@pytest.fixture
async def app(database: AsyncEngine, rules: list[Rules]) -> FastAPI:
    """All four conversations that were drawn go to both scorers, qing and mei."""
    served = app_of(house(), database, rules)
    served.state.quality = await drawn_house(database)
    return served


@pytest.fixture
async def signed_in(app: FastAPI) -> AsyncIterator[As]:
    """``await signed_in("qing")``."""
    async with AsyncExitStack() as clients:

        async def enter(name: str) -> httpx.AsyncClient:
            client = await clients.enter_async_context(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS))
            assert (await client.post("/api/login", json={"name": name, "password": PASSWORD})).status_code == 200
            return client

        yield enter


def edited(*changes: tuple[str, str]) -> Config:
    """The configuration with another form."""
    text = CONFIGURED
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return parse(text)


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/quality/to-score")
    assert answer.status_code == 200, answer.text
    return answer.json()["conversations"]  # type: ignore[no-any-return]


def filled(row: dict[str, Any], supersedes: int | None = None, comment: str = "", **other: int | None) -> dict[str, Any]:
    answers = [{"criterion": name, "answer": answer} for name, answer in {**GOOD, **other}.items()]
    return {"form": row["form"], "answers": answers, "comment": comment, "supersedes": supersedes}


async def give(client: httpx.AsyncClient, row: dict[str, Any], **how: Any) -> httpx.Response:
    return await client.post(f"/api/quality/recordings/{row['recording']}/scores", json=filled(row, **how))


async def test_two_score_the_same_and_neither_can_tell_that_the_other_has(signed_in: As) -> None:
    qing, mei = await signed_in("qing"), await signed_in("mei")
    before = (await mei.get("/api/quality/to-score")).json()
    assert len(before["conversations"]) == 4 and before["scorers"] == 2
    for row in await listed(qing):
        assert (await give(qing, row, comment="well done")).status_code == 200
    assert await listed(qing) == []
    assert (await mei.get("/api/quality/to-score")).json() == before
    for path in ("/api/quality/scores", f"/api/quality/recordings/{before['conversations'][0]['recording']}/scores"):
        assert (await mei.get(path)).json()["scores"] == []
    week = (await mei.get("/api/quality/draws/2026-03-02")).json()
    assert len(week) == 4 and {row["second_scorer"] for row in week} == {None}
    for path in ("/api/quality/report", "/api/quality/agreement", "/api/audit"):
        assert_problem(await mei.get(path), 403, "not_your_role")


async def test_a_score_is_counted_kept_replaced_and_audited(signed_in: As, database: AsyncEngine) -> None:
    qing, chen = await signed_in("qing"), await signed_in("chen")
    row = (await listed(qing))[0]
    first = (await give(qing, row, comment=" well done ")).json()
    assert (first["total"], first["comment"], first["revision"]) == (pytest.approx(100 * 8.4 / 9), "well done", 1)
    assert first["answers"] == GOOD
    assert_problem(await give(qing, row), 409, "scored_already")
    second = (await give(qing, row, supersedes=first["id"], privacy=0)).json()
    assert (second["total"], second["revision"]) == (0.0, 2)
    [standing] = (await chen.get("/api/quality/scores", params={"call": row["call"]})).json()["scores"]
    assert standing["id"] == second["id"]
    told = (await chen.get(f"/api/quality/recordings/{row['recording']}/scores")).json()
    assert [one["total"] for one in told["scores"]] == [first["total"], 0.0]
    assert [one["name"] for one in told["forms"][row["form"]]["criteria"]] == list(GOOD)
    deeds = await AuditLog(database).deeds(DeedFilter(action="quality.give_score"), 10)
    assert {(deed["who"], deed["target"], deed["outcome"]) for deed in deeds} == {("qing", row["recording"], "done")}


async def test_a_score_is_corrected_by_the_form_that_it_was_given_by_when_that_has_changed(
    signed_in: As, app: FastAPI, database: AsyncEngine
) -> None:
    qing, mei = await signed_in("qing"), await signed_in("mei")
    row = (await listed(qing))[0]
    first = (await give(qing, row)).json()
    app.state.quality = scoring(database, edited(("{zh: 规范问候, en: Greeting}", "{zh: 问候, en: Welcome}")))
    assert_problem(await give(mei, row), 409, "form_changed")
    second = (await give(qing, row, supersedes=first["id"], privacy=0)).json()
    assert (second["revision"], second["version"], second["total"]) == (2, first["version"], 0.0)
    assert_problem(await give(qing, row, supersedes=first["id"]), 409, "form_changed")
    newer = {**row, "form": (await listed(mei))[0]["form"]}
    assert newer["form"] != row["form"]
    third = (await give(qing, newer, supersedes=second["id"])).json()
    assert (third["revision"], third["version"]) == (3, newer["form"])
    assert_problem(await give(qing, {**row, "form": "another"}, supersedes=third["id"]), 409, "form_changed")


async def test_who_gave_a_score_is_told_whether_it_can_be_replaced(signed_in: As, app: FastAPI, database: AsyncEngine) -> None:
    qing, mei, chen = [await signed_in(name) for name in ("qing", "mei", "chen")]
    row, other = (await listed(qing))[:2]
    await give(qing, row)
    await give(qing, other)

    async def again(client: httpx.AsyncClient, recording: str = row["recording"]) -> bool:
        return (await client.get(f"/api/quality/recordings/{recording}/scores")).json()["replaceable"]  # type: ignore[no-any-return]

    assert [await again(client) for client in (qing, mei, chen)] == [True, False, False]
    async with database.begin() as connection:
        await connection.execute(update(recordings).where(recordings.c.id == row["recording"]).values(deleted_at=NOW))
    assert [await again(qing), await again(qing, other["recording"])] == [False, True]
    for weeks in range(1, 5):
        await scoring(database, configured(), [NOW + timedelta(days=7 * weeks)]).draw_due()
    assert not await again(qing, other["recording"])


async def test_an_action_that_is_sent_again_is_done_once(signed_in: As) -> None:
    qing = await signed_in("qing")
    row = (await listed(qing))[0]
    path = f"/api/quality/recordings/{row['recording']}/scores"
    answers = [await qing.post(path, json=filled(row), headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json() and answers[1].headers["Idempotency-Replayed"] == "true"


async def test_what_does_not_fit_is_refused(signed_in: As) -> None:
    qing = await signed_in("qing")
    row = (await listed(qing))[0]
    path = f"/api/quality/recordings/{row['recording']}/scores"
    whole = filled(row)
    for wrong in (
        whole["answers"][1:], [*whole["answers"], whole["answers"][0]], [*whole["answers"], {"criterion": "other", "answer": 1}],
        filled(row, greeting=None)["answers"], filled(row, greeting=2)["answers"],
    ):  # fmt: skip
        assert_problem(await qing.post(path, json={**whole, "answers": wrong}), 422, "not_filled_in")
    assert_problem(await qing.post(path, json={**whole, "form": "another"}), 409, "form_changed")
    assert_problem(await qing.post("/api/quality/recordings/none/scores", json=whole), 404, "not_on_your_list")
    chen = await signed_in("chen")
    assert_problem(await chen.post(path, json=whole), 403, "not_your_role")
    assert_problem(await chen.get("/api/quality/to-score"), 403, "not_your_role")


async def test_a_program_scores_nothing(signed_in: As) -> None:
    root = await signed_in("root")
    body = {"name": "robot", "role": "quality", "teams": [], "days": 1}
    made = await root.post("/api/tokens", json=body)
    assert made.status_code < 300, made.text
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    root.cookies.clear()
    assert_problem(await root.get("/api/quality/to-score", headers=headers), 403, "people_score")


async def test_supervisors_see_their_teams_scores_and_agents_their_own(signed_in: As) -> None:
    qing, chen, lead, li = [await signed_in(name) for name in ("qing", "chen", "lead", "li")]
    for row in await listed(qing):
        await give(qing, row, comment=f"to {row['agent']}", skill=5 if row["agent"] == LI else 0)
    everybody = (await chen.get("/api/quality/report", params=PERIOD)).json()["agents"]
    assert [(row["agent"], row["scored"], round(row["average"])) for row in everybody] == [(LI, 2, 100), (WANG, 2, 67)]
    assert [row["agent"] for row in (await lead.get("/api/quality/report", params=PERIOD)).json()["agents"]] == [LI]
    assert {row["agent"] for row in (await lead.get("/api/quality/scores")).json()["scores"]} == {LI}
    assert_problem(await lead.get("/api/quality/scores", params={"agent": WANG}), 403, "not_your_team")
    own = (await li.get("/api/desk/scores")).json()["scores"]
    assert [row["comment"] for row in own] == [f"to {LI}"] * 2
    assert "scorer" not in own[0]
    assert (await chen.get("/api/quality/report", params={"since": "2026-03-09", "until": "2026-03-10"})).json()["agents"] == []
    assert_problem(await chen.get("/api/quality/report", params={"since": "2026-03-09", "until": "2026-03-08"}), 422, "unknown_period")


async def test_a_number_in_a_comment_is_told_to_who_wrote_it_and_to_who_sees_numbers(signed_in: As, rules: list[Rules]) -> None:
    qing, chen, li = [await signed_in(name) for name in ("qing", "chen", "li")]
    row = next(row for row in await listed(qing) if row["agent"] == LI)
    await give(qing, row, comment="call 13800138000 back")
    rules.append(Rules(numbers_seen_by=frozenset({"supervisor"})))

    async def comment(client: httpx.AsyncClient, path: str) -> str:
        return (await client.get(path)).json()["scores"][0]["comment"]  # type: ignore[no-any-return]

    assert await comment(qing, "/api/quality/scores") == await comment(chen, "/api/quality/scores") == "call 13800138000 back"
    assert "13800138000" not in await comment(li, "/api/desk/scores")


async def test_scores_come_page_by_page(signed_in: As) -> None:
    qing = await signed_in("qing")
    for row in await listed(qing):
        await give(qing, row)
    page = (await qing.get("/api/quality/scores", params={"limit": 3})).json()
    rest = (await qing.get("/api/quality/scores", params={"limit": 3, "cursor": page["next"]})).json()
    assert (len(page["scores"]), len(rest["scores"]), rest["next"]) == (3, 1, None)


async def test_agreement_is_told_by_pair_and_criterion_of_what_each_said_first(signed_in: As) -> None:
    qing, mei, chen, lead = [await signed_in(name) for name in ("qing", "mei", "chen", "lead")]
    for client, skills in ((qing, (5, 4, 5, 1)), (mei, (5, 4, 3, 1))):
        for row, skill in zip(sorted(await listed(client), key=lambda row: row["recording"]), skills, strict=True):
            first = (await give(client, row, skill=skill)).json()
            await give(client, row, supersedes=first["id"], skill=0)
    report = (await chen.get("/api/quality/agreement", params=PERIOD)).json()
    [pair] = report["pairs"]
    assert (pair["first"], pair["second"], pair["conversations"], report["scorers"]) == ("mei", "qing", 4, 2)
    found = {row["criterion"]: (row["share"], row["kappa"], row["too_few"]) for row in pair["criteria"]}
    assert found["skill"] == (0.75, pytest.approx((0.75 - 0.25) / (1 - 0.25)), True)
    assert found["tip"] == (1.0, None, True)
    assert (await lead.get("/api/quality/agreement", params=PERIOD)).json()["pairs"][0]["conversations"] == 2


async def test_answers_on_another_scale_are_another_criterion(signed_in: As, app: FastAPI, database: AsyncEngine) -> None:
    qing, mei, chen = [await signed_in(name) for name in ("qing", "mei", "chen")]
    by_recording = sorted(row["recording"] for row in await listed(qing))

    async def both_give(recording: str) -> None:
        for client in (qing, mei):
            [row] = [one for one in await listed(client) if one["recording"] == recording]
            assert (await give(client, row, manner=1)).status_code == 200

    await both_give(by_recording[0])
    scale = ("kind: points, weight: 3}", "kind: points, weight: 3, most: 10}")
    kind = ('hint: {zh: 耐心、清楚，不争辩, en: "Patient, clear, no arguing"}, kind: points, weight: 2}', "kind: yes_no, weight: 2}")
    app.state.quality = scoring(database, edited(scale, kind))
    await both_give(by_recording[1])
    [pair] = (await chen.get("/api/quality/agreement", params=PERIOD)).json()["pairs"]
    found = [(row["criterion"], row["kind"], row["most"], row["conversations"]) for row in pair["criteria"]]
    assert [row for row in found if row[0] in ("greeting", "skill", "manner")] == [
        ("greeting", "yes_no", 1, 2), ("skill", "points", 5, 1), ("manner", "points", 5, 1), ("skill", "points", 10, 1),
        ("manner", "yes_no", 1, 1),
    ]  # fmt: skip


async def test_a_seed_is_told_when_its_week_is_over(signed_in: As) -> None:
    running, over = (await (await signed_in("chen")).get("/api/quality/draws")).json()
    assert (running["week"], running["seed"], running["command"]) == ("2026-03-09", None, None)
    assert over["seed"] == SEED and f"--recorded --seed {SEED} --since 2026-03-02 --until 2026-03-08" in over["command"]
    assert running["sealed"] == over["sealed"], "the tests throw the same again and again"


async def test_who_scores_is_told_a_seed_only_when_the_next_one_is_drawn(signed_in: As, database: AsyncEngine) -> None:
    qing = await signed_in("qing")

    async def seeds() -> list[tuple[str, str | None]]:
        return [(row["week"], row["seed"] and row["command"] and row["seed"]) for row in (await qing.get("/api/quality/draws")).json()]

    assert await seeds() == [("2026-03-09", None), ("2026-03-02", None)]
    await scoring(database, configured(), [NOW + timedelta(days=7)]).draw_due()
    assert await seeds() == [("2026-03-16", None), ("2026-03-09", None), ("2026-03-02", SEED)]
