"""``hotline check``: prove the config; exit 1 when something in it is an error."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from config.check import check
from config.loader import load
from config.schema.source import Severity
from hotline.customer_source import file_problems


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes: nothing more."""


def run(arguments: argparse.Namespace) -> int:
    """Print every problem with its line."""
    config = load(arguments.config)
    today = datetime.now(ZoneInfo(config.hotline.time_zone)).date().isoformat()
    problems = [*check(config, today), *file_problems(config, arguments.config.parent)]
    for problem in problems:
        print(f"{problem.severity}: {problem}", file=sys.stderr)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    print(f"{arguments.config}: {errors} errors, {len(problems) - errors} warnings")
    return 1 if errors else 0
