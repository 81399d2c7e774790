"""Renders the configuration to Asterisk's files, for inclusion into a PBX or for a private one.

``render`` is pure but for reading the templates; ``write`` puts the files into a folder, those with secrets readable by their
owner only. It does not resolve secrets and starts no Asterisk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from config.dialplan.extensions import extensions_conf
from config.dialplan.private import FOLDER, Ports, configured_ports, on_this_machine, phone_ports, surroundings
from config.dialplan.telephony import manager_conf, musiconhold_conf, pjsip_conf, queues_conf
from config.dialplan.templates import UnsafeValue, filled
from config.schema import Config
from config.schema.secrets import ExchangeSecrets

HOLDS_SECRETS = frozenset({"manager.conf", "pjsip.conf"})


def render(config: Config, secrets: ExchangeSecrets, exchange: str) -> dict[str, str]:
    """File name -> text of everything that ``exchange`` needs of the hotline, to be included from its own files."""
    return {
        "extensions.conf": extensions_conf(config, exchange) + "\n" + filled("version.tmpl", version=version(config, exchange)),
        "manager.conf": manager_conf(config, exchange, secrets),
        "pjsip.conf": pjsip_conf(config, exchange, secrets) + "\n",
        "queues.conf": queues_conf(config, exchange) + "\n",
        "musiconhold.conf": musiconhold_conf(config, exchange),
    }


def version(config: Config, exchange: str) -> str:
    """A name of what the dialplan and its queues are by this configuration and this version of the program; another one for others."""
    texts = extensions_conf(config, exchange), queues_conf(config, exchange)
    return f"v{hashlib.sha256(chr(0).join(texts).encode()).hexdigest()[:16]}"


def private_files(config: Config, secrets: ExchangeSecrets, exchange: str, ports: Ports) -> dict[str, str]:
    """Path below ``etc`` -> text of a whole private Asterisk, but for asterisk.conf.

    ``config`` is one that ``on_this_machine`` made for the same ``ports``, and the engine's too.
    """
    own = {f"{FOLDER}/{name}": text for name, text in render(config, secrets, exchange).items()}
    return {**surroundings(config, ports), **own}


def write(files: Mapping[str, str], directory: Path) -> None:
    """Write the files into ``directory``, which is made when absent. Each is replaced whole; one with secrets gets mode 0600."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text, 0o600 if path.name in HOLDS_SECRETS else 0o644)


def _replace(path: Path, text: str, mode: int) -> None:
    """Never readable by others for a moment, never half-written: made beside, then put in place."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    beside.chmod(mode)
    beside.replace(path)


__all__ = [
    "ExchangeSecrets",
    "Ports",
    "UnsafeValue",
    "configured_ports",
    "on_this_machine",
    "phone_ports",
    "private_files",
    "render",
    "version",
    "write",
]
