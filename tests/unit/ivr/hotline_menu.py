"""A small menu, as the tests know it: language, product, level."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ivr.menu import Branch, Entry, Menu, MenuPlan, Returning


def branch(key: str, choice: str, following: str | None = None, **sets: str) -> Branch:
    return Branch(key, choice, sets, following)


LANGUAGE = Menu(
    "language", "ask-language", ("language",),
    (branch("1", "mandarin", "product", language="zh"), branch("2", "english", "product", language="en")),
    branch("", "mandarin", "product", language="zh"),
)  # fmt: skip
PRODUCT = Menu(
    "product", "ask-product", ("product_line",),
    (branch("1", "servers", "level", product_line="servers"), branch("3", "printers", "level", product_line="printers")),
    branch("", "pcs", "level", product_line="pcs"),
)  # fmt: skip
LEVEL = Menu(
    "level", "ask-level", ("urgent",),
    (branch("1", "ordinary", urgent="no", level="L1"), branch("9", "emergency", urgent="yes", level="L2")),
    branch("", "ordinary", urgent="no", level="L1"),
    timeout_seconds=2.5,
)  # fmt: skip
PRINTERS = Entry("4002", "old printers line", {"product_line": "printers", "language": "en"}, welcome="welcome-printers")
PLAN = MenuPlan(
    entries={"4002": PRINTERS},
    default_entry=Entry("", "unknown number"),
    start="language",
    menus={menu.id: menu for menu in (LANGUAGE, PRODUCT, LEVEL)},
    defaults={"language": "zh", "product_line": "pcs", "level": "L1"},
)


RETURNING = Returning(
    queues=frozenset({"servers.L1", "servers.L2", "printers.L1", "printers.L2"}),
    segments=frozenset({"standard", "key-account"}),
    agents=frozenset({"li", "sun"}),
    prompts={"servers": "continue-servers", "printers": "continue-printers"},
)


def plan(**changes: Any) -> MenuPlan:
    return replace(PLAN, **changes)


def _recorded() -> MenuPlan:
    """The menu that the transcripts were recorded with."""
    keys = zip("1234", ("servers", "pcs", "printers", "scanners"), strict=True)
    products = tuple(branch(key, product, "level", product_line=product) for key, product in keys)
    menus = (
        replace(LANGUAGE, prompt="language"),
        replace(PRODUCT, prompt="product", branches=products),
        replace(LEVEL, prompt="level", timeout_seconds=4.0),
    )
    return plan(menus={menu.id: menu for menu in menus})


RECORDED = _recorded()
