"""What may follow what: the states of a call, an agent and an offer as literal tables, and the states they force on each other.

Theory of operation. Everything that moves does so through ``Table.after``: the current state and what happened give the next
state, or IllegalTransition is raised and nothing has changed. Whether a thing *should* happen is decided elsewhere; these tables
only know that it can. A state that a trigger leaves as it is, is written down too: that is "noted, and takes effect later".
``JOINT`` ties the three together: it says, for an open offer, what its call and its agent must be doing.

``python -m acd.tables`` prints the diagrams of docs/states.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from acd.model import AgentState, CallbackState, CallState, ConsultState, IllegalTransition, OfferState, Word


class CallInput(Word):
    """What can happen to a call."""

    QUEUED = "queued"
    RESERVED = "reserved"
    RETURNED = "returned"
    """The offer came to nothing; the call is back at its old place."""
    ANSWERED = "answered"
    AGENT_LEFT = "agent left"
    CONSULT_BEGUN = "consult begun"
    CONSULT_OVER = "consult over"
    """Somebody talks to the caller again: his agent, the one who was asked, or both."""
    REQUEUED = "requeued"
    """Back to waiting from where it was not offered: found in hold, or handed on."""
    FOUND_TALKING = "found talking"
    FOUND_AFTER = "found after"
    CALLBACK_WANTED = "callback wanted"
    """The caller hangs up and keeps his place."""
    PROMISE_DUE = "promise due"
    """The time has come at which an agent has promised to call back."""
    CUSTOMER_DIALLED = "customer dialled"
    """The agent has answered the offer of a callback."""
    RETURNED_TO_PROMISE = "returned to promise"
    """The attempt at a callback came to nothing."""
    DIVERTED = "diverted"
    ENDED = "ended"


class AgentInput(Word):
    """What can happen to an agent. The first four are also what supervisors force."""

    LOGGED_IN = "logged in"
    LOGGED_OUT = "logged out"
    WENT_READY = "went ready"
    WENT_NOT_READY = "went not ready"
    RESERVED = "reserved"
    ANSWERED = "answered"
    RELEASED = "released"
    """Nothing keeps him from the next call: the offer came to nothing, or the after-call work is over."""
    STOOD_DOWN = "stood down"
    """Released, but not ready: he missed a call, or had asked for it before."""
    SENT_HOME = "sent home"
    """Released, and logged out: forced, or no longer in the plan."""
    TALK_OVER = "talk over"
    FOUND_TALKING = "found talking"


class OfferInput(Word):
    """What can happen to an offer."""

    RANG = "rang"
    ANSWERED = "answered"
    MISSED = "missed"
    RESCINDED = "rescinded"
    FAILED = "failed"


class ConsultInput(Word):
    """What can happen to a consultation."""

    BEGUN = "begun"
    ANSWERED = "answered"
    CALLER_JOINS = "caller joins"
    """All three talk from now on."""
    CALLER_KEPT_OUT = "caller kept out"
    """He could not be brought to the two."""
    COMPLETED = "completed"
    """The agent gave the call over, or put his phone down while both talked."""
    TAKEN_BACK = "taken back"
    MISSED = "missed"
    """The other one did not take it."""
    FAILED = "failed"
    """It could not be carried out, or somebody took the other one away."""
    CONSULTED_LEFT = "consulted left"
    """The other one put his phone down."""
    AGENT_LEFT = "agent left"
    """The agent put his phone down before the other one answered."""
    CALLER_LEFT = "caller left"


class CallbackInput(Word):
    """What can happen to a callback."""

    ATTEMPTED = "attempted"
    WITHDRAWN = "withdrawn"
    """The attempt ended before the customer was rung, or by the agent's side: it does not count."""
    REACHED = "reached"
    UNREACHED = "unreached"
    """Or gone again before anybody talked to him: an answering machine, or he hung up at once."""
    EXHAUSTED = "exhausted"
    """Unreached once more, and that was the last time."""
    CANCELLED = "cancelled"


