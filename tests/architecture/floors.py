"""The floors of docs/architecture.md as patterns, and import-linter's contracts made of them.

A module that no pattern names is on floor 1, the engine's, where it must be pure: whoever adds an adapter names it here.
"""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("skills", "acd", "ivr", "cti", "config")

ADAPTERS = {
    "the voice menu's server": ("ivr.fastagi", "ivr.line"),
    "prompts": ("ivr.prompts", "ivr.espeak", "ivr.sound"),
    "the manager interface": ("cti.ami",),
    "the pages": ("cti.api", "cti.api_*"),
    "the customers": ("cti.customers",),
    "the webhook": ("cti.webhook",),
    "the journal": ("acd.journal", "acd.journal_pages", "acd.checkpoint"),
    "the records": (
        "acd.records", "acd.answers", "acd.archive", "acd.audit", "acd.call_search", "acd.draw_rows", "acd.hashing", "acd.narrowing",
        "acd.people", "acd.pins", "acd.projection", "acd.recording_rows", "acd.score_rows", "acd.sealing", "acd.second_factor",
        "acd.tallies", "acd.tokens", "acd.upserting",
    ),
    "the configuration file": ("config.loader",),
    "the dialplan": ("config.dialplan",),
}
"""Floor 3: each adapter's modules; those of one never import another's."""
RUNNER = ("acd.runner",)
DOMAIN = (
    "skills.*", "acd.model", "acd.appointment", "acd.customer", "acd.reason", "acd.plan", "acd.events", "acd.outsiders", "acd.recording",
    "acd.news", "acd.effects",
    "acd.supervision", "acd.tables", "ivr.menu", "config.schema",
)  # fmt: skip
IMPURE = (
    "aiosqlite", "alembic", "asterisk", "asyncio", "fastapi", "httpx", "panoramisk", "random", "redis", "secrets", "socket", "sqlalchemy",
    "sqlite3", "subprocess", "threading", "time", "twisted", "uvicorn", "uvloop",
)  # fmt: skip
"""What floors 0 and 1 never import."""


def units() -> list[str]:
    """Every module and package directly in a room."""
    return sorted(
        f"{room}.{path.stem}"
        for room in ROOMS
        for path in (ROOT / room).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    )


def matching(patterns: tuple[str, ...]) -> list[str]:
    """The units that one of the patterns names."""
    return [unit for unit in units() if any(fnmatch(unit, pattern) for pattern in patterns)]


def adapters() -> dict[str, list[str]]:
    """The units of each adapter."""
    return {name: matching(patterns) for name, patterns in ADAPTERS.items()}


def floors() -> list[list[str]]:
    """The units of floors 0 to 3."""
    third = [unit for units_ in adapters().values() for unit in units_]
    named = {*third, *matching(RUNNER), *matching(DOMAIN)}
    return [matching(DOMAIN), [unit for unit in units() if unit not in named], matching(RUNNER), third]


def contracts() -> str:
    """import-linter's configuration: layers, purity, and for each adapter what is forbidden to it."""
    layers = ["hotline", *(" : ".join(floor) for floor in reversed(floors()))]
    pure = [unit for floor in floors()[:2] for unit in floor]
    sections = [
        _section("importlinter", root_packages=[*ROOMS, "hotline"], include_external_packages="True"),
        _section("importlinter:contract:floors", name="Imports point down only", type="layers", layers=layers),
        _forbidden("pure", "Floors 0 and 1 do no I/O and know neither the clock nor chance", pure, list(IMPURE)),
    ]
    for number, (name, own) in enumerate(adapters().items()):
        others = [unit for other, its in adapters().items() if other != name for unit in its]
        sections.append(_forbidden(f"adapter{number}", f"Adapter apart: {name}", own, others))
    return "\n".join(sections)


def _forbidden(key: str, name: str, sources: list[str], forbidden: list[str]) -> str:
    return _section(f"importlinter:contract:{key}", name=name, type="forbidden", source_modules=sources, forbidden_modules=forbidden)


def _section(title: str, **options: str | list[str]) -> str:
    lines = (f"{option} = {value if isinstance(value, str) else _list(value)}\n" for option, value in options.items())
    return f"[{title}]\n" + "".join(lines)


def _list(values: list[str]) -> str:
    return "".join(f"\n    {value}" for value in values)
