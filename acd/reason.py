"""Why something is so, as a code with its parameters: each reader words it in a language of his own.

Knows neither calls nor agents; which reasons there are, and their English, is in ``acd.explanation``.
"""

from __future__ import annotations

from dataclasses import dataclass

from acd.model import AgentId


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of an explanation. Which parameters are set depends on ``code``."""

    code: str
    count: int = 0
    name: str = ""
    """Of a queue or a step, as configured; or a call's state."""
    need: str = ""
    """What is asked of an agent, as ``skills.expression.describe`` says it."""
    agents: tuple[AgentId, ...] = ()
    """The first few, where single agents are meant."""
    seconds: float = 0.0
