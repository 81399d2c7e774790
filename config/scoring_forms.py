"""The forms for scoring conversations: whether what they name exists, which one is for a queue, and what of it the engine works with. Pure.

It does not know how a score is counted (``acd.scoring``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from acd.scoring import Criterion, Form, Kind
from config.queue_switches import kept_days, recorded_queues
from config.schema import Config
from config.schema.nearest import did_you_mean
from config.schema.quality import MOST_POINTS, CriterionRow, FormRow
from config.schema.source import Path, Problem, Severity

LEAST_KEPT_DAYS = 14
"""A conversation may be a week old when it is drawn, and is scored in the week after that."""


def broken_forms(config: Config) -> Iterator[Problem]:
    """Languages, product lines and queues that there are not, and conversations for which there would be two forms."""
    taken: dict[str, str] = {}
    lines = {queue: line for line, row in config.product_lines.items() for queue in (f"{line}.{level}" for level in row.levels)}
    for name, form in _forms(config).items():
        path: Path = ("quality", "forms", name)
        yield from _texts(config, f"label of form {name!r}", form.label, (*path, "label"))
        for key, criterion in form.criteria.items():
            yield from _texts(config, f"label of criterion {key!r}", criterion.label, (*path, "criteria", key, "label"))
            if criterion.hint:
                yield from _texts(config, f"hint of criterion {key!r}", criterion.hint, (*path, "criteria", key, "hint"))
        for position, line in enumerate(form.product_lines):
            yield from _known("product line", line, config.product_lines, (*path, "product_lines", position))
        for position, queue in enumerate(form.queues):
            yield from _known("queue", queue, lines, (*path, "queues", position))
        for claim in _claims(form):
            if (other := taken.setdefault(claim, name)) != name:
                yield Problem(f"found form {name!r} for {claim or 'all the others'} beside {other!r}, expected one form", path)


def unscored_queues(config: Config) -> Iterator[Problem]:
    """Recorded queues that no form is for; forms, where nothing is recorded that they could be used for."""
    if config.quality is None:
        return
    recorded = recorded_queues(config)
    for queue in recorded:
        if form_of(config, queue) is None:
            text = f"found no form for {queue}, which is recorded, expected one: its conversations can't be scored"
            yield Problem(text, ("quality", "forms"), Severity.WARNING)


def unheard_queues(config: Config) -> Iterator[Problem]:
    """Recorded queues whose recordings are deleted before they could be scored, by where it is written how long they are kept."""
    if config.quality is None:
        return
    days = kept_days(config)
    found: dict[Path, list[str]] = {}
    for queue in recorded_queues(config):
        if days[queue] < LEAST_KEPT_DAYS:
            found.setdefault(_says_days(config, queue), []).append(queue)
    for path, queues in found.items():
        text = (
            f"found recordings of {', '.join(queues)} kept for {days[queues[0]]} days, expected {LEAST_KEPT_DAYS} or more: "
            "those that are drawn are gone before they can be scored"
        )
        yield Problem(text, path, Severity.WARNING)


def _says_days(config: Config, queue: str) -> Path:
    """Where it is written for how many days a queue's recordings are kept."""
    own = config.queues.overrides.get(queue)
    if own is not None and own.keep_days:
        return ("queues", "overrides", queue, "keep_days")
    return ("queues", "defaults", "keep_days") if config.queues.defaults.keep_days else ("recording", "keep_days")


def form_of(config: Config, queue: str) -> str | None:
    """The name of the form for a queue's conversations: its own, else its product line's, else the one for all others. None without one."""
    claimed = {claim: name for name, form in _forms(config).items() for claim in _claims(form)}
    line = queue.partition(".")[0]
    return next((claimed[claim] for claim in (queue, line, "") if claim in claimed), None)


def forms(config: Config) -> dict[str, Form]:
    """The forms as they are filled in, by name."""
    return {name: Form(name, dict(row.label), tuple(_criterion(*each) for each in row.criteria.items()))
            for name, row in _forms(config).items()}  # fmt: skip


def _forms(config: Config) -> dict[str, FormRow]:
    return {} if config.quality is None else config.quality.forms


def _claims(form: FormRow) -> tuple[str, ...]:
    """What a form is for; '' is all that no other one is for."""
    return (*form.queues, *form.product_lines) or ("",)


def _criterion(name: str, row: CriterionRow) -> Criterion:
    kind = Kind(row.kind)
    most = row.most or MOST_POINTS if kind is Kind.POINTS else 1
    weight = 0.0 if kind is Kind.FATAL else row.weight or 1.0
    return Criterion(name, kind, dict(row.label), dict(row.hint), most, weight, row.may_not_apply)


def _texts(config: Config, what: str, texts: Collection[str], path: Path) -> Iterator[Problem]:
    for language in config.languages:
        if language not in texts:
            yield Problem(f"found {what} without language {language!r}, expected it in each of {', '.join(config.languages)}", path)
    for language in texts:
        yield from _known("language", language, config.languages, (*path, language))


def _known(what: str, found: str, known: Collection[str], path: Path) -> Iterator[Problem]:
    if found not in known:
        yield Problem(f"found {what} {found!r}, expected one of {', '.join(known)}{did_you_mean(found, known)}", path)
