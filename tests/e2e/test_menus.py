"""Every way through the menus: each number, each key, the wrong keys and silence, and what is known of the caller afterwards.

The tables here are written by hand from the shipped configuration, not computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from sqlalchemy import select

from acd.events import CallArrived, MenuChosen
from acd.records import calls
from hotline.simulated_callers import Visit
from tests.e2e.scene import Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

UNIFIED = "4008001234"
WRONG = "999"
"""No menu has this key; there are three attempts."""
SILENCE = ""
KEY_EVERY_SECONDS = 0.8
"""Besides the half second that a key itself takes: it falls into the question, or into the silence after it."""

# What is keyed -> (key in the record, choice, value).
LANGUAGES = {"1": ("1", "mandarin", "zh"), "2": ("2", "english", "en"), WRONG: ("", "no_language", "zh")}
PRODUCTS = {"1": ("1", "servers"), "2": ("2", "pcs"), "3": ("3", "printers"), "4": ("4", "scanners")}
OPERATORS = {"0": ("0", "operator"), SILENCE: ("", "no_product")}
"""Choices of the product menu that end it: PCs, level 1."""
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
    def expected(self) -> tuple[object, ...]:
        urgent = ("level", "3", "emergency") in self.path
        return (self.product_line, self.level, self.language, f"{self.product_line}.{self.level}", urgent, self.segment, self.path)


def from_the_unified_number() -> list[Way]:
    ways = []
    for spoken, (digit, choice, language) in LANGUAGES.items():
        first = ("language", digit, choice)
        for keyed, (key, line) in PRODUCTS.items():
            for last, (level_key, level_choice, level) in LEVELS.items():
                path = (first, ("product", key, line), ("level", level_key, level_choice))
                ways.append(Way(UNIFIED, spoken + keyed + last, path, line, level, language))
        for keyed, (key, operator) in OPERATORS.items():
            ways.append(Way(UNIFIED, spoken + keyed, (first, ("product", key, operator)), "pcs", "L1", language))
    silent: Path = (("language", "", "no_language"), ("product", "", "no_product"))
    return [*ways, Way(UNIFIED, SILENCE, silent, "pcs", "L1", "zh")]


def from_the_old_numbers() -> list[Way]:
    """A number that says the product line: the product menu is passed over."""
    ways = []
    for (dnis, line), (key, choice, level) in product(OLD_NUMBERS.items(), LEVELS.values()):
        ways.append(Way(dnis, f"2{key}", (("language", "2", "english"), ("level", key, choice)), line, level, "en"))
    return ways


def from_the_other_numbers() -> list[Way]:
    """A number that says the language, the segment or nothing."""
    asked: Path = (("language", "1", "mandarin"), ("product", "3", "printers"), ("level", "2", "fault"))
    ways = [
        Way(dnis, "132", asked, "printers", "L2", "zh", "key_account" if dnis == "4008009000" else "standard") for dnis in PLAIN_NUMBERS
    ]
    return [*ways, Way("4008001235", "43", (("product", "4", "scanners"), ("level", "3", "emergency")), "scanners", "L3", "en")]


@pytest.mark.slow
async def test_every_way_through_the_menus_leads_where_it_should(scene: Scene) -> None:
    ways = from_the_unified_number() + from_the_old_numbers() + from_the_other_numbers()
    wanted = {scene.new_ani(): way for way in ways}
    visits = [Visit(way.dnis, ani, "", tuple((KEY_EVERY_SECONDS, key) for key in way.keys), 60) for ani, way in wanted.items()]
    await scene.calls(visits, per_minute=600)
    of_these = select(calls).where(calls.c.ani.in_(wanted))

    async def all_wait() -> bool:
        return len(await scene.house.rows(of_these.where(calls.c.state == "waiting"))) == len(wanted)

    await until(all_wait, f"{len(wanted)} callers waiting", seconds=60)

    rows = {row["ani"]: row for row in await scene.house.rows(of_these)}
    fields = ("product_line", "level", "language", "queue", "urgent", "segment")
    got = {ani: (*(row[field] for field in fields), tuple(tuple(step) for step in row["path"])) for ani, row in rows.items()}
    assert [(way, got[ani]) for ani, way in wanted.items() if got[ani] != way.expected] == []
    assert {row["dnis"]: row["entry"] for row in rows.values() if row["dnis"] in PLAIN_NUMBERS} == PLAIN_NUMBERS


async def test_two_wrong_keys_and_then_the_right_one(scene: Scene) -> None:
    caller = await scene.call(UNIFIED, "991" + "3" + "2")

    record = await scene.record(caller, 30, state="waiting")

    assert record["path"] == [["language", "1", "mandarin"], ["product", "3", "printers"], ["level", "2", "fault"]]


async def test_a_key_in_the_welcome_is_heard_at_once(scene: Scene) -> None:
    caller = await scene.call(UNIFIED, "2", key_every=0.6)

    arrived, _ = await scene.happened(caller, CallArrived)
    chosen, choice = await scene.happened(caller, MenuChosen)

    assert (choice.menu, choice.digits, choice.choice) == ("language", "2", "english")
    assert (chosen - arrived).total_seconds() < 2.5, "the welcome alone is longer than four seconds"


async def test_wang_fangs_old_direct_number_asks_for_her(scene: Scene) -> None:
    """She is the first to be offered the call though others have been idle for longer; and it is a call of the hotline."""
    chen = await scene.agent("chen.jie")
    wang = await scene.agent("wang.fang")
    caller = await scene.call("02188881002", "131")

    await wang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert (record["agent"], record["queue"], offer["step"]) == ("wang.fang", "printers.L1", "promised engineer")
    assert chen.state == "ready"
