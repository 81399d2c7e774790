"""Whether the names in a configuration fit together: every menu, prompt, language, line, skill, agent, phone that is named exists.

Pure. Each rule is a generator of problems; ``_RULES`` is the list of them. It does not judge whether the result is a good hotline
(``config.check`` does).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from config.dialled_codes import feature_codes, languages
from config.queue_switches import queue_names, recorded_queues, surveyed_queues, tells_solved
from config.schema import (
    ASK_NUMBER_PROMPTS,
    CALLBACK_KEY_PROMPT,
    CALLBACK_PROMPTS,
    CODE_PROMPTS,
    CONFIRM_PROMPTS,
    HANDOVER_PROMPT,
    INCIDENT_PROMPTS,
    NUMBER,
    NUMBERED_PROMPTS,
    RECORDING_PROMPT,
    REQUIRED_PROMPTS,
    RETURNING_PROMPTS,
    SOLVED_PROMPT,
    SURVEY_PROMPTS,
    WHEN_OPEN_PROMPT,
    BranchRow,
    Config,
    Facts,
    MenuRow,
    QueueOverride,
    QueueRules,
    StepRow,
    TrialRow,
)
from config.schema.nearest import did_you_mean
from config.schema.need import Combination, expression_of, leaves
from config.schema.source import Path, Problem
from config.scoring_forms import broken_forms
from config.spoken import DIGITS, OPENING_LANGUAGES, SPOKEN_DIGITS, SPOKEN_HANDOVER, SPOKEN_SOLVED
from config.values_said import unsayable
from ivr.menu import CODE_AS_PROMPTS, CODE_WRONG_PROMPT, digit_prompt
from skills.expression import Has

Rule = Callable[[Config], Iterator[Problem]]


def broken_references(config: Config) -> list[Problem]:
    """Every name that leads nowhere, and every pair of rows that contradict each other."""
    return [problem for rule in _RULES for problem in rule(config)]


def _unknown(what: str, found: str, known: Collection[str], path: Path) -> Iterator[Problem]:
    if found not in known:
        some = ", ".join(list(known)[:12]) + (" …" if len(known) > 12 else "")
        yield Problem(f"found {what} {found!r}, expected one of {some or 'none: none is configured'}{did_you_mean(found, known)}", path)


# ---- what is said -------------------------------------------------------------------------------------------------------------


def _prompts(config: Config) -> Iterator[Problem]:
    for name in needed_prompts(config):
        if name not in config.prompts:
            yield Problem(f"found no prompt {name!r}, expected it in prompts", ("prompts",))
    for name, texts in config.prompts.items():
        yield from _in_every_language(config, f"prompt {name!r}", texts, ("prompts", name))


def promises_when_open(config: Config) -> bool:
    """Whether some queue, when it is closed, promises to call back."""
    rules: tuple[QueueRules | QueueOverride, ...] = (config.queues.defaults, *config.queues.overrides.values())
    return any(row.to_callback and row.when_closed for some in rules for row in some.overflow or ())


def needed_prompts(config: Config) -> tuple[str, ...]:
    """Prompts that must be there under a name of ours."""
    digits = () if all(language in SPOKEN_DIGITS for language in config.languages) else tuple(map(digit_prompt, DIGITS))
    confirming = any(row.confirm for row in config.inputs.values())
    customers = config.customers
    return (
        *REQUIRED_PROMPTS,
        *(CALLBACK_PROMPTS if config.callbacks is not None else ()),
        *(INCIDENT_PROMPTS if config.incident_texts else ()),
        *((HANDOVER_PROMPT,) if config.handovers and not SPOKEN_HANDOVER.keys() >= set(config.languages) else ()),
        *((SOLVED_PROMPT,) if tells_solved(config) and not SPOKEN_SOLVED.keys() >= set(config.languages) else ()),
        *((WHEN_OPEN_PROMPT,) if promises_when_open(config) else ()),
        *(SURVEY_PROMPTS if surveyed_queues(config) else ()),
        *(CODE_PROMPTS if config.feature_codes is not None else ()),
        *((*CODE_AS_PROMPTS, CODE_WRONG_PROMPT) if config.feature_codes is not None and config.feature_codes.log_in_as else ()),
        *((RECORDING_PROMPT,) if recorded_queues(config) else ()),
        *((CALLBACK_KEY_PROMPT,) if config.callbacks is not None and config.callbacks.confirm else ()),
        *((*CONFIRM_PROMPTS, *digits) if confirming else ()),
        *(RETURNING_PROMPTS if customers is not None else ()),
        *(ASK_NUMBER_PROMPTS if customers is not None and customers.ask_number else ()),
    )


def _continue_case(config: Config) -> Iterator[Problem]:
    for name in RETURNING_PROMPTS if config.customers is not None else ():
        for language, text in config.prompts.get(name, {}).items():
            if "{product_line}" not in text:
                problem = f"found no {{product_line}} in prompt {name!r}, expected it where the line's name is said"
                yield Problem(problem, ("prompts", name, language))
    for name, line in config.product_lines.items():
        for language in line.spoken:
            yield from _unknown("language", language, config.languages, ("product_lines", name, "spoken", language))


def _case_states(config: Config) -> Iterator[Problem]:
    for state, prompt in config.customers.case_states.items() if config.customers is not None else ():
        yield from _prompt(config, prompt, ("customers", "case_states", state))


def _incidents(config: Config) -> Iterator[Problem]:
    for position, text in enumerate(config.incident_texts):
        yield from _unknown("prompt", text, config.prompts, ("incident_texts", position))


def _labels(config: Config) -> Iterator[Problem]:
    for name, line in config.product_lines.items():
        yield from _in_every_language(config, f"label of product line {name!r}", line.label, ("product_lines", name, "label"))


def _in_every_language(config: Config, what: str, texts: Collection[str], path: Path) -> Iterator[Problem]:
    for language in config.languages:
        if language not in texts:
            yield Problem(f"found {what} without language {language!r}, expected it in each of {', '.join(config.languages)}", path)
    for language in texts:
        yield from _unknown("language", language, config.languages, (*path, language))


# ---- menus ----------------------------------------------------------------------------------------------------------------------


def _voice_menu(config: Config) -> Iterator[Problem]:
    menu, path = config.voice_menu, ("voice_menu",)
    yield from _node(config, menu.start, (*path, "start"))
    defaults = Facts(language=menu.defaults.language, product_line=menu.defaults.product_line, level=menu.defaults.level)
    yield from _facts(config, defaults, (*path, "defaults"))
    yield from _facts(config, menu.unknown_number.hints, (*path, "unknown_number", "hints"))
    if menu.unknown_number.welcome is not None:
        yield from _prompt(config, menu.unknown_number.welcome, (*path, "unknown_number", "welcome"))
    for key, branch in menu.every_menu.items():
        yield from _branch(config, branch, (*path, "every_menu", key))


def _entries(config: Config) -> Iterator[Problem]:
    for dnis, entry in config.entries.items():
        yield from _facts(config, entry.hints, ("entries", dnis, "hints"))
        if entry.welcome is not None:
            yield from _prompt(config, entry.welcome, ("entries", dnis, "welcome"))
        if entry.outside is not None:
            yield from _unknown("destination", entry.outside, config.destinations, ("entries", dnis, "outside"))


def _handovers(config: Config) -> Iterator[Problem]:
    taken = {**dict.fromkeys(config.phones, "an agent's phone"), **dict.fromkeys(config.entries, "a dialled number of entries")}
    for code, row in config.handovers.items():
        path = ("handovers", code)
        yield from _facts(config, Facts(product_line=row.product_line, level=row.level, language=row.language), path)
        if code in taken:
            yield Problem(f"found short code {code}, expected another: it is {taken[code]} too", path)


def _menus(config: Config) -> Iterator[Problem]:
    for name, menu in config.menus.items():
        yield from _prompt(config, menu.prompt, ("menus", name, "prompt"))
        for key, branch in menu.branches.items():
            yield from _branch(config, branch, ("menus", name, "branches", key))
        yield from _branch(config, menu.default, ("menus", name, "default"))
        if menu.trial is not None:
            yield from _trial(config, menu, menu.trial, ("menus", name, "trial"))


def _trial(config: Config, menu: MenuRow, trial: TrialRow, path: Path) -> Iterator[Problem]:
    yield from _prompt(config, trial.prompt, (*path, "prompt"))
    for key, other in trial.keys.items():
        yield from _unknown("key of the menu", other, menu.branches, (*path, "keys", key))
    if sorted(trial.keys) != sorted(trial.keys.values()):
        yield Problem("found keys that do not change places with each other, expected each of them once on either side", (*path, "keys"))


def _inputs(config: Config) -> Iterator[Problem]:
    for name, row in config.inputs.items():
        path = ("inputs", name)
        yield from _own_name(name, (config.menus, *_FACTS), path)
        yield from _prompt(config, row.prompt, (*path, "prompt"))
        for key, following in (("next", row.next), ("found", row.found)):
            if following is not None:
                yield from _node(config, following, (*path, key))
        if row.finds is not None and config.customers is None:
            yield Problem("found finds, expected `customers` too: where numbers are looked up", (*path, "finds"))
        yield from _branch(config, row.default, (*path, "default"))


def _notices(config: Config) -> Iterator[Problem]:
    for name, row in config.notices.items():
        path = ("notices", name)
        yield from _own_name(name, (config.menus, config.inputs), path)
        for position, item in enumerate(row.prompts):
            yield from _said(config, item, (*path, "prompts", position))
        yield from _onward(config, row.next, row.to, path)


def _said(config: Config, item: str, path: Path) -> Iterator[Problem]:
    kind, _, value = item.partition(":")
    if not value:
        yield from _prompt(config, item, path)
        return
    yield from unsayable(config, kind, value, path)
    if kind == "hours":
        yield from _unknown("queue", value, queue_names(config), path)
    elif kind in ("digits", "number") and not value.isdecimal():
        yield from _unknown("input", value, config.inputs, path)


_FACTS = (Facts.model_fields,)
"""An input's number becomes a fact of its name."""


