"""What agents dial, as Asterisk tells it: the PIN is asked for where it was keyed, and the channel hears how it went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from acd.events import Event
from acd.model import PhoneId
from cti.ami import Ami
from tests.unit.cti_ami.fake_asterisk import Action, FakeAsterisk, error, message


async def nothing(event: Event) -> None:
    pass


@asynccontextmanager
async def dialled(asterisk: FakeAsterisk, code: str, keyed: str) -> AsyncIterator[list[tuple[PhoneId, str, str, str]]]:
    asked: list[tuple[PhoneId, str, str, str]] = []

    async def done(phone: PhoneId, name: str, keyed: str, pin: str) -> str:
        asked.append((phone, name, keyed, pin))
        return "code_ready"

    exchange = Ami(
        "main", "127.0.0.1", asterisk.port, "hotline", "sesame", "PJSIP/{phone}", nothing, lambda call, phone: None, lambda phone: None,
        clock=lambda: datetime(2026, 3, 2, tzinfo=UTC), heartbeat_seconds=60, dialled=done,
    )  # fmt: skip
    await exchange.start()
    try:
        async with asyncio.timeout(10):
            await exchange.seen.wait()
            told = {"Event": "UserEvent", "UserEvent": "HotlineCode", "Uniqueid": "7.7", "Channel": "PJSIP/1900-0000002a"}
            asterisk.say(message(**told, Code=code, Digit=keyed))
            while not [action for action in asterisk.actions if action.get("Variable") == "HOTLINE_SAID"]:
                await asyncio.sleep(0.01)
            yield asked
    finally:
        await exchange.stop()


def pin(action: Action) -> str:
    assert (action["Channel"], action["Variable"]) == ("7.7", "HOTLINE_PIN")
    return message(Response="Success", ActionID=action["ActionID"], Variable="HOTLINE_PIN", Value="2468")


async def test_a_pin_is_read_from_the_channel_that_it_was_keyed_at() -> None:
    async with FakeAsterisk(Getvar=pin) as asterisk, dialled(asterisk, "log_in_as", "1001") as asked:
        assert asked == [(PhoneId("1900"), "log_in_as", "1001", "2468")]


async def test_where_it_can_not_be_read_there_is_none() -> None:
    gone = FakeAsterisk(Getvar=lambda action: error(action, "No such channel"))
    async with gone as asterisk, dialled(asterisk, "log_in_as", "1001") as asked:
        assert asked == [(PhoneId("1900"), "log_in_as", "1001", "")]


@pytest.mark.parametrize("code", ["ready", "not_ready"])
async def test_for_other_codes_nothing_is_asked(code: str) -> None:
    async with FakeAsterisk(Getvar=pin) as asterisk, dialled(asterisk, code, "2") as asked:
        assert asked == [(PhoneId("1900"), code, "2", "")]
        assert not [action for action in asterisk.actions if action["Action"] == "Getvar"]
