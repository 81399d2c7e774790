"""What a call costs and how fast an agent is offered one, ours against native ``Queue()`` on the same Asterisk in the same run.

Same callers (sipp, real RTP and keys), same phones, same prompts: the native number plays the same welcome and the same two menus with
``Read()`` and then queues into ``Queue()`` over the same phones. Blocks alternate, native and ours, so that both meet the same machine.

* ``cpu_per_call_ms``: processor time (user and system, all threads) per call, of Asterisk for the native number, of Asterisk and the engine
  for ours. While native blocks run the engine is stopped: the comparison is with an Asterisk that has no engine at all. No desks are open;
  agents are logged in and ready. A few calls go before each block: who has just started compiles and caches. Every agent matches every
  call, so that both sides do the same.
* ``offer_latency_ms``: from an agent's hang-up (BYE) until the next INVITE at the same phone, while callers wait, without wrap-up.

``python -m bench.calls_bench`` prints the figures.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from acd.archive import open_database
from acd.people import UserDirectory
from hotline.local_hotline import HotlinePorts, LocalHotline
from hotline.simulated_callers import SimulatedCallers, Visit
from hotline.simulated_phones import Habits, PhoneHeard, SimulatedPhones

SOURCE = Path(__file__).parent.parent / "config" / "hotline.yaml"
OURS, NATIVE, NATIVE_FEW = "4008001234", "7777000001", "7777000002"
KEYS = ("3", "2")
TALK_SECONDS = 1.0
AGENTS = 30
FEW = 3
CALLS_A_MINUTE = 900.0
WARM_UP_CALLS = 15
PASSWORD = "only for a benchmark"  # of a hotline that lives for minutes
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Side:
    """What was measured on one side."""

    calls: int = 0
    cpu_ms_per_call: list[float] = field(default_factory=list)
    engine_ms_per_call: list[float] = field(default_factory=list)
    offer_latencies_ms: list[float] = field(default_factory=list)


def measure(quick: bool = False) -> dict[str, Any]:
    """Run all blocks; a few minutes, or less when ``quick``."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as directory:
        return asyncio.run(_measure(Path(directory), blocks=2 if quick else 5, calls=150 if quick else 300))


