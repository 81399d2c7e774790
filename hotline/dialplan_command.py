"""``hotline dialplan --out DIR``: Asterisk's files, rendered from the config."""

from __future__ import annotations

import argparse
from pathlib import Path

from config.dialplan import render, write
from config.loader import SecretMissing, resolve_secrets
from hotline.app_config import proven
from hotline.places import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files; see asterisk-dialplan/README.md")
    parser.add_argument("--exchange", metavar="NAME", help="which of the config's exchanges (default: the first)")


def run(arguments: argparse.Namespace) -> int:
    """Write the files. Refused for a config that is not proven, an exchange it does not have, or a secret that is not there."""
    config = proven(arguments.config)
    exchange = arguments.exchange or next(iter(config.exchanges))
    if exchange not in config.exchanges:
        raise Refused(f"{arguments.config}: no exchange {exchange} here; expected one of {', '.join(config.exchanges)}")
    try:
        files = render(config, resolve_secrets(config, exchange, arguments.config.parent), exchange)
    except SecretMissing as missing:
        raise Refused(f"{arguments.config}: {missing}") from None
    write(files, arguments.out)
    for name in files:
        print(arguments.out / name)
    return 0
