"""What callers did in the menu, counted: who took which branch, who gave up at which node, who was handed on later all the same.

Pure: from the paths of calls, as records keep them. Where a caller gave up is what follows the last branch that he took; a menu that was
passed over in between can't be told from one that was asked, so the first of them is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ivr.menu import Go, MenuPlan, ways_on


@dataclass(frozen=True, slots=True)
class Way:
    """One call's way: (node, keys, choice) each, and what became of it."""

    path: Sequence[Sequence[str]]
    gave_up: bool
    """The caller hung up in the menu."""
    handed_on: bool
    """An agent had to hand him on to another."""


@dataclass(slots=True)
class Traffic:
    """Counts of calls; keys are (node, choice), or a node."""

    calls: int = 0
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    handed_on: Counter[tuple[str, str]] = field(default_factory=Counter)
    gave_up: Counter[str] = field(default_factory=Counter)


def node_of(name: str) -> str:
    """A node by its name in a path, which also tells two orders on trial apart (``product/b``)."""
    return name.partition("/")[0]


def traffic_of(plan: MenuPlan, ways: Iterable[Way], traffic: Traffic | None = None) -> Traffic:
    """Count them, beside those that ``traffic`` has already. A branch that a caller took twice counts once; nodes that the plan does not
    have any more are counted too.
    """
    following = {(node.id, branch.choice): _after(node.id, branch.go, branch.next) for node in plan.nodes() for branch in ways_on(node)}
    traffic = Traffic() if traffic is None else traffic
    for way in ways:
        branches = [(node_of(node), choice) for node, _, choice in way.path]
        traffic.calls += 1
        traffic.taken.update(set(branches))
        if way.handed_on:
            traffic.handed_on.update(set(branches))
        if way.gave_up:
            traffic.gave_up[(following.get(branches[-1]) or branches[-1][0]) if branches else plan.start] += 1
    return traffic


def _after(node: str, go: Go | None, following: str | None) -> str:
    return node if go is not None else following or node
