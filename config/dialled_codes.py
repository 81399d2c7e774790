"""Two small rules of the configuration: every language once, and agents' codes that can be told from all else that is dialled. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from config.schema import Config
from config.schema.source import Problem


def feature_codes(config: Config) -> Iterator[Problem]:
    """The codes that stand for something else too."""
    codes = config.feature_codes
    for name, code in codes.by_name().items() if codes is not None else ():
        others = (*config.handovers, *config.entries)
        taken = next((other for other in others if other.startswith(code) and len(other) <= len(code) + 1), None)
        if taken is not None:
            yield Problem(f"found feature code {code}, expected another: {taken} is dialled for something else", ("feature_codes", name))


def languages(config: Config) -> Iterator[Problem]:
    """Languages that are there twice."""
    for position, language in enumerate(config.languages):
        if language in config.languages[:position]:
            yield Problem(f"found language {language!r} a second time, expected it once", ("languages", position))
