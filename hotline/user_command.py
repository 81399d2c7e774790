"""``hotline user``: who may log in to the pages, and the tokens by which other programs use the API. What it changes is audited."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from acd.audit import AuditLog
from acd.deed import Deed
from acd.people import UserDirectory
from acd.pins import Pins
from acd.tokens import TokenDirectory
from config.loader import load
from hotline import places
from hotline.places import Refused
from hotline.records_database import file_of, records_database

ROLES = ("agent", "supervisor", "quality", "admin")
TOKEN_ROLES = (*ROLES, "wall")
TOKEN_DAYS = 365


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
    _add_teams(add)
    add.add_argument("--second-factor", action="store_true", help="he has to set up an authenticator app at his first login")
    change = actions.add_parser("change", help="change a user's role, agent or teams; he has to log in again")
    change.add_argument("name")
    change.add_argument("--role", choices=ROLES)
    change.add_argument("--agent", help="the agent of the config whom this user is; '' for none")
    _add_teams(change)
    change.add_argument("--all-teams", action="store_true", help="he sees all teams")
    for action, told in (
        ("password", "give a user another password, as for add; he has to log in again, and all else about him stays as it is"),
        ("remove", "take a user away"),
        ("deactivate", "keep a user, but let him in no more"),
        ("activate", "let a deactivated user in again"),
        ("pin", "give a user a PIN for logging in at any phone; asks for it, or takes $HOTLINE_USER_PIN"),
        ("totp-reset", "take a user's second factor away, when his telephone is lost"),
    ):
        actions.add_parser(action, help=told).add_argument("name")
    actions.add_parser("list", help="list the users")
    token = actions.add_parser("token", help="make a token for another program, and print it; it can't be had again")
    token.add_argument("name", help="what it is for")
    token.add_argument("--role", choices=TOKEN_ROLES, default="supervisor")
    _add_teams(token)
    token.add_argument("--days", type=int, default=TOKEN_DAYS, help=f"how long it is good (default: {TOKEN_DAYS}; 0: until it is revoked)")
    actions.add_parser("tokens", help="list the tokens")
    actions.add_parser("token-revoke", help="take a token back").add_argument("id")
    for one in actions.choices.values():
        one.add_argument("--config", metavar="FILE", type=Path, default=argparse.SUPPRESS, help="as before the action")


def _add_teams(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--team", action="append", metavar="TEAM", help="only this team's agents and queues; may be given again")


def run(arguments: argparse.Namespace) -> int:
    """Do it. Refused for an agent or a team that the config does not have, and for a user or token that is not there."""
    asyncio.run(_run(arguments))
    return 0


async def _run(arguments: argparse.Namespace) -> None:
    await asyncio.to_thread(_require_known, arguments)
    file = file_of(places.database_url())
    is_new = file is not None and not places.readable(file)
    async with records_database(must_exist=arguments.action not in FIRST) as database:
        await ACTIONS[arguments.action](arguments, database)
        if arguments.action not in LISTS:
            await AuditLog(database).note(_deed(arguments))
    if is_new:
        print(f"there were no records yet in {file}; is HOTLINE_STATE_DIR what the engine will have?", file=sys.stderr)


def _deed(arguments: argparse.Namespace) -> Deed:
    asked = {key: getattr(arguments, key, None) for key in ("role", "agent", "team")}
    target = getattr(arguments, "name", None) or arguments.id
    detail = {key: value for key, value in asked.items() if value}
    return Deed(datetime.now(UTC), _administrator(), f"user.{arguments.action}", via="cli", target=target, detail=detail)


def _administrator() -> str:
    """Who sits at this machine's keyboard."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"


def _require_known(arguments: argparse.Namespace) -> None:
    agent, teams = getattr(arguments, "agent", None), getattr(arguments, "team", None) or ()
    if arguments.action == "add" and agent is None and arguments.role == "agent":
        agent = arguments.agent = arguments.name
    if not agent and not teams:
        return
    agents = load(arguments.config).agents
    if agent and agent not in agents:
        raise Refused(f"{arguments.config}: no agent {agent} here; expected one of {', '.join(sorted(agents))}")
    known = {row.team for row in agents.values() if row.team}
    for team in teams:
        if team not in known:
            raise Refused(f"{arguments.config}: no team {team} here; expected one of {', '.join(sorted(known))}")