def _own_name(name: str, others: Iterable[Collection[str]], path: Path) -> Iterator[Problem]:
    if any(name in other for other in others):
        yield Problem(f"found the name {name!r} a second time among menus, inputs, notices and facts, expected another", path)


def _branch(config: Config, branch: BranchRow, path: Path) -> Iterator[Problem]:
    yield from _facts(config, branch.sets, (*path, "sets"))
    yield from _onward(config, branch.next, branch.to, path)


def _onward(config: Config, following: str | None, destination: str | None, path: Path) -> Iterator[Problem]:
    if following is not None:
        yield from _node(config, following, (*path, "next"))
    if destination is not None:
        yield from _unknown("destination", destination, config.destinations, (*path, "to"))


def _node(config: Config, name: str, path: Path) -> Iterator[Problem]:
    yield from _unknown("menu", name, (*config.menus, *config.inputs, *config.notices), path)


def _prompt(config: Config, name: str, path: Path) -> Iterator[Problem]:
    yield from _unknown("prompt", name, config.prompts, path)


def _facts(config: Config, facts: Facts, path: Path) -> Iterator[Problem]:
    known: tuple[tuple[str, str | None, Collection[str]], ...] = (
        ("language", facts.language, config.languages),
        ("product_line", facts.product_line, config.product_lines),
        ("segment", facts.segment, config.segments),
        ("preferred_agent", facts.preferred_agent, config.agents),
    )
    for fact, value, values in known:
        if value is not None:
            yield from _unknown(fact.replace("_", " "), value, values, (*path, fact))
    line = config.product_lines.get(facts.product_line or "")
    if line is not None and facts.level is not None:
        yield from _unknown(f"level of {facts.product_line}", facts.level, line.levels, (*path, "level"))


