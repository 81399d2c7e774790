"""One caller's pass through the menu: from the environment to the word where the caller goes next.

Decides the order of things: the call's arrival is a fact before the first word is spoken, every branch taken is reported, the call is
queued, and the session's last act is HOTLINE_NEXT. Whatever goes wrong on our side, the caller goes to the survival plan. It does not
know sockets, time or Asterisk's bytes: a ``Line`` sends commands and waits for replies.

What it rests on, each seen on Asterisk 22.10:

* ``GET OPTION`` plays and then waits for a key: one round trip for a question. A key that is not listed in it is dropped while it plays.
* A prompt whose file is missing is answered at once with ``result=-1 endpos=0``. A caller who hangs up during a prompt gives ``result=-1``
  too, one who hangs up in the silence after it gives ``result=0``, as silence does. So ``WAIT FOR DIGIT`` follows a ``-1``, and tells.
* Keys that arrive between a reply and the next command are dropped, and commands can't be sent ahead (see ``ivr.codec``). So after a key
  the next prompt is asked for at once: events are submitted while it plays, and prompts are named with their language
  (``zh/hotline/welcome``, found whatever the channel's language is) until CHANNEL(language) is set once, at the end.
* ``GET DATA`` plays and collects digits without a gap in which one could be dropped; ``#`` ends them. With the prompt ``""`` it only
  collects.
* ``EXEC MSet`` sets all variables in one round trip: half of Asterisk's work for three ``SET VARIABLE``.
* ``HANGUP`` means that the channel has left AGI(). After a redirect the channel stands elsewhere in the dialplan already; after a real
  hang-up it stands where it was. That tells them apart (HANGUPCAUSE is 0 both times).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from acd.customer import Customer
from acd.events import CallArrived, CallbackWanted, CallDiverted, CallerLeft, CallerRecognised, CallQueued, Event, MenuChosen
from acd.model import QueueId
from acd.ports import Engine
from ivr.caller import Caller
from ivr.codec import DEAD_CHANNEL, Reply
from ivr.dialogue import Ask, Collect, Facts, MenuTaken, Say, SetLanguage, Step, StillHere, WhoCalls, entry_of, unasked, walk
from ivr.lookup import Directory, Hours, Lookup, Strangers, never_closed
from ivr.menu import PROMPT_FOLDER, Entry, MenuPlan
from ivr.returning import standing

SURVIVAL_CONTEXT: Final = "hotline-survival"
OUT_CONTEXT: Final = "hotline-out"

_PLAIN: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,_-+*#@/")
"""What a value may hold that goes to the dialplan: nothing that MSet, Goto or a substitution would read otherwise."""
_WHERE: Final = "${CONTEXT},${EXTEN},${PRIORITY}"


class LineLost(Exception):
    """The caller can't be spoken to any more: the channel hung up or was redirected, or the connection is closed."""


class NoVerdict(Exception):
    """The engine did not say in time where the caller goes."""


class CommandRefused(Exception):
    """Asterisk did not carry out a command, or must not be asked to."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the caller goes next: a ``Goto`` target, and the queue that the dialplan's hold and connect come back to."""

    target: str
    queue: QueueId | None
    opens: str = ""
    """When the queue opens again, for a destination that tells it."""


class Line(Protocol):
    """The session's connection to its channel."""

    @property
    def hung_up(self) -> bool:
        """Asterisk has said so, or the connection is closed."""

    @property
    def can_command(self) -> bool:
        """It is open, and no reply is owed."""

    @property
    def given_up(self) -> bool:
        """We closed it (shutdown, silence, bytes that make no sense): whether the caller is there is not known."""

    @property
    def has_verdict(self) -> bool:
        """The engine has said where the caller goes."""

    def send(self, verb: str, *arguments: str) -> None:
        """Send a command; raises LineLost when the connection is closed."""

    async def reply(self, patience_seconds: float = 0.0) -> Reply:
        """The reply, which may take ``patience_seconds`` longer than an answer does; raises LineLost when the connection closes."""

    def expect_verdict(self) -> None:
        """From now on the engine may say where the caller goes."""

    async def verdict(self) -> Verdict:
        """What the engine says; raises NoVerdict after a bounded time, LineLost on a hang-up before it."""


class Log(Protocol):
    """As much of a structlog logger as is used here."""

    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...
    def error(self, event: str, **fields: object) -> object: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the sessions of one server share."""

    engine: Engine
    log: Log
    today: Callable[[], str] = lambda: ""
    """The day (ISO) in the hotline's zone, for the rows of dialled numbers that count on some days only; '': all count."""
    directory: Directory = field(default_factory=Strangers)
    hours: Hours = never_closed
    unplayable: set[tuple[str, str]] = field(default_factory=set)
    """Prompts (language, name) that Asterisk could not play, and that were reported."""


