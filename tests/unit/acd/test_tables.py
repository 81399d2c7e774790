from __future__ import annotations

from pathlib import Path

import pytest

from acd.model import AgentState, CallbackState, CallState, IllegalTransition, OfferState
from acd.tables import AGENT, CALL, CALLBACK, JOINT, OFFER, AgentInput, CallInput, Table, document

DOCUMENT = Path(__file__).parents[3] / "docs" / "states.md"
TABLES: list[Table] = [CALL, AGENT, OFFER]  # type: ignore[type-arg]


def test_the_diagrams_are_those_of_the_tables() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m acd.tables > docs/states.md"


@pytest.mark.parametrize(("table", "states"), [(CALL, CallState), (AGENT, AgentState), (OFFER, OfferState), (CALLBACK, CallbackState)])
def test_every_state_has_a_row_and_can_be_reached(table: Table, states: type) -> None:  # type: ignore[type-arg]
    assert set(table.rows) == set(states)
    reached, fresh = {table.start}, {table.start}
    while fresh:
        fresh = {after for state in fresh for after in table.rows[state].values()} - reached
        reached |= fresh
    assert reached == set(states)


def test_a_caller_can_hang_up_in_every_state() -> None:
    assert all(CALL.allows(state, CallInput.ENDED) for state in CallState if state is not CallState.ENDED)


def test_what_the_table_does_not_allow_raises_and_says_why() -> None:
    with pytest.raises(IllegalTransition, match='the agent is logged out: "went ready" is not possible now'):
        AGENT.after(AgentState.LOGGED_OUT, AgentInput.WENT_READY)


def test_an_open_offer_ties_a_call_and_an_agent() -> None:
    assert {state for state in OfferState if OFFER.rows[state]} | {OfferState.ACCEPTED} == set(JOINT)
