"""The weekly draw: thrown in secret, drawn once, the same as the command's; and who is given what to score."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.draw_rows import DrawRows
from acd.people import UserDirectory
from acd.records import recordings, scores, stays
from acd.scope import EVERYTHING, Scope
from acd.score_filter import Superseded, Wanted
from acd.score_rows import ScoreRows
from acd.scoring_turns import Scorer, is_turn_of
from hotline import cli, sample_command
from tests.unit.acd.test_scoring import FORM
from tests.unit.cti_api_house import LI, WANG
from tests.unit.scored_house import MONDAY, NOW, SEED, SHIPPED, configured, drawn_house, hold, let_score, scoring

WEEK = "2026-03-02"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3"


@pytest.fixture
async def database(url: str) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(url)
    yield engine
    await engine.dispose()


# ---- the draw -----------------------------------------------------------------------------------------------------------------


async def test_the_seed_is_thrown_while_the_week_runs_and_the_draw_made_once_when_it_is_over(database: AsyncEngine) -> None:
    await hold(database, LI, "printers.L1", 5)
    at = [MONDAY + timedelta(days=3)]
    weekly = scoring(database, configured(), at)
    await weekly.draw_due()
    [running, before] = await weekly.draws(5)
    assert (running["id"], running["thrown_at"], running["drawn_at"]) == (WEEK, at[0], None)
    assert (before["id"], before["of"]) == ("2026-02-23", 0)
    at.append(MONDAY + timedelta(days=6, hours=18, minutes=59))  # Monday in Shanghai, a minute to three
    await weekly.draw_due()
    assert (await weekly.draws(1))[0]["id"] == "2026-03-09"
    assert not await weekly.drawn(WEEK, EVERYTHING)
    at.append(at[-1] + timedelta(minutes=1))
    await weekly.draw_due()
    found = await weekly.drawn(WEEK, EVERYTHING)
    assert len(found) == 2
    await hold(database, LI, "printers.L1", 5, MONDAY + timedelta(days=1))
    at.append(NOW)
    await scoring(database, configured(per_agent=5), at).draw_due()
    assert await weekly.drawn(WEEK, EVERYTHING) == found


async def test_the_command_draws_the_same_list(
    database: AsyncEngine, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for agent in (LI, WANG, "zhang.min"):
        await hold(database, agent, "printers.L1", 40)
        await hold(database, agent, "printers.L1", 5, MONDAY + timedelta(days=3), seconds=10)
    weekly = scoring(database, configured(0.3, per_agent=7))
    await weekly.draw_due()
    [_, row] = await weekly.draws(5)
    config = tmp_path / "hotline.yaml"
    config.write_text(SHIPPED, "utf-8")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", url)
    told = ["--config", str(config), "--recorded", "--seed", row["seed"], "--since", row["id"], "--until", row["until"]]
    arguments = cli.parser("sample").parse_args(["sample", *told, "--per-agent", "7", "--shortest", "20", "--second-share", "0.3", "--csv"])
    lines = await sample_command._sample(arguments)
    printed = [tuple(line.split(",")) for line in lines[0].splitlines()[1:]]
    kept = [
        (one["agent"], one["conversation"], f"{one['number']:.9f}", str(one["of"]), "second" if one["second_scorer"] else "")
        for one in await weekly.drawn(row["id"], EVERYTHING)
    ]
    assert [(agent, what, number, of, second) for agent, what, _, _, _, number, of, second in printed] == kept
    assert len(kept) == 21 and {of for *_, of, _ in kept} == {"40"}


async def test_a_recording_is_the_conversations_before_it_and_what_was_not_recorded_is_not_drawn(database: AsyncEngine) -> None:
    await hold(database, LI, "printers.L1", 3)
    async with database.begin() as connection:
        await connection.execute(text("update stays set call = 'main-x', id = 'main-x/' || id"))
        await connection.execute(text("update recordings set call = 'main-x'"))
        await connection.execute(delete(recordings).where(recordings.c.began_at == MONDAY + timedelta(hours=1, seconds=5)))
    found = await DrawRows(database).recorded(MONDAY, MONDAY + timedelta(days=1), 20)
    assert [(one.at, one.recording) for one in found] == [
        (MONDAY + timedelta(hours=number), f"main-{LI}-02{number:02}.1-{int((MONDAY + timedelta(hours=number, seconds=5)).timestamp())}")
        for number in (0, 2)
    ]


async def _one_call(database: AsyncEngine, *talked: tuple[datetime, float, bool]) -> None:
    """One agent's conversations in one call: when offered, for how many seconds, and whether recorded."""
    for at, seconds, _ in talked:
        await hold(database, LI, "printers.L1", 1, at, seconds)
    unheard = [at + timedelta(seconds=5) for at, _, recorded in talked if not recorded]
    async with database.begin() as connection:
        await connection.execute(text("update stays set call = 'main-x', id = 'main-x/' || id"))
        await connection.execute(text("update recordings set call = 'main-x'"))
        await connection.execute(delete(recordings).where(recordings.c.began_at.in_(unheard)))


