"""Which agents a waiting call may not go to now, though its step admits them.

Decides that a call is never offered to an agent who missed it more often than somebody else who is at work and could take it: so
never again to one who missed it, until nobody else is left; and that what failed a moment ago is not tried again at once.
"""

from __future__ import annotations

from acd.calls import Call
from acd.state import State

EVERYBODY = -1
"""As a mask: every bit set."""


def barred(state: State, call: Call) -> int:
    """Mask of the agents that this call may not go to now, though its step admits them."""
    if call.rests_until_us is not None:
        return EVERYBODY
    mask = 0
    if call.refusals:
        mask = refusing(state, call)
    if call.rests:
        mask |= resting(state, call)
    return mask


def refusing(state: State, call: Call) -> int:
    """Mask of the agents who missed this call more often than somebody else at work whom its step admits."""
    assert call.stage is not None, "a waiting call has a stage"
    counts = {state.roster.agents[agent].bit: count for agent, count in (call.refusals or {}).items() if agent in state.roster.agents}
    left = call.stage.in_force.admits & state.roster.at_work
    fewest = 0 if left & ~sum(counts) else min((count for bit, count in counts.items() if bit & left), default=0)
    return sum(bit for bit, count in counts.items() if count > fewest)


def resting(state: State, call: Call) -> int:
    """Mask of the agents to whom an offer of this call failed a moment ago."""
    agents = state.roster.agents
    rests = (call.rests or {}).items()
    return sum(agents[agent].bit for agent, (_, until_us) in rests if until_us > state.now_us and agent in agents)
