"""The same callers through Asterisk's own ``Queue()`` and through the engine: each gets the same agent, in the same order.

Both sides run side by side on one real Asterisk, each with callers and phones of its own. Native: ``strategy = leastrecent``,
``ringinuse = no``, ``wrapuptime = 0``, ``autofill = yes``. Ours: one skill, one step, longest idle, no wrap-up.

What is compared is defined in both. ``Queue()`` looks once a second and remembers the end of an agent's last call in whole seconds, so
steps are further apart than that, and each is carried through before the next. Agents who have had no call yet are all alike to
``Queue()`` and taken in an order that nobody defines, so a first call each, hung up in order, precedes what is compared.

Where the two differ on purpose, and nothing is compared:

* An agent who does not answer: ``Queue()`` rings him again for ever unless ``autopause`` is set, which here it is; the engine takes him
  out by itself, for each cause as configured.
* An agent who was paused: ``Queue()`` goes by the end of his last call, the engine by when he became ready.
* An agent who missed a call and is free again: ``Queue()`` keeps him first in line, the engine puts him last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from hotline.local_hotline import LocalHotline
from hotline.simulated_phones import Manner
from tests.e2e.conftest import opened
from tests.e2e.quick_config import RING_SECONDS, quick
from tests.e2e.scene import Caller, House, Scene
from tests.e2e.waiting import until

QUALIFY_TIMEOUT_SECONDS = 2.0
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

APART_SECONDS = 2.1
"""Between two steps: two whole seconds of ``Queue()`` lie between any two ends of calls."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happens: ``+A`` caller A comes, ``-A`` he hangs up. It has a product line, and so a queue on each side, to itself."""

    line: str
    agents: int
    steps: str
    manners: dict[int, Manner] = field(default_factory=dict)
    """Agent (from 1) -> how his phone behaves once each has had his first call."""

    @property
    def callers(self) -> list[str]:
        """In order of arrival."""
        return [step[1:] for step in self.steps.split() if step[0] == "+"]


STORIES = {
    "more callers than agents": Story("servers", 2, "+A +B +C +D +E -B -A +F -C -D -F -E"),
    "more agents than callers": Story("pcs", 3, "+A +B -B +C -A +D -D -C +E +F +G -F -G -E +H -H"),
    "one phone is busy": Story("printers", 3, "+A +B +C -B +D -A -C +E -D -E", {1: Manner.BUSY}),
    "one phone is not answered": Story("scanners", 3, "+A +B +C +D -B -A +E -C -D -E", {2: Manner.SILENT}),
}
HELD_OR_RUNG = ("hotline-hold", "hotline-connect")
_FIRST_PHONE = {story.line: 10 * place for place, story in enumerate(STORIES.values())}


def our_phone(line: str, agent: int) -> str:
    return str(2000 + _FIRST_PHONE[line] + agent)


def native_phone(line: str, agent: int) -> str:
    return str(3000 + _FIRST_PHONE[line] + agent)


def native_number(line: str) -> str:
    return str(8800 + _FIRST_PHONE[line])


# ---- the house with both ------------------------------------------------------------------------------------------------------


class HotlineWithQueues(LocalHotline):
    """A hotline whose Asterisk has a native queue for each story beside ours."""

    def _asterisk_files(self) -> dict[str, str]:
        files = super()._asterisk_files()
        files["extensions.conf"] += "\n[hotline-entry](+)\n" + "".join(_native_entry(story.line) for story in STORIES.values())
        files["queues.conf"] += "".join(_native_queue(story) for story in STORIES.values())
        return files


def _native_entry(line: str) -> str:
    return f"exten => {native_number(line)},1,Answer()\n same => n,Queue(native-{line})\n same => n,Hangup()\n"