async def test_a_recording_of_one_that_was_too_short_is_not_taken_for_the_one_before_it(database: AsyncEngine) -> None:
    await _one_call(database, (MONDAY, 300.0, False), (MONDAY + timedelta(hours=1), 8.0, True))
    assert await DrawRows(database).recorded(MONDAY, MONDAY + timedelta(days=1), 20) == []


async def test_a_recording_of_the_next_week_is_not_taken_for_one_of_the_week_before(database: AsyncEngine) -> None:
    sunday = MONDAY + timedelta(days=6, hours=15)
    await _one_call(database, (sunday, 300.0, False), (sunday + timedelta(hours=2), 300.0, True))
    midnight = sunday + timedelta(hours=1)
    rows = DrawRows(database)
    assert await rows.recorded(midnight - timedelta(days=7), midnight, 20) == []
    assert [one.at for one in await rows.recorded(midnight, midnight + timedelta(days=7), 20)] == [sunday + timedelta(hours=2)]


async def test_what_was_drawn_before_is_left_out_and_the_weeks_others_are_drawn(database: AsyncEngine) -> None:
    weekly = await drawn_house(database)
    before = await weekly.drawn(WEEK, EVERYTHING)
    async with database.begin() as connection:  # as when the records were made anew by other rules: the same sound, offered a week later
        later = MONDAY + timedelta(days=7, hours=1)
        await connection.execute(text("update stays set id = id || '9'"))
        await connection.execute(update(stays).values(offered_at=later))
        await connection.execute(update(recordings).values(began_at=later + timedelta(seconds=5)))
    await hold(database, "zhang.min", "printers.L1", 1, later)
    again = scoring(database, configured(per_agent=5), [NOW + timedelta(days=7)])
    await again.draw_due()
    found = await again.drawn("2026-03-09", EVERYTHING)
    assert {row["agent"] for row in found} == {LI, WANG, "zhang.min"} and len(found) == 10 - len(before) + 1
    assert not {row["recording"] for row in found} & {row["recording"] for row in before}
    assert await weekly.drawn(WEEK, EVERYTHING) == before


# ---- whose turn it is ------------------------------------------------------------------------------------------------------------


people = st.lists(st.sampled_from(["ann", "bob", "cat", "dan"]), min_size=1, unique=True)
conversations = st.fixed_dictionaries(
    {"conversation": st.text("abc", min_size=1), "seed": st.text("xyz"), "second_scorer": st.booleans(), "agent": st.just(LI),
     "queue": st.just("printers.L1")}
)  # fmt: skip


def scorers_of(names: list[str]) -> list[Scorer]:
    return [Scorer(name, None, EVERYTHING) for name in names]


@given(people, conversations, st.data())
def test_what_is_on_a_list_does_not_tell_who_has_scored(names: list[str], one: dict[str, object], data: st.DataObject) -> None:
    me = data.draw(st.sampled_from(names))
    mine = is_turn_of(me, one, scorers_of(names), (), True)
    turns = [name for name in names if is_turn_of(name, one, scorers_of(names), (), True)]
    assert len(turns) == min(len(names), 2 if one["second_scorer"] else 1)
    for other in set(turns) - {me}:
        if one["second_scorer"]:
            assert is_turn_of(me, one, scorers_of(names), {other}, True) == mine


@given(people, conversations)
def test_nobody_is_asked_twice_and_never_more_than_are_needed(names: list[str], one: dict[str, object]) -> None:
    scored: list[str] = []
    while turns := [name for name in names if is_turn_of(name, one, scorers_of(names), scored, False)]:
        assert turns[0] not in scored
        scored.append(turns[0])
    assert 1 <= len(scored) <= (2 if one["second_scorer"] else 1)


def test_nobody_scores_himself_nor_another_teams_and_what_is_left_is_anybodys() -> None:
    one = {"conversation": "c", "seed": SEED, "second_scorer": False, "agent": LI, "queue": "printers.L1"}
    own, foreign = Scorer("own", LI, EVERYTHING), Scorer("foreign", None, Scope(True, frozenset({WANG}), frozenset({"servers.L1"})))
    assert not any(is_turn_of(name, one, [own, foreign], (), False) for name in ("own", "foreign"))
    able = [own, foreign, *scorers_of(["ann", "bob"])]
    assert [is_turn_of(name, one, able, (), True) for name in ("ann", "bob")].count(True) == 1
    assert all(is_turn_of(name, one, able, (), False) for name in ("ann", "bob"))


