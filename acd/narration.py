"""A call's story in English: what an event says and what a notice says, as sentences.

Knows neither where they are kept nor who reads them (``hotline explain``, the page of calls); other languages word the fields themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from acd.effects import (
    CallbackChanged,
    CallChanged,
    CallOverflowed,
    CameBack,
    ConsultChanged,
    Effect,
    HandedOn,
    OfferChanged,
    OfferMade,
    StepEntered,
)
from acd.events import CallArrived, CallQueued, Event, MenuChosen, PlanLoaded
from acd.model import CallbackState


def said(event: Event) -> list[str]:
    """An event as a person reads it."""
    match event:
        case CallArrived():
            name = f" ({event.ani_name})" if event.ani_name else ""
            return [
                f"{event.ani or 'a withheld number'}{name!s} rang in on {event.dnis} ({event.entry})".replace("\r", " ").replace("\n", " ")
            ]
        case MenuChosen():
            return [f"menu {event.menu}: {'keyed ' + event.digits if event.digits else 'by default'} -> {event.choice}"]
        case CallQueued():
            extras = [event.segment] if event.segment != "standard" else []
            extras += ["urgent"] if event.urgent else []
            wish = f", asked for {event.preferred_agent}" if event.preferred_agent else ""
            return [
                f"is about {event.product_line}, {event.level}, in {event.language}{' (' + ', '.join(extras) + ')' if extras else ''}{wish}"
            ]
        case PlanLoaded():
            return []
        case _:
            fields = ((name, getattr(event, name)) for name in type(event).__dataclass_fields__ if name not in ("call", "offer"))
            details = ", ".join(f"{name} {value}" for name, value in fields if value not in (None, "", ()))
            return [_words(type(event).__name__) + (f": {details}" if details else "")]


def decided(notice: Effect) -> list[str]:
    """A notice as a person reads it."""
    match notice:
        case OfferMade():
            return [
                f"offer {notice.attempt} to {notice.agent}: {notice.rule}",
                *([f"step {notice.step} asks for {notice.need}; waited {notice.waited_seconds:.1f} s; strategy {notice.strategy}"]
                  if notice.step else []),
                f"could take it: {_some(notice.candidates, notice.candidate_count)}",
                *(f"passed over, {skipped.reason}: {_some(skipped.agents, skipped.count)}" for skipped in notice.skipped if skipped.count),
                *([f"{notice.calls_ahead} calls ahead that {notice.agent} could not serve"] if notice.calls_ahead else []),
            ]  # fmt: skip
        case OfferChanged():
            why = f" ({notice.miss_cause})" if notice.miss_cause else f" ({notice.detail})" if notice.detail else ""
            return [f"offer to {notice.agent} is {notice.state}{why}"]
        case CallChanged():
            where = (
                f" for {notice.queue}" if notice.queue and notice.state == "waiting" else f" with {notice.agent}" if notice.agent else ""
            )
            return [f"call is {notice.state}{where}{f' ({notice.cause})' if notice.cause else ''}"]
        case StepEntered():
            return [f"relaxed to step {notice.step}: {notice.need}"]
        case CallOverflowed():
            where = f"queue {notice.to_queue}" if notice.to_queue else notice.to_destination or "a callback"
            return [f"rule {notice.rule} of {notice.queue}: after {notice.waited_seconds:.1f} s to {where}"]
        case CallbackChanged():
            return [_of_callback(notice)]
        case HandedOn():
            where = " ".join(f"{part}" for part in (notice.to_queue, notice.to_agent, notice.to_destination, notice.to_number) if part)
            return [f"{notice.agent} gives the call to {where}{': it has bounced' if notice.bounced else ''}"]
        case CameBack():
            return [f"nobody took it at {notice.outside}, where {notice.agent} had sent it: it has bounced"]
        case ConsultChanged():
            why = f" ({notice.why})" if notice.why not in (notice.state, "begun", "answered") else ""
            return [f"{notice.agent} asks {notice.consulted or notice.outside}: {notice.state}{why}"]
        case _:
            return [_words(type(notice).__name__)]


def _of_callback(notice: CallbackChanged) -> str:
    """What became of a promise, and what follows."""
    match notice.state:
        case CallbackState.PROMISED if notice.unreached and notice.next_at:
            why = f" ({notice.cause})" if notice.cause else ""
            again = f"tried again from {notice.next_at.astimezone():%H:%M:%S} on"
            return f"callback: {notice.number} not reached{why}, {notice.unreached} in vain so far, {again}"
        case CallbackState.PROMISED if notice.attempts:
            return f"callback: attempt {notice.attempts} was taken back; {notice.number} is still promised one"
        case CallbackState.PROMISED:
            return f"callback promised to {notice.number}"
        case CallbackState.DIALLING:
            return f"callback: attempt {notice.attempts} to reach {notice.number}"
        case CallbackState.CANCELLED:
            return f"callback to {notice.number} called off by {notice.by}{f': {notice.reason}' if notice.reason else ''}"
        case _:
            return f"callback: {notice.number} {notice.state.replace('_', ' ')}{f' ({notice.cause})' if notice.cause else ''}"


def _some(names: Sequence[str], count: int) -> str:
    if not names:
        return f"{count} in all"
    return ", ".join(names) + (f" … {count} in all" if count > len(names) else "")


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
