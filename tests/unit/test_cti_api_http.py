"""The HTTP side in front of a house of stand-ins: who may do what, and how a refusal is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from acd.events import AgentLoggedIn, AgentStateForced, AgentWentNotReady, AgentWentReady, WrapUpEnded, WrapUpExtended
from acd.model import AgentState, PhoneId
from cti.api import create_app
from cti.api_access import Access, Rules
from cti.api_guard import LARGEST_BODY
from cti.api_parts import COOKIE
from cti.api_tries import TRIES_OF_NAME
from tests.unit.cti_api_house import HOSTILE_NAME, LI, LINES, PEOPLE, SECRET, UNLIMITED, WANG, House, house, plan, waiting_call

ADDRESS = "http://desk.example"


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
def app(built: House, tmp_path: Path) -> FastAPI:
    return create_app(
        built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, phones=lambda: ("2044",), dist=tmp_path
    )  # fmt: skip


@pytest.fixture
async def nobody(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=ADDRESS) as client:
        yield client


async def signed_in(client: httpx.AsyncClient, name: str) -> httpx.AsyncClient:
    person = next(person for person in PEOPLE if person.name == name)
    answer = await client.post("/api/login", json={"name": person.name, "password": person.password})
    assert answer.status_code == 200, answer.text
    return client


@pytest.fixture
async def li(nobody: httpx.AsyncClient) -> httpx.AsyncClient:
    return await signed_in(nobody, "li")


@pytest.fixture
async def chen(nobody: httpx.AsyncClient) -> httpx.AsyncClient:
    return await signed_in(nobody, "chen")


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    assert body["detail"]


# ---- signing in ----------------------------------------------------------------------------------------------------------------


async def test_signing_in_sets_a_cookie_that_no_script_and_no_other_site_gets(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.post("/api/login", json={"name": "li", "password": "li's password"})
    assert answer.json() == {"name": "li", "role": "agent", "agent": LI, "language": "zh", "supervises": False, **UNLIMITED}
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


async def test_over_https_the_cookie_never_travels_in_the_clear(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://desk.example") as client:
        answer = await client.post("/api/login", json={"name": "li", "password": "li's password"})
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_a_wrong_password_is_refused_like_a_wrong_name(nobody: httpx.AsyncClient) -> None:
    wrong_password = await nobody.post("/api/login", json={"name": "li", "password": "x"})
    wrong_name = await nobody.post("/api/login", json={"name": "nobody", "password": "x"})
    assert_problem(wrong_password, 401, "wrong_password")
    assert wrong_password.json() == wrong_name.json()


async def test_after_some_wrong_passwords_nobody_is_even_asked(nobody: httpx.AsyncClient, built: House) -> None:
    for _ in range(TRIES_OF_NAME):
        assert_problem(await nobody.post("/api/login", json={"name": "li", "password": "x"}), 401, "wrong_password")
    refused = await nobody.post("/api/login", json={"name": "li", "password": "li's password"})
    assert_problem(refused, 429, "too_many_tries")
    assert int(refused.headers["retry-after"]) > 0
    assert built.users.asked == TRIES_OF_NAME
    assert (await nobody.post("/api/login", json={"name": "wang", "password": "wang's password"})).status_code == 200


async def test_who_signs_in_rightly_all_day_is_never_refused(nobody: httpx.AsyncClient) -> None:
    for _ in range(TRIES_OF_NAME * 3):
        await signed_in(nobody, "li")


async def test_signing_out_ends_the_session_for_good(li: httpx.AsyncClient) -> None:
    cookie = li.cookies[COOKIE]
    assert (await li.post("/api/logout")).status_code == 204
    li.cookies.clear()
    assert_problem(await li.get("/api/me", headers={"Cookie": f"{COOKIE}={cookie}"}), 401, "signed_out")


async def test_me_and_the_pages_configuration(li: httpx.AsyncClient) -> None:
    assert (await li.get("/api/me")).json()["name"] == "li"
    ui = (await li.get("/api/config/ui")).json()
    assert ui["reasons"][0] == "break"
    assert ui["dispositions"][0] == "solved"
    assert ui["languages"] == ["zh", "en"]
    assert ui["product_lines"]["printers"]["zh"] == "打印机"


# ---- the desk ------------------------------------------------------------------------------------------------------------------


async def test_a_working_day_becomes_events(li: httpx.AsyncClient, built: House) -> None:
    assert (await li.post("/api/desk/login")).json()["state"] == "not_ready"
    assert (await li.post("/api/desk/ready")).json()["state"] == "ready"
    assert (await li.post("/api/desk/not-ready", json={"reason": "lunch"})).json()["cause"] == "lunch"
    built.engine.hang_up_for(LI)
    await li.post("/api/desk/wrap-up/extend", json={"seconds": 60})
    await li.post("/api/desk/wrap-up/end", json={"disposition": "solved", "note": HOSTILE_NAME})
    assert (await li.post("/api/desk/logout")).json()["state"] == "logged_out"
    assert built.engine.events[:-1] == [
        AgentLoggedIn(LI, PhoneId("1001")), AgentWentReady(LI), AgentWentNotReady(LI, "lunch"),
        WrapUpExtended(LI, 60.0), WrapUpEnded(LI, "solved", HOSTILE_NAME),
    ]  # fmt: skip


async def test_an_agent_may_sit_at_another_phone(li: httpx.AsyncClient, built: House) -> None:
    await li.post("/api/desk/login", json={"phone": "2044"})
    assert built.engine.events == [AgentLoggedIn(LI, PhoneId("2044"))]


async def test_an_agent_may_sit_at_a_colleagues_phone(li: httpx.AsyncClient, built: House) -> None:
    await li.post("/api/desk/login", json={"phone": "1002"})
    assert built.engine.events == [AgentLoggedIn(LI, PhoneId("1002"))]


@pytest.mark.parametrize("phone", ["20444", "204", "1099", "nobody"])
async def test_a_mistyped_phone_is_refused(li: httpx.AsyncClient, built: House, phone: str) -> None:
    """Nothing would ring there, and callers would be offered to it again and again."""
    assert_problem(await li.post("/api/desk/login", json={"phone": phone}), 422, "unknown_phone")
    assert built.engine.events == []


@pytest.mark.parametrize("phone", ["1001&PJSIP/evil", "10 01", "1001,2", "${X}", "", "1" * 33, "1001\r\nAction: x"])
async def test_what_is_no_extension_is_no_phone(li: httpx.AsyncClient, built: House, phone: str) -> None:
    assert_problem(await li.post("/api/desk/login", json={"phone": phone}), 422, "invalid")
    assert built.engine.events == []


async def test_what_the_router_refuses_is_a_conflict_with_its_reason(li: httpx.AsyncClient) -> None:
    answer = await li.post("/api/desk/ready")
    assert_problem(answer, 409, "illegal_transition")
    assert answer.json()["detail"] == "li.wei is logged_out and can't go ready"


async def test_reasons_and_dispositions_are_those_of_the_configuration(li: httpx.AsyncClient, built: House) -> None:
    assert_problem(await li.post("/api/desk/not-ready", json={"reason": "beach"}), 422, "unknown_reason")
    assert_problem(await li.post("/api/desk/wrap-up/end", json={"disposition": "magic"}), 422, "unknown_disposition")
    assert built.engine.events == []


async def test_a_supervisor_who_takes_no_calls_has_no_desk(chen: httpx.AsyncClient) -> None:
    assert_problem(await chen.post("/api/desk/login"), 403, "no_agent")


# ---- the console ---------------------------------------------------------------------------------------------------------------


async def test_the_board_shows_callers_names_as_they_are(chen: httpx.AsyncClient, built: House) -> None:
    for number, name in enumerate((HOSTILE_NAME, "half a pair \ud83d")):
        call = waiting_call(f"main-1.{number}", name=name)
        built.engine.calls[call.call] = call
    answer = await chen.get("/api/board")
    assert answer.headers["content-type"] == "application/json"
    assert [call["ani_name"] for call in json.loads(answer.content)["calls"]] == [HOSTILE_NAME, "half a pair \ud83d"]


async def test_a_supervisor_sees_why_a_caller_waits(chen: httpx.AsyncClient, built: House) -> None:
    built.engine.add_call(waiting_call())
    answer = await chen.get("/api/calls/main-1.1/explanation")
    assert answer.json()["explanation"] == "2 agents with product:printers, both talking"
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["all_occupied", "talking"]
    assert_problem(await chen.get("/api/calls/main-9.9/explanation"), 404, "no_such_call")


async def test_a_state_that_a_supervisor_sets_carries_his_name(chen: httpx.AsyncClient, built: House) -> None:
    answer = await chen.post(f"/api/agents/{WANG}/state", json={"state": "not_ready", "reason": "meeting"})
    assert answer.json()["cause"] == "forced:chen"
    assert built.engine.events == [AgentStateForced(WANG, AgentState.NOT_READY, "meeting", "chen")]


async def test_only_states_that_make_sense_can_be_set_and_only_for_agents(chen: httpx.AsyncClient, built: House) -> None:
    assert_problem(await chen.post(f"/api/agents/{WANG}/state", json={"state": "talking"}), 422, "invalid")
    assert_problem(await chen.post(f"/api/agents/{WANG}/state", json={"state": "not_ready"}), 422, "unknown_reason")
    assert_problem(await chen.post("/api/agents/nobody/state", json={"state": "ready"}), 404, "no_such_agent")
    assert built.engine.events == []


async def test_agents_see_and_set_nothing_of_others(li: httpx.AsyncClient, built: House) -> None:
    assert_problem(await li.get("/api/board"), 403, "not_your_role")
    assert_problem(await li.get("/api/calls/main-1.1/explanation"), 403, "not_your_role")
    assert_problem(await li.post(f"/api/agents/{WANG}/state", json={"state": "ready"}), 403, "not_your_role")
    assert built.engine.events == []


# ---- the walls -----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://desk.example:81"}, {"Origin": "http://desk.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ],
)  # fmt: skip
async def test_another_sites_page_can_do_nothing(li: httpx.AsyncClient, built: House, headers: dict[str, str]) -> None:
    assert_problem(await li.post("/api/desk/login", headers=headers), 403, "foreign_origin")
    assert built.engine.events == []


async def test_the_pages_own_requests_pass(li: httpx.AsyncClient) -> None:
    assert (await li.post("/api/desk/login", headers={"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"})).status_code == 200


async def test_an_origin_that_was_configured_passes(built: House, tmp_path: Path) -> None:
    access = Access(rules=lambda: Rules(origins=frozenset({"https://front.example"})))
    app = create_app(built.engine, built.users, built.live, SECRET, plan, access=access, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        answer = await client.post(
            "/api/login", json={"name": "li", "password": "li's password"}, headers={"Origin": "https://front.example"}
        )
        assert answer.status_code == 200
        assert_problem(await client.post("/api/logout", headers={"Origin": "https://front.example:81"}), 403, "foreign_origin")


async def test_a_body_is_bounded_whether_or_not_it_tells_its_length(li: httpx.AsyncClient, built: House) -> None:
    large = b'{"note": "' + b"x" * LARGEST_BODY + b'"}'

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 1000):
            yield large[start : start + 1000]

    for content in (large, in_pieces()):
        answer = await li.post("/api/desk/wrap-up/end", content=content, headers={"Content-Type": "application/json"})
        assert_problem(answer, 413, "request_entity_too_large")
    assert built.engine.events == []


async def test_a_body_that_makes_no_sense_is_told_what_was_expected(li: httpx.AsyncClient) -> None:
    for content in (b"{", b"[]", b'{"reason": 5}', b"\xff"):
        answer = await li.post("/api/desk/not-ready", content=content, headers={"Content-Type": "application/json"})
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.status_code in {400, 422}


async def test_every_answer_keeps_the_browser_on_its_guard(nobody: httpx.AsyncClient) -> None:
    for path in ("/api/me", "/", "/assets/nothing.js", "/no/such/page"):
        answer = await nobody.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


async def test_a_fault_of_ours_tells_nothing_of_its_inside(li: httpx.AsyncClient, built: House) -> None:
    built.engine.agents = None  # type: ignore[assignment]  # the fault
    answer = await li.post("/api/desk/ready")
    assert_problem(answer, 500, "fault")
    assert "content-security-policy" in answer.headers
    assert "NoneType" not in answer.text


# ---- what is watched -----------------------------------------------------------------------------------------------------------


async def test_pages_that_are_not_built_say_how_to_build_them(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/")
    assert_problem(answer, 503, "not_built")
    assert "script/setup" in answer.text


async def test_health_is_the_health_of_the_parts(built: House, tmp_path: Path) -> None:
    parts = {"ami": True, "journal": True}
    app = create_app(built.engine, built.users, built.live, SECRET, plan, health=lambda: parts, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        assert (await client.get("/healthz")).status_code == 200
        parts["ami"] = False
        answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "parts": {"ami": False, "journal": True}}


async def test_metrics_count_calls_and_agents(nobody: httpx.AsyncClient, built: House) -> None:
    built.engine.add_call(waiting_call())
    text = (await nobody.get("/metrics")).text
    assert 'hotline_calls{state="waiting"} 1.0' in text
    assert 'hotline_agents{state="logged_out"} 2.0' in text
    assert 'hotline_queue_waiting{queue="printers.L1"} 1.0' in text
    assert 'hotline_queue_offered_total{queue="servers.L3"} 0.0' in text
    assert "hotline_pop_shown_seconds_count 0.0" in text
