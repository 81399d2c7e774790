"""The command line: one file a command; this one only finds it and turns refusals into exit codes.

0 ok, 1 the answer is no (a failed check), 2 usage. Errors go to stderr, one line each.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from config.loader import ConfigError
from hotline.places import Refused

COMMANDS = {
    "run": "run the engine in the foreground",
    "check": "prove the config: no dead ends, every queue staffed, every prompt there",
    "dialplan": "render Asterisk's files from the config",
    "prompts": "list, render and verify the prompts",
    "doctor": "look at a running Asterisk and say what is missing",
    "simulate": "a day against the config, in seconds",
    "handover": "the short codes by which any employee hands a caller to a queue",
    "checkpoint": "store what the next start of the engine needs to know",
    "explain": "print a call's whole story",
    "report": "figures of the past: how calls were served, misroutes, calls round the hotline, first-call resolution",
    "recordings": "list the recorded conversations, or delete those that were kept for long enough",
    "sample": "draw the conversations that are listened to for quality, so that anybody can check it",
    "user": "who may log in: add, remove, list",
    "demo": "everything at once: an Asterisk, the engine, simulated callers and agents",
}
"""Command -> what it does; each is a module ``hotline.<command>_command`` with ``add_arguments(parser)`` and ``run(arguments)``."""

_SHIPPED_CONFIG = Path(__file__).parent.parent / "config" / "hotline.yaml"


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command line; with ``only``, that command's options alone, so that the others' modules need not be loaded."""
    top = argparse.ArgumentParser(prog="hotline", description="A technical-support hotline on Asterisk.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        one = commands.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
        one.add_argument(
            "--config", metavar="FILE", type=Path, default=Path(os.environ.get("HOTLINE_CONFIG", _SHIPPED_CONFIG)),
            help="the config (default: $HOTLINE_CONFIG, else the demo's)",
        )  # fmt: skip
        if only in (None, name):
            _module(name).add_arguments(one)
    return top


def _module(command: str):  # type: ignore[no-untyped-def]  # a module of this package, by its name
    return importlib.import_module(f"hotline.{command}_command")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the console script's entry."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parsed = parser(next((one for one in given if one in COMMANDS), "none")).parse_args(given)
    try:
        return int(_module(parsed.command).run(parsed))
    except (ConfigError, Refused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader (head, less) has seen enough
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
