"""Every way through the menus: each number, each key, the wrong keys and silence, and what is known of the caller afterwards.

The tables here are written by hand from the shipped configuration, not computed from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

import pytest
from sqlalchemy import select

from acd.events import CallArrived, MenuChosen
from acd.records import calls
from config.compile import compile_menu
from config.loader import load
from hotline.simulated_callers import Visit
from ivr.menu import ways_on
from tests.e2e.conftest import CONFIG
from tests.e2e.scene import Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

UNIFIED = "4008001234"
WRONG = "999"
"""The menu of levels does not have this key; there are three attempts."""
SILENCE = ""
AFTER_NO_NUMBER_SECONDS = 1.2
"""The same after a # that ended no number: the caller is told so for a second, and a # in that is none for what is asked next."""
CALLERS_A_MINUTE = 300
"""With more, sipp is late with their keys on a busy machine."""
KEY_EVERY_SECONDS = 0.8
"""Besides the half second that a key itself takes: it falls into the question, or into the silence after it."""

# What is keyed -> (key in the record, choice, value).
LINES = ("servers", "pcs", "printers", "scanners")
IN_MANDARIN = dict(zip("1234", LINES, strict=True))
IN_ENGLISH = dict(zip("5678", LINES, strict=True))
"""The first menu's keys say language and line."""
NOBODY_KEYS = {SILENCE: ("", "nothing"), "0": ("0", "operator")}
"""What ends the first menu at once: PCs, level 1, in Mandarin."""
OPERATORS = {"0": ("0", "operator"), SILENCE: ("", "no_product")}
"""The same in the product menu, which those hear whose language is known."""
LEVELS = {
    "1": ("1", "how_to", "L1"), "2": ("2", "fault", "L2"), "3": ("3", "emergency", "L3"), "0": ("0", "operator", "L1"),
    SILENCE: ("", "no_level", "L1"),
}  # fmt: skip
OLD_NUMBERS = {
    "4008002001": "servers", "4008002002": "pcs", "4008002003": "printers", "4008002004": "scanners",
}  # fmt: skip
PLAIN_NUMBERS = {
    "4008003000": "促销热线 · promotion line", "02188880000": "公司总机 · registered company number",
    "02188881002": "王芳直线 · direct line of Wang Fang", "4008009000": "大客户专线 · key accounts' line",
    "95500": "未登记号码 · unknown number",
}  # fmt: skip

