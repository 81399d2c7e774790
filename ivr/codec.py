"""AGI, Asterisk's gateway protocol, without I/O: bytes in, typed items out; commands in, bytes out.

Theory of operation
-------------------
One ``AgiConnection`` is one AGI session, which is one caller's pass through ``AGI()``. Asterisk speaks first: the *environment*, lines
``agi_name: value``, ended by an empty line. From then on we speak and Asterisk answers, strictly in turn, one command and one reply:

    GET OPTION "hotline/welcome" "0123456789*#" "4000"        ->
                                                              <-  200 result=49 endpos=5760

In turn, because Asterisk 22 itself allows nothing else (each seen on a real one): two commands in one segment leave the second in the
buffer of Asterisk's ``FILE``, unseen until a third arrives; and a command sent while a prompt is playing stops the prompt, whose reply is
then never sent. So ``command`` raises LocalError while a reply is owed.

Out of turn there is one line only, ``HANGUP``: the channel has left the dialplan application, because the caller hung up or because
somebody redirected it. It may come while a reply is owed; that reply still follows. After it the session goes on with a *dead* channel:
what needs a caller is answered ``511``, variables can still be read and set. Asterisk may say ``HANGUP`` a second time when it ends.

Everything that affects this is the table ``TRANSITIONS``, below. The peer's mistakes raise RemoteError, once; the connection is closed
then, and whatever else arrives is ignored. Our own mistakes raise LocalError and change nothing.

Knows nothing of callers, menus or sockets. Asterisk speaks UTF-8 as far as its own peers do: what is none is replaced by U+FFFD, so that
a value is always text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn, Union

LINE_LIMIT: Final = 16 * 1024
"""Longest line in bytes that is read. The longest real one is a variable's value."""
ENVIRONMENT_LIMIT: Final = 64 * 1024
"""Most bytes that an environment may have. A real one has some 600, and as much as the dialplan's arguments to AGI() add."""
USAGE_LIMIT: Final = 64 * 1024
"""Most bytes of a multi-line reply."""
COMMAND_LIMIT: Final = 2000
"""Longest command in bytes that is sent: Asterisk 18's buffer has 2048, later ones more."""


class LocalError(Exception):
    """We used the connection in a way that the protocol does not allow. Nothing was changed."""


class RemoteError(Exception):
    """The peer sent what is not AGI. The connection is closed."""


class State(StrEnum):
    """Where a session is."""

    ENVIRONMENT = "environment"
    IDLE = "idle"
    AWAITING = "awaiting reply"
    HUNG_UP = "hung up"
    HUNG_UP_AWAITING = "hung up, awaiting reply"
    CLOSED = "closed"


class Input(StrEnum):
    """What moves a session on."""

    ENVIRONMENT_END = "environment end"
    COMMAND = "command"
    REPLY = "reply"
    DEAD_REPLY = "511 reply"
    HANGUP = "HANGUP"
    END = "end of the stream, or bytes that make no sense"


TRANSITIONS: Final[Mapping[State, Mapping[Input, State]]] = {
    State.ENVIRONMENT: {
        Input.ENVIRONMENT_END: State.IDLE,
        Input.HANGUP: State.CLOSED,
        Input.END: State.CLOSED,
    },
    State.IDLE: {
        Input.COMMAND: State.AWAITING,
        Input.HANGUP: State.HUNG_UP,
        Input.END: State.CLOSED,
    },
    State.AWAITING: {
        Input.REPLY: State.IDLE,
        Input.DEAD_REPLY: State.HUNG_UP,
        Input.HANGUP: State.HUNG_UP_AWAITING,
        Input.END: State.CLOSED,
    },
    State.HUNG_UP: {
        Input.COMMAND: State.HUNG_UP_AWAITING,
        Input.HANGUP: State.HUNG_UP,
        Input.END: State.CLOSED,
    },
    State.HUNG_UP_AWAITING: {
        Input.REPLY: State.HUNG_UP,
        Input.DEAD_REPLY: State.HUNG_UP,
        Input.HANGUP: State.HUNG_UP_AWAITING,
        Input.END: State.CLOSED,
    },
    State.CLOSED: {
        Input.END: State.CLOSED,
    },
}
"""What each input does in each state; an input that is not listed is a mistake, ours or the peer's.

A HANGUP inside the environment (no Asterisk was seen to send one) closes the session: who was calling is not known, and never will be.
"""


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment is complete. Names are as Asterisk writes them: ``agi_uniqueid``, ``agi_extension``, ``agi_arg_1`` …"""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the command that was sent."""

    code: int
    """200 done, 510 no such command, 511 not on a dead channel, 520 wrong syntax."""
    result: str = ""
    """What follows ``result=``; '' when there is none. For a digit, its ASCII code in decimal."""
    data: str | None = None
    """What stands in parentheses: a variable's value, ``timeout`` …"""
    endpos: int | None = None
    """Where a prompt's playing ended, in samples."""
    text: str = ""
    """The words of a reply that is not 200; a usage with its lines."""

    @property
    def digit(self) -> str:
        """The key that was pressed, '' for none (``result=0``, or ``result=-1``)."""
        number = _number(self.result)
        return chr(number) if number and number < 128 else ""


