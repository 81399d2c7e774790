"""What ``hotline explain`` says of a promised callback, and of somebody outside the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from acd.effects import CallbackChanged, CallOverflowed, ConsultChanged, HandedOn
from acd.masking import masked_text
from acd.model import AgentId, CallbackState, CallId, ConsultState, MissCause, OfferId, QueueId
from acd.narration import decided

CALL, QUEUE = CallId("main-1.1"), QueueId("printers.L1")
PROMISED = CallbackChanged(CALL, "13900002222", CallbackState.PROMISED, 0, None, "main-1.1/b", QUEUE)
AGAIN_AT = datetime(2026, 3, 2, 12, 0).astimezone()


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (PROMISED, "callback promised to 13900002222"),
        (replace(PROMISED, state=CallbackState.DIALLING, attempts=2), "callback: attempt 2 to reach 13900002222"),
        (
            replace(PROMISED, attempts=1, unreached=1, cause=MissCause.BUSY, next_at=AGAIN_AT),
            "callback: 13900002222 not reached (busy), 1 in vain so far, tried again from 12:00:00 on",
        ),
        (replace(PROMISED, attempts=1), "callback: attempt 1 was taken back; 13900002222 is still promised one"),
        (
            replace(PROMISED, state=CallbackState.CANCELLED, by="chen", reason="solved by mail"),
            "callback to 13900002222 called off by chen: solved by mail",
        ),
        (replace(PROMISED, state=CallbackState.GIVEN_UP, cause=MissCause.NO_ANSWER), "callback: 13900002222 given up (no_answer)"),
        (CallOverflowed(CALL, "called back", QUEUE, None, None, 61.0, True), "rule called back of printers.L1: after 61.0 s to a callback"),
        (CallOverflowed(CALL, "full", QUEUE, QueueId("pcs.L1"), None, 1.0), "rule full of printers.L1: after 1.0 s to queue pcs.L1"),
    ],
)
def test_each_step_is_a_sentence(notice: CallbackChanged | CallOverflowed, said: str) -> None:
    assert decided(notice) == [said]


LI, KEYED = AgentId("li.wei"), "13800138000"


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (HandedOn(CALL, LI, QUEUE, None, None, None, None, bounced=False, to_number=KEYED), f"li.wei gives the call to {KEYED}"),
        (HandedOn(CALL, LI, QUEUE, None, None, "partner", None, bounced=False), "li.wei gives the call to partner"),
        (
            ConsultChanged(CALL, LI, None, OfferId("x1"), ConsultState.BACK, "missed", KEYED),
            f"li.wei asks {KEYED}: back (missed)",
        ),
    ],
)
def test_who_outside_the_house_was_asked_or_given_the_call_is_said_and_can_be_masked(notice: HandedOn | ConsultChanged, said: str) -> None:
    assert decided(notice) == [said]
    assert KEYED not in masked_text(said)
