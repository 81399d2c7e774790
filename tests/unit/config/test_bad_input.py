"""A configuration with a mistake is refused with the file, the line, what was found and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.loader import ConfigError, load, parse
from config.schema.source import Problem

SHIPPED = (Path(__file__).parents[3] / "config" / "hotline.yaml").read_text(encoding="utf-8")


CUSTOMERS = (
    "{file: customers.csv, limit_seconds: 0.3, case_states: {received: case_received, waiting_parts: case_waiting_parts, "
    "solved: case_solved}}"
)


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` in the shipped file; the problem is on the line where that is, or on the first one that has ``at``."""

    what: str
    old: str
    new: str
    says: str
    at: str = ""


NUMBERS_OFF = "# outside_numbers: {trunk: provider"
WEB = "web: {host: 127.0.0.1, port: 8080}"
MISTAKES = [
    Mistake("an answer after which the call goes on", "to: goodbye, solves: true", "solves: true", "expected a destination in `to`"),
    Mistake("a proxy by its name", WEB, "web: {trusted_proxies: [front.example]}", "expected an IP address or network"),
    Mistake("a proxy that cannot be", WEB, 'web: {trusted_proxies: ["2001:db8::/129"]}', "2001:db8::/129"),
    Mistake("an origin with a path", WEB, "web: {origins: [https://desk.example/]}", "expected a site as browsers name it"),
    Mistake("a short code that is a phone", "  8803: {product_line", "  1002: {product_line", "it is an agent's phone too"),
    Mistake("a short code that is a number of entries", "  8803: {product_line", "  4008001234: {product_line", "number of entries too"),
    Mistake("a short code that is a word", "  8803: {product_line", "  printers: {product_line", "a short code of 2 to 10 digits"),
    Mistake("a short code to no product", "8803: {product_line: printers}", "8803: {product_line: printer}", "did you mean 'printers'?"),
    Mistake("days that end before they begin", "bypass: true,", 'valid_from: "2027-02-01", valid_to: "2027-01-01",', "not after valid_to"),
    Mistake("a way out without days", "bypass: true,", "outside: closed,", "only with valid_from or valid_to"),
    Mistake("a way out to nowhere", "bypass: true,", 'valid_to: "2027-01-01", outside: close,', "did you mean 'closed'?"),
    Mistake("a source that may take for ever", "limit_seconds: 0.3", "limit_seconds: 30", "expected 2 or less"),
    Mistake(
        "two sources of customers", CUSTOMERS,
        '{http: {url: "http://crm/x"}, sql: {url: "sqlite+aiosqlite:///x", query: select 1}}', "at most one of sql, http", "{http"
    ),
    Mistake("a database without driver", CUSTOMERS, "{sql: {url: x.db, query: q}}", "its driver", "{sql"),
    Mistake("a service without http", CUSTOMERS, "{http: {url: crm/x}}", "begins with http://", "{http"),
    Mistake("a database nowhere", CUSTOMERS, "{sql: {query: q}}", "exactly one of url, url_from", "{sql"),
    Mistake("an offer that names no product line", "您的{product_line}服务单", "您的服务单", "no {product_line} in prompt", "您的服务单"),
    Mistake("a missing offer", "  continue_case:", "  go_on:", "no prompt 'continue_case'", "prompts:"),
    Mistake("a spoken name in an unknown language", "spoken: {en: server}", "spoken: {fr: serveur}", "language 'fr'", "serveur"),
    Mistake("a misspelt section", "\nlanguages: [zh, en]", "\nlangauges: [zh, en]", "unknown key 'langauges'", "langauges"),
    Mistake("a missing section", "\nlanguages: [zh, en]", "\n", "found no 'languages', expected it in the file", "hotline:\n  name"),
    Mistake("a misspelt key", "wrap_up_seconds: 30", "wrapup_seconds: 30", "did you mean 'wrap_up_seconds'?"),
    Mistake("a misspelt key in a list", "        until_seconds: 45", "        until: 45", "did you mean 'until_seconds'?", "until: 45"),
    Mistake(
        "a misspelt combination", '{all: ["product:{product_line}", ', '{alle: ["product:{product_line}", ', "did you mean 'all'?", "{alle:"
    ),
    Mistake("text for a number", "wrap_up_seconds: 30", "wrap_up_seconds: soon", "found 'soon', expected a number"),
    Mistake("a number for text", "choice: mandarin", "choice: 5", "found 5, expected text", "choice: 5"),
    Mistake("a quoted number", "port: 8080", 'port: "8080"', "expected a whole number"),
    Mistake("a port out of range", "port: 8080", "port: 80800", "expected 65535 or less"),
    Mistake("yes for true", "urgent: true", "urgent: yes", "expected true or false"),
    Mistake("a list for a mapping", "web: {host: 127.0.0.1, port: 8080}", "web: [8080]", "expected a mapping"),
    Mistake("nothing where something is needed", "  start: first", "  start:", "found nothing, expected text", "  start:"),
    Mistake("a proficiency above 5", "products: {pcs: 4, printers: 3}", "products: {pcs: 6, printers: 3}", "expected 5 or less"),
    Mistake("a proficiency of 0", "languages: {zh: 5, en: 2}", "languages: {zh: 0, en: 2}", "expected 1 or more"),
    Mistake("a proficiency above 5 in a need", "{product_line} >= 3", "{product_line} >= 7", "a proficiency from 1 to 5", ">= 7"),
    Mistake("an unknown placeholder", "level:{level}", "level:{lvl}", "expected one of {product_line}", "{lvl}"),
    Mistake("a need that can't be read", '"language:{language}"\n', '"speaks {language}"\n', "expected a skill such as", "speaks"),
    Mistake("an unknown level", "{level: L3, urgent", "{level: L4, urgent", "expected 'L1', 'L2' or 'L3'", "L4"),
    Mistake(
        "hours that end before they begin", 'opens: "00:00", closes: "24:00"', 'opens: "18:00", closes: "08:00"', "opens before closes"
    ),
    Mistake("an announcement of what nobody knows", "{tell: wait,", "{tell: mood,", "expected 'nothing', 'position' or 'wait'"),
    Mistake("a number that is never said", "约{number}分钟", "约几分钟", "without {number}", "约几分钟"),
    Mistake("a largest number below the first", "step_minutes: 1, most: 20", "step_minutes: 9, most: 5", "most to be step_", "wait,"),
    Mistake("an unknown comfort", "wrap_up_seconds: 30", "comfort: [comfrot]", "did you mean 'comfort'?", "comfrot"),
    Mistake("unknown music", "wrap_up_seconds: 30", "music: calm", "found music 'calm'", "music: calm"),
    Mistake("an unknown text of an incident", "[incident_outage, ", "[incident_outrage, ", "did you mean 'incident_outage'?"),
    Mistake("hours that are no time of day", 'opens: "00:00"', 'opens: "8.30"', "such as '08:30'"),
    Mistake("hours on a day that is none", "days: [mon, tue, wed, thu, fri, sat, sun]", "days: [monday]", "'mon', 'tue'", "[monday]"),
    Mistake("an overflow without a condition", "when_closed: true, to_dest", "to_dest", "else nobody would wait", "name: closed, to_dest"),
    Mistake(
        "an overflow to nowhere", "true, to_destination: closed}", "true}", "exactly one of to_queue, to_destination", "name: closed, when"
    ),
    Mistake("an overflow to an unknown place", "to_destination: closed}", "to_destination: close}", "did you mean 'closed'?", "close}"),
    Mistake(
        "an overflow to an unknown queue", "to_destination: closed}", "to_queue: pcs.L1, after_seconds: 0}", "more than 0", "pcs.L1, after"
    ),
    Mistake("callbacks without a line", "    # callback: {when", "    callback: {when", "expected `callbacks` too", "    callback: {when"),
    Mistake(
        "callbacks by a trunk without a contact", "# callbacks: {", "callbacks: {", "found trunk with a contact 'provider'", "callbacks: {"
    ),
    Mistake(
        "an overflow to callbacks without a line", "when_closed: true, to_destination: closed}", "when_closed: true, to_callback: true}",
        "found to_callback, expected `callbacks` too", "name: closed, when_closed"
    ),
    Mistake("numbers of no trunk", NUMBERS_OFF, "outside_numbers: {trunk: provder", "expected one of", "{trunk: provder"),
    Mistake("numbers of no length", NUMBERS_OFF, "outside_numbers: {shortest: 9, longest: 8, trunk: provider", "above longest"),
    Mistake("numbers refused that are none", NUMBERS_OFF, "outside_numbers: {refused: ['x'], trunk: provider", "the beginning of a number"),
    Mistake("a prefix that Asterisk reads otherwise", NUMBERS_OFF, "outside_numbers: {prefix: '#', trunk: provider", "digits to dial"),
    Mistake(
        "callbacks to numbers that are none", "# callbacks: {trunk: provider", "callbacks: {allowed: ['sip:'], trunk: provider",
        "the beginning of a number", "callbacks: {"
    ),
    Mistake("a closed day that is no date", "closed_days: []", 'closed_days: ["1 May"]', "such as '2027-01-01'", "1 May"),
    Mistake("an unknown strategy", "strategy: longest_idle", "strategy: random", "expected 'longest_idle', 'least_occupied'"),
    Mistake("a branch for a key that no telephone has", "      4: {choice: scanners", "      A: {choice: scanners", "0-9, * or #", "A: {"),
    Mistake("a branch for two keys", "      4: {choice: scanners", "      44: {choice: scanners", "0-9, * or #", "44: {"),
    Mistake(
        "the next menu is unknown", "{language: zh}, next: product", "{language: zh}, next: produkt", "did you mean 'product'?", "produkt"
    ),
    Mistake("the default's next menu is unknown", "no_language, next: product", "no_language, next: x", "found menu 'x'", "next: x"),
    Mistake("the first menu is unknown", "  start: first", "  start: greeting", "found menu 'greeting'"),
    Mistake("a prompt that is not there", "prompt: choose_level", "prompt: choose_depth", "found prompt 'choose_depth'"),
    Mistake("a prompt missing in a language", "    en: Sorry, that is not a valid choice.\n", "", "without language 'en'", "  invalid:"),
    Mistake("a prompt in a language too many", "    en: Sorry, that", "    ja: x\n    en: Sorry, that", "found language 'ja'", "ja: x"),
    Mistake("a required prompt is gone", "  comfort:", "  comforting:", "found no prompt 'comfort'", "prompts:"),
    Mistake("a hint of an unknown line", "hints: {product_line: printers}", "hints: {product_line: printer}", "did you mean 'printers'?"),
    Mistake("an unknown language hint", "hints: {language: en}", "hints: {language: fr}", "found language 'fr'"),
    Mistake("an unknown segment", "hints: {segment: key_account}", "hints: {segment: vip}", "found segment 'vip'"),
    Mistake("an unknown preferred agent", "preferred_agent: wang.fang}", "preferred_agent: wang.fan}", "did you mean 'wang.fang'?"),
    Mistake("an override of a queue without product line", "    servers.L3:", "    faxes.L3:", "found queue 'faxes.L3'"),
    Mistake("an override whose name is no queue's", "    servers.L3:", "    servers:", "expected a queue's id"),
    Mistake("an unknown skill", "language:{language} >= 2", "language:fr", "found skill 'language:fr'", "language:fr"),
    Mistake("an unknown agent in a need", 'agent: "{preferred_agent}"', "agent: nobody", "found agent 'nobody'", "agent: nobody"),
    Mistake("expiries that do not rise", "until_seconds: 45", "until_seconds: 15", "expected more than 20"),
    Mistake(
        "an expiry missing in the middle",
        "        until_seconds: 45\n",
        "",
        "found no until_seconds in step 'neighbouring level'",
        "name: neigh",
    ),
    Mistake(
        "an expiry in the last step",
        "        need: anybody",
        "        need: anybody\n        until_seconds: 300",
        "in the last step",
        "until_seconds: 300",
    ),
    Mistake("a phone that is not there", "name: 李伟, phone: 1001", "name: 李伟, phone: 1099", "found phone '1099'"),
    Mistake("two agents at one phone", "name: 王芳, phone: 1002", "name: 王芳, phone: 1001", "found phone 1001 of li.wei again"),
    Mistake("an agent twice", "  wang.fang:", "  li.wei:", "found 'li.wei' a second time"),
    Mistake("a phone twice", "  1002: {}", "  1001: {}", "found '1001' a second time"),
    Mistake("a dialled number twice", "  4008002002:", "  4008002001:", "found '4008002001' a second time"),
    Mistake("a dialled number with letters", "  4008003000:", "  400-PROMO:", "expected a dialled number"),
    Mistake("an agent of an unknown line", "products: {pcs: 4, printers: 3}", "products: {pc: 4}", "found product line 'pc'"),
    Mistake("a skill in the wrong place", '"platform:windows": 5', '"level:L3": 5', "expected it under level or levels"),
    Mistake(
        "level and levels at once", "level: L2, products: {pcs: 5", "level: L2, levels: {L1: 2}, products: {pcs: 5", "not both", "zhao.lei"
    ),
    Mistake("a secret in the file itself", "secret: {env: HOTLINE_AMI_SECRET}", "secret: hunter2", "expected a mapping"),
    Mistake("a secret in two places", "secret: {env: HOTLINE_AMI_SECRET}", "secret: {env: A, file: b}", "exactly one of env, file"),
    Mistake("an exchange's name with a dash", "  main:\n", "  main-1:\n", "an Asterisk's name"),
    Mistake("a dial string without phone", 'dial: "PJSIP/{phone}"', "dial: PJSIP/1001", "ends in {phone}"),
    Mistake("a dial string with a comma", 'dial: "PJSIP/{phone}"', 'dial: "PJSIP/x,y{phone}"', "ends in {phone}"),
    Mistake("an unknown time zone", "Asia/Shanghai", "Asia/Dalian", "expected a time zone"),
    Mistake("a label of two lines", "label: 大客户 · key account,", 'label: "a\\nb",', "one line of readable text"),
    Mistake(
        "a destination that is two things",
        "closed: {say: closed}",
        'closed: {say: closed, dial: "123"}',
        "exactly one of say, voicemail, dial",
    ),
    Mistake("no standard segment", "  standard: {label", "  ordinary: {label", "found no segment 'standard'", "segments:"),
    Mistake("an alias", "languages: [zh, en]", "languages: *all", "an anchor or alias"),
    Mistake("an anchor", "languages: [zh, en]", "languages: &all [zh, en]", "an anchor or alias"),
    Mistake("a tag", "languages: [zh, en]", "languages: !!set {zh}", "the tag"),
    Mistake("a tab", "  main:\n", "\tmain:\n", "expected YAML", "\tmain:"),
    Mistake("a bracket that is not closed", "languages: [zh, en]", "languages: [zh, en", "expected YAML", "prompts:"),
    Mistake("a second document", "\nsegments:", "\n---\nsegments:", "one document", "---\nsegments:"),
]


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as refusal:
        parse(text, "hotline.yaml")
    return refusal.value.problems


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_is_refused_with_its_line(mistake: Mistake) -> None:
    assert mistake.old in SHIPPED
    text = SHIPPED.replace(mistake.old, mistake.new, 1)
    place = text.index(mistake.at) if mistake.at else SHIPPED.index(mistake.old) + len(mistake.new) - len(mistake.new.lstrip("\n"))
    line = text.count("\n", 0, place) + 1

    problems = refused(text)

    told = [problem for problem in problems if mistake.says in problem.text]
    assert told, problems
    assert told[0].line == line
    assert str(told[0]).startswith(f"hotline.yaml:{line}: found ")
    assert "expected" in str(told[0])


