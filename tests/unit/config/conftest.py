"""The shipped configuration, and changes to its text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.loader import parse
from config.schema import Config

SHIPPED = (Path(__file__).parents[3] / "config" / "hotline.yaml").read_text(encoding="utf-8")

Changed = Callable[..., Config]


@pytest.fixture(scope="session")
def shipped() -> Config:
    return parse(SHIPPED, "hotline.yaml")


@pytest.fixture(scope="session")
def changed() -> Changed:
    """The shipped configuration with pieces of its text replaced: ``changed((old, new), …)``."""

    def change(*replacements: tuple[str, str]) -> Config:
        text = SHIPPED
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        return parse(text, "hotline.yaml")

    return change


@pytest.fixture(scope="session")
def nobody_for_scanners(shipped: Config) -> Config:
    """The shipped configuration, in which no agent knows scanners."""

    def without(products: dict[str, int]) -> dict[str, int]:
        return {line: value for line, value in products.items() if line != "scanners"}

    agents = {name: row.model_copy(update={"products": without(row.products)}) for name, row in shipped.agents.items()}
    return shipped.model_copy(update={"agents": agents})
