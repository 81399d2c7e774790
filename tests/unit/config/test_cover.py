"""Who is there for a queue, hour by hour: nobody, nobody who knows the product, only one, enough."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from config.check import check
from config.cover import in_words
from config.schema import Config
from config.schema.source import Problem, Severity
from tests.unit.config.conftest import SHIPPED
from tests.unit.config.test_dialplan import CALLED_BACK

Changed = Callable[..., Config]
OFFICE = '{days: [mon, tue, wed, thu, fri], opens: "08:30", closes: "18:00"}'
ALWAYS = '{days: [mon, tue, wed, thu, fri, sat, sun], opens: "00:00", closes: "24:00"}'
EARLY = '{days: [mon, tue, wed, thu, fri], opens: "08:30", closes: "17:00"}'
KNOWS_PRINTERS_IN_ENGLISH = ("li.wei", "wang.fang", "chen.jie", "sun.li", "wu.ting", "james.miller", "sarah.wilson", "david.brown")


@pytest.fixture
def staffed(changed: Changed) -> Changed:
    """Office hours for all queues; ``staffed(**{agent: works})`` with the agents' usual hours, the agent's id with _ for the dot."""

    def change(*more: tuple[str, str], **works: str) -> Config:
        pairs = [(ALWAYS, OFFICE), *more]
        for agent, hours in works.items():
            name = agent.replace("_", ".")
            pairs.append((f"  {name}:\n    {{name:", f"  {name}:\n    {{works: [{hours}], name:"))
        return changed(*pairs)

    return change


def told(config: Config, words: str) -> list[Problem]:
    return [problem for problem in check(config) if words in problem.text]


def test_office_hours_with_everybody_there_are_covered(staffed: Changed) -> None:
    assert check(staffed()) == []


def test_an_hour_with_one_who_knows_the_product_is_named(staffed: Changed) -> None:
    leave_early = {agent.replace(".", "_"): EARLY for agent in KNOWS_PRINTERS_IN_ENGLISH if agent != "sun.li"}

    problems = told(staffed(**leave_early), "found only sun.li for printers.L2 in en")

    assert [problem.severity for problem in problems] == [Severity.WARNING]
    assert "one absence leaves it empty on Monday 17:00-18:00, Tuesday 17:00-18:00, Wednesday" in problems[0].text
    assert problems[0].line is not None


def test_an_hour_with_nobody_who_knows_the_product_is_named(staffed: Changed) -> None:
    leave_early = {agent.replace(".", "_"): EARLY for agent in KNOWS_PRINTERS_IN_ENGLISH}

    [problem] = told(staffed(**leave_early), "nobody who knows printers for printers.L2 in en")

    assert problem.severity is Severity.WARNING
    assert "Friday 17:00-18:00" in problem.text or "…" in problem.text


def test_an_open_hour_with_nobody_at_all_is_refused(staffed: Changed, shipped: Config) -> None:
    everybody_early = {agent.replace(".", "_"): EARLY for agent in shipped.agents}

    problems = told(staffed(**everybody_early), "found nobody for printers.L2 in zh")

    assert [problem.severity for problem in problems] == [Severity.ERROR]
    assert "17:00-18:00" in problems[0].text


def test_a_queue_that_is_open_by_another_zones_clock_is_held_against_the_same_hours(changed: Changed, shipped: Config) -> None:
    """Tokyo is an hour ahead of Shanghai: its 9 to 18 is Shanghai's 8 to 17."""
    early = '{days: [mon, tue, wed, thu, fri], opens: "08:00", closes: "17:00"}'
    pairs = [(f"  {agent}:\n    {{name:", f"  {agent}:\n    {{works: [{early}], name:") for agent in shipped.agents]
    tokyo = ("\nclosed_days: []", "\ncalendars: {tokyo: {time_zone: Asia/Tokyo}}\nclosed_days: []")
    nine_to_six = (ALWAYS, '{days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "18:00"}')

    assert told(changed(*pairs, nine_to_six), "found nobody for pcs.L1 in zh") != []
    by_tokyo = ("    strategy: longest_idle\n", "    strategy: longest_idle\n    calendar: tokyo\n")
    assert told(changed(*pairs, nine_to_six, tokyo, by_tokyo), "found nobody for pcs.L1 in zh") == []


def test_times_in_words() -> None:
    assert in_words([(day * 86400, (day + 1) * 86400) for day in range(7)]) == "at all times"
    assert in_words([(4 * 86400 + 61200, 5 * 86400)]) == "on Friday 17:00-24:00"


def test_hours_of_callbacks_with_nobody_at_work_are_refused_at_their_line(staffed: Changed) -> None:
    """Engineers go home at six, and customers would be called back until seven."""
    names = re.findall(r"^  ([a-z]+\.[a-z]+):\n    \{name:", SHIPPED, re.MULTILINE)
    late = '{days: [fri], opens: "17:00", closes: "19:00"}'
    callbacks = ("    # callback: {when_expected", f"    callback: {{hours: [{late}], when_expected")
    config = staffed(*CALLED_BACK[:2], callbacks, **{name.replace(".", "_"): OFFICE for name in names})

    problems = told(config, "found nobody for callbacks of printers.L1 in zh")

    assert [(problem.severity, problem.path[-1]) for problem in problems] == [(Severity.ERROR, "callback")]
    assert "on Friday 18:00-19:00" in problems[0].text
    assert problems[0].line is not None
