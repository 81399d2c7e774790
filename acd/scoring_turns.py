"""Who scores which of the drawn conversations. Pure.

Decides by chance and by the set of scorers alone as long as a draw is the latest one: what somebody is given says nothing of what others
have done, so a second scorer can't know that he is one. What nobody has scored by the next draw is anybody's. Nobody scores a recording
twice, nor his own conversations. It does not know how conversations are drawn (``acd.sampling``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from acd.sampling import number, ranked
from acd.scope import Scope

Row = Mapping[str, Any]
"""Of a drawn conversation: ``conversation``, ``agent``, ``queue``, ``seed``, ``second_scorer``."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """A person who scores. ``agent``: whom he takes calls as, if anybody."""

    name: str
    agent: str | None
    scope: Scope

    def may_score(self, one: Row) -> bool:
        """Whether the conversation is one of his teams', and another one's than his own."""
        return one["agent"] != self.agent and (self.scope.has_agent(one["agent"]) or self.scope.has_queue(one["queue"]))


def is_turn_of(name: str, one: Row, scorers: Collection[Scorer], scored_by: Collection[str], latest: bool) -> bool:
    """Whether it is on his list. ``scored_by``: who has scored it; ``latest``: it was drawn in the latest draw."""
    able = [scorer.name for scorer in scorers if scorer.may_score(one)]
    needed = 2 if one["second_scorer"] else 1
    if name not in able or name in scored_by or len(scored_by) >= needed:
        return False
    return (not latest and not scored_by) or name in ranked(one["seed"], one["conversation"], able)[:needed]


def place_on_list(name: str, one: Row) -> float:
    """Where it stands on his list: by chance too, for the order in which they were drawn is the same for all."""
    return number(one["seed"], f"list of {name}", one["conversation"])
