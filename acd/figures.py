"""What is counted per queue and day as calls go by.

Decides what counts, by the definitions of ``acd.forecast``: a call is *offered* when it first joins a queue, *answered* when it is
first connected, *in time* when that is within the queue's threshold of joining, *abandoned* when the caller leaves unconnected, *flowed
out* when it is sent elsewhere unconnected. The day is the UTC day shifted by the plan's ``zone_offset_seconds``; handling times are kept
over midnight.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from acd.calls import Call
from acd.forecast import HANDLING_HALF_LIFE_US, Calibration, DecayingMean, Outcomes
from acd.instants import seconds, span
from acd.model import QueueId


@dataclass(slots=True)
class QueueCount:
    """One queue's day."""

    offered: int = 0
    answered_in_time: int = 0
    answered_late: int = 0
    abandoned_short: int = 0
    abandoned_in_time: int = 0
    abandoned_late: int = 0
    flowed_out: int = 0
    waits_us: int = 0
    """Of those answered, from joining the queue, in all."""
    handled: int = 0
    handling_us: int = 0
    """Talk and wrap-up in all."""
    rung: int = 0
    """Offers whose phone rang and that were answered or missed."""
    rung_in_time: int = 0
    """Those that were answered within three rings."""
    announced: int = 0
    """Calls whose caller was told an expected wait, and of whom it is known how long he waited."""
    announced_right: int = 0
    """Those of them who did not wait much longer than they were told."""

    def outcomes(self) -> Outcomes:
        """The outcomes, for the formulas."""
        return Outcomes(
            self.answered_in_time, self.answered_late, self.abandoned_short, self.abandoned_in_time, self.abandoned_late, self.flowed_out
        )


SLOT_US = span(300.0)
LATELY_SLOTS = 6
"""What was lately is the present five minutes and those before them, half an hour in all."""


@dataclass(slots=True)
class Figures:
    """All queues' day."""

    queues: dict[QueueId, QueueCount] = field(default_factory=dict)
    slots: dict[QueueId, dict[int, QueueCount]] = field(default_factory=dict)
    """The last half hour by five minutes, kept over midnight."""
    handling: dict[QueueId, DecayingMean] = field(default_factory=dict)
    """Recent handling times, in seconds."""
    calibrations: dict[QueueId, Calibration] = field(default_factory=dict)
    """How right the announced waits were lately; kept over midnight."""

    def of(self, queue: QueueId) -> QueueCount:
        """The count of one queue."""
        return self.queues.setdefault(queue, QueueCount())

    def lately(self, queue: QueueId, now_us: int) -> Outcomes:
        """The outcomes of the last half hour."""
        slots = [slot for number, slot in self.slots.get(queue, {}).items() if number > now_us // SLOT_US - LATELY_SLOTS]
        return Outcomes(
            sum(slot.answered_in_time for slot in slots), sum(slot.answered_late for slot in slots),
            sum(slot.abandoned_short for slot in slots), sum(slot.abandoned_in_time for slot in slots),
            sum(slot.abandoned_late for slot in slots), 0,
        )  # fmt: skip

    def _counts(self, queue: QueueId, now_us: int) -> tuple[QueueCount, QueueCount]:
        """Where something is counted that happens now: the day, and the present five minutes."""
        slots, number = self.slots.setdefault(queue, {}), now_us // SLOT_US
        if number not in slots:
            slots[number] = QueueCount()
            for old in [one for one in slots if one <= number - LATELY_SLOTS]:
                del slots[old]
        return self.of(queue), slots[number]

    def joined(self, call: Call) -> None:
        """The call waits in its queue; only the first time counts."""
        if not call.counted and call.queue is not None:
            call.counted = True
            self.of(call.queue.id).offered += 1

    def answered(self, call: Call, now_us: int) -> None:
        """The call was connected; only the first time counts."""
        if not _open(call) or call.queue is None:
            return
        call.outcome_known = True
        self._judge_announcement(call, call.queue.id, now_us, answered=True)
        waited_us = now_us - call.queued_us
        self.of(call.queue.id).waits_us += waited_us
        for count in self._counts(call.queue.id, now_us):
            if waited_us <= span(call.queue.service_level_seconds):
                count.answered_in_time += 1
            else:
                count.answered_late += 1

    def abandoned(self, call: Call, now_us: int, short_seconds: float) -> None:
        """The caller left before he was connected."""
        if not _open(call) or call.queue is None:
            return
        call.outcome_known = True
        self._judge_announcement(call, call.queue.id, now_us, answered=False)
        waited_us = now_us - call.queued_us
        for count in self._counts(call.queue.id, now_us):
            if waited_us <= span(short_seconds):
                count.abandoned_short += 1
            elif waited_us <= span(call.queue.service_level_seconds):
                count.abandoned_in_time += 1
            else:
                count.abandoned_late += 1

    def flowed_out(self, call: Call) -> None:
        """The call was sent elsewhere before it was connected."""
        if _open(call) and call.queue is not None:
            call.outcome_known = True
            self.of(call.queue.id).flowed_out += 1

    def rang(self, queue: QueueId, in_time: bool) -> None:
        """A phone rang for a call of the queue; whether it was answered within three rings."""
        count = self.of(queue)
        count.rung += 1
        count.rung_in_time += in_time

    def calibration(self, queue: QueueId) -> Calibration:
        """How right the queue's announced waits were lately."""
        return self.calibrations.get(queue) or Calibration(DecayingMean(HANDLING_HALF_LIFE_US))

    def _judge_announcement(self, call: Call, queue: QueueId, now_us: int, *, answered: bool) -> None:
        """Who gave up proves an announcement wrong when he had waited for too long by then, and nothing otherwise."""
        told = call.told_first
        if told is None or call.callback is not None:
            return
        calibration, waited_seconds = self.calibration(queue), seconds(now_us - told.at_us)
        wrong = calibration.was_wrong(told.seconds, waited_seconds)
        if answered or wrong:
            self.calibrations[queue] = calibration.with_outcome(told.seconds, waited_seconds, now_us)
            self.of(queue).announced += 1
            self.of(queue).announced_right += not wrong

    def handled(self, queue: QueueId, handling_us: int, now_us: int) -> None:
        """A conversation and its wrap-up are over."""
        count = self.of(queue)
        count.handled += 1
        count.handling_us += handling_us
        mean = self.handling.get(queue) or DecayingMean(HANDLING_HALF_LIFE_US)
        self.handling[queue] = mean.with_value(handling_us / span(1.0), now_us)


def _open(call: Call) -> bool:
    return call.counted and not call.outcome_known
