"""A config that may be used: loaded and proven."""

from __future__ import annotations

from pathlib import Path

from config.check import check
from config.loader import ConfigError, load
from config.schema import Config
from config.schema.source import Severity


def proven(path: Path) -> Config:
    """The config in ``path``; raises ConfigError with every problem that is an error, be it of form or of proof."""
    config = load(path)
    errors = [problem for problem in check(config) if problem.severity is Severity.ERROR]
    if errors:
        raise ConfigError(errors)
    return config
