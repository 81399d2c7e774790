"""Every message of the sockets is in their table, and is as the table says; the description says the same to people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from acd.board import Board, MessageView
from acd.effects import ConsultChanged
from acd.model import AgentId, CallId, ConsultState, OfferId, OfferState
from cti import api_messages as messages
from cti.api import create_app
from cti.api_board_changes import changes
from cti.api_cards import Card
from cti.api_messages import ui_config
from cti.api_socket import Said, me
from cti.api_socket_table import CLOSINGS, MESSAGES, Message, Sender
from tests.unit.cti_api_house import LI, LINES, PEOPLE, SECRET, WANG, House, house, plan, pop, session_of
from tests.unit.test_cti_api_http import ADDRESS

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EARLIER = [{"at": NOW, "queue": "printers.L1", "agent": None, "outcome": "abandoned_waiting"}]


def card() -> Card:
    consult = ConsultChanged(CallId("main-o1"), LI, WANG, OfferId("o1"), ConsultState.TALKING, "answered")
    return Card(pop(), NOW, consult=consult)


def said_by_the_server(built: House) -> dict[str, str]:
    """One of each message of a page's socket, by its kind."""
    board: Board = built.engine.board()
    said = [
        messages.hello(NOW, me(session_of(PEOPLE[0]), True), ui_config(plan(), ("zh", "en"), LINES)),
        messages.pong(NOW),
        messages.agent(NOW, board.agents[0]),
        messages.board(NOW, board),
        messages.board_changes(NOW, changes(replace(board, agents=(), queues=board.queues[1:]), board) or {}),
        messages.pop(NOW, card(), EARLIER, ("https://crm.example/1", True)),
        messages.earlier_calls(NOW, OfferId("o1"), EARLIER),
        messages.pop_withdrawn(NOW, OfferId("o1"), OfferState.RESCINDED),
        messages.call(NOW, card()),
        messages.message(NOW, MessageView("m1", "Lunch at one", "chen", NOW, (AgentId(LI),), ()), True),
    ]
    return {json.loads(text)["kind"]: text for text in said}


def of_socket(path: str, sender: Sender) -> list[Message]:
    return [row for row in MESSAGES if (row.socket, row.sender) == (path, sender)]


@pytest.mark.parametrize("row", of_socket("/ws", Sender.SERVER), ids=lambda row: row.kind)
def test_a_message_is_as_its_row_says(row: Message) -> None:
    """Nothing that is not described, and nothing missing."""
    text = said_by_the_server(house())[row.kind]
    row.shape.model_validate_json(text)
    assert set(json.loads(text)) == set(row.shape.model_fields)


def test_every_message_that_a_page_says_is_understood() -> None:
    samples: dict[str, Callable[[], object]] = {
        "ping": lambda: Said.validate_json('{"kind": "ping"}'),
        "pop_shown": lambda: Said.validate_json('{"kind": "pop_shown", "offer": "o1"}'),
    }
    assert {row.kind for row in of_socket("/ws", Sender.CLIENT)} == set(samples)
    assert {type(sample()) for sample in samples.values()} == {row.shape for row in of_socket("/ws", Sender.CLIENT)}


async def test_the_description_is_a_page_without_anything_from_elsewhere(tmp_path: Path) -> None:
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as nobody:
        page = await nobody.get("/api/docs")
        document = (await nobody.get("/api/openapi.json")).json()
        assert (await nobody.get("/api/docs.css")).headers["content-type"].startswith("text/css")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert page.text.count("href=") == page.text.count('href="#') + 1, "one link leads out of the page: to its style"
    for path in document["paths"]:
        assert path in page.text
    sockets = document["x-sockets"]
    assert {message["kind"] for message in sockets["/ws"]["messages"]} >= {"hello", "pop", "ping"}
    assert sockets["/api/events/live"]["closings"] == CLOSINGS
    targets, places = (set(re.findall(rf'{attribute}="([^"]+)"', page.text)) for attribute in ("href", "id"))
    assert {target[1:] for target in targets if target.startswith("#")} <= places
