"""The configuration compiled to what the core works with: the routing plan and the menu.

Decides how a row becomes a frozen plan, and the names of skills (``product:<line>``, ``level:L2``, ``language:zh``). Expects a
configuration that was loaded, so that every name in it exists. It does not know files, Asterisk or the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from acd.model import AgentId, CallbackOrder, Level, MissCause, PhoneId, QueueId, queue_of
from acd.plan import (
    CALLED_BACK,
    RETURNING,
    URGENT,
    AgentPlan,
    AnnounceRules,
    Calendar,
    CallbackRules,
    Hours,
    NumberGuard,
    Overflow,
    Plan,
    QueuePlan,
    Rona,
    SpecialDay,
    Telling,
    ZoneChange,
)
from config.schema import (
    ASK_NUMBER_PROMPTS,
    CONFIRM_PROMPTS,
    REQUIRED_PROMPTS,
    RETURNING_PROMPTS,
    AgentRow,
    AnnounceRow,
    BranchRow,
    CalendarRow,
    CallbackLine,
    CallbackRow,
    Config,
    EntryRow,
    Facts,
    HandoverRow,
    HoursRow,
    InputRow,
    MenuRow,
    NoticeRow,
    OutsideNumbers,
    OverflowRow,
    QueueOverride,
    QueueRules,
    StepRow,
    TrialRow,
)
from config.schema.need import expression_of
from config.schema.relief import WEEKDAYS, SpecialDayRow, seconds_of
from ivr.menu import Branch, Entry, Finds, Go, Input, Menu, MenuPlan, Notice, Returning, Said, Saying, Trial
from skills.expression import All, AnyOf, Expression, Has, Not
from skills.requirement import Requirement, Step

WELCOME, INVALID, MISSING, *_ = REQUIRED_PROMPTS
YOU_ENTERED, CONFIRM_ENTRY = CONFIRM_PROMPTS
ENTERED, FOUND, HEARD = "entered", "found", "heard"
"""What is recorded of an input that was answered, of one whose case is known, and of a notice."""
(CONTINUE_CASE,) = RETURNING_PROMPTS
(ASK_NUMBER,) = ASK_NUMBER_PROMPTS
CONFIRM_SECONDS = 30.0
"""The dialplan asks twice, and waits five seconds for the key each time."""
NEIGHBOUR = "{neighbour_level}"
SOME_WINTER_DAY = datetime(2026, 1, 1, tzinfo=UTC)


# ---- the routing plan ----------------------------------------------------------------------------------------------------------


def compile_plan(config: Config, at: datetime = SOME_WINTER_DAY) -> Plan:
    """The routing plan. Where summer time is kept, days of figures begin at the midnight that holds ``at`` (aware), and hours follow the
    changes of the year after it.
    """
    zone = ZoneInfo(config.hotline.time_zone)
    return Plan(
        queues=tuple(_queue(config, name, Level(level)) for name, line in config.product_lines.items() for level in line.levels),
        agents=tuple(_agent(name, row) for name, row in config.agents.items()),
        head_start_seconds=head_starts(config),
        rona={MissCause(cause): Rona(row.retry_after_seconds, row.misses_to_not_ready) for cause, row in config.offers.rona.items()},
        ring_seconds=config.offers.ring_seconds,
        answer_within_seconds=config.offers.answer_within_seconds,
        ring_grace_seconds=config.offers.grace_seconds,
        not_ready_reasons=config.not_ready_reasons,
        dispositions=config.dispositions,
        ghost_after_seconds=config.ghost_after_seconds,
        personal_wait_seconds=config.personal_wait_seconds,
        short_abandon_seconds=config.short_abandon_seconds,
        incident_texts=config.incident_texts,
        calls_back=config.callbacks is not None,
        zone_offset_seconds=_offset(zone, at),
        zone_changes=zone_changes(zone, at),
        closed_days=config.closed_days,
        calendars={name: _calendar(row, ZoneInfo(row.time_zone or config.hotline.time_zone), at) for name, row in config.calendars.items()},
        tells_opening=tuple(name for name, row in config.destinations.items() if row.tells_opening),
        callback_numbers=_numbers(config.callbacks),
        outside_lines=tuple(name for name, row in config.destinations.items() if row.dial is not None),
        outside_ring_seconds=config.offers.outside_ring_seconds,
        outside_numbers=_outside_numbers(config.outside_numbers),
    )


def _calendar(row: CalendarRow, zone: ZoneInfo, at: datetime) -> Calendar:
    return Calendar(_offset(zone, at), zone_changes(zone, at), {day: _special(special) for day, special in row.days.items()})


def _special(row: SpecialDayRow) -> SpecialDay:
    openings = tuple((seconds_of(one.opens), seconds_of(one.closes)) for one in row.hours)
    return SpecialDay(None if row.as_ is None else WEEKDAYS.index(row.as_), openings)


def zone_changes(zone: ZoneInfo, at: datetime, days: int = 550) -> tuple[ZoneChange, ...]:
    """When, within so many days from the day of ``at`` on, clocks of the zone are put forward or back; to the minute."""
    begin = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    changes = []
    for day in (begin + timedelta(days=number) for number in range(days)):
        if _offset(zone, day) != _offset(zone, day + timedelta(days=1)):
            minutes = (day + timedelta(minutes=number) for number in range(1, 24 * 60 + 1))
            moment = next(minute for minute in minutes if _offset(zone, minute) != _offset(zone, day))
            changes.append(ZoneChange(moment.timestamp(), _offset(zone, moment)))
    return tuple(changes)


def _offset(zone: ZoneInfo, at: datetime) -> float:
    offset = at.astimezone(zone).utcoffset()
    return offset.total_seconds() if offset else 0.0


def head_starts(config: Config) -> dict[str, float]:
    """Segment, or what else has one -> head start in seconds."""
    others = {
        URGENT: config.urgent_head_start_seconds, RETURNING: config.returning_head_start_seconds,
        CALLED_BACK: 0.0 if config.callbacks is None else config.callbacks.head_start_seconds,
    }  # fmt: skip
    return {**{name: row.head_start_seconds for name, row in config.segments.items()}, **others}


def _agent(name: str, row: AgentRow) -> AgentPlan:
    return AgentPlan(AgentId(name), row.name, row.proficiencies(), PhoneId(row.phone), row.team, row.auto_answer)


def usual_hours(row: AgentRow) -> tuple[Hours, ...]:
    """When an agent usually works; none: always."""
    return tuple(opening for hours in row.works for opening in _hours(hours))


def _queue(config: Config, line: str, level: Level) -> QueuePlan:
    queue = queue_of(line, level)
    rules = rules_of(config, queue)
    return QueuePlan(
        id=queue,
        product_line=line,
        level=level,
        requirement=_requirement(rules.steps, _neighbours(config, line, level)),
        strategy=rules.strategy,
        wrap_up_seconds=rules.wrap_up_seconds,
        wrap_up_mandatory=rules.wrap_up_mandatory,
        service_level_seconds=rules.service_level_seconds,
        hours=tuple(opening for row in rules.hours for opening in _hours(row)),
        calendar=rules.calendar or "",
        overflow=tuple(_overflow(row) for row in rules.overflow),
        callback=_callback(config, rules),
        announce=_announce(rules.announce),
    )


def rules_of(config: Config, queue: str) -> QueueRules:
    """The rules of a queue: the defaults, and what it does otherwise."""
    return config.queues.defaults.model_copy(update=_given(config.queues.overrides.get(queue)))


def _announce(row: AnnounceRow | None) -> AnnounceRules | None:
    if row is None or row.tell == "nothing":
        return None
    return AnnounceRules(Telling(row.tell), row.every_seconds, row.step_minutes, row.most)


def _hours(row: HoursRow) -> list[Hours]:
    return [Hours(WEEKDAYS.index(day), seconds_of(row.opens), seconds_of(row.closes)) for day in row.days]


def _overflow(row: OverflowRow) -> Overflow:
    return Overflow(
        row.name, QueueId(row.to_queue) if row.to_queue else None, row.to_destination, row.when_closed, row.when_waiting,
        row.when_expected_seconds, row.after_seconds, row.also_waiting, bool(row.to_callback),
        tuple(opening for times in row.during for opening in _hours(times)),
    )  # fmt: skip


def _callback(config: Config, rules: QueueRules) -> CallbackRules | None:
    """Where only an overflow rule promises callbacks, they are made as by default, and never offered in hold."""
    if config.callbacks is None:
        return None
    asked_seconds = CONFIRM_SECONDS if config.callbacks.confirm else 0.0
    if rules.callback is not None:
        return replace(_callback_rules(rules.callback), confirm_seconds=asked_seconds)
    default = CallbackRules(order=CallbackOrder.CUSTOMER_FIRST, confirm_seconds=asked_seconds)
    return default if any(row.to_callback for row in rules.overflow) else None


def _callback_rules(row: CallbackRow) -> CallbackRules:
    return CallbackRules(
        row.when_expected_seconds, row.when_ahead, CallbackOrder(row.order), row.most_attempts, row.retry_after_seconds,
        float(row.ring_seconds), when_waited_seconds=row.when_waited_seconds,
        hours=tuple(opening for times in row.hours for opening in _hours(times)),
    )  # fmt: skip


def _numbers(line: CallbackLine | None) -> NumberGuard:
    return NumberGuard() if line is None else NumberGuard(line.allowed, line.refused, line.shortest, line.longest)


def _outside_numbers(row: OutsideNumbers | None) -> NumberGuard | None:
    if row is None:
        return None
    return NumberGuard(row.allowed, row.refused, row.shortest, row.longest, row.emergency, row.country_code)


def _given(override: QueueOverride | None) -> dict[str, object]:
    """What an override says; what it leaves out is not in it."""
    values = dict(override) if override is not None else {}
    return {name: value for name, value in values.items() if value is not None}


def _requirement(steps: tuple[StepRow, ...], neighbours: tuple[str, ...]) -> Requirement:
    return Requirement(tuple(Step(row.name, _near(expression_of(row.need), neighbours), row.until_seconds) for row in steps))


def _neighbours(config: Config, line: str, level: Level) -> tuple[str, ...]:
    """The levels of a line next to ``level``, the one below first."""
    levels = sorted(config.product_lines[line].levels)
    here = levels.index(level.value)
    return tuple(levels[max(0, here - 1) : here] + levels[here + 1 : here + 2])


def _near(expression: Expression, neighbours: tuple[str, ...]) -> Expression:
    """``{neighbour_level}`` replaced by the neighbours of the queue's level, any of them."""
    match expression:
        case Has(skill, minimum) if NEIGHBOUR in skill:
            return AnyOf(tuple(Has(skill.replace(NEIGHBOUR, level), minimum) for level in neighbours))
        case All(parts):
            return All(tuple(_near(part, neighbours) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_near(part, neighbours) for part in parts))
        case Not(part):
            return Not(_near(part, neighbours))
        case _:
            return expression


