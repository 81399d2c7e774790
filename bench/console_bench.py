"""How soon a console shows what happened, with 1,000 callers waiting and 20 calls a second, and what one console costs.

* ``console_update_ms``: from the moment a caller joined a queue (``queued_at``) until a Chromium page has painted a board that has him;
  and, beside it, until that board has arrived at a plain socket.
* ``console_bytes_per_second``: TCP payload that one console receives (``tcpi_bytes_received``), compressed as the server sends it.
* ``engine_busy``: share of one processor that the whole engine takes meanwhile.

The house is ``bench.crowded_house``, in a process of its own. ``python -m bench.console_bench`` prints the figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import websockets
from playwright.async_api import async_playwright

from bench.crowded_house import PASSWORD, SUPERVISOR
from hotline.sipp import free_ports

ROOT = Path(__file__).parent.parent
READY_SECONDS = 120.0
_BYTES_RECEIVED = 128
"""Where ``tcpi_bytes_received`` is in Linux's ``struct tcp_info`` (linux/tcp.h, since 4.1)."""
PAINTED = """
window.waits = [];
const known = new Set();
let first = true;
const Real = WebSocket;
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", (event) => {
      const said = JSON.parse(event.data);
      const calls = said.board?.calls ?? said.changes?.calls?.put ?? [];
      const fresh = calls.filter((call) => call.queued_at && !known.has(call.call));
      fresh.forEach((call) => known.add(call.call));
      if (said.board) { if (first) { first = false; return; } }
      if (fresh.length === 0) return;
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => {
          window.waits.push(...fresh.map((call) => Date.now() - Date.parse(call.queued_at)));
          after.port1.close();
        };
        after.port2.postMessage(null);
      });
    });
  }
};
"""
"""Notes, for each caller who is new, how long ago he joined when the frame after his board was painted (ms)."""


def measure(quick: bool = False) -> dict[str, Any]:
    """A minute, or a quarter of one when ``quick``."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as directory:
        return asyncio.run(_measure(Path(directory), seconds=15 if quick else 60))


async def _measure(directory: Path, seconds: float) -> dict[str, Any]:
    [port] = free_ports(1, 25_000, 32_700)
    house = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crowded_house", str(directory), str(port), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        assert house.stdout is not None
        async with asyncio.timeout(READY_SECONDS):
            if await house.stdout.readline() != b"ready\n":
                raise RuntimeError("the crowded house ended before it was ready")
        address = f"http://127.0.0.1:{port}"
        return await _watched(address, house.pid, seconds)
    finally:
        if house.returncode is None:
            house.send_signal(signal.SIGTERM)
        await house.wait()


async def _watched(address: str, pid: int, seconds: float) -> dict[str, Any]:
    before, begun = _cpu_seconds(pid), time.monotonic()
    (arrived, received), painted = await asyncio.gather(_plain_console(address, seconds), _real_console(address, seconds))
    busy = (_cpu_seconds(pid) - before) / (time.monotonic() - begun)
    return {
        "console_update_ms": {"page": _spread(painted), "socket": _spread(arrived)},
        "console_bytes_per_second": round(received / seconds),
        "engine_busy": round(busy, 3),
    }


async def _plain_console(address: str, seconds: float) -> tuple[list[float], int]:
    """What a socket is sent: how old each new caller is when he comes (ms), and bytes."""
    async with httpx.AsyncClient(base_url=address, timeout=30) as http:
        (await http.post("/api/login", json={"name": SUPERVISOR, "password": PASSWORD})).raise_for_status()
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in http.cookies.jar)
    waits: list[float] = []
    known: set[str] = set()
    where = address.replace("http", "ws", 1) + "/ws"
    async with websockets.connect(where, additional_headers={"Cookie": cookies}, max_size=None) as console:
        connection = console.transport.get_extra_info("socket")
        begun: int | None = None
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                said = json.loads(await asyncio.wait_for(console.recv(), left))
            except TimeoutError:
                break
            now = time.time()
            calls = said.get("board", {}).get("calls") or (said.get("changes", {}).get("calls") or {}).get("put", [])
            fresh = [call for call in calls if call["queued_at"] and call["call"] not in known]
            known.update(call["call"] for call in fresh)
            if begun is not None:
                waits += [(now - datetime.fromisoformat(call["queued_at"]).timestamp()) * 1000 for call in fresh]
            elif "board" in said:  # the first one shows who is there already
                begun = _bytes_received(connection)
        return waits, _bytes_received(connection) - (begun or 0)


async def _real_console(address: str, seconds: float) -> list[float]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = await (await browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")).new_page()
        await page.add_init_script(PAINTED)
        await page.goto(address)
        await page.locator("input[name=name]").fill(SUPERVISOR)
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.locator("form button[type=submit]").click()
        await page.locator("tr[data-call]").first.wait_for()
        await page.evaluate("window.waits.length = 0")
        await asyncio.sleep(seconds)  # the time that is measured
        waits: list[float] = await page.evaluate("window.waits")
        await browser.close()
        return waits


def _bytes_received(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    [count] = struct.unpack_from("Q", info, _BYTES_RECEIVED)
    return int(count)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _spread(milliseconds: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(milliseconds, n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "samples": len(milliseconds)}


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), indent=2))