Path = tuple[tuple[str, str, str], ...]
CASE = "182634"
"""Its last digit is Luhn's."""
KNOWN_CASE = "203950"
"""Of the shipped customer file: a PC's, level 2. No number that is keyed here has a digit twice running: on a busy machine sipp breaks off
a key's packets to play the next key's, and Asterisk takes the same event without an end between for one key."""
TOLD_AGAIN: Path = (("case_number", "", "found"), ("case_status", "", "heard"))
"""Whose case is known need not key it."""
TOLD: Path = (("services", "3", "has_case"), ("case_number", KNOWN_CASE, "found"), ("case_status", "", "heard"))
JAM: Path = (("services", "2", "questions"), ("questions", "1", "paper_jam"), ("answer_paper_jam", "", "heard"))
HAS_CASE, HAS_SERIAL = ("services", "3", "has_case"), ("services", "6", "has_serial")
NO_SERIAL: Path = (HAS_SERIAL, ("serial_number", "", "no_serial"))
SERVICES: tuple[tuple[str, Path, str, str, str], ...] = (
    ("10", (("services", "1", "hours"), ("hours", "", "heard"), ("services", "0", "operator")), "pcs", "L1", "standard"),
    ("2*0", (("services", "2", "questions"), ("questions", "*", "back"), ("services", "0", "operator")), "pcs", "L1", "standard"),
    ("20", (("services", "2", "questions"), ("questions", "0", "operator")), "pcs", "L1", "standard"),
    (
        "212",
        (("services", "2", "questions"), ("questions", "1", "paper_jam"), ("answer_paper_jam", "", "heard"), ("solved", "2", "not_solved")),
        "printers", "L1", "standard",
    ),
    (
        f"3({CASE})141",
        (("services", "3", "has_case"), ("case_number", CASE, "entered"), ("case_not_found", "", "heard"), ("product", "4", "scanners"),
         ("level", "1", "how_to")),
        "scanners", "L1", "standard",
    ),
    (f"3({KNOWN_CASE})11", (*TOLD, ("about_case", "1", "engineer")), "pcs", "L2", "standard"),
    (
        "6(20931#)131",
        (("services", "6", "has_serial"), ("serial_number", "20931", "entered"), ("product", "3", "printers"), ("level", "1", "how_to")),
        "printers", "L1", "standard",
    ),
    (
        "3(12)##0",
        (("services", "3", "has_case"), ("case_number", "", "no_case"), ("product", "0", "operator")),
        "pcs", "L1", "standard",
    ),
    ("4", (("services", "4", "complaint"),), "pcs", "L3", "complaint"),
)  # fmt: skip
"""Keys after those for services, the path from there on, and where it leads."""
SERVICES_SELDOM: tuple[tuple[str, Path, str, str, str], ...] = (
    ("#0", (("services", "#", "again"), ("services", "0", "operator")), "pcs", "L1", "standard"),
    (SILENCE, (("services", "", "no_service"),), "pcs", "L1", "standard"),
    ("2#", (("services", "2", "questions"), ("questions", "#", "again"), ("questions", "", "no_question")), "pcs", "L1", "standard"),
    ("21#0", (*JAM, ("solved", "#", "again"), ("solved", "0", "operator")), "pcs", "L1", "standard"),
    ("21*0", (*JAM, ("solved", "*", "back"), ("questions", "0", "operator")), "pcs", "L1", "standard"),
    ("3(*#)0", (HAS_CASE, ("case_number", "*", "back"), ("services", "0", "operator")), "pcs", "L1", "standard"),
    ("3(0#)", (HAS_CASE, ("case_number", "0", "operator")), "pcs", "L1", "standard"),
    (f"3({KNOWN_CASE})1#1", (*TOLD, ("about_case", "#", "again"), ("about_case", "1", "engineer")), "pcs", "L2", "standard"),
    (
        f"3({KNOWN_CASE})1*0", (*TOLD, ("about_case", "*", "back"), *TOLD_AGAIN, ("about_case", "0", "operator")), "pcs", "L1", "standard",
    ),
    (f"3({KNOWN_CASE})10", (*TOLD, ("about_case", "0", "operator")), "pcs", "L1", "standard"),
    (f"3({KNOWN_CASE})1", (*TOLD, ("about_case", "", "stays")), "pcs", "L2", "standard"),
    ("6(*#)0", (HAS_SERIAL, ("serial_number", "*", "back"), ("services", "0", "operator")), "pcs", "L1", "standard"),
    ("6(0#)", (HAS_SERIAL, ("serial_number", "0", "operator")), "pcs", "L1", "standard"),
    ("6##11", (*NO_SERIAL, ("product", "1", "servers"), ("level", "1", "how_to")), "servers", "L1", "standard"),
    ("6##21", (*NO_SERIAL, ("product", "2", "pcs"), ("level", "1", "how_to")), "pcs", "L1", "standard"),
    ("6##90", (*NO_SERIAL, ("product", "9", "services"), ("services", "0", "operator")), "pcs", "L1", "standard"),
    ("6##", (*NO_SERIAL, ("product", "", "no_product")), "pcs", "L1", "standard"),
    ("6###0", (*NO_SERIAL, ("product", "#", "again"), ("product", "0", "operator")), "pcs", "L1", "standard"),
    ("6##*(0#)", (*NO_SERIAL, ("product", "*", "back"), ("serial_number", "0", "operator")), "pcs", "L1", "standard"),
)  # fmt: skip
"""The rest of their branches: round, back, silence."""
TO_SERVICES: dict[str, tuple[str, Path]] = {
    "zh": ("9", (("first", "9", "services"),)), "en": ("*9", (("first", "*", "english"), ("product", "9", "services"))),
}
"""In each language, the keys that lead there."""
OUT: tuple[tuple[str, Path, str], ...] = (
    (f"3({KNOWN_CASE})19", (*TOLD, ("about_case", "9", "heard_enough")), "goodbye"),
    ("5", (("services", "5", "message"),), "message"),
    ("221", (("services", "2", "questions"), ("questions", "2", "no_start"), ("answer_no_start", "", "heard"), ("solved", "1", "solved")),
     "goodbye"),
    ("21", (*JAM, ("solved", "", "silent")), "goodbye"),
)  # fmt: skip
SAID_IT_WAS_ENOUGH = {"solved", "heard_enough"}