class Session:
    """One pass. ``run`` is awaited once and raises nothing but a cancellation."""

    def __init__(self, caller: Caller, plan: MenuPlan, line: Line, services: Services) -> None:
        self._caller = caller
        self._plan = plan
        self._line = line
        self._services = services
        self._language = ""
        self._unreported: list[Event] = []
        self._lookup: Lookup | None = None
        self._customers: Sequence[Customer] = ()

    async def run(self) -> None:
        """The whole pass. On return the connection may be closed."""
        try:
            if self._plan.returning is not None:  # before anything else: the lookup is to be over when the welcome is
                self._lookup = self._services.directory.of_number(self._caller.ani)
            entry = entry_of(self._plan, self._caller.dnis, self._services.today())
            await self._submit(self._arrival(entry))
            facts = unasked(self._plan, entry, self._caller.language, self._services.today()) or await self._dialogue()
            await self._leave(facts, self._caller.transferred_by if entry.straight else None)
        except LineLost:
            await self._after_loss()
        except Exception as error:  # noqa: BLE001  whatever it is, it must cost this caller the menu only
            self._services.log.error("menu failed, caller goes to survival", call=self._caller.call, error=repr(error))
            await self._survive()

    # ---- the way through ---------------------------------------------------------------------------------------------------------

    def _arrival(self, entry: Entry) -> CallArrived:
        caller = self._caller
        return CallArrived(caller.call, caller.ani, caller.ani_name, caller.dnis, entry.label, entry.bypass)

    async def _recognise(self, keyed: str = "") -> None:
        """Find out who calls from this number, once, or whose number was keyed."""
        lookup, self._lookup = self._services.directory.of_keys(keyed) if keyed else self._lookup, None
        found = await lookup.customers() if lookup is not None else ()
        if found:
            self._customers = found
            self._unreported.append(CallerRecognised(self._caller.call, found))

    async def _dialogue(self) -> Facts:
        caller, services = self._caller, self._services
        steps = walk(self._plan, caller.dnis, caller.ani, services.today(), lambda: self._customers, services.hours)
        step = next(steps)
        while True:
            digit = await self._perform(step)
            try:
                step = steps.send(digit)
            except StopIteration as end:
                facts: Facts = end.value
                return facts

    async def _perform(self, step: Step) -> str:
        match step:
            case Ask(prompt, digits, timeout_seconds):
                return await self._play(prompt, timeout_seconds, "GET OPTION", self._file(prompt), digits, _milliseconds(timeout_seconds))
            case Collect(prompt, most, timeout_seconds):
                return await self._collect(prompt, most, timeout_seconds)
            case Say(prompt, digits):
                return await self._play(prompt, 0.0, "STREAM FILE", self._file(prompt), digits)
            case SetLanguage(language):
                self._language = language
            case MenuTaken(menu, digits, choice, solves):
                self._unreported.append(MenuChosen(self._caller.call, menu, digits, choice, solves))
            case StillHere():
                self._send("EXEC", "Set", f"TIMEOUT(absolute)={self._plan.limit_seconds}")
                _done(await self._line.reply())
            case WhoCalls(keyed):
                await self._recognise(keyed)
        return ""

    async def _play(self, prompt: str, timeout_seconds: float, verb: str, *arguments: str) -> str:
        self._send(verb, *arguments)
        await self._report()
        reply = _done(await self._line.reply(timeout_seconds))
        return reply.digit if reply.result != "-1" else await self._unspoken(prompt, timeout_seconds)

    async def _unspoken(self, prompt: str, timeout_seconds: float) -> str:
        """The prompt was not played, or the caller hung up: a caller who is there can key all the same."""
        self._send("WAIT FOR DIGIT", _milliseconds(timeout_seconds))
        reply = _done(await self._line.reply(timeout_seconds))
        if reply.result == "-1":
            raise LineLost
        if (self._language, prompt) not in self._services.unplayable:
            self._services.unplayable.add((self._language, prompt))
            self._services.log.error("prompt can't be played", prompt=self._file(prompt), call=self._caller.call)
        return reply.digit

    async def _collect(self, prompt: str, most: int, timeout_seconds: float) -> str:
        """Several keys. When the prompt could not be played, the first key is waited for all the same."""
        first = ""
        reply = await self._get_data(self._file(prompt) if prompt else "", most, timeout_seconds)
        if reply.result == "-1":
            first = await self._unspoken(prompt, timeout_seconds)
            if first in ("", "#") or most == 1:
                return first.rstrip("#")
            reply = await self._get_data("", most - 1, timeout_seconds)
            if reply.result == "-1":
                raise LineLost
        return first + reply.result

    async def _get_data(self, file: str, most: int, timeout_seconds: float) -> Reply:
        self._send("GET DATA", file, _milliseconds(timeout_seconds), str(most))
        await self._report()
        return _done(await self._line.reply(timeout_seconds * most))

    async def _leave(self, facts: Facts, handed_over_by: str | None) -> None:
        await self._recognise()
        await self._report()
        if facts.destination is None:
            await self._queue(facts, handed_over_by)
        else:
            await self._submit(CallDiverted(self._caller.call, facts.destination))
            await self._assign(("CHANNEL(language)", facts.language), ("HOTLINE_NEXT", f"{OUT_CONTEXT},{facts.destination},1"))

    async def _queue(self, facts: Facts, handed_over_by: str | None) -> None:
        self._line.expect_verdict()
        await self._submit(replace(self._queued(facts), handed_over_by=handed_over_by))
        verdict = await self._line.verdict()
        if facts.callback:  # means nothing when an agent is being rung already, or the queue promises none
            await self._submit(CallbackWanted(self._caller.call))
        await self._assign(
            ("CHANNEL(language)", facts.language), ("HOTLINE_QUEUE", verdict.queue), ("HOTLINE_OPENS", verdict.opens or None),
            ("HOTLINE_NEXT", verdict.target),
        )  # fmt: skip

    def _queued(self, facts: Facts) -> CallQueued:
        served = standing(self._customers, self._plan.returning, facts.known)
        return CallQueued(
            self._caller.call, facts.product_line, facts.level, facts.language, served.segment, facts.urgent, served.preferred_agent,
            customer=served.customer, case=served.case,
        )  # fmt: skip

    # ---- the ways out ------------------------------------------------------------------------------------------------------------

    async def _after_loss(self) -> None:
        """Tell the engine, unless the caller is where the engine or somebody else sent him, or nothing is known."""
        if self._line.given_up or self._line.has_verdict:
            return
        try:
            if await self._was_redirected():
                self._services.log.info("call was redirected out of the menu", call=self._caller.call)
                return
            await self._recognise()
            await self._report()
            await self._submit(CallerLeft(self._caller.call))
        except Exception as error:  # noqa: BLE001  logged, and the exchange reports the hang-up as well
            self._services.log.error("hang-up in the menu not reported", call=self._caller.call, error=repr(error))

    async def _was_redirected(self) -> bool:
        try:
            self._line.send("GET FULL VARIABLE", _WHERE)
            place = (await self._line.reply()).data
        except LineLost:
            return False
        return place is not None and place != self._caller.place

    async def _survive(self) -> None:
        """Say survival in so many words if we can; a session that ends without a word leads there as well."""
        if not self._line.can_command:
            return
        try:
            await self._assign(("HOTLINE_NEXT", f"{SURVIVAL_CONTEXT},{self._caller.extension},1"))
        except LineLost:
            self._services.log.info("caller gone before survival", call=self._caller.call)
        except CommandRefused as error:
            self._services.log.error("survival not set", call=self._caller.call, error=repr(error))

    # ---- small ones --------------------------------------------------------------------------------------------------------------

    async def _assign(self, *variables: tuple[str, str | None]) -> None:
        """Set channel variables, in this order; a value of None is left alone."""
        given = [(name, value) for name, value in variables if value is not None]
        for name, value in given:
            if not _PLAIN.issuperset(value):
                raise CommandRefused(f"{name} must not be {value[:100]!r}")
        self._line.send("EXEC", "MSet", ",".join(f'{name}="{value}"' for name, value in given))
        if _done(await self._line.reply()).result != "0":
            raise CommandRefused("MSet failed")

    def _send(self, verb: str, *arguments: str) -> None:
        if self._line.hung_up:
            raise LineLost
        self._line.send(verb, *arguments)

    async def _submit(self, event: Event) -> None:
        await self._services.engine.submit(event)

    async def _report(self) -> None:
        while self._unreported:
            await self._submit(self._unreported.pop(0))

    def _file(self, prompt: str) -> str:
        return f"{self._language}/{PROMPT_FOLDER}/{prompt}"


def _done(reply: Reply) -> Reply:
    if reply.code == DEAD_CHANNEL:
        raise LineLost
    if reply.code != 200:
        raise CommandRefused(f"{reply.code} {reply.text[:200]}")
    return reply


def _milliseconds(seconds: float) -> str:
    """At least 1: Asterisk reads 0 as no wait at all in one command and as for ever in another."""
    return str(max(1, round(seconds * 1000)))
