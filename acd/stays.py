"""A call's stays in queues: the facts that reports on the past are counted from.

A *stay* begins when a call joins a queue and ends when it leaves unanswered, or when its conversation there and the agent's after-call
work are over. A call that is handed on or overflows has another stay, in the next queue. Decides what became of each stay, by the
definitions of ``acd.forecast`` and the thresholds in force when it was known, and how long its parts took. Follows the router's notices;
pure: whoever keeps the stays writes those that ``follow`` says have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from acd.effects import AgentChanged, CallChanged, CallOverflowed, CameBack, Effect, HandedOn, OfferChanged
from acd.events import CallArrived, Event, PlanLoaded
from acd.model import AgentState, CallState, EndCause, OfferState, Word
from acd.plan import Plan


class CameBy(Word):
    """How a call came to a queue. The first four are *offered* to it; the others have an agent from their beginning."""

    MENU = "menu"
    TRANSFER = "transfer"
    OVERFLOW = "overflow"
    RETURNED = "returned"
    """It had been answered, and the agent was lost: his phone was gone, he left a consultation, or nobody answered where he had sent it."""
    CONSULT = "consult"
    """He was asked about it, and it was given over to him."""
    CALLBACK = "callback"
    FOUND = "found"
    """Found talking after the engine had been away."""


class Became(Word):
    """What became of a stay; the words of ``acd.forecast.Outcomes``, and two more."""

    OPEN = "open"
    ANSWERED_IN_TIME = "answered_in_time"
    ANSWERED_LATE = "answered_late"
    ABANDONED_SHORT = "abandoned_short"
    ABANDONED_IN_TIME = "abandoned_in_time"
    ABANDONED_LATE = "abandoned_late"
    FLOWED_OUT = "flowed_out"
    TAKEN = "taken"
    """Answered without having been offered to the queue."""


OFFERED = frozenset({CameBy.MENU, CameBy.TRANSFER, CameBy.OVERFLOW, CameBy.RETURNED})
_SENT_AWAY = frozenset({EndCause.CALLBACK_GIVEN_UP, EndCause.CALLBACK_CANCELLED, EndCause.DIVERTED})


@dataclass(slots=True)
class Stay:
    """One stay. Times are aware; ``waited_seconds`` counts from joining this queue."""

    id: str
    call: str
    queue: str
    entry: str
    came_by: CameBy
    offered_at: datetime
    bounced: bool = False
    """Handed on to a queue that had handed it on before, or back from where nobody answered."""
    became: Became = Became.OPEN
    waited_seconds: float = 0.0
    agent: str | None = None
    ring_seconds: float = 0.0
    """From his phone's first ring to the answer."""
    talk_seconds: float = 0.0
    """Without what the caller was held."""
    hold_seconds: float = 0.0
    """The caller was held while the agent asked another one."""
    wrap_up_seconds: float = 0.0
    handled: bool = False
    """The conversation is over."""
    handed_on: bool = False
    since: datetime | None = None
    """Since when they talk, or the caller is held."""
    held: bool = False


@dataclass(slots=True)
class _Visit:
    """What is known of a live call."""

    entry: str = ""
    stays: int = 0
    stay: Stay | None = None
    """The one that has not ended."""
    last: Stay | None = None
    next_by: CameBy = CameBy.MENU
    bounced: bool = False
    rang: dict[str, datetime] = field(default_factory=dict)
    """Agent -> since when his phone rings."""
    rung: dict[str, float] = field(default_factory=dict)
    """Agent -> how long it rang until he answered."""