@dataclass(frozen=True)
class Way:
    """One way through the menus, and where it must lead."""

    dnis: str
    keys: str
    path: Path
    product_line: str
    level: str
    language: str
    segment: str = "standard"

    @property
    def timed(self) -> tuple[tuple[float, str], ...]:
        """Each key and the pause before it; a number in brackets is keyed without pauses, once it was asked for."""
        keys: list[tuple[float, str]] = []
        for number in re.findall(r"[(]([^)]*)[)]|([^()])", self.keys):
            first, *others = "".join(number)
            again = first == "#" == (keys[-1][1] if keys else "")
            keys += [(AFTER_NO_NUMBER_SECONDS if again else KEY_EVERY_SECONDS, first), *((0.0, key) for key in others)]
        return tuple(keys)

    @property
    def expected(self) -> tuple[object, ...]:
        urgent = ("level", "3", "emergency") in self.path
        return (self.product_line, self.level, self.language, f"{self.product_line}.{self.level}", urgent, self.segment, self.path)


def from_the_unified_number() -> list[Way]:
    ways = []
    for last, (level_key, level_choice, level) in LEVELS.items():
        known = ("level", level_key, level_choice)
        for key, line in IN_MANDARIN.items():
            ways.append(Way(UNIFIED, key + last, (("first", key, line), known), line, level, "zh"))
            path: Path = (("first", "*", "english"), ("product", key, line), known)
            ways.append(Way(UNIFIED, "*" + key + last, path, line, level, "en"))
        for key, line in IN_ENGLISH.items():
            ways.append(Way(UNIFIED, key + last, (("first", key, f"{line}_in_english"), known), line, level, "en"))
    for keyed, (key, choice) in OPERATORS.items():
        ways.append(Way(UNIFIED, "*" + keyed, (("first", "*", "english"), ("product", key, choice)), "pcs", "L1", "en"))
    return ways + [Way(UNIFIED, keyed, (("first", key, choice),), "pcs", "L1", "zh") for keyed, (key, choice) in NOBODY_KEYS.items()]


def from_the_old_numbers() -> list[Way]:
    """A number that says the product line: the product menu is passed over."""
    ways = []
    for (dnis, line), (key, choice, level) in product(OLD_NUMBERS.items(), LEVELS.values()):
        ways.append(Way(dnis, f"2{key}", (("language", "2", "english"), ("level", key, choice)), line, level, "en"))
    return ways


def in_the_question_for_the_language() -> list[Way]:
    """All that can be keyed there, and silence."""
    how_to, ways = ("level", "1", "how_to"), []
    for keys, path in (
        ("11", (("language", "1", "mandarin"), how_to)), ("#11", (("language", "#", "again"), ("language", "1", "mandarin"), how_to)),
        ("*11", (("language", "*", "back"), ("language", "1", "mandarin"), how_to)),
        (SILENCE, (("language", "", "no_language"), ("level", "", "no_level"))),
    ):  # fmt: skip
        ways.append(Way("4008002003", keys, path, "printers", "L1", "zh"))
    return [*ways, Way("4008002003", "0", (("language", "0", "operator"),), "pcs", "L1", "zh")]


def from_the_other_numbers() -> list[Way]:
    """A number that says the language, the segment or nothing."""
    asked: Path = (("first", "3", "printers"), ("level", "2", "fault"))
    ways = [
        Way(dnis, "32", asked, "printers", "L2", "zh", "key_account" if dnis == "4008009000" else "standard") for dnis in PLAIN_NUMBERS
    ]
    return [*ways, Way("4008001235", "43", (("product", "4", "scanners"), ("level", "3", "emergency")), "scanners", "L3", "en")]


