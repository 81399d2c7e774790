"""Secrets that must be read again are kept sealed: whoever reads the database, or a copy of it, reads none of them.

The key is derived from the one that signs the pages' sessions, which is a file of the engine's user and stands in no database (RFC 5869,
with a purpose of its own, so that neither use tells anything of the other); the seal is Fernet's: AES-128-CBC with HMAC-SHA-256. A sealed
secret names whose it is: in another's row it is worth nothing. Does not know what the secrets are for.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE: Final = b"hotline second factors"
_MARK: Final = "fernet:"
"""Begins every sealed secret; no base-32 letter is small."""


class Unreadable(Exception):
    """It was sealed with another key, for somebody else, or is damaged."""


class Seal:
    """Seals and opens."""

    def __init__(self, key: bytes) -> None:
        """``key``: 16 bytes or more of chance."""
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def seal(self, owner: str, secret: str) -> str:
        """What is kept of the owner's secret."""
        return _MARK + self._fernet.encrypt(_named(owner, secret)).decode()

    def open(self, owner: str, kept: str) -> str:
        """The owner's secret. Raises Unreadable."""
        try:
            named = self._fernet.decrypt(kept.removeprefix(_MARK).encode())
        except InvalidToken:
            raise Unreadable(owner) from None
        if not named.startswith(_named(owner, "")):
            raise Unreadable(owner)
        return named.removeprefix(_named(owner, "")).decode()


def is_sealed(kept: str) -> bool:
    """Whether it was sealed, or kept by a release that did not seal yet."""
    return kept.startswith(_MARK)


def _named(owner: str, secret: str) -> bytes:
    return f"{owner}\0{secret}".encode()
