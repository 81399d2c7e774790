"""Mistakes of a tired hand that every single value allows: a kind of skill that nobody has, a port that is given away twice.

Pure; what else is proven is ``config.check``'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from acd.plan import Plan
from config.schema import Config
from config.schema.source import Path, Problem
from skills.expression import All, AnyOf, Expression, Has, Not


def unknown_kinds_of_skill(config: Config, plan: Plan) -> Iterator[Problem]:
    """What a step needs is a product, a level, a language, or what some agent has beside these: ``platform:linux``."""
    known = {_kind(skill) for agent in plan.agents for skill in agent.skills} | {"product", "level", "language"}
    for path, need in _steps(config, plan):
        for skill in dict.fromkeys(_skills(need)):
            if _kind(skill) not in known:
                text = f"found a need for {skill!r}, which no agent has anything of, expected one of {', '.join(sorted(known))}"
                yield Problem(text, path)


def ports_given_twice(config: Config) -> Iterator[Problem]:
    """Engines may share a machine with an Asterisk, but not a port; several Asterisks ask one engine at one port."""
    taken = {(config.web.host, config.web.port): "the pages"}
    for name, exchange in config.exchanges.items():
        taken[exchange.ami.host, exchange.ami.port] = f"the manager interface of {name}"
    if len(taken) <= len(config.exchanges):
        yield Problem("found the pages at the port of a manager interface, expected another", ("web", "port"))
    for name, exchange in config.exchanges.items():
        whose = taken.get((exchange.fastagi.host, exchange.fastagi.port))
        if whose is not None:
            text = f"found port {exchange.fastagi.port}, which is that of {whose}, expected another"
            yield Problem(text, ("exchanges", name, "fastagi", "port"))


def _steps(config: Config, plan: Plan) -> Iterator[tuple[Path, Expression]]:
    """The steps' places, and what they need, in one of the queues for which they are written there."""
    overridden = {queue.id for queue in plan.queues if _own_steps(config, queue.id)}
    for queue in plan.queues:
        if queue.id in overridden:
            for place, step in enumerate(queue.requirement.steps):
                yield ("queues", "overrides", queue.id, "steps", place, "need"), step.need
    usual = next((queue for queue in plan.queues if queue.id not in overridden), None)
    for place, step in enumerate(usual.requirement.steps if usual is not None else ()):
        yield ("queues", "defaults", "steps", place, "need"), step.need


def _own_steps(config: Config, queue: str) -> bool:
    override = config.queues.overrides.get(queue)
    return override is not None and override.steps is not None


def _skills(need: Expression) -> Iterator[str]:
    match need:
        case Has(skill, _):
            yield skill
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _skills(part)
        case Not(part):
            yield from _skills(part)
        case _:
            return


def _kind(skill: str) -> str:
    return skill.partition(":")[0]
