"""Whatever menus are configured, and whatever is keyed: proven before, and nobody is stuck or sent to a place that does not exist."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from acd.customer import Customer, OpenCase
from acd.hours import open_hours, opening_word
from acd.instants import micros
from acd.model import AgentId
from acd.plan import Plan
from config.check import check
from config.compile import compile_menu, compile_plan, queue_ids
from config.dialplan import render
from config.picture import picture
from config.references import broken_references
from config.schema import Config
from config.schema.secrets import ExchangeSecrets
from config.schema.source import Severity
from config.spoken import OPENING_PREFIX
from config.texts import prompt_texts
from ivr.dialogue import MENUS_PER_CALL, Ask, Collect, MenuTaken, Say, WhoCalls, unasked, walk
from ivr.dialogue import entry_of as entry_on
from ivr.menu import MenuPlan
from tests.property.random_menus import random_keys, shipped_rows, with_random_menus

MOST_STEPS = 2000
"""Far beyond what the nodes of one call can say and ask."""
A_YEAR_IN_MINUTES = 365 * 24 * 60
DUE = datetime(2026, 12, 1, 14, 50, tzinfo=UTC)
KNOWN_CASE = OpenCase("T-203885", "printers", "L2", AgentId("sun.li"), "paper jam", "waiting_parts", DUE)
STRANGE_CASE = OpenCase("T-182634", "teapots", "", None, "cold", "lost", None)
PEOPLE: tuple[tuple[Customer, ...], ...] = (
    (), (Customer("C-1", "Lin", cases=(KNOWN_CASE,)),),
    (Customer("C-1", "Lin", language="en"), Customer("C-2", "He", cases=(STRANGE_CASE, KNOWN_CASE))),
)  # fmt: skip
"""A stranger, who has one case, and two people of one number."""


def random_config(seed: int) -> Config:
    rows = shipped_rows()
    with_random_menus(rows, random.Random(seed))
    config = Config.model_validate_json(json.dumps(rows))
    assert broken_references(config) == []
    return config


@dataclass
class Hotline:
    """What a configuration is compiled to, at some moment."""

    config: Config
    at: datetime
    menu: MenuPlan = field(init=False)
    plan: Plan = field(init=False)
    prompts: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.menu, self.plan, self.prompts = compile_menu(self.config), compile_plan(self.config), prompt_texts(self.config)

    @property
    def today(self) -> str:
        return self.at.date().isoformat()

    def speaks(self, prompt: str) -> None:
        assert set(self.prompts[prompt]) == set(self.config.languages)

    def meets(self, dnis: str, ani: str, keys: list[str], chance: random.Random) -> str:
        """Where a caller comes to who keys these; every prompt that he meets is there in every language."""
        if (facts := unasked(self.menu, entry_on(self.menu, dnis, self.today), "", self.today)) is not None:
            return facts.destination or f"{facts.product_line}.{facts.level}"
        people: tuple[Customer, ...] = ()
        hours = {queue.id: open_hours(self.plan, queue, micros(self.at)) for queue in self.plan.queues}
        steps = walk(self.menu, dnis, ani, self.today, lambda: people, lambda queue: hours[queue])  # type: ignore[index]
        step, nodes = next(steps), 0
        for _ in range(MOST_STEPS):
            answer = ""
            match step:
                case Say(prompt) | Ask(prompt):
                    self.speaks(prompt)
                    answer = keys.pop() if keys else ""
                case Collect(prompt, most):
                    if prompt:
                        self.speaks(prompt)
                    answer = "".join(keys.pop() for _ in range(min(most, len(keys)))).partition("#")[0]
                case MenuTaken():
                    nodes += 1
                case WhoCalls():
                    people = chance.choice(PEOPLE)
            try:
                step = steps.send(answer)
            except StopIteration as end:
                assert nodes <= MENUS_PER_CALL + 2, "besides the menu's nodes, who calls, and which case he goes on with"
                return end.value.destination or f"{end.value.product_line}.{end.value.level}"
        raise AssertionError("he is still in the menu")

    def says_when_each_queue_opens(self) -> None:
        for queue in self.plan.queues:
            if word := opening_word(self.plan, queue, micros(self.at)):
                self.speaks(f"{OPENING_PREFIX}{word}")


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 2**32), data=st.data())
def test_random_menus_are_proven_and_lead_whoever_keys_whatever_to_a_queue_or_a_destination(seed: int, data: st.DataObject) -> None:
    config, chance = random_config(seed), random.Random(seed)
    assert [problem for problem in check(config) if problem.severity is Severity.ERROR] == []
    hotline = Hotline(config, datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(A_YEAR_IN_MINUTES)))
    known = {*queue_ids(config), *config.destinations}

    for _ in range(data.draw(st.integers(1, 30))):
        dnis = chance.choice([*config.entries, *config.handovers, "999", ""])
        assert hotline.meets(dnis, chance.choice(["", "139"]), list(random_keys(chance, 60)), chance) in known
    hotline.says_when_each_queue_opens()

    dialplan = render(config, ExchangeSecrets("a-secret", {}), "main")["extensions.conf"]
    survival = dialplan[dialplan.index("[hotline-survival]") :]
    assert [dnis for dnis in (*config.entries, *config.handovers) if f"exten => {dnis},1," not in survival] == []
    assert [name for name in config.destinations if f"exten => {name},1," not in dialplan] == []
    assert picture(hotline.menu, config.prompts).startswith("<svg")