def _native_queue(story: Story) -> str:
    members = "".join(f"member => PJSIP/{native_phone(story.line, agent)}\n" for agent in range(1, story.agents + 1))
    return (
        f"\n[native-{story.line}]\nmusicclass = hotline\nstrategy = leastrecent\ntimeout = {RING_SECONDS}\nretry = 1\nwrapuptime = 0\n"
        f"ringinuse = no\nautofill = yes\nautopause = yes\njoinempty = yes\nannounce-frequency = 0\n{members}"
    )


def _one_skill(rows: dict[str, Any]) -> None:
    quick(rows)
    contact = next(iter(rows["phones"].values()))["contact"].partition("@")[2]
    seats = [(story.line, agent) for story in STORIES.values() for agent in range(1, story.agents + 1)]
    rows["agents"] = {_name(line, agent): _agent(line, agent) for line, agent in seats}
    phones = [phone(line, agent) for line, agent in seats for phone in (our_phone, native_phone)]
    rows["phones"] = {phone: {"contact": f"sip:{phone}@{contact}", "qualify_seconds": 1} for phone in phones}
    for entry in rows["entries"].values():
        entry.get("hints", {}).pop("preferred_agent", None)
    steps = [{"name": "the skill", "need": "product:{product_line}"}]
    rows["queues"] = {"defaults": {"strategy": "longest_idle", "wrap_up_seconds": 0, "steps": steps}}


def _name(line: str, agent: int) -> str:
    return f"{line}-{agent}"


def _agent(line: str, agent: int) -> dict[str, Any]:
    return {
        "name": _name(line, agent), "phone": our_phone(line, agent), "products": {line: 3},
        "levels": dict.fromkeys(("L1", "L2", "L3"), 3), "languages": dict.fromkeys(("zh", "en"), 3),
    }  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house_with_queues(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("queues"), _one_skill, HotlineWithQueues) as house:
        yield house


# ---- playing ------------------------------------------------------------------------------------------------------------------


class Side:
    """One story on one side: who calls, and who talks to whom."""

    def __init__(self, scene: Scene, story: Story, number: str, phones: Sequence[str]) -> None:
        self.assigned: list[tuple[str, int]] = []
        """(caller, agent from 1), in the order in which they came together."""
        self._scene = scene
        self._story = story
        self._number = number
        self._agents = {phone: place for place, phone in enumerate(phones, start=1)}
        self._there: dict[str, Caller] = {}

    async def first_calls(self) -> None:
        """Each agent has a call; they end in the agents' order, so that the first is idle for longest."""
        for place in range(self._story.agents):
            self._there[f"first {place}"] = await self._scene.call(self._number)
        talks = await self._settled(self._story.agents)
        for name, _ in sorted(talks.items(), key=lambda item: item[1]):
            await self._leaves(name)
            await asyncio.sleep(APART_SECONDS)
        await self._settled(self._story.agents)

    async def play(self) -> None:
        """The steps of the story, each carried through before the next."""
        answering = self._story.agents - len(self._story.manners)
        before: dict[str, int] = {}
        for step in self._story.steps.split():
            if step[0] == "+":
                self._there[step[1:]] = await self._scene.call(self._number)
                await self._in_line(self._there[step[1:]])
            else:
                await self._leaves(step[1:])
            _, talks = await asyncio.gather(asyncio.sleep(APART_SECONDS), self._settled(answering))
            self.assigned += sorted(talks.items() - before.items())
            before = talks

    async def _in_line(self, caller: Caller) -> None:
        """Wait until he is past his greeting: in hold, ringing or talking here, in ``Queue()`` there."""

        async def so_he_is() -> bool:
            rows = [line.split("!") for line in (await self._scene.hotline.asterisk.cli("core show channels concise")).splitlines()]
            return any(row[7] == caller.ani and (row[5] == "Queue" or row[1] in HELD_OR_RUNG) for row in rows if len(row) > 7)

        await until(so_he_is, f"{caller.ani} in line; he {caller.did()}")

    async def _leaves(self, name: str) -> None:
        await self._there.pop(name).hangs_up()

    async def _settled(self, agents: int) -> dict[str, int]:
        """Wait until as many talk as can; who talks to which agent then."""
        wanted = min(agents, len(self._there))

        async def all_talk() -> list[dict[str, int]]:
            talks = await self._talks()
            return [talks] if len(talks) == wanted else []

        return (await until(all_talk, f"{wanted} talks at {self._number}"))[0]

    async def _talks(self) -> dict[str, int]:
        lines = (await self._scene.hotline.asterisk.cli("core show channels concise")).splitlines()
        channels = [line.split("!") for line in lines if line.startswith("PJSIP/")]
        names = {caller.ani: name for name, caller in self._there.items()}
        called = {row[12]: _endpoint(row[0]) for row in channels if row[12] and _is_called(row)}
        callers = [(names.get(row[7]), called.get(row[12])) for row in channels if not _is_called(row)]
        return {name: self._agents[phone] for name, phone in callers if name is not None and phone in self._agents}


