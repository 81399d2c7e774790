"""A conversation's total: between 0 and 100, by weight alone, 0 for a fatal no; and a form's version is its content's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.scoring import Answers, Criterion, Form, Kind, faults, form_from, total

WORDS = {"zh": "问", "en": "asked"}
GREETING = Criterion("greeting", Kind.YES_NO, WORDS, {}, 1, 1.0)
SKILL = Criterion("skill", Kind.POINTS, WORDS, {}, 5, 3.0)
TIP = Criterion("tip", Kind.YES_NO, WORDS, {}, 1, 1.0, may_not_apply=True)
PRIVACY = Criterion("privacy", Kind.FATAL, WORDS, {}, 1, 0.0)
FORM = Form("support", WORDS, (GREETING, SKILL, TIP, PRIVACY))


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, Answers]:
    """A form and answers that fit it."""
    kinds = [Kind.POINTS, *draw(st.lists(st.sampled_from(list(Kind)), max_size=6))]
    criteria, answers = [], {}
    for number, kind in enumerate(kinds):
        name, most = f"c{number}", draw(st.integers(1, 10)) if kind is Kind.POINTS else 1
        weight = 0.0 if kind is Kind.FATAL else draw(st.floats(0.1, 100))
        may_not_apply = number > 0 and draw(st.booleans())
        criteria.append(Criterion(name, kind, WORDS, {}, most, weight, may_not_apply))
        answers[name] = draw(st.none() | st.integers(0, most)) if may_not_apply else draw(st.integers(0, most))
    return Form("f", WORDS, tuple(criteria)), answers


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"greeting": 1, "skill": 5, "tip": 1, "privacy": 1}, 100.0),
        ({"greeting": 0, "skill": 5, "tip": None, "privacy": 1}, 75.0),
        ({"greeting": 1, "skill": 3, "tip": 0, "privacy": 1}, 56.0),
        ({"greeting": 1, "skill": 5, "tip": 1, "privacy": 0}, 0.0),
    ],
)
def test_the_total_is_what_the_definition_says(answers: Answers, expected: float) -> None:
    assert not list(faults(FORM, answers))
    assert total(FORM, answers) == pytest.approx(expected)


@given(filled())
def test_a_total_is_a_share_and_a_fatal_no_is_the_end_of_it(of: tuple[Form, Answers]) -> None:
    form, answers = of
    assert not list(faults(form, answers))
    found = total(form, answers)
    assert 0 <= found <= 100 + 1e-9
    if any(one.kind is Kind.FATAL and answers[one.name] == 0 for one in form.criteria):
        assert found == 0
    elif all(answers[one.name] in (None, one.most) for one in form.criteria):
        assert found == pytest.approx(100)


@given(filled(), st.data())
def test_a_better_answer_never_makes_it_less(of: tuple[Form, Answers], data: st.DataObject) -> None:
    form, answers = of
    better = data.draw(st.sampled_from([one for one in form.criteria if answers[one.name] is not None]))
    assert total(form, {**answers, better.name: better.most}) >= total(form, answers) - 1e-9


@given(filled(), st.floats(0.01, 50))
def test_only_the_ratio_of_the_weights_counts(of: tuple[Form, Answers], factor: float) -> None:
    form, answers = of
    scaled = replace(form, criteria=tuple(replace(one, weight=one.weight * factor) for one in form.criteria))
    assert total(scaled, answers) == pytest.approx(total(form, answers))


def test_what_does_not_apply_is_as_if_it_were_not_asked() -> None:
    without = replace(FORM, criteria=(GREETING, SKILL, PRIVACY))
    answers = {"greeting": 0, "skill": 4, "privacy": 1}
    assert total(FORM, {**answers, "tip": None}) == total(without, answers)


def test_answers_that_do_not_fit_are_named() -> None:
    wrong = {"greeting": None, "skill": 6, "privacy": 2, "unknown": 1}
    assert [name for name, _ in faults(FORM, wrong)] == ["greeting", "skill", "tip", "privacy", "unknown"]


@given(filled())
def test_a_form_comes_back_from_its_content_with_its_version(of: tuple[Form, Answers]) -> None:
    form = of[0]
    assert form_from(form.content) == form
    assert form_from(form.content).version == form.version


def test_whatever_is_asked_otherwise_is_another_version() -> None:
    others = [
        replace(FORM, criteria=FORM.criteria[::-1]), replace(FORM, criteria=(replace(GREETING, weight=2.0), *FORM.criteria[1:])),
        replace(FORM, label={"zh": "别的", "en": "asked"}), replace(FORM, criteria=(replace(GREETING, hint=WORDS), *FORM.criteria[1:])),
    ]  # fmt: skip
    assert len({form.version for form in (FORM, *others)}) == 5