def round_and_back() -> list[Way]:
    """The question again, and the one before, where the matter is asked."""
    english, fault, how_to = ("first", "*", "english"), ("level", "2", "fault"), ("level", "1", "how_to")
    printers = ("first", "3", "printers"), ("first", "7", "printers_in_english")
    again, back = ("level", "#", "again"), ("level", "*", "back")
    around: Path = (("first", "#", "again"), ("first", "9", "services"), ("services", "*", "back"), ("first", "1", "servers"))
    return [
        Way(UNIFIED, "3" + WRONG, (printers[0], ("level", "", "no_level")), "printers", "L1", "zh"),
        Way(UNIFIED, "#9*11", (*around, how_to), "servers", "L1", "zh"),
        Way(UNIFIED, "3#2", (printers[0], again, fault), "printers", "L2", "zh"),
        Way(UNIFIED, "7#2", (printers[1], again, fault), "printers", "L2", "en"),
        Way(UNIFIED, "3*41", (printers[0], back, ("first", "4", "scanners"), how_to), "scanners", "L1", "zh"),
        Way(UNIFIED, "7*81", (printers[1], back, ("first", "8", "scanners_in_english"), how_to), "scanners", "L1", "en"),
        Way(UNIFIED, "*#31", (english, ("product", "#", "again"), ("product", "3", "printers"), how_to), "printers", "L1", "en"),
        Way(UNIFIED, "**31", (english, ("product", "*", "back"), printers[0], how_to), "printers", "L1", "zh"),
        Way(
            UNIFIED, "*9*0", (english, ("product", "9", "services"), ("services", "*", "back"), ("product", "0", "operator")),
            "pcs", "L1", "en",
        ),
    ]  # fmt: skip


def often_gone() -> list[Way]:
    """Those that lead to a queue, but for the seldom ones."""
    return from_the_unified_number() + from_the_old_numbers() + from_the_other_numbers() + through_the_services(SERVICES)


def seldom_gone() -> list[Way]:
    """Round, back, and silence."""
    return in_the_question_for_the_language() + round_and_back() + through_the_services(SERVICES_SELDOM)


def through_the_services(rows: tuple[tuple[str, Path, str, str, str], ...]) -> list[Way]:
    """Hours, questions, a case's number, a complaint, and back; then on to a queue."""
    ways = []
    for language, (begin, path_begun) in TO_SERVICES.items():
        for keys, path, line, level, segment in rows:
            ways.append(Way(UNIFIED, begin + keys, path_begun + path, line, level, language, segment))
    return ways


def out_of_the_menu() -> list[tuple[Way, str]]:
    """Ways that end elsewhere than in a queue, and where."""
    ways = []
    for language, (begin, path_begun) in TO_SERVICES.items():
        for keys, path, destination in OUT:
            ways.append((Way(UNIFIED, begin + keys, path_begun + path, "", "", language), destination))
    return ways


async def test_the_tables_have_every_branch_of_the_shipped_menu_in_every_language() -> None:
    """The first two menus are asked before the language is known."""
    menu = compile_menu(load(CONFIG))
    ways = [*often_gone(), *seldom_gone(), *(way for way, _ in out_of_the_menu())]
    taken = {(node, choice, way.language) for way in ways for node, _, choice in way.path}
    wanted = {(node.id, branch.choice, language) for node in menu.nodes() for branch in ways_on(node) for language in menu.languages}
    early = {(node, choice, language) for node, choice, language in wanted if node in ("first", "language")}
    assert wanted - early - taken == set()
    assert PLAIN_NUMBERS.keys() <= {way.dnis for way in often_gone()}
    assert {(node, choice) for node, choice, _ in early} == {(node, choice) for node, choice, _ in taken if node in ("first", "language")}