# ---- the menu --------------------------------------------------------------------------------------------------------------------


def compile_menu(config: Config) -> MenuPlan:
    """The menu."""
    voice, defaults = config.voice_menu, config.voice_menu.defaults
    return MenuPlan(
        entries={
            **{dnis: _entry(dnis, row) for dnis, row in config.entries.items()},
            **{code: _short_code(code, row) for code, row in config.handovers.items()},
        },
        default_entry=_entry("", voice.unknown_number),
        start=voice.start,
        menus={name: _menu(name, row, voice.every_menu) for name, row in config.menus.items()},
        inputs={name: _input(name, row, voice.every_menu) for name, row in config.inputs.items()},
        notices={name: _notice(name, row) for name, row in config.notices.items()},
        defaults={"language": defaults.language, "product_line": defaults.product_line, "level": defaults.level, "segment": "standard"},
        welcome=WELCOME,
        invalid=INVALID,
        missing=MISSING,
        you_entered=YOU_ENTERED,
        confirm_entry=CONFIRM_ENTRY,
        languages=config.languages,
        limit_seconds=config.waiting.menu_limit_seconds,
        returning=_returning(config),
    )


def _returning(config: Config) -> Returning | None:
    if config.customers is None:
        return None
    return Returning(
        queues=frozenset(queue_ids(config)),
        segments=frozenset(config.segments),
        agents=frozenset(config.agents),
        prompts={line: continue_case(line) for line in config.product_lines},
        case_states=config.customers.case_states,
        engineers={name: engineer_prompt(name) for name in config.agents},
        zone=ZoneInfo(config.hotline.time_zone),
        ask_number=ASK_NUMBER if config.customers.ask_number else None,
    )


