"""Simulated phones and callers are real SIP and RTP to Asterisk: each manner, every key, audio echoed."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hotline.local_asterisk import LocalAsterisk
from hotline.simulated_callers import SimulatedCallers, Visit
from hotline.simulated_phones import Habits, Manner, SimulatedPhones
from hotline.sipp import free_ports

pytestmark = pytest.mark.e2e

MANNERS = {"1002": Manner.BUSY, "1003": Manner.REJECTS, "1004": Manner.SILENT, "1005": Manner.ABSENT}
DIALPLAN = """
[ring]
exten => _1XXX,1,Answer()
 same => n,Dial(PJSIP/${EXTEN},2,g)
 same => n,Verbose(1,RESULT ${EXTEN} ${DIALSTATUS})
[wait]
exten => s,1,Answer()
 same => n,Wait(20)
[in]
exten => _X.,1,Answer()
 same => n(again),Read(key,demo-congrats,1,,1,8)
 same => n,GotoIf($["${READSTATUS}" = "HANGUP"]?over)
 same => n,Verbose(1,KEY ${CALLERID(num)} ${EXTEN} ${key})
 same => n,Goto(again)
 same => n(over),NoOp()
exten => 801,1,Answer()
 same => n,Wait(1)
 same => n,Verbose(1,NAME ${CALLERID(name)} .)
 same => n,Hangup()
"""


@dataclass
class House:
    asterisk: LocalAsterisk
    directory: Path
    sip: int
    phones: int
    spare: int

    async def told(self, pattern: str, count: int) -> list[str]:
        """What the dialplan said, once it has said it ``count`` times."""
        found: list[str] = []
        async with asyncio.timeout(20):
            while len(found) < count:
                found = re.findall(rf"app_verbose.c: {pattern}", self.asterisk.log.read_text(encoding="utf-8"))
                await asyncio.sleep(0.05)
        return found


def pjsip(sip: int, phones: int) -> str:
    text = f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{sip}\n"
    text += "[trunk]\ntype=endpoint\ncontext=in\nallow=!all,alaw\n[trunk]\ntype=identify\nendpoint=trunk\nmatch=127.0.0.1\n"
    for number in range(1001, 1006):
        text += f"[{number}]\ntype=endpoint\ncontext=none\naors={number}\nallow=!all,alaw\n"
        text += f"[{number}]\ntype=aor\ncontact=sip:{number}@127.0.0.1:{phones}\nqualify_frequency=1\nqualify_timeout=0.5\n"
    return text


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    sip, phones, spare = free_ports(3, step=10)
    files = {"pjsip.conf": pjsip(sip, phones), "extensions.conf": DIALPLAN, "rtp.conf": "[general]\nrtpstart=30000\nrtpend=31000\n"}
    async with LocalAsterisk(tmp_path / "asterisk", files) as asterisk:
        yield House(asterisk, tmp_path, sip, phones, spare)


async def test_each_manner_is_what_asterisk_sees(house: House) -> None:
    async with SimulatedPhones(house.directory / "phones", house.phones, house.spare, MANNERS, Habits((0.1, 0.2), (0.3, 0.5))) as phones:
        async with asyncio.timeout(10):
            contacts = ""
            while len(re.findall(r" Avail ", contacts)) < 4 or not re.search(r"1005@.* Unavail ", contacts):
                await asyncio.sleep(0.2)
                contacts = await house.asterisk.cli("pjsip show contacts")
        for number in range(1001, 1006):
            await house.asterisk.cli(f"channel originate Local/{number}@ring extension s@wait")
        results = dict(line.split() for line in await house.told(r"RESULT (\d+ \w+)", 5))
    assert results == {"1001": "ANSWER", "1002": "BUSY", "1003": "CHANUNAVAIL", "1004": "NOANSWER", "1005": "CHANUNAVAIL"}
    heard = {(line.what, line.phone) for line in phones.log()}
    assert {("answered", "1001"), ("hung_up", "1001"), ("invite", "1004"), ("cancelled", "1004")} <= heard
    assert ("invite", "1005") not in heard


async def test_every_key_is_heard_in_any_order(house: House) -> None:
    order = ("9#0*31", "528746")
    visits = [Visit("800", f"139{number}", "", tuple((0.6, key) for key in keys), 1.0) for number, keys in enumerate(order)]
    async with SimulatedCallers(house.directory / "callers", house.sip, house.spare, visits, per_minute=600) as callers:
        assert await asyncio.wait_for(callers.finished(), 30) == 0
        keyed = await house.told(r"KEY (\d+ 800 .*)", 12)
    for number, keys in enumerate(order):
        # Read() says nothing for "#", which ends its input.
        assert [line.split()[2:] for line in keyed if line.startswith(f"139{number} ")] == [[key] if key != "#" else [] for key in keys]


async def test_a_name_with_quotes_and_chinese_arrives_as_it_is(house: House) -> None:
    visits = [Visit("801", "13900000001", '王 "the \\ boss" ${EXTEN}', (), 5.0)]
    async with SimulatedCallers(house.directory / "callers", house.sip, house.spare, visits) as callers:
        assert await asyncio.wait_for(callers.finished(), 15) == 0
        assert await house.told(r"NAME (.*) \.\n", 1)
        assert [line.what for line in callers.log()] == ["placed", "connected", "ended"]
    assert "${EXTEN}" in house.asterisk.log.read_text(encoding="utf-8")
