"""Every way through the menu, as ``ivr.dialogue`` walks it: which nodes callers stand at, knowing what, and where each way ends.

Decides what can happen, not whether it is good (``config.check`` does). Pure. Two callers at the same node who know the same are one
*place*; a key that repeats or goes back leads to a place that was there before, so it adds none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from acd.model import Level, QueueId, queue_of
from config.schema.source import Path
from ivr.menu import Branch, Entry, Input, Menu, MenuPlan, Node, Notice
from ivr.returning import CASE

KEYED = "…"
"""Stands for whatever a caller keys at an input."""
MOST_WAYS = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A node, and the facts known there; with no node, the end of a way, out to ``destination`` or, without one, in the queue."""

    node: str | None
    known: frozenset[tuple[str, str]]
    destination: str | None = None

    @property
    def facts(self) -> dict[str, str]:
        """What is known, by name."""
        return dict(self.known)


@dataclass(frozen=True, slots=True)
class Move:
    """One step on: how many keys it takes, where to, and which row of the file says so."""

    to: Place
    keys: int
    silent: bool
    """It needs nothing of the caller."""
    said: Path


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a call can be queued."""

    queue: QueueId
    language: str
    segment: str
    agent: str
    """The preferred one; '' for none."""
    callback: bool
    case: bool
    """Because of a case that was found: not a way that others can take."""
    said: Path
    """The row that leads there."""


class Ways:
    """The places of a plan and the moves between them."""

    def __init__(self, plan: MenuPlan) -> None:
        self.plan = plan
        self.begins = {entry.dnis: Place(plan.start, frozenset(entry.hints.items())) for entry in _entries(plan)}
        """Where callers begin, by the dialled number; '' for one that no row maps."""
        self.moves: dict[Place, tuple[Move, ...]] = {}
        ahead = list(self.begins.values())
        while ahead:
            place = ahead.pop()
            if place.node is not None and place not in self.moves:
                self.moves[place] = tuple(_moves(plan, place))
                ahead += [move.to for move in self.moves[place]]

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Every way that a call can be queued, in the order found."""
        ends = dict.fromkeys((move.to, move.said) for moves in self.moves.values() for move in moves if move.to.node is None)
        return tuple(dict.fromkeys(self._arrival(place, said) for place, said in ends if place.destination is None))

    def _arrival(self, place: Place, said: Path) -> Arrival:
        facts = {**self.plan.defaults, **place.facts}
        queue = queue_of(facts["product_line"], Level(facts["level"]))
        return Arrival(
            queue, facts["language"], facts["segment"], facts.get("preferred_agent", ""), facts.get("callback") == "yes",
            CASE in facts, said,
        )  # fmt: skip

    def fewest_keys(self) -> dict[Place, int]:
        """Place -> the fewest keys from there to a queue; a place that leads to none is left out."""
        fewest: dict[Place, int] = {}
        changed = True
        while changed:
            changed = False
            for place, moves in self.moves.items():
                best = min((move.keys + cost for move in moves if (cost := _cost(fewest, move.to)) is not None), default=None)
                if best is not None and best < fewest.get(place, best + 1):
                    fewest[place], changed = best, True
        return fewest

    def keys_to(self, dnis: str) -> dict[tuple[QueueId, str], int]:
        """Queue and language -> the fewest keys that lead there from a dialled number ('' for one without a row); silence is not waited
        for, and open cases are not counted on.
        """
        fewest = {self.begins[dnis]: 0}
        ahead = [self.begins[dnis]]
        while ahead:
            place = ahead.pop(0)
            moves = self.moves.get(place, ())
            for move in moves:
                keys = fewest[place] + move.keys
                if (not move.silent or len(moves) == 1) and keys < fewest.get(move.to, keys + 1):
                    fewest[move.to] = keys
                    ahead.append(move.to)
        queues: dict[tuple[QueueId, str], int] = {}
        for place, keys in fewest.items():
            if place.node is None and place.destination is None and not (arrival := self._arrival(place, ())).case:
                where = arrival.queue, arrival.language
                queues[where] = min(keys, queues.get(where, keys))
        return queues

    def most_keys(self, dnis: str) -> int:
        """The keys of the longest way from a dialled number to a queue on which nothing is asked twice. Of very large menus, the longest
        that is found among the first few thousand ways.
        """
        longest, looked = 0, 0
        ahead: list[tuple[Place, int, frozenset[str]]] = [(self.begins[dnis], 0, frozenset())]
        while ahead and looked < MOST_WAYS:
            place, keys, met = ahead.pop()
            looked += 1
            if place.node is None:
                longest = max(longest, keys) if place.destination is None else longest
            elif place.node not in met:
                ahead += [(move.to, keys + move.keys, met | {place.node}) for move in dict.fromkeys(self.moves[place])]
        return longest

    def passed_over(self, place: Place) -> list[str]:
        """The menus from ``place`` on that are passed over because their answer is known, and the node that is met then, if any."""
        names: list[str] = []
        while place.node is not None and place.node not in names:
            names.append(place.node)
            moves = self.moves[place]
            if len(moves) > 1 or place.node not in self.plan.menus:
                break
            place = moves[0].to
        return names

    def silent_circles(self) -> Iterator[list[Place]]:
        """Places that lead to each other without anything said or done by the caller: nobody comes out of them."""
        done: set[Place] = set()
        for start in self.moves:
            yield from self._circles_from([start], done)

    def _circles_from(self, chain: list[Place], done: set[Place]) -> Iterator[list[Place]]:
        """Those that close behind ``chain``; ``done`` are the places from which all are known."""
        place = chain[-1]
        if place.node is None or place in done:
            return
        for move in self.moves[place]:
            if move.silent and move.to in chain:
                yield chain[chain.index(move.to) :]
            elif move.silent:
                yield from self._circles_from([*chain, move.to], done)
        done.add(place)