State = TypeVar("State", bound=Word)
Input = TypeVar("Input", bound=Word)


@dataclass(frozen=True)
class Table(Generic[State, Input]):
    """One state machine: ``rows[state][input]`` is the next state."""

    name: str
    start: State
    rows: Mapping[State, Mapping[Input, State]]

    def after(self, state: State, happened: Input) -> State:
        """The state after ``happened``; raises IllegalTransition when the table does not allow it."""
        try:
            return self.rows[state][happened]
        except KeyError:
            raise IllegalTransition(f'{self.name} is {state.replace("_", " ")}: "{happened}" is not possible now') from None

    def allows(self, state: State, happened: Input) -> bool:
        """Whether ``happened`` is possible in ``state``."""
        return happened in self.rows[state]


_C = CallState
_CI = CallInput
CALL: Table[CallState, CallInput] = Table(
    "the call",
    _C.MENU,
    {
        _C.MENU: {
            _CI.QUEUED: _C.WAITING, _CI.REQUEUED: _C.WAITING, _CI.FOUND_TALKING: _C.TALKING, _CI.FOUND_AFTER: _C.AFTER,
            _CI.PROMISE_DUE: _C.PROMISED, _CI.DIVERTED: _C.DIVERTED, _CI.ENDED: _C.ENDED,
        },
        _C.WAITING: {
            _CI.RESERVED: _C.OFFERED, _CI.CALLBACK_WANTED: _C.PROMISED, _CI.FOUND_TALKING: _C.TALKING, _CI.FOUND_AFTER: _C.AFTER,
            _CI.DIVERTED: _C.DIVERTED, _CI.ENDED: _C.ENDED,
        },
        _C.OFFERED: {
            _CI.ANSWERED: _C.TALKING, _CI.RETURNED: _C.WAITING, _CI.CUSTOMER_DIALLED: _C.CALLING_BACK,
            _CI.RETURNED_TO_PROMISE: _C.PROMISED, _CI.FOUND_AFTER: _C.AFTER,
            _CI.DIVERTED: _C.DIVERTED, _CI.ENDED: _C.ENDED,
        },
        _C.TALKING: {
            _CI.CONSULT_BEGUN: _C.CONSULTING, _CI.AGENT_LEFT: _C.AFTER, _CI.REQUEUED: _C.WAITING, _CI.DIVERTED: _C.DIVERTED,
            _CI.ENDED: _C.ENDED,
        },
        _C.CONSULTING: {
            _CI.CONSULT_OVER: _C.TALKING, _CI.REQUEUED: _C.WAITING, _CI.DIVERTED: _C.DIVERTED, _CI.ENDED: _C.ENDED,
        },
        _C.AFTER: {_CI.REQUEUED: _C.WAITING, _CI.FOUND_TALKING: _C.TALKING, _CI.DIVERTED: _C.DIVERTED, _CI.ENDED: _C.ENDED},
        _C.PROMISED: {_CI.RESERVED: _C.OFFERED, _CI.REQUEUED: _C.WAITING, _CI.ENDED: _C.ENDED},
        _C.CALLING_BACK: {_CI.ANSWERED: _C.TALKING, _CI.RETURNED_TO_PROMISE: _C.PROMISED, _CI.ENDED: _C.ENDED},
        _C.DIVERTED: {_CI.REQUEUED: _C.WAITING, _CI.FOUND_TALKING: _C.TALKING, _CI.ENDED: _C.ENDED},
        _C.ENDED: {},
    },
)  # fmt: skip

