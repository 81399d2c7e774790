"""How pops are being sent to the company's own service, for those who run the hotline."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response

from cti.api_desk import json_response
from cti.api_problems import Refused
from cti.api_routes import SUPERVISING, Route
from cti.pop_news import Delivery


async def webhook(request: Request) -> Response:
    """How the deliveries to the webhook have gone since the engine's start."""
    delivery: Delivery | None = request.app.state.delivery()
    if delivery is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_webhook", "no webhook is configured")
    return json_response(delivery)


ROUTES = (Route("GET", "/api/screen-pop/webhook", SUPERVISING, webhook, Delivery),)
