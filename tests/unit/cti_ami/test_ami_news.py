"""Ringing those who asked to be told that an incident is solved: the exact action, and what comes back of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acd.events import CallArrived, CallQueued
from acd.model import CallId, Level, QueueId
from acd.news import EngineerWanted, NewsTold, NewsUntold, TellSolved
from cti.ami import UnsafeValue
from cti.ami.news import ring_with_news
from cti.names import DialPattern
from cti.translate import Translator
from tests.unit.cti_ami.test_ami_callbacks import LINE

COMMAND = TellSolved(
    CallId("main-1795306614.9"), "main-1795306614.9/n2", "13900001111", QueueId("printers.L1"), "printers", "zh", "standard", 20.0
)  # fmt: skip


async def sent(command: TellSolved) -> list[tuple[str, dict[str, str], str]]:
    actions: list[tuple[str, dict[str, str], str]] = []

    async def act(name: str, fields: dict[str, str], action_id: str = "") -> None:
        actions.append((name, fields, action_id))

    await ring_with_news(act, LINE, command)  # type: ignore[arg-type]
    return actions


async def test_he_is_dialled_once_for_each_attempt_with_all_that_his_queue_needs() -> None:
    [(name, fields, action_id)] = await sent(COMMAND)
    assert (name, action_id) == ("Originate", COMMAND.key)
    assert fields == {
        "Channel": "PJSIP/013900001111@hotline-provider", "ChannelId": "n2.1795306614.9", "Context": "hotline-news", "Exten": "s",
        "Priority": "1", "Timeout": "20000", "CallerID": "4008001234", "Async": "true",
        "Variable": "HOTLINE_ATTEMPT=main-1795306614.9/n2,HOTLINE_TEXT=incident_solved_printers,HOTLINE_NUMBER=13900001111,"
        "HOTLINE_QUEUE=printers.L1,CHANNEL(language)=zh,HOTLINE_SEGMENT=standard",
    }  # fmt: skip


@pytest.mark.parametrize(("field", "value"), [("number", "139\r\nAction: Logoff"), ("segment", "a,b"), ("key", "main-1795306614.9")])
async def test_what_could_mean_something_else_is_not_sent(field: str, value: str) -> None:
    with pytest.raises(UnsafeValue):
        await sent(replace(COMMAND, **{field: value}))  # type: ignore[arg-type]


TRANSLATOR = Translator("main", DialPattern("PJSIP/{phone}"), lambda call, phone: None, lambda phone: None)


def told(name: str, **fields: str) -> list[object]:
    event = {"Event": "UserEvent", "UserEvent": name, "Uniqueid": "n2.1795306614.9", "Attempt": COMMAND.key, **fields}
    return list(TRANSLATOR.translate(event))


def test_what_his_channel_tells_is_of_the_attempt() -> None:
    assert told("HotlineTold") == [NewsTold(COMMAND.call, COMMAND.key)]
    assert told("HotlineUntold") == [NewsUntold(COMMAND.call, COMMAND.key)]
    failed = {"Event": "OriginateResponse", "Response": "Failure", "ActionID": COMMAND.key, "Reason": "5"}
    assert list(TRANSLATOR.translate(failed)) == [NewsUntold(COMMAND.call, COMMAND.key, "busy")]


def test_who_wants_an_engineer_is_a_call_of_his_queue_from_then_on() -> None:
    call = CallId("main-n2.1795306614.9")
    facts = {"Number": "13900001111", "Queue": "printers.L1", "Language": "zh", "Segment": "standard"}
    assert told("HotlineEngineer", **facts) == [
        CallArrived(call, "13900001111", "", "", ""), EngineerWanted(call, COMMAND.key),
        CallQueued(call, "printers", Level.L1, "zh", "standard"),
    ]  # fmt: skip
    assert told("HotlineEngineer", **facts | {"Queue": "nowhere"}) == []
