"""One AMI connection: panoramisk's protocol, with its faults closed at our edge.

Decides what may be written, how long an answer may take, and what an outstanding action ends with. It keeps no state of calls and
does not reconnect: a connection that is lost is over, and the next one is another ``Wire``.

What panoramisk 1.4 does by itself, and what is done about it here:

* values are written raw, so a line break in one would start a header, or an action, of its own: refused (``UnsafeValue``);
* bytes are decoded chunk by chunk, so that a character cut by a chunk's end is lost: only whole messages are decoded;
* what arrives is buffered without bound: a message has a size limit, and the listener may pause the reading;
* an action waits for ever, and after a loss is sent again on the next connection (dialling twice): every action has a time limit, and
  on loss every outstanding one fails; none is ever repeated (nothing of ``panoramisk.Manager``, which repeats, is used).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from acd.ports import EffectFailed, Unsure

log = structlog.get_logger(__name__)

END: Final = b"\r\n\r\n"
MESSAGE_LIMIT_BYTES: Final = 256 * 1024
"""Asterisk's own limit of an action is 8 KiB; its events are smaller than that, even with all variables of a channel."""
OUTSTANDING_LIMIT: Final = 1000
"""Actions without an answer. More than that, and Asterisk is not coping: fail at once rather than pile up."""
REST_SECONDS: Final = 0.02
"""After what came, nothing is read for so long unless an answer is waited for: the events of a busy moment are worked off together. Of a
process that is woken for each of them alone, the processor has forgotten everything by the next one."""
GREETING: Final = "Asterisk Call Manager/"
NORMAL_CLEARING: Final = "16"
"""The cause with which a channel is hung up."""
_FORBIDDEN: Final = re.compile("[\r\n\0\ud800-\udfff]")
"""What would end a header early, or can't be encoded (half of a surrogate pair)."""
_LATER: Final = ("OriginateResponse",)
"""Events that carry the id of the action that led to them, and come after its answer."""
_SINGLE: Final = ("Event", "Response", "ActionID", "Message", "EventList")
"""Headers that panoramisk takes to be there at most once."""

Fields = Mapping[str, str]


class Unavailable(Unsure):
    """Asterisk can't be reached, did not answer in time, or the connection was lost before it did."""


class Refused(EffectFailed):
    """Asterisk answered that it will not; the message is Asterisk's."""


class UnsafeValue(EffectFailed):
    """A name or value that would change the meaning of what is written: it holds a line break or a NUL, or is no header's name."""