def engineer_prompt(agent: str) -> str:
    """Name of the prompt that says an agent's name."""
    return "engineer_" + "".join(character if character.isalnum() else "_" for character in agent)


def continue_case(line: str) -> str:
    """Name of the prompt that offers to go on with a case of a product line."""
    return f"{CONTINUE_CASE}_{line}"


def _entry(dnis: str, row: EntryRow) -> Entry:
    return Entry(dnis, row.label, facts_of(row.hints), row.welcome, row.bypass, row.valid_from, row.valid_to, row.outside)


def _short_code(code: str, row: HandoverRow) -> Entry:
    hints = {"product_line": row.product_line, "level": row.level, **({"language": row.language} if row.language else {})}
    return Entry(code, row.label or queue_of(row.product_line, Level(row.level)), hints, straight=True)


def _menu(name: str, row: MenuRow, every_menu: Mapping[str, BranchRow]) -> Menu:
    others = {key: branch for key, branch in every_menu.items() if key not in row.branches}
    branches = {key: _branch(key, branch) for key, branch in {**row.branches, **others}.items()}  # its own say first what a fact leads to
    return Menu(
        id=name,
        prompt=row.prompt,
        asks=(row.asks,) if isinstance(row.asks, str) else row.asks or (),
        branches=tuple(branches.values()),
        default=_branch("", row.default),
        attempts=row.attempts,
        timeout_seconds=row.timeout_seconds,
        trial=None if row.trial is None else _trial(row.trial, branches),
    )


