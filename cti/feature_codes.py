"""What an agent dials at his phone, as what he would have clicked on his page; and the prompt that tells him how it went.

Decides who he is: by the phone alone, which Asterisk names, never by what is dialled or shown; only who logs in at another's phone says who
he is, with his PIN. Whether he may do it is the router's decision.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from acd.events import AgentLoggedIn, AgentLoggedOut, AgentWentNotReady, AgentWentReady, Event, WrapUpEnded
from acd.model import AgentId, IllegalTransition, PhoneId
from acd.plan import Plan
from ivr.menu import CODE_DONE_PROMPTS, CODE_REFUSED_PROMPT, LOG_IN_AS

DIGITS: Final = frozenset("123456789")


class FeatureCodes:
    """Does what is dialled."""

    def __init__(
        self, plan: Callable[[], Plan], agent_at: Callable[[PhoneId], AgentId | None], submit: Callable[[Event], Awaitable[object]],
        log_in_as: Callable[[PhoneId, str, str], Awaitable[str]] | None = None,
    ) -> None:  # fmt: skip
        """``agent_at`` gives who is logged in at a phone; ``log_in_as`` lets in who keys a number and a PIN (``hotline.hot_desking``)."""
        self._log_in_as = log_in_as
        self._plan = plan
        self._agent_at = agent_at
        self._submit = submit

    async def dialled(self, phone: PhoneId, name: str, keyed: str, pin: str = "") -> str:
        """``name`` is that of the code in the configuration, ``keyed`` what was keyed behind it or ''. The prompt to say."""
        if name == LOG_IN_AS:
            if self._log_in_as is None or self._agent_at(phone) is not None:
                return CODE_REFUSED_PROMPT
            return await self._log_in_as(phone, keyed, pin)
        event = self._event(phone, name, keyed)
        if event is None:
            return CODE_REFUSED_PROMPT
        try:
            await self._submit(event)
        except IllegalTransition:
            return CODE_REFUSED_PROMPT
        return CODE_DONE_PROMPTS[name]

    def _event(self, phone: PhoneId, name: str, digit: str) -> Event | None:
        plan, agent = self._plan(), self._agent_at(phone)
        if name == "log_in":
            owner = next((row.id for row in plan.agents if row.phone == phone), None)
            return None if owner is None or agent is not None else AgentLoggedIn(owner, phone)
        if agent is None:
            return None
        if name == "not_ready":
            reason = _chosen(plan.not_ready_reasons, digit or "1")
            return None if reason is None else AgentWentNotReady(agent, reason)
        if name == "end_wrap_up":
            disposition = _chosen(plan.dispositions, digit) if digit else ""
            return None if disposition is None else WrapUpEnded(agent, disposition, "")
        plain: dict[str, Event] = {"log_out": AgentLoggedOut(agent), "ready": AgentWentReady(agent)}
        return plain.get(name)


def _chosen(names: tuple[str, ...], digit: str) -> str | None:
    """The first is 1; None for a digit that stands for none."""
    place = int(digit) if digit in DIGITS else 0
    return names[place - 1] if 0 < place <= len(names) else None
