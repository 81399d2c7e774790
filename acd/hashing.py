"""Slow hashes of what people know by heart. Knows not what it is, nor where it is kept."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's second choice for argon2id: 19 MiB, two passes, one lane."""


async def hashed(secret: str) -> str:
    """Beside the loop: it takes its time, on purpose."""
    return await asyncio.to_thread(_HASHER.hash, secret)


def verify(known: str, secret: str) -> bool:
    """Whether the secret has this hash. Takes its time: not for the loop's thread."""
    try:
        return _HASHER.verify(known, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def hash_of_nobody() -> str:
    """One to compare with where there is none, so that the answer takes as long."""
    return _HASHER.hash("nobody has this password")
