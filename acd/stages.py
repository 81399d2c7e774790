"""The stages of requirements: each step of a call's requirement and all that follows it, shared by every call that needs the same.

Decides which agents a stage admits and which stage is in force: the first one, at or after the one that the elapsed wait has
reached, that somebody logged in can match. Stages that nobody logged in can match are skipped at once; when somebody who can
match logs in, they are in force again until they expire. If nobody logged in matches any, the reached one stays, and so does
the caller. It does not know who is free, nor the clock.

Calls in one stage wait in one line, ordered by virtual arrival; so work grows with the number of different needs, not of calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from acd.calls import Place
from acd.instants import span
from acd.plan import QueuePlan
from skills.expression import Expression, IsAgent, describe
from skills.requirement import bind_requirement

PERSONAL = "handed to a certain agent"


@dataclass(slots=True, eq=False)
class Stage:
    """One step, with the steps after it. The same object for all calls with the same remaining needs."""

    number: int
    name: str
    need: Expression
    text: str
    until_us: int | None
    after: Stage | None
    admits: int
    """Mask of the agents who satisfy ``need``, logged in or not."""
    line: list[Place] = field(default_factory=list)
    in_force: Stage = field(init=False)

    def __post_init__(self) -> None:
        self.in_force = self

    def following(self) -> list[Stage]:
        """This stage and those after it."""
        stages = [self]
        while (after := stages[-1].after) is not None:
            stages.append(after)
        return stages

    def matchable(self, logged_in: int) -> Stage:
        """The first stage from this one on that somebody in the mask ``logged_in`` can match; this one when none can."""
        stage: Stage | None = self
        while stage is not None:
            if stage.admits & logged_in:
                return stage
            stage = stage.after
        return self


class Stages:
    """All stages in use, each made once. Forgotten as a whole when the plan changes."""

    def __init__(self, admits: Callable[[Expression], int]) -> None:
        self._admits = admits
        self._made: dict[tuple[str, Expression, float | None, int], Stage] = {}
        self._firsts: dict[tuple[str, tuple[tuple[str, str], ...]], Stage] = {}

    def first(self, queue: QueuePlan, values: Mapping[str, str]) -> Stage:
        """The first stage of a call with ``values`` in ``queue``."""
        key = (queue.id, tuple(values.items()))
        stage = self._firsts.get(key)
        if stage is None:
            stage = self._firsts[key] = self._chain(queue, values)
        return stage

    def personal(self, agent: str, until_seconds: float, after: Stage) -> Stage:
        """A stage that only ``agent`` matches, before ``after``."""
        return self._stage(PERSONAL, IsAgent(agent), until_seconds, after)

    def _chain(self, queue: QueuePlan, values: Mapping[str, str]) -> Stage:
        stage: Stage | None = None
        for step in reversed(bind_requirement(queue.requirement, values).steps):
            stage = self._stage(step.name, step.need, step.until_seconds, stage)
        assert stage is not None, "a requirement has at least one step"
        return stage

    def _stage(self, name: str, need: Expression, until: float | None, after: Stage | None) -> Stage:
        key = (name, need, until, -1 if after is None else after.number)
        stage = self._made.get(key)
        if stage is None:
            until_us = None if until is None else span(until)
            stage = Stage(len(self._made), name, need, describe(need), until_us, after, self._admits(need))
            self._made[key] = stage
        return stage
