"""Logs as JSON lines on stderr, with UTC times. No caller's number stands in them in full, whoever wrote the line (``acd.masking``)."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from acd.masking import masked_fields, masked_text


def log_as_json(level: str) -> None:
    """Set structlog up for the process; the standard library's loggers (uvicorn, panoramisk) join it from ``warning`` up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            without_numbers,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def without_numbers(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the line with every caller's number masked. What is no plain data is written as its ``repr`` would be."""
    return {key: masked_fields(_plain(value), key) for key, value in line.items()}


def _plain(value: object) -> object:
    """As the renderer would write it, so that a number inside is seen."""
    return json.loads(json.dumps(value, default=repr))


class Lines(logging.Formatter):
    """The standard library's records as JSON lines."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, its traceback inside."""
        line = {"level": record.levelname, "logger": record.name, "event": masked_text(record.getMessage())}
        if record.exc_info:
            line["exception"] = masked_text(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
