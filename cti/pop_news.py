"""What programs outside of the house are told of a screen pop, and how it is written: as JSON, as an address, as a manager event.

Decides what may stand where: an address has its values percent-encoded, an event has harmless characters only. It knows no
connection; who is sent what is decided by ``cti.pop_feed``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from acd.effects import ScreenPop

VERSION: Final = 1
USER_EVENT: Final = "HotlinePop"
_HARMLESS: Final = re.compile(r"[^A-Za-z0-9_+*#./@-]")
_LONGEST: Final = 80
"""Characters of one value in an event."""


@dataclass(frozen=True, slots=True)
class PopNews:
    """``what`` is offered, answered, missed, rescinded or failed; the offer's id and ``what`` together never come twice."""

    what: str
    at: datetime
    pop: ScreenPop

    @property
    def key(self) -> str:
        """The same for each attempt at sending it."""
        return f"{self.pop.offer}:{self.what}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the deliveries have gone since the engine's start."""

    sent: int = 0
    failed: int = 0
    """Given up after the last attempt, or refused for good."""
    left_out: int = 0
    """Not tried: too many were waiting, too old, or the service is being left alone."""
    waiting: int = 0
    paused: bool = False
    last_sent_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_problem: str = ""


def values(pop: ScreenPop) -> dict[str, str]:
    """What a template may name (``config.schema.pop.POP_FIELDS``), as text; '' for what is not known."""
    return {
        "ani": pop.ani, "ani_name": pop.ani_name, "dnis": pop.dnis, "entry": pop.entry, "call": pop.call, "offer": pop.offer,
        "agent": pop.agent, "phone": pop.phone or "", "product_line": pop.product_line, "level": str(pop.level), "language": pop.language,
        "segment": pop.segment, "customer": pop.customer, "case": pop.case,
    }  # fmt: skip


def address(template: str, pop: ScreenPop) -> str:
    """The template with the pop's values percent-encoded: none of them can end its place in the address.

    A caller's name can have half of a surrogate pair, which can't be encoded: it becomes a question mark.
    """
    return template.format(**{name: quote(text.encode("utf-8", "replace"), safe="") for name, text in values(pop).items()})


def event_fields(news: PopNews) -> dict[str, str]:
    """The headers of the manager event: every other character is left out, so that none can begin a header of its own."""
    texts = {"what": news.what, **values(news.pop), "waited": f"{news.pop.waited_seconds:.0f}"}
    del texts["ani_name"], texts["entry"]
    return {name.title().replace("_", ""): _HARMLESS.sub("", text)[:_LONGEST] for name, text in texts.items()}


def body(news: PopNews) -> bytes:
    """The JSON that is signed and sent."""
    pop = news.pop
    message = {
        "version": VERSION, "id": pop.offer, "event": news.what, "at": news.at.isoformat(), **values(pop),
        "path": [{"menu": menu, "digits": digits, "choice": choice} for menu, digits, choice in pop.path],
        "urgent": pop.urgent, "attempt": pop.attempt, "arrived_at": pop.arrived_at.isoformat(),
        "waited_seconds": round(pop.waited_seconds, 1),
        "reasons": [{"code": one.code, "count": one.count, "need": one.need} for one in pop.reasons],
    }  # fmt: skip
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode()


def ping_body(now: float) -> bytes:
    """A message that means nothing, by which it is seen that messages arrive."""
    return json.dumps({"version": VERSION, "id": f"ping-{now:.0f}", "event": "ping"}, separators=(",", ":")).encode()


def headers(secret: bytes, key: str, timestamp: int, text: bytes) -> Mapping[str, str]:
    """``Hotline-Signature`` is the HMAC-SHA256 of ``<timestamp>.<body>``, so that an old message can't be sent again as a new one."""
    signature = hmac.new(secret, str(timestamp).encode() + b"." + text, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json", "Idempotency-Key": key, "Hotline-Timestamp": str(timestamp),
        "Hotline-Signature": f"v1={signature}",
    }  # fmt: skip
