"""One connection: what may be written, what an outstanding action ends with, and what bytes can't do to us."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from acd.ports import EffectFailed
from cti.ami import Refused, Unavailable, UnsafeValue
from cti.ami import wire as wire_module
from cti.ami.wire import MESSAGE_LIMIT_BYTES, Wire, connect
from tests.transcripts.ami_transcripts import NAMES, Line, events_of, recorded

NAME = '王小明 \\\\\\"HQ\\\\\\", ${EXTEN} 😀'
"""As Asterisk writes the recorded caller's name."""


def joined() -> tuple[Wire, Line]:
    wire, line = Wire(lambda event: None), Line()
    wire.connection_made(line)
    return wire, line


async def turn() -> None:
    await asyncio.sleep(0)


# ---- bytes in ------------------------------------------------------------------------------------------------------------


def test_a_character_of_many_bytes_that_is_cut_anywhere_is_whole() -> None:
    """Given a caller's name in Chinese and emoji, when the stream is cut at each of its bytes, then the name is never damaged."""
    data = recorded("caller_hangs_up_in_hold")
    assert NAME.encode() in data
    for cut in range(len(data)):
        events = events_of([data[:cut], data[cut:]])
        assert {event["CallerIDName"] for event in events if "CallerIDName" in event} == {NAME}


@pytest.mark.parametrize("name", NAMES)
def test_all_pieces_give_the_same_events(name: str) -> None:
    data = recorded(name)
    whole = events_of([data])
    for size in (1, 7, 1024):
        assert events_of(data[at : at + size] for at in range(0, len(data), size)) == whole


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_that_is_cut_off_gives_a_beginning_of_its_events(name: str) -> None:
    data = recorded(name)
    whole = events_of([data])
    for end in range(0, len(data), 97):
        events = events_of([data[:end]])
        assert events == whole[: len(events)]


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_bytes_that_make_no_sense_never_raise(pieces: list[bytes]) -> None:
    for event in events_of(pieces):
        assert "Event" in event


@given(st.lists(st.sampled_from([b"Event", b"Response", b"ActionID", b"Message", b": ", b"\r\n", b"\r\n\r\n", b"x", b"\xff"]), max_size=40))
def test_nonsense_made_of_ami_words_never_raises(pieces: list[bytes]) -> None:
    for event in events_of([b"".join(pieces)]):
        assert all(isinstance(value, str) for value in event.values())