@dataclass(slots=True)
class Stays:
    """Every stay that is not over."""

    targets: dict[str, float] = field(default_factory=dict)
    """Queue -> seconds within which calls are to be answered."""
    short_seconds: float = 5.0
    visits: dict[str, _Visit] = field(default_factory=dict)
    by_agent: dict[str, Stay] = field(default_factory=dict)
    """Agent -> the stay whose conversation or after-call work he is in."""

    def follow(self, at: datetime, event: Event, effects: Iterable[Effect]) -> list[Stay]:
        """Take note of one event and what followed; the stays that changed, each once."""
        if isinstance(event, CallArrived):
            self.visits.setdefault(event.call, _Visit(event.entry))
        elif isinstance(event, PlanLoaded):
            self._use(event.plan)
        changed: dict[str, Stay] = {}
        for effect in effects:
            note = _NOTES.get(type(effect))
            for stay in () if note is None else note(self, at, effect):
                changed[stay.id] = stay
        return list(changed.values())

    def _use(self, plan: Plan) -> None:
        self.targets = {queue.id: queue.service_level_seconds for queue in plan.queues}
        self.short_seconds = plan.short_abandon_seconds

    # ---- notices -----------------------------------------------------------------------------------------------------------

    def _call_changed(self, at: datetime, notice: CallChanged) -> list[Stay]:
        visit = self.visits.setdefault(notice.call, _Visit())
        if notice.state is CallState.WAITING:
            changed = self._waits(visit, at, notice)
        elif notice.state is CallState.TALKING:
            changed = self._talks(visit, at, notice)
        elif notice.state is CallState.CONSULTING:
            changed = _held(visit.stay, at)
        elif notice.state in (CallState.PROMISED, CallState.DIVERTED):
            changed = self._leave(visit, at, Became.FLOWED_OUT)
            visit.next_by = CameBy.CALLBACK if notice.state is CallState.PROMISED else CameBy.RETURNED
        elif notice.state in (CallState.AFTER, CallState.ENDED):
            changed = self._leave(visit, at, Became.FLOWED_OUT if notice.cause in _SENT_AWAY else None)
        else:
            changed = []
        if notice.state is CallState.ENDED:
            del self.visits[notice.call]
        return changed

    def _overflowed(self, at: datetime, notice: CallOverflowed) -> list[Stay]:
        """A rule that is applied as the call joins is told before its state."""
        visit = self.visits.setdefault(notice.call, _Visit())
        if visit.stay is None:
            self._begin(visit, at, notice.call, notice.queue)
        changed = self._leave(visit, at, Became.FLOWED_OUT)
        if notice.to_queue is not None:
            visit.next_by = CameBy.OVERFLOW
            changed.append(self._begin(visit, at, notice.call, notice.to_queue))
        return changed

    def _handed_on(self, at: datetime, notice: HandedOn) -> list[Stay]:
        visit = self.visits.setdefault(notice.call, _Visit())
        visit.next_by, visit.bounced = CameBy.TRANSFER, notice.bounced
        stay = visit.stay or visit.last
        if stay is None:
            return []
        stay.handed_on = True
        return [stay]

    def _came_back(self, at: datetime, notice: CameBack) -> list[Stay]:
        self.visits.setdefault(notice.call, _Visit()).bounced = True
        return []

    def _offer_changed(self, at: datetime, notice: OfferChanged) -> list[Stay]:
        visit = self.visits.get(notice.call)
        if visit is None:
            return []
        if notice.state is OfferState.RINGING:
            visit.rang[notice.agent] = at
        elif (since := visit.rang.pop(notice.agent, None)) is not None and notice.state is OfferState.ACCEPTED:
            visit.rung[notice.agent] = (at - since).total_seconds()
        return []

    def _agent_changed(self, at: datetime, notice: AgentChanged) -> list[Stay]:
        """After-call work begins while the conversation's stay may still be open: it is told of the agent first."""
        stay = self.by_agent.get(notice.agent)
        if stay is None or notice.state in (AgentState.TALKING, AgentState.WRAP_UP):
            return []
        del self.by_agent[notice.agent]
        if notice.previous is not AgentState.WRAP_UP:
            return []
        stay.wrap_up_seconds = (at - notice.previous_since).total_seconds()
        return [stay]

    # ---- a stay's life -------------------------------------------------------------------------------------------------------

    def _begin(self, visit: _Visit, at: datetime, call: str, queue: str) -> Stay:
        visit.stays += 1
        visit.stay = Stay(f"{call}/s{visit.stays}", call, queue, visit.entry, visit.next_by, at, visit.bounced)
        visit.next_by, visit.bounced = CameBy.RETURNED, False
        return visit.stay

    def _waits(self, visit: _Visit, at: datetime, notice: CallChanged) -> list[Stay]:
        stay = visit.stay
        if notice.queue is None or (stay is not None and stay.agent is None and stay.queue == notice.queue):
            return []
        changed = self._leave(visit, at, Became.FLOWED_OUT)
        return [*changed, self._begin(visit, at, notice.call, notice.queue)]

    def _talks(self, visit: _Visit, at: datetime, notice: CallChanged) -> list[Stay]:
        stay, changed = visit.stay, list[Stay]()
        if stay is not None and stay.agent is not None and stay.agent == notice.agent:
            return _held(stay, at, over=True)
        if stay is None or stay.agent is not None:
            changed = self._leave(visit, at, None)
            visit.next_by = _TAKEN_BY.get(visit.next_by, CameBy.FOUND)
            stay = self._begin(visit, at, notice.call, notice.queue or "")
        self._take(visit, stay, at, notice.agent or "")
        return [*changed, stay]

    def _take(self, visit: _Visit, stay: Stay, at: datetime, agent: str) -> None:
        stay.agent, stay.since = agent, at
        stay.ring_seconds = visit.rung.pop(agent, 0.0)
        stay.waited_seconds = (at - stay.offered_at).total_seconds()
        in_time = Became.ANSWERED_IN_TIME if self._is_in_time(stay) else Became.ANSWERED_LATE
        stay.became = in_time if stay.came_by in OFFERED else Became.TAKEN
        self.by_agent[agent] = stay

    def _leave(self, visit: _Visit, at: datetime, became: Became | None) -> list[Stay]:
        """The stay is over, if there is one; ``became``: what an unanswered one became, None: it was abandoned."""
        stay, visit.stay = visit.stay, None
        if stay is None:
            return []
        visit.last = stay
        if stay.agent is None:
            stay.waited_seconds = (at - stay.offered_at).total_seconds()
            stay.became = became or self._abandoned(stay)
        else:
            _count_talk(stay, at)
            stay.handled, stay.since = True, None
        return [stay]

    def _is_in_time(self, stay: Stay) -> bool:
        return stay.waited_seconds <= self.targets.get(stay.queue, 20.0)

    def _abandoned(self, stay: Stay) -> Became:
        if stay.waited_seconds <= self.short_seconds:
            return Became.ABANDONED_SHORT
        return Became.ABANDONED_IN_TIME if self._is_in_time(stay) else Became.ABANDONED_LATE


def _held(stay: Stay | None, at: datetime, *, over: bool = False) -> list[Stay]:
    if stay is None or stay.since is None:
        return []
    _count_talk(stay, at)
    stay.since, stay.held = at, not over
    return [stay]


def _count_talk(stay: Stay, at: datetime) -> None:
    if stay.since is None:
        return
    if stay.held:
        stay.hold_seconds += (at - stay.since).total_seconds()
    else:
        stay.talk_seconds += (at - stay.since).total_seconds()


_TAKEN_BY = {CameBy.TRANSFER: CameBy.CONSULT, CameBy.CALLBACK: CameBy.CALLBACK}
"""How a call that is answered without having waited in the queue came: given over after a consultation, or called back."""
_NOTES: dict[type, Callable[..., list[Stay]]] = {
    CallChanged: Stays._call_changed, CallOverflowed: Stays._overflowed, HandedOn: Stays._handed_on, CameBack: Stays._came_back,
    OfferChanged: Stays._offer_changed, AgentChanged: Stays._agent_changed,
}  # fmt: skip
