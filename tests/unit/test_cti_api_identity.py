"""Who may do what: logins with a second factor, tokens, users, teams, masked numbers, and what of it is kept; on the real stores."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import DeedFilter
from acd.effects import ConsultChanged
from acd.model import ConsultState, Level, OfferId, queue_of
from acd.people import Row, UserDirectory
from acd.pins import Pins
from cti.api_access import Rules, address_of
from cti.api_parts import WALL_COOKIE
from cti.api_sessions import Sessions
from cti.api_tries import TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS, TRIES_OF_NAME, Tries
from tests.unit.cti_api_house import LI, SECRET, WANG, House, house, pop, waiting_call
from tests.unit.people_house import PASSWORD, app_of, settle

ADDRESS = "http://desk.example"


@dataclass
class Hotline:
    """A house on real stores."""

    house: House
    database: AsyncEngine
    app: Any
    rules: list[Rules]

    def client(self, token: str | None = None, address: str = "127.0.0.1") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers)

    async def signed_in(self, name: str, code: str = "") -> httpx.AsyncClient:
        client = self.client()
        answer = await client.post("/api/login", json={"name": name, "password": PASSWORD, "code": code})
        assert answer.status_code == 200, answer.text
        return client

    async def deeds(self, **wanted: str) -> list[tuple[str, str, str, str]]:
        rows = await AuditLog(self.database).deeds(DeedFilter(**wanted), 99)  # type: ignore[arg-type]  # texts
        return [(row["who"], row["action"], row["target"], row["outcome"]) for row in reversed(rows)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with everybody in it: hashing their passwords takes its time, on purpose."""
    file = tmp_path_factory.mktemp("records") / "records.sqlite3"
    database = await open_database(f"sqlite+aiosqlite:///{file}")
    await settle(UserDirectory(database))
    await database.dispose()
    return file


@pytest.fixture
async def hotline(tmp_path: Path, records: Path) -> AsyncIterator[Hotline]:
    copy = shutil.copy(records, tmp_path)
    database = await open_database(f"sqlite+aiosqlite:///{copy}")
    rules, built = [Rules()], house()
    app = app_of(built, database, rules, tmp_path)
    yield Hotline(built, database, app, rules)
    await database.dispose()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# ---- the second factor -------------------------------------------------------------------------------------------------------


async def enrolled(hotline: Hotline, name: str) -> tuple[str, list[str]]:
    """Secret and recovery codes of a user who has just set up his app, by the code of this moment: it is good for half a minute more."""
    client = hotline.client()
    begun = (await client.post("/api/second-factor", json={"name": name, "password": PASSWORD})).json()
    code = pyotp.TOTP(begun["secret"]).now()
    body = {"name": name, "password": PASSWORD, "secret": begun["secret"], "code": code}
    answer = await client.post("/api/second-factor/confirm", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["me"]["name"] == name
    assert (await client.get("/api/me")).status_code == 200, "he is signed in"
    return begun["secret"], answer.json()["recovery_codes"]


async def test_with_a_second_factor_a_password_is_not_enough_and_no_code_is_good_twice(hotline: Hotline) -> None:
    secret, recovery = await enrolled(hotline, "chen")
    client = hotline.client()

    async def tried(code: str) -> httpx.Response:
        return await client.post("/api/login", json={"name": "chen", "password": PASSWORD, "code": code})

    assert code_of(await tried("")) == (401, "code_needed")
    assert code_of(await tried("000000")) == (401, "wrong_code")
    code = pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30))  # that of this moment was taken
    assert (await tried(code)).status_code == 200
    assert code_of(await tried(code)) == (401, "wrong_code")
    assert (await tried(recovery[0])).status_code == 200
    assert code_of(await tried(recovery[0])) == (401, "wrong_code")


async def test_setting_up_a_second_factor_ends_the_sessions_that_began_without(hotline: Hotline) -> None:
    before = await hotline.signed_in("chen")
    await enrolled(hotline, "chen")
    assert (await before.get("/api/me")).status_code == 401


async def test_who_must_have_a_second_factor_comes_in_only_with_one(hotline: Hotline) -> None:
    await UserDirectory(hotline.database).change("li", totp_required=True)
    answer = await hotline.client().post("/api/login", json={"name": "li", "password": PASSWORD})
    assert code_of(answer) == (401, "second_factor_needed")
    assert "set-cookie" not in answer.headers
    await enrolled(hotline, "li")


