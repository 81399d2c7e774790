"""What is counted per queue and day as calls go by.

Decides what counts: a call is *offered* when it first joins a queue (so one that leaves in the menu is nobody's abandon), *answered* when
it is first connected, *in time* when that is within the queue's threshold of joining, *abandoned* when the caller leaves unconnected.
The day is the UTC day shifted by the plan's ``zone_offset_seconds``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from acd.calls import Call
from acd.instants import span
from acd.model import QueueId


@dataclass(slots=True)
class QueueCount:
    """One queue's day."""

    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0


@dataclass(slots=True)
class Figures:
    """All queues' day."""

    queues: dict[QueueId, QueueCount] = field(default_factory=dict)

    def of(self, queue: QueueId) -> QueueCount:
        """The count of one queue."""
        return self.queues.setdefault(queue, QueueCount())

    def joined(self, call: Call) -> None:
        """The call waits in its queue; only the first time counts."""
        if not call.counted and call.queue is not None:
            call.counted = True
            self.of(call.queue.id).offered += 1

    def answered(self, call: Call, now_us: int) -> None:
        """The call was connected; only the first time counts."""
        if call.counted and not call.answered and call.queue is not None:
            call.answered = True
            count = self.of(call.queue.id)
            count.answered += 1
            count.answered_in_time += now_us - call.queued_us <= span(call.queue.service_level_seconds)

    def abandoned(self, call: Call) -> None:
        """The caller left before he was connected."""
        if call.counted and not call.answered and call.queue is not None:
            self.of(call.queue.id).abandoned += 1
