"""The resolved secrets of one Asterisk, as they are handed to whatever writes its files. Never printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ExchangeSecrets:
    """The manager user's secret, and the password of each phone that registers. ``repr`` shows neither."""

    ami: str = field(repr=False)
    phones: Mapping[str, str] = field(default_factory=dict, repr=False)
