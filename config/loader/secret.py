"""Secrets, from where the configuration says they are kept: an environment variable, or a file that only its owner may read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from config.schema import Config, Secret
from config.schema.secrets import ExchangeSecrets

_SAFE = re.compile(r"[A-Za-z0-9_.~+/=@%^*:!?-]{6,128}")


class SecretMissing(Exception):
    """A secret is not where the configuration says, is readable by others, or can't be written into Asterisk's files."""


def resolve_secret(secret: Secret, directory: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The secret itself. A relative file starts at ``directory``, the configuration's folder. Raises SecretMissing."""
    if secret.env is not None:
        value = environ.get(secret.env)
        if value is None:
            raise SecretMissing(f"found no environment variable {secret.env}, expected it to hold the secret")
        return _safe(value, secret.env)
    assert secret.file is not None  # the schema: exactly one of both
    path = directory / secret.file
    return _safe(_private_text(path), str(path))


def resolve_secrets(config: Config, exchange: str, directory: Path, environ: Mapping[str, str] = os.environ) -> ExchangeSecrets:
    """All secrets that the files of one Asterisk need. Raises SecretMissing."""
    phones = {name: phone.secret for name, phone in config.phones.items() if phone.secret is not None}
    return ExchangeSecrets(
        ami=resolve_secret(config.exchanges[exchange].ami.secret, directory, environ),
        phones={name: resolve_secret(secret, directory, environ) for name, secret in phones.items()},
    )


def _private_text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode != 0o600:
                raise SecretMissing(f"found {path} with mode {mode:04o}, expected 0600: a secret is for its owner only")
            return file.read(1024).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretMissing(f"found no readable text in {path} ({error}), expected it to hold the secret") from None


def _safe(value: str, place: str) -> str:
    if not _SAFE.fullmatch(value):
        raise SecretMissing(f"found a secret in {place} that is not usable, expected 6 to 128 letters, digits or _.~+/=@%^*:!?-")
    return value
