"""Which news of pops there are, from the router's notices, for those outside of the house who want them.

Decides what is news: an offer with its pop, and what became of it. It does not know what the listeners do; they must not block and must
not raise. Offers that were open when the engine started are no news.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from acd.effects import Effect, OfferChanged, ScreenPop
from acd.model import OfferId, OfferState
from cti.pop_news import PopNews

Listener = Callable[[PopNews], None]

_OUTCOMES: Final = {
    OfferState.ACCEPTED: "answered", OfferState.MISSED: "missed", OfferState.RESCINDED: "rescinded", OfferState.FAILED: "failed",
}  # fmt: skip


class PopFeed:
    """Tells its listeners, once there are any."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()
        self._open: dict[OfferId, ScreenPop] = {}

    def begin(self, listeners: Sequence[Listener]) -> None:
        """From now on what happens is news for these."""
        self._listeners = tuple(listeners)

    def follow(self, at: datetime, effects: Sequence[Effect]) -> None:
        """Tell what is news."""
        for effect in effects if self._listeners else ():
            if isinstance(effect, ScreenPop):
                self._open[effect.offer] = effect
                self._tell(PopNews("offered", at, effect))
            elif isinstance(effect, OfferChanged) and effect.state in _OUTCOMES:
                pop = self._open.pop(effect.offer, None)
                if pop is not None:
                    self._tell(PopNews(_OUTCOMES[effect.state], at, pop))

    def _tell(self, news: PopNews) -> None:
        for listener in self._listeners:
            listener(news)
