"""What a private Asterisk leaves out is nothing that the engine needs."""

from __future__ import annotations

from config.dialplan.private import NOBODYS_EVENTS
from cti.translate import EVENTS


def test_no_event_that_the_engine_listens_to_is_disabled() -> None:
    assert not set(NOBODYS_EVENTS.split()) & set(EVENTS)
