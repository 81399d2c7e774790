"""Child processes that are started for a demo, a test or a benchmark, and that never outlive it.

Decides how a child starts (own session, output into a log, killed by the kernel should this process die) and how it is ended:
politely first, and only ever the very process that was started here. It does not know what the child does.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

POLITELY = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0))
"""Signals to send one after another, each with the seconds to wait for its effect."""


async def start(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, directory: Path | None = None
) -> Process:
    """Start a child whose output is appended to ``log``; ``environment`` is added to ours.

    The child gets a session of its own: Ctrl-C at the terminal reaches us only, and we end the children in their order.
    Raises OSError when the program can't be started.
    """
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *_dying_with_us(),
            *arguments,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            cwd=directory,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )


def _dying_with_us() -> tuple[str, ...]:
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


async def stop(child: Process, signals: Sequence[tuple[signal.Signals, float]] = POLITELY) -> int:
    """End ``child`` by the first of ``signals`` that does it; return its exit status (negative: the signal's number)."""
    for number, patience_seconds in signals:
        if child.returncode is None:
            child.send_signal(number)
        if await ended(child, patience_seconds):
            break
    return await child.wait()


async def ended(child: Process, seconds: float) -> bool:
    """Wait at most ``seconds`` for ``child`` to end by itself; whether it did."""
    try:
        await asyncio.wait_for(child.wait(), seconds)
    except TimeoutError:
        return False
    return True
