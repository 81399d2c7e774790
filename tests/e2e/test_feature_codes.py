"""An agent without a page: he logs in, at his phone or another's, is ready, takes a call and goes, all by dialling; his page shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from acd.records import audit
from hotline.sipp import free_ports
from tests.e2e.scene import PASSWORD, Scene
from tests.e2e.voice import QUIET, RATE, VoicePhone
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

SPOKEN_SECONDS = 0.5


async def dials(scene: Scene, folder: Path, code: str, state: str) -> None:
    """Dial at phone 1001, hear something said, and wait until Li is in ``state``."""
    port, rtp_port = free_ports(2, first=25_000, last=32_700, step=10)
    phone = VoicePhone(folder / code[1:], "1001", port, rtp_port, 440.0, f"sip:{code}@127.0.0.1:{scene.hotline.ports.sip}")

    async def spoken() -> bool:
        loud = [sample for sample in phone.heard() if abs(sample) > QUIET]
        return len(loud) / RATE >= SPOKEN_SECONDS / 4

    async def there() -> bool:
        return str((await scene.house.agent_view("li.wei"))["state"]) == state

    async with phone:
        await until(spoken, f"a spoken answer to {code}")
        await until(there, f"li.wei {state}")


async def test_an_agent_works_by_his_phone_alone_and_his_page_shows_it_when_it_is_back(scene: Scene, tmp_path: Path) -> None:
    await scene.install_phones()
    await dials(scene, tmp_path, "*60", "not_ready")
    await scene.phone_of("li.wei", reachable=True)
    await dials(scene, tmp_path, "*62", "ready")
    caller = await scene.call("pcs.L1")
    await scene.phone_meets("1001", "answered")
    await caller.hangs_up()
    await scene.ended(caller)

    await dials(scene, tmp_path, "*632", "not_ready")
    view = await scene.house.agent_view("li.wei")
    assert (view["cause"], view["desk_connected"], view["calls_taken"] >= 1) == ("lunch", False, True)
    li = await scene.agent_page("li.wei")
    assert (li.state, li.cause) == ("not_ready", "lunch")
    await dials(scene, tmp_path, "*61", "logged_out")
    await li.becomes("logged_out")


async def test_an_agent_logs_in_at_anothers_phone_by_keying_his_number_and_his_pin(scene: Scene) -> None:
    await scene.install_phones()
    page = await scene.agent_page("li.wei")
    await page.sets_pin(PASSWORD, "2468")
    wrong = await scene.call("*65", "1001#1#", ani="1003", key_every=0.1)
    await scene.hears(wrong, "code_wrong")
    await wrong.meets("ended")
    assert (await scene.house.agent_view("li.wei"))["state"] == "logged_out"

    right = await scene.call("*65", "1001#2468#", ani="1003", key_every=0.1)
    await page.becomes("not_ready")
    await scene.hears(right, "code_logged_in")
    await right.meets("ended")
    assert (await scene.house.agent_view("li.wei"))["phone"] == "1003"
    rows = await scene.house.rows(select(audit).where(audit.c.action == "phone.log_in").order_by(audit.c.id))
    assert [(row["who"], row["target"], row["outcome"], row["detail"]) for row in rows[-2:]] == [
        ("li.wei", "li.wei", outcome, {"phone": "1003"}) for outcome in ("failed", "done")
    ]

    await scene.phone_of("li.wei", reachable=True)
    await page.goes_ready()
    caller = await scene.call("pcs.L1")
    await scene.phone_meets("1003", "answered")
    await caller.hangs_up()
    await scene.ended(caller)
