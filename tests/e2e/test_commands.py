"""The commands beside a running engine: what they print, and how they exit."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from hotline.simulated_phones import Manner
from tests.e2e.reload import reloaded_with
from tests.e2e.scene import House, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def hotline(house: House, *arguments: str, config: Path | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors of a command that is given the running engine's places."""
    command = [sys.executable, "-m", "hotline.cli", arguments[0], "--config", str(config or house.hotline.config_path), *arguments[1:]]
    places = {"HOTLINE_STATE_DIR": str(house.hotline.state_dir), "HOTLINE_DATABASE_URL": house.hotline.database_url}
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env={**os.environ, **places})
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def asterisk_reaches_all_phones_but(house: House, *absent: str) -> None:
    async def so_it_is() -> bool:
        contacts = await house.hotline.asterisk.cli("pjsip show contacts")
        states = dict(re.findall(r"Contact: +(\d+)/sip:\S+ +\w+ +(\w+)", contacts))
        asked = {phone for phone, row in house.hotline.config.phones.items() if row.qualify_seconds}  # the supervisor's is not
        away = {phone for phone in asked if states.get(phone) != "Avail"}
        return set(states) == set(house.hotline.config.phones) and away == set(absent)

    await until(so_it_is, f"an Asterisk that reaches all phones but {absent}")


async def over_the_api(house: House, number: str) -> tuple[str, list[str]]:
    """The call that this number made, and its story."""
    [call] = (await house.supervisor.get("/api/calls", params={"number": number, "entry": "4008001234"})).json()["calls"]
    answer = await house.supervisor.get(f"/api/calls/{call['id']}")
    return call["id"], [text.strip() for line in answer.json()["story"] for text in line["text"]]


async def test_explain_tells_the_whole_story_of_a_call(scene: Scene) -> None:
    await scene.install_phones({"1001": Manner.SILENT})
    li = await scene.agent("li.wei")
    caller = await scene.call("4008001234", "21", name="Bob")
    await li.becomes("not_ready")
    zhang = await scene.agent("zhang.min")
    await zhang.becomes("talking")
    await caller.hangs_up()
    record = await scene.ended(caller)

    code, story, errors = await hotline(scene.house, "explain", record["id"])

    assert (code, errors) == (0, "")
    told = [re.sub(r"^\S+ \+ *[\d.]+ s +\d+ (.)", r"\1", line) for line in story.splitlines()]
    in_order = [
        f"call {record['id']}",
        f"  {caller.ani} (Bob) rang in on 4008001234 (统一服务热线 · unified number)",
        "  menu first: keyed 2 -> pcs",
        "  menu level: keyed 1 -> how_to",
        "  is about pcs, L1, in zh",
        "> call is waiting for pcs.L1",
        "> offer 1 to li.wei: the only free agent who matches",
        "> offer to li.wei is missed (no_answer)",
        "> call is waiting for pcs.L1",
        "> offer 2 to zhang.min: the only free agent who matches",
        "  offer answered",
        "> call is ended with zhang.min (caller_hung_up)",
    ]
    assert [line for line in told if line in in_order] == in_order, story
    assert (await hotline(scene.house, "explain", "last"))[1] == story
    assert await over_the_api(scene.house, caller.ani[-6:]) == (record["id"], [line.strip(" >") for line in told[1:]])


async def test_explain_of_a_call_that_never_was_is_refused(house: House) -> None:
    code, output, errors = await hotline(house, "explain", "main-1.1")

    assert (code, output) == (1, "")
    assert errors.startswith("no call main-1.1 in ")
    assert len(errors.splitlines()) == 1


async def test_the_doctor_finds_nothing_wrong_with_the_running_hotline(scene: Scene) -> None:
    await scene.install_phones()
    await asterisk_reaches_all_phones_but(scene.house)

    code, findings, errors = await hotline(scene.house, "doctor", "--sounds", str(scene.hotline.asterisk.sounds))

    assert (code, errors) == (0, "")
    assert len(findings.splitlines()) >= 10
    assert {line[:4] for line in findings.splitlines()} == {"ok  "}, findings


