"""Where a command about a caller is carried out: in the menu session while it waits for its answer, else by the exchange.

One AGI session per call is the budget; a caller for whom an agent is free at once is sent on by that session, without AMI.
"""

from __future__ import annotations

from collections.abc import Mapping

from acd.effects import (
    Announce,
    AskOutside,
    Confer,
    DialBack,
    HangUpCall,
    HangUpPhones,
    HoldCall,
    JoinCaller,
    RingAgent,
    SendCall,
    StartConsult,
    StopRinging,
    TellIncident,
)
from acd.model import CallId
from acd.news import TellSolved
from acd.ports import CallControl, EffectFailed
from acd.supervision import EndWatch, TakeOver, WatchCall
from ivr.fastagi import Sessions


class SessionFirst:
    """Implements ``acd.ports.CallControl`` over the menu's sessions and the exchanges."""

    def __init__(self, sessions: Sessions, exchanges: Mapping[str, CallControl]) -> None:
        self._sessions = sessions
        self._exchanges = exchanges

    async def hold(self, command: HoldCall) -> None:
        """Let the caller wait."""
        if not self._sessions.deliver(command.call, f"hotline-hold,{command.queue},1", command.queue):
            await (await self._exchange(command.call)).hold(command)

    async def ring(self, command: RingAgent) -> None:
        """Connect the caller to the agent's phone."""
        if command.alone or not self._sessions.deliver(command.call, f"hotline-connect,{command.phone},1", command.queue):
            await (await self._exchange(command.call)).ring(command)

    async def dial_back(self, command: DialBack) -> None:
        """Ring the customer of a promised callback."""
        await (await self._exchange(command.call)).dial_back(command)

    async def stop_ringing(self, command: StopRinging) -> None:
        """Take the caller back into hold."""
        await (await self._exchange(command.call)).stop_ringing(command)

    async def send(self, command: SendCall) -> None:
        """Send the caller to a destination of the dialplan."""
        if not self._sessions.deliver(command.call, f"hotline-out,{command.destination},1", None, command.opens):
            await (await self._exchange(command.call)).send(command)

    async def hang_up(self, command: HangUpCall) -> None:
        """End the caller's visit."""
        await (await self._exchange(command.call)).hang_up(command)

    async def announce(self, command: Announce) -> None:
        """Tell a held caller something at the next pause of his music."""
        await (await self._exchange(command.call)).announce(command)

    async def consult(self, command: StartConsult) -> None:
        """Hold the caller and let his agent's phone ring another one."""
        await (await self._exchange(command.call)).consult(command)

    async def ask_outside(self, command: AskOutside) -> None:
        """Hold the caller and let his agent's phone ring somebody outside the house."""
        await (await self._exchange(command.call)).ask_outside(command)

    async def confer(self, command: Confer) -> None:
        """Bring the caller to the two who talk about his call."""
        await (await self._exchange(command.call)).confer(command)

    async def join(self, command: JoinCaller) -> None:
        """Put the caller together with one of the two agents."""
        await (await self._exchange(command.call)).join(command)

    async def hang_up_phones(self, command: HangUpPhones) -> None:
        """Let the agents' phones go."""
        await (await self._exchange(command.call)).hang_up_phones(command)

    async def watch(self, command: WatchCall) -> None:
        """Let a supervisor hear a conversation."""
        await (await self._exchange(command.call)).watch(command)

    async def end_watch(self, command: EndWatch) -> None:
        """Let his phone go."""
        await (await self._exchange(command.call)).end_watch(command)

    async def take_over(self, command: TakeOver) -> None:
        """Let the caller come to a supervisor's phone."""
        await (await self._exchange(command.call)).take_over(command)

    async def tell_incident(self, command: TellIncident) -> None:
        """Let a held caller hear of an incident."""
        await (await self._exchange(command.call)).tell_incident(command)

    async def tell_solved(self, command: TellSolved) -> None:
        """Ring somebody and tell him that his incident is solved."""
        await (await self._exchange(command.call)).tell_solved(command)

    async def _exchange(self, call: CallId) -> CallControl:
        """The call's exchange, once no session is between its answer and its end."""
        await self._sessions.left(call)
        name = call.partition("-")[0]
        try:
            return self._exchanges[name]
        except KeyError:
            raise EffectFailed(f"no exchange named {name} is configured (call {call})") from None