def test_the_shipped_file_has_no_mistake() -> None:
    assert parse(SHIPPED).hotline.time_zone == "Asia/Shanghai"


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = SHIPPED.replace("port: 8080", "port: none").replace("wrap_up_seconds: 30", "wrapup: 30").replace("  1002: {}", "  1001: {}")

    lines = [problem.line or 0 for problem in refused(text)]

    assert len(lines) == 3
    assert lines == sorted(lines)


def test_every_broken_reference_is_told_at_once() -> None:
    text = SHIPPED.replace("start: first", "start: x").replace("phone: 1003", "phone: 1303").replace("    faxes", "")

    assert {problem.path for problem in refused(text)} == {("voice_menu", "start"), ("agents", "zhang.min", "phone")}


def test_numbers_keep_their_leading_zeros() -> None:
    assert "02188880000" in parse(SHIPPED).entries


def test_a_phone_may_be_written_as_number_or_text() -> None:
    assert parse(SHIPPED.replace("phone: 1001", 'phone: "1001"')).agents == parse(SHIPPED).agents


def test_a_language_named_no_is_a_language() -> None:
    assert parse(SHIPPED.replace("    zh: 对不起，您的输入有误。", "    zh: no")).prompts["invalid"]["zh"] == "no"


@pytest.mark.parametrize("text", ["", "just words", "[1, 2]", "42", "null", "---\n"])
def test_something_that_is_no_configuration_is_refused(text: str) -> None:
    assert refused(text)


