"""``hotline user``: who may log in to the pages."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
from pathlib import Path

from acd.archive import UserDirectory, open_database
from config.loader import load
from hotline import places
from hotline.places import Refused

ROLES = ("agent", "supervisor", "quality", "admin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser(
        "add", help="add a user, or replace the one of that name; asks for the password, or takes $HOTLINE_USER_PASSWORD"
    )
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="agent")
    add.add_argument("--agent", help="the agent of the config whom this user is (default for role agent: the same name)")
    add.add_argument("--language", default="zh", help="language of the pages (default: zh)")
    remove = actions.add_parser("remove", help="take a user away")
    remove.add_argument("name")
    actions.add_parser("list", help="list the users")
    for one in actions.choices.values():
        one.add_argument("--config", metavar="FILE", type=Path, default=argparse.SUPPRESS, help="as before the action")


def run(arguments: argparse.Namespace) -> int:
    """Do it. Refused for an agent that the config does not have, and for a user who is not there."""
    return asyncio.run({"add": _add, "remove": _remove, "list": _list}[arguments.action](arguments))


async def _add(arguments: argparse.Namespace) -> int:
    agent = arguments.agent or (arguments.name if arguments.role == "agent" else None)
    known = set(load(arguments.config).agents)
    if agent is not None and agent not in known:
        raise Refused(f"{arguments.config}: no agent {agent} here; expected one of {', '.join(sorted(known))}")
    password = os.environ.get("HOTLINE_USER_PASSWORD") or getpass.getpass(f"Password for {arguments.name}: ")
    if not password:
        raise Refused("a password is needed")
    database = await open_database(places.database_url())
    await UserDirectory(database).put(arguments.name, password, arguments.role, agent, arguments.language)
    await database.dispose()
    return 0


async def _remove(arguments: argparse.Namespace) -> int:
    database = await open_database(places.database_url())
    removed = await UserDirectory(database).remove(arguments.name)
    await database.dispose()
    if not removed:
        raise Refused(f"no user {arguments.name}")
    return 0


async def _list(_: argparse.Namespace) -> int:
    database = await open_database(places.database_url())
    for row in await UserDirectory(database).all():
        print(f"{row['name']}\t{row['role']}\t{row['agent'] or '-'}\t{row['language']}")
    await database.dispose()
    return 0
