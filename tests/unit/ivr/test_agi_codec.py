"""The AGI codec: what it makes of bytes, and what it makes bytes of."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.codec import (
    COMMAND_LIMIT,
    ENVIRONMENT_LIMIT,
    LINE_LIMIT,
    TRANSITIONS,
    USAGE_LIMIT,
    AgiConnection,
    Closed,
    Environment,
    Hangup,
    Input,
    LocalError,
    RemoteError,
    Reply,
    State,
    encode_command,
)
from tests.unit.ivr.agi_transcripts import one_by_one, replay

HELLO = b"agi_request: agi://h/main\nagi_uniqueid: 1.2\nagi_accountcode: \n\n"


def idle() -> AgiConnection:
    connection = AgiConnection()
    connection.receive(HELLO)
    assert isinstance(connection.next_item(), Environment)
    return connection


def awaiting() -> AgiConnection:
    connection = idle()
    connection.command("NOOP")
    return connection


def answer(line: bytes) -> Reply:
    connection = awaiting()
    connection.receive(line + b"\n")
    reply = connection.next_item()
    assert isinstance(reply, Reply)
    return reply


# ---- what arrives


def test_the_environment_is_read_up_to_its_empty_line() -> None:
    connection = AgiConnection()
    connection.receive(HELLO[:-1])
    assert connection.next_item() is None
    connection.receive(b"\n")
    assert connection.next_item() == Environment({"agi_request": "agi://h/main", "agi_uniqueid": "1.2", "agi_accountcode": ""})
    assert connection.state is State.IDLE


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"200 result=0", Reply(200, "0")),
        (b"200 result=49 endpos=5760", Reply(200, "49", endpos=5760)),
        (b"200 result=-1 endpos=0", Reply(200, "-1", endpos=0)),
        (b"200 result=1 (zh)", Reply(200, "1", data="zh")),
        (b"200 result=1 ()", Reply(200, "1", data="")),
        (b"200 result=1 (a) b (c))", Reply(200, "1", data="a) b (c)")),
        (b"200 result=1 (x) endpos=5)", Reply(200, "1", data="x) endpos=5")),
        (b"200 result=0 (timeout) endpos=160", Reply(200, "0", data="timeout", endpos=160)),
        (b"200 result= (timeout)", Reply(200, "", data="timeout")),
        (b"510 Invalid or unknown command", Reply(510, text="Invalid or unknown command")),
        (b"511 Command Not Permitted on a dead channel", Reply(511, text="Command Not Permitted on a dead channel")),
        (b"520 Invalid syntax.  Usage not available.", Reply(520, text="Invalid syntax.  Usage not available.")),
        (b"200 result=1 (\xff\xc3)", Reply(200, "1", data="\ufffd\ufffd")),
    ],
)
def test_a_reply_in_one_line(line: bytes, reply: Reply) -> None:
    assert answer(line) == reply


def test_a_usage_is_one_reply_of_several_lines() -> None:
    connection = awaiting()
    connection.receive(b"520-Invalid command syntax.  Proper usage follows:\nUsage: NOOP\n\nHANGUP\n520 End of proper usage.\n")
    reply = connection.next_item()
    assert isinstance(reply, Reply)
    assert (reply.code, reply.text.splitlines()[1:4]) == (520, ["Usage: NOOP", "", "HANGUP"])
    assert connection.state is State.IDLE


@pytest.mark.parametrize(
    ("result", "digit"), [("49", "1"), ("42", "*"), ("35", "#"), ("0", ""), ("-1", ""), ("", ""), ("999", ""), ("9" * 5000, "")]
)
def test_a_result_as_the_key_that_was_pressed(result: str, digit: str) -> None:
    assert Reply(200, result).digit == digit


def test_a_hangup_while_nothing_is_asked() -> None:
    connection = idle()
    connection.receive(b"HANGUP\n")
    assert connection.next_item() == Hangup()
    assert (connection.state, connection.hung_up, connection.can_command) == (State.HUNG_UP, True, True)


def test_a_hangup_before_the_reply_does_not_swallow_the_reply() -> None:
    connection = awaiting()
    connection.receive(b"HANGUP\n511 Command Not Permitted on a dead channel\n")
    assert connection.next_item() == Hangup()
    assert (connection.state, connection.can_command) == (State.HUNG_UP_AWAITING, False)
    reply = connection.next_item()
    assert isinstance(reply, Reply)
    assert reply.code == 511
    assert connection.state is State.HUNG_UP


def test_a_dead_channel_is_noticed_without_the_word_hangup() -> None:
    connection = awaiting()
    connection.receive(b"511 Command Not Permitted on a dead channel\n")
    connection.next_item()
    assert connection.hung_up


def test_variables_can_be_set_after_the_hangup_and_a_second_hangup_is_nothing_new() -> None:
    connection = idle()
    connection.receive(b"HANGUP\n")
    connection.next_item()
    connection.command("SET VARIABLE", "A", "b")
    connection.receive(b"200 result=1\nHANGUP\n")
    assert connection.next_item() == Reply(200, "1")
    assert connection.next_item() == Hangup()
    connection.receive_end()
    assert connection.next_item() == Closed()


def test_a_stream_that_ends_between_lines_is_closed() -> None:
    connection = awaiting()
    connection.receive_end()
    assert connection.next_item() == Closed()
    assert connection.next_item() is None
    assert connection.state is State.CLOSED


# ---- nonsense


NONSENSE = {
    "half a line": HELLO + b"HANG",
    "no end of the environment": HELLO[:-1],
    "nothing": b"",
    "an environment line without a colon": b"agi_request agi://h/main\n\n",
    "another protocol": b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "binary": bytes(range(256)) + b"\n\n",
    "a name that is there twice": b"agi_uniqueid: 1\nagi_uniqueid: 2\n\n",
    "a reply that nobody asked for": HELLO + b"200 result=0\n",
    "words": HELLO + b"what is this\n",
    "an endless line": HELLO + b"x" * (LINE_LIMIT + 1),
    "an over-long line with its end": HELLO + b"x" * (LINE_LIMIT + 1) + b"\n",
    "an endless environment": b"".join(b"agi_arg_%d: %s\n" % (n, b"x" * 1000) for n in range(100)),
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_gives_one_remote_error_and_closes(data: bytes) -> None:
    connection = AgiConnection()
    connection.receive(data)
    connection.receive_end()
    with pytest.raises(RemoteError):
        while connection.next_item() is not None:
            pass
    connection.receive(HELLO)
    assert connection.next_item() is None
    assert connection.state is State.CLOSED


@pytest.mark.parametrize(
    "line", [b"200", b"200 OK", b"200 result=1 (no end", b"20 result=0", "²²² result=0".encode(), b"200+result=0", b""]
)
def test_a_reply_that_makes_no_sense(line: bytes) -> None:
    connection = awaiting()
    connection.receive(line + b"\n")
    with pytest.raises(RemoteError):
        connection.next_item()


def test_an_endless_usage() -> None:
    connection = awaiting()
    connection.receive(b"520-Usage:\n" + b"x\n" * USAGE_LIMIT)
    with pytest.raises(RemoteError):
        connection.next_item()


def test_half_a_usage() -> None:
    assert str(replay([HELLO, b"520-Usage:\nx\n"], commands=1)[-1]).startswith("RemoteError: half a reply")


def test_the_limits_leave_room_for_what_is_real() -> None:
    longest = b"agi_arg_1: " + b"x" * (LINE_LIMIT - len("agi_arg_1: "))
    assert isinstance(replay([longest + b"\n\n"], 0, end=False)[0], Environment)
    assert ENVIRONMENT_LIMIT >= 2 * LINE_LIMIT


# ---- what is sent


def test_a_command_in_bytes() -> None:
    assert idle().command("SET VARIABLE", "NAME", 'a "b" \\ c') == b'SET VARIABLE "NAME" "a \\"b\\" \\\\ c"\n'
    assert encode_command("GET OPTION", ("zh/hotline/welcome", "0*#", "4000")) == b'GET OPTION "zh/hotline/welcome" "0*#" "4000"\n'


@pytest.mark.parametrize("text", ["a\nHANGUP", "a\rb", "a\0b", "\ud800", "x" * COMMAND_LIMIT])
def test_what_can_not_be_sent_is_refused_and_changes_nothing(text: str) -> None:
    connection = idle()
    with pytest.raises(LocalError):
        connection.command("SET VARIABLE", "A", text)
    assert connection.can_command


def test_commands_are_sent_in_turn_only() -> None:
    with pytest.raises(LocalError):
        AgiConnection().command("NOOP")
    with pytest.raises(LocalError):
        awaiting().command("NOOP")


def as_asterisk_reads(line: str) -> list[str]:
    """Words as Asterisk 22's AGI takes them apart: blanks part them, quotes hold them together, a backslash makes the next one plain."""
    arguments: list[str] = []
    in_word = quoted = plain = False
    for character in line:
        if not plain and character == '"':
            quoted = not quoted
            if quoted and not in_word:
                arguments.append("")
                in_word = True
        elif not plain and not quoted and character in " \t":
            in_word = False
        elif not plain and character == "\\":
            plain = True
        else:
            if not in_word:
                arguments.append("")
                in_word = True
            arguments[-1] += character
            plain = False
    return arguments