async def _measure(directory: Path, blocks: int, calls: int) -> dict[str, Any]:
    ports = HotlinePorts.free()
    hotline = BenchHotline(directory / "hotline", SOURCE, ports, _all_alike)
    native, ours = Side(), Side()
    async with hotline:
        await _sit_down(hotline)
        for block in range(blocks):
            for side, number in ((native, NATIVE), (ours, OURS)):
                await _cpu_block(hotline, side, number, calls, directory / f"cpu-{block}-{number}")
        await _leave_few(hotline)
        for block in range(blocks):
            for side, number in ((native, NATIVE_FEW), (ours, OURS)):
                await _latency_block(hotline, side, number, calls // 5, directory / f"latency-{block}-{number}")
    return _figures(native, ours)


# ---- the two sides -----------------------------------------------------------------------------------------------------------


class BenchHotline(LocalHotline):
    """A hotline whose Asterisk has two native numbers beside ours."""

    def _asterisk_files(self) -> dict[str, str]:
        files = super()._asterisk_files()
        phones = [agent.phone for agent in self.config.agents.values()]
        files["extensions.conf"] += "\n[hotline-entry](+)\n" + _native(NATIVE, "bench-all") + _native(NATIVE_FEW, "bench-few")
        files["logger.conf"] = "[logfiles]\nfull => notice,warning,error\n"  # as in production: neither side pays for tracing
        files["queues.conf"] += _queue("bench-all", phones) + _queue("bench-few", phones[:FEW])
        return files


def _all_alike(rows: dict[str, Any]) -> None:
    """``AGENTS`` agents, each of whom can take every call, and is free again when it is over."""
    lines = list(rows["product_lines"])
    rows["agents"] = {f"agent{place}": _agent(place, lines) for place in range(AGENTS)}
    contact = next(iter(rows["phones"].values()))["contact"].partition("@")[2]
    rows["phones"] = {_phone(place): {"contact": f"sip:{_phone(place)}@{contact}", "qualify_seconds": 0} for place in range(AGENTS)}
    for entry in rows["entries"].values():
        entry.get("hints", {}).pop("preferred_agent", None)
    rows["queues"]["defaults"].update(wrap_up_seconds=0)
    rows["queues"]["overrides"] = {}


def _agent(place: int, lines: Sequence[str]) -> dict[str, Any]:
    return {
        "name": f"Agent {place}", "phone": _phone(place), "products": dict.fromkeys(lines, 5),
        "levels": dict.fromkeys(("L1", "L2", "L3"), 3), "languages": dict.fromkeys(("zh", "en"), 5),
    }  # fmt: skip


def _phone(place: int) -> str:
    return str(2001 + place)


def _native(number: str, queue: str) -> str:
    prompts = ("hotline/welcome&hotline/choose_first", "hotline/choose_level")
    asks = "".join(f" same => n,Read(KEY,{prompt},1,,1,4)\n" for prompt in prompts)
    return f"exten => {number},1,Set(CHANNEL(language)=zh)\n same => n,Answer()\n{asks} same => n,Queue({queue})\n same => n,Hangup()\n"


def _queue(name: str, phones: Sequence[str]) -> str:
    members = "".join(f"member => PJSIP/{phone}\n" for phone in phones)
    return (
        f"\n[{name}]\nmusicclass = hotline\nstrategy = leastrecent\ntimeout = 15\nretry = 1\nwrapuptime = 0\nringinuse = no\n"
        f"autofill = yes\njoinempty = yes\nannounce-frequency = 0\n{members}"
    )


async def _sit_down(hotline: LocalHotline) -> None:
    """Every agent logs in and goes ready."""
    database = await open_database(hotline.database_url)
    for name in hotline.config.agents:
        await UserDirectory(database).put(name, PASSWORD, "agent", name, "en")
        await _at_desk(hotline, name, "/api/desk/login", "/api/desk/ready")
    await database.dispose()


async def _leave_few(hotline: LocalHotline) -> None:
    """All but the first few agents log out."""
    for name in list(hotline.config.agents)[FEW:]:
        await _at_desk(hotline, name, "/api/desk/logout")


async def _at_desk(hotline: LocalHotline, name: str, *actions: str) -> None:
    async with httpx.AsyncClient(base_url=hotline.address, timeout=30) as desk:
        (await desk.post("/api/login", json={"name": name, "password": PASSWORD})).raise_for_status()
        for action in actions:
            (await desk.post(action, json={})).raise_for_status()


# ---- blocks ------------------------------------------------------------------------------------------------------------------


async def _cpu_block(hotline: LocalHotline, side: Side, number: str, calls: int, directory: Path) -> None:
    engine = await _engine_for(hotline, number)
    phones = SimulatedPhones(directory / "phones", hotline.ports.phones, hotline.ports.phones_voice, {}, _habits())
    async with phones:
        await _place(hotline, number, WARM_UP_CALLS, per_minute=CALLS_A_MINUTE, directory=directory / "warm-up")
        before = _cpu_ms(hotline.asterisk.pid), _cpu_ms(engine)
        await _place(hotline, number, calls, per_minute=CALLS_A_MINUTE, directory=directory / "callers")
        asterisk_ms, engine_ms = _cpu_ms(hotline.asterisk.pid) - before[0], _cpu_ms(engine) - before[1]
    answered = sum(heard.what == "answered" for heard in phones.log())
    if answered != calls + WARM_UP_CALLS:
        raise RuntimeError(f"{number}: {answered} of {calls + WARM_UP_CALLS} calls were answered; the figures would compare unlike things")
    side.calls += calls
    side.cpu_ms_per_call.append((asterisk_ms + engine_ms) / calls)
    side.engine_ms_per_call.append(engine_ms / calls)


async def _latency_block(hotline: LocalHotline, side: Side, number: str, calls: int, directory: Path) -> None:
    await _engine_for(hotline, number)
    phones = SimulatedPhones(directory / "phones", hotline.ports.phones, hotline.ports.phones_voice, {}, _habits())
    async with phones:
        await _place(hotline, number, calls, per_minute=300.0, directory=directory / "callers")
    side.offer_latencies_ms += latencies_ms(phones.log())


async def _engine_for(hotline: LocalHotline, number: str) -> int | None:
    """The engine's process id for our number; no engine for a native one."""
    if number != OURS:
        await hotline.stop_engine()
        return None
    try:
        return hotline.engine_pid
    except Exception:  # noqa: BLE001  it does not run: start it
        await hotline.start_engine()
        return hotline.engine_pid


def _habits() -> Habits:
    return Habits(answers_after=(0.1, 0.1), talks=(TALK_SECONDS, TALK_SECONDS))


async def _place(hotline: LocalHotline, number: str, calls: int, per_minute: float, directory: Path) -> None:
    keys = tuple((0.5, key) for key in KEYS)
    visits = [Visit(number, f"138{place:08d}", "Caller", keys, patience_seconds=90.0) for place in range(calls)]
    async with SimulatedCallers(directory, hotline.ports.sip, hotline.ports.callers, visits, per_minute) as callers:
        async with asyncio.timeout(60 * calls / per_minute + 120):
            await callers.finished()


def latencies_ms(heard: Sequence[PhoneHeard]) -> list[float]:
    """From each phone's hang-up to its next INVITE. The last hang-ups, which nobody was waiting for, have no next INVITE."""
    free_since: dict[str, float] = {}
    latencies = []
    for one in heard:
        if one.what == "hung_up":
            free_since[one.phone] = one.at.timestamp()
        elif one.what == "invite" and one.phone in free_since:
            latencies.append((one.at.timestamp() - free_since.pop(one.phone)) * 1000)
    return latencies


def _cpu_ms(pid: int | None) -> float:
    """Processor time of a process so far, user and system, all threads. Linux: proc(5), fields 14 and 15 of stat."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / _TICKS_PER_SECOND


# ---- figures -----------------------------------------------------------------------------------------------------------------


def _figures(native: Side, ours: Side) -> dict[str, Any]:
    ratios = [mine / theirs for mine, theirs in zip(ours.cpu_ms_per_call, native.cpu_ms_per_call, strict=True)]
    return {
        "cpu_per_call_ratio": round(statistics.median(ratios), 3),
        "cpu_per_call_ratio_by_block": [round(ratio, 3) for ratio in ratios],
        "cpu_per_call_ms": {
            "ours": round(statistics.median(ours.cpu_ms_per_call), 2),
            "ours_engine_part": round(statistics.median(ours.engine_ms_per_call), 2),
            "native": round(statistics.median(native.cpu_ms_per_call), 2),
        },
        "offer_latency_ms": {"ours": _spread(ours.offer_latencies_ms), "native": _spread(native.offer_latencies_ms)},
        "calls_per_side": ours.calls,
    }


def _spread(samples: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(samples, n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "samples": len(samples)}


if __name__ == "__main__":
    import json

    print(json.dumps(measure("--quick" in sys.argv), indent=2))
