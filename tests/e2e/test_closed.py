"""Calls to a queue that is closed: another centre takes them whose day it is, or the caller hears when it opens again."""

from __future__ import annotations

from asyncio import gather
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hotline.sipp import free_ports
from tests.e2e.quick_config import number_of
from tests.e2e.reload import configured
from tests.e2e.scene import Scene
from tests.e2e.voice import RATE, VoicePhone, likeness, recorded

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EAST, WEST = "printers.L1", "scanners.L1"
OFFICE = [{"days": list(DAYS), "opens": "08:30", "closes": "18:00"}]
AFTERNOON = 14
"""The hour that it is in one centre, and at night in the other, whenever this runs."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
KEPT_BACK = int(0.2 * RATE)
"""Samples that baresip's jitter buffer keeps when no more packets come, and that are not in its recording."""
ALIKE = 0.8
"""A recording and the prompts that were played are the same sound; two languages' prompts are below a half."""


def zone(ahead: int) -> str:
    """A time zone that is so many hours ahead of UTC; its name has the sign the other way round (POSIX)."""
    return f"Etc/GMT{-ahead:+d}"


def two_centres(day: str, night: str, now: datetime) -> dict[str, Any]:
    """Calendars and rules by which ``day`` and ``night`` are two centres' queues with the same hours, each covering for the other."""
    ahead = AFTERNOON - now.hour
    zones = {day: zone(ahead), night: zone(ahead - 12 if ahead >= 0 else ahead + 12)}
    closed = {"name": "closed", "when_closed": True, "to_destination": "closed"}
    return {
        "calendars": {queue.partition(".")[0]: {"time_zone": name} for queue, name in zones.items()},
        "overrides": {
            queue: {
                "calendar": queue.partition(".")[0], "hours": OFFICE,
                "overflow": [{"name": "the other centre", "when_closed": True, "to_queue": other}, closed],
            }
            for queue, other in ((day, night), (night, day))
        },
    }  # fmt: skip


async def test_the_centre_whose_day_it_is_takes_the_calls_of_both(scene: Scene) -> None:
    """Both have the same hours, by clocks that are twelve hours apart: it is the hour that sends a call to the other one."""
    chen = await scene.agent("chen.jie")
    for day, night in ((EAST, WEST), (WEST, EAST)):
        centres = two_centres(day, night, datetime.now(UTC))

        def change(rows: dict[str, Any], centres: dict[str, Any] = centres) -> None:
            rows["calendars"] = centres["calendars"]
            rows["queues"]["overrides"].update(centres["overrides"])

        async with configured(scene.house, change):
            for number in (night, day):
                caller = await scene.call(number)
                assert (await scene.is_live(caller, "talking"))["queue"] == day
                await caller.hangs_up()
                record = await scene.ended(caller)
                assert (record["queue"], record["agent"]) == (day, chen.name)


async def test_who_calls_a_closed_queue_hears_when_it_opens_again_in_his_language(scene: Scene, tmp_path: Path) -> None:
    """The prompts that should be played are in what each caller's telephone recorded, whole, and the other language's are not."""
    today = datetime.now(SHANGHAI).date()
    holidays = {(today + timedelta(days=number)).isoformat(): {"name": "holiday"} for number in range(2)}
    closed = {"name": "closed", "when_closed": True, "to_destination": "closed"}

    def change(rows: dict[str, Any]) -> None:
        rows["calendars"] = {"here": {"time_zone": "Asia/Shanghai", "days": holidays}}
        rows["queues"]["overrides"][WEST] = {"overflow": [closed], "calendar": "here"}

    opens = f"opens_{DAYS[(today.weekday() + 2) % 7]}_0000"
    async with configured(scene.house, change):
        in_zh, in_en = await gather(*(_heard(scene, tmp_path / language, language) for language in ("zh", "en")))
    heard = {"zh": in_zh, "en": in_en}
    for language, other in (("zh", "en"), ("en", "zh")):
        for prompt in ("closed", opens):
            said, not_said = _prompt(scene, language, prompt), _prompt(scene, other, prompt)
            assert likeness(said, heard[language]) > ALIKE, f"{prompt} in {language}"
            assert likeness(not_said, heard[language]) < ALIKE, f"{prompt} in {other} too"


async def _heard(scene: Scene, folder: Path, language: str) -> list[int]:
    """What a caller heard until he was let go."""
    port, rtp = free_ports(2, first=25_000, last=32_700, step=10)
    ani = scene.new_ani()
    caller = VoicePhone(folder, ani, port, rtp, 440.0, f"sip:{number_of(WEST, language)}@127.0.0.1:{scene.hotline.ports.sip}")
    async with caller:
        assert (await scene.ended(ani))["end_cause"] == "diverted"
    return caller.heard()


def _prompt(scene: Scene, language: str, name: str) -> list[int]:
    """What is sure to be heard of it."""
    return recorded(scene.hotline.asterisk.sounds / language / "hotline" / f"{name}.wav")[:-KEPT_BACK]
