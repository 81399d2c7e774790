"""Stand-ins for the house behind the web side: an engine whose agents do as they are told, users, history, and a pop to show.

The engine here decides nothing and checks only the few rules that the web side must be seen to report.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from acd.board import AgentView, Board, CallView, IncidentView, PromiseView, QueueView
from acd.effects import AgentChanged, CallChanged, Effect, OfferChanged, ScreenPop
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentStateForced,
    AgentWentNotReady,
    AgentWentReady,
    CallArrived,
    CallbackCancelled,
    DeskSeen,
    Event,
    IncidentDeclared,
    IncidentSolved,
    Ticked,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.model import (
    AgentId,
    AgentState,
    CallbackOrder,
    CallbackState,
    CallId,
    CallState,
    IllegalTransition,
    Level,
    OfferId,
    OfferState,
    PhoneId,
    queue_of,
)
from acd.news import News
from acd.plan import AgentPlan, NumberGuard, Plan, QueuePlan
from acd.reason import Reason
from cti.api_live import LiveDesks
from cti.api_sessions import Session
from skills.expression import EVERYBODY
from skills.requirement import Requirement, Step

LI = AgentId("li.wei")
WANG = AgentId("wang.fang")
HOSTILE_NAME = 'O\'Brien, "Bob" <img src=x onerror="document.title=1"> ${EXTEN} {{7*7}}\r\nAction: Originate 🙂 \u202egnp.exe'
SECRET = b"a secret of the tests, not of a house"
NAMES = {LI: ("李伟", "printers"), WANG: ("王芳", "servers")}
LINES = {"printers": {"zh": "打印机", "en": "Printers"}, "servers": {"zh": "服务器", "en": "Servers"}}

INCIDENT_TEXTS = {
    "outage": {"zh": "出现大面积故障。", "en": "There is a known outage."},
    "delay": {"zh": "配件延迟。", "en": "Parts are late."},
}


@dataclass(frozen=True)
class Person:
    """A user with his password."""

    name: str
    password: str
    role: str
    agent: str | None
    language: str
    teams: tuple[str, ...] = ()
    totp: bool = False
    totp_required: bool = False


PEOPLE = (
    Person("li", "li's password", "agent", LI, "zh"),
    Person("wang", "wang's password", "agent", WANG, "en"),
    Person("chen", "chen's password", "supervisor", None, "en"),
)


UNLIMITED = {"teams": [], "sees_numbers": True}
"""What somebody is told of himself whom nothing limits."""


def session_of(person: Person, version: str = "v1") -> Session:
    """A session of the person's, as if signed in."""
    return Session(token_urlsafe(12), person.name, person.role, person.agent, person.language, version, person.teams)


class FakeUsers:
    def __init__(self) -> None:
        self.asked = 0
        self.versions = {person.name: "v1" for person in PEOPLE}
        self.ended: set[str] = set()
        self.away = False

    async def version(self, name: str) -> str | None:
        if self.away:
            raise ConnectionError("the users are away")
        return self.versions.get(name)

    async def end_session(self, session: str) -> None:
        self.ended.add(session)

    async def session_ended(self, session: str) -> bool:
        return session in self.ended

    async def take_code(self, name: str, code: str) -> bool:
        return False

    async def new_second_factor(self, name: str) -> tuple[str, str]:
        return "A" * 32, f"otpauth://totp/{name}"

    async def set_second_factor(self, name: str, secret: str, code: str) -> list[str] | None:
        return None

    async def verify(self, name: str, password: str) -> Person | None:
        self.asked += 1
        return next((person for person in PEOPLE if (person.name, person.password) == (name, password)), None)


