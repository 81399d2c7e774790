"""Who outside of the house is told of pops, as the configuration says.

Decides which manager connection tells of a pop; a target that can't be reached holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from acd.effects import ScreenPop
from acd.ports import EffectFailed
from config.loader import resolve_secret
from config.schema import Config
from cti.ami import Ami
from cti.breaker import Breaker
from cti.pop_news import USER_EVENT, PopNews, address, event_fields
from cti.webhook import Service, Webhook

log = structlog.get_logger(__name__)

MOST_UNDER_WAY = 200
"""Events on their way to Asterisk; more are left out, for it does not keep up."""


def webhook_of(config: Config, folder: Path) -> Webhook | None:
    """The configured service; None without one. Raises SecretMissing."""
    row = config.screen_pop.webhook
    if row is None:
        return None
    service = Service(row.url, resolve_secret(row.secret, folder).encode(), row.limit_seconds, row.attempts, row.waiting)
    return Webhook(service, Breaker(row.failures_to_pause, row.pause_seconds))


def pop_link(config: Config, pop: ScreenPop) -> tuple[str, bool] | None:
    """The company's page about the caller, and whether it opens by itself; None without one."""
    row = config.screen_pop.url
    return None if row is None else (address(row.address, pop), row.opens_by_itself)


class ManagerEvents:
    """Tells of each pop at the Asterisk where its call is."""

    def __init__(self, exchanges: Mapping[str, Ami]) -> None:
        self._exchanges = exchanges
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, news: PopNews) -> None:
        """A ``cti.pop_feed.Listener``."""
        exchange = self._exchanges.get(news.pop.call.partition("-")[0])
        if exchange is None or len(self._under_way) >= MOST_UNDER_WAY:
            return
        task = asyncio.create_task(_tell(exchange, news))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _tell(exchange: Ami, news: PopNews) -> None:
    try:
        await exchange.user_event(USER_EVENT, event_fields(news))
    except EffectFailed as failed:
        log.info("pop_event_not_sent", offer=news.pop.offer, reason=str(failed))
