"""Telling those who pressed the key that their incident is solved, when a supervisor says so: each number is rung by the engine.

Decides who is rung when: at the hours at which customers of his queue are called back, ``AT_ONCE`` at a time, in the order in which they
asked, as often as callbacks of his queue are tried, and never while he is on the line himself. Who then wants an engineer joins the queue
in which he was, at the place that his first call had. What he hears, and how he is dialled, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from acd.callbacks import dialable
from acd.calls import Call
from acd.deadlines import Due
from acd.incident import Incident
from acd.instants import span
from acd.model import CallState, IllegalTransition
from acd.news import EngineerWanted, News, NewsChanged, NewsState, NewsTold, NewsUntold, Teller, TellSolved
from acd.opening import rings_from
from acd.plan import CallbackRules, QueuePlan
from acd.state import State

AT_ONCE = 3
"""So many are rung at the same time: those who are told may all want an engineer."""
HEARING_SECONDS = 60.0
"""So long, at most, somebody who answered hears it; then he counts as not reached."""
ON_THE_LINE_SECONDS = 60.0
"""So soon it is looked again whether somebody is still on the line himself."""

_PENDING = (NewsState.DUE, NewsState.RINGING)
_UNTOLD = (*_PENDING, NewsState.IN_VAIN)
"""Tried, or to be tried: whoever has heard it all the same is told."""
_DEFAULT = CallbackRules()


def note(incident: Incident, call: Call, now: datetime) -> News:
    """Keep what the telling needs of a caller who wants to be told."""
    assert call.queue is not None and call.product_line is not None and call.level is not None, "who waits is in a queue"
    news = incident.news[call.ani] = News(
        call.ani, call.id, call.queue.id, call.product_line, call.level, call.language or "", call.segment, call.arrived_us, now,
    )  # fmt: skip
    return news


def meet(state: State, incident: Incident, news: News) -> None:
    """Somebody asked to be told: where the others are being told already, so is he."""
    if incident.tells:
        _enters(state, incident, news, NewsState.DUE)
        go_on(state, state.teller)


def begin(state: State, incident: Incident) -> None:
    """It is solved, and everybody who asked is told."""
    incident.tells = True
    for news in incident.news.values():
        _enters(state, incident, news, NewsState.DUE)
    go_on(state, state.teller)


def require_line(state: State) -> None:
    """Raises IllegalTransition where nobody can be rung."""
    if not state.plan.calls_back:
        raise IllegalTransition("nobody can be told: there are no callbacks")


def goes_on(incident: Incident) -> bool:
    """Whether somebody is still to be told."""
    return any(news.state in _PENDING for news in incident.news.values())


def told(state: State, event: NewsTold) -> None:
    """He knows, by this attempt or an earlier one, of which nothing was known; said again, it changes nothing."""
    found = _attempted(state, event.key)
    if found is not None and found[1].state in _UNTOLD:
        _enters(state, *found, NewsState.TOLD)
        go_on(state, state.teller)


def untold(state: State, event: NewsUntold) -> None:
    """He does not; said late or again, it changes nothing."""
    found = _attempted(state, event.key)
    if found is not None and found[1].state is NewsState.RINGING and found[1].key == event.key:
        _in_vain(state, *found, event.detail)
        go_on(state, state.teller)


def engineer_wanted(state: State, event: EngineerWanted) -> None:
    """His new call has the place of his first one."""
    found, call = _attempted(state, event.key), state.calls.get(event.call)
    if found is None or call is None or call.state is not CallState.MENU:
        return
    call.arrived_us = found[1].arrived_us
    _enters(state, *found, NewsState.ENGINEER)
    go_on(state, state.teller)


def go_on(state: State, teller: Teller) -> None:
    """Ring whoever may be rung now, and come back when the next one may."""
    pending = [(incident, news) for incident, news in _everybody(state) if news.state in _PENDING]
    if not pending:
        teller.next_us = None
        return
    for incident, news in pending:
        if news.state is NewsState.RINGING and news.again_us <= state.now_us:
            _in_vain(state, incident, news, "no news from the exchange")
    busy = {call.ani for call in state.calls.values()} | {news.number for _, news in pending if news.state is NewsState.RINGING}
    free = AT_ONCE - sum(news.state is NewsState.RINGING for _, news in pending)
    following = []
    for incident, news in pending:
        if news.state is NewsState.DUE:
            at_us = max(news.again_us, rings_from(state, _queue(state, news), max(news.again_us, state.now_us)))
            if at_us > state.now_us:
                following.append(at_us)
            elif news.number in busy:
                following.append(state.now_us + span(ON_THE_LINE_SECONDS))
            elif free > 0:  # else it is looked again when one of those who are rung is done
                free -= _ring(state, incident, news)
                busy.add(news.number)
        if news.state is NewsState.RINGING:
            following.append(news.again_us)
    if following:
        state.deadlines.set(Due.NEWS, teller, min(following))
    else:
        teller.next_us = None


def _ring(state: State, incident: Incident, news: News) -> bool:
    """Whether he is rung: his number may have been forbidden meanwhile."""
    if not dialable(state, news.number):
        _enters(state, incident, news, NewsState.IN_VAIN, "this number is not called")
        return False
    rules = _rules(_queue(state, news))
    news.attempts += 1
    news.again_us = state.now_us + span(rules.ring_seconds + HEARING_SECONDS)
    _enters(state, incident, news, NewsState.RINGING)
    state.say(TellSolved(
        news.call, news.key, news.number, news.queue, news.product_line, news.language, news.segment, rules.ring_seconds
    ))  # fmt: skip
    return True


def _in_vain(state: State, incident: Incident, news: News, detail: str) -> None:
    rules = _rules(_queue(state, news))
    if news.attempts >= rules.most_attempts:
        _enters(state, incident, news, NewsState.IN_VAIN, detail)
    else:
        news.again_us = state.now_us + span(rules.retry_after_seconds)
        _enters(state, incident, news, NewsState.DUE, detail)


def _enters(state: State, incident: Incident, news: News, now: NewsState, detail: str = "") -> None:
    news.state = now
    state.say(NewsChanged(news.call, incident.id, news.number, now, news.attempts, detail))


def _everybody(state: State) -> Iterator[tuple[Incident, News]]:
    return ((incident, news) for incident in state.incidents.values() for news in incident.news.values())


def _attempted(state: State, key: str) -> tuple[Incident, News] | None:
    """Who was rung by this attempt, be it his last one or not. Where he asked about two incidents in one call, the one he hears of now."""
    call, _, attempt = key.rpartition("/")
    number = attempt.removeprefix("n")
    made = int(number) if attempt.startswith("n") and number.isdecimal() else 0
    found = [one for one in _everybody(state) if one[1].call == call and 0 < made <= one[1].attempts]
    return next((one for one in found if one[1].state is NewsState.RINGING), found[0] if found else None)


def _queue(state: State, news: News) -> QueuePlan:
    return state.queue_for(news.product_line, news.level)


def _rules(queue: QueuePlan) -> CallbackRules:
    return queue.callback or _DEFAULT