class FakeHistory:
    """Answers after ``gate`` is opened, which it is at first."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.calls: list[tuple[datetime, str | None, str | None, str]] = [
            (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "printers.L1", "王芳", "agent_hung_up"),
            (datetime(2026, 2, 11, 15, 5, tzinfo=UTC), "printers.L1", None, "abandoned_waiting"),
        ]

    async def earlier_calls(self, ani: str, limit: int) -> Sequence[tuple[datetime, str | None, str | None, str]]:
        await self.gate.wait()
        return self.calls[:limit]


def plan() -> Plan:
    open_to_all = Requirement((Step("anybody", EVERYBODY),))
    queues = tuple(QueuePlan(queue_of(line, level), line, level, open_to_all) for line in LINES for level in Level)
    agents = tuple(AgentPlan(agent, name, {}, PhoneId(str(1001 + i)), team) for i, (agent, (name, team)) in enumerate(NAMES.items()))
    numbers = NumberGuard(emergency=("110",))
    return Plan(queues, agents, incident_texts=tuple(INCIDENT_TEXTS), outside_lines=("partner",), outside_numbers=numbers)


def now() -> datetime:
    return datetime.now(UTC)


def logged_out(agent: AgentId) -> AgentView:
    name, team = NAMES[agent]
    return AgentView(agent, name, team, AgentState.LOGGED_OUT, now(), "", None, False, False, None, 0, None)


def empty_queue(line: str, level: Level) -> QueueView:
    return QueueView(
        queue_of(line, level), line, level, 0, None, 0, 0, 0, 0, 0, 0, 0,
        service_levels={"of_offered": 0.8, "of_answered": 0.889}, announced=4, announced_right=3, rung=2, rung_in_time=1,
    )  # fmt: skip


def waiting_call(call: str = "main-1.1", ani: str = "13800138000", name: str = "", waited_seconds: float = 75) -> CallView:
    arrived = now() - timedelta(seconds=waited_seconds)
    return CallView(
        CallId(call), CallState.WAITING, arrived, ani, name, "8008101234", "Printer line (old)", arrived, arrived,
        queue_of("printers", Level.L1), "printers", Level.L1, "zh", "standard", False, None, "specialist",
        "2 agents with product:printers, both talking",
        reasons=(Reason("all_occupied", need="product:printers"), Reason("talking", 2)),
    )  # fmt: skip


def promise(call: str = "main-2.1", number: str = "13900002222", **more: object) -> PromiseView:
    """A callback that was promised ten minutes ago."""
    view = PromiseView(
        CallId(call), number, "Zhao Lin", queue_of("printers", Level.L1), CallbackState.PROMISED, now(),
        now() - timedelta(minutes=10), 0, 0, 3,
        None, None, CallbackOrder.CUSTOMER_FIRST,
    )  # fmt: skip
    return replace(view, **more)  # type: ignore[arg-type]  # fields of the view


def pop(offer: str = "o1", agent: AgentId = LI, name: str = "Zhang San", ani: str = "13800138000") -> ScreenPop:
    return ScreenPop(
        offer=OfferId(offer), call=CallId(f"main-{offer}"), agent=agent, ani=ani, ani_name=name, dnis="8008101234",
        entry="Printer line (old)", path=(("language", "1", "mandarin"), ("product", "", "printers"), ("level", "2", "repair")),
        product_line="printers", level=Level.L1, language="zh", segment="key-account", urgent=True,
        arrived_at=now() - timedelta(seconds=42), waited_seconds=42.0,
        why_you="longest idle of 2 agents with product:printers and language:zh", attempt=1,
        reasons=(Reason("longest_idle", 2), Reason("step_asks", name="exact level", need="product:printers and language:zh")),
    )  # fmt: skip


@dataclass
class FakeEngine:
    """Implements ``acd.ports.Engine``."""

    live: LiveDesks | None = None
    agents: dict[AgentId, AgentView] = field(default_factory=lambda: {agent: logged_out(agent) for agent in NAMES})
    calls: dict[CallId, CallView] = field(default_factory=dict)
    promises: dict[CallId, PromiseView] = field(default_factory=dict)
    incidents: dict[str, IncidentView] = field(default_factory=dict)
    noted: list[News] = field(default_factory=list)
    """Who wants to be told when an incident is solved."""
    events: list[Event] = field(default_factory=list)
    boards_read: int = 0
    agents_read: int = 0

    async def submit(self, event: Event) -> Sequence[Effect]:
        effects = self._handle(event)
        self.events.append(event)
        self.tell(event, effects)
        return effects

    async def takes(self, event: Event, seconds: float = 20.0) -> None:
        """Wait until it has taken this event: a page that was clicked on sends it when it can."""
        try:
            async with asyncio.timeout(seconds):
                while event not in self.events:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"no {event} among {self.events}") from None

    def agent_views(self) -> tuple[datetime, tuple[AgentView, ...]]:
        self.agents_read += 1
        return now(), tuple(self.agents.values())

    def board(self) -> Board:
        self.boards_read += 1
        waiting = [call for call in self.calls.values() if call.state is CallState.WAITING]
        queues = tuple(
            replace(
                empty_queue(line, level),
                waiting=sum(call.queue == queue_of(line, level) for call in waiting),
                longest_waiting_since=min((call.arrived_at for call in waiting if call.queue == queue_of(line, level)), default=None),
                agents_ready=sum(agent.state is AgentState.READY for agent in self.agents.values()),
            )
            for line in LINES
            for level in Level
        )
        views = (tuple(these.values()) for these in (self.promises, self.incidents))
        return Board(now(), tuple(self.calls.values()), tuple(self.agents.values()), queues, *views)

    def incident_numbers(self, incident: str) -> Sequence[News]:
        return self.noted

    def explain_waiting(self, call: CallId) -> str:
        return self.calls[call].why_waiting

    def reasons_waiting(self, call: CallId) -> Sequence[Reason]:
        return self.calls[call].reasons

    # ---- what a test makes happen ------------------------------------------------------------------------------------------

    def tell(self, event: Event, effects: Sequence[Effect]) -> None:
        if self.live is not None:
            self.live.follow(len(self.events), now(), event, effects)

    def set(self, agent: AgentId, state: AgentState, cause: str = "", **more: object) -> AgentChanged:
        """Put the agent into ``state``; the notice says so."""
        before = self.agents[agent]
        view = replace(before, state=state, state_since=now(), cause=cause)
        self.agents[agent] = replace(view, **more)  # type: ignore[arg-type]  # fields of the view
        return AgentChanged(agent, state, cause, self.agents[agent].phone, before.state, before.state_since)

    def add_call(self, call: CallView) -> None:
        self.calls[call.call] = call
        arrival = CallArrived(call.call, call.ani, call.ani_name, call.dnis, call.entry)
        self.tell(arrival, [CallChanged(call.call, call.state, call.queue, None)])

    def add_promise(self, promise: PromiseView) -> None:
        self.promises[promise.call] = promise
        self.tell(Ticked(), [CallChanged(promise.call, CallState.PROMISED, promise.queue, None)])

    def reserve(self, shown: ScreenPop) -> None:
        """The router decided for the agent of ``shown``."""
        self.tell(Ticked(), [self.set(shown.agent, AgentState.RESERVED, "offer", call=shown.call), shown])

    def offer_becomes(self, shown: ScreenPop, state: OfferState, *others: Effect) -> None:
        self.tell(Ticked(), [*others, OfferChanged(shown.offer, shown.call, shown.agent, state)])

    def answer(self, shown: ScreenPop) -> None:
        self.offer_becomes(shown, OfferState.ACCEPTED, self.set(shown.agent, AgentState.TALKING, "call"))

    def hang_up(self, shown: ScreenPop, wrap_up_seconds: float = 30) -> None:
        self.hang_up_for(shown.agent, wrap_up_seconds)

    def hang_up_for(self, agent: AgentId, wrap_up_seconds: float = 30) -> None:
        ends = now() + timedelta(seconds=wrap_up_seconds)
        taken = self.agents[agent].calls_taken + 1
        changed = self.set(agent, AgentState.WRAP_UP, "wrap_up", call=None, calls_taken=taken, wrap_up_ends_at=ends)
        self.tell(Ticked(), [changed])

    def _handle(self, event: Event) -> list[Effect]:
        match event:
            case AgentLoggedIn(agent, phone):
                return [self.set(agent, AgentState.NOT_READY, "login", phone=phone, phone_reachable=True)]
            case AgentLoggedOut(agent):
                return [self.set(agent, AgentState.LOGGED_OUT, "logout", phone=None)]
            case AgentWentReady(agent):
                if self.agents[agent].state is AgentState.LOGGED_OUT:
                    raise IllegalTransition(f"{agent} is logged_out and can't go ready")
                return [self.set(agent, AgentState.READY)]
            case AgentWentNotReady(agent, reason):
                return [self.set(agent, AgentState.NOT_READY, reason)]
            case WrapUpEnded(agent):
                return [self.set(agent, AgentState.READY, "wrap_up_ended", wrap_up_ends_at=None)]
            case WrapUpExtended(agent, seconds):
                ends = self.agents[agent].wrap_up_ends_at
                assert ends is not None
                self.agents[agent] = replace(self.agents[agent], wrap_up_ends_at=ends + timedelta(seconds=seconds))
            case AgentStateForced(agent, state, _reason, by):
                return [self.set(agent, state, f"forced:{by}")]
            case CallbackCancelled(call):
                if self.promises[call].state is not CallbackState.PROMISED:
                    raise IllegalTransition(f"{call} is not promised a callback")
                del self.promises[call]
                return [CallChanged(call, CallState.ENDED, None, None)]
            case IncidentDeclared(line, text, by):
                if any(one.product_line == line and one.solved_at is None for one in self.incidents.values()):
                    raise IllegalTransition(f"{line} has an incident already")
                self.incidents[f"{line}-1"] = IncidentView(f"{line}-1", line, text, now(), by, 0, len(self.noted))
            case IncidentSolved(incident, by, _):
                self.incidents[incident] = replace(self.incidents[incident], solved_at=now(), solved_by=by)
            case DeskSeen(agent, connected):
                self.agents[agent] = replace(self.agents[agent], desk_connected=connected)
            case _:
                pass
        return []


@dataclass
class House:
    """Everything behind one app."""

    engine: FakeEngine
    users: FakeUsers
    history: FakeHistory
    live: LiveDesks


def house() -> House:
    history = FakeHistory()
    live = LiveDesks(history)
    engine = FakeEngine(live)
    live.attach(engine)
    return House(engine, FakeUsers(), history, live)