# ---- users -------------------------------------------------------------------------------------------------------------------


async def _add(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    password = await _password_for(arguments.name)
    await UserDirectory(database).put(
        arguments.name, password, arguments.role, arguments.agent, arguments.language, arguments.team or (), arguments.second_factor
    )


async def _password(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    directory = UserDirectory(database)
    _require_user(arguments, await directory.one(arguments.name) is not None)
    _require_user(arguments, await directory.set_password(arguments.name, await _password_for(arguments.name)))


async def _password_for(name: str) -> str:
    password = os.environ.get("HOTLINE_USER_PASSWORD") or await asyncio.to_thread(getpass.getpass, f"Password for {name}: ")
    if not password:
        raise Refused("a password is needed")
    return password


async def _change(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    wanted: dict[str, Any] = {}
    if arguments.role:
        wanted["role"] = arguments.role
    if arguments.agent is not None:
        wanted["agent"] = arguments.agent or None
    if arguments.team or arguments.all_teams:
        wanted["teams"] = [] if arguments.all_teams else arguments.team
    if not wanted:
        raise Refused("nothing to change: name --role, --agent, --team or --all-teams")
    _require_user(arguments, await UserDirectory(database).change(arguments.name, **wanted))


async def _remove(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    _require_user(arguments, await UserDirectory(database).remove(arguments.name))


async def _deactivate(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    _require_user(arguments, await UserDirectory(database).change(arguments.name, active=False))


async def _activate(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    _require_user(arguments, await UserDirectory(database).change(arguments.name, active=True))


async def _totp_reset(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    _require_user(arguments, await UserDirectory(database).reset_second_factor(arguments.name))


async def _pin(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    pin = os.environ.get("HOTLINE_USER_PIN") or await asyncio.to_thread(getpass.getpass, f"PIN for {arguments.name}: ")
    try:
        _require_user(arguments, await Pins(database).set(arguments.name, pin or ""))
    except ValueError as wrong:
        raise Refused(str(wrong)) from None


def _require_user(arguments: argparse.Namespace, found: bool) -> None:
    if not found:
        raise Refused(f"no user {arguments.name}")


async def _list(_: argparse.Namespace, database: AsyncEngine) -> None:
    for row in await UserDirectory(database).all():
        teams, factor = ",".join(row["teams"]) or "all teams", "second factor" if row["totp"] else "password"
        state = "" if row["active"] else "\tnot active"
        print(f"{row['name']}\t{row['role']}\t{row['agent'] or '-'}\t{row['language']}\t{teams}\t{factor}{state}")


# ---- tokens ------------------------------------------------------------------------------------------------------------------


async def _token(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    if arguments.days < 0:
        raise Refused("--days must be 0 or more")
    now = datetime.now(UTC)
    expires = now + timedelta(days=arguments.days) if arguments.days else None
    by = _administrator()
    _, token = await TokenDirectory(database).create(arguments.name, arguments.role, arguments.team or (), by, now, expires)
    print(token)


async def _tokens(_: argparse.Namespace, database: AsyncEngine) -> None:
    for row in await TokenDirectory(database).all():
        state = "revoked" if row["revoked_at"] else f"until {row['expires_at']:%Y-%m-%d}" if row["expires_at"] else "no end"
        used = f"{row['last_used_at']:%Y-%m-%d %H:%M}" if row["last_used_at"] else "never"
        print(f"{row['id']}\t{row['name']}\t{row['role']}\t{','.join(row['teams']) or 'all teams'}\t{state}\tused {used}")


async def _token_revoke(arguments: argparse.Namespace, database: AsyncEngine) -> None:
    if not await TokenDirectory(database).revoke(arguments.id, _administrator(), datetime.now(UTC)):
        raise Refused(f"no token {arguments.id} that is good")


ACTIONS: dict[str, Callable[[argparse.Namespace, AsyncEngine], Coroutine[Any, Any, None]]] = {
    "add": _add, "password": _password,
    "change": _change, "remove": _remove, "deactivate": _deactivate, "activate": _activate, "totp-reset": _totp_reset,
    "pin": _pin,     "list": _list, "token": _token, "tokens": _tokens, "token-revoke": _token_revoke,
}  # fmt: skip
LISTS = ("list", "tokens")
FIRST = ("add", "token")
"""What may be done before the engine's first start."""
