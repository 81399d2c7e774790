"""Which conversations are listened to for quality: drawn by chance that anybody can check.

Decides by numbers: a conversation's number is SHA-256 of the seed and its id, so that nobody can choose it, and whoever has the seed and
the list of conversations draws the same ones. Each agent's conversations with the smallest numbers are drawn, as many as the quota says, so
that every agent is heard as often, and every conversation of his was as likely. Some of those drawn go to a second scorer, who is not told
the first one's score: those whose second number is below the share. It does not know who scores, nor what is heard. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

_ALL = float(1 << 64)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What can be drawn: one agent's conversation in one call."""

    id: str
    call: str
    agent: str
    queue: str
    at: datetime
    talk_seconds: float
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One that was drawn. ``number`` is below 1; ``of`` is how many of the agent's there were to draw from."""

    conversation: Conversation
    number: float
    of: int
    second_scorer: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, by agent and number. ``digest`` is that of the ids there were to draw from: another list makes another one."""

    seed: str
    drawn: list[Drawn]
    digest: str
    of: int


def number(seed: str, purpose: str, conversation: str) -> float:
    """A conversation's number for a purpose, 0 to 1: the first 8 bytes of SHA-256 of ``seed``, ``purpose`` and id, a line each."""
    digest = sha256(f"{seed}\n{purpose}\n{conversation}".encode()).digest()
    return int.from_bytes(digest[:8]) / _ALL


def ranked(seed: str, conversation: str, scorers: Iterable[str]) -> list[str]:
    """Who scores a conversation: the first of them, and the second where it goes to a second one; by chance, whoever scored before.

    So what somebody is given to score says nothing of what others have done. Who comes or goes changes only what he gets himself.
    """
    return sorted(scorers, key=lambda name: (number(seed, f"scored by {name}", conversation), name))


def draw(conversations: Iterable[Conversation], seed: str, per_agent: int, second_share: float = 0.0) -> Sample:
    """``per_agent`` conversations of each agent, or all that he has; each is drawn at most once, in whatever order they are given."""
    by_agent: dict[str, list[tuple[float, str, Conversation]]] = {}
    for one in {each.id: each for each in conversations}.values():
        by_agent.setdefault(one.agent, []).append((number(seed, "drawn", one.id), one.id, one))
    drawn = [
        Drawn(one, value, len(own), number(seed, "second", one.id) < second_share)
        for _, own in sorted(by_agent.items())
        for value, _, one in sorted(own, key=lambda each: each[:2])[:per_agent]
    ]
    ids = sorted(one.id for own in by_agent.values() for _, _, one in own)
    return Sample(seed, drawn, sha256("\n".join(ids).encode()).hexdigest(), len(ids))