def test_deep_nesting_is_refused_and_not_followed() -> None:
    (problem,) = refused("languages: " + "[" * 5000)

    assert "nested too deeply" in problem.text


def test_control_characters_are_refused_with_their_line() -> None:
    (problem,) = refused("hotline:\n  name: a\x00b\n")

    assert problem.line == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.yaml: found no readable file"):
        load(tmp_path / "nothing.yaml")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"# " + b"x" * 2_000_001)

    with pytest.raises(ConfigError, match="more than 2000000 bytes"):
        load(large)


def test_bytes_that_are_not_text_are_refused_with_their_line(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"hotline:\n  name: caf\xe9\n")

    with pytest.raises(ConfigError, match=r"latin\.yaml:2: found bytes that are not UTF-8"):
        load(latin)


@settings(deadline=None)  # a shared machine may pause
@given(st.integers(0, len(SHIPPED) - 1), st.integers(1, 40), st.text(max_size=8))
def test_whatever_is_scribbled_into_the_file_is_taken_or_refused_with_words(start: int, length: int, scribble: str) -> None:
    text = SHIPPED[:start] + scribble + SHIPPED[start + length :]
    try:
        parse(text)
    except ConfigError as refusal:
        assert all("found" in problem.text and "expected" in problem.text for problem in refusal.problems)
