"""Pops sent to a service outside of the house (``POST``, signed JSON), which must never hold up a call.

Decides when a message is tried again, and when it is left out: news of pops are worth nothing when they are old. Messages about one offer
go out in their order; those of different offers do not wait for each other. What a message says is ``cti.pop_news``'s matter.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
import structlog

from cti.breaker import Breaker
from cti.pop_news import Delivery, PopNews, body, headers, ping_body

log = structlog.get_logger(__name__)

LANES: Final = 8
"""So many messages are under way at a time."""
FIRST_PAUSE_SECONDS: Final = 0.5
"""Before the second attempt; it doubles."""
OLDEST_SECONDS: Final = 30.0
"""What has waited for longer is left out: the call has been answered, or is gone."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where it is sent, and with how much patience."""

    url: str
    secret: bytes
    limit_seconds: float = 3.0
    attempts: int = 3
    waiting: int = 500


class Webhook:
    """One service. ``tell`` is a ``cti.pop_feed.Listener``."""

    def __init__(
        self, service: Service, breaker: Breaker, *, clock: Callable[[], float] = time.time,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:  # fmt: skip
        """``clock`` gives the epoch second that is signed."""
        self._service = service
        self._breaker = breaker
        self._clock = clock
        self._first_pause_seconds = first_pause_seconds
        self._client = httpx.AsyncClient(timeout=service.limit_seconds, follow_redirects=False)
        self._lanes: list[asyncio.Queue[tuple[float, PopNews]]] = [asyncio.Queue() for _ in range(LANES)]
        self._workers: list[asyncio.Task[None]] = []
        self._sent = self._failed = self._left_out = 0
        self._last_sent: datetime | None = None
        self._last_failed: datetime | None = None
        self._problem = ""

    @property
    def delivery(self) -> Delivery:
        """How it goes."""
        paused = self._breaker.failures > 0 and not self._breaker.is_closed
        return Delivery(
            self._sent, self._failed, self._left_out, self._waiting(), paused, self._last_sent, self._last_failed, self._problem
        )  # fmt: skip

    def start(self) -> None:
        """Begin to send."""
        self._workers = [asyncio.create_task(self._work(lane), name=f"webhook-{number}") for number, lane in enumerate(self._lanes)]

    async def stop(self) -> None:
        """What waits is left out."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._client.aclose()

    def tell(self, news: PopNews) -> None:
        """Send it as soon as may be; returns at once."""
        if self._waiting() >= self._service.waiting:
            self._left_out += 1
            return
        lane = self._lanes[zlib.crc32(news.pop.offer.encode()) % LANES]
        lane.put_nowait((asyncio.get_running_loop().time(), news))

    def _waiting(self) -> int:
        return sum(lane.qsize() for lane in self._lanes)

    async def _work(self, lane: asyncio.Queue[tuple[float, PopNews]]) -> None:
        while True:
            since, news = await lane.get()
            if asyncio.get_running_loop().time() - since > OLDEST_SECONDS or not self._breaker.allows(asyncio.get_running_loop().time()):
                self._left_out += 1
                continue
            await self._deliver(news)

    async def _deliver(self, news: PopNews) -> None:
        pause_seconds = self._first_pause_seconds
        for attempt in range(1, self._service.attempts + 1):
            problem, again = await self._attempt(news)
            if not problem:
                self._sent, self._last_sent = self._sent + 1, datetime.now(UTC)
                self._breaker.answered()
                return
            if not again or attempt == self._service.attempts:
                break
            await asyncio.sleep(pause_seconds)
            pause_seconds *= 2
        self._failed, self._last_failed, self._problem = self._failed + 1, datetime.now(UTC), problem
        self._breaker.failed(asyncio.get_running_loop().time())
        log.warning("webhook_failed", offer=news.pop.offer, what=news.what, problem=problem, failures=self._breaker.failures)

    async def _attempt(self, news: PopNews) -> tuple[str, bool]:
        """What went wrong ('': nothing), and whether it may go well another time."""
        text = body(news)
        try:
            answer = await self._client.post(
                self._service.url, content=text, headers=dict(headers(self._service.secret, news.key, int(self._clock()), text))
            )
        except httpx.HTTPError as problem:
            return f"{type(problem).__name__}: {problem}"[:200], True
        if answer.is_success:
            return "", False
        return f"status {answer.status_code}", answer.status_code in (408, 425, 429) or answer.is_server_error


def ping(url: str, secret: bytes, limit_seconds: float, now: float) -> str:
    """Send a message that means nothing, and wait for the answer; what is wrong with it, or ''. ``now`` is the epoch second."""
    text = ping_body(now)
    try:
        answer = httpx.post(url, content=text, headers=dict(headers(secret, f"ping:{now:.0f}", int(now), text)), timeout=limit_seconds)
    except httpx.HTTPError as problem:
        return f"{type(problem).__name__}: {problem}"[:200]
    return "" if answer.is_success else f"status {answer.status_code}"
