"""The pages that are open, and what they are shown as it happens.

Implements ``acd.ports.Desks`` and ``acd.ports.Projection``; the composition root hands the same object to the runner as both.
It decides who is shown what, and when: an agent his own state and card at once, a supervisor the board, a few times a second. It
knows neither HTTP nor sockets (``cti.api_pages`` stands for one), and it never waits for a page longer than stated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import structlog
from prometheus_client import Counter, Histogram
from prometheus_client.registry import Collector

from acd.board import AgentView, Board, MessageView
from acd.effects import AgentChanged, CameBack, Effect, HandedOn, OfferChanged, ScreenPop, WithdrawPop
from acd.events import DeskSeen, Event, ExchangeSeen, PhoneSeen, Ticked
from acd.model import AgentId, AgentState, CallId, OfferId, PhoneId
from acd.ports import Engine, TalkView
from acd.scope import EVERYTHING, Scope
from acd.supervision import MessageChanged
from cti import api_messages as messages
from cti.api_boards import Boards
from cti.api_cards import OFFER_OVER, Card, Cards, card_of_call
from cti.api_messages import EarlierCalls
from cti.api_news import News
from cti.api_pace import Pace
from cti.api_pages import CLOSE_SESSION_OVER, Page
from cti.api_sessions import Session
from cti.api_shown import shown_card
from cti.pop_feed import PopFeed

log = structlog.get_logger()

HISTORY_LIMIT_SECONDS = 0.05
"""A pop waits so long for the earlier calls; when they come later, they follow it."""
SHOWN_LIMIT_SECONDS = 1.0
"""The phone is rung after this, whether or not the page has said that it shows the pop: long enough for a slow computer to paint it, too
short for a caller to notice that an agent's page hangs."""
AGENTS_EVERY_SECONDS = 0.02
BOARD_EVERY_SECONDS = 0.25
EARLIER_CALLS_SHOWN = 5


class History(Protocol):
    """What is known of the past."""

    async def earlier_calls(self, ani: str, limit: int) -> Sequence[tuple[datetime, str | None, str | None, str]]:
        """The latest calls of a number that are over, newest first: (when it arrived, queue, agent, outcome)."""


