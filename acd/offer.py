"""One offer: the reservation of an agent for a call, from the decision to the end of the conversation.

Holds state; the life cycle is in ``acd.offering``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from acd.model import OfferId, OfferState, PhoneId

if TYPE_CHECKING:
    from acd.calls import Call
    from acd.roster import Agent


@dataclass(slots=True, eq=False)
class Offer:
    """An open offer. A finished one is forgotten: what is said about it later is stale."""

    id: OfferId
    call: Call
    agent: Agent
    phone: PhoneId
    state: OfferState
    made_at: datetime
    overdue_us: int | None
    """When it fails by itself, unless the exchange has told of it."""
    rang_us: int | None = None
    """Since when the phone rings."""
    acknowledged: bool = True
    """False: the agent has yet to read what was handed over; his phone is not rung before."""
    consult: bool = False
    """He is asked about the call of another agent."""
