"""Which queues there are, and which of them do what not all do: what their own rules say, else the defaults. Pure."""

from __future__ import annotations

from config.schema import Config


def queue_names(config: Config) -> list[str]:
    """The ids of all queues: product line x level."""
    return [f"{name}.{level}" for name, line in config.product_lines.items() for level in line.levels]


def surveyed_queues(config: Config) -> list[str]:
    """The ids of the queues whose callers are asked how it went."""
    queues, own = config.queues, config.queues.overrides
    said = {name: own[name].survey if name in own else None for name in queue_names(config)}
    return [name for name, survey in said.items() if (queues.defaults.survey if survey is None else survey)]


def recorded_queues(config: Config) -> dict[str, int]:
    """The queues whose conversations are recorded, and what share of them, in percent."""
    queues, own = config.queues, config.queues.overrides
    said = {name: own[name].record if name in own else None for name in queue_names(config)}
    shares = {name: queues.defaults.record if share is None else share for name, share in said.items()}
    return {name: share for name, share in shares.items() if share}


def tells_solved(config: Config) -> bool:
    """Whether callers of an incident can be rung when it is solved."""
    return config.callbacks is not None and bool(config.incident_texts)


def queue_zones(config: Config) -> dict[str, str]:
    """In which time zone each queue has its days."""
    queues, usual = config.queues, config.hotline.time_zone
    own = {name: rules.calendar for name, rules in queues.overrides.items()}
    calendars = {name: own.get(name) or queues.defaults.calendar for name in queue_names(config)}
    return {name: (config.calendars[one].time_zone if one else None) or usual for name, one in calendars.items()}


def kept_days(config: Config) -> dict[str, int]:
    """For how many days the recordings of each queue are kept."""
    queues, own, usual = config.queues, config.queues.overrides, config.recording.keep_days
    said = {name: own[name].keep_days if name in own else None for name in queue_names(config)}
    return {name: days or queues.defaults.keep_days or usual for name, days in said.items()}
