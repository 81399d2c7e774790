"""``hotline user``: teams, second factors and tokens, and what of it is audited."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import DeedFilter
from acd.people import UserDirectory
from acd.tokens import TokenDirectory
from hotline import places
from hotline.cli import main

CONFIG = Path(__file__).parents[3] / "config" / "hotline.yaml"


@pytest.fixture(autouse=True)
def administrator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_CONFIG", str(CONFIG))
    monkeypatch.setenv("HOTLINE_USER_PASSWORD", "a-password-of-the-tests")
    monkeypatch.setenv("LOGNAME", "root-of-the-tests")
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)


def user(*words: str) -> int:
    return main(["user", *words])


def kept() -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        database = await open_database(places.database_url())
        users = {row["name"]: row for row in await UserDirectory(database).all()}
        tokens, deeds = await TokenDirectory(database).all(), await AuditLog(database).deeds(DeedFilter(), 99)
        await database.dispose()
        return {"users": users, "tokens": tokens, "deeds": deeds}

    return asyncio.run(ask())


def test_a_user_is_added_changed_deactivated_and_all_of_it_is_audited() -> None:
    steps = (
        ("add", "lead", "--role", "supervisor", "--team", "前台", "--second-factor"),
        ("change", "lead", "--role", "quality", "--team", "后台", "--team", "前台"),
        ("totp-reset", "lead"),
        ("deactivate", "lead"),
    )
    for words in steps:
        assert user(*words) == 0
    state = kept()
    row = state["users"]["lead"]
    assert (row["role"], row["teams"], row["active"], row["totp_required"]) == ("quality", ["后台", "前台"], False, True)
    deeds = [(deed["who"], deed["action"], deed["target"], deed["via"]) for deed in reversed(state["deeds"])]
    assert deeds == [("root-of-the-tests", f"user.{words[0]}", "lead", "cli") for words in steps]
    assert "a-password-of-the-tests" not in repr(state)


def test_a_limit_is_lifted(capsys: pytest.CaptureFixture[str]) -> None:
    user("add", "lead", "--role", "supervisor", "--team", "前台")
    assert user("change", "lead", "--all-teams") == 0
    assert user("list") == 0
    assert capsys.readouterr().out == "lead\tsupervisor\t-\tzh\tall teams\tpassword\n"


def test_a_token_is_printed_once_and_can_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert user("token", "crm", "--team", "前台", "--days", "90") == 0
    token = capsys.readouterr().out.strip()
    assert token.startswith("hl_")
    assert user("tokens") == 0
    listed = capsys.readouterr().out
    assert token.rpartition("_")[2] not in listed
    assert user("token-revoke", token.split("_")[1]) == 0
    assert kept()["tokens"][0]["revoked_at"] is not None


def test_a_forgotten_password_is_replaced_and_nothing_else_about_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    user("add", "lead", "--role", "supervisor", "--language", "en", "--team", "前台", "--second-factor")
    before = kept()["users"]["lead"]
    monkeypatch.setenv("HOTLINE_USER_PASSWORD", "another-password-of-the-tests")
    assert user("password", "lead") == 0

    async def matching(password: str) -> bool:
        database = await open_database(places.database_url())
        found = await UserDirectory(database).matching("lead", password)
        await database.dispose()
        return found is not None

    assert asyncio.run(matching("another-password-of-the-tests"))
    assert not asyncio.run(matching("a-password-of-the-tests"))
    state = kept()
    assert state["users"]["lead"] == before
    assert [deed["action"] for deed in state["deeds"]] == ["user.password", "user.add"]
    assert "password-of-the-tests" not in repr(state)


MISTAKES = {
    "a team that is not there": (("add", "lead", "--role", "supervisor", "--team", "gardeners"), "no team gardeners here; expected one of"),
    "an agent who is not there": (("add", "lead", "--agent", "nobody"), "no agent nobody here"),
    "a user who is not there": (("deactivate", "nobody"), "no user nobody"),
    "a password for nobody": (("password", "nobody"), "no user nobody"),
    "nothing to change": (("change", "nobody"), "nothing to change"),
    "a token that is not there": (("token-revoke", "0"), "no token 0"),
    "days that are none": (("token", "crm", "--days", "-1"), "--days must be 0 or more"),
}


@pytest.mark.parametrize(("words", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_is_noted(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept()  # there are records, if empty ones
    assert user(*words) == 1
    assert told in capsys.readouterr().err
    assert kept()["deeds"] == []
