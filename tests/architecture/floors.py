"""The floors as setup.cfg has them, and the modules that there are."""

from __future__ import annotations

import configparser
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
ROOMS = ("skills", "acd", "ivr", "cti", "config")


def settings() -> configparser.ConfigParser:
    """setup.cfg."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def floors() -> list[list[str]]:
    """The modules of each floor, floor 0 first; a package stands for all in it."""
    lines = settings()["importlinter:contract:floors"]["layers"].split("\n")
    return [[module.strip() for module in line.split(":")] for line in reversed(lines) if line.strip()]


def graph() -> grimp.ImportGraph:
    """Who imports whom, of the modules that are there now."""
    return grimp.build_graph(*ROOMS, "hotline", cache_dir=None)


def within(module: str, listed: str) -> bool:
    """Whether ``module`` is ``listed`` or in it."""
    return module == listed or module.startswith(listed + ".")