async def test_nobody_puts_his_app_in_the_place_of_another(hotline: Hotline) -> None:
    secret, _ = await enrolled(hotline, "chen")
    credentials = {"name": "chen", "password": PASSWORD}
    assert code_of(await hotline.client().post("/api/second-factor", json=credentials)) == (409, "has_second_factor")
    mine = pyotp.random_base32()
    body = {**credentials, "secret": mine, "code": pyotp.TOTP(mine).now()}
    assert code_of(await hotline.client().post("/api/second-factor/confirm", json=body)) == (409, "has_second_factor")
    row = await UserDirectory(hotline.database).one("chen")
    assert row is not None
    assert row["totp"]
    assert secret != mine


async def test_the_picture_holds_the_uri_and_is_drawn_here(hotline: Hotline) -> None:
    begun = (await hotline.client().post("/api/second-factor", json={"name": "chen", "password": PASSWORD})).json()
    assert begun["uri"] == f"otpauth://totp/Hotline:chen?secret={begun['secret']}&issuer=Hotline"
    assert begun["picture"]["size"] > 29
    assert begun["picture"]["path"].startswith("M4 4h1v1h-1z")


# ---- sessions and passwords --------------------------------------------------------------------------------------------------


async def test_each_login_has_a_session_of_its_own_and_the_old_cookie_is_not_taken_over(hotline: Hotline) -> None:
    client = await hotline.signed_in("chen")
    first = client.cookies["hotline_session"]
    await client.post("/api/login", json={"name": "chen", "password": PASSWORD})
    signer = Sessions(SECRET)
    sessions = [signer.read(cookie) for cookie in (first, client.cookies["hotline_session"])]
    assert sessions[0] is not None
    assert sessions[1] is not None
    assert sessions[0].id != sessions[1].id


async def test_another_password_is_another_session_and_ends_the_others(hotline: Hotline) -> None:
    client, elsewhere = await hotline.signed_in("chen"), await hotline.signed_in("chen")
    before = client.cookies["hotline_session"]
    answer = await client.post("/api/me/password", json={"password": PASSWORD, "new": "another password"})
    assert answer.status_code == 200, answer.text
    assert client.cookies["hotline_session"] != before
    assert (await client.get("/api/me")).status_code == 200
    assert (await elsewhere.get("/api/me")).status_code == 401
    assert code_of(await client.post("/api/me/password", json={"password": "wrong", "new": "another password"})) == (401, "wrong_password")


async def test_a_pin_is_for_who_takes_calls_and_is_refused_where_it_would_not_be_looked_at(hotline: Hotline) -> None:
    asked = {"password": PASSWORD, "pin": "97531"}
    client = await hotline.signed_in("li")
    for name in ("a", "b", "c"):
        await UserDirectory(hotline.database).put(name, PASSWORD, "agent", LI, "en")
        await Pins(hotline.database).set(name, "1357")
    assert code_of(await client.post("/api/me/pin", json=asked)) == (409, "too_many_pins")
    await UserDirectory(hotline.database).remove("a")
    assert (await client.post("/api/me/pin", json=asked)).status_code == 204
    assert code_of(await (await hotline.signed_in("chen")).post("/api/me/pin", json=asked)) == (403, "no_agent")


