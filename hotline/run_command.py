"""``hotline run``: the engine in the foreground, until SIGINT or SIGTERM; SIGHUP reads the config again."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal

import structlog
import uvloop
from sqlalchemy.exc import SQLAlchemyError
from twisted.internet import asyncioreactor
from twisted.internet.error import CannotListenError

from config.loader import SecretMissing
from hotline import places
from hotline.logs import log_as_json
from hotline.places import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")


def run(arguments: argparse.Namespace) -> int:
    """Run until told to stop. Refused when another engine uses the same state directory."""
    log_as_json(arguments.log_level)
    with places.only_engine():
        loop = uvloop.new_event_loop()
        asyncio.set_event_loop(loop)
        asyncioreactor.install(loop)  # type: ignore[no-untyped-call]  # Twisted has no types here; before anything imports the reactor: Twisted and asyncio share this one loop
        try:
            loop.run_until_complete(_run(arguments))
        except (OSError, CannotListenError, SecretMissing, SQLAlchemyError) as problem:
            raise Refused(f"{arguments.config}: {problem}") from problem
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
    return 0


async def _run(arguments: argparse.Namespace) -> None:
    from hotline.app import App  # Twisted's reactor must be installed first

    loop = asyncio.get_running_loop()
    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_stop.set)
    app = App(arguments.config, places.state_dir(), places.database_url(), places.session_secret())
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(app.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        await app.start()
        gc.collect()
        gc.freeze()  # what the start has made lives as long as the engine: no collection need look at it again
        await told_to_stop.wait()
        structlog.get_logger(__name__).info("stopping")
    finally:
        await app.stop()
