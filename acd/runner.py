"""The single writer: event -> journal -> router -> projections -> commands, and each command's failure back as an event.

Decides the order of things and nothing else: what follows from an event is the router's, how a command is carried out the
adapters'. It has no clock of its own; ``clock`` gives aware UTC datetimes and is held to never run backwards.

One event loop owns it, so nothing here is locked. What an event leads to is carried out only when the event is durable; events
that lead to nothing yet share a transaction of at most ``COMMIT_WITHIN_SECONDS``. Commands of one call are carried out in order;
those of different calls don't wait for each other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from acd.board import AgentView, Board
from acd.effects import (
    Announce,
    AskOutside,
    Command,
    Confer,
    DialBack,
    Effect,
    HangUpCall,
    HangUpPhones,
    HoldCall,
    JoinCaller,
    RingAgent,
    ScreenPop,
    SendCall,
    StartConsult,
    StopRinging,
    TellIncident,
    WithdrawPop,
)
from acd.events import CallDiverted, CallerLeft, CommandFailed, Event, OfferFailed, PlanLoaded, Ticked
from acd.model import AgentId, CallId, HalfDone, IllegalTransition
from acd.news import News, NewsUntold, TellSolved
from acd.outsiders import OutsideFailed
from acd.plan import Plan
from acd.ports import CallControl, Desks, EffectFailed, Journal, Projection, Unsure
from acd.reason import Reason
from acd.router import Router
from acd.supervision import EndWatch, TakeOver, WatchCall, WatchEnded

log = structlog.get_logger(__name__)

COMMAND_LIMIT_SECONDS = 10.0
"""A command that takes longer has failed; the adapters' own limits are tighter."""

COMMIT_WITHIN_SECONDS = 0.05
"""So much of what led to nothing may be lost with the process; the exchange is asked what is there at the next start anyway."""

COMMIT_AGAIN_SECONDS = 1.0
"""After a commit that failed; until then it isn't tried, so that a full disk does not slow down who is served."""

MOST_WAITING = 50_000
"""So many events, some 3,000 calls, may wait in memory for a commit, with what the records keep for them less than 200 MB; after that,
callers whom nobody knows yet are left to the exchange's own queues."""

TICK_AGAIN_SECONDS = 1.0
"""So soon a deadline is looked at again when that failed: nothing else may happen for long."""

