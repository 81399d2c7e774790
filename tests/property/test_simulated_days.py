"""A simulated day, whatever its callers: nobody is left unserved, the same callers make the same day, and who is away takes no call."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.model import AgentId, Level, PhoneId
from acd.simulation import Day, Outcome, Visitor
from hotline import simulate_command
from hotline.places import Refused
from tests.unit.acd.scene import AGENTS, NINE, PLAN

CONFIG = Path(__file__).parents[2] / "config" / "hotline.yaml"
NAMES = tuple(agent.id for agent in AGENTS)
ANSWER_SECONDS = 4.0

visitors = st.lists(
    st.builds(
        Visitor,
        at=st.integers(0, 1800).map(lambda seconds: NINE + timedelta(seconds=seconds)),
        product_line=st.sampled_from(["printers", "servers"]),
        level=st.sampled_from(list(Level)),
        language=st.sampled_from(["zh", "en", "fr"]),
        talk_seconds=st.floats(0, 900),
        patience_seconds=st.floats(0, 600),
        segment=st.sampled_from(["standard", "key-account"]),
        urgent=st.booleans(),
    ),
    max_size=30,
).map(lambda some: sorted(some, key=lambda visitor: visitor.at))
at_work = st.sampled_from([names for size in range(len(NAMES) + 1) for names in combinations(NAMES, size)])


def day(callers: Sequence[Visitor], agents: Sequence[AgentId] = NAMES) -> Outcome:
    return Day(PLAN, NINE, ANSWER_SECONDS, agents).run(callers)


@given(callers=visitors, agents=at_work)
@settings(deadline=None)
def test_everybody_is_answered_or_gives_up_and_nobody_is_both(callers: list[Visitor], agents: tuple[AgentId, ...]) -> None:
    outcome = day(callers, agents)
    assert outcome.unserved == []
    assert outcome.answered + outcome.abandoned == outcome.offered == len(callers)
    assert len(outcome.waits_seconds) == outcome.answered >= outcome.answered_in_time


@given(callers=visitors, agents=at_work)
@settings(deadline=None)
def test_the_same_callers_make_the_same_day(callers: list[Visitor], agents: tuple[AgentId, ...]) -> None:
    assert day(callers, agents) == day(callers, agents)


@given(callers=visitors, agents=at_work)
@settings(deadline=None)
def test_an_agent_who_is_away_takes_no_call(callers: list[Visitor], agents: tuple[AgentId, ...]) -> None:
    outcome = day(callers, agents)
    assert set(outcome.talk_seconds_by_agent) <= set(agents)
    assert agents or outcome.abandoned == outcome.offered


@given(callers=visitors)
@settings(deadline=None)
def test_nobody_waits_for_less_than_an_agent_needs_to_answer_or_for_longer_than_his_patience(callers: list[Visitor]) -> None:
    longest = max((visitor.patience_seconds for visitor in callers), default=0.0)
    assert all(ANSWER_SECONDS <= waited <= longest for waited in day(callers).waits_seconds)


def test_thousands_of_callers_whose_patience_would_run_out_during_their_talks() -> None:
    """All are answered at once; then nothing happens for a while but that."""
    company = tuple(replace(AGENTS[0], id=AgentId(f"ann{place:04}"), phone=PhoneId(f"9{place:04}")) for place in range(2000))
    callers = [Visitor(NINE, "printers", Level.L1, "zh", talk_seconds=600, patience_seconds=60)] * len(company)
    outcome = Day(replace(PLAN, agents=company), NINE, ANSWER_SECONDS).run(callers)
    assert (outcome.answered, outcome.unserved) == (len(company), [])


# ---- the command ------------------------------------------------------------------------------------------------------------


def simulate(*options: str) -> int:
    parser = argparse.ArgumentParser()
    simulate_command.add_arguments(parser)
    return simulate_command.run(parser.parse_args(options, argparse.Namespace(config=CONFIG)))


def test_the_command_says_the_same_of_the_same_seed_and_else_of_another(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for seed in ("7", "7", "8"):
        assert simulate("--hours", "2", "--seed", seed) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]
    assert "unserved 0" in said[0]


def test_the_command_leaves_out_who_is_absent(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate("--hours", "2") == 0
    assert "li.wei" in capsys.readouterr().out
    assert simulate("--hours", "2", "--absent", "li.wei", "--absent", "zhang.min") == 0
    said = capsys.readouterr().out
    assert "chen.jie" in said and "li.wei" not in said and "zhang.min" not in said


def test_an_absent_agent_whom_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match=r"no agent li\.wie"):
        simulate("--absent", "li.wie")


@pytest.mark.parametrize("option", ["--calls-per-hour", "--hours", "--talk-seconds", "--patience-seconds"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "many"])
def test_a_day_of_nothing_is_refused(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        simulate(f"{option}={value}")
    assert option in capsys.readouterr().err
