"""How soon the next prompt begins after a key, with 100 and with 300 callers in menus at once.

* ``menu_response_ms``: from the end of a key (RFC 4733) as it leaves the caller's port to the first packet of the next prompt as it arrives
  there, on one machine with Asterisk, the engine and all callers. ``late`` counts those that took longer than LATE_MS.

Every caller stays in the menu by asking for the same again. ``python -m bench.menu_bench`` prints the figures.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.menu_callers import Heard, late, listening_callers
from hotline.local_hotline import HotlinePorts, LocalHotline

SOURCE = Path(__file__).parent.parent / "config" / "hotline.yaml"
UNIFIED = "4008001234"
CROWDS = (100, 300)
LATE_MS = 500.0
"""A pause that a caller takes for a fault."""
PER_SECOND = 15.0
SHORT = {"zh": "请选择。", "en": "Choose, please."}
"""Short questions: more keys in the same time than real callers press."""


def measure(quick: bool = False) -> dict[str, Any]:
    """Both crowds; a minute or two, or less when ``quick``."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as directory:
        return asyncio.run(_measure(Path(directory), keys=8 if quick else 20))


async def _measure(directory: Path, keys: int) -> dict[str, Any]:
    hotline = LocalHotline(directory / "hotline", SOURCE, HotlinePorts.free(), _short_questions)
    figures: dict[str, Any] = {}
    async with hotline:
        for callers in CROWDS:
            heard = await listening_callers(hotline.ports.sip, UNIFIED, callers, keys, PER_SECOND)
            figures[f"callers_{callers}"] = _figures(heard)
    return {"menu_response_ms": figures}


def _short_questions(rows: dict[str, Any]) -> None:
    rows["prompts"].update(welcome=dict(SHORT), choose_first=dict(SHORT))


def _figures(heard: Heard) -> dict[str, float]:
    if heard.failed:
        raise RuntimeError(f"{len(heard.failed)} callers were lost, the first: {heard.failed[0]}")
    cuts = statistics.quantiles(heard.milliseconds, n=100)
    return {
        "p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "most": round(max(heard.milliseconds), 1),
        "late": late(heard.milliseconds, LATE_MS), "samples": len(heard.milliseconds),
    }  # fmt: skip


if __name__ == "__main__":
    import json

    print(json.dumps(measure("--quick" in sys.argv), indent=2))
