"""Users, second factors, tokens and the audit log, in SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import Deed, DeedFilter
from acd.people import UserDirectory
from acd.sealing import Seal, Unreadable
from acd.second_factor import RECOVERY_CODES, enrolment_uri, new_recovery_codes, new_secret, recovery_digest, step_of
from acd.tokens import TokenDirectory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SEAL, ANOTHER = Seal(b"sixteen bytes or more"), Seal(b"another, as long as that")
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" in base 32
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


# ---- codes -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert step_of(RFC_SECRET, code, at) == seconds // 30
    assert step_of(RFC_SECRET, f"{code[:3]} {code[3:]}", at) == seconds // 30


def test_a_code_is_good_in_its_own_step_and_the_ones_beside_it() -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOON)
    good = [offset for offset in range(-120, 121, 30) if step_of(secret, code, NOON + timedelta(seconds=offset)) is not None]
    assert good == [-30, 0, 30]


@pytest.mark.parametrize("typed", ["", "1", "abcdef", "1234567", "１２３４５６"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert step_of(RFC_SECRET, typed, NOON) is None


def test_recovery_codes_are_all_different_and_are_known_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len({recovery_digest(code) for code in codes}) == RECOVERY_CODES
    assert recovery_digest(codes[0].upper().replace("-", " ")) == recovery_digest(codes[0])
    assert all(len(code) == 17 for code in codes)


def test_an_app_is_told_whose_code_it_is() -> None:
    uri = enrolment_uri(RFC_SECRET, "li wei", "Hotline")
    assert uri == f"otpauth://totp/Hotline:li%20wei?secret={RFC_SECRET}&issuer=Hotline"


# ---- users -------------------------------------------------------------------------------------------------------------------


async def with_second_factor(directory: UserDirectory) -> tuple[str, list[str]]:
    await directory.put("anna", "right", "supervisor", None, "zh")
    secret, codes = new_secret(), list(new_recovery_codes())
    assert await directory.set_second_factor("anna", secret, 0, codes)
    return secret, codes


async def test_a_code_is_taken_once_even_when_it_comes_twice_at_once(database: AsyncEngine) -> None:
    directory = UserDirectory(database, SEAL)
    secret, _ = await with_second_factor(directory)
    code = pyotp.TOTP(secret).at(NOON)
    taken = await asyncio.gather(*(directory.take_code("anna", code, NOON) for _ in range(5)))
    assert sorted(taken) == [False, False, False, False, True]


async def test_a_recovery_code_is_taken_once(database: AsyncEngine) -> None:
    directory = UserDirectory(database, SEAL)
    _, codes = await with_second_factor(directory)
    assert await directory.take_code("anna", codes[3].upper(), NOON)
    assert not await directory.take_code("anna", codes[3], NOON)
    assert await directory.take_code("anna", codes[4], NOON)
    row = await directory.one("anna")
    assert row is not None
    assert row["recovery_codes"] == RECOVERY_CODES - 2


async def kept_secret(database: AsyncEngine) -> str:
    async with database.connect() as connection:
        kept = (await connection.execute(text("SELECT totp_secret FROM users WHERE name = 'anna'"))).scalar_one()
    return str(kept)


async def test_the_database_does_not_tell_a_secret(database: AsyncEngine) -> None:
    secret, _ = await with_second_factor(UserDirectory(database, SEAL))
    kept = await kept_secret(database)
    assert secret not in kept
    assert len(kept) <= 255
    assert SEAL.open("anna", kept) == secret


@pytest.mark.parametrize(("seal", "owner"), [(ANOTHER, "anna"), (SEAL, "bert"), (SEAL, "ann")])
def test_what_is_sealed_opens_by_its_key_and_for_its_owner_alone(seal: Seal, owner: str) -> None:
    kept = SEAL.seal("anna", RFC_SECRET)
    with pytest.raises(Unreadable):
        seal.open(owner, kept)


async def test_secrets_of_an_earlier_release_are_sealed_and_go_on(database: AsyncEngine) -> None:
    directory = UserDirectory(database, SEAL)
    secret, codes = await with_second_factor(directory)
    await directory.put("bert", "right", "supervisor", None, "zh")
    async with database.begin() as connection:
        await connection.execute(text("UPDATE users SET totp_secret = :secret WHERE name = 'anna'"), {"secret": secret})
    assert not await directory.take_code("anna", pyotp.TOTP(secret).at(NOON), NOON), "what nobody sealed is nobody's word"
    assert [await directory.seal_second_factors() for _ in range(2)] == [1, 0]
    assert await directory.take_code("anna", pyotp.TOTP(secret).at(NOON), NOON)
    assert await directory.take_code("anna", codes[0], NOON)


async def test_when_the_key_is_gone_a_recovery_code_is_left(database: AsyncEngine) -> None:
    secret, codes = await with_second_factor(UserDirectory(database, SEAL))
    directory = UserDirectory(database, ANOTHER)
    assert not await directory.take_code("anna", pyotp.TOTP(secret).at(NOON), NOON)
    assert await directory.take_code("anna", codes[0], NOON)


async def test_without_a_second_factor_no_code_is_good(database: AsyncEngine) -> None:
    directory = UserDirectory(database, SEAL)
    secret, codes = await with_second_factor(directory)
    await directory.reset_second_factor("anna")
    assert not await directory.take_code("anna", pyotp.TOTP(secret).at(NOON), NOON)
    assert not await directory.take_code("anna", codes[0], NOON)
    assert not await directory.take_code("nobody", codes[0], NOON)


async def test_who_is_not_active_has_neither_password_nor_version(database: AsyncEngine) -> None:
    directory = UserDirectory(database)
    await directory.put("anna", "right", "supervisor", None, "zh", ["printers"])
    before = await directory.version("anna")
    assert await directory.change("anna", active=False)
    assert await directory.matching("anna", "right") is None
    assert await directory.version("anna") is None
    assert await directory.change("anna", active=True)
    assert await directory.version("anna") not in (None, before), "what she had begun before stays over"


CHANGES = {"role": "admin", "teams": ["servers"], "agent": "anna", "totp_required": True}
WITHOUT = {"role": {"role": "supervisor"}, "teams": {"teams": []}, "agent": {"agent": None}, "totp_required": {"totp_required": False}}


@pytest.mark.parametrize("column", CHANGES)
async def test_another_right_is_another_version(database: AsyncEngine, column: str) -> None:
    directory = UserDirectory(database)
    await directory.put("anna", "right", "supervisor", None, "zh")
    before = await directory.version("anna")
    assert await directory.change("anna", **{column: CHANGES[column]})
    assert await directory.version("anna") != before
    row = await directory.one("anna")
    assert row is not None
    assert row[column] == CHANGES[column]
    assert await directory.change("anna", **WITHOUT[column])
    assert await directory.version("anna") != before, "the way back brings no session to life again"


async def test_logging_in_with_a_code_is_no_other_version(database: AsyncEngine) -> None:
    directory = UserDirectory(database, SEAL)
    _, codes = await with_second_factor(directory)
    before = await directory.version("anna")
    await directory.take_code("anna", codes[0], NOON)
    assert await directory.version("anna") == before


async def test_nothing_secret_is_told_of_a_user(database: AsyncEngine) -> None:
    directory = UserDirectory(database, SEAL)
    secret, codes = await with_second_factor(directory)
    told = repr([await directory.one("anna"), await directory.all(), await directory.matching("anna", "right")])
    assert secret not in told
    assert await kept_secret(database) not in told
    assert "argon2" not in told
    assert recovery_digest(codes[0]) not in told


async def test_passwords_are_kept_as_argon2id(database: AsyncEngine) -> None:
    directory = UserDirectory(database)
    await directory.put("anna", "right", "agent", None, "zh")
    assert await directory.set_password("anna", "another")
    async with database.connect() as connection:
        kept = (await connection.execute(text("SELECT password_hash FROM users"))).scalar_one()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await directory.matching("anna", "right"), bool(await directory.matching("anna", "another"))) == (None, True)


# ---- tokens ------------------------------------------------------------------------------------------------------------------


async def test_a_token_is_good_until_it_expires_or_is_revoked(database: AsyncEngine) -> None:
    directory = TokenDirectory(database)
    one, first = await directory.create("crm", "supervisor", ["printers"], "chen", NOON, NOON + timedelta(days=1))
    two, second = await directory.create("wallboard", "supervisor", [], "chen", NOON, None)
    row = await directory.matching(first, NOON)
    assert row is not None
    assert (row["id"], row["name"], row["role"], row["teams"]) == (one, "crm", "supervisor", ["printers"])
    assert await directory.matching(first, NOON + timedelta(days=1)) is None
    assert await directory.matching(second, NOON + timedelta(days=999)) is not None
    assert await directory.revoke(two, "chen", NOON)
    assert not await directory.revoke(two, "chen", NOON)
    assert await directory.matching(second, NOON) is None


async def test_a_token_is_kept_as_a_digest_and_its_use_is_noted(database: AsyncEngine, tmp_path: Path) -> None:
    directory = TokenDirectory(database)
    _, token = await directory.create("crm", "supervisor", [], "chen", NOON, None)
    assert (await directory.all())[0]["last_used_at"] is None
    for minutes in (0, 0.5, 2):
        await directory.matching(token, NOON + timedelta(minutes=minutes))
    assert (await directory.all())[0]["last_used_at"] == NOON + timedelta(minutes=2)
    secret = token.rpartition("_")[2].encode()
    assert all(secret not in path.read_bytes() for path in tmp_path.iterdir())


SPOILT = ["", "hl", "hl__", "{id}", "hl_{id}", "hl_{id}_", "xx_{id}_{secret}", "hl_{id}_{secret}0", "hl_{id}_é", "\0"]


@pytest.mark.parametrize("spoilt", SPOILT)
async def test_what_is_not_the_token_is_worth_nothing(database: AsyncEngine, spoilt: str) -> None:
    directory = TokenDirectory(database)
    identity, token = await directory.create("crm", "supervisor", [], "chen", NOON, None)
    given = spoilt.replace("{id}", identity).replace("{secret}", token.rpartition("_")[2])
    assert await directory.matching(given, NOON) is None


# ---- the audit log -----------------------------------------------------------------------------------------------------------


def deed(who: str = "chen", action: str = "agents.state", target: str = "li.wei", minutes: int = 0) -> Deed:
    return Deed(NOON + timedelta(minutes=minutes), who, action, "supervisor", target=target, why="lunch", detail={"state": "ready"})


async def test_deeds_come_newest_first_page_by_page(database: AsyncEngine) -> None:
    log = AuditLog(database)
    for minute in range(5):
        await log.note(deed(minutes=minute))
    first = await log.deeds(DeedFilter(), 2)
    rest = await log.deeds(DeedFilter(), 9, before=first[-1]["id"])
    assert [row["at"].minute for row in (*first, *rest)] == [4, 3, 2, 1, 0]
    assert (first[0]["who"], first[0]["why"], first[0]["detail"]) == ("chen", "lunch", {"state": "ready"})


async def test_no_text_keeps_a_deed_from_being_kept(database: AsyncEngine) -> None:
    log = AuditLog(database)
    await log.note(deed(who="x" * 999, target="half a pair \ud83d", minutes=1))
    await log.note(replace(deed(), why="NUL \0"))
    assert [(row["who"], row["target"], row["why"]) for row in await log.deeds(DeedFilter(), 9)] == [
        ("chen", "li.wei", "NUL "), ("x" * 64, "half a pair ?", "lunch")
    ]  # fmt: skip


WANTED = {
    "everything": (DeedFilter(), 4),
    "who": (DeedFilter(who="chen"), 3),
    "an action": (DeedFilter(action="agents.state"), 2),
    "a kind of actions": (DeedFilter(action="users"), 2),
    "not what begins alike": (DeedFilter(action="agents.stat"), 0),
    "target": (DeedFilter(target="li.wei"), 2),
    "since": (DeedFilter(since=NOON + timedelta(minutes=2)), 2),
    "until": (DeedFilter(until=NOON + timedelta(minutes=2)), 2),
    "a team's people and agents": (DeedFilter(concerning=(frozenset({"liu"}), frozenset({"li.wei"}))), 3),
    "no team's": (DeedFilter(concerning=(frozenset(), frozenset())), 0),
}


@pytest.mark.parametrize(("wanted", "found"), WANTED.values(), ids=WANTED)
async def test_deeds_are_found_by(database: AsyncEngine, wanted: DeedFilter, found: int) -> None:
    log = AuditLog(database)
    for one in (deed(), deed(minutes=1), deed("chen", "users.add", "anna", 2), deed("liu", "users.change", "anna", 3)):
        await log.note(one)
    assert len(await log.deeds(wanted, 9)) == found


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"])
async def test_no_deed_is_changed_or_deleted_by_whoever_opens_the_file(database: AsyncEngine, tmp_path: Path, statement: str) -> None:
    await AuditLog(database).note(deed())
    with pytest.raises(SQLAlchemyError, match="append-only"):
        async with database.begin() as connection:
            await connection.execute(text(statement))
    file = sqlite3.connect(tmp_path / "records.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        file.execute(statement)
    file.close()
    assert len(await AuditLog(database).deeds(DeedFilter(), 9)) == 1


async def test_a_name_that_is_too_long_is_cut_and_not_lost(database: AsyncEngine) -> None:
    await AuditLog(database).note(deed(who="x" * 500))
    assert (await AuditLog(database).deeds(DeedFilter(), 1))[0]["who"] == "x" * 64
