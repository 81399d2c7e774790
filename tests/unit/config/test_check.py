"""Proofs about a configuration: no dead ends, every queue reachable and staffed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.check import check
from config.loader import ConfigError, load, parse
from config.schema import Config
from config.schema.source import Problem, Severity
from tests.unit.config.conftest import SHIPPED

Changed = Callable[..., Config]


def told(problems: list[Problem], words: str) -> Problem:
    found = [problem for problem in problems if words in problem.text]
    assert found, problems
    return found[0]


def test_the_shipped_configuration_is_proven(shipped: Config) -> None:
    assert check(shipped) == []


CALLBACKS = (
    ("# callbacks: {trunk: provider, caller_id", "callbacks: {trunk: provider, allowed: ['13', '021'], caller_id"),
    ("provider: {match: [127.0.0.1],", "provider: {match: [127.0.0.1], contact: 'sip:192.0.2.1',"),
)


def test_callbacks_to_every_number_may_cost_and_are_told(changed: Changed) -> None:
    assert check(changed(*CALLBACKS)) == []
    problem = told(check(changed(*CALLBACKS, ("allowed: ['13', '021'], ", ""))), "premium")
    assert problem.severity is Severity.WARNING and problem.line is not None


def test_a_closed_queue_that_only_calls_back_leaves_the_others_waiting(changed: Changed) -> None:
    """Who has no number that can be called back meets no rule."""
    only = ("{name: closed, when_closed: true, to_destination: closed}", "{name: later, when_closed: true, to_callback: true}")
    assert told(check(changed(*CALLBACKS, only)), "waits until it opens").severity is Severity.ERROR


def test_a_number_that_is_allowed_and_refused_is_told(changed: Changed) -> None:
    assert "'021' allowed and refused" in told(check(changed(*CALLBACKS, ("'021'],", "'021'], refused: ['02'],"))), "refused").text


NUMBERS = (("# outside_numbers:", "outside_numbers:"), CALLBACKS[1])


def test_numbers_that_agents_may_key_are_looked_at_as_those_of_callbacks(changed: Changed) -> None:
    assert check(changed(*NUMBERS)) == []
    every = told(check(changed(*NUMBERS, (", allowed: ['13', '15', '18', '021']", ""))), "every number of the country")
    assert every.severity is Severity.WARNING and every.line is not None
    emergency = ("allowed: ['13', '15'", "allowed: ['110', '15'")
    assert "'110' allowed and refused" in told(check(changed(*NUMBERS, emergency)), "nobody there").text


def test_menus_that_lead_to_each_other_are_a_dead_end(changed: Changed) -> None:
    problem = told(check(changed(("{choice: how_to, sets: {level: L1}}", "{choice: how_to, next: language}"))), "loop")

    assert problem.severity is Severity.ERROR
    assert "level -> language -> product -> level" in problem.text
    assert problem.line is not None and problem.file == "hotline.yaml"


def test_a_menu_that_leads_to_itself_is_a_dead_end(changed: Changed) -> None:
    assert (
        "level -> level" in told(check(changed(("default: {choice: no_level,", "default: {next: level, choice: no_level,"))), "loop").text
    )


def test_a_menu_that_nobody_reaches_is_told(changed: Changed) -> None:
    spare = (
        "  spare:\n    prompt: choose_level\n    asks: level\n    branches: {1: {choice: a, sets: {level: L1}}}\n    default: {choice: b}\n"
    )
    config = changed(("\ninputs:", f"{spare}\ninputs:"))

    assert told(check(config), "'spare'").path == ("menus", "spare")


def test_a_queue_that_no_key_leads_to_is_told(changed: Changed) -> None:
    problem = told(check(changed(("product_line: scanners}", "product_line: pcs}"))), "scanners.L1")

    assert problem.severity is Severity.WARNING


def test_a_level_that_a_line_does_not_have_is_told(changed: Changed) -> None:
    config = changed(("scanners: {label: {zh: 扫描仪, en: Scanners}, ", "scanners: {label: {zh: 扫描仪, en: Scanners}, levels: [L1, L2], "))

    assert told(check(config), "to scanners.L3").severity is Severity.ERROR


def test_a_queue_without_anybody_in_a_language_is_an_error(changed: Changed) -> None:
    speaks_no_english = changed(("en: 5, zh: 2}", "zh: 2}"), ("en: 5, zh: 3}", "zh: 3}"), ("languages: {en: 5}", "languages: {zh: 1}"),
                                ("zh: 5, en: 2}", "zh: 5}"), ("zh: 5, en: 3}", "zh: 5}"), ("zh: 5, en: 4}", "zh: 5}"),
                                ("      - name: anybody\n        need: anybody\n", ""), ("        until_seconds: 180\n", ""))  # fmt: skip

    assert told(check(speaks_no_english), "no agent for printers.L2 in en at any step").severity is Severity.ERROR


def test_a_queue_without_anybody_at_the_last_step_is_an_error(changed: Changed) -> None:
    config = changed(("        need: anybody\n", '        need: {all: ["platform:linux >= 5", "platform:windows >= 5"]}\n'))

    assert told(check(config), "at the last step").severity is Severity.ERROR


def test_a_queue_that_only_the_last_step_can_serve_is_a_warning(changed: Changed) -> None:
    steps = '    servers.L3: {steps: [{name: a, need: {all: ["platform:linux >= 5", "platform:windows >= 5"]}, until_seconds: 9}, '
    config = changed(("    servers.L3: {", steps + "{name: b, need: anybody}], "))

    problem = told(check(config), "before the last step")
    assert problem.severity is Severity.WARNING
    assert problem.path == ("queues", "overrides", "servers.L3")


def test_a_key_that_does_not_answer_its_menu_is_a_warning(changed: Changed) -> None:
    config = changed(("{choice: how_to, sets: {level: L1}}", "{choice: how_to}"))

    assert told(check(config), "key 1 of menu 'level'").severity is Severity.WARNING


def test_a_phone_that_nobody_sits_at_is_a_warning(changed: Changed) -> None:
    assert told(check(changed(("  1012: {}\n", "  1012: {}\n  1013: {}\n"))), "phone 1013").severity is Severity.WARNING


def test_an_endless_head_start_is_a_warning(changed: Changed) -> None:
    assert told(check(changed(("urgent_head_start_seconds: 180", "urgent_head_start_seconds: 7200"))), "7200").severity is Severity.WARNING


def test_a_line_that_only_strangers_could_survive_is_a_warning(nobody_for_scanners: Config) -> None:
    assert told(check(nobody_for_scanners), "'scanners', which 4008002004").severity is Severity.WARNING


def test_errors_come_before_warnings(changed: Changed) -> None:
    problems = check(
        changed(("  1012: {}\n", "  1012: {}\n  1013: {}\n"), ("{choice: how_to, sets: {level: L1}}", "{choice: how_to, next: level}"))
    )

    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities)
    assert set(severities) == {Severity.ERROR, Severity.WARNING}


def test_a_number_whose_days_are_over_is_told_from_the_day_after_on(changed: Changed) -> None:
    config = changed(("welcome: welcome_promotion}", 'welcome: welcome_promotion, valid_to: "2026-12-31"}'))

    assert check(config) == check(config, "2026-12-31") == []
    problem = told(check(config, "2027-01-01"), "4008003000 out of date since 2026-12-31")
    assert problem.severity is Severity.WARNING and problem.line is not None


def test_a_queue_that_only_a_short_code_leads_to_is_none_that_callers_reach(changed: Changed) -> None:
    config = changed(("product_line: scanners}", "product_line: pcs}"), ("8804: {product_line: pcs}", "8804: {product_line: scanners}"))

    assert told(check(config), "scanners.L1").severity is Severity.WARNING


CALENDAR = 'calendars: {here: {days: {"2026-10-01": {name: day}}}}\nclosed_days: []'


def test_a_calendar_without_next_years_days_is_told_two_months_before(changed: Changed) -> None:
    config = changed(("closed_days: []", CALENDAR), ("    strategy: longest_idle", "    calendar: here\n    strategy: longest_idle"))

    assert check(config, "2026-10-31") == []
    assert told(check(config, "2026-11-03"), "no day of 2027 in calendar 'here'").severity is Severity.WARNING


def test_a_calendars_file_is_read_and_its_mistakes_are_told_by_its_own_lines(tmp_path: Path) -> None:
    wanted = ("closed_days: []", "calendars: {china: {file: china.yaml}}\nclosed_days: []")
    main, days = tmp_path / "hotline.yaml", tmp_path / "china.yaml"
    main.write_text(SHIPPED.replace(*wanted), encoding="utf-8")
    days.write_text('days:\n  "2026-10-01": {name: National Day}\n  "2026-10-10": {as: wed}\n', encoding="utf-8")
    assert [day.as_ for day in load(main).calendars["china"].days.values()] == [None, "wed"]

    days.write_text('days:\n  "2026-10-01": {}\n  "2026-10-10": {as: someday}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"china\.yaml:3: found 'someday', expected 'mon'"):
        load(main)
    days.unlink()
    with pytest.raises(ConfigError, match=r"hotline\.yaml:[0-9]+: found no file .*china\.yaml"):
        load(main)


def test_the_shipped_calendar_of_china_is_whole() -> None:
    text = SHIPPED.replace("closed_days: []", "calendars: {china: {file: calendar/china.yaml}}\nclosed_days: []")
    days = parse(text, str(Path(__file__).parents[3] / "config" / "hotline.yaml")).calendars["china"].days
    worked = {day for day, row in days.items() if row.as_ is not None}
    assert worked == {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
    assert all(date.fromisoformat(day).weekday() >= 5 for day in worked)
    assert len(days) - len(worked) == 33



MISTYPED = [
    ("closed_days: []", 'closed_days: ["2027-02-30"]', "a day that there is in its month"),
    ('need: "language:{language}"', 'need: "langauge:{language}"', "which no agent has anything of"),
    ("fastagi: {host: 127.0.0.1, port: 4573}", "fastagi: {host: 127.0.0.1, port: 5038}", "that of the manager interface of main"),
    ("fastagi: {host: 127.0.0.1, port: 4573}", "fastagi: {host: 127.0.0.1, port: 8080}", "that of the pages"),
    ("web: {host: 127.0.0.1, port: 8080}", "web: {host: 127.0.0.1, port: 5038}", "the pages at the port of a manager interface"),
    ("# calendars: {china: {time_zone: Asia/Shanghai, file: calen", "calendars: {china: {time_zone: Asia/Shanghai, file: calan", "no file"),
]


@pytest.mark.parametrize(("was", "becomes", "told_of"), MISTYPED)
def test_what_a_tired_hand_writes_is_refused_with_its_line(was: str, becomes: str, told_of: str) -> None:
    text = SHIPPED
    assert was in text
    try:
        problems = check(parse(text.replace(was, becomes, 1), "hotline.yaml"))
    except ConfigError as error:
        problems = list(error.problems)
    problem = told(problems, told_of)
    assert problem.severity is Severity.ERROR
    assert problem.line == 1 + text[: text.index(was)].count("\n")