_A = AgentState
_AI = AgentInput
AGENT: Table[AgentState, AgentInput] = Table(
    "the agent",
    _A.LOGGED_OUT,
    {
        _A.LOGGED_OUT: {_AI.LOGGED_IN: _A.NOT_READY},
        _A.NOT_READY: {
            _AI.WENT_READY: _A.READY, _AI.WENT_NOT_READY: _A.NOT_READY, _AI.LOGGED_OUT: _A.LOGGED_OUT,
            _AI.FOUND_TALKING: _A.TALKING, _AI.SENT_HOME: _A.LOGGED_OUT,
        },
        _A.READY: {
            _AI.WENT_NOT_READY: _A.NOT_READY, _AI.LOGGED_OUT: _A.LOGGED_OUT, _AI.RESERVED: _A.RESERVED,
            _AI.FOUND_TALKING: _A.TALKING, _AI.STOOD_DOWN: _A.NOT_READY, _AI.SENT_HOME: _A.LOGGED_OUT,
        },
        _A.RESERVED: {
            _AI.WENT_NOT_READY: _A.RESERVED, _AI.ANSWERED: _A.TALKING, _AI.RELEASED: _A.READY, _AI.STOOD_DOWN: _A.NOT_READY,
            _AI.SENT_HOME: _A.LOGGED_OUT,
        },
        _A.TALKING: {
            _AI.WENT_NOT_READY: _A.TALKING, _AI.TALK_OVER: _A.WRAP_UP, _AI.RELEASED: _A.READY, _AI.STOOD_DOWN: _A.NOT_READY,
            _AI.SENT_HOME: _A.LOGGED_OUT,
        },
        _A.WRAP_UP: {
            _AI.WENT_READY: _A.READY, _AI.WENT_NOT_READY: _A.NOT_READY, _AI.LOGGED_OUT: _A.LOGGED_OUT, _AI.RELEASED: _A.READY,
            _AI.STOOD_DOWN: _A.NOT_READY, _AI.SENT_HOME: _A.LOGGED_OUT, _AI.FOUND_TALKING: _A.TALKING,
        },
    },
)  # fmt: skip

_O = OfferState
_OI = OfferInput
_UNTAKEN: Mapping[OfferInput, OfferState] = {
    _OI.ANSWERED: _O.ACCEPTED, _OI.MISSED: _O.MISSED, _OI.RESCINDED: _O.RESCINDED, _OI.FAILED: _O.FAILED,
}  # fmt: skip
OFFER: Table[OfferState, OfferInput] = Table(
    "the offer",
    _O.PENDING,
    {
        _O.PENDING: {_OI.RANG: _O.RINGING, **_UNTAKEN},
        _O.RINGING: _UNTAKEN,
        _O.ACCEPTED: {},
        _O.MISSED: {},
        _O.RESCINDED: {},
        _O.FAILED: {},
    },
)

_N = ConsultState
_NI = ConsultInput
CONSULT: Table[ConsultState, ConsultInput] = Table(
    "the consultation",
    _N.ASKED,
    {
        _N.ASKED: {
            _NI.BEGUN: _N.RINGING, _NI.MISSED: _N.BACK, _NI.FAILED: _N.BACK, _NI.TAKEN_BACK: _N.BACK, _NI.AGENT_LEFT: _N.OVER,
            _NI.CALLER_LEFT: _N.OVER,
        },
        _N.RINGING: {
            _NI.ANSWERED: _N.TALKING, _NI.MISSED: _N.BACK, _NI.FAILED: _N.BACK, _NI.TAKEN_BACK: _N.BACK, _NI.AGENT_LEFT: _N.OVER,
            _NI.CALLER_LEFT: _N.OVER,
        },
        _N.TALKING: {
            _NI.COMPLETED: _N.COMPLETED, _NI.TAKEN_BACK: _N.BACK, _NI.CONSULTED_LEFT: _N.BACK, _NI.FAILED: _N.BACK,
            _NI.AGENT_LEFT: _N.OVER, _NI.CALLER_LEFT: _N.OVER, _NI.CALLER_JOINS: _N.CONFERENCE,
        },
        _N.CONFERENCE: {
            _NI.CALLER_KEPT_OUT: _N.TALKING, _NI.COMPLETED: _N.COMPLETED, _NI.TAKEN_BACK: _N.BACK, _NI.CONSULTED_LEFT: _N.BACK,
            _NI.FAILED: _N.BACK, _NI.CALLER_LEFT: _N.OVER,
        },
        _N.COMPLETED: {},
        _N.BACK: {},
        _N.OVER: {},
    },
)  # fmt: skip

