"""How soon an agent sees who is calling, with 200 desks open, and that he sees it before his phone rings.

* ``screen_pop_ms``: from the reservation (``offers.made_at``) until a Chromium page has painted the pop: the first thing that happens there
  after the frame in which the offer came into the page. One machine, so one clock, with Asterisk, the engine, all callers and desks on it.
* ``invites_before_pop``: INVITEs that reached an agent's phone before his page had painted the pop.

IN_BROWSERS agents sit at real pages, the others at simulated ones that speak the same WebSocket. Two streams of callers keep both
busy: the browsers' agents are the only ones who take scanners. ``python -m bench.pop_bench`` prints the figures.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import select

from acd.archive import open_database
from acd.people import UserDirectory
from acd.records import offers
from hotline.local_hotline import HotlinePorts, LocalHotline
from hotline.simulated_callers import SimulatedCallers, Visit
from hotline.simulated_desks import DeskHabits, SimulatedDesk, SimulatedDesks
from hotline.simulated_phones import Habits, PhoneHeard, SimulatedPhones

SOURCE = Path(__file__).parent.parent / "config" / "hotline.yaml"
UNIFIED = "4008001234"
SCANNERS, PRINTERS = (("4", "2"), ("3", "2"))
"""Keys from the unified number."""
DESKS = 200
IN_BROWSERS = 4
PASSWORD = "only for a benchmark"  # of a hotline that lives for minutes
TALK_SECONDS = 1.0
SCANNERS_A_MINUTE, PRINTERS_A_MINUTE = 60.0, 240.0
PAINTED = """
window.painted = {};
const framed = new Set();
const note = (offer) => { if (framed.has(offer)) window.painted[offer] ??= Date.now(); };
const look = () => {
  const offer = document.querySelector("[data-offer]")?.dataset.offer;
  if (!offer || offer in window.painted) return;
  window.painted[offer] = null;
  const after = new MessageChannel();
  after.port1.onmessage = () => { note(offer); after.port1.close(); };
  requestAnimationFrame(() => { framed.add(offer); after.port2.postMessage(null); });
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-offer"] });
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  Object.keys(window.painted).filter((offer) => text.includes(offer)).forEach(note);
  send.call(this, text);
};
"""
"""Notes when the pop of each offer was painted (epoch, ms): what happens first after that frame, our message or the page's."""