TEXT = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=60)


@given(st.lists(st.one_of(TEXT, st.text('"\\ \tab', max_size=12)), max_size=5))
def test_asterisk_reads_every_argument_as_it_was_meant(arguments: list[str]) -> None:
    line = encode_command("SET VARIABLE", tuple(arguments))
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert as_asterisk_reads(line[:-1].decode()) == ["SET", "VARIABLE", *arguments]


# ---- however it is cut

SESSION_LINES = st.sampled_from(
    [b"200 result=0\n", b"200 result=49 endpos=12\n", b"HANGUP\n", b"511 dead\n", b"510 what\n", b"520-Usage\n", b"520 End\n",
     b"200 result=1 (\xe7\x8e\x8b)\n", b"x\n", b"\n", b"half", b"agi_a: b\n"]
)  # fmt: skip


@given(st.one_of(st.lists(SESSION_LINES, max_size=8).map(b"".join), st.binary(max_size=80)), st.integers(0, 6), st.booleans(), st.data())
def test_pieces_make_no_difference(tail: bytes, commands: int, with_environment: bool, data: st.DataObject) -> None:
    whole = (HELLO if with_environment else b"") + tail
    cut = data.draw(st.integers(0, len(whole)))
    items = replay([whole], commands)
    assert replay(one_by_one(whole), commands) == items
    assert replay([whole[:cut], whole[cut:]], commands) == items


