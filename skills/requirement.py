"""A requirement: ordered steps of expressions that relax as the wait grows.

Decides which step is in force at an elapsed wait. It does not know the clock: the wait is an argument, in seconds since the
call's first arrival (the one wait clock, which runs through menu, re-queue, transfer and callback alike).
The semantics follow Amazon Connect's routing steps, with one change: a step expires on *elapsed wait*, not on time spent with
nobody matching, so relaxation goes on while a matching agent is free but does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skills.expression import EVERYBODY, Expression, bind


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``need`` is in force until ``until_seconds`` of elapsed wait; ``None`` means for ever."""

    name: str
    need: Expression
    until_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Ordered steps; the last one has ``until_seconds=None``."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Raise ValueError unless the steps' expiries rise strictly and the last step, and only it, is open-ended."""
        if not self.steps:
            raise ValueError("a requirement needs at least one step")
        if self.steps[-1].until_seconds is not None:
            raise ValueError(f"the last step ({self.steps[-1].name}) must have no until_seconds, so that every caller can be served")
        previous = 0.0
        for step in self.steps[:-1]:
            if step.until_seconds is None:
                raise ValueError(f"only the last step may be without until_seconds, but {step.name} is not the last")
            if step.until_seconds <= previous:
                raise ValueError(f"until_seconds must rise from step to step, but {step.name} ends at {step.until_seconds:g} s")
            previous = step.until_seconds


def step_at(requirement: Requirement, waited_seconds: float) -> int:
    """Index of the step in force after ``waited_seconds``; a step ends *at* its expiry."""
    for index, step in enumerate(requirement.steps):
        if step.until_seconds is None or waited_seconds < step.until_seconds:
            return index
    raise AssertionError("unreachable: the last step is open-ended")


def bind_requirement(template: Requirement, values: Mapping[str, str]) -> Requirement:
    """The template with its placeholders filled; a step that binds to nothing is left out (a sticky step without an agent).

    The last step that is left stays in force for ever; when none is left, anybody may take the call: nobody is turned away.
    """
    bound = ((step, bind(step.need, values)) for step in template.steps)
    steps = [Step(step.name, need, step.until_seconds) for step, need in bound if need is not None]
    last = steps.pop() if steps else Step("anybody", EVERYBODY)
    return Requirement((*steps, Step(last.name, last.need)))
