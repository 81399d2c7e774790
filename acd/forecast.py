"""How long callers will wait, and how well they were served: formulas as pure functions over plain figures.

Decides nothing about calls. Every figure is None when there is nothing to divide by: no figure is better than an invented one. Times are
seconds unless a name says otherwise.

What counts (the definitions that the formulas stand on):

- *offered*: joined a queue. Calls that end in the menu are nobody's abandon.
- *answered*: connected to an agent. Its wait runs from joining the queue until then.
- *abandoned*: left the queue unconnected, by the caller's own doing. *Short*: within a few seconds (``short_seconds`` of the plan), so that
  nobody could have answered; *in time*: after that but within the threshold T, so that nobody failed yet; *late*: after T.
- *flowed out*: sent elsewhere by a rule (overflow, closing time, survival queue).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MICROS = 1_000_000
HANDLING_HALF_LIFE_US = 3600 * MICROS
"""How fast handling times are forgotten: an hour later they count half."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the calls that were offered to a queue, as counts."""

    answered_in_time: int = 0
    answered_late: int = 0
    abandoned_short: int = 0
    abandoned_in_time: int = 0
    abandoned_late: int = 0
    flowed_out: int = 0

    @property
    def answered(self) -> int:
        """Connected at all."""
        return self.answered_in_time + self.answered_late

    @property
    def abandoned(self) -> int:
        """Left unconnected, short ones included."""
        return self.abandoned_short + self.abandoned_in_time + self.abandoned_late

    @property
    def offered(self) -> int:
        """All whose outcome is known."""
        return self.answered + self.abandoned + self.flowed_out


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``; None when there is no whole."""
    return part / whole if whole > 0 else None


SERVICE_LEVELS: Mapping[str, tuple[str, Callable[[Outcomes], float | None]]] = {
    "of_offered": (
        "answered within T / offered",
        lambda o: ratio(o.answered_in_time, o.offered),
    ),
    "of_offered_without_short": (
        "answered within T / (offered - short abandons)",
        lambda o: ratio(o.answered_in_time, o.offered - o.abandoned_short),
    ),
    "of_kept": (
        "answered within T / (offered - short abandons - flowed out)",
        lambda o: ratio(o.answered_in_time, o.offered - o.abandoned_short - o.flowed_out),
    ),
    "of_answered": (
        "answered within T / answered",
        lambda o: ratio(o.answered_in_time, o.answered),
    ),
    "of_answered_and_late": (
        "answered within T / (answered + abandoned after T)",
        lambda o: ratio(o.answered_in_time, o.answered + o.abandoned_late),
    ),
    "abandons_in_time_count_as_served": (
        "(answered within T + abandoned within T) / offered",
        lambda o: ratio(o.answered_in_time + o.abandoned_short + o.abandoned_in_time, o.offered),
    ),
}
"""Name -> (the formula as it is shown, the formula as it is computed).

They are shown side by side: none of them is *the* service level."""


def service_levels(outcomes: Outcomes) -> dict[str, float | None]:
    """The service level, 0 to 1, under every formula."""
    return {name: formula(outcomes) for name, (_, formula) in SERVICE_LEVELS.items()}


def average_speed_of_answer(waits_seconds_in_all: float, answered: int) -> float | None:
    """ASA: the mean wait of the calls that were answered, in seconds from joining the queue; abandons don't count."""
    return ratio(waits_seconds_in_all, answered)


def average_handling_time(talk_seconds_in_all: float, wrap_up_seconds_in_all: float, handled: int) -> float | None:
    """AHT: talk (hold included) plus wrap-up of the calls handled, in seconds each."""
    return ratio(talk_seconds_in_all + wrap_up_seconds_in_all, handled)


def abandon_rate(outcomes: Outcomes, *, count_short: bool = False) -> float | None:
    """Abandoned over offered, 0 to 1; short abandons are left out of both unless ``count_short``."""
    if count_short:
        return ratio(outcomes.abandoned, outcomes.offered)
    return ratio(outcomes.abandoned - outcomes.abandoned_short, outcomes.offered - outcomes.abandoned_short)


def occupancy(busy_seconds: float, ready_seconds: float) -> float | None:
    """Reserved, talking and wrap-up over those plus ready, 0 to 1. Not ready is not at work and counts in neither."""
    return ratio(busy_seconds, busy_seconds + ready_seconds)


