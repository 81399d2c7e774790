"""Proves that a configuration makes a working hotline, or says where it does not.

Every way through the menu is walked (all keys, and silence, from every dialled number), every queue that a caller can reach is
looked at in every language. Pure; expects a loaded configuration. Errors are dead ends; warnings are things that work, but
hardly as meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from acd.model import QueueId
from acd.plan import Plan, QueuePlan
from config.compile import compile_menu, compile_plan, usual_hours
from config.cover import Cover, covers, in_words
from config.mistyped import ports_given_twice, unknown_kinds_of_skill
from config.schema import Config
from config.schema.source import Path, Problem, Severity
from config.scoring_forms import unheard_queues, unscored_queues
from config.ways import Place, Ways, path_of
from ivr.menu import MenuPlan, ways_on
from skills.expression import satisfies
from skills.requirement import Requirement, bind_requirement


@dataclass(frozen=True, slots=True)
class Subject:
    """A configuration with all that is compiled of it."""

    config: Config
    plan: Plan
    menu: MenuPlan
    ways: Ways
    today: str
    """The day (ISO); '' when it does not matter."""


def check(config: Config, today: str = "") -> list[Problem]:
    """What is wrong, errors first, each with its place in the file when that is known. Empty: the configuration is proven.

    With ``today`` (ISO, in the hotline's zone) what is out of date is told too.
    """
    menu = compile_menu(config)
    subject = Subject(config, compile_plan(config), menu, Ways(menu), today)
    problems = [problem for proof in _PROOFS for problem in proof(subject)]
    problems += [*unknown_kinds_of_skill(config, subject.plan), *ports_given_twice(config)]
    problems += [*unscored_queues(config), *unheard_queues(config)]
    return sorted((_placed(config, problem) for problem in problems), key=lambda one: (one.severity, one.line or 0))


def _placed(config: Config, problem: Problem) -> Problem:
    if config.source is None:
        return problem
    return config.source.placed(problem)


def _warning(text: str, *path: str | int) -> Problem:
    return Problem(text, path, Severity.WARNING)


# ---- walking the menu ----------------------------------------------------------------------------------------------------------


def _loops(subject: Subject) -> Iterator[Problem]:
    """A key, or silence, after which the same menu is asked again at once: nothing was told, nothing asked in between.

    Who goes round by a notice, a number or another menu wants to; and to repeat and to go back are keys of their own.
    """
    told: set[Path] = set()
    for place, moves in subject.ways.moves.items():
        for move in moves:
            ring = [place.node or "", *subject.ways.passed_over(move.to)]
            if len(ring) > 1 and ring[-1] == ring[0] and move.said not in told and len(moves) > 1:
                told.add(move.said)
                yield Problem(f"found a loop of menus ({' -> '.join(ring)}), expected every key to lead on", move.said)


def _silent_circles(subject: Subject) -> Iterator[Problem]:
    """Who keys nothing must come to an end all the same."""
    circles = ([place.node or "" for place in circle] for circle in subject.ways.silent_circles())
    for names in {frozenset(names): names for names in circles}.values():
        ring = " -> ".join([*names, names[0]])
        text = f"found a loop that a caller who keys nothing never leaves ({ring}), expected every silence to end in a queue"
        yield Problem(text, path_of(subject.menu, names[-1]))


def _places_without_people(subject: Subject) -> Iterator[Problem]:
    """From every place some key must lead to a queue; only a notice may be the end of a call that began otherwise."""
    fewest, begins = subject.ways.fewest_keys(), {*subject.ways.begins.values()}
    lost = [place for place in subject.ways.moves if place not in fewest and (place in begins or not _is_farewell(subject, place))]
    for name in dict.fromkeys(place.node for place in lost):
        text = f"found no way from {name!r} to a queue, expected every caller to be able to reach a person"
        yield Problem(text, path_of(subject.menu, name or ""))


def _is_farewell(subject: Subject, place: Place) -> bool:
    """Whether callers are told something there, perhaps more, and then sent to a destination."""
    told: set[Place] = set()
    while place.node in subject.menu.notices and place not in told:
        told.add(place)
        [move] = subject.ways.moves[place]
        place = move.to
    return place.destination is not None


def _unreachable_nodes(subject: Subject) -> Iterator[Problem]:
    plan = subject.menu
    reached: set[str] = set()
    ahead = [plan.start]
    while ahead:
        name = ahead.pop()
        node = plan.node(name)
        if name not in reached and node is not None:
            reached.add(name)
            ahead += [branch.next for branch in ways_on(node) if branch.next is not None]
    for node in plan.nodes():
        if node.id not in reached:
            path = path_of(plan, node.id)
            kind = str(path[0]).removesuffix("s")
            yield Problem(f"found {kind} {node.id!r} that no branch leads to, expected every {kind} to be reachable", path)


def _idle_branches(subject: Subject) -> Iterator[Problem]:
    for name, menu in subject.menu.menus.items():
        for branch in menu.branches:
            own = branch.key in subject.config.menus[name].branches
            if own and menu.asks and not {*menu.asks} & {*branch.sets} and branch.to is None and branch.go is None:
                following = subject.menu.menus.get(branch.next or "")
                if branch.next is not None and (following is None or not following.asks):
                    continue  # to something else altogether
                asked = " or ".join(menu.asks)
                text = f"found key {branch.key} of menu {name!r} without {asked}, expected the answer to what the menu asks"
                yield _warning(text, "menus", name, "branches", branch.key)


def _expired_entries(subject: Subject) -> Iterator[Problem]:
    for dnis, entry in subject.config.entries.items():
        if entry.valid_to is not None and entry.valid_to < subject.today:
            yield _warning(f"found {dnis} out of date since {entry.valid_to}, expected a later day or no such row", "entries", dnis)


def _keys_away(subject: Subject) -> Iterator[Problem]:
    """The farthest queue of each dialled number is no farther than is wanted."""
    most = subject.config.voice_menu.most_keys
    for dnis in subject.ways.begins if most is not None else ():
        keys = subject.ways.keys_to(dnis)
        (queue, language), farthest = max(keys.items(), key=lambda item: item[1], default=((QueueId(""), ""), 0))
        if most is not None and farthest > most:
            text = f"found {farthest} keys from {dnis or 'an unknown number'} to {queue} in {language}, expected at most {most} (most_keys)"
            yield Problem(text, ("entries", dnis) if dnis else ("voice_menu", "unknown_number"))


# ---- queues ------------------------------------------------------------------------------------------------------------------------


def _unknown_queues(subject: Subject) -> Iterator[Problem]:
    known = {queue.id for queue in subject.plan.queues}
    told: set[str] = set()
    for arrival in subject.ways.arrivals:
        if arrival.queue not in known and arrival.queue not in told:
            told.add(arrival.queue)
            yield Problem(f"found a way through the menu to {arrival.queue}, expected only queues that exist", arrival.said)


def _unpromised_callbacks(subject: Subject) -> Iterator[Problem]:
    """A menu that offers a callback where none is made would break its word."""
    promising = {queue.id for queue in subject.plan.queues if queue.callback is not None}
    offered = (arrival for arrival in subject.ways.arrivals if arrival.callback and arrival.queue not in promising)
    for arrival in {arrival.said: arrival for arrival in offered}.values():
        text = f"found a callback offered to callers of {arrival.queue}, expected rules for callbacks in that queue"
        yield Problem(text, arrival.said)


def _unreached_queues(subject: Subject) -> Iterator[Problem]:
    reached = {arrival.queue for arrival in subject.ways.arrivals if not arrival.case}
    for queue in subject.plan.queues:
        if queue.id not in reached:
            text = f"found no way through the menu to {queue.id}, expected every queue to be reachable"
            yield _warning(text, "product_lines", queue.product_line)


def _staffing(subject: Subject) -> Iterator[Problem]:
    for queue in subject.plan.queues:
        path: Path = ("product_lines", queue.product_line)
        if queue.id in subject.config.queues.overrides:
            path = ("queues", "overrides", queue.id)
        for language in subject.config.languages:
            yield from _staffed(subject.plan, queue, language, path)


def _staffed(plan: Plan, queue: QueuePlan, language: str, path: Path) -> Iterator[Problem]:
    staffed = _staffed_steps(plan, _bound(queue, language))
    if not any(staffed):
        yield Problem(f"found no agent for {queue.id} in {language} at any step, expected at least one", path)
    elif not staffed[-1]:
        yield Problem(f"found no agent for {queue.id} in {language} at the last step, expected one: callers would wait for ever", path)
    elif not any(staffed[:-1]) and len(staffed) > 1:
        yield _warning(f"found no agent for {queue.id} in {language} before the last step, expected one earlier", *path)


def _cover(subject: Subject) -> Iterator[Problem]:
    """Every open hour of an ordinary week has somebody, and somebody who knows the product, even when one is ill."""
    usual = {agent.id: usual_hours(subject.config.agents[agent.id]) for agent in subject.plan.agents}
    for queue in subject.plan.queues:
        for language in subject.config.languages:
            for cover in covers(subject.plan, usual, queue, _bound(queue, language)):
                yield from _cover_problem(queue, language, cover, ("product_lines", queue.product_line))


def _callback_cover(subject: Subject) -> Iterator[Problem]:
    """Where customers are called back at hours of their own, somebody is there to talk to them."""
    usual = {agent.id: usual_hours(subject.config.agents[agent.id]) for agent in subject.plan.agents}
    for queue in subject.plan.queues:
        own = queue.callback.hours if queue.callback is not None else ()
        for language in subject.config.languages if own else ():
            for cover in covers(subject.plan, usual, replace(queue, hours=own), _bound(queue, language)):
                if not cover.could:
                    text = f"found nobody for callbacks of {queue.id} in {language} {in_words(cover.spans)}, expected somebody at work"
                    yield Problem(text, _rules_path(subject.config, queue, "callback"))


def _cover_problem(queue: QueuePlan, language: str, cover: Cover, path: Path) -> Iterator[Problem]:
    when = in_words(cover.spans)
    if not cover.could:
        yield Problem(f"found nobody for {queue.id} in {language} {when}, expected somebody at work while it is open", path)
    elif not cover.knows:
        text = f"found nobody who knows {queue.product_line} for {queue.id} in {language} {when}: those who wait are served by others"
        yield _warning(text, *path)
    elif len(cover.knows) == 1:
        [only] = cover.knows
        yield _warning(f"found only {only} for {queue.id} in {language}: one absence leaves it empty {when}", *path)


def _bound(queue: QueuePlan, language: str) -> Requirement:
    values = {"product_line": queue.product_line, "level": queue.level.value, "language": language, "segment": "standard"}
    return bind_requirement(queue.requirement, values)


def _staffed_steps(plan: Plan, requirement: Requirement) -> list[bool]:
    """For each step, whether some agent satisfies it."""
    return [any(satisfies(step.need, agent.id, agent.skills) for agent in plan.agents) for step in requirement.steps]


# ---- agents, survival ----------------------------------------------------------------------------------------------------------


def _idle_agents(subject: Subject) -> Iterator[Problem]:
    for agent in subject.plan.agents:
        if not agent.skills:
            yield _warning(f"found agent {agent.id!r} without any skill, expected some", "agents", agent.id)


def _idle_phones(subject: Subject) -> Iterator[Problem]:
    used = {agent.phone for agent in subject.plan.agents}
    for phone in subject.config.phones:
        if phone not in used:
            yield _warning(f"found phone {phone} without an agent, expected one who usually sits there", "phones", phone)


def survival_line(config: Config, product_line: str | None) -> str | None:
    """The line whose survival queue takes a call: its own if that has agents, else None (the general queue of all agents)."""
    has_agents = any(product_line in agent.products for agent in config.agents.values())
    return product_line if has_agents else None


def _survival(subject: Subject) -> Iterator[Problem]:
    """The general queue has every agent, so every number is covered; a line without agents of its own is worth a word."""
    for dnis, entry in subject.config.entries.items():
        line = entry.hints.product_line
        if line is not None and survival_line(subject.config, line) is None:
            text = f"found no agent of product line {line!r}, which {dnis} leads to; without the engine, everybody will be rung"
            yield _warning(text, "entries", dnis)


def _closing(subject: Subject) -> Iterator[Problem]:
    """A queue that closes, and has no rule for then, lets its callers wait all night; those too who can't be called back."""
    for queue in subject.plan.queues:
        if queue.hours and not any(rule.when_closed and not rule.to_callback for rule in queue.overflow):
            text = f"found hours of {queue.id} and no overflow rule with when_closed, expected one: whoever calls then waits until it opens"
            yield Problem(text, _rules_path(subject.config, queue, "hours"))


def _calendars_without_days(subject: Subject) -> Iterator[Problem]:
    """The year that is two months ahead should be known: holidays are announced about then."""
    if not subject.today:
        return
    year = (date.fromisoformat(subject.today) + timedelta(days=60)).isoformat()[:4]
    used = {queue.calendar for queue in subject.plan.queues}
    for name, row in subject.config.calendars.items():
        if name in used and not any(day.startswith(year) for day in row.days):
            yield _warning(f"found no day of {year} in calendar {name!r}, expected that year's holidays", "calendars", name)


def _overflow_to_itself(subject: Subject) -> Iterator[Problem]:
    """Such a rule never applies. In the defaults it is as it should be: it sends the other queues' calls there."""
    for queue, override in subject.config.queues.overrides.items():
        for position, rule in enumerate(override.overflow or ()):
            if rule.to_queue == queue:
                path = ("queues", "overrides", queue, "overflow", position)
                yield _warning(f"found overflow rule {rule.name!r} of {queue} to the queue itself, expected another", *path)


def _rules_path(config: Config, queue: QueuePlan, key: str) -> Path:
    """Where a queue's rule is written: at its override, when that has it, else in the defaults."""
    override = config.queues.overrides.get(queue.id)
    if override is not None and getattr(override, key) is not None:
        return ("queues", "overrides", queue.id, key)
    return ("queues", "defaults", key)


def _starvation(subject: Subject) -> Iterator[Problem]:
    largest = max(subject.plan.head_start_seconds.values(), default=0.0)
    if largest > 1800:
        text = f"found a head start of {largest:g} s, expected at most 1800: ordinary callers may be overtaken for that long"
        yield _warning(text, "segments")


def _callback_numbers(subject: Subject) -> Iterator[Problem]:
    """Whoever can make the house dial any number can make it pay for any number."""
    line = subject.config.callbacks
    if line is None:
        return
    if not line.allowed:
        yield _warning(
            "found callbacks to every number, premium and foreign ones too; expected `allowed`: how numbers begin that are called back",
            "callbacks",
        )
    for position, start in enumerate(line.allowed):
        if start.startswith(line.refused):
            yield _warning(f"found {start!r} allowed and refused; nobody there is called back", "callbacks", "allowed", position)


def _outside_numbers(subject: Subject) -> Iterator[Problem]:
    row = subject.config.outside_numbers
    if row is None:
        return
    if not row.allowed:
        yield _warning(
            "found every number of the country allowed; expected `allowed`: how numbers begin that agents may key", "outside_numbers"
        )
    for position, start in enumerate(row.allowed):
        if start.startswith((*row.refused, *row.emergency)):
            yield _warning(f"found {start!r} allowed and refused; nobody there is rung", "outside_numbers", "allowed", position)


_PROOFS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    _loops, _keys_away, _silent_circles, _places_without_people, _unreachable_nodes, _idle_branches, _expired_entries, _unknown_queues,
    _unpromised_callbacks, _unreached_queues, _staffing, _cover, _callback_cover, _idle_agents, _idle_phones, _survival, _closing,
    _calendars_without_days,
    _overflow_to_itself, _starvation,
    _callback_numbers, _outside_numbers,
)  # fmt: skip
