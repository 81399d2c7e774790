"""``hotline doctor``: look at the engine, and at the running Asterisks with its own rights; say what is missing and what to do.

One connection to each, synchronous, read-only: nothing is changed, no call is touched.
"""

from __future__ import annotations

import argparse
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from asterisk.manager import Manager, ManagerAuthException, ManagerException

from config.compile import queue_ids
from config.dialplan import version
from config.loader import SecretMissing, resolve_secret
from config.schema import Config, Secret
from config.texts import prompt_texts
from cti.webhook import ping
from hotline import doctor_engine, recordings_spool
from hotline.app_config import proven
from hotline.finding import Finding
from ivr.prompts import missing

CONNECT_SECONDS = 3.0
MOST_CLOCK_SECONDS = 5.0
"""Engine and Asterisk compare the heartbeat's age with 20 s; clocks further apart than this are a danger."""
ENVIRONMENT_ADVICE = "give this command the engine's environment, and run it as the engine's user"

Ask = Callable[[str], str]
"""Value of a dialplan function or variable, as Asterisk has it now."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--sounds", type=Path, metavar="DIR", help="also look for the prompts in Asterisk's sounds folder")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding as it is made, for the next look may take its time; exit 1 when one is not well."""
    well = True
    for finding in _findings(proven(arguments.config), arguments):
        print(f"{'ok  ' if finding.well else 'BAD '} {finding.what}{'' if finding.well else f'; {finding.advice}'}", flush=True)
        well = well and finding.well
    return 0 if well else 1


def _findings(config: Config, arguments: argparse.Namespace) -> Iterator[Finding]:
    yield from doctor_engine.findings(config)
    for name in config.exchanges:
        yield from _exchange(config, name, arguments.config.parent)
    yield from _webhook(config, arguments.config.parent)
    yield from recordings_spool.findings(config)
    if arguments.sounds:
        yield _prompts(config, arguments.sounds)


def _prompts(config: Config, sounds: Path) -> Finding:
    try:
        absent = missing(prompt_texts(config), config.languages, sounds)
    except PermissionError as problem:
        return Finding(False, f"prompts in {sounds}: this user may not look at {problem.filename}", "run this as a user who may read them")
    return Finding(not absent, f"prompts in {sounds}: {len(absent)} missing", f"hotline prompts render --sounds {sounds}")


def _webhook(config: Config, directory: Path) -> Iterator[Finding]:
    """The company's service is sent a message that means nothing."""
    row = config.screen_pop.webhook
    if row is None:
        return
    try:
        problem = ping(row.url, resolve_secret(row.secret, directory).encode(), row.limit_seconds, time.time())
    except SecretMissing as missing_secret:
        yield Finding(False, f"webhook at {row.url}: {missing_secret}", ENVIRONMENT_ADVICE)
        return
    yield Finding(not problem, f"webhook at {row.url}: {problem or 'took a ping'}", "is the service up, and is the secret the same there?")


def _exchange(config: Config, name: str, directory: Path) -> Iterator[Finding]:
    row = config.exchanges[name]
    try:
        secret = resolve_secret(row.ami.secret, directory)
    except SecretMissing as problem:
        yield Finding(False, f"{name}: {problem}", ENVIRONMENT_ADVICE)
        return
    place = f"{name}: AMI at {row.ami.host}:{row.ami.port}"
    if not _listens(row.ami.host, row.ami.port):
        yield Finding(False, f"{place} does not answer", "is Asterisk running, with enabled = yes in manager.conf?")
        return
    manager = Manager()
    try:
        manager.connect(row.ami.host, row.ami.port)
        manager.login(row.ami.username, secret)
    except ManagerAuthException:
        advice = f"{_place(row.ami.secret)} and Asterisk's manager.conf differ: render it anew (hotline dialplan), then manager reload"
        yield Finding(False, f"{place}: name or secret of {row.ami.username} is wrong, or it may not log in from here", advice)
        return
    except ManagerException as problem:
        yield Finding(False, f"{place}: {problem}", "is the rendered manager.conf included and loaded (manager reload)?")
        return
    try:
        yield Finding(True, f"{place}: logged in as {row.ami.username}")
        yield from _inside(config, name, manager, lambda variable: _value(manager, variable))
    finally:
        _close(manager)


def _place(secret: Secret) -> str:
    """Where the configuration says that it is."""
    return f"the secret in ${secret.env}" if secret.env else f"the secret in {secret.file}"


def _close(manager: Manager) -> None:
    """pyst2 (0.5.1) flushes what it has written even when Asterisk has answered the log-off and closed meanwhile: then all is said."""
    with suppress(ValueError):
        manager.close()


def _inside(config: Config, name: str, manager: Manager, ask: Ask) -> Iterator[Finding]:
    yield Finding(
        manager.send_action({"Action": "DeviceStateList"}).get_header("Response") == "Success",
        f"{name}: phones' states can be asked for", "load the module res_manager_devicestate.so",
    )  # fmt: skip
    apart = abs(time.time() - float(ask("EPOCH") or 0))
    yield Finding(apart <= MOST_CLOCK_SECONDS, f"{name}: clocks are {apart:.0f} s apart", "let both machines keep time by NTP")
    yield _heartbeat(config, name, ask)
    first_queue, first_phone = queue_ids(config)[0], next(iter(config.agents.values())).phone
    places = {
        "hotline-entry": next(iter(config.entries)), "hotline-hold": first_queue, "hotline-connect": first_phone,
        "hotline-consult": first_phone, "hotline-consulted": "s", "hotline-join": first_phone, "hotline-parked": first_phone,
        "hotline-after": "s", "hotline-survival": "s",
    }  # fmt: skip
    for context, extension in places.items():
        loaded = ask(f"DIALPLAN_EXISTS({context},{extension},1)") == "1"
        yield Finding(loaded, f"{name}: dialplan has {context}", "include the rendered extensions.conf (dialplan reload)")
    same = ask(f"DIALPLAN_EXISTS(hotline-version,{version(config, name)},1)") == "1"
    told = "is the configuration's" if same else "is another configuration's, or another version's"
    yield Finding(same, f"{name}: the dialplan in force {told}", "render it anew (hotline dialplan), then core reload")
    members = ask("QUEUE_MEMBER(hotline-all,count)") or "0"
    yield Finding(members != "0", f"{name}: survival queue has {members} phones", "include the rendered queues.conf (queue reload all)")
    for agent, row in config.agents.items():
        device = config.exchanges[name].dial.replace("{phone}", row.phone)
        state = ask(f"DEVICE_STATE({device})")
        if state in ("INVALID", "UNAVAILABLE", ""):
            yield Finding(False, f"{name}: {device} of {agent} is {state or 'unknown'}", "is the phone configured, and registered?")


def _heartbeat(config: Config, name: str, ask: Ask) -> Finding:
    """As the dialplan looks at it."""
    alive = ask("GLOBAL(HOTLINE_ALIVE)")
    if not alive.isdecimal():
        advice = "start the engine; if it is connected, look for clearglobalvars = yes in extensions.conf"
        return Finding(False, f"{name}: no engine has ever said that it is alive", advice)
    age = float(ask("EPOCH") or 0) - float(alive)
    advice = "callers are in Asterisk's own queues: start the engine, or let it get at the manager interface"
    return Finding(age <= config.survival.heartbeat_seconds, f"{name}: the engine was last heard {max(age, 0):.0f} s ago", advice)


def _value(manager: Manager, variable: str) -> str:
    answer = manager.send_action({"Action": "Getvar", "Variable": variable})
    return str(answer.get_header("Value") or "")


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS):
            return True
    except OSError:
        return False
