"""What a conversation's score is: the form that is filled in, whether its answers fit, and the total. Pure.

A *form* is a list of criteria; its version is a digest of its content, so that a score goes on saying what was asked when the form has
changed. An answer is a whole number: points, or 1 and 0 for yes and no; None where the criterion did not apply. It does not know who
scores, nor which conversations (``acd.sampling``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

Answers = Mapping[str, int | None]
"""Criterion -> answer."""
VERSION_DIGITS = 16


class Kind(StrEnum):
    """How a criterion is answered."""

    POINTS = "points"
    YES_NO = "yes_no"
    FATAL = "fatal"
    """Yes or no; a no makes the whole score 0."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question. ``label`` and ``hint`` by language; ``weight`` is 0 for a fatal one, ``most`` 1 for all but points."""

    name: str
    kind: Kind
    label: Mapping[str, str]
    hint: Mapping[str, str]
    most: int
    weight: float
    may_not_apply: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked about a conversation."""

    name: str
    label: Mapping[str, str]
    criteria: tuple[Criterion, ...]

    @property
    def content(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @property
    def version(self) -> str:
        """The first digits of SHA-256 of its content as JSON, keys sorted, the criteria in their order."""
        told = json.dumps(self.content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(told.encode()).hexdigest()[:VERSION_DIGITS]


def form_from(content: Mapping[str, Any]) -> Form:
    """The form whose ``content`` this is."""
    criteria = tuple(Criterion(**{**row, "kind": Kind(row["kind"])}) for row in content["criteria"])
    return Form(content["name"], content["label"], criteria)


def faults(form: Form, answers: Answers) -> Iterator[tuple[str, str]]:
    """Criteria whose answer does not fit, each with what was expected. None: the form is filled in."""
    for criterion in form.criteria:
        if criterion.name not in answers:
            yield criterion.name, "expected an answer"
            continue
        answer = answers[criterion.name]
        if answer is None and not criterion.may_not_apply:
            yield criterion.name, "expected an answer: this criterion always applies"
        elif answer is not None and not 0 <= answer <= criterion.most:
            yield criterion.name, f"expected 0 to {criterion.most}"
    for name in answers.keys() - {criterion.name for criterion in form.criteria}:
        yield name, "expected only criteria of the form"


def total(form: Form, answers: Answers) -> float:
    """The score in per cent, 0 to 100, of a form that is filled in (``faults`` finds nothing).

    100 * sum(weight * answer / most) / sum(weight) over the criteria that applied and are not fatal; 0 when some fatal criterion was
    answered with no. Each criterion so counts by its weight alone, however many points it has; what did not apply counts neither way.
    """
    if any(criterion.kind is Kind.FATAL and answers[criterion.name] == 0 for criterion in form.criteria):
        return 0.0
    counted = [(one.weight, answer / one.most) for one in form.criteria if one.weight and (answer := answers[one.name]) is not None]
    return 100.0 * sum(weight * part for weight, part in counted) / sum(weight for weight, _ in counted)
