"""Whatever menus are configured, and whatever is keyed: proven before, and nobody is stuck or sent to a place that does not exist."""

from __future__ import annotations

import json
import random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from config.check import check
from config.compile import compile_menu, queue_ids
from config.dialplan import render
from config.picture import picture
from config.references import broken_references
from config.schema import Config
from config.schema.secrets import ExchangeSecrets
from config.schema.source import Severity
from config.texts import prompt_texts
from ivr.dialogue import MENUS_PER_CALL, Ask, Collect, MenuTaken, Say, walk
from ivr.menu import MenuPlan
from tests.property.random_menus import random_keys, shipped_rows, with_random_menus

MOST_STEPS = 2000
"""Far beyond what the nodes of one call can say and ask."""


def random_config(seed: int) -> Config:
    rows = shipped_rows()
    with_random_menus(rows, random.Random(seed))
    config = Config.model_validate_json(json.dumps(rows))
    assert broken_references(config) == []
    return config


def walked(menu: MenuPlan, dnis: str, ani: str, keys: list[str], prompts: dict[str, dict[str, str]], languages: tuple[str, ...]) -> str:
    """Where a caller comes to who keys these; every prompt that he meets is there in every language."""
    steps = walk(menu, dnis, ani)
    step, nodes = next(steps), 0
    for _ in range(MOST_STEPS):
        answer = ""
        match step:
            case Say(prompt) | Ask(prompt):
                assert set(prompts[prompt]) == set(languages)
                answer = keys.pop() if keys else ""
            case Collect(_, most):
                answer = "".join(keys.pop() for _ in range(min(most, len(keys)))).partition("#")[0]
            case MenuTaken():
                nodes += 1
        try:
            step = steps.send(answer)
        except StopIteration as end:
            assert nodes <= MENUS_PER_CALL
            facts = end.value
            return facts.destination or f"{facts.product_line}.{facts.level}"
    raise AssertionError("he is still in the menu")


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 2**32), data=st.data())
def test_random_menus_are_proven_and_lead_whoever_keys_whatever_to_a_queue_or_a_destination(seed: int, data: st.DataObject) -> None:
    config = random_config(seed)
    assert [problem for problem in check(config) if problem.severity is Severity.ERROR] == []
    menu, prompts = compile_menu(config), prompt_texts(config)
    known = {*queue_ids(config), *config.destinations}
    chance = random.Random(seed)

    for _ in range(data.draw(st.integers(1, 30))):
        dnis = chance.choice([*config.entries, "999", ""])
        keys = list(random_keys(chance, 60))
        assert walked(menu, dnis, chance.choice(["", "139"]), keys, prompts, config.languages) in known

    dialplan = render(config, ExchangeSecrets("a-secret", {}), "main")["extensions.conf"]
    survival = dialplan[dialplan.index("[hotline-survival]") :]
    assert [dnis for dnis in (*config.entries, *config.handovers) if f"exten => {dnis},1," not in survival] == []
    assert [name for name in config.destinations if f"exten => {name},1," not in dialplan] == []
    assert picture(menu, config.prompts).startswith("<svg")