def _trial(row: TrialRow, branches: Mapping[str, Branch]) -> Trial:
    moved = {key: replace(branches[other], key=key) for key, other in row.keys.items()}
    return Trial(row.prompt, tuple({**branches, **moved}.values()), row.share_percent)


def _input(name: str, row: InputRow, every_menu: Mapping[str, BranchRow]) -> Input:
    return Input(
        id=name,
        prompt=row.prompt,
        shortest=row.shortest,
        longest=row.longest,
        then=Branch("", ENTERED, next=row.next),
        default=_branch("", row.default),
        keys=tuple(_branch(key, branch) for key, branch in every_menu.items() if key != "#"),
        check=row.check or "",
        confirm=row.confirm,
        finds=None if row.finds is None else Finds(row.finds),
        found=None if row.found is None else Branch("", FOUND, next=row.found),
        attempts=row.attempts,
        timeout_seconds=row.timeout_seconds,
    )


def _notice(name: str, row: NoticeRow) -> Notice:
    return Notice(name, tuple(map(said_of, row.prompts)), Branch("", HEARD, next=row.next, to=row.to))


def said_of(item: str) -> str | Said:
    """A prompt's name as it is; a value, such as ``date:2026-12-31``, as one."""
    kind, _, value = item.partition(":")
    return Said(Saying(kind), value) if value else item


def _branch(key: str, row: BranchRow) -> Branch:
    return Branch(key, row.choice, facts_of(row.sets), row.next, row.to, None if row.do is None else Go(row.do), row.solves)


def facts_of(row: Facts) -> dict[str, str]:
    """The facts that were given, as text; urgency is ``yes`` or ``no``."""
    return {name: _fact(value) for name, value in row if value is not None}


def _fact(value: str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def queue_ids(config: Config) -> tuple[QueueId, ...]:
    """The ids of all queues, in the order of the file."""
    return tuple(queue_of(name, Level(level)) for name, line in config.product_lines.items() for level in line.levels)