# ---- queues and agents ---------------------------------------------------------------------------------------------------------


def _queues(config: Config) -> Iterator[Problem]:
    yield from _steps(config, config.queues.defaults.steps, ("queues", "defaults", "steps"))
    known = queue_names(config)
    for queue, override in config.queues.overrides.items():
        yield from _unknown("queue", queue, known, ("queues", "overrides", queue))
        if override.steps is not None:
            yield from _steps(config, override.steps, ("queues", "overrides", queue, "steps"))


def _relief(config: Config) -> Iterator[Problem]:
    yield from _relief_of(config, config.queues.defaults, ("queues", "defaults"))
    for queue, override in config.queues.overrides.items():
        yield from _relief_of(config, override, ("queues", "overrides", queue))


def _calendars(config: Config) -> Iterator[Problem]:
    if config.queues.defaults.calendar is not None:
        yield from _unknown("calendar", config.queues.defaults.calendar, config.calendars, ("queues", "defaults", "calendar"))
    for queue, override in config.queues.overrides.items():
        if override.calendar is not None:
            yield from _unknown("calendar", override.calendar, config.calendars, ("queues", "overrides", queue, "calendar"))
    for name, row in config.destinations.items():
        unspoken = [language for language in config.languages if language not in OPENING_LANGUAGES] if row.tells_opening else []
        if unspoken:
            text = f"found tells_opening, expected only languages in which it can be said; not {', '.join(unspoken)}"
            yield Problem(text, ("destinations", name, "tells_opening"))