_B = CallbackState
_BI = CallbackInput
CALLBACK: Table[CallbackState, CallbackInput] = Table(
    "the callback",
    _B.PROMISED,
    {
        _B.PROMISED: {_BI.ATTEMPTED: _B.DIALLING, _BI.REACHED: _B.REACHED, _BI.CANCELLED: _B.CANCELLED},
        _B.DIALLING: {
            _BI.WITHDRAWN: _B.PROMISED, _BI.UNREACHED: _B.PROMISED, _BI.REACHED: _B.REACHED, _BI.EXHAUSTED: _B.GIVEN_UP,
            _BI.CANCELLED: _B.CANCELLED,
        },
        _B.REACHED: {_BI.UNREACHED: _B.PROMISED, _BI.EXHAUSTED: _B.GIVEN_UP},
        _B.GIVEN_UP: {},
        _B.CANCELLED: {},
    },
)  # fmt: skip

JOINT: Mapping[OfferState, tuple[tuple[CallState, ...], AgentState]] = {
    OfferState.PENDING: ((CallState.OFFERED,), AgentState.RESERVED),
    OfferState.RINGING: ((CallState.OFFERED,), AgentState.RESERVED),
    OfferState.ACCEPTED: ((CallState.TALKING, CallState.CONSULTING, CallState.CALLING_BACK), AgentState.TALKING),
}
"""What an open offer's call and agent are doing; and nobody is offered, reserved or talking without one."""

JOINT_OF_CONSULT: Mapping[ConsultState, tuple[tuple[OfferState, ...], CallState, AgentState]] = {
    ConsultState.ASKED: ((OfferState.PENDING,), CallState.TALKING, AgentState.RESERVED),
    ConsultState.RINGING: ((OfferState.PENDING, OfferState.RINGING), CallState.CONSULTING, AgentState.RESERVED),
    ConsultState.TALKING: ((OfferState.ACCEPTED,), CallState.CONSULTING, AgentState.TALKING),
    ConsultState.CONFERENCE: ((OfferState.ACCEPTED,), CallState.TALKING, AgentState.TALKING),
}
"""What the offer to the one who is asked, the call, and he himself are doing. The call has a second offer then: its own agent's. Who is
outside the house has no offer."""


def diagram(table: Table[State, Input]) -> str:
    """The table as a mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {table.start}"]
    lines += [f"    {state} --> {after}: {happened}" for state, row in table.rows.items() for happened, after in row.items()]
    lines += [f"    {state} --> [*]" for state, row in table.rows.items() if not row]
    return "\n".join([*lines, "```"])


def document() -> str:
    """The text of docs/states.md."""
    joint = "\n".join(f"| {offer} | {' or '.join(calls)} | {agent} |" for offer, (calls, agent) in JOINT.items())
    asked = "\n".join(
        f"| {consult} | {' or '.join(offers)} | {call} | {agent} |" for consult, (offers, call, agent) in JOINT_OF_CONSULT.items()
    )
    parts = [
        "# States",
        "Generated by `python -m acd.tables > docs/states.md` from the tables that the router runs on; a test fails when it is stale.",
        *(part for title, table in DIAGRAMS.items() for part in (f"## {title}", diagram(table))),
        "## Joint states",
        f"While an offer is open:\n\n| offer | its call is | its agent is |\n|---|---|---|\n{joint}",
        f"While another agent is asked:\n\n| consultation | his offer is | the call is | he is |\n|---|---|---|---|\n{asked}",
    ]
    return "\n\n".join(parts) + "\n"


DIAGRAMS: Mapping[str, Table] = {"Call": CALL, "Agent": AGENT, "Offer": OFFER, "Callback": CALLBACK, "Consultation": CONSULT}  # type: ignore[type-arg]  # each has its own types

if __name__ == "__main__":
    print(document(), end="")
