from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.admission import Admission, bits
from skills.expression import EVERYBODY, All, AnyOf, Expression, Has, IsAgent, Not, bind, describe, satisfies
from skills.requirement import Requirement, Step, bind_requirement, step_at

SKILLS = ["product:printers", "product:servers", "level:L1", "language:zh"]
NAMES = ["ann", "bob", "cat"]

leaves = st.one_of(
    st.builds(Has, st.sampled_from(SKILLS), st.integers(0, 6)),
    st.builds(IsAgent, st.sampled_from([*NAMES, "nobody"])),
)
expressions = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(All, st.lists(parts, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=8,
)
companies = st.lists(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5)), min_size=3, max_size=3)


@given(expressions, companies)
def test_the_mask_holds_exactly_those_who_satisfy_the_expression(expression: Expression, company: list[dict[str, int]]) -> None:
    agents = list(zip(NAMES, company, strict=True))
    admitted = [NAMES[index] for index in bits(Admission(agents).mask(expression))]
    assert admitted == [name for name, skills in agents if satisfies(expression, name, skills)]


def test_a_missing_skill_is_no_match_and_not_proficiency_zero() -> None:
    assert not satisfies(Has("language:ja", 0), "ann", {"language:zh": 5})
    assert satisfies(Not(Has("language:ja")), "ann", {"language:zh": 5})


def test_proficiency_counts_from_its_minimum() -> None:
    assert satisfies(Has("level:L2", 3), "ann", {"level:L2": 3})
    assert not satisfies(Has("level:L2", 3), "ann", {"level:L2": 2})


def test_a_template_binds_to_what_is_known_of_the_call() -> None:
    template = All((Has("product:{product_line}", 2), AnyOf((IsAgent("{preferred_agent}"), Has("level:{level}")))))
    bound = bind(template, {"product_line": "printers", "level": "L1"})
    assert bound == All((Has("product:printers", 2), AnyOf((Has("level:L1"),))))


def test_what_asks_for_something_unknown_binds_to_nothing() -> None:
    assert bind(IsAgent("{preferred_agent}"), {}) is None
    assert bind(All((Has("level:L1"), IsAgent("{preferred_agent}"))), {}) is None
    assert bind(AnyOf((IsAgent("{preferred_agent}"),)), {}) is None
    assert bind(Not(IsAgent("{preferred_agent}")), {}) == EVERYBODY


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Has("level:L2"), "level:L2"),
        (Has("level:L2", 3), "level:L2>=3"),
        (All((Has("a:b"), AnyOf((Has("c:d"), IsAgent("ann"))))), "a:b and (c:d or agent ann)"),
        (Not(All((Has("a:b"), Has("c:d")))), "not (a:b and c:d)"),
        (EVERYBODY, "anybody"),
        (AnyOf(()), "nobody"),
    ],
)
def test_an_expression_reads_as_a_person_would_say_it(expression: Expression, text: str) -> None:
    assert describe(expression) == text


def test_a_step_ends_at_its_expiry() -> None:
    needs = Requirement((Step("exact", Has("level:L1"), 30.0), Step("any", EVERYBODY)))
    assert [step_at(needs, waited) for waited in (0.0, 29.999, 30.0, 1e9)] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ((), "at least one step"),
        ((Step("a", EVERYBODY, 5.0),), "must have no until_seconds"),
        ((Step("a", EVERYBODY), Step("b", EVERYBODY)), "is not the last"),
        ((Step("a", EVERYBODY, 5.0), Step("b", EVERYBODY, 5.0), Step("c", EVERYBODY)), "must rise"),
    ],
)
def test_a_requirement_that_makes_no_sense_is_refused(steps: tuple[Step, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Requirement(steps)


def test_a_sticky_step_is_left_out_for_a_call_without_a_preferred_agent() -> None:
    template = Requirement((Step("sticky", IsAgent("{preferred_agent}"), 10.0), Step("any", EVERYBODY)))
    assert [step.name for step in bind_requirement(template, {}).steps] == ["any"]


def test_the_last_step_that_is_left_stays_in_force_for_ever() -> None:
    template = Requirement((Step("exact", Has("level:L1"), 10.0), Step("sticky", IsAgent("{preferred_agent}"))))
    assert bind_requirement(template, {}) == Requirement((Step("exact", Has("level:L1")),))


def test_when_no_step_is_left_anybody_may_take_the_call() -> None:
    template = Requirement((Step("sticky", IsAgent("{preferred_agent}")),))
    assert bind_requirement(template, {}) == Requirement((Step("anybody", EVERYBODY),))