@dataclass(frozen=True, slots=True)
class Hangup:
    """Asterisk says that the channel is no longer ours: its caller hung up, or it was redirected."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The stream ended between two lines."""


Item = Union[Environment, Reply, Hangup, Closed]

DEAD_CHANNEL: Final = 511
_CODE_LENGTH: Final = 3
_ENVIRONMENT_LINE: Final = re.compile(r"^(agi_\w*): ?([^\n]*)$", re.ASCII | re.MULTILINE)
_LONGEST_NUMBER: Final = 18


class AgiConnection:
    """One AGI session. Give it bytes with ``receive``, take items with ``next_item`` until it returns None."""

    def __init__(self) -> None:
        self._state = State.ENVIRONMENT
        self._buffer = bytearray()
        self._scanned = 0
        self._ended = False
        self._environment: dict[str, str] = {}
        self._environment_bytes = 0
        self._usage: list[str] = []
        self._usage_bytes = 0

    @property
    def state(self) -> State:
        """Where the session is."""
        return self._state

    @property
    def hung_up(self) -> bool:
        """Asterisk has said that the channel is gone, or the stream is closed."""
        return self._state in (State.HUNG_UP, State.HUNG_UP_AWAITING, State.CLOSED)

    @property
    def can_command(self) -> bool:
        """It is our turn."""
        return Input.COMMAND in TRANSITIONS[self._state]

    # ---- out ------------------------------------------------------------------------------------------------------------------

    def command(self, verb: str, *arguments: str) -> bytes:
        """The bytes of a command; ``verb`` goes as it is (``SET VARIABLE``), every argument in quotes.

        Raises LocalError when it is not our turn, when the text holds CR, LF or NUL, is no text (a lone surrogate), or is too long.
        """
        if not self.can_command:
            raise LocalError(f"no command can be sent in state '{self._state}'")
        line = encode_command(verb, arguments)
        self._move(Input.COMMAND)
        return line

    # ---- in -------------------------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take bytes as they come, cut anywhere. After the end, or after a RemoteError, they are ignored."""
        if self._state is not State.CLOSED and not self._ended:
            self._buffer += data

    def receive_end(self) -> None:
        """The peer has closed the stream."""
        self._ended = True

    def next_item(self) -> Item | None:
        """The next item; None when more bytes are needed or the connection is closed. Raises RemoteError, at most once."""
        if self._state is State.ENVIRONMENT and not self._environment_bytes and (whole := self._whole_environment()) is not None:
            return whole
        while self._state is not State.CLOSED:
            line = self._next_line()
            if line is None:
                return self._end() if self._ended else None
            item = self._understand(line)
            if item is not None:
                return item
        return None

    def _whole_environment(self) -> Environment | None:
        """All of it, when it has come in one piece, as it mostly does, and is as it should be: a tenth of the work line by line."""
        end = self._buffer.find(b"\n\n", 0, LINE_LIMIT)  # so no line of it is too long
        if end < 0:
            return None
        text = self._buffer[:end].decode("utf-8", "replace")
        pairs = _ENVIRONMENT_LINE.findall(text)
        values = dict(pairs)
        if not len(values) == len(pairs) == text.count("\n") + 1:
            return None
        del self._buffer[: end + 2]
        self._scanned = 0
        self._move(Input.ENVIRONMENT_END)
        return Environment(values)

    def _next_line(self) -> str | None:
        end = self._buffer.find(b"\n", self._scanned)
        length = len(self._buffer) if end < 0 else end
        if length > LINE_LIMIT:
            self._fail(f"a line of more than {LINE_LIMIT} bytes", bytes(self._buffer[:80]))
        if end < 0:
            self._scanned = length
            return None
        line = self._buffer[:end].decode("utf-8", "replace")
        del self._buffer[: end + 1]
        self._scanned = 0
        self._count(end + 1)
        return line

    def _count(self, size: int) -> None:
        if self._state is State.ENVIRONMENT:
            self._environment_bytes += size
            if self._environment_bytes > ENVIRONMENT_LIMIT:
                self._fail(f"an environment of more than {ENVIRONMENT_LIMIT} bytes")
        elif self._usage:
            self._usage_bytes += size
            if self._usage_bytes > USAGE_LIMIT:
                self._fail(f"a reply of more than {USAGE_LIMIT} bytes")

    def _understand(self, line: str) -> Item | None:
        if self._usage:
            return self._usage_line(line)
        if line == "HANGUP":
            self._move(Input.HANGUP)
            return Hangup()
        if self._state is State.ENVIRONMENT:
            return self._environment_line(line)
        return self._reply_line(line)

    def _environment_line(self, line: str) -> Environment | None:
        if not line:
            self._move(Input.ENVIRONMENT_END)
            return Environment(self._environment)
        name, colon, value = line.partition(":")
        if not colon or not name.startswith("agi_") or not name.isidentifier() or name in self._environment:
            self._fail("an environment line that is none, or one that is there twice", line)
        self._environment[name] = value[1:] if value.startswith(" ") else value
        return None

    def _reply_line(self, line: str) -> Reply | None:
        code, mark, rest = line[:_CODE_LENGTH], line[_CODE_LENGTH : _CODE_LENGTH + 1], line[_CODE_LENGTH + 1 :]
        if Input.REPLY not in TRANSITIONS[self._state] or not (code.isascii() and code.isdigit() and len(code) == _CODE_LENGTH):
            self._fail(f"in state '{self._state}', a line that makes no sense", line)
        if mark == "-":
            self._usage = [line]
            self._usage_bytes = 0
            return None
        reply = _parse_reply(int(code), rest) if mark in (" ", "") else None
        if reply is None:
            self._fail("a reply that makes no sense", line)
        self._move(Input.DEAD_REPLY if reply.code == DEAD_CHANNEL else Input.REPLY)
        return reply

    def _usage_line(self, line: str) -> Reply | None:
        self._usage.append(line)
        if not line.startswith(f"{self._usage[0][:_CODE_LENGTH]} "):
            return None
        lines, self._usage = self._usage, []
        self._move(Input.REPLY)
        return Reply(code=int(lines[0][:_CODE_LENGTH]), text="\n".join(lines))

    def _end(self) -> Closed:
        if self._buffer:
            self._fail("half a line, then the end", bytes(self._buffer[:80]))
        if self._usage:
            self._fail("half a reply, then the end", self._usage[0])
        if self._state is State.ENVIRONMENT:
            self._fail("the end, before the environment was complete")
        self._move(Input.END)
        return Closed()

    def _move(self, received: Input) -> None:
        self._state = TRANSITIONS[self._state][received]
        if self._state is State.CLOSED:
            self._buffer.clear()

    def _fail(self, what: str, seen: object = None) -> NoReturn:
        self._move(Input.END)
        raise RemoteError(what if seen is None else f"{what}: {str(seen)[:120]!r}")