@pytest.mark.slow
@pytest.mark.parametrize("ways", [often_gone(), seldom_gone()], ids=["often gone", "seldom gone"])
async def test_every_way_through_the_menus_leads_where_it_should(scene: Scene, ways: list[Way]) -> None:
    wanted = {scene.new_ani(): way for way in ways}
    visits = [Visit(way.dnis, ani, "", way.timed, 60) for ani, way in wanted.items()]
    await scene.calls(visits, CALLERS_A_MINUTE)
    of_these = select(calls).where(calls.c.ani.in_(wanted))

    async def all_wait() -> bool:
        return len(await scene.house.rows(of_these.where(calls.c.state == "waiting"))) == len(wanted)

    await until(all_wait, f"{len(wanted)} callers waiting", seconds=90)

    rows = {row["ani"]: row for row in await scene.house.rows(of_these)}
    fields = ("product_line", "level", "language", "queue", "urgent", "segment")
    got = {ani: (*(row[field] for field in fields), tuple(tuple(step) for step in row["path"])) for ani, row in rows.items()}
    wrong = [(way.keys, got[ani]) for ani, way in wanted.items() if got[ani] != way.expected]
    assert not wrong, "\n".join(map(str, wrong))
    dialled = PLAIN_NUMBERS.keys() & {way.dnis for way in ways}
    entries = {row["dnis"]: row["entry"] for row in rows.values() if row["dnis"] in dialled}
    assert entries == {number: PLAIN_NUMBERS[number] for number in dialled}


@pytest.mark.slow
async def test_every_way_out_of_the_menu_leads_there_and_nobody_is_cut_off(scene: Scene) -> None:
    wanted = {scene.new_ani(): (way, destination) for way, destination in out_of_the_menu()}
    callers = await scene.calls([Visit(way.dnis, ani, "", way.timed, 6) for ani, (way, _) in wanted.items()], CALLERS_A_MINUTE)
    of_these = select(calls).where(calls.c.ani.in_(wanted))

    async def all_over() -> bool:
        return len(await scene.house.rows(of_these.where(calls.c.state == "ended"))) == len(wanted)

    await until(all_over, f"{len(wanted)} callers gone", seconds=90)
    rows = {row["ani"]: row for row in await scene.house.rows(of_these)}
    got = {ani: (tuple(tuple(step) for step in row["path"]), row["end_cause"]) for ani, row in rows.items()}
    assert [(way, got[ani]) for ani, (way, _) in wanted.items() if got[ani] != (way.path, "diverted")] == []
    served = {ani for ani, row in rows.items() if row["self_served"]}
    assert served == {ani for ani, (way, _) in wanted.items() if way.path[-1][2] in SAID_IT_WAS_ENOUGH}, "they said so by key"
    ends = {(line.ani, line.what) for line in callers.log() if line.what in ("left", "ended")}
    assert ends == {(ani, "left" if destination == "message" else "ended") for ani, (_, destination) in wanted.items()}, "who speaks, ends"
    messages = list(scene.hotline.asterisk.directory.rglob("voicemail/default/100/INBOX/msg*.wav"))
    assert len(messages) == len(TO_SERVICES)
    assert min(message.stat().st_size for message in messages) > 8000, "half a second of what was said at least"


async def test_two_wrong_keys_and_then_the_right_one(scene: Scene) -> None:
    caller = await scene.call(UNIFIED, "3" + "992")

    record = await scene.record(caller, 30, state="waiting")

    assert record["path"] == [["first", "3", "printers"], ["level", "2", "fault"]]


async def test_a_key_in_the_welcome_is_heard_at_once(scene: Scene) -> None:
    caller = await scene.call(UNIFIED, "2", key_every=0.6)

    arrived, _ = await scene.happened(caller, CallArrived)
    chosen, choice = await scene.happened(caller, MenuChosen)

    assert (choice.menu, choice.digits, choice.choice) == ("first", "2", "pcs")
    assert (chosen - arrived).total_seconds() < 3.5, "the welcome alone is longer than four seconds"


async def test_wang_fangs_old_direct_number_asks_for_her(scene: Scene) -> None:
    """She is the first to be offered the call though others have been idle for longer; and it is a call of the hotline."""
    chen = await scene.agent("chen.jie")
    wang = await scene.agent("wang.fang")
    caller = await scene.call("02188881002", "31")

    await wang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert (record["agent"], record["queue"], offer["step"]) == ("wang.fang", "printers.L1", "promised engineer")
    assert record["bypass"], "her direct number goes round the hotline"
    assert chen.state == "ready"
