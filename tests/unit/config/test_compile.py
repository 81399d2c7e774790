"""The configuration becomes the plan, the menu and the prompts that the core works with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from acd.model import Level, MissCause, QueueId
from acd.plan import CALLED_BACK, RETURNING, AgentPlan, AnnounceRules, QueuePlan, Strategy, Telling
from config.compile import compile_menu, compile_plan, queue_ids, zone_changes
from config.schema import Config
from config.texts import prompt_texts
from ivr.dialogue import Facts, MenuTaken, walk
from skills.expression import describe, satisfies
from skills.requirement import bind_requirement

Changed = Callable[..., Config]


def queue(config: Config, name: str) -> QueuePlan:
    return next(row for row in compile_plan(config).queues if row.id == name)


def agent(config: Config, name: str) -> AgentPlan:
    return next(row for row in compile_plan(config).agents if row.id == name)


def test_each_product_line_has_a_queue_for_each_level(shipped: Config) -> None:
    plan = compile_plan(shipped)

    assert len(plan.queues) == 12
    assert tuple(row.id for row in plan.queues) == queue_ids(shipped)
    assert {(row.product_line, row.level) for row in plan.queues} >= {("printers", Level.L2)}


def test_what_an_agent_can_do_gets_its_skills_names(shipped: Config) -> None:
    assert agent(shipped, "zhou.qiang").skills == {
        "product:servers": 5,
        "product:pcs": 3,
        "level:L3": 5,
        "level:L2": 4,
        "language:zh": 5,
        "language:en": 3,
        "platform:linux": 5,
        "platform:windows": 3,
    }


def test_a_level_without_proficiency_gets_the_usual_one(shipped: Config) -> None:
    assert agent(shipped, "li.wei").skills["level:L1"] == 3


def test_an_override_changes_only_what_it_names(shipped: Config) -> None:
    ordinary, special = queue(shipped, "servers.L2"), queue(shipped, "servers.L3")

    assert (ordinary.strategy, ordinary.wrap_up_seconds, ordinary.wrap_up_mandatory) == (Strategy.LONGEST_IDLE, 30, False)
    assert (special.strategy, special.wrap_up_seconds, special.wrap_up_mandatory) == (Strategy.BEST_PROFICIENCY, 60, True)
    assert [step.name for step in special.requirement.steps] == [step.name for step in ordinary.requirement.steps]


@pytest.mark.parametrize(
    ("name", "neighbours"),
    [("pcs.L1", "level:L2"), ("pcs.L2", "level:L1 or level:L3"), ("pcs.L3", "level:L2")],
)
def test_the_neighbouring_levels_are_those_next_to_the_queues_own(shipped: Config, name: str, neighbours: str) -> None:
    step = next(step for step in queue(shipped, name).requirement.steps if step.name == "neighbouring level")

    assert neighbours in describe(step.need)
    assert "neighbour" not in describe(step.need)


def test_a_line_of_a_single_level_has_no_neighbours(changed: Changed) -> None:
    config = changed(("scanners: {label: {zh: 扫描仪, en: Scanners}, ", "scanners: {label: {zh: 扫描仪, en: Scanners}, levels: [L1], "),
                     ("next: level}\n      9:", "next: null}\n      9:"))  # fmt: skip
    steps = queue(config, "scanners.L1").requirement.steps

    assert "level:{level} or nobody" in describe(next(step for step in steps if step.name == "neighbouring level").need)


def test_a_bound_requirement_asks_for_the_call_at_hand(shipped: Config) -> None:
    bound = bind_requirement(queue(shipped, "printers.L2").requirement, {"product_line": "printers", "level": "L2", "language": "en"})

    assert [step.name for step in bound.steps][:2] == ["exact level", "neighbouring level"]
    assert describe(bound.steps[0].need) == "product:printers>=3 and level:L2 and language:en"
    assert satisfies(bound.steps[0].need, "sun.li", agent(shipped, "sun.li").skills)
    assert not satisfies(bound.steps[0].need, "zhao.lei", agent(shipped, "zhao.lei").skills)


def test_the_promised_engineer_comes_first_when_there_is_one(shipped: Config) -> None:
    values = {"product_line": "pcs", "level": "L1", "language": "zh", "preferred_agent": "wang.fang"}

    assert describe(bind_requirement(queue(shipped, "pcs.L1").requirement, values).steps[0].need) == "agent wang.fang"


def test_head_starts_are_those_of_segments_and_of_urgency(shipped: Config) -> None:
    applying = {name: value for name, value in compile_plan(shipped).head_start_seconds.items() if value}
    assert applying == {"key_account": 120, "complaint": 120, "urgent": 180}


def test_callers_who_go_on_with_a_case_and_promised_callbacks_have_a_head_start_where_it_is_configured(changed: Changed) -> None:
    assert {compile_plan(changed()).head_start_seconds[name] for name in (RETURNING, CALLED_BACK)} == {0.0}
    plan = compile_plan(changed(
        ("urgent_head_start_seconds: 180", "returning_head_start_seconds: 90"),
        ("# callbacks: {trunk: provider", "callbacks: {head_start_seconds: 60, trunk: provider"),
        ("provider: {match: [127.0.0.1],", "provider: {match: [127.0.0.1], contact: 'sip:192.0.2.1',"),
    ))  # fmt: skip
    assert (plan.head_start_seconds[RETURNING], plan.head_start_seconds[CALLED_BACK]) == (90, 60)


def test_each_cause_of_a_miss_has_its_own_rule(shipped: Config) -> None:
    rona = compile_plan(shipped).rona

    assert set(rona) == set(MissCause)
    assert (rona[MissCause.BUSY].retry_after_seconds, rona[MissCause.BUSY].misses_to_not_ready) == (10, 3)


def test_days_begin_at_midnight_of_the_hotlines_zone(shipped: Config, changed: Changed) -> None:
    berlin = changed(("Asia/Shanghai", "Europe/Berlin"))

    assert compile_plan(shipped).zone_offset_seconds == 8 * 3600
    assert compile_plan(berlin, datetime(2026, 1, 1, tzinfo=UTC)).zone_offset_seconds == 3600
    assert compile_plan(berlin, datetime(2026, 7, 1, tzinfo=UTC)).zone_offset_seconds == 7200


def test_equal_configurations_give_equal_plans(shipped: Config, changed: Changed) -> None:
    assert compile_plan(shipped) == compile_plan(changed())
    assert compile_menu(shipped) == compile_menu(changed())


def test_prompts_are_there_in_each_language(shipped: Config) -> None:
    assert all(set(texts) == {"zh", "en"} for texts in prompt_texts(shipped).values())


def walked(config: Config, dnis: str, digits: str) -> Facts:
    """The facts of a caller who keys ``digits`` one menu after the other."""
    steps, keys = walk(compile_menu(config), dnis), iter(digits)
    answer = None
    try:
        while True:
            step = steps.send(answer)  # type: ignore[arg-type]  # the first one is None, as every generator wants it
            answer = next(keys, "") if type(step).__name__ == "Ask" else ""
    except StopIteration as end:
        facts: Facts = end.value
        return facts


@pytest.mark.parametrize(
    ("dnis", "digits", "expected"),
    [
        ("4008001234", "32", ("zh", "printers", Level.L2, False)),
        ("4008001234", "51", ("en", "servers", Level.L1, False)),
        ("4008001234", "23", ("zh", "pcs", Level.L3, True)),
        ("4008001234", "0", ("zh", "pcs", Level.L1, False)),
        ("4008001234", "*41", ("en", "scanners", Level.L1, False)),
        ("4008001234", "", ("zh", "pcs", Level.L1, False)),
        ("4008002003", "22", ("en", "printers", Level.L2, False)),
        ("4008001235", "41", ("en", "scanners", Level.L1, False)),
        ("12345", "43", ("zh", "scanners", Level.L3, True)),
    ],
)
def test_the_menu_understands_what_is_keyed(shipped: Config, dnis: str, digits: str, expected: tuple[object, ...]) -> None:
    facts = walked(shipped, dnis, digits)

    assert (facts.language, facts.product_line, facts.level, facts.urgent) == expected


def test_the_dialled_number_may_name_segment_and_agent(shipped: Config) -> None:
    assert walked(shipped, "4008009000", "11").known["segment"] == "key_account"
    assert walked(shipped, "02188881002", "11").known["preferred_agent"] == "wang.fang"


def test_a_choice_is_reported_by_its_name(shipped: Config) -> None:
    assert walked(shipped, "4008002001", "23").path == (MenuTaken("language", "2", "english"), MenuTaken("level", "3", "emergency"))


def test_the_changes_to_summer_time_are_compiled_in() -> None:
    winter = datetime(2026, 1, 1, tzinfo=UTC)
    changes = zone_changes(ZoneInfo("Europe/Berlin"), winter)
    assert [change.offset_seconds for change in changes] == [7200.0, 3600.0, 7200.0]
    assert changes[0].at_seconds == datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp()
    assert zone_changes(ZoneInfo("Asia/Shanghai"), winter) == ()


def test_a_numbered_prompt_is_a_prompt_for_each_number_that_is_told(changed: Changed) -> None:
    texts = prompt_texts(changed(("step_minutes: 1, most: 20", "step_minutes: 5, most: 12")))

    assert [name for name in texts if name.startswith("queue_")] == ["queue_wait_5", "queue_wait_10", "queue_position_1", "queue_wait_1"]
    assert texts["queue_wait_10"]["en"] == "The expected wait is about 10 minutes."


def test_a_number_with_a_text_of_its_own_is_said_by_that(shipped: Config) -> None:
    assert prompt_texts(shipped)["queue_wait_1"]["en"] == "The expected wait is about one minute."


def test_a_queue_tells_what_its_rules_say(changed: Changed, shipped: Config) -> None:
    silent = changed(("servers.L3: {", "servers.L3: {announce: {tell: nothing}, "))
    by_id = {queue.id: queue.announce for queue in compile_plan(silent).queues}

    assert by_id[QueueId("servers.L3")] is None
    assert by_id[QueueId("servers.L2")] == AnnounceRules(Telling.WAIT, 60.0, 1, 20)


def test_the_offer_to_go_on_with_a_case_is_a_prompt_for_each_product_line(shipped: Config) -> None:
    texts = prompt_texts(shipped)
    assert "continue_case" not in texts
    assert texts["continue_case_printers"]["en"] == "To continue with your printer case, press one. For anything else, press two."
    assert "您的打印机服务单" in texts["continue_case_printers"]["zh"]
    returning = compile_menu(shipped).returning
    assert returning is not None
    assert set(returning.prompts.values()) <= set(texts)
    assert returning.queues == set(queue_ids(shipped))
    assert returning.ask_number is None


def test_without_customers_nobody_is_recognised(changed: Changed) -> None:
    config = changed(
        ("\ncustomers: {", "\n# customers: {"), ('"case:status"', "welcome"),
        ("finds: case, found: case_status, ", ""), ("finds: customer, ", ""),
    )  # fmt: skip
    assert compile_menu(config).returning is None
    assert "continue_case_printers" not in prompt_texts(config)


def test_where_only_a_rule_promises_callbacks_they_are_never_offered_in_hold(changed: Changed) -> None:
    plan = compile_plan(changed(
        ("# callbacks: {trunk: provider", "callbacks: {allowed: ['13'], refused: ['130'], shortest: 7, trunk: provider"),
        ("provider: {match: [127.0.0.1],", "provider: {match: [127.0.0.1], contact: 'sip:192.0.2.1',"),
        ("      - {name: closed, when_cl", "      - {name: later, when_closed: true, to_callback: true}\n      - {name: closed, when_cl"),
    ))  # fmt: skip
    made = plan.queues[0].callback
    assert made is not None and plan.queues[0].overflow[0].to_callback
    assert (made.when_expected_seconds, made.when_ahead, made.when_waited_seconds, made.order) == (None, None, None, "customer_first")
    asked = ("13900000", "1300000000", "139000", "02100000")
    assert [plan.callback_numbers.allow(number) for number in asked] == [True, False, False, False]


def test_agents_key_no_number_unless_it_is_configured_and_then_no_emergency_foreign_or_premium_one(changed: Changed) -> None:
    assert compile_plan(changed()).outside_numbers is None
    contact = ("provider: {match: [127.0.0.1],", "provider: {match: [127.0.0.1], contact: 'sip:192.0.2.1',")
    on = ("# outside_numbers: {trunk: provider, caller_id: 4008001234, allowed: ['13', '15', '18', '021']}",
          "outside_numbers: {trunk: provider, caller_id: 4008001234}")  # fmt: skip
    guard = compile_plan(changed(contact, on)).outside_numbers
    assert guard is not None
    asked = ("13800138000", "95588", "110", "0110123", "11012", "+8613800138000", "0081312345678", "16812345", "1234", "1" * 16)
    assert [guard.allow(number) for number in asked] == [True, True, *[False] * 8]


def test_every_opening_that_can_be_told_is_a_prompt_in_every_language(changed: Changed) -> None:
    assert not [name for name in prompt_texts(changed()) if name.startswith("opens_")]
    tells = ("closed: {say: closed}", "closed: {say: closed, tells_opening: true}")
    texts = prompt_texts(changed(tells, ('opens: "00:00"', 'opens: "08:30"')))
    told = {name: words for name, words in texts.items() if name.startswith("opens_")}
    assert len(told) == 9
    assert told["opens_mon_0830"] == {"zh": "我们将于星期一8点30分恢复服务。", "en": "We are open again on Monday at 8:30."}


def test_keys_that_every_menu_has_do_not_answer_for_a_menu_that_is_passed_over(shipped: Config) -> None:
    """0 for an operator says PCs as 2 does; who dialled the PCs' line is asked for the level all the same."""
    product = compile_menu(shipped).menus["product"]

    first = next(branch for branch in product.branches if branch.sets.get("product_line") == "pcs")
    assert (first.key, first.next) == ("2", "level")
    assert {branch.key for branch in product.branches} == set("123490*#")