def encode_command(verb: str, arguments: tuple[str, ...] = ()) -> bytes:
    """The command line, newline included; see ``AgiConnection.command`` for what raises LocalError."""
    line = " ".join((verb, *map(_quoted, arguments)))
    if "\n" in line or "\r" in line or "\0" in line:
        raise LocalError(f"a command must not hold CR, LF or NUL: {line!r}")
    try:
        encoded = line.encode() + b"\n"
    except UnicodeEncodeError as error:
        raise LocalError(f"a command must be text: {line!r}") from error
    if len(encoded) > COMMAND_LIMIT:
        raise LocalError(f"a command must not be longer than {COMMAND_LIMIT} bytes, this one has {len(encoded)}")
    return encoded


def _quoted(argument: str) -> str:
    """The argument as Asterisk's parser reads it back: in quotes a blank is a character, a backslash makes the next one literal."""
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _parse_reply(code: int, rest: str) -> Reply | None:
    """The parts of a one-line reply; None when it makes no sense."""
    if not rest.startswith("result="):
        return None if code == 200 else Reply(code=code, text=rest)
    result, _, tail = rest[len("result=") :].partition(" ")
    data: str | None = None
    if tail.startswith("("):  # (data), endpos=N, or both in this order; data may itself hold parentheses
        data, closed, tail = tail[1:].rpartition(")")
        if not closed:
            return None
    return Reply(code=code, result=result, data=data, endpos=_endpos(tail), text="" if code == 200 else rest)


def _endpos(tail: str) -> int | None:
    _, mark, number = tail.rpartition("endpos=")
    return _number(number) if mark else None


def _number(text: str) -> int | None:
    """A decimal number of a sane length, else None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None
