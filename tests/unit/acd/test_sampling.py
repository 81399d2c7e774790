"""Drawing conversations: anybody draws the same, every agent as many, every conversation as likely."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from acd.sampling import Conversation, draw, number

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def conversations(**agents: int) -> list[Conversation]:
    return [
        Conversation(f"main-{agent}.{one}/s1", f"main-{agent}.{one}", agent, "printers.L1", NOON, 60.0)
        for agent, count in agents.items()
        for one in range(count)
    ]


def ids(seed: str, of: list[Conversation], per_agent: int = 3) -> list[str]:
    return [one.conversation.id for one in draw(of, seed, per_agent).drawn]


def test_the_same_seed_and_list_draw_the_same_in_whatever_order_they_come() -> None:
    there = conversations(ann=50, bob=50)
    shuffled = there * 2
    random.Random(7).shuffle(shuffled)
    assert ids("monday", there) == ids("monday", shuffled)
    assert ids("monday", there) != ids("tuesday", there)
    assert draw(there, "monday", 3).digest == draw(shuffled, "tuesday", 1).digest


def test_the_number_is_what_anybody_can_work_out() -> None:
    first = draw(conversations(ann=9), "monday", 1).drawn[0]
    digest = sha256(f"monday\ndrawn\n{first.conversation.id}".encode()).hexdigest()
    assert first.number == int(digest[:16], 16) / 2**64
    assert first.number == min(number("monday", "drawn", one.id) for one in conversations(ann=9))


@pytest.mark.parametrize("per_agent", [1, 3, 10])
def test_every_agent_is_heard_as_often_however_many_calls_he_has(per_agent: int) -> None:
    drawn = draw(conversations(ann=200, bob=12, cat=2), "monday", per_agent).drawn
    assert Counter(one.conversation.agent for one in drawn) == {"ann": per_agent, "bob": per_agent, "cat": min(2, per_agent)}
    assert {one.conversation.agent: one.of for one in drawn} == {"ann": 200, "bob": 12, "cat": 2}


def test_one_more_conversation_changes_at_most_one_that_is_drawn() -> None:
    there = conversations(ann=40)
    before = set(ids("monday", there[:-1]))
    assert len(before - set(ids("monday", there))) <= 1


def test_every_conversation_is_as_likely() -> None:
    there = conversations(ann=10)
    drawn = Counter(one for seed in range(2000) for one in ids(str(seed), there, 2))
    expected = 2000 * 2 / 10
    chi_squared = sum((drawn[one.id] - expected) ** 2 / expected for one in there)
    assert chi_squared < 27.9, "for 9 degrees of freedom, exceeded by chance once in a thousand; the seeds are fixed"


def test_a_share_of_those_drawn_goes_to_a_second_scorer() -> None:
    drawn = draw(conversations(**{f"agent{number}": 20 for number in range(100)}), "monday", 10, 0.2).drawn
    assert 150 < sum(one.second_scorer for one in drawn) < 250
    assert not any(one.second_scorer for one in draw(conversations(ann=9), "monday", 9).drawn)