ENVIRONMENT_LINES = st.sampled_from(
    [b"agi_a: b\n", b"agi_a:b\n", b"agi_b:  b\n", b"agi_c:\n", b"agi_d: \xe7\x8e\n", b"agi_e: x: y\r\n", b"agi_: z\n", b"agi_f\n",
     b"agi_g g: x\n", "agi_\u00fc: x\n".encode(), b"callerid: x\n", b": x\n", b"HANGUP\n", b"agi_long: " + b"x" * LINE_LIMIT + b"\n"]
)  # fmt: skip


ENVIRONMENT_TAILS = st.sampled_from([b"", b"\n", b"\n200 result=0\n", b"\n\n", b"\nHANGUP\n"])


@given(st.lists(ENVIRONMENT_LINES, max_size=6), ENVIRONMENT_TAILS, st.integers(0, 1))
def test_an_environment_in_one_piece_is_read_as_one_that_comes_line_by_line(lines: list[bytes], tail: bytes, commands: int) -> None:
    assert replay([b"".join(lines) + tail], commands) == replay([*lines, tail], commands)


@given(st.text(string.printable.replace("\n", ""), max_size=40), st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")))
def test_any_value_in_the_environment_reaches_us_as_text(name: str, garbage: bytes) -> None:
    items = replay([b"agi_calleridname: " + name.encode() + b"\nagi_callerid: " + garbage + b"\n\n"], 0, end=False)
    assert items == [Environment({"agi_calleridname": name, "agi_callerid": garbage.decode("utf-8", "replace")})]


# ---- the table


def test_every_state_can_end_and_only_closed_is_final() -> None:
    assert all(moves[Input.END] is State.CLOSED for moves in TRANSITIONS.values())
    assert [state for state, moves in TRANSITIONS.items() if set(moves) == {Input.END}] == [State.CLOSED]
    assert set(TRANSITIONS) == set(State)


def test_no_state_but_closed_forgets_a_hangup() -> None:
    dead = {State.HUNG_UP, State.HUNG_UP_AWAITING, State.CLOSED}
    assert all(set(TRANSITIONS[state].values()) <= dead for state in dead)