def test_nonsense_is_logged_once_and_the_connection_goes_on() -> None:
    with structlog.testing.capture_logs() as logs:
        nonsense = [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff\xfe\r\n\r\n", b"nothing\r\n\r\n"]
        events = events_of([*nonsense, b"Event: Hangup\r\nCause: 16\r\n\r\n"])
    assert [event["Cause"] for event in events] == ["16"]
    assert [(log["event"], log.get("messages")) for log in logs] == [("not_ami", None), ("not_ami_in_all", 3)]


def test_a_message_without_an_end_ends_the_connection_not_the_memory() -> None:
    async def scenario() -> None:
        wire, line = joined()
        for _ in range(MESSAGE_LIMIT_BYTES // 1024 + 1):
            wire.data_received(b"x" * 1024)
        assert line.closed
        assert await wire.lost == f"a message of more than {MESSAGE_LIMIT_BYTES} bytes"

    asyncio.run(scenario())


def test_the_first_of_a_repeated_header_counts() -> None:
    """A user event's own Uniqueid can't pass for the channel's."""
    [event] = events_of([b"Event: UserEvent\r\nUniqueid: 1.1\r\nUserEvent: HotlineDiverted\r\nUniqueid: 9.9\r\n\r\n"])
    assert event["Uniqueid"] == "1.1"


# ---- bytes out -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b", "\ud800"])
@pytest.mark.parametrize("where", ["value", "header"])
def test_what_would_be_another_header_is_refused_before_anything_is_written(bad: str, where: str) -> None:
    async def scenario() -> None:
        wire, line = joined()
        with pytest.raises(UnsafeValue):
            await wire.act("UserEvent", {"Name": bad} if where == "value" else {bad: "x"})
        assert line.written == b""
        assert wire.responses == {}

    asyncio.run(scenario())


@pytest.mark.parametrize("header", ["Action", "ActionID", "", "a b", "a:b", "ä"])
def test_a_header_that_is_none_or_is_ours_is_refused(header: str) -> None:
    async def scenario() -> None:
        wire, line = joined()
        with pytest.raises(UnsafeValue):
            await wire.act("UserEvent", {header: "x"})
        assert line.written == b""

    asyncio.run(scenario())


def test_a_refused_value_is_not_repeated_in_the_error() -> None:
    async def scenario() -> None:
        wire, _ = joined()
        with pytest.raises(UnsafeValue) as refusal:
            await wire.act("Login", {"Secret": "sesame\n"})
        assert "sesame" not in str(refusal.value)

    asyncio.run(scenario())


@given(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=60))
def test_any_other_value_is_one_header_of_one_action(value: str) -> None:
    async def scenario() -> None:
        wire, line = joined()
        acting = asyncio.create_task(wire.act("UserEvent", {"Name": value}))
        await turn()
        acting.cancel()
        text = line.written.decode()
        assert text.count("\r\n\r\n") == 1
        assert f"Name: {value}\r\n" in text
        assert [part.split(": ")[0] for part in text.split("\r\n")[:-2]] == ["Action", "ActionID", "Name"]

    asyncio.run(scenario())


# ---- answers -------------------------------------------------------------------------------------------------------------


def number_of(line: Line) -> str:
    return line.written.decode().rpartition("ActionID: ")[2].partition("\r\n")[0]


async def answered(*answer: str, listing: bool = False) -> object:
    wire, line = joined()
    acting = asyncio.create_task(wire.list("Status") if listing else wire.act("Redirect", {"Channel": "1.1"}))
    await turn()
    for text in answer:
        wire.data_received(text.replace("#", number_of(line)).encode())
    return await acting


def test_a_success_gives_its_headers() -> None:
    fields = asyncio.run(answered("Response: Success\r\nActionID: #\r\nMessage: Redirect successful\r\n\r\n"))
    assert isinstance(fields, Mapping)
    assert fields["Message"] == "Redirect successful"


def test_a_refusal_is_one_typed_error_with_asterisks_words() -> None:
    with pytest.raises(Refused, match=r"Redirect: Channel does not exist: 1\.1"):
        asyncio.run(answered("Response: Error\r\nActionID: #\r\nMessage: Channel does not exist: 1.1\r\n\r\n"))


def test_a_list_gives_its_items() -> None:
    items = asyncio.run(
        answered(
            "Response: Success\r\nActionID: #\r\nEventList: start\r\nMessage: Channel status will follow\r\n\r\n",
            "Event: Status\r\nActionID: #\r\nUniqueid: 1.1\r\n\r\nEvent: Hangup\r\nUniqueid: 7.7\r\n\r\n",
            "Event: Status\r\nActionID: #\r\nUniqueid: 1.2\r\n\r\nEvent: StatusComplete\r\nActionID: #\r\nEventList: Complete\r\n\r\n",
            listing=True,
        )
    )
    assert isinstance(items, list)
    assert [item["Uniqueid"] for item in items] == ["1.1", "1.2"]


def test_a_list_that_is_refused_is_an_error_not_a_wait() -> None:
    with pytest.raises(Refused, match="Status: Permission denied"):
        asyncio.run(answered("Response: Error\r\nActionID: #\r\nMessage: Permission denied\r\n\r\n", listing=True))


def test_an_action_without_an_answer_fails_in_time_and_its_late_answer_is_nothing() -> None:
    async def scenario() -> None:
        wire, line = joined()
        with pytest.raises(Unavailable, match=r"Redirect: no answer within 0\.01 s"):
            await wire.act("Redirect", {"Channel": "1.1"}, within_seconds=0.01)
        assert wire.responses == {}
        wire.data_received(f"Response: Success\r\nActionID: {number_of(line)}\r\n\r\n".encode())
        assert not wire.closed

    asyncio.run(scenario())


def test_on_loss_every_outstanding_action_fails_at_once_with_the_one_error() -> None:
    async def scenario() -> None:
        wire, _ = joined()
        acting = [asyncio.create_task(wire.act(name)) for name in ("Redirect", "Hangup", "Setvar")]
        acting.append(asyncio.create_task(wire.list("Status")))  # type: ignore[arg-type]  # only how it fails matters
        await turn()
        wire.connection_lost(ConnectionResetError("reset"))
        failures = await asyncio.gather(*acting, return_exceptions=True)
        assert [type(failure) for failure in failures] == [Unavailable] * 4
        assert all("the connection was lost (reset)" in str(failure) for failure in failures)
        assert all(isinstance(failure, EffectFailed) for failure in failures)

    asyncio.run(scenario())


def test_a_list_that_is_cut_off_fails() -> None:
    async def scenario() -> None:
        wire, line = joined()
        listing = asyncio.create_task(wire.list("Status"))
        await turn()
        wire.data_received(f"Response: Success\r\nActionID: {number_of(line)}\r\nEventList: start\r\n\r\n".encode())
        wire.connection_lost(None)
        with pytest.raises(Unavailable):
            await listing

    asyncio.run(scenario())


def test_a_lost_connection_takes_no_action() -> None:
    async def scenario() -> None:
        wire, line = joined()
        wire.close()
        with pytest.raises(Unavailable, match="the connection is lost"):
            await wire.act("Redirect")
        assert line.written == b""

    asyncio.run(scenario())


def test_an_asterisk_that_does_not_answer_is_not_piled_upon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "OUTSTANDING_LIMIT", 3)

    async def scenario() -> None:
        wire, _ = joined()
        acting = [asyncio.create_task(wire.act("Redirect")) for _ in range(3)]
        await turn()
        with pytest.raises(Unavailable, match="3 actions are waiting"):
            await wire.act("Redirect")
        for task in acting:
            task.cancel()

    asyncio.run(scenario())


def test_an_asterisk_that_does_not_read_is_not_written_to() -> None:
    async def scenario() -> None:
        wire, line = joined()
        wire.pause_writing()
        with pytest.raises(Unavailable):
            await wire.act("Redirect")
        assert line.written == b""
        wire.resume_writing()
        acting = asyncio.create_task(wire.act("Redirect"))
        await turn()
        assert line.written
        acting.cancel()

    asyncio.run(scenario())


def test_nobody_at_the_address_is_the_same_typed_error(unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable, match=f"127.0.0.1:{unused_tcp_port}"):
        asyncio.run(connect("127.0.0.1", unused_tcp_port, lambda event: None))
