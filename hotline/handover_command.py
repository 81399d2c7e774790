"""``hotline handover [PRODUCT]``: the short codes by which any employee transfers a caller into the right queue."""

from __future__ import annotations

import argparse

from config.loader import load
from config.schema import Config
from hotline.places import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("product", metavar="PRODUCT", nargs="?", help="a product line, by its name or as people call it (default: all)")


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each code: the code, where it leads, in words. Refused for a product that no code leads to."""
    config = load(arguments.config)
    wanted = list(config.product_lines) if arguments.product is None else [_line(config, arguments.product)]
    lines = [line for name in wanted for line in _codes(config, name)]
    if not lines and arguments.product is not None:
        raise Refused(f"{arguments.config}: no short code leads to {wanted[0]}; `handovers` has them")
    print("\n".join(lines) if lines else "no short codes: `handovers` has none")
    return 0


def _codes(config: Config, line: str) -> list[str]:
    labels = " · ".join(dict.fromkeys(config.product_lines[line].label.values()))
    rows = [(code, row) for code, row in config.handovers.items() if row.product_line == line]
    return [f"{code}\t{line}.{row.level}\t{labels}{f' ({row.language})' if row.language else ''}" for code, row in rows]


def _line(config: Config, asked: str) -> str:
    """The product line of that name or label, whatever its letters' case."""
    for name, row in config.product_lines.items():
        if asked.casefold() in {name.casefold(), *(label.casefold() for label in row.label.values())}:
            return name
    raise Refused(f"no product line {asked}; expected one of {', '.join(config.product_lines)}")