class LiveDesks:
    """All open pages. Use from the event loop's thread only."""

    def __init__(
        self, history: History, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), pops: PopFeed | None = None,
        link: Callable[[ScreenPop], tuple[str, bool] | None] = lambda pop: None,
    ) -> None:  # fmt: skip
        """``pops`` is told what happens, once the engine runs. ``link`` gives the company's own page about a caller, and whether it
        opens by itself."""
        self._pop_feed = pops or PopFeed()
        self._link = link
        self._history = history
        self._clock = clock
        self._engine: Engine | None = None
        self._in_talk: Callable[[CallId], TalkView] = lambda call: TalkView()
        self._scope: Callable[[Session], Scope] = lambda _: EVERYTHING
        self._pages: set[Page] = set()
        self._pages_by_agent: dict[AgentId, list[Page]] = {}
        self._views: dict[AgentId, AgentView] = {}
        """What an agent's pages show of him."""
        self._cards = Cards()
        self._shown: dict[OfferId, asyncio.Event] = {}
        self._lookups: dict[OfferId, asyncio.Task[EarlierCalls]] = {}
        self._changed_agents: set[AgentId] = set()
        self._changed_phones: set[PhoneId] = set()
        self._agents_pace = Pace(self._show_agents, AGENTS_EVERY_SECONDS)
        self._board_pace = Pace(self._show_board, BOARD_EVERY_SECONDS)
        self._boards = Boards(lambda session: self._scope(session))
        self.news = News()
        """How far the journal has come."""
        self._pops = Counter("hotline_pops", "Screen pops by what became of them", ["outcome"], registry=None)
        self._pop_seconds = Histogram(
            "hotline_pop_shown_seconds", "From the decision until the page shows the pop", registry=None,
            buckets=(0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.5, 1.0),
        )  # fmt: skip
        self._handed_on = Counter(
            "hotline_handed_on", "Calls handed on; bounced: back to a queue that had handed them on", ["bounced"], registry=None
        )  # fmt: skip

    @property
    def figures(self) -> tuple[Collector, ...]:
        """What is counted here, for whoever shows metrics."""
        return (self._pops, self._pop_seconds, self._handed_on)

    def attach(
        self,
        engine: Engine,
        in_talk: Callable[[CallId], TalkView] = lambda call: TalkView(),
        scope: Callable[[Session], Scope] = lambda session: EVERYTHING,
    ) -> None:
        """Tell which engine to ask, who knows of talks, and whose calls a person sees; before this, and while a journal is replayed,
        only cards are kept."""
        self._engine = engine
        self._in_talk = in_talk
        self._scope = scope

    # ---- acd.ports.Desks -------------------------------------------------------------------------------------------------

    async def show_pop(self, command: ScreenPop) -> None:
        """Show the pop and return when the agent's page says that it is on the screen; see the limits above."""
        card = self._cards.open(command, self._clock())
        if card is None or command.agent not in self._pages_by_agent:
            self._pops.labels("offer_over" if card is None else "no_page").inc()
            return
        started = asyncio.get_running_loop().time()
        self._shown[command.offer] = shown = asyncio.Event()
        try:
            await self._send_pop(card, HISTORY_LIMIT_SECONDS)
            async with asyncio.timeout(SHOWN_LIMIT_SECONDS):
                await shown.wait()
            self._pop_seconds.observe(asyncio.get_running_loop().time() - started)
            self._pops.labels("shown").inc()
        except TimeoutError:
            self._pops.labels("unconfirmed").inc()
        finally:
            self._shown.pop(command.offer, None)

    async def withdraw_pop(self, command: WithdrawPop) -> None:
        """Take the pop off the agent's page."""
        self._cards.withdraw(command.agent, command.offer)
        self._release(command.offer)
        self._send(command.agent, messages.pop_withdrawn(self._clock(), command.offer, command.outcome))

    # ---- acd.ports.Projection --------------------------------------------------------------------------------------------

    def follow(self, sequence: int, at: datetime, event: Event, effects: Sequence[Effect]) -> None:
        """Take note of what changed, and let the pages know."""
        changed_cards = self._cards.follow(at, effects, event)
        self.news.note(sequence)
        if self._engine is not None:
            self._count(effects)
            self._pop_feed.follow(at, effects)
        if not self._pages:
            return
        self._send_messages(effects)
        for card in changed_cards:
            self._send(card.pop.agent, messages.call(self._clock(), card, self.talk(card.pop.call)))
        self._mark(event, effects)
        if self._changed_agents or self._changed_phones:
            self._agents_pace.due()
        if effects or not isinstance(event, Ticked):
            self._board_pace.due()

    @property
    def memory(self) -> Cards:
        """The agents' cards."""
        return self._cards

    def recall(self, memory: Cards) -> None:
        """Go on with these cards; before any page is open."""
        self._cards = memory

    def _count(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, HandedOn):
                self._handed_on.labels("yes" if effect.bounced else "no").inc()
            elif isinstance(effect, CameBack):
                self._handed_on.labels("yes").inc()

    def _send_messages(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, MessageChanged):
                view = MessageView(effect.message, effect.text, effect.by, effect.at, effect.to, effect.read)
                for agent in view.to:
                    self._send(agent, messages.message(self._clock(), view, agent not in view.read))

    def _mark(self, event: Event, effects: Sequence[Effect]) -> None:
        """Whose view may have changed; once too often does no harm."""
        if isinstance(event, PhoneSeen):
            self._changed_phones.add(event.phone)
        elif isinstance(event, ExchangeSeen):
            self._changed_agents.update(self._pages_by_agent)
        elif (agent := getattr(event, "agent", None)) is not None:
            self._changed_agents.add(agent)
        for effect in effects:
            if isinstance(effect, AgentChanged):
                self._changed_agents.add(effect.agent)
            elif isinstance(effect, OfferChanged) and effect.state in OFFER_OVER:
                self._release(effect.offer)

    # ---- for the sockets -------------------------------------------------------------------------------------------------

    async def join(self, page: Page) -> None:
        """Show a new page what is the case now, and from now on what changes."""
        self._pages.add(page)
        if page.agent is not None:
            pages = self._pages_by_agent.setdefault(page.agent, [])
            pages.append(page)
            if len(pages) == 1:
                await self._tell(DeskSeen(page.agent, True))
            self._replay(page, page.agent)
        if page.sees_board:
            self._boards.begin(page, self._board(), [other for other in self._viewers() if other is not page])

    async def leave(self, page: Page) -> None:
        """The page is gone."""
        self._pages.discard(page)
        pages = self._pages_by_agent.get(page.agent, []) if page.agent else []
        if page.agent is None or page not in pages:
            return
        pages.remove(page)
        if not pages:
            del self._pages_by_agent[page.agent]
            self._views.pop(page.agent, None)
            await self._tell(DeskSeen(page.agent, False))

    def pop_shown(self, agent: AgentId | None, offer: OfferId) -> None:
        """A page of the agent's says that the pop is on the screen; said by another, or late, it means nothing."""
        card = self._cards.of(agent) if agent else None
        if card is not None and card.pop.offer == offer:
            self._release(offer)

    def shows(self, agent: AgentId, offer: OfferId) -> bool:
        """Whether the agent's card is that of this offer."""
        card = self._cards.of(agent)
        return card is not None and card.pop.offer == offer

    def talk(self, call: CallId) -> TalkView:
        """What is so in the middle of a talk."""
        return replace(self._in_talk(call), recording=self._cards.recording(call))

    def card(self, agent: AgentId) -> Card | None:
        """What the agent's page shows of a call."""
        return self._cards.of(agent)

    def talk_changed(self, agent: AgentId) -> None:
        """He has put his caller on hold, is silent, or no longer so."""
        card = self._cards.of(agent)
        if card is not None:
            self._send(agent, messages.call(self._clock(), card, self.talk(card.pop.call)))

    def end_session(self, session: Session) -> None:
        """Close the pages of a session that is over."""
        self.end_session_id(session.id)

    def end_session_id(self, session: str) -> None:
        """Close the pages of a session that is over, by its id."""
        for page in list(self._pages):
            if page.session.id == session:
                page.close(CLOSE_SESSION_OVER)

    def end_user(self, name: str) -> None:
        """Close all pages of a user."""
        for page in list(self._pages):
            if page.session.name == name:
                page.close(CLOSE_SESSION_OVER)

    # ---- pops ------------------------------------------------------------------------------------------------------------

    def _release(self, offer: OfferId) -> None:
        shown = self._shown.get(offer)
        if shown is not None:
            shown.set()

    async def _send_pop(self, card: Card, limit_seconds: float) -> None:
        lookup = self._look_up(card)
        await asyncio.wait({lookup}, timeout=limit_seconds)
        if self._cards.of(card.pop.agent) is not card:
            return  # withdrawn meanwhile
        earlier = _found(lookup)
        for page in self._pages_by_agent.get(card.pop.agent, ()):
            page.put(self._pop(shown_card(card, page.sees_numbers), earlier))
        if earlier is None:
            lookup.add_done_callback(lambda late: self._send_earlier(card, late))

    def _pop(self, card: Card, earlier: EarlierCalls | None) -> str:
        return messages.pop(self._clock(), card, earlier, self._link(card.pop), self.talk(card.pop.call))

    def _send_earlier(self, card: Card, lookup: asyncio.Task[EarlierCalls]) -> None:
        self._send(card.pop.agent, messages.earlier_calls(self._clock(), card.pop.offer, _found(lookup)))

    def _look_up(self, card: Card) -> asyncio.Task[EarlierCalls]:
        offer = card.pop.offer
        lookup = self._lookups.get(offer)
        if lookup is None:
            lookup = self._lookups[offer] = asyncio.create_task(self._earlier_calls(card.pop.ani))
            lookup.add_done_callback(lambda done: self._looked_up(offer, done))
        return lookup

    def _looked_up(self, offer: OfferId, lookup: asyncio.Task[EarlierCalls]) -> None:
        self._lookups.pop(offer, None)
        if not lookup.cancelled() and lookup.exception() is not None:
            log.error("earlier_calls_not_found", offer=offer, exc_info=lookup.exception())

    async def _earlier_calls(self, ani: str) -> EarlierCalls:
        if not ani:  # withheld: it is nobody's number
            return []
        calls = await self._history.earlier_calls(ani, EARLIER_CALLS_SHOWN)
        return [{"at": at, "queue": queue, "agent": agent, "outcome": outcome} for at, queue, agent, outcome in calls]

    # ---- states and boards -----------------------------------------------------------------------------------------------

    def _replay(self, page: Page, agent: AgentId) -> None:
        board = self._board()
        view = next((view for view in board.agents if view.agent == agent), None)
        if view is not None:
            self._views[agent] = view
            page.put(messages.agent(board.at, view))
        card = self._cards.of(agent)
        if card is None and view is not None and view.state is AgentState.TALKING:
            card = next((card_of_call(call, agent) for call in board.calls if call.call == view.call), None)
        if card is not None:
            page.put(self._pop(shown_card(card, page.sees_numbers), None))
            self._look_up(card).add_done_callback(lambda lookup: self._send_earlier(card, lookup))
        for message in board.messages:
            if agent in message.to and agent not in message.read:
                page.put(messages.message(board.at, message, True))

    def _show_agents(self) -> None:
        agents, self._changed_agents = self._changed_agents, set()
        phones, self._changed_phones = self._changed_phones, set()
        if not self._pages_by_agent:
            return
        assert self._engine is not None, "attach the engine before the first page"
        now, views = self._engine.agent_views()
        for view in views:
            if view.agent in self._pages_by_agent and (view.agent in agents or view.phone in phones):
                self._views[view.agent] = view
                self._send(view.agent, messages.agent(now, view))
        for agent in agents & self._views.keys() - {view.agent for view in views}:
            self._send(agent, messages.agent(now, _gone(self._views.pop(agent), now)))

    def _show_board(self) -> None:
        if viewers := self._viewers():
            self._boards.show(self._board(), viewers)

    def _viewers(self) -> list[Page]:
        return [page for page in self._pages if page.sees_board]

    # ---- the rest --------------------------------------------------------------------------------------------------------

    def _send(self, agent: AgentId, text: str) -> None:
        for page in self._pages_by_agent.get(agent, ()):
            page.put(text)

    def _board(self) -> Board:
        assert self._engine is not None, "attach the engine before the first page"
        return self._engine.board()

    async def _tell(self, event: Event) -> None:
        assert self._engine is not None, "attach the engine before the first page"
        await self._engine.submit(event)


def _gone(view: AgentView, at: datetime) -> AgentView:
    """An agent whom a new plan has no longer: the board does not have him, but his page must not go on showing that he works."""
    view = replace(view, state=AgentState.LOGGED_OUT, state_since=at, cause="removed")
    return replace(view, phone=None, phone_reachable=True, call=None, wrap_up_ends_at=None)


def _found(lookup: asyncio.Task[EarlierCalls]) -> EarlierCalls | None:
    """What was found; None while looking, and when it failed."""
    return lookup.result() if lookup.done() and not lookup.cancelled() and lookup.exception() is None else None
