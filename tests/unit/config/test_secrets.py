"""Secrets come from the environment or from a file that is its owner's alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loader import SecretMissing, resolve_secret, resolve_secrets
from config.schema import Config, Phone, Secret


def kept_in(path: Path, text: str, mode: int = 0o600) -> Secret:
    path.write_text(text)
    path.chmod(mode)
    return Secret(file=path.name)


def test_a_secret_is_taken_from_the_environment(tmp_path: Path) -> None:
    assert resolve_secret(Secret(env="AMI"), tmp_path, {"AMI": "correct-horse"}) == "correct-horse"


def test_a_secret_is_taken_from_a_private_file_beside_the_configuration(tmp_path: Path) -> None:
    assert resolve_secret(kept_in(tmp_path / "ami.secret", "correct-horse\n"), tmp_path, {}) == "correct-horse"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o700, 0o604])
def test_a_file_that_others_could_use_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SecretMissing, match="expected 0600"):
        resolve_secret(kept_in(tmp_path / "ami.secret", "correct-horse", mode), tmp_path, {})


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="HOTLINE_AMI_SECRET"):
        resolve_secret(Secret(env="HOTLINE_AMI_SECRET"), tmp_path, {})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match=r"nothing\.secret"):
        resolve_secret(Secret(file="nothing.secret"), tmp_path, {})


@pytest.mark.parametrize(
    "text", ["", "short", "two words", "semi;colon", "new\nline", "brack[et]", "back\\slash", "x" * 129, "密码密码密码"]
)
def test_a_secret_that_would_break_asterisks_files_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(SecretMissing) as refusal:
        resolve_secret(Secret(env="AMI"), tmp_path, {"AMI": text})

    assert not text or text not in str(refusal.value)


def test_all_secrets_of_an_exchange_are_resolved_and_never_printed(shipped: Config, tmp_path: Path) -> None:
    config = shipped.model_copy(update={"phones": {**shipped.phones, "1001": Phone(secret=Secret(env="PHONE_1001"))}})

    secrets = resolve_secrets(config, "main", tmp_path, {"HOTLINE_AMI_SECRET": "ami-secret", "PHONE_1001": "phone-secret"})

    assert (secrets.ami, secrets.phones) == ("ami-secret", {"1001": "phone-secret"})
    assert "secret" not in repr(secrets).lower().replace("exchangesecrets", "")
