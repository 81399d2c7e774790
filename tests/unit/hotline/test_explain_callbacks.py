"""What ``hotline explain`` says of a promised callback."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from acd.effects import CallbackChanged, CallOverflowed
from acd.model import CallbackState, CallId, MissCause, QueueId
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
