"""``hotline simulate``: a day against the config, in seconds: how the plan would serve so many callers.

Callers are drawn here (Poisson arrivals, exponential patience, log-normal talk times, from a seed); the hotline is the live router. Two
configs under one seed meet the very same callers.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from acd.model import Level
from acd.plan import Plan
from acd.simulation import Day, Outcome, Visitor
from config.compile import compile_plan
from config.loader import load
from hotline.places import Refused

_SPREAD = 0.6
"""Standard deviation of the logarithm of talk times: handling times are skewed, with a long tail."""
_SHARES = {Level.L1: 0.6, Level.L2: 0.3, Level.L3: 0.1}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--calls-per-hour", type=_above_zero, default=60.0, metavar="N")
    parser.add_argument("--hours", type=_above_zero, default=8.0, metavar="H")
    parser.add_argument("--talk-seconds", type=_above_zero, default=240.0, metavar="S", help="mean talk time (default: 240)")
    parser.add_argument("--patience-seconds", type=_above_zero, default=180.0, metavar="S", help="mean patience (default: 180)")
    parser.add_argument("--absent", action="append", default=[], metavar="AGENT", help="an agent who is away that day; may be repeated")
    parser.add_argument("--seed", type=int, default=1)


def _above_zero(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be above zero, not {text}")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print the day's figures; exit 1 when a caller was neither answered nor gone. Refused for an unknown agent."""
    config = load(arguments.config)
    plan = compile_plan(config)
    if strangers := set(arguments.absent) - {agent.id for agent in plan.agents}:
        raise Refused(f"--absent: {arguments.config} has no agent {', '.join(sorted(strangers))}")
    present = [agent.id for agent in plan.agents if agent.id not in arguments.absent]
    start = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
    languages = {
        language: (0.9 if place == 0 else 0.1 / max(1, len(config.languages) - 1)) for place, language in enumerate(config.languages)
    }
    visitors = list(_visitors(arguments, plan, languages, start))
    outcome = Day(plan, start, agents=present).run(visitors)
    for line in _report(outcome, present_seconds=len(present) * arguments.hours * 3600):
        print(line)
    return 1 if outcome.unserved else 0


def _visitors(arguments: argparse.Namespace, plan: Plan, languages: dict[str, float], start: datetime) -> Iterator[Visitor]:
    chance = random.Random(arguments.seed)
    queues = list(plan.queues)
    weights = [_SHARES[queue.level] for queue in queues]
    end = start + timedelta(hours=arguments.hours)
    at = start
    middle = math.log(arguments.talk_seconds) - _SPREAD**2 / 2
    while True:
        at += timedelta(seconds=chance.expovariate(arguments.calls_per_hour / 3600))
        if at >= end:
            return
        queue = chance.choices(queues, weights)[0]
        language = chance.choices(list(languages), list(languages.values()))[0]
        talk, patience = chance.lognormvariate(middle, _SPREAD), chance.expovariate(1 / arguments.patience_seconds)
        yield Visitor(at, queue.product_line, queue.level, language, talk, patience)


def _report(outcome: Outcome, present_seconds: float) -> Iterator[str]:
    level = outcome.service_level
    yield f"offered {outcome.offered}, answered {outcome.answered}, abandoned {outcome.abandoned}, unserved {len(outcome.unserved)}"
    yield f"answered in time over offered: {level:.1%}" if level is not None else "nobody called"
    if len(outcome.waits_seconds) > 1:
        cuts = statistics.quantiles(outcome.waits_seconds, n=100)
        mean = statistics.fmean(outcome.waits_seconds)
        yield f"wait until answered: mean {mean:.1f} s, p50 {cuts[49]:.1f} s, p90 {cuts[89]:.1f} s, p99 {cuts[98]:.1f} s"
    talked = sum(outcome.talk_seconds_by_agent.values())
    yield f"talking share of the agents' time: {talked / present_seconds:.1%}" if present_seconds else "no agents"
    for agent, seconds in sorted(outcome.talk_seconds_by_agent.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {agent:<20} {seconds / 60:8.1f} min"
