"""The demo as a newcomer starts it: it comes up, takes real calls, stops when told, and loses nobody."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


async def demo(folder: Path, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hotline.cli", "demo", "--seed", "7", "--last-calls", "12", *arguments),
        stdout=PIPE, stderr=PIPE, env={**os.environ, "HOTLINE_STATE_DIR": str(folder)},
    )  # fmt: skip


def figure(summary: str, name: str) -> int:
    found = re.search(rf"^{name} +(\d+)", summary, re.MULTILINE)
    assert found, summary
    return int(found.group(1))


async def test_it_ends_by_itself_and_no_call_is_lost(tmp_path: Path) -> None:
    process = await demo(tmp_path, "--seconds", "12", "--calls-per-minute", "60")
    output, progress = (text.decode() for text in await process.communicate())
    assert process.returncode == 0, progress + output
    assert figure(output, "calls placed") >= 10
    assert figure(output, "answered") >= 5
    assert figure(output, "lost") == 0
    assert re.search(r"called back +\d+ +\(of \d+ who were promised it\)", output)
    assert re.search(r"offer latency +p50 \d+ ms, p99 \d+ ms", output)


async def test_ctrl_c_lets_live_calls_end_and_prints_the_summary(tmp_path: Path) -> None:
    process = await demo(tmp_path, "--calls-per-minute", "120")
    assert process.stderr is not None
    async with asyncio.timeout(90):
        while "Console" not in (line := (await process.stderr.readline()).decode()):
            assert line, "it ended before it was ready"
    await asyncio.sleep(6)  # some callers are to be in the middle of their calls
    process.send_signal(signal.SIGINT)
    output, progress = (text.decode() for text in await process.communicate())
    assert process.returncode == 0, progress + output
    assert figure(output, "calls placed") >= 5
    assert figure(output, "lost") == 0
