"""Random days on which agents promise callbacks for later times, some of which can't be kept, and what must hold of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from acd.appointment import CallbackPromised
from acd.effects import CallbackChanged, CallChanged, DialBack, Effect, OfferMade
from acd.events import CallbackCancelled, CallbackReached, OfferAnswered, TalkEnded, WrapUpEnded
from acd.model import CallbackState, CallId, Level
from tests.property.test_router_machine import KEYED, LINES, NUMBERS, Hotline

AHEAD_SECONDS = (-5.0, 0.0, 1.0, 30.0, 90.0, 400.0, 90 * 86_400.0)
"""Past, now, soon, and farther than may be promised."""


class Promising(Hotline):
    """A hotline whose agents promise to call back."""

    def __init__(self) -> None:
        super().__init__()
        self.due: dict[CallId, datetime] = {}
        """Of each promise that was ever accepted: by the id of the call that it will be."""
        self.off: set[CallId] = set()
        """Called off before they were due, or when they were."""

    @rule(
        data=st.data(), ahead=st.sampled_from(AHEAD_SECONDS), number=st.sampled_from((*NUMBERS, KEYED, "", "110")),
        line=st.sampled_from(LINES), level=st.sampled_from(Level), again=st.booleans(), goes=st.integers(0, 3),
    )  # fmt: skip
    def an_agent_promises_a_callback(
        self, data: st.DataObject, ahead: float, number: str, line: str, level: Level, again: bool, goes: int
    ) -> None:
        """``again``: under the name of an earlier promise that was not called off. ``goes``: how far it goes at once: it is promised, due,
        the agent's phone and the customer's are answered."""
        self.somebody_talks()
        talking = [(call.id, call.agent) for call in self.router.calls().values() if call.agent]
        if not talking:
            return
        call, name = data.draw(st.sampled_from(talking), label="talk")
        earlier = [promise for promise in self.due if promise not in self.off] if again else []
        callback = earlier[0] if earlier else CallId(f"main-p{len(self.story)}.a")
        promised = CallbackPromised(call, callback, name, self.now + timedelta(seconds=ahead), number, line, level, "zh", "the part")
        if self.deliver(promised):
            assert callback not in self.due, "one name for two promises"
            assert 0.0 < ahead < AHEAD_SECONDS[-1] and number, "a promise that can't be kept"
            self.due[callback] = promised.due_at
            if goes > 0:
                self.deliver(TalkEnded(call, name))
                self.deliver(WrapUpEnded(name, "solved"))
                self.time_passes(ahead)
            self.goes_on(callback, goes)

    def goes_on(self, callback: CallId, goes: int) -> None:
        call = self.router.calls().get(callback)
        if goes > 1 and call is not None and call.offer is not None:
            self.deliver(OfferAnswered(call.offer.id))
        if goes > 2 and call is not None:
            dialled = [told for effects in self.effects_told for told in effects or () if isinstance(told, DialBack)]
            for attempt in (told.attempt for told in dialled if told.call == callback):
                self.deliver(CallbackReached(callback, attempt))

    @rule(data=st.data())
    def a_promise_is_called_off(self, data: st.DataObject) -> None:
        if self.due:
            self.deliver(CallbackCancelled(data.draw(st.sampled_from(list(self.due)), label="promise"), "boss"))

    def follow(self, effect: Effect) -> None:
        if isinstance(effect, CallChanged) and effect.call in self.due and effect.call not in self.arrived:
            assert self.now >= self.due[effect.call], f"{effect.call} is a call before it is due"
            self.arrived.append(effect.call)
        if isinstance(effect, OfferMade | DialBack) and effect.call in self.due:
            assert self.now >= self.due[effect.call], f"{effect.call} was rung before it was due"
        if isinstance(effect, CallbackChanged) and effect.state is CallbackState.CANCELLED and effect.call in self.due:
            self.off.add(effect.call)
        super().follow(effect)

    @invariant()
    def a_promise_is_kept_in_mind_until_it_is_a_call_or_called_off(self) -> None:
        state = self.router._state
        assert set(self.due) <= {*state.appointments, *self.arrived, *self.off}
        assert not set(state.appointments) & {*self.arrived, *self.off}
        assert not state.appointments or self.router.next_deadline() is not None
        for one in state.appointments.values():
            assert one.due_us is not None and one.promise.due_at == self.due[one.id]

    @invariant()
    def nobody_is_promised_two_callbacks(self) -> None:
        state = self.router._state
        numbers = [one.promise.number for one in state.appointments.values()]
        assert len(set(numbers)) == len(numbers)
        shown = [promise.call for promise in self.router.board(self.now).promises]
        assert len(set(shown)) == len(shown) and set(state.appointments) <= set(shown)
