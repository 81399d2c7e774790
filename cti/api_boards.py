"""The live view as consoles are sent it: whole at first, then what has changed, to each as much as he may see.

Decides what is sent to whom; when is the caller's business. A page that has not read its last message yet is sent the whole anew, in that
one's place, so that no console costs more than it reads. Use from the event loop's thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from acd.board import Board
from acd.scope import Scope
from cti import api_messages as messages
from cti.api_board_changes import changes
from cti.api_pages import Page
from cti.api_sessions import Session
from cti.api_shown import figures_alone, shown_board

Sight = tuple[object, ...]
"""What makes two persons see the same: teams, whether they see numbers, and whether it is a wall instead."""
BOARD = "board"


class Boards:
    """What was sent last to whom sees the same. ``scope`` says whose calls a person sees."""

    def __init__(self, scope: Callable[[Session], Scope]) -> None:
        self._scope = scope
        self._sent: dict[Sight, Board] = {}

    def begin(self, page: Page, board: Board, others: Iterable[Page]) -> None:
        """``page`` is new; ``others`` are there already, and are told what it begins with."""
        self.show(board, others)
        sight = _sight(page)
        if sight not in self._sent:
            self._sent[sight] = self._shown(page, board)
        page.put(messages.board(board.at, self._sent[sight]), replaces=BOARD)

    def show(self, board: Board, pages: Iterable[Page]) -> None:
        """Tell all ``pages`` that see a board what has changed."""
        by_sight: dict[Sight, list[Page]] = {}
        for page in pages:
            by_sight.setdefault(_sight(page), []).append(page)
        self._sent = {sight: last for sight, last in self._sent.items() if sight in by_sight}
        for sight, alike in by_sight.items():
            self._show(sight, self._shown(alike[0], board), alike)

    def _show(self, sight: Sight, board: Board, pages: Iterable[Page]) -> None:
        last = self._sent.get(sight)
        changed = {} if last is None else changes(last, board)
        if changed is None:
            return
        self._sent[sight] = board
        text = "" if last is None else messages.board_changes(board.at, changed)
        whole = ""
        for page in pages:
            if text and not page.has_unsent(BOARD):
                page.put(text, replaces=BOARD)
            else:
                whole = whole or messages.board(board.at, board)
                page.put(whole, replaces=BOARD)

    def _shown(self, page: Page, board: Board) -> Board:
        shown = shown_board(board, self._scope(page.session), page.sees_numbers)
        return figures_alone(shown) if page.session.is_wall else shown


def _sight(page: Page) -> Sight:
    return (page.session.teams, page.sees_numbers, page.session.is_wall)
