"""What programs outside of the house are told of pops, and that none of them can hold up a call."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from acd.effects import OfferChanged, ScreenPop
from acd.model import CallId, OfferState
from config.schema.pop import POP_FIELDS, PopUrl
from cti.breaker import Breaker
from cti.pop_feed import PopFeed
from cti.pop_news import PopNews, address, event_fields, values
from cti.webhook import Service, Webhook, ping
from tests.unit.cti_api_house import HOSTILE_NAME, LI, now, pop
from tests.unit.hook_service import HookService

SECRET = b"of the tests"
NEVER = Breaker(1000, 1)


def news(what: str = "offered", offer: str = "main-1.1/o1") -> PopNews:
    return PopNews(what, now(), pop(offer))


def hook(port: int, breaker: Breaker = NEVER, **more: float) -> Webhook:
    service = Service(f"http://127.0.0.1:{port}/pops", SECRET, **{"limit_seconds": 0.3, **more})  # type: ignore[arg-type]
    return Webhook(service, breaker, clock=lambda: 1_800_000_000.0, first_pause_seconds=0.01)


async def settled(webhook: Webhook, count: int) -> None:
    """Until so many messages have come to their end."""
    async with asyncio.timeout(10):
        while sum((webhook.delivery.sent, webhook.delivery.failed, webhook.delivery.left_out)) < count:
            await asyncio.sleep(0.005)


# ---- an address ----------------------------------------------------------------------------------------------------------------


def test_a_hostile_caller_stays_in_his_place_of_an_address() -> None:
    shown = pop(name=HOSTILE_NAME, ani="1&case=2#x")
    made = address("https://crm.example/find/{dnis}?number={ani}&name={ani_name}&end=1", shown)
    assert parse_qs(urlsplit(made).query) == {"number": ["1&case=2#x"], "name": [HOSTILE_NAME], "end": ["1"]}
    assert (urlsplit(made).netloc, urlsplit(made).fragment) == ("crm.example", "")
    assert "%3F" in address("https://crm.example/?n={ani_name}", pop(name="\ud800"))


def test_every_field_of_a_template_is_known() -> None:
    assert set(values(pop())) == set(POP_FIELDS)


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert({ani})", "ftp://crm/{ani}", "https://{ani}/x", "https://crm.example{ani}", "https://crm/{nobody}", "https://crm/{ani",
        "https://crm/{ani.x}", "https://crm/{ani!r}", "https://crm/{ani:9}", "https://crm/{}", "https://u:p@crm/{ani}",
        "https://crm/ {ani}",
    ],
)  # fmt: skip
def test_a_template_that_could_lead_elsewhere_is_refused(template: str) -> None:
    with pytest.raises(ValidationError):
        PopUrl(address=template)


def test_templates_that_are_good() -> None:
    for template in ("https://crm/?number={ani}&case={case}", "http://crm.example:8080/c/{customer}#{{x}}", "https://crm.example"):
        assert PopUrl(address=template).address == template


# ---- a manager event -------------------------------------------------------------------------------------------------------------


def test_an_event_has_harmless_characters_only() -> None:
    shown = replace(pop(ani="138\r\nAction: Originate\r\n"), case="C-1 ${X}", dnis="+86 800")
    fields = event_fields(PopNews("offered", now(), shown))
    assert (fields["Ani"], fields["Case"], fields["Dnis"], fields["What"]) == ("138ActionOriginate", "C-1X", "+86800", "offered")
    assert "AniName" not in fields
    assert all(not set(text) & set("\r\n:,${}\"'") for text in fields.values())


# ---- what is news ------------------------------------------------------------------------------------------------------------------


def test_an_offer_is_news_and_so_is_what_became_of_it_once_somebody_listens() -> None:
    told: list[PopNews] = []
    feed = PopFeed()
    feed.follow(now(), [pop("main-1/o1")])
    feed.begin([told.append])
    feed.follow(now(), [changed(pop("main-1/o1"), OfferState.MISSED)])
    for shown, state in ((pop("main-2/o1"), OfferState.ACCEPTED), (pop("main-3/o1"), OfferState.RESCINDED)):
        feed.follow(now(), [shown])
        feed.follow(now(), [changed(shown, OfferState.RINGING), changed(shown, state)])
    assert [one.key for one in told] == ["main-2/o1:offered", "main-2/o1:answered", "main-3/o1:offered", "main-3/o1:rescinded"]


def changed(shown: ScreenPop, state: OfferState) -> OfferChanged:
    return OfferChanged(shown.offer, CallId("main-1"), LI, state)


# ---- a webhook -----------------------------------------------------------------------------------------------------------------------


async def test_a_message_is_signed_with_its_time_and_carries_the_offers_id() -> None:
    async with HookService() as service:
        webhook = hook(service.port)
        webhook.start()
        webhook.tell(news())
        (taken,) = await service.takes(1)
        await settled(webhook, 1)
        await webhook.stop()
    signed = hmac.new(SECRET, b"1800000000." + taken.body, hashlib.sha256).hexdigest()
    assert taken.headers["hotline-signature"] == f"v1={signed}"
    assert (taken.headers["hotline-timestamp"], taken.headers["idempotency-key"]) == ("1800000000", "main-1.1/o1:offered")
    assert (taken.said["id"], taken.said["event"], taken.said["ani"]) == ("main-1.1/o1", "offered", "13800138000")
    assert (webhook.delivery.sent, webhook.delivery.failed) == (1, 0)


async def test_what_may_go_well_another_time_is_tried_again_with_the_same_key_and_what_may_not_is_not() -> None:
    async with HookService(0, 503, None, 204, 400) as service:
        webhook = hook(service.port)
        webhook.start()
        webhook.tell(news())
        await settled(webhook, 1)
        webhook.tell(news("missed"))
        await settled(webhook, 2)
        await webhook.stop()
    keys = [taken.headers["idempotency-key"] for taken in service.taken]
    assert keys == ["main-1.1/o1:offered"] * 3 + ["main-1.1/o1:missed"]
    assert (webhook.delivery.sent, webhook.delivery.failed, webhook.delivery.last_problem) == (1, 1, "status 400")


async def test_news_of_one_offer_arrive_in_their_order_though_the_first_is_slow() -> None:
    async with HookService(0, 503, 503) as service:
        webhook = hook(service.port)
        webhook.start()
        webhook.tell(news())
        webhook.tell(news("answered"))
        await settled(webhook, 2)
        await webhook.stop()
    assert [taken.said["event"] for taken in service.taken] == ["offered"] * 3 + ["answered"]


async def test_a_service_that_keeps_failing_is_left_alone_and_the_queue_has_an_end() -> None:
    webhook = hook(9, Breaker(2, 60), attempts=1, waiting=3)  # nobody listens at port 9
    for number in range(5):
        webhook.tell(news(offer=f"main-{number}.1/o1"))
    assert (webhook.delivery.waiting, webhook.delivery.left_out) == (3, 2)
    webhook.start()
    await settled(webhook, 5)
    webhook.tell(news())
    await settled(webhook, 6)
    await webhook.stop()
    delivery = webhook.delivery
    assert delivery.sent == 0 and delivery.failed >= 2 and delivery.left_out >= 3 and delivery.paused
    assert delivery.last_problem.startswith("Connect")


async def test_the_doctor_sends_one_that_means_nothing() -> None:
    async with HookService(0, 204, 401) as service:
        url = f"http://127.0.0.1:{service.port}/pops"
        assert await asyncio.to_thread(ping, url, SECRET, 1.0, 1_800_000_000.0) == ""
        assert await asyncio.to_thread(ping, url, SECRET, 1.0, 1_800_000_000.0) == "status 401"
    assert service.taken[0].said["event"] == "ping"