async def test_lists_are_each_ones_own_until_the_next_draw_and_lose_what_is_deleted(database: AsyncEngine) -> None:
    await let_score(UserDirectory(database), "ann", "bob", "cat")
    weekly = await drawn_house(database, second_share=0.0)
    lists = {name: {row["recording"] for row in await weekly.to_score(name)} for name in ("ann", "bob", "cat", "stranger")}
    assert sum(map(len, lists.values())) == 4 and not lists["stranger"]
    assert len(set().union(*lists.values())) == 4
    assert await weekly.scorers() == 3
    later = scoring(database, configured(0.0), [NOW + timedelta(days=7)])
    await later.draw_due()
    assert {row["recording"] for row in await later.to_score("ann")} == set().union(*lists.values())
    gone = sorted(lists["ann"] or lists["bob"])[0]
    async with database.begin() as connection:
        await connection.execute(update(recordings).where(recordings.c.id == gone).values(deleted_at=NOW))
    assert gone not in {row["recording"] for row in await later.to_score("ann")}
    assert await later.drawn_one("ann", gone) is None


# ---- scores ----------------------------------------------------------------------------------------------------------------------


def score(recording: str, scorer: str, total: float, agent: str = LI, at: datetime = NOW) -> dict[str, object]:
    return {
        "recording": recording, "scorer": scorer, "call": "main-1", "agent": agent, "queue": "printers.L1", "held_at": MONDAY,
        "answers": {"greeting": 1}, "comment": "", "total": total, "at": at,
    }  # fmt: skip


async def test_a_score_is_replaced_by_a_later_one_and_kept(database: AsyncEngine) -> None:
    rows = ScoreRows(database)
    first = await rows.add(FORM, score("r1", "ann", 50.0), None)
    with pytest.raises(Superseded):
        await rows.add(FORM, score("r1", "ann", 60.0), None)
    second = await rows.add(FORM, score("r1", "ann", 70.0), first["id"])
    with pytest.raises(Superseded):
        await rows.add(FORM, score("r1", "ann", 80.0), first["id"])
    assert [row["total"] for row in await rows.page(Wanted(EVERYTHING), 10)] == [70.0]
    assert [row["total"] for row in await rows.page(Wanted(EVERYTHING, first=True), 10)] == [50.0]
    assert [(row["revision"], row["total"]) for row in await rows.history("r1", "ann")] == [(1, 50.0), (2, 70.0)]
    assert second["revision"] == 2
    assert (await rows.forms({FORM.version}))[FORM.version] == FORM.content


async def test_the_database_itself_lets_no_score_be_changed(database: AsyncEngine) -> None:
    await ScoreRows(database).add(FORM, score("r1", "ann", 50.0), None)
    for statement in (update(scores).values(total=100.0), delete(scores)):
        with pytest.raises(DBAPIError, match="superseded"):
            async with database.begin() as connection:
                await connection.execute(statement)


async def test_a_recording_that_two_have_scored_counts_once_by_their_average(database: AsyncEngine) -> None:
    rows = ScoreRows(database)
    given = (("r1", "ann", 60.0, LI), ("r1", "bob", 80.0, LI), ("r2", "ann", 100.0, LI), ("r3", "bob", 0.0, WANG))
    for recording, scorer, total, agent in given:
        await rows.add(FORM, score(recording, scorer, total, agent), None)
    assert [(row["agent"], row["scored"], row["average"], row["lowest"]) for row in await rows.by_agent(Wanted(EVERYTHING))] == [
        (LI, 2, 85.0, 70.0), (WANG, 1, 0.0, 0.0)
    ]  # fmt: skip
    assert {row["scorer"] for row in await rows.scored_twice(Wanted(EVERYTHING, first=True))} == {"ann", "bob"}
    assert await rows.scored_twice(Wanted(EVERYTHING, agent=WANG)) == []


async def test_days_are_the_hotlines(database: AsyncEngine) -> None:
    weekly = scoring(database, configured())
    assert weekly.days(None, None, 7) == (date(2026, 3, 4), date(2026, 3, 10))
    start, _ = weekly.moments(date(2026, 3, 2), date(2026, 3, 2))
    assert start == MONDAY - timedelta(hours=8)
