from typing import Any

from ivr.seldom import MOST_A_PERIOD, PERIOD_SECONDS, SeldomLog


class Heard:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, **fields: object) -> None:
        raise AssertionError("only warnings are expected")

    error = info

    def warning(self, event: str, **fields: object) -> None:
        self.lines.append((event, fields))


def test_the_same_warning_is_said_a_few_times_a_minute_and_then_counted() -> None:
    heard, now = Heard(), [0.0]
    log = SeldomLog(heard, lambda: now[0])
    for number in range(1000):
        log.warning("nonsense", number=number)
    assert heard.lines == [("nonsense", {"number": number}) for number in range(MOST_A_PERIOD)]
    log.warning("silence")
    assert heard.lines.pop() == ("silence", {})
    now[0] = PERIOD_SECONDS
    log.warning("nonsense", number=1000)
    log.warning("silence")
    assert heard.lines[MOST_A_PERIOD:] == [("nonsense", {"number": 1000, "left_out": 1000 - MOST_A_PERIOD}), ("silence", {})]