class Wire(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """A connection. ``on_event`` gets every event that answers no action; ``lost`` is done when the connection is over."""

    def __init__(self, on_event: Callable[[Fields], None]) -> None:
        self.closed: bool = False
        self.responses: dict[str, Action] = {}
        self._on_event = on_event
        self._unread = bytearray()
        self._nonsense = 0
        self._choked = False
        self._held_back = False
        self._rest: asyncio.TimerHandle | None = None
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    # ---- actions ---------------------------------------------------------------------------------------------------------

    async def act(
        self, name: str, fields: Mapping[str, str] | None = None, *, within_seconds: float = 5.0, action_id: str = ""
    ) -> Fields:
        """Send an action and return the answer's headers. ``action_id``: one that its later events carry too.

        Raises Refused, Unavailable or UnsafeValue (all EffectFailed). After Unavailable it is unknown whether Asterisk did it.
        """
        answer = await self._sent(name, fields or {}, within_seconds, action_id)
        first = answer[0] if isinstance(answer, list) else answer
        if not first.success:
            raise Refused(f"{name}: {first.message or first.response}")
        return plain(first)

    async def list(self, name: str, fields: Mapping[str, str] | None = None, *, within_seconds: float = 10.0) -> Sequence[Fields]:
        """Send an action that is answered by a list and return its items. Raises as ``act`` does."""
        answer = await self._sent(name, fields or {}, within_seconds)
        if not isinstance(answer, list):
            raise Refused(f"{name}: {answer.message or answer.response or 'not a list'}")
        return [plain(item) for item in answer[1:-1]]

    def tell(self, name: str, fields: Mapping[str, str]) -> None:
        """Send an action whose answer nobody waits for; not sent when the connection is lost or Asterisk does not read.

        Raises UnsafeValue.
        """
        if not self.closed and not self._choked:
            lines = (f"{_header(key)}: {_value(key, value)}\r\n" for key, value in fields.items())
            self.transport.write(f"Action: {name}\r\n{''.join(lines)}\r\n".encode())

    async def _sent(self, name: str, fields: Mapping[str, str], within_seconds: float, action_id: str = "") -> Any:
        self._check_room(name)
        named = {"ActionID": _value("ActionID", action_id)} if action_id else {}
        action = Action({"Action": name, **named, **{_header(key): _value(key, value) for key, value in fields.items()}})
        self._read_on()
        future = self.send(action, as_list=False if action_id else None)  # else panoramisk waits for the later events
        try:
            async with asyncio.timeout(within_seconds):
                return await future
        except TimeoutError:
            raise Unavailable(f"{name}: no answer within {within_seconds:g} s") from None
        finally:
            self.responses.pop(action.id, None)

    def _check_room(self, name: str) -> None:
        if self.closed:
            raise Unavailable(f"{name}: the connection is lost")
        if self._choked or len(self.responses) >= OUTSTANDING_LIMIT:
            raise Unavailable(f"{name}: {len(self.responses)} actions are waiting for Asterisk already")

    # ---- what asyncio calls ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take up the connection."""
        super().connection_made(transport)
        self.encoding = "utf-8"

    def data_received(self, data: bytes) -> None:
        """Take every whole message; what is left waits for the rest."""
        *messages, rest = (bytes(self._unread) + data).split(END)
        self._unread[:] = rest
        if len(self._unread) > MESSAGE_LIMIT_BYTES:
            self._end(f"a message of more than {MESSAGE_LIMIT_BYTES} bytes")
            return
        for message in messages:
            self._take(message.decode("utf-8", "replace"))
        if not (self.responses or self._held_back or self.closed):
            self.transport.pause_reading()
            self._rest = asyncio.get_running_loop().call_later(REST_SECONDS, self._read_on)

    def pause_writing(self) -> None:
        """Asterisk does not read: refuse new actions meanwhile."""
        self._choked = True

    def resume_writing(self) -> None:
        """Asterisk reads again."""
        self._choked = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail whatever is outstanding."""
        self._end(str(exc or "closed by Asterisk"))

    def eof_received(self) -> bool:
        """No half-open connections."""
        return False

    # ---- messages ------------------------------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        """An answer is panoramisk's to put together; an event is read here, which costs a fifth of a ``Message`` (12 µs, not 60)."""
        fields = headers(text)
        if fields.get("ActionID") in self.responses and fields.get("Event") not in _LATER:
            self._take_answer(text)
        elif "Event" in fields:
            self._on_event(fields)
        elif "Response" not in fields:  # else it came too late: nobody waits for it any more
            self._take_nonsense(text)

    def _take_answer(self, text: str) -> None:
        message = Message.from_line(text.strip("\r\n"))
        if message is None or any(isinstance(message.get(header), list) for header in _SINGLE):
            self._take_nonsense(text)
        else:
            self.handle_message(message)

    def _take_nonsense(self, text: str) -> None:
        """Log the first of a connection; the rest are counted."""
        if not text.strip() or text.strip().startswith(GREETING):
            return
        if not self._nonsense:
            log.warning("not_ami", text=text[:200])
        self._nonsense += 1

    # ---- the end ---------------------------------------------------------------------------------------------------------------

    def pause_reading(self, pause: bool) -> None:
        """Stop (or go on) taking bytes from Asterisk, while what came has still to be worked off."""
        if self._held_back == pause:
            return
        self._held_back = pause
        if self._rest is None and not self.closed:
            (self.transport.pause_reading if pause else self.transport.resume_reading)()

    def _read_on(self) -> None:
        """The rest is over, or an answer is waited for."""
        if self._rest is None:
            return
        self._rest.cancel()
        self._rest = None
        if not (self._held_back or self.closed):
            self.transport.resume_reading()

    def close(self, reason: str = "closed by us") -> None:
        """End the connection."""
        self._end(reason)

    def _end(self, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        if self._nonsense > 1:
            log.warning("not_ami_in_all", messages=self._nonsense)
        for action in list(self.responses.values()):
            if not action.future.done():
                action.future.set_exception(Unavailable(f"{action['Action']}: the connection was lost ({reason})"))
        self.responses.clear()
        self.transport.close()
        self.lost.set_result(reason)


async def connect(host: str, port: int, on_event: Callable[[Fields], None], within_seconds: float = 5.0) -> Wire:
    """Open a connection; raises Unavailable."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within_seconds):
            _, wire = await loop.create_connection(lambda: Wire(on_event), host, port)
    except TimeoutError:
        raise Unavailable(f"{host}:{port} did not answer within {within_seconds:g} s") from None
    except OSError as error:
        raise Unavailable(f"{host}:{port}: {error}") from error
    return wire


def headers(text: str) -> dict[str, str]:
    """The headers of one message; of one that is repeated, the first (Asterisk's own come before a user event's fields)."""
    lines = [line.partition(": ") for line in reversed(text.split("\r\n"))]
    return {key: value for key, colon, value in lines if colon}


def plain(message: Message) -> dict[str, str]:
    """An answer's headers as plain text, as ``headers`` has them."""
    return {key: value[0] if isinstance(value, list) else value for key, value in message.items() if key != "content"}


def _value(key: str, value: str) -> str:
    """``value``, if it can be written; the error doesn't repeat it, for it may be a secret."""
    if _FORBIDDEN.search(value):
        raise UnsafeValue(f"the value of {key} has a line break, a NUL, or is no text")
    return value


def _header(key: str) -> str:
    if not key.isascii() or not key.replace("-", "").isalnum() or key.lower() in {"action", "actionid"}:
        raise UnsafeValue(f"not a header's name: {key[:100]!r}")
    return key