Perform = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the engine held in memory when it had handled the journal up to ``sequence``, whose time is ``at``."""

    sequence: int
    at: datetime
    parts: tuple[Any, ...]
    """The router's, then each projection's."""


class Runner:
    """Runs one router. Implements ``acd.ports.Engine``."""

    def __init__(self, router: Router, journal: Journal, projections: Sequence[Projection], clock: Callable[[], datetime]) -> None:
        self._router = router
        self._journal = journal
        self._projections = tuple(projections)
        self._clock = clock
        self._now: datetime | None = None
        self._sequence = 0
        """Of the last event that was handled."""
        self._lanes: dict[CallId, deque[Command]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._perform: dict[type, Perform] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at: datetime | None = None
        self._commit_timer: asyncio.TimerHandle | None = None
        self.journal_is_well = True
        """Whether the last commit succeeded."""
        self._keeping = False
        self._left_out: int | None = None
        """How many events about callers nobody knows were not taken; None while new ones are."""

    # ---- life ------------------------------------------------------------------------------------------------------------

    def recover(self, since: Memory | None = None, until: int | None = None) -> int:
        """Replay the journal, or what comes after ``since``; nothing is carried out. Return the number of events replayed.

        ``until``: no further than this sequence number.
        """
        if since is not None:
            self._recall(since)
        count = 0
        for sequence, at, event in self._journal.read(self._sequence):
            if until is not None and sequence > until:
                break
            self._now, self._sequence = at, sequence
            count += 1
            try:
                effects = self._router.handle(event, at)
            except IllegalTransition:
                continue
            except HalfDone as fault:
                # It failed when it was taken as well, and the engine went on; it must not keep the engine from starting again.
                log.exception("router_fault_in_replay", event_kind=type(event).__name__, sequence=sequence)
                effects = fault.effects
            self._tell(sequence, at, event, effects)
        return count

    @property
    def memory(self) -> Memory | None:
        """All that is held in memory, as of the last event; None before the first. Out of date after the next one."""
        if self._now is None or not self._sequence:
            return None
        return Memory(self._sequence, self._now, (self._router.memory, *(one.memory for one in self._projections)))

    def _recall(self, memory: Memory) -> None:
        router, *projections = memory.parts
        self._router.recall(router)
        for projection, its in zip(self._projections, projections, strict=True):
            projection.recall(its)
        self._now, self._sequence = memory.at, memory.sequence

    @property
    def last_time(self) -> datetime | None:
        """When the last event was taken."""
        return self._now

    def start(self, calls: CallControl, desks: Desks) -> None:
        """Begin to carry out commands."""
        self._perform = {
            HoldCall: calls.hold, RingAgent: calls.ring, DialBack: calls.dial_back, StopRinging: calls.stop_ringing, SendCall: calls.send,
            HangUpCall: calls.hang_up, Announce: calls.announce, TellIncident: calls.tell_incident, TellSolved: calls.tell_solved,
            StartConsult: calls.consult, AskOutside: calls.ask_outside, Confer: calls.confer,
            JoinCaller: calls.join, HangUpPhones: calls.hang_up_phones,
            WatchCall: calls.watch, EndWatch: calls.end_watch, TakeOver: calls.take_over,
            ScreenPop: desks.show_pop, WithdrawPop: desks.withdraw_pop,
        }  # fmt: skip

    def keep_deadlines(self) -> None:
        """Begin to keep deadlines: after the exchanges were looked at, so that a restart doesn't act on an outdated picture.

        Again, once the clock has leapt forwards.
        """
        self._keeping, self._timer_at = True, None
        self._set_timer()

    async def stop(self) -> None:
        """Stop keeping deadlines, and let commands under way end."""
        self._keeping = False
        if self._timer:
            self._timer.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=COMMAND_LIMIT_SECONDS)
        self._commit()
        if self._commit_timer is not None:
            self._commit_timer.cancel()

    # ---- acd.ports.Engine ------------------------------------------------------------------------------------------------

    async def submit(self, event: Event) -> Sequence[Effect]:
        """Journal and handle ``event``; see ``acd.ports.Engine``."""
        return self._take(event)

    async def use_plan(self, plan: Plan) -> None:
        """Put ``plan`` in force unless it is in force already."""
        if plan != self._router.plan:
            await self.submit(PlanLoaded(plan))

    def board(self) -> Board:
        """The live view, as of now."""
        return self._router.board(self._time())

    def agent_views(self) -> tuple[datetime, tuple[AgentView, ...]]:
        """Now, and the agents as of now."""
        return self._time(), self._router.agent_views()

    def explain_waiting(self, call: CallId) -> str:
        """Why nobody takes this call; see ``acd.ports.Engine``."""
        return self._router.explain_waiting(call, self._time())

    def reasons_waiting(self, call: CallId) -> Sequence[Reason]:
        """The same for readers of any language; see ``acd.ports.Engine``."""
        return self._router.reasons_waiting(call, self._time())

    def open_desks(self) -> Sequence[AgentId]:
        """Whose page is connected, as far as was told."""
        return self._router.open_desks()

    def incident_numbers(self, incident: str) -> Sequence[News]:
        """Who wants to be told; see ``acd.ports.Engine``."""
        return self._router.incident_numbers(incident)

    # ---- one turn --------------------------------------------------------------------------------------------------------

    def _time(self) -> datetime:
        now = self._clock()
        now = now if self._now is None else max(now, self._now)
        self._now = now
        return now

    def _take(self, event: Event) -> Sequence[Effect]:
        """One event, whole: nothing else happens in between, for nothing here waits. What was told before is not written down again.

        A fault half-way does not undo what was decided until then: the router remembers it, so it is told and carried out all the same.
        """
        if self._router.is_stale(event) or (self._left_out is not None and self._leave_out(event)):
            return ()
        now = self._time()
        sequence = self._sequence = self._journal.append([(now, event)])
        try:
            effects = self._router.handle(event, now)
        except IllegalTransition:
            self._journal.note_refused(sequence)
            self._make_durable(at_once=False)
            raise
        except HalfDone as fault:
            log.exception("router_fault", event_kind=type(event).__name__, sequence=sequence)
            self._follow(sequence, now, event, fault.effects)
            raise
        self._follow(sequence, now, event, effects)
        return effects

    def takes(self, call: CallId) -> bool:
        """Whether there is room for what a caller leads to: always for one who is known."""
        return self.takes_callers or call in self._router.calls()

    @property
    def takes_callers(self) -> bool:
        """Whether there is room for what new callers lead to."""
        return self._left_out is None

    def _leave_out(self, event: Event) -> bool:
        """Whether it is about a caller who was left to the exchange's own queues: that these have him, and that he is gone."""
        if type(event) not in (CallDiverted, CallerLeft) or self.takes(event.call):  # type: ignore[union-attr]  # both name a call
            return False
        self._left_out = (self._left_out or 0) + 1
        return True

    def _follow(self, sequence: int, now: datetime, event: Event, effects: Sequence[Effect]) -> None:
        self._tell(sequence, now, event, effects)
        commands = [effect for effect in effects if type(effect) in self._perform]
        self._make_durable(at_once=bool(commands))
        for command in commands:
            self._enqueue(command)  # type: ignore[arg-type]  # the table's keys are the commands
        self._set_timer()

    def _make_durable(self, at_once: bool) -> None:
        if at_once and self.journal_is_well:
            self._commit()
        else:
            self._commit_within(COMMIT_WITHIN_SECONDS)

    def _commit_within(self, seconds: float) -> None:
        if self._commit_timer is None:
            self._commit_timer = asyncio.get_running_loop().call_later(seconds, self._commit)

    def make_durable(self) -> bool:
        """Make everything durable that was taken; whether it is."""
        self._make_durable(at_once=True)
        return self.journal_is_well

    def _commit(self) -> None:
        if self._commit_timer is not None:
            self._commit_timer.cancel()
            self._commit_timer = None
        well_before = self.journal_is_well
        try:
            self._journal.commit()
        except Exception:  # callers are served even while the disk is full; what was appended waits for the next commit
            self.journal_is_well = False
            if well_before:  # once: the log may be on the same disk
                log.exception("journal_not_committed")
            if self._left_out is None and self._journal.waiting >= MOST_WAITING:
                self._left_out = 0
                log.error("new_callers_go_to_survival", events_waiting=self._journal.waiting, advice="make room on the journal's disk")
            self._commit_within(COMMIT_AGAIN_SECONDS)
        else:
            self.journal_is_well = True
            if not well_before:
                log.info("journal_committed_again", left_out=self._left_out or 0)
            self._left_out = None

    def _tell(self, sequence: int, at: datetime, event: Event, effects: Sequence[Effect]) -> None:
        for projection in self._projections:
            projection.follow(sequence, at, event, effects)

    # ---- commands --------------------------------------------------------------------------------------------------------

    def _enqueue(self, command: Command) -> None:
        if isinstance(command, WithdrawPop):  # must not wait behind the pop that it withdraws
            self._spawn(self._carry_out(command))
            return
        lane = self._lanes.get(command.call)
        if lane is not None:
            lane.append(command)
            return
        self._lanes[command.call] = deque([command])
        self._spawn(self._run_lane(command.call))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, call: CallId) -> None:
        lane = self._lanes[call]
        while lane:
            command = lane.popleft()
            try:
                await self._carry_out(command)
            except Exception:  # its report could not be taken (the journal's disk); the call's other commands go on
                log.exception("command_lost", command=type(command).__name__, call=call)
        del self._lanes[call]

    async def _carry_out(self, command: Command) -> None:
        if isinstance(command, (RingAgent, DialBack, StartConsult)) and not self._router.offer_is_open(command.offer):
            return  # the caller left while the pop was being shown
        try:
            async with asyncio.timeout(COMMAND_LIMIT_SECONDS):
                await self._perform[type(command)](command)
        except EffectFailed as failure:
            await self._report(command, str(failure), unsure=isinstance(failure, Unsure))
        except TimeoutError:
            await self._report(command, f"no answer within {COMMAND_LIMIT_SECONDS:g} s", unsure=True)
        except Exception as fault:
            log.exception("command_fault", command=type(command).__name__)
            await self._report(command, f"{type(fault).__name__}: {fault}")

    async def _report(self, command: Command, detail: str, *, unsure: bool = False) -> None:
        if isinstance(command, (RingAgent, DialBack, StartConsult, ScreenPop)):
            await self.submit(OfferFailed(command.offer, detail, unsure))
        elif isinstance(command, (WatchCall, EndWatch)) and not unsure:
            await self.submit(WatchEnded(command.call, command.watch, detail))
        elif isinstance(command, TellSolved) and not unsure:
            await self.submit(NewsUntold(command.call, command.key, detail))
        elif isinstance(command, AskOutside):
            await self.submit(OutsideFailed(command.call, command.consult, detail))
        elif isinstance(command, WithdrawPop):
            log.warning("pop_not_withdrawn", offer=command.offer, agent=command.agent, detail=detail)
        else:
            await self.submit(CommandFailed(command.call, type(command).__name__, detail, unsure))

    # ---- deadlines -------------------------------------------------------------------------------------------------------

    def _set_timer(self) -> None:
        deadline = self._router.next_deadline() if self._keeping else None
        if deadline == self._timer_at:
            return
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._timer_at = deadline
        if deadline is not None:
            wait_seconds = max(0.0, (deadline - self._time()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(wait_seconds, self._on_deadline)

    def _on_deadline(self) -> None:
        self._timer = self._timer_at = None
        try:
            self._take(Ticked())
        except Exception:  # nobody awaits a tick, so its fault is told here
            log.exception("tick_failed")
            if self._timer is None and self._keeping:
                self._timer = asyncio.get_running_loop().call_later(TICK_AGAIN_SECONDS, self._on_deadline)
