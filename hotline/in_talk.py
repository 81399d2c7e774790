"""What agents do by click, carried out by the exchange where the call is."""

from __future__ import annotations

from collections.abc import Mapping

from acd.model import CallId, PhoneId
from acd.ports import EffectFailed, InTalk, TalkView


class ByExchange:
    """Implements ``acd.ports.InTalk`` over the exchanges."""

    def __init__(self, exchanges: Mapping[str, InTalk]) -> None:
        self._exchanges = exchanges

    async def put_on_hold(self, call: CallId, phone: PhoneId) -> None:
        """Music for the caller."""
        await self._of(call).put_on_hold(call, phone)

    async def take_back(self, call: CallId, phone: PhoneId) -> None:
        """Both talk again."""
        await self._of(call).take_back(call, phone)

    async def mute(self, call: CallId, phone: PhoneId, silent: bool) -> None:
        """Whether the caller hears the agent."""
        await self._of(call).mute(call, phone, silent)

    async def pause_recording(self, call: CallId, paused: bool) -> None:
        """Whether what is said is recorded."""
        await self._of(call).pause_recording(call, paused)

    async def answer(self, call: CallId, phone: PhoneId) -> None:
        """Ring the phone anew, as one that answers by itself."""
        await self._of(call).answer(call, phone)

    def in_talk(self, call: CallId) -> TalkView:
        """See ``acd.ports.InTalk``."""
        exchange = self._exchanges.get(call.partition("-")[0])
        return TalkView() if exchange is None else exchange.in_talk(call)

    def _of(self, call: CallId) -> InTalk:
        exchange = self._exchanges.get(call.partition("-")[0])
        if exchange is None:
            raise EffectFailed(f"no exchange of call {call} is configured")
        return exchange
