"""What the pages need to know of people besides who is signed in: their accounts, tokens, deeds, and what each role may see.

Ports and rules only. Whoever keeps users fits ``Accounts`` and so on; the composition root hands them over. An app without them serves
everything else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Protocol

from acd.deed import Deed, DeedFilter

Row = Mapping[str, Any]


class Accounts(Protocol):
    """Whoever keeps the users, for the administrator."""

    async def put(
        self, name: str, password: str, role: str, agent: str | None, language: str, teams: Sequence[str] = (), totp_required: bool = False
    ) -> None: ...
    async def change(self, name: str, **fields: object) -> bool: ...
    async def set_password(self, name: str, password: str) -> bool: ...
    async def reset_second_factor(self, name: str) -> bool: ...
    async def one(self, name: str) -> Row | None: ...
    async def all(self) -> Sequence[Row]: ...


class Tokens(Protocol):
    """Whoever keeps the tokens of other programs."""

    async def create(
        self, name: str, role: str, teams: Sequence[str], created_by: str, at: datetime, expires_at: datetime | None
    ) -> tuple[str, str]: ...
    async def matching(self, token: str, at: datetime) -> Row | None: ...
    async def revoke(self, identity: str, by: str, at: datetime) -> bool: ...
    async def all(self) -> Sequence[Row]: ...


class Pins(Protocol):
    """Whoever keeps the PINs by which agents log in at a phone."""

    async def set(self, user: str, pin: str) -> bool:
        """False when there is no such user; ValueError when he can't have this one."""


class Audit(Protocol):
    """Whoever keeps what people did."""

    async def note(self, deed: Deed) -> None: ...
    async def deeds(self, wanted: DeedFilter, limit: int, before: int | None = None) -> Sequence[Row]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration says of access."""

    numbers_seen_by: frozenset[str] = frozenset({"agent", "supervisor", "admin"})
    """Roles that see callers' numbers in full."""
    recordings_heard_by: frozenset[str] = frozenset({"supervisor", "quality", "admin"})
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks whose ``X-Forwarded-For`` is believed."""
    origins: frozenset[str] = frozenset()
    """Sites that may ask besides the pages' own, e.g. ``https://desk.example`` when a proxy in front changes the Host header."""
    idle_seconds: float = 3600.0
    """A session without an open page or a request for so long is over."""


PastCall = tuple[Sequence[str | None], str | None]
"""The queues that a call was in first and last, and the agent who talked last."""


async def _nowhere(_call: str) -> PastCall | None:
    return None


@dataclass(frozen=True, slots=True)
class Access:
    """All of it."""

    accounts: Accounts | None = None
    tokens: Tokens | None = None
    audit: Audit | None = None
    rules: Callable[[], Rules] = field(default=Rules)
    past_call: Callable[[str], Awaitable[PastCall | None]] = _nowhere
    """What is known of a call that is over; None for one that nobody knows."""
    pins: Pins | None = None


def address_of(peer: str, forwarded: Sequence[str], trusted: Sequence[str]) -> str:
    """Where a request comes from.

    ``forwarded`` are the values of ``X-Forwarded-For``, in order. Each proxy appends whom it was asked by; so it is read from its end, as
    long as whoever wrote the entry is trusted. What is no address is nobody's word to be taken.
    """
    networks = [ip_network(one, strict=False) for one in trusted]
    address = _plain(peer)
    for entry in reversed([part.strip() for line in forwarded for part in line.split(",")]):
        if address is None or not any(address in network for network in networks):
            break
        further = _plain(entry)
        if further is None:
            break
        address = further
    return peer if address is None else str(address)


def _plain(text: str) -> IPv4Address | IPv6Address | None:
    """The address; one of IPv4 as itself also where a socket of IPv6 tells it (``::ffff:192.0.2.1``). None for what is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