def _relief_of(config: Config, rules: QueueRules | QueueOverride, path: Path) -> Iterator[Problem]:
    for position, rule in enumerate(rules.overflow or ()):
        here = (*path, "overflow", position)
        if rule.to_queue is not None:
            yield from _unknown("queue", rule.to_queue, queue_names(config), (*here, "to_queue"))
        if rule.to_destination is not None:
            yield from _unknown("destination", rule.to_destination, config.destinations, (*here, "to_destination"))
        if rule.to_callback and config.callbacks is None:
            yield Problem("found to_callback, expected `callbacks` too: how customers are called back", (*here, "to_callback"))
    if rules.announce is not None and rules.announce.tell != "nothing":
        yield from _numbered(config, NUMBERED_PROMPTS[rules.announce.tell], (*path, "announce"))
    for position, prompt in enumerate(rules.comfort or ()):
        yield from _unknown("prompt", prompt, config.prompts, (*path, "comfort", position))
    if rules.music is not None:
        yield from _unknown("music", rules.music, config.music, (*path, "music"))
    if rules.callback is not None and config.callbacks is None:
        yield Problem("found rules for callbacks, expected `callbacks` too: how customers are called back", (*path, "callback"))


def _numbered(config: Config, prompt: str, path: Path) -> Iterator[Problem]:
    yield from _unknown("prompt", prompt, config.prompts, path)
    for language, text in config.prompts.get(prompt, {}).items():
        if NUMBER not in text:
            yield Problem(f"found prompt {prompt!r} without {NUMBER}, expected it where the number is said", ("prompts", prompt, language))


def _callback_line(config: Config) -> Iterator[Problem]:
    if config.callbacks is not None:
        yield from _trunk_out(config, config.callbacks.trunk, ("callbacks", "trunk"))


def _outside_numbers(config: Config) -> Iterator[Problem]:
    if config.outside_numbers is not None:
        yield from _trunk_out(config, config.outside_numbers.trunk, ("outside_numbers", "trunk"))


def _trunk_out(config: Config, trunk: str, path: Path) -> Iterator[Problem]:
    for exchange in config.exchanges.values():
        known = [name for name, row in exchange.trunks.items() if row.contact is not None]
        yield from _unknown("trunk with a contact", trunk, known, path)


def _steps(config: Config, steps: Sequence[StepRow], path: Path) -> Iterator[Problem]:
    yield from _expiries(steps, path)
    for position, step in enumerate(steps):
        yield from _need(config, step.need, (*path, position, "need"))


def _expiries(steps: Sequence[StepRow], path: Path) -> Iterator[Problem]:
    previous = 0.0
    for position, step in enumerate(steps[:-1]):
        here = (*path, position, "until_seconds")
        if step.until_seconds is None:
            yield Problem(f"found no until_seconds in step {step.name!r}, expected one in every step but the last", here)
        elif step.until_seconds <= previous:
            yield Problem(f"found until_seconds {step.until_seconds:g}, expected more than {previous:g}: it rises from step to step", here)
        previous = step.until_seconds or previous
    if steps[-1].until_seconds is not None:
        found = f"found until_seconds in the last step, {steps[-1].name!r}, expected none there: every caller must be served in the end"
        yield Problem(found, (*path, len(steps) - 1, "until_seconds"))


