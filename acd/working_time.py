"""How agents spent each quarter of an hour: seconds in each state, and the calls that were offered to them.

Decides how a state that lasts over several quarters is shared out among them, so that no quarter has more than its 900 seconds and
nothing is counted twice. Quarters are those of UTC; a zone whose offset is a whole number of them has the same ones. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from acd.effects import AgentChanged, Effect, OfferChanged, OfferMade
from acd.instants import MICROS_PER_SECOND, micros
from acd.model import AgentState, OfferState

QUARTER_SECONDS = 900
_QUARTER_US = QUARTER_SECONDS * MICROS_PER_SECOND


def quarter_of(at: datetime) -> int:
    """The quarter of an hour that ``at`` lies in, counted from 1970-01-01 UTC."""
    return micros(at) // _QUARTER_US


@dataclass(slots=True)
class WorkingQuarter:
    """One agent's quarter of an hour."""

    agent: str
    quarter: int
    ready_seconds: float = 0.0
    reserved_seconds: float = 0.0
    talking_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    not_ready_seconds: float = 0.0
    offers: int = 0
    missed: int = 0


@dataclass(slots=True)
class WorkingTime:
    """Every agent's present quarter, and those that his present state began in."""

    quarters: dict[str, dict[int, WorkingQuarter]] = field(default_factory=dict)

    def follow(self, at: datetime, effects: Iterable[Effect]) -> list[WorkingQuarter]:
        """Take note of what followed an event; the quarters that changed."""
        changed: list[WorkingQuarter] = []
        for effect in effects:
            if isinstance(effect, AgentChanged):
                changed += self._agent_changed(at, effect)
            elif isinstance(effect, OfferMade):
                changed.append(self._at(effect.agent, quarter_of(at)))
                changed[-1].offers += 1
            elif isinstance(effect, OfferChanged) and effect.state is OfferState.MISSED:
                changed.append(self._at(effect.agent, quarter_of(at)))
                changed[-1].missed += 1
        return changed

    def _at(self, agent: str, quarter: int) -> WorkingQuarter:
        own = self.quarters.setdefault(agent, {})
        return own.setdefault(quarter, WorkingQuarter(agent, quarter))

    def _agent_changed(self, at: datetime, notice: AgentChanged) -> list[WorkingQuarter]:
        changed = []
        if notice.previous is not AgentState.LOGGED_OUT:
            counter = f"{notice.previous}_seconds"
            for quarter, seconds in shared_out(notice.previous_since, at):
                row = self._at(notice.agent, quarter)
                setattr(row, counter, getattr(row, counter) + seconds)
                changed.append(row)
        present = quarter_of(at)
        own = self.quarters.setdefault(notice.agent, {})
        for past in [quarter for quarter in own if quarter < present]:
            del own[past]
        return changed


def shared_out(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """(quarter, seconds of [``start``, ``end``) in it), in order."""
    from_us, until_us = micros(start), micros(end)
    while from_us < until_us:
        quarter = from_us // _QUARTER_US
        next_us = min(until_us, (quarter + 1) * _QUARTER_US)
        yield quarter, (next_us - from_us) / MICROS_PER_SECOND
        from_us = next_us