async def test_the_doctor_says_which_phones_can_not_be_rung_and_whose_they_are(scene: Scene) -> None:
    await scene.install_phones({"1003": Manner.ABSENT})
    await asterisk_reaches_all_phones_but(scene.house, "1003")

    code, findings, _ = await hotline(scene.house, "doctor")

    bad = [line for line in findings.splitlines() if not line.startswith("ok  ")]
    assert code == 1
    assert bad == ["BAD  main: PJSIP/1003 of zhang.min is UNAVAILABLE; is the phone configured, and registered?"]


async def test_the_doctor_says_when_asterisk_has_another_dialplan_than_the_configurations(house: House) -> None:
    newer = house.hotline.config_path.with_name("newer.yaml")
    text = house.hotline.config_path.read_text(encoding="utf-8")
    assert "heartbeat_seconds: " in text
    newer.write_text(text.replace("heartbeat_seconds: ", "heartbeat_seconds: 1", 1), encoding="utf-8")

    _, findings, _ = await hotline(house, "doctor", config=newer)
    _, of_the_same, _ = await hotline(house, "doctor")

    [told] = [line for line in findings.splitlines() if "dialplan in force" in line]
    assert told == (
        "BAD  main: the dialplan in force is another configuration's, or another version's; "
        "render it anew (hotline dialplan), then core reload"
    )
    assert "ok   main: the dialplan in force is the configuration's" in of_the_same


@pytest.mark.parametrize(
    ("was", "becomes", "line_with", "word"),
    [
        ("next: level}", "next: levels}", "next: levels}", "levels"),
        ("wrap_up_seconds: 1.5", "wrap_up_seconds: soon", "wrap_up_seconds: soon", "expected a number"),
        ("    prompt: choose_level", "    promt: choose_level", "promt: choose_level", "promt"),
    ],
)
async def test_check_of_a_broken_config_names_file_and_line(
    house: House, tmp_path: Path, was: str, becomes: str, line_with: str, word: str
) -> None:
    broken = tmp_path / "broken.yaml"
    good = house.hotline.config_path.read_text(encoding="utf-8")
    assert was in good
    text = good.replace(was, becomes, 1)
    broken.write_text(text, encoding="utf-8")
    line = next(number for number, content in enumerate(text.splitlines(), start=1) if line_with in content)

    code, output, errors = await hotline(house, "check", config=broken)

    assert (code, output) == (1, "")
    assert any(error.startswith(f"{broken}:{line}:") and word in error for error in errors.splitlines()), errors


async def test_check_of_the_running_config_is_content(house: House) -> None:
    code, output, _ = await hotline(house, "check")

    assert code == 0
    assert " 0 errors" in output


async def test_a_second_engine_on_the_same_state_is_refused(house: House) -> None:
    code, _, errors = await hotline(house, "run")

    assert code == 1
    assert "another engine is running on this state directory" in errors


async def test_an_unknown_command_is_a_usage_error(house: House) -> None:
    code, _, errors = await hotline(house, "dance")

    assert code == 2
    assert "invalid choice: 'dance'" in errors


async def test_a_reload_of_the_config_changes_the_agents_at_once_and_a_broken_one_changes_nothing(scene: Scene) -> None:
    house, path = scene.house, scene.hotline.config_path
    text = path.read_text(encoding="utf-8")

    async def name_is(name: str) -> bool:
        return (await house.agent_view("li.wei"))["name"] == name

    async def renamed() -> bool:
        return await name_is("李伟甲")

    async def as_before() -> bool:
        return await name_is("李伟")

    try:
        assert await reloaded_with(house, text.replace("name: 李伟", "name: 李伟甲")) == "config_reloaded"
        await until(renamed, "the new name on the board")
        assert await reloaded_with(house, text.replace("name: 李伟", "nam: 李伟")) == "config_refused"
        assert await renamed()
    finally:
        assert await reloaded_with(house, text) == "config_reloaded"
        await until(as_before, "the old name on the board")
