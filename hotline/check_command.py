"""``hotline check``: prove the config; exit 1 when something in it is an error."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.check import check
from config.compile import compile_menu
from config.loader import load
from config.picture import picture
from config.schema.source import Severity
from config.ways import Ways
from hotline.customer_source import file_problems
from hotline.places import Refused
from ivr.menu import MenuPlan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the menu into FILE, as SVG")


def run(arguments: argparse.Namespace) -> int:
    """Print every problem with its line."""
    config = load(arguments.config)
    today = datetime.now(ZoneInfo(config.hotline.time_zone)).date().isoformat()
    problems = [*check(config, today), *file_problems(config, arguments.config.parent)]
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=sys.stderr)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    print(f"{arguments.config}: {errors} errors, {len(problems) - errors} warnings")
    menu = compile_menu(config)
    if not errors:
        print(figures(menu))
    if arguments.picture is not None:
        _draw(arguments.picture, picture(menu, config.prompts))
    return 1 if errors else 0


def figures(menu: MenuPlan) -> str:
    """How many keys a person is away from each dialled number: by the shortest way of all, to the farthest queue, by the longest way."""
    ways = Ways(menu)
    lines = [f"  {dnis or 'unknown number':20} {_figures_of(ways, dnis)}" for dnis in ways.begins]
    nearest = [min(keys.values(), default=0) for keys in map(ways.keys_to, ways.begins)]
    return "\n".join([f"keys to a person: at most {max(nearest)}; from each dialled number:", *lines])


def _figures_of(ways: Ways, dnis: str) -> str:
    keys = ways.keys_to(dnis)
    if not keys:
        return "only silence leads to a person"
    queue, language = max(keys, key=lambda where: keys[where])
    farthest = f"{keys[queue, language]} to the farthest queue ({queue} in {language})"
    return f"{min(keys.values())} to the nearest, {farthest}, {ways.most_keys(dnis)} by the longest way"


def _draw(file: Path, svg: str) -> None:
    try:
        file.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{file}: can't be written: {error.strerror}") from None
    print(f"{file}: the menu")