@dataclass(frozen=True, slots=True)
class DecayingMean:
    """A mean in which an old value counts for less: half as much after every ``half_life_us``."""

    half_life_us: int
    mean: float = 0.0
    weight: float = 0.0
    at_us: int = 0

    def with_value(self, value: float, at_us: int) -> DecayingMean:
        """The mean after one more value, seen at ``at_us``."""
        left = self.weight_at(at_us)
        weight = left + 1.0
        return DecayingMean(self.half_life_us, (self.mean * left + value) / weight, weight, max(at_us, self.at_us))

    def weight_at(self, at_us: int) -> float:
        """How many values the mean stands on by then; 1.0 is one value seen just now."""
        halvings = max(at_us - self.at_us, 0) / self.half_life_us
        return self.weight * float(0.5**halvings)

    def blended(self, prior: float, at_us: int, prior_weight: float = 3.0) -> float:
        """The mean, pulled to ``prior`` as if that had been seen ``prior_weight`` times: few or old values can't carry a forecast."""
        weight = self.weight_at(at_us)
        return (self.mean * weight + prior * prior_weight) / (weight + prior_weight)


@dataclass(frozen=True, slots=True)
class Competing:
    """Calls of one need that come before a given call, and how their agents overlap with the call's own."""

    calls: int
    agents: int
    """Agents at work who match them."""
    shared: int
    """Those of them who match the given call too."""


def expected_wait(competing: Sequence[Competing], agents: int, handling_seconds: float) -> float | None:
    """EWT: expected seconds until a call is answered, all of its agents being busy now; None when nobody who matches is at work.

    Each call that comes before takes one of its own agents; that it is one of ours is as likely as the share of its agents that
    are ours. So the demand before us on our agents is the sum of ``calls * shared / agents``; with n agents who each take a call
    every ``handling_seconds``, one becomes free every ``handling_seconds / n``, and ours is the one after the demand. Callers who give
    up, or come later with a head start, are not foreseen.
    """
    return wait_behind(sum(group.calls * group.shared / group.agents for group in competing if group.agents > 0), agents, handling_seconds)


def wait_behind(demand: float, agents: int, handling_seconds: float) -> float | None:
    """``expected_wait`` behind a demand that is known already."""
    return (demand + 1.0) * handling_seconds / agents if agents > 0 else None


@dataclass(frozen=True, slots=True)
class Announced:
    """What a caller was told last, and when, so that he is never told more the next time."""

    seconds: float
    at_us: int


def announcement(
    forecast: float | None, last: Announced | None, now_us: int, trusted: bool, step_seconds: float = 60.0
) -> Announced | None:
    """What to tell a caller about his wait, or None for silence.

    Rounded up to whole ``step_seconds``. Silent when there is no forecast, when recent ones were wrong (``trusted`` is False, see
    ``Calibration``), and when the forecast is longer than what is left of what he was told: a rising number is never spoken.
    """
    if forecast is None or not trusted:
        return None
    rounded = max(-(-forecast // step_seconds), 1.0) * step_seconds
    if last is not None and rounded > last.seconds:
        return None
    if last is not None and forecast > last.seconds - (now_us - last.at_us) / MICROS:
        return None
    return Announced(rounded, now_us)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Announced against actual, of the recent past: whether forecasts may be spoken.

    A forecast was *wrong* when the wait was longer than announced by more than a quarter and ``grace_seconds``.
    """

    wrong: DecayingMean
    """The share of wrong ones, recent ones counting most."""
    grace_seconds: float = 30.0
    most_wrong: float = 0.2
    """Forecasts are trusted while at most this share was wrong …"""
    fewest: float = 5.0
    """… or too few are known to judge."""

    def was_wrong(self, announced_seconds: float, actual_seconds: float) -> bool:
        """Whether the caller had a right to feel misled."""
        return actual_seconds > announced_seconds * 1.25 + self.grace_seconds

    def with_outcome(self, announced_seconds: float, actual_seconds: float, at_us: int) -> Calibration:
        """The calibration after one more announcement whose outcome is known."""
        wrong = self.wrong.with_value(float(self.was_wrong(announced_seconds, actual_seconds)), at_us)
        return Calibration(wrong, self.grace_seconds, self.most_wrong, self.fewest)

    def trusted(self, at_us: int) -> bool:
        """Whether forecasts may be spoken."""
        return self.wrong.weight_at(at_us) < self.fewest or self.wrong.mean <= self.most_wrong
