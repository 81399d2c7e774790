"""Proofs about numbers to key in, notices, ways out and back: what would keep a caller in the menu, or lead him nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acd.model import QueueId
from config.check import check
from config.compile import compile_menu
from config.loader import ConfigError
from config.schema import Config
from config.schema.source import Problem, Severity
from config.texts import prompt_texts
from config.ways import Ways

Changed = Callable[..., Config]
PROMPTS = "  welcome:\n    zh: 您好，欢迎"
SPEECH = "  {0}: {{zh: 请, en: Please}}\n"
INPUTS = "inputs:  # numbers that callers key; they are on the agent's card before his phone rings\n"
NOTICES = "notices:  # what callers are told on their way\n"
NODES = """\
  serial: {prompt: enter, shortest: 4, longest: 8, check: luhn, next: product, default: {choice: none, next: product}}
  our_hours: {prompts: [hours_text], next: desk}
"""
SERVICES = """\
  desk:
    prompt: enter
    branches:
      1: {choice: number, next: serial}
      2: {choice: our_hours, next: our_hours}
      3: {choice: goodbye, to: closed}
      4: {choice: product, next: first}
    default: {choice: nothing}
"""
FAREWELL = "{choice: hours, next: our_hours}"
NO_OPERATOR = ('    0: {choice: operator, sets: {product_line: pcs, level: L1}}\n    "*"', '    "*"')


@pytest.fixture
def with_nodes(changed: Changed) -> Changed:
    """The shipped configuration with a menu of services, a number to key in and a notice; and further changes of its text."""

    def change(*further: tuple[str, str], nodes: str = NODES, services: str = SERVICES) -> Config:
        speech = "".join(SPEECH.format(name) for name in ("enter", "hours_text"))
        number, notice = nodes.splitlines()
        return changed(
            (PROMPTS, speech + PROMPTS),
            ("  start: first\n  most_keys: 2\n", "  start: desk\n"),
            ("{choice: no_language, next: product}", "{choice: no_language, next: product}\n" + services.rstrip()),
            (INPUTS, f"{INPUTS}{number}\n"),
            (NOTICES, f"{NOTICES}{notice}\n"),
            *further,
        )

    return change


def errors(config: Config) -> list[Problem]:
    return [problem for problem in check(config) if problem.severity is Severity.ERROR]


def the_error(config: Config, words: str) -> Problem:
    [problem] = [problem for problem in errors(config) if words in problem.text] or errors(config)
    return problem


def test_a_menu_with_services_is_proven(with_nodes: Changed) -> None:
    assert errors(with_nodes()) == []


def test_the_digits_of_what_is_read_back_are_spoken_in_each_language(with_nodes: Changed) -> None:
    texts = prompt_texts(with_nodes())

    assert texts["digit_7"] == {"zh": "七", "en": "seven"}


def test_what_a_value_may_be_said_with_is_spoken_in_each_language_and_nothing_else(with_nodes: Changed) -> None:
    def words(item: str) -> dict[str, dict[str, str]]:
        """What is needed for cases is there all the same."""
        texts = prompt_texts(with_nodes(("prompts: [hours_text]", f'prompts: ["{item}"]')))
        return {name: texts[name] for name in texts if name.rpartition("_")[0] in ("number", "hundred") or name == "minute_10"}

    assert words("number:320") == {"hundred_3": {"zh": "三百", "en": "three hundred"}, "number_20": {"zh": "二十", "en": "twenty"}}
    assert words("time:17:10") == {"minute_10": {"zh": "十分", "en": "ten"}}
    assert len(words("number:serial")) == 100 + 9


def test_hours_need_every_day_and_the_times_at_which_the_queue_opens_and_closes(with_nodes: Changed) -> None:
    office = ('opens: "00:00", closes: "24:00"', 'opens: "08:20", closes: "18:00"')
    texts = prompt_texts(with_nodes(office, ("prompts: [hours_text]", 'prompts: ["hours:printers.L1"]')))

    assert {"month_12", "day_31", "weekday_6", "day_tomorrow", "hour_8", "minute_20", "time_am", "hour_6", "time_pm"} <= set(texts)
    assert "minute_40" not in texts and texts["hours_today"]["zh"] == "今天的服务时间是"


def test_a_text_of_the_configurations_own_wins_over_the_usual_words(with_nodes: Changed) -> None:
    own = with_nodes((PROMPTS, "  hours_closed: {zh: 打烊了, en: Sorry}\n" + PROMPTS))

    assert prompt_texts(own)["hours_closed"] == {"zh": "打烊了", "en": "Sorry"}


def test_a_number_that_is_too_long_to_be_said_as_one_is_refused(with_nodes: Changed) -> None:
    with pytest.raises(ConfigError, match="expected digits:serial"):
        with_nodes(("longest: 8", "longest: 9"), ("prompts: [hours_text]", 'prompts: ["number:serial"]'))


def test_where_there_are_no_words_for_a_value_it_is_refused(with_nodes: Changed) -> None:
    with pytest.raises(ConfigError, match="no words for it in fr"):
        with_nodes(("languages: [zh, en]", "languages: [zh, en, fr]"), ("prompts: [hours_text]", 'prompts: ["time:17:30"]'))


def test_the_fewest_keys_to_each_queue(shipped: Config) -> None:
    ways = Ways(compile_menu(shipped))

    unified = {(queue, language): keys for (queue, language), keys in ways.keys_to("4008001234").items()}
    assert unified.pop((QueueId("pcs.L1"), "zh")) == 1, "0 for an operator"
    assert set(unified.values()) == {2}, "the first key says language and line, the second the level"
    assert len(unified) == 4 * 3 * 2 - 1
    assert max(ways.keys_to("4008002001").values()) == 2, "language, then level"


def test_the_longest_way_asks_nothing_twice(shipped: Config) -> None:
    ways = Ways(compile_menu(shipped))

    assert ways.most_keys("4008001235") > ways.most_keys("4008002001") == 2


def test_a_queue_that_is_farther_than_wanted_is_an_error_with_its_number(changed: Changed) -> None:
    far = the_error(changed(("  most_keys: 2", "  most_keys: 1")), "2 keys from 4008002001 to")

    assert far.path == ("entries", "4008002001") and far.line is not None
    one_more = changed(("      7: {choice: printers_in_english, sets: {language: en, product_line: printers}, next: language}\n", ""))
    assert {problem.text.partition(" to ")[0] for problem in errors(one_more)} >= {"found 3 keys from 4008001234"}


def test_silence_leads_to_a_person_too(with_nodes: Changed) -> None:
    ways = Ways(compile_menu(with_nodes()))

    assert ways.fewest_keys()[ways.begins["4008001234"]] == 0


def test_a_circle_that_silence_never_leaves_is_an_error(with_nodes: Changed) -> None:
    problem = the_error(with_nodes(services=SERVICES.replace("{choice: nothing}", "{choice: nothing, next: our_hours}")), "keys nothing")

    assert "desk -> our_hours" in problem.text or "our_hours -> desk" in problem.text
    assert problem.line is not None


def test_a_place_that_no_key_leads_out_of_to_a_person_is_an_error(with_nodes: Changed) -> None:
    """Here even the welcome leads to nothing but a notice and the end."""
    farewell = NODES.replace("next: desk}", "to: closed}")
    problem = the_error(with_nodes(("  start: desk\n", "  start: our_hours\n"), nodes=farewell), "no way from 'our_hours'")

    assert problem.path == ("notices", "our_hours")


def test_a_menu_whose_every_key_leads_to_a_farewell_is_an_error(with_nodes: Changed) -> None:
    """One key, and silence, for a notice that ends the call; and no operator."""
    only = SERVICES.replace("next: first", "next: bye").replace("{choice: nothing}", "{choice: nothing, next: bye}")
    services = f"{only}  bye:\n    prompt: enter\n    branches:\n      1: {FAREWELL}\n    default: {FAREWELL}\n"
    nodes = NODES.replace("next: desk}", "to: closed}")
    problem = the_error(with_nodes(NO_OPERATOR, nodes=nodes, services=services), "no way from 'bye'")

    assert problem.path == ("menus", "bye")


def test_a_notice_may_be_the_end_of_a_call_that_a_key_led_to(with_nodes: Changed) -> None:
    assert errors(with_nodes(nodes=NODES.replace("next: desk}", "to: closed}"))) == []


def test_an_input_that_nobody_reaches_is_an_error(with_nodes: Changed) -> None:
    problem = the_error(with_nodes(services=SERVICES.replace("next: serial", "next: our_hours")), "found input 'serial'")

    assert problem.path == ("inputs", "serial")


def test_a_callback_that_no_queue_makes_must_not_be_offered(with_nodes: Changed) -> None:
    services = SERVICES.replace("3: {choice: goodbye, to: closed}", "3: {choice: call_me, sets: {callback: true}}")
    problem = the_error(with_nodes(services=services), "callback offered")

    assert problem.path == ("menus", "desk", "branches", "3")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("next: serial}", "next: seriel}", "did you mean 'serial'?"),
        ("to: closed}", "to: close}", "did you mean 'closed'?"),
        ("to: closed}", "to: closed, next: serial}", "at most one of next, to, do"),
        ("to: closed}", "do: forward}", "expected 'repeat' or 'back'"),
        ("default: {choice: nothing}", "default: {choice: nothing, do: repeat}", "must not be asked for ever"),
        ("longest: 8", "longest: 3", "shortest not above longest"),
        ("longest: 8", "longest: 80", "expected 20 or less"),
        ("check: luhn", "check: lune", "expected 'luhn' or 'mod_11_10'"),
        ("prompts: [hours_text]", "prompts: [hour_text]", "did you mean 'hours_text'?"),
        ("prompts: [hours_text]", "prompts: []", "at least 1"),
        ("prompts: [hours_text]", 'prompts: ["hours:printer.L1"]', "did you mean 'printers.L1'?"),
        ("prompts: [hours_text]", 'prompts: ["hours:always"]', "expected a prompt's name, or digits:"),
        ("prompts: [hours_text]", 'prompts: ["digits:seriel"]', "did you mean 'serial'?"),
        ("prompts: [hours_text]", 'prompts: ["number:123456789"]', "a number of up to 8 digits"),
        ("prompts: [hours_text]", 'prompts: ["date:2026-02-30"]', "a day that is in the calendar"),
        ("prompts: [hours_text]", 'prompts: ["time:8:30"]', "expected a prompt's name, or digits:"),
        ("  serial: {prompt: enter,", "  product: {prompt: enter,", "a second time among menus"),
        ("  serial: {prompt: enter,", "  level: {prompt: enter,", "a second time among menus"),
        ("  our_hours: {prompts", "  serial: {prompts", "a second time among menus"),
        ("  you_entered:\n    zh: 您输入的是\n    en: You entered\n", "", "no prompt 'you_entered'"),
        ("    prompt: enter\n    branches", "    prompt: enter\n    trial: {prompt: enter, keys: {1: 2}}\n    branches", "change places"),
        ("    prompt: enter\n    branches", "    prompt: enter\n    trial: {prompt: enter, keys: {1: 9}}\n    branches", "one of 1, 2"),
        ('    "*": {choice: back, do: back}', '    "*": {choice: back, to: nowhere}', "destination 'nowhere'"),
    ],
)
def test_a_mistake_is_refused_with_its_line(with_nodes: Changed, old: str, new: str, says: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        with_nodes((old, new))

    told = [problem for problem in refusal.value.problems if says in problem.text]
    assert told, refusal.value.problems
    assert all(problem.line is not None for problem in told)
