"""Feature codes: who dials is known by his phone, and everybody hears how it went."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from acd.events import AgentLoggedIn, AgentLoggedOut, AgentWentNotReady, AgentWentReady, Event, WrapUpEnded
from acd.model import AgentId, IllegalTransition, PhoneId
from config.schema import FeatureCodes as Codes
from cti.feature_codes import FeatureCodes
from tests.unit.cti_api_house import LI, plan

OWN, NOBODYS = PhoneId("1001"), PhoneId("9999")


class Desk:
    """Where Li is logged in, perhaps, and what was asked of the engine."""

    def __init__(self, seat: PhoneId | None, allowed: bool = True) -> None:
        self.asked: list[Event] = []
        self._seat, self._allowed = seat, allowed
        self.codes = FeatureCodes(plan, self._agent_at, self._submit)

    def _agent_at(self, phone: PhoneId) -> AgentId | None:
        return LI if phone == self._seat else None

    async def _submit(self, event: Event) -> None:
        if not self._allowed:
            raise IllegalTransition("not now")
        self.asked.append(event)


@pytest.mark.parametrize(
    ("name", "digit", "event", "said"),
    [
        ("log_out", "", AgentLoggedOut(LI), "code_logged_out"),
        ("ready", "", AgentWentReady(LI), "code_ready"),
        ("not_ready", "", AgentWentNotReady(LI, plan().not_ready_reasons[0]), "code_not_ready"),
        ("not_ready", "2", AgentWentNotReady(LI, plan().not_ready_reasons[1]), "code_not_ready"),
        ("end_wrap_up", "", WrapUpEnded(LI, "", ""), "code_wrap_up_over"),
        ("end_wrap_up", "1", WrapUpEnded(LI, plan().dispositions[0], ""), "code_wrap_up_over"),
    ],
)
async def test_whoever_sits_at_the_phone_does_it(name: str, digit: str, event: Event, said: str) -> None:
    desk = Desk(NOBODYS)
    assert await desk.codes.dialled(NOBODYS, name, digit) == said
    assert desk.asked == [event]


async def test_who_logs_in_is_the_phones_own_agent() -> None:
    desk = Desk(None)
    assert await desk.codes.dialled(OWN, "log_in", "") == "code_logged_in"
    assert desk.asked == [AgentLoggedIn(LI, OWN)]


@pytest.mark.parametrize(
    ("seat", "phone", "name", "digit"),
    [
        (None, NOBODYS, "log_in", ""), (OWN, OWN, "log_in", ""), (None, OWN, "ready", ""), (OWN, NOBODYS, "log_out", ""),
        (OWN, OWN, "not_ready", "9"), (OWN, OWN, "not_ready", "0"), (OWN, OWN, "not_ready", "x"), (OWN, OWN, "end_wrap_up", "9"),
        (OWN, OWN, "self_destruct", ""),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_said(seat: PhoneId | None, phone: PhoneId, name: str, digit: str) -> None:
    desk = Desk(seat)
    assert await desk.codes.dialled(phone, name, digit) == "code_refused"
    assert desk.asked == []


async def test_what_the_router_refuses_is_said() -> None:
    assert await Desk(OWN, allowed=False).codes.dialled(OWN, "ready", "") == "code_refused"


@pytest.mark.parametrize("codes", [{"ready": "*60"}, {"ready": "*621"}, {"ready": "62"}, {"ready": "*6a"}])
def test_codes_that_could_be_taken_for_one_another_are_refused(codes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Codes(**codes)


async def test_at_a_phone_where_nobody_works_one_may_say_who_one_is() -> None:
    asked = []

    async def log_in_as(phone: PhoneId, number: str, pin: str) -> str:
        asked.append((phone, number, pin))
        return "code_wrong"

    async def submit(event: Event) -> None:
        raise AssertionError(f"{event} is the other's to submit")

    codes = FeatureCodes(plan, lambda phone: LI if phone == OWN else None, submit, log_in_as)
    assert await codes.dialled(NOBODYS, "log_in_as", "1001", "2468") == "code_wrong"
    assert await codes.dialled(OWN, "log_in_as", "1001", "2468") == "code_refused", "who sits there has to go first"
    assert asked == [(NOBODYS, "1001", "2468")]
    assert await Desk(None).codes.dialled(OWN, "log_in_as", "1001", "2468") == "code_refused", "where it is not set up"


def test_without_its_code_nobody_logs_in_at_anothers_phone() -> None:
    assert "log_in_as" not in Codes().by_name()
    assert Codes(log_in_as="*65").by_name()["log_in_as"] == "*65"