def _need(config: Config, need: str | Combination, path: Path) -> Iterator[Problem]:
    for leaf in leaves(expression_of(need)):
        named = leaf.skill if isinstance(leaf, Has) else leaf.agent
        if "{" in named:
            continue
        if isinstance(leaf, Has):
            yield from _unknown("skill", named, known_skills(config), path)
        else:
            yield from _unknown("agent", named, config.agents, path)


def known_skills(config: Config) -> list[str]:
    """Every skill there is: of the lines, levels and languages, and whatever agents have."""
    named = [f"product:{name}" for name in config.product_lines]
    named += [f"level:{level}" for level in ("L1", "L2", "L3")]
    named += [f"language:{language}" for language in config.languages]
    named += sorted({skill for agent in config.agents.values() for skill in agent.skills} - set(named))
    return named


def _agents(config: Config) -> Iterator[Problem]:
    seats: dict[str, str] = {}
    for name, agent in config.agents.items():
        path = ("agents", name)
        yield from _unknown("phone", agent.phone, config.phones, (*path, "phone"))
        if (other := seats.setdefault(agent.phone, name)) != name:
            yield Problem(f"found phone {agent.phone} of {other} again, expected a phone for each agent", (*path, "phone"))
        for line in agent.products:
            yield from _unknown("product line", line, config.product_lines, (*path, "products", line))
        for language in agent.languages:
            yield from _unknown("language", language, config.languages, (*path, "languages", language))
        for skill in agent.skills:
            yield from _own_kind(skill, (*path, "skills", skill))


_KIND_HAS_ITS_KEY = {"product": "products", "level": "level or levels", "language": "languages"}


def _own_kind(skill: str, path: Path) -> Iterator[Problem]:
    key = _KIND_HAS_ITS_KEY.get(skill.partition(":")[0])
    if key is not None:
        yield Problem(f"found skill {skill!r} among skills, expected it under {key}", path)


def _segments(config: Config) -> Iterator[Problem]:
    if "standard" not in config.segments:
        yield Problem("found no segment 'standard', expected it: it is everybody who has no other", ("segments",))
    if "urgent" in config.segments:
        yield Problem("found a segment 'urgent', expected another name: urgency is no segment", ("segments", "urgent"))


# ---- telephony -----------------------------------------------------------------------------------------------------------------


def _destinations(config: Config) -> Iterator[Problem]:
    for name, destination in config.destinations.items():
        path = ("destinations", name)
        if destination.say is not None:
            yield from _prompt(config, destination.say, (*path, "say"))
        if destination.greeting is not None:
            yield from _prompt(config, destination.greeting, (*path, "greeting"))
        if destination.trunk is not None:
            yield from _trunk_out(config, destination.trunk, (*path, "trunk"))


def _exchanges(config: Config) -> Iterator[Problem]:
    seen: dict[tuple[str, int], str] = {}
    for name, exchange in config.exchanges.items():
        address = (exchange.ami.host, exchange.ami.port)
        if (other := seen.setdefault(address, name)) != name:
            yield Problem(f"found the address of {other}'s manager interface again, expected another", ("exchanges", name, "ami"))


def _ports(config: Config) -> Iterator[Problem]:
    if config.demo.rtp_last_port <= config.demo.rtp_first_port:
        yield Problem("found rtp_last_port not above rtp_first_port, expected a range", ("demo", "rtp_last_port"))


_RULES: tuple[Rule, ...] = (
    languages, _prompts, _case_states, _incidents, _continue_case, _labels, _voice_menu, _entries, _handovers, feature_codes,
    _menus, _inputs, _notices, _queues, _calendars, _relief, _callback_line, _outside_numbers, _agents, _segments, _destinations,
    _exchanges, _ports, broken_forms,
)  # fmt: skip