def measure(quick: bool = False) -> dict[str, Any]:
    """A minute or two of calls, or half a minute when ``quick``."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as directory:
        return asyncio.run(_measure(Path(directory), calls=30 if quick else 120))


async def _measure(directory: Path, calls: int) -> dict[str, Any]:
    ports = HotlinePorts.free()
    hotline = LocalHotline(directory / "hotline", SOURCE, ports, _company)
    phones = SimulatedPhones(directory / "phones", ports.phones, ports.phones_voice, {}, _habits())
    async with hotline, phones, AsyncExitStack() as stack:
        await _users(hotline)
        browsed, others = _people()
        habits = DeskHabits(wraps_up=(0.1, 0.3))
        await stack.enter_async_context(SimulatedDesks((SimulatedDesk(hotline.address, name, PASSWORD, habits) for name in others), 180))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        stack.push_async_callback(browser.close)
        pages = {name: await _sit_down(browser, hotline.address, name) for name in browsed}
        await asyncio.gather(
            _callers(hotline, ports.callers, PRINTERS, round(calls * PRINTERS_A_MINUTE / SCANNERS_A_MINUTE), PRINTERS_A_MINUTE),
            _callers(hotline, HotlinePorts.free().callers, SCANNERS, calls, SCANNERS_A_MINUTE),
        )
        painted = {name: await page.evaluate("window.painted") for name, page in pages.items()}
        await hotline.stop_engine()  # now all is in the records
        return figures(await _made_at(hotline, browsed), painted, {name: _phone_of(name) for name in browsed}, phones.log())


# ---- the company -------------------------------------------------------------------------------------------------------------


def _people() -> tuple[list[str], list[str]]:
    names = [f"agent{place}" for place in range(DESKS)]
    return names[:IN_BROWSERS], names[IN_BROWSERS:]


def _phone_of(name: str) -> str:
    return str(2001 + int(name.removeprefix("agent")))


def _company(rows: dict[str, Any]) -> None:
    """The agents; a page ends its wrap-up by time."""
    browsed, others = _people()
    contact = next(iter(rows["phones"].values()))["contact"].partition("@")[2]
    rows["phones"] = {phone: {"contact": f"sip:{phone}@{contact}", "qualify_seconds": 0} for phone in map(_phone_of, [*browsed, *others])}
    rows["agents"] = {name: _agent(name, ["scanners"]) for name in browsed}
    rows["agents"] |= {name: _agent(name, ["printers", "pcs", "servers"]) for name in others}
    for entry in rows["entries"].values():
        entry.get("hints", {}).pop("preferred_agent", None)
    rows["queues"]["defaults"].update(wrap_up_seconds=1)
    rows["queues"]["overrides"] = {}


def _agent(name: str, lines: Sequence[str]) -> dict[str, Any]:
    return {
        "name": name, "phone": _phone_of(name), "products": dict.fromkeys(lines, 5), "levels": dict.fromkeys(("L1", "L2", "L3"), 3),
        "languages": dict.fromkeys(("zh", "en"), 5),
    }  # fmt: skip


async def _users(hotline: LocalHotline) -> None:
    database = await open_database(hotline.database_url)
    for name in hotline.config.agents:
        await UserDirectory(database).put(name, PASSWORD, "agent", name, "en")
    await database.dispose()


async def _sit_down(browser: Browser, address: str, name: str) -> Page:
    """Sign in at the page, log in and go ready as an agent does."""
    page = await (await browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")).new_page()
    await page.add_init_script(PAINTED)
    await page.goto(address)
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("form button[type=submit]").click()
    await page.locator(".desk form button[type=submit]").click()
    await page.locator(".go-ready").click()
    return page


def _habits() -> Habits:
    return Habits(answers_after=(0.1, 0.3), talks=(TALK_SECONDS, TALK_SECONDS))


async def _callers(hotline: LocalHotline, port: int, keys: Sequence[str], calls: int, per_minute: float) -> None:
    pressed = tuple((0.5, key) for key in keys)
    visits = [Visit(UNIFIED, f"13{keys[0]}{place:08d}", "Caller", pressed, patience_seconds=60.0) for place in range(calls)]
    async with SimulatedCallers(hotline.directory / f"callers-{keys[0]}", hotline.ports.sip, port, visits, per_minute) as callers:
        async with asyncio.timeout(60 * calls / per_minute + 120):
            await callers.finished()


# ---- figures -----------------------------------------------------------------------------------------------------------------


async def _made_at(hotline: LocalHotline, agents: Sequence[str]) -> dict[str, list[tuple[str, datetime]]]:
    """Agent -> his offers and when each was made, in order."""
    database = await open_database(hotline.database_url)
    made: dict[str, list[tuple[str, datetime]]] = {agent: [] for agent in agents}
    async with database.connect() as connection:
        for row in await connection.execute(select(offers).where(offers.c.agent.in_(agents)).order_by(offers.c.made_at)):
            made[row.agent].append((row.id, row.made_at))
    await database.dispose()
    return made


def figures(
    made: Mapping[str, Sequence[tuple[str, datetime]]], painted: Mapping[str, Mapping[str, float | None]], phones: Mapping[str, str],
    heard: Sequence[PhoneHeard],
) -> dict[str, Any]:  # fmt: skip
    """``made``: agent -> (offer, when it was reserved); ``painted``: agent -> offer -> epoch ms; ``phones``: agent -> his extension.

    Raises RuntimeError when a pop was never painted, or a phone has not had one INVITE for each offer.
    """
    milliseconds: list[float] = []
    before = 0
    for agent, offered in made.items():
        invites = [one.at for one in heard if one.what == "invite" and one.phone == phones[agent]]
        if len(invites) != len(offered):
            raise RuntimeError(f"{agent}: {len(offered)} offers, but {len(invites)} INVITEs")
        for (offer, at), invite in zip(offered, invites, strict=True):
            seen = painted[agent].get(offer)
            if seen is None:
                raise RuntimeError(f"{agent} never saw the pop of {offer}")
            milliseconds.append(seen - at.timestamp() * 1000)
            before += invite.timestamp() * 1000 < seen
    cuts = statistics.quantiles(milliseconds, n=100)
    return {"screen_pop_ms": {
        "p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "most": round(max(milliseconds), 1), "samples": len(milliseconds),
        "desks": DESKS, "invites_before_pop": before,
    }}  # fmt: skip


if __name__ == "__main__":
    import json

    print(json.dumps(measure("--quick" in sys.argv), indent=2))