def _endpoint(channel: str) -> str:
    return channel.removeprefix("PJSIP/").rpartition("-")[0]


def _is_called(row: Sequence[str]) -> bool:
    """A phone that Dial() or Queue() has called: application AppDial or AppQueue."""
    return row[5].startswith("App")


@dataclass(frozen=True, slots=True)
class Played:
    """A story, as it went on both sides."""

    ours: Side
    native: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.ours, self.native


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(house_with_queues: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    """All stories at once: they have nothing in common but the clock."""
    scene = Scene(house_with_queues, tmp_path_factory.mktemp("scene"))
    stories = {name: _cast(scene, story) for name, story in STORIES.items()}
    sides = [side for one in stories.values() for side in one.sides]
    try:
        await scene.install_phones()
        for story in STORIES.values():
            for agent in range(1, story.agents + 1):
                await scene.agent(_name(story.line, agent))
        await _phones_answer(house_with_queues)
        await asyncio.gather(*(side.first_calls() for side in sides))
        await scene.install_phones(_manners())
        await _phones_answer(house_with_queues)
        await asyncio.gather(*(side.play() for side in sides))
    finally:
        await scene.close()
    return stories


async def _phones_answer(house: House) -> None:
    """Wait until Asterisk can ring every phone, and will go on to: a qualify that was sent while no phone was there fails 2 s later."""
    await asyncio.sleep(QUALIFY_TIMEOUT_SECONDS + 1.5)

    async def all_there() -> bool:
        contacts = await house.hotline.asterisk.cli("pjsip show contacts")
        return "Unavail" not in contacts and "Avail" in contacts

    await until(all_there, "every phone answering Asterisk")


def _cast(scene: Scene, story: Story) -> Played:
    seats = range(1, story.agents + 1)
    ours = Side(scene, story, f"{story.line}.L1", [our_phone(story.line, seat) for seat in seats])
    return Played(ours, Side(scene, story, native_number(story.line), [native_phone(story.line, seat) for seat in seats]))


def _manners() -> dict[str, Manner]:
    return {
        phone(story.line, agent): manner
        for story in STORIES.values()
        for agent, manner in story.manners.items()
        for phone in (our_phone, native_phone)
    }


# ---- what is compared ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
async def test_the_same_caller_gets_the_same_agent_in_the_same_order(played: dict[str, Played], name: str) -> None:
    ours, native = (side.assigned for side in played[name].sides)

    assert ours == native


@pytest.mark.parametrize("name", STORIES)
async def test_everybody_is_served_once_and_in_the_order_of_arrival(played: dict[str, Played], name: str) -> None:
    for side in played[name].sides:
        assert [caller for caller, _ in side.assigned] == STORIES[name].callers


async def test_who_has_been_idle_for_longest_is_next(played: dict[str, Played]) -> None:
    """Worked out by hand from the story, so that two sides with one fault would be told."""
    assert played["more agents than callers"].ours.assigned == [
        ("A", 1), ("B", 2), ("C", 3), ("D", 2), ("E", 1), ("F", 2), ("G", 3), ("H", 2),
    ]  # fmt: skip
