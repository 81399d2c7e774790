"""An agent logs in at any phone by that phone alone: he keys the number of his usual phone, and his PIN.

Decides who may try where, and keeps in the audit log who did; whether he may begin to work there is the router's decision. Whatever was
wrong, he hears the same, so that nobody learns which numbers and PINs there are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Final, Protocol

import structlog

from acd.deed import Deed
from acd.events import AgentLoggedIn, Event
from acd.model import IllegalTransition, PhoneId
from acd.pins import Trial, Tried
from acd.plan import Plan
from cti.api_sessions import Attempts
from ivr.menu import CODE_DONE_PROMPTS, CODE_REFUSED_PROMPT, CODE_WRONG_PROMPT, LOG_IN_AS

log = structlog.get_logger(__name__)

TRIES_OF_PHONE: Final = 6
SECONDS_PER_TRY: Final = 60.0
"""From one phone so many, whosever, then one a minute: nobody goes through the agents with a common PIN, or locks them all. Right ones
count too, or who keys his own in between could try on."""
ACTION: Final = "phone.log_in"
LOCKING: Final = "phone.lock"


class Pins(Protocol):
    """Whoever keeps them."""

    async def keyed(self, agent: str, pin: str, at: datetime) -> Trial: ...


class Audit(Protocol):
    """Whoever keeps what people did."""

    async def note(self, deed: Deed) -> None: ...


class HotDesking:
    """Lets agents in."""

    def __init__(
        self, plan: Callable[[], Plan], phones: Callable[[], Collection[str]], pins: Pins, audit: Audit,
        submit: Callable[[Event], Awaitable[object]], clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        """``phones``: those at which one may work, besides the agents' own."""
        self._plan, self._phones, self._pins, self._audit, self._submit, self._clock = plan, phones, pins, audit, submit, clock
        self._tries = Attempts(TRIES_OF_PHONE, SECONDS_PER_TRY)

    async def log_in_as(self, phone: PhoneId, number: str, pin: str) -> str:
        """The prompt that tells how it went. ``number``: of the agent's usual phone."""
        agents = self._plan().agents
        if phone not in {*self._phones(), *(agent.phone for agent in agents)}:
            return CODE_REFUSED_PROMPT
        agent = next((one.id for one in agents if one.phone == number), None)
        if self._tries.wait_seconds(phone) > 0:
            log.warning("too_many_pins", phone=phone)
            return CODE_WRONG_PROMPT
        if not number or not pin:
            return CODE_WRONG_PROMPT
        trial = await self._pins.keyed("" if agent is None else agent, pin, self._clock())
        if agent is None or trial.user is None or trial.tried is not Tried.RIGHT:
            await self._note_failed(trial, phone, agent)
            return CODE_WRONG_PROMPT
        try:
            await self._submit(AgentLoggedIn(agent, phone))
        except IllegalTransition:
            await self._note(trial.user, ACTION, phone, agent, "refused")
            return CODE_REFUSED_PROMPT
        await self._note(trial.user, ACTION, phone, agent, "done")
        return CODE_DONE_PROMPTS[LOG_IN_AS]

    async def _note_failed(self, trial: Trial, phone: PhoneId, agent: str | None) -> None:
        """Nobody's tries are nobody's deeds."""
        if trial.user is None:
            return
        await self._note(trial.user, ACTION, phone, agent, "failed")
        for user in trial.locked:
            await self._note(user, LOCKING, phone, agent, "done")

    async def _note(self, user: str, action: str, phone: PhoneId, agent: str | None, outcome: str) -> None:
        deed = Deed(self._clock(), user, action, via="phone", target=agent or "", outcome=outcome, detail={"phone": phone})
        try:
            await self._audit.note(deed)
        except Exception:  # it is done already, and he is to hear how it went; that nothing is kept of it must at least be said
            log.exception("deed_not_kept", who=user, action=action, target=agent)