def _cost(fewest: Mapping[Place, int], place: Place) -> int | None:
    if place.node is not None:
        return fewest.get(place)
    return 0 if place.destination is None else None


def _entries(plan: MenuPlan) -> list[Entry]:
    """Those by which a caller meets the menu."""
    return [*(entry for entry in plan.entries.values() if not entry.straight), plan.default_entry]


# ---- moves of each kind of node -------------------------------------------------------------------------------------------------


def path_of(plan: MenuPlan, node: str) -> Path:
    """Where a node is written."""
    return ("menus" if node in plan.menus else "inputs" if node in plan.inputs else "notices", node)


def _moves(plan: MenuPlan, place: Place) -> Iterator[Move]:
    assert place.node is not None, "ends have no moves"
    node: Node | None = plan.node(place.node)
    match node:
        case Menu():
            yield from _menu_moves(plan, place, node)
        case Input():
            yield from _input_moves(plan, place, node)
        case Notice():
            yield Move(_beyond(place, node.then, {**place.facts, **node.then.sets}), 0, True, path_of(plan, node.id))


def _menu_moves(plan: MenuPlan, place: Place, menu: Menu) -> Iterator[Move]:
    path, facts = path_of(plan, menu.id), place.facts
    if (branch := menu.answered(facts)) is not None:
        yield Move(_beyond(place, branch, {**branch.sets, **facts}), 0, True, _row(path, branch))
        return
    for branch in menu.branches:
        if branch.go is None:
            yield Move(_beyond(place, branch, {**facts, **branch.sets}), 1, False, _row(path, branch))
    yield Move(_beyond(place, menu.default, {**facts, **menu.default.sets}), 0, True, _row(path, menu.default))


def _input_moves(plan: MenuPlan, place: Place, node: Input) -> Iterator[Move]:
    path, facts = path_of(plan, node.id), place.facts
    keys = node.shortest + (node.shortest < node.longest) + node.confirm
    yield Move(_beyond(place, node.then, {**facts, node.id: KEYED, **node.then.sets}), keys, False, path)
    if node.found is not None:
        for case in _cases(plan):
            beyond = _beyond(place, node.found, {**facts, **case, **node.found.sets})
            yield Move(_keyed(beyond, node), keys, False, (*path, "found"))
            yield Move(beyond, 0, True, (*path, "found"))
    for branch in node.keys:
        if branch.go is None:
            yield Move(_beyond(place, branch, {**facts, **branch.sets}), 2, False, ("voice_menu", "every_menu", branch.key))
    yield Move(_beyond(place, node.default, {**facts, **node.default.sets}), 0, True, (*path, "default"))


def _cases(plan: MenuPlan) -> Iterator[dict[str, str]]:
    """What may be known of a case that is found: its line and level, its line alone, or neither."""
    yield {CASE: KEYED}
    if plan.returning is not None:
        yield from ({CASE: KEYED, "product_line": line} for line in plan.returning.prompts)
        pairs = (queue.split(".") for queue in sorted(plan.returning.queues))
        yield from ({CASE: KEYED, "product_line": line, "level": level} for line, level in pairs)


def _keyed(place: Place, node: Input) -> Place:
    return replace(place, known=place.known | {(node.id, KEYED)})


def _row(path: Path, branch: Branch) -> Path:
    return (*path, "branches", branch.key) if branch.key else (*path, "default")


def _beyond(place: Place, branch: Branch, facts: Mapping[str, str]) -> Place:
    if branch.next is None:
        return Place(None, frozenset(facts.items()), branch.to)
    return Place(branch.next, frozenset(facts.items()))
