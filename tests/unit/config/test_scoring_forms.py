"""Forms for scoring in the configuration: which one is for a queue, and what is wrong with one is told with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acd.scoring import Kind
from config.check import check
from config.loader import ConfigError
from config.schema import Config
from config.schema.source import Severity
from config.scoring_forms import LEAST_KEPT_DAYS, form_of, forms
from tests.unit.config.conftest import SHIPPED

Changed = Callable[..., Config]
SUPPORT = "      label: {zh: 技术支持, en: Technical support}\n"
WORDS = "{zh: 甲, en: A}"
FIRST = "    support:\n"


def more(name: str, of: str) -> tuple[str, str]:
    """A further form before the shipped one."""
    return FIRST, f"    {name}: {{label: {WORDS}, {of}criteria: {{q: {{label: {WORDS}, kind: yes_no}}}}}}\n{FIRST}"


def with_forms(changed: Changed, *rows: tuple[str, str]) -> Config:
    """The shipped configuration with further forms, each a name and what it is for."""
    return changed(*(more(name, of) for name, of in rows))


def test_the_shipped_form_is_for_every_queue_and_says_what_counts(changed: Changed) -> None:
    config = changed()
    assert form_of(config, "printers.L1") == "support"
    form = forms(config)["support"]
    of = {one.name: (one.kind, one.most, one.weight) for one in form.criteria}
    assert of["greeting"] == (Kind.YES_NO, 1, 1.0)
    assert of["skill"] == (Kind.POINTS, 5, 3.0)
    assert of["privacy"] == (Kind.FATAL, 1, 0.0)
    assert forms(changed())["support"].version == form.version


def test_a_queues_form_comes_before_its_lines_and_that_before_all_others(changed: Changed) -> None:
    config = with_forms(changed, ("fine", "queues: [printers.L2], "), ("print", "product_lines: [printers], "))
    found = {queue: form_of(config, queue) for queue in ("printers.L1", "printers.L2", "servers.L2")}
    assert found == {"printers.L1": "print", "printers.L2": "fine", "servers.L2": "support"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("{zh: 规范问候, en: Greeting}", "{zh: 规范问候}"), "found label of criterion 'greeting' without language 'en'"),
        (("{zh: 公司名称和工号, en: Company and agent number}", "{zh: 公司, fr: nom}"), "found hint of criterion 'greeting'"),
        (more("other", ""), "for all the others beside 'other'"),
        (more("other", "product_lines: [printer], "), "did you mean 'printers'?"),
        (more("other", "queues: [phones.L1], "), "found queue 'phones.L1'"),
        (("kind: yes_no}\n        questions", "kind: yes_no, most: 3}\n        questions"), "expected most only where kind is points"),
        (("kind: fatal}", "kind: fatal, weight: 2}"), "expected no weight where kind is fatal"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(changed: Changed, change: tuple[str, str], says: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        changed(change)
    assert says in str(refusal.value)
    assert all(problem.line for problem in refusal.value.problems)


def test_a_form_in_which_nothing_need_count_is_refused(changed: Changed) -> None:
    idle = f"    idle: {{label: {WORDS}, queues: [pcs.L1], criteria: {{q: {{label: {WORDS}, kind: yes_no, may_not_apply: true}}}}}}\n"
    with pytest.raises(ConfigError, match="always applies"):
        changed((FIRST, idle + FIRST))


def test_a_recorded_queue_without_a_form_is_worth_a_word(changed: Changed) -> None:
    config = changed(
        (SUPPORT, SUPPORT + "      product_lines: [printers]\n"),
        ("    wrap_up_seconds: 30\n", "    wrap_up_seconds: 30\n    record: 20\n"),
        ("prompts:\n", "prompts:\n  recording_notice: {zh: 录音, en: recorded}\n"),
    )
    told = [one for one in check(config) if "can't be scored" in one.text]
    assert {one.severity for one in told} == {Severity.WARNING}
    assert any("servers.L1" in one.text for one in told)
    assert not any("printers" in one.text for one in told)


RULES = "    wrap_up_seconds: 30\n"
NOTICE = ("prompts:\n", "prompts:\n  recording_notice: {zh: 录音, en: recorded}\n")
SHORT = "before they can be scored"


@pytest.mark.parametrize(
    ("recorded", "written"),
    [
        ((RULES, RULES + "    record: 20\n    keep_days: 13\n"), "keep_days: 13"),
        ((RULES, RULES + "    record: 20\n    keep_days: 14\n"), None),
        ((RULES, RULES + "    keep_days: 7\n"), None),
        ((RULES, RULES + "    record: 20\n"), None),
    ],
)
def test_a_recorded_queue_whose_recordings_go_too_soon_to_be_scored_is_worth_a_word(
    changed: Changed, recorded: tuple[str, str], written: str | None
) -> None:
    config = changed(recorded, NOTICE)
    told = [one for one in check(config) if SHORT in one.text]
    assert len(told) == (written is not None)
    if written is not None:
        [one] = told
        assert one.severity is Severity.WARNING and "printers.L1" in one.text and f"{LEAST_KEPT_DAYS} or more" in one.text
        lines = SHIPPED.replace(*recorded).replace(*NOTICE).splitlines()
        assert one.file == "hotline.yaml" and lines[(one.line or 0) - 1].strip() == written


def test_the_word_stands_where_the_days_are_written(changed: Changed) -> None:
    whole = ("survival: {heart", "recording: {keep_days: 10}\nsurvival: {heart")
    own = ("printers.L1: {strategy: least_scarce}", "printers.L1: {strategy: least_scarce, keep_days: 5}")
    kept = ("printers.L3: {survey: true}", "printers.L3: {survey: true, keep_days: 30}")
    told = {one.path: one for one in check(changed((RULES, RULES + "    record: 20\n"), NOTICE, whole, own, kept)) if SHORT in one.text}
    assert set(told) == {("recording", "keep_days"), ("queues", "overrides", "printers.L1", "keep_days")}
    assert all(one.line for one in told.values())
    assert "servers.L1" in told["recording", "keep_days"].text and "printers.L3" not in told["recording", "keep_days"].text


def test_where_nothing_is_scored_recordings_may_go_soon(changed: Changed) -> None:
    config = changed((RULES, RULES + "    record: 20\n    keep_days: 1\n"), NOTICE)
    assert not [one for one in check(config.model_copy(update={"quality": None})) if SHORT in one.text]