async def test_a_session_that_nobody_uses_is_over_and_one_that_is_used_goes_on(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("cti.api_sessions.time.monotonic", lambda: clock[0])
    used, unused = await hotline.signed_in("chen"), await hotline.signed_in("chen")
    for _ in range(3):
        clock[0] += 1801
        assert (await used.get("/api/me")).status_code == 200
    assert (await unused.get("/api/me")).status_code == 401


# ---- tries -------------------------------------------------------------------------------------------------------------------


def test_addresses_behind_trusted_proxies_are_told_apart_and_nobody_else_is_believed() -> None:
    trusted = ("127.0.0.1", "10.0.0.0/8")
    assert address_of("192.0.2.1", ["198.51.100.7"], trusted) == "192.0.2.1"
    assert address_of("127.0.0.1", ["198.51.100.7"], ()) == "127.0.0.1"
    assert address_of("127.0.0.1", ["198.51.100.7"], trusted) == "198.51.100.7"
    assert address_of("127.0.0.1", ["198.51.100.7, 10.1.1.1"], trusted) == "198.51.100.7"
    assert address_of("127.0.0.1", ["forged, 198.51.100.7", "10.1.1.1"], trusted) == "198.51.100.7"
    assert address_of("127.0.0.1", ["<script>"], trusted) == "127.0.0.1"
    assert address_of("127.0.0.1", [], trusted) == "127.0.0.1"
    assert address_of("testclient", ["198.51.100.7"], trusted) == "testclient"


def test_proxies_and_callers_of_ipv6_are_told_apart_too() -> None:
    trusted = ("::1", "2001:db8:1::/48", "127.0.0.1")
    assert address_of("::1", ["2001:db8:9::7"], trusted) == "2001:db8:9::7"
    assert address_of("2001:db8:1::5", ["198.51.100.7, 2001:DB8:1:0::6"], trusted) == "198.51.100.7"
    assert address_of("2001:db8:2::5", ["198.51.100.7"], trusted) == "2001:db8:2::5"
    assert address_of("::ffff:127.0.0.1", ["198.51.100.7"], trusted) == "198.51.100.7", "a socket of IPv6 tells IPv4 like that"
    assert address_of("::ffff:192.0.2.1", [], ()) == "192.0.2.1"


async def test_behind_a_proxy_one_address_does_not_use_up_the_tries_of_all(hotline: Hotline) -> None:
    hotline.rules.append(Rules(trusted_proxies=("127.0.0.1",)))
    client = hotline.client()
    wrong = {"name": "chen", "password": "wrong"}
    for _ in range(TRIES_OF_NAME):
        await client.post("/api/login", json=wrong, headers={"X-Forwarded-For": "198.51.100.7"})
    answer = await client.post("/api/login", json=wrong, headers={"X-Forwarded-For": "198.51.100.7"})
    assert code_of(answer) == (429, "too_many_tries")
    right = {"name": "chen", "password": PASSWORD}
    assert (await client.post("/api/login", json=right, headers={"X-Forwarded-For": "198.51.100.8"})).status_code == 200


def test_one_name_is_not_guessed_from_many_addresses_and_its_owner_is_not_locked_out() -> None:
    tries = Tries()
    tries.forgive("chen", "at his desk")
    waits = [tries.wait_seconds("chen", f"address {number}") for number in range(TRIES_OF_ACCOUNT + 1)]
    assert waits[:-1] == [0] * TRIES_OF_ACCOUNT
    assert waits[-1] > 0
    assert tries.wait_seconds("chen", "at his desk") == 0


def test_one_address_does_not_guess_many_names() -> None:
    tries = Tries()
    waits = [tries.wait_seconds(f"name {number}", "somewhere") for number in range(TRIES_OF_ADDRESS + 1)]
    assert (max(waits[:-1]), waits[-1] > 0) == (0, True)


# ---- users -------------------------------------------------------------------------------------------------------------------


async def test_an_administrator_adds_changes_and_deactivates_and_it_holds_at_once(hotline: Hotline) -> None:
    root = await hotline.signed_in("root")
    new = {"name": "wang", "password": PASSWORD, "role": "agent", "agent": WANG, "teams": []}
    assert (await root.post("/api/users", json=new)).json()["active"] is True
    assert code_of(await root.post("/api/users", json=new)) == (409, "user_exists")
    wang = await hotline.signed_in("wang")
    assert (await wang.get("/api/board")).status_code == 403
    changed = await root.post("/api/users/wang", json={"role": "supervisor", "teams": ["servers"]})
    assert (changed.json()["role"], changed.json()["teams"]) == ("supervisor", ["servers"])
    assert (await wang.get("/api/me")).status_code == 401
    wang = await hotline.signed_in("wang")
    assert (await wang.get("/api/board")).status_code == 200
    await root.post("/api/users/wang/active", json={"active": False})
    assert (await wang.get("/api/me")).status_code == 401
    assert code_of(await wang.post("/api/login", json={"name": "wang", "password": PASSWORD})) == (401, "wrong_password")
    await root.post("/api/users/wang/active", json={"active": True})
    assert (await wang.get("/api/me")).status_code == 401, "his old cookie does not come to life again"
    await root.post("/api/users/wang/password", json={"password": "another password"})
    assert (await wang.post("/api/login", json={"name": "wang", "password": "another password"})).status_code == 200
    assert [deed[1:3] for deed in await hotline.deeds(who="root", action="users")] == [
        ("users.add", "wang"), ("users.change", "wang"), ("users.set_active", "wang"), ("users.set_active", "wang"),
        ("users.reset_password", "wang"),
    ]  # fmt: skip


async def test_a_lost_telephone_is_no_end(hotline: Hotline) -> None:
    await enrolled(hotline, "chen")
    root = await hotline.signed_in("root")
    listed = {row["name"]: row for row in (await root.get("/api/users")).json()["users"]}
    assert (listed["chen"]["totp"], listed["chen"]["recovery_codes"], listed["li"]["totp"]) == (True, 10, False)
    assert (await root.post("/api/users/chen/second-factor/reset")).json()["totp"] is False
    await hotline.signed_in("chen")


async def test_the_last_administrator_stays_one(hotline: Hotline) -> None:
    root = await hotline.signed_in("root")
    assert code_of(await root.post("/api/users/root", json={"role": "agent"})) == (409, "last_admin")
    assert code_of(await root.post("/api/users/root/active", json={"active": False})) == (409, "yourself")
    await root.post("/api/users/chen", json={"role": "admin"})
    assert (await root.post("/api/users/root", json={"role": "agent"})).status_code == 200


MISTAKES = {
    "short password": ({"name": "new", "password": "short", "role": "agent"}, 422, "invalid"),
    "unknown team": ({"name": "new", "password": PASSWORD, "role": "agent", "teams": ["gardeners"]}, 422, "unknown_team"),
    "unknown agent": ({"name": "new", "password": PASSWORD, "role": "agent", "agent": "nobody"}, 422, "unknown_agent"),
    "unknown role": ({"name": "new", "password": PASSWORD, "role": "king"}, 422, "invalid"),
    "control characters": ({"name": "new\n", "password": PASSWORD, "role": "agent"}, 422, "unreadable_name"),
}


@pytest.mark.parametrize(("body", "status", "code"), MISTAKES.values(), ids=MISTAKES)
async def test_a_user_who_can_not_be_is_not_made(hotline: Hotline, body: dict[str, Any], status: int, code: str) -> None:
    root = await hotline.signed_in("root")
    assert code_of(await root.post("/api/users", json=body)) == (status, code)
    assert len((await root.get("/api/users")).json()["users"]) == 5


async def test_a_supervisor_of_one_team_is_offered_its_part_of_the_house_alone(hotline: Hotline) -> None:
    lead, chen = await hotline.signed_in("lead"), await hotline.signed_in("chen")
    watched = {name: (await one.get("/api/config/ui")).json()["watched"] for name, one in (("lead", lead), ("chen", chen))}
    printers = [f"printers.{level}" for level in ("L1", "L2", "L3")]
    assert watched["lead"] == {
        "queues": printers, "agents": [LI], "product_lines": ["printers"], "teams": ["printers"], "everything": False,
    }  # fmt: skip
    assert watched["chen"] == {
        "queues": [*printers, *(f"servers.{level}" for level in ("L1", "L2", "L3"))], "agents": [LI, WANG],
        "product_lines": ["printers", "servers"], "teams": ["printers", "servers"], "everything": True,
    }  # fmt: skip


# ---- tokens ------------------------------------------------------------------------------------------------------------------


async def test_a_program_uses_the_api_with_a_token_until_it_is_revoked(hotline: Hotline) -> None:
    root = await hotline.signed_in("root")
    made = (await root.post("/api/tokens", json={"name": "crm", "role": "supervisor", "teams": ["printers"], "days": 30})).json()
    crm = hotline.client(made["token"])
    assert (await crm.get("/api/me")).json()["name"] == "token:crm"
    assert {queue["product_line"] for queue in (await crm.get("/api/board")).json()["queues"]} == {"printers"}
    assert code_of(await crm.get("/api/users")) == (403, "not_your_role")
    listed = (await root.get("/api/tokens")).json()["tokens"]
    assert [(row["name"], row["role"], row["created_by"], row["revoked_at"]) for row in listed] == [("crm", "supervisor", "root", None)]
    assert listed[0]["last_used_at"] is not None
    assert made["token"].rpartition("_")[2] not in str(listed)
    assert (await root.post(f"/api/tokens/{made['id']}/revoke")).status_code == 204
    assert code_of(await crm.get("/api/me")) == (401, "signed_out")
    assert code_of(await root.post(f"/api/tokens/{made['id']}/revoke")) == (404, "no_such_token")


async def test_a_wall_is_opened_once_with_its_token_and_may_nothing_until_it_is_revoked(hotline: Hotline) -> None:
    root, wall = await hotline.signed_in("root"), hotline.client()
    made = (await root.post("/api/tokens", json={"name": "lobby", "role": "wall", "teams": ["printers"]})).json()
    opened = await wall.post("/api/wall", json={"token": made["token"]})
    assert (opened.json()["role"], opened.json()["teams"], opened.json()["sees_numbers"]) == ("wall", ["printers"], False)
    assert {"HttpOnly", "SameSite=strict"} <= set(opened.headers["set-cookie"].split("; "))
    assert (await wall.get("/api/me")).json()["name"] == "token:lobby"
    for path in ("/api/board", "/api/calls", "/api/config/ui", "/api/events", "/api/desk/takers"):
        assert code_of(await wall.get(path)) == (403, "not_your_role")
    assert ("token:lobby", "wall.open_wall", "", "done") in await hotline.deeds()
    assert made["token"] not in str(await AuditLog(hotline.database).deeds(DeedFilter(), 99))

    await wall.post("/api/login", json={"name": "chen", "password": PASSWORD})
    assert (await wall.get("/api/me")).json()["name"] == "chen", "a person at the screen is a person"
    await wall.post("/api/logout")
    assert (await root.post(f"/api/tokens/{made['id']}/revoke")).status_code == 204
    assert code_of(await wall.get("/api/me")) == (401, "signed_out")
    assert code_of(await wall.post("/api/wall", json={"token": made["token"]})) == (401, "no_wall_token")


async def test_no_other_token_is_taken_in_a_cookie(hotline: Hotline) -> None:
    root, screen = await hotline.signed_in("root"), hotline.client()
    made = (await root.post("/api/tokens", json={"name": "crm", "role": "admin"})).json()
    assert code_of(await screen.post("/api/wall", json={"token": made["token"]})) == (401, "no_wall_token")
    screen.cookies.set(WALL_COOKIE, made["token"])
    assert code_of(await screen.get("/api/me")) == (401, "signed_out")


async def test_a_wall_is_no_users_role(hotline: Hotline) -> None:
    root = await hotline.signed_in("root")
    new = {"name": "lobby", "password": PASSWORD, "role": "wall"}
    assert (await root.post("/api/users", json=new)).status_code == 422


async def test_a_wrong_token_is_nobody_even_beside_a_good_cookie(hotline: Hotline) -> None:
    chen = await hotline.signed_in("chen")
    assert (await chen.get("/api/me", headers={"Authorization": "Bearer hl_x_y"})).status_code == 401


# ---- teams -------------------------------------------------------------------------------------------------------------------


def calls_of_both(hotline: Hotline) -> None:
    hotline.house.engine.add_call(waiting_call("main-1.1"))
    servers = replace(waiting_call("main-2.1"), queue=queue_of("servers", Level.L1), product_line="servers", ani="13900139000")
    servers = replace(servers, consulted_outside="13700137000")
    hotline.house.engine.add_call(servers)


async def test_who_is_limited_to_a_team_sees_its_agents_queues_and_calls_alone(hotline: Hotline) -> None:
    calls_of_both(hotline)
    board = (await (await hotline.signed_in("lead")).get("/api/board")).json()
    assert [call["call"] for call in board["calls"]] == ["main-1.1"]
    assert [agent["agent"] for agent in board["agents"]] == [LI]
    assert {queue["product_line"] for queue in board["queues"]} == {"printers"}
    everything = (await (await hotline.signed_in("chen")).get("/api/board")).json()
    assert len(everything["calls"]) == 2
    assert len(everything["agents"]) == 2


OTHERS = {
    "an agent": ("POST", f"/api/agents/{WANG}/state", {"state": "logged_out"}),
    "a call": ("GET", "/api/calls/main-2.1/explanation", None),
    "a product line": ("POST", "/api/incidents", {"product_line": "servers", "text": "outage"}),
}


@pytest.mark.parametrize(("method", "path", "body"), OTHERS.values(), ids=OTHERS)
async def test_who_is_limited_to_a_team_does_nothing_to_others(
    hotline: Hotline, method: str, path: str, body: dict[str, str] | None
) -> None:
    calls_of_both(hotline)
    lead = await hotline.signed_in("lead")
    assert code_of(await lead.request(method, path, json=body)) == (403, "not_your_team")
    assert hotline.house.engine.events == []
    own = path.replace(WANG, LI).replace("main-2.1", "main-1.1")
    own_body = {**body, "product_line": "printers"} if body and "product_line" in body else body
    assert (await lead.request(method, own, json=own_body)).status_code == 200


HIDDEN = {
    "a product line": ("/api/incidents?product_line=printers", {"product_line": "servers", "text": "outage"}),
    "a queue": ("/api/calls/main-1.1/queue?queue=printers.L1", {"queue": "servers.L1"}),
    "a team": ("/api/messages?team=printers", {"text": "hello", "team": "servers"}),
    "agents": (f"/api/messages?agents={LI}", {"text": "hello", "agents": [WANG]}),
}


@pytest.mark.parametrize(("path", "body"), HIDDEN.values(), ids=HIDDEN)
async def test_what_stands_in_the_query_hides_nothing_of_the_body(hotline: Hotline, path: str, body: dict[str, Any]) -> None:
    calls_of_both(hotline)
    lead = await hotline.signed_in("lead")
    assert code_of(await lead.post(path, json=body)) == (403, "not_your_team")
    assert hotline.house.engine.events == []


async def test_nobody_writes_into_the_audit_log_who_does_not_try_to_sign_in(hotline: Hotline) -> None:
    await hotline.client().post("/api/users", json={"name": "root", "password": "a long one", "role": "admin"})
    await hotline.client().post("/api/login", json={"name": "chen", "password": "wrong"})
    assert [who for who, *_ in await hotline.deeds()] == ["chen"]


async def test_rights_that_were_taken_while_somebody_signs_in_are_not_his(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    matching = UserDirectory.matching

    async def slowly(directory: UserDirectory, name: str, password: str) -> Row | None:
        found = await matching(directory, name, password)
        await directory.change("chen", role="quality")
        return found

    monkeypatch.setattr(UserDirectory, "matching", slowly)
    answer = await hotline.client().post("/api/login", json={"name": "chen", "password": PASSWORD})
    assert code_of(answer) == (401, "wrong_password")


async def test_the_answer_to_an_order_shows_no_more_than_the_board(hotline: Hotline) -> None:
    calls_of_both(hotline)
    hotline.rules[0] = Rules(numbers_seen_by=frozenset({"admin"}))
    answer = await (await hotline.signed_in("chen")).post("/api/calls/main-1.1/head-start", json={"seconds": 60})
    assert (answer.status_code, answer.json()["ani"]) == (200, "138****8000")


# ---- numbers -----------------------------------------------------------------------------------------------------------------


async def test_numbers_are_masked_for_roles_that_do_not_see_them(hotline: Hotline) -> None:
    calls_of_both(hotline)
    chen = await hotline.signed_in("chen")
    assert "13800138000" in (await chen.get("/api/board")).text
    hotline.rules.append(Rules(numbers_seen_by=frozenset({"admin"})))
    board = await chen.get("/api/board")
    assert "13800138000" not in board.text and "13700137000" not in board.text
    assert board.json()["calls"][0]["ani"] == "138****8000"
    assert (await chen.get("/api/me")).json()["sees_numbers"] is False
    assert board.json()["calls"][0]["dnis"] == "8008101234", "the house's own numbers are no secret"


def test_a_card_is_masked_too() -> None:
    from cti.api_cards import Card
    from cti.api_messages import pop as message
    from cti.api_shown import shown_card

    shown = replace(pop(name="13800138000"), callback="13800138000")
    asked = ConsultChanged(shown.call, shown.agent, None, OfferId("x1"), ConsultState.TALKING, "answered", "13800138000")
    card = Card(shown, datetime.now(UTC), consult=asked)
    assert "13800138000" not in message(datetime.now(UTC), shown_card(card, numbers=False), None)
    assert message(datetime.now(UTC), shown_card(card, numbers=True), None).count("13800138000") == 4


# ---- the audit log -----------------------------------------------------------------------------------------------------------


async def test_what_people_do_is_kept_with_who_what_and_why(hotline: Hotline) -> None:
    chen = await hotline.signed_in("chen")
    await chen.post(f"/api/agents/{WANG}/state", json={"state": "not_ready", "reason": "meeting"})
    await chen.get("/api/board")
    await hotline.client().post("/api/login", json={"name": "chen", "password": "wrong"})
    await chen.get("/api/users")
    await chen.post("/api/logout")
    assert await hotline.deeds() == [
        ("chen", "login.login", "chen", "done"), ("chen", "console.force_state", WANG, "done"), ("chen", "login.login", "chen", "failed"),
        ("chen", "users.users", "", "refused"), ("chen", "login.logout", "", "done"),
    ]  # fmt: skip
    forced = (await AuditLog(hotline.database).deeds(DeedFilter(action="console.force_state"), 1))[0]
    assert (forced["why"], forced["role"], forced["via"], forced["address"]) == ("meeting", "supervisor", "session", "127.0.0.1")
    assert forced["detail"] == {"agent": WANG, "state": "not_ready"}


async def test_no_secret_and_no_number_stands_in_the_log(hotline: Hotline) -> None:
    root = await hotline.signed_in("root")
    await root.post("/api/users", json={"name": "new", "password": "a password that is secret", "role": "agent"})
    await root.post("/api/users/new/password", json={"password": "another secret password"})
    await root.post("/api/callbacks/main-9/cancel", json={"reason": "called 13800138000 myself"})
    await enrolled(hotline, "chen")
    kept = repr(await AuditLog(hotline.database).deeds(DeedFilter(), 99))
    assert "password" not in kept.replace("reset_password", "").replace("/password", "")
    assert "13800138000" not in kept
    assert "secret" not in kept


async def test_being_asked_for_the_code_is_no_failed_login(hotline: Hotline) -> None:
    await enrolled(hotline, "chen")
    for code in ("", "000000"):
        await hotline.client().post("/api/login", json={"name": "chen", "password": PASSWORD, "code": code})
    assert await hotline.deeds(action="login.login") == [("chen", "login.login", "chen", "failed")]


async def test_an_agents_own_states_are_the_journals_matter(hotline: Hotline) -> None:
    li = await hotline.signed_in("li")
    await li.post("/api/desk/login", json={"phone": None})
    await li.post("/api/desk/ready")
    assert [deed[1] for deed in await hotline.deeds()] == ["login.login", "desk.sit_down"]


async def test_the_log_is_read_page_by_page(hotline: Hotline) -> None:
    for _ in range(3):
        chen = await hotline.signed_in("chen")
    first = (await chen.get("/api/audit", params={"limit": 2})).json()
    rest = (await chen.get("/api/audit", params={"limit": 2, "cursor": first["next"]})).json()
    assert (len(first["deeds"]), len(rest["deeds"]), rest["next"]) == (2, 1, None)
    assert code_of(await chen.get("/api/audit", params={"since": "2026-03-02T12:00:00"})) == (422, "invalid")
    assert (await chen.get("/api/audit", params={"who": "nobody"})).json()["deeds"] == []


async def test_who_is_limited_to_a_team_reads_of_its_people_alone(hotline: Hotline) -> None:
    await hotline.signed_in("li")
    chen = await hotline.signed_in("chen")
    await chen.post(f"/api/agents/{LI}/state", json={"state": "logged_out"})
    await chen.post(f"/api/agents/{WANG}/state", json={"state": "logged_out"})
    lead = await hotline.signed_in("lead")
    read = (await lead.get("/api/audit")).json()["deeds"]
    assert {(deed["who"], deed["target"]) for deed in read} == {("li", "li"), ("chen", LI), ("lead", "lead")}


async def test_a_deed_that_can_not_be_kept_is_told_and_the_answer_is_given(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_self: AuditLog, _deed: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(AuditLog, "note", full)
    await hotline.signed_in("chen")


def test_the_log_has_no_route_that_changes_it() -> None:
    from cti.api_table import ROUTES

    assert [(row.method, row.path) for row in ROUTES if "audit" in row.path] == [("GET", "/api/audit")]


