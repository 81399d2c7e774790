"""The waiting room: who waits, in which order, and who is first for whom.

Decides the order: virtual arrival (first arrival minus head start), ties by order of arrival. It does not know why a call may
not go to a certain agent; that is asked of the caller of ``earliest_for``.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from itertools import islice

from acd.calls import Call, Place
from acd.stages import Stage

_Front = tuple[int, int, Stage]
"""A stage's first place in line (virtual arrival, order of arrival), and the stage."""


class WaitingRoom:
    """Waiting calls, each in the line of its stage; the lines ordered by who is first in them."""

    def __init__(self) -> None:
        self._everyone: list[Place] = []
        self._fronts: list[_Front] = []

    def __len__(self) -> int:
        return len(self._everyone)

    def __iter__(self) -> Iterator[Call]:
        """The waiting calls in order of virtual arrival."""
        return (place[2] for place in self._everyone)

    def stages(self) -> list[Stage]:
        """Stages that somebody waits in, in the order of who is first in them."""
        return [front[2] for front in self._fronts]

    def add(self, call: Call, virtual_us: int, stage: Stage) -> None:
        """Let ``call`` wait in ``stage``, at the place that its virtual arrival gives it."""
        place = (virtual_us, call.number, call)
        call.place, call.stage = place, stage
        insort(self._everyone, place)
        self._line_up(place, stage)

    def remove(self, call: Call) -> None:
        """The call waits no longer; it keeps its stage."""
        place, stage = call.place, call.stage
        assert place is not None and stage is not None, "only a waiting call can be taken out"
        del self._everyone[bisect_left(self._everyone, place)]
        self._leave_line(place, stage)
        call.place = None

    def advance(self, call: Call, stage: Stage) -> None:
        """Move a waiting call to another stage, at the same place in the order."""
        assert call.place is not None and call.stage is not None, "only a waiting call can move on"
        self._leave_line(call.place, call.stage)
        call.stage = stage
        self._line_up(call.place, stage)

    def ahead(self, place: Place) -> int:
        """How many wait with an earlier virtual arrival."""
        return bisect_left(self._everyone, place)

    def ahead_in_queue(self, call: Call) -> int:
        """How many of the call's own queue wait with an earlier virtual arrival."""
        assert call.place is not None, "only a waiting call has a place"
        before = islice(self._everyone, bisect_left(self._everyone, call.place))
        return sum(place[2].queue_id == call.queue_id for place in before)

    def earliest_for(self, bit: int, barred: Callable[[Call], int]) -> Place | None:
        """The first in the order who may go to the agent of mask ``bit``; ``barred`` is the mask of agents a call may not go to."""
        best: Place | None = None
        for virtual_us, number, stage in self._fronts:
            if best is not None and (virtual_us, number) > best[:2]:
                break
            if stage.in_force.admits & bit:
                found = _first_in(stage.line, bit, barred)
                if found is stage.line[0] and best is None:
                    return found
                if found is not None and (best is None or found < best):
                    best = found
        return best

    def _line_up(self, place: Place, stage: Stage) -> None:
        line = stage.line
        if not line or place < line[0]:
            if line:
                self._drop_front(line[0], stage)
            insort(self._fronts, (place[0], place[1], stage))
        insort(line, place)

    def _leave_line(self, place: Place, stage: Stage) -> None:
        line = stage.line
        index = bisect_left(line, place)
        del line[index]
        if index == 0:
            self._drop_front(place, stage)
            if line:
                insort(self._fronts, (line[0][0], line[0][1], stage))

    def _drop_front(self, place: Place, stage: Stage) -> None:
        del self._fronts[bisect_left(self._fronts, (place[0], place[1], stage))]


def _first_in(line: list[Place], bit: int, barred: Callable[[Call], int]) -> Place | None:
    for place in line:
        if not barred(place[2]) & bit:
            return place
    return None
