"""The second factor of a login: time-based one-time codes (RFC 6238, as every authenticator app has them) and recovery codes.

Pure but for the making of secrets. Who has which secret is kept by ``acd.people``.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import pyotp

STEP_SECONDS = 30
STEPS_OFF = 1
"""A code of the step before or after is taken too: clocks differ, and typing takes time (RFC 6238, section 5.2)."""
RECOVERY_CODES = 10
DIGITS = 6


def new_secret() -> str:
    """160 bits of chance in base 32."""
    return pyotp.random_base32(32)


def enrolment_uri(secret: str, name: str, issuer: str) -> str:
    """What an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime, after_step: int = 0) -> int | None:
    """The time step whose code it is, now or one off, and later than ``after_step``: none is good twice; None for a wrong one."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    typed = code.replace(" ", "")
    if len(typed) != DIGITS or not typed.isascii():
        return None
    steps = (step for step in range(now - STEPS_OFF, now + STEPS_OFF + 1) if step > after_step)
    return next((step for step in steps if secrets.compare_digest(totp.generate_otp(step), typed)), None)


def new_recovery_codes() -> Sequence[str]:
    """Codes of 75 bits, in groups that can be typed."""
    return [_grouped(b32encode(secrets.token_bytes(10)).decode().lower()[:15]) for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code; spaces, hyphens and capitals don't matter."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return sha256(plain.encode()).hexdigest()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))
