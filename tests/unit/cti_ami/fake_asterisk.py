"""An AMI server that a test holds in its hand. It answers as Asterisk 22.10 was recorded to, and says nothing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Self

Action = Mapping[str, str]
Answer = Callable[[Action], str | None]


def message(**headers: str) -> str:
    return "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in headers.items()) + "\r\n"


def success(action: Action, text: str = "Done") -> str:
    its_id = {"ActionID": action["ActionID"]} if "ActionID" in action else {}
    return message(Response="Success", **its_id, Message=text)


def error(action: Action, text: str) -> str:
    return message(Response="Error", ActionID=action["ActionID"], Message=text)


def listed(action: Action, *items: Mapping[str, str]) -> str:
    number = action["ActionID"]
    start = message(Response="Success", ActionID=number, EventList="start", Message="will follow")
    end = message(Event=f"{action['Action']}Complete", ActionID=number, EventList="Complete", ListItems=str(len(items)))
    return start + "".join(message(**item, ActionID=number) for item in items) + end


def channel(
    uniqueid: str, context: str, exten: str = "s", *, linkedid: str = "", application: str = "Wait", name: str = ""
) -> dict[str, str]:
    fields = {"Event": "Status", "Uniqueid": uniqueid, "Linkedid": linkedid or uniqueid, "Context": context, "Exten": exten}
    return {**fields, "Application": application, "ChannelState": "6", "Channel": name or f"PJSIP/provider-{uniqueid}"}


def device(name: str, state: str) -> dict[str, str]:
    return {"Event": "DeviceStateChange", "Device": name, "State": state}


class FakeAsterisk:
    """Takes connections on a free port. ``answers`` may replace how an action is answered; None leaves it without an answer."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = {
            "Login": lambda action: success(action) + message(Event="FullyBooted", Status="Fully Booted"),
            "Status": listed,
            "DeviceStateList": listed,
            **answers,
        }
        self.actions: list[dict[str, str]] = []
        self.logins = 0
        self._came = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()

    async def open(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Asterisk is gone, and so are its connections."""
        self._server.close()
        self.drop()
        await asyncio.sleep(0)

    def drop(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def say(self, *events: str) -> None:
        """Send events to whoever is connected."""
        for writer in self._writers:
            writer.write("".join(events).encode())

    def say_bytes(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    async def asked(self, name: str, times: int = 1) -> dict[str, str]:
        """Wait until an action of this name has come so often; return the last."""
        while len(found := [action for action in self.actions if action["Action"] == name]) < times:
            self._came.clear()
            await self._came.wait()
        return found[-1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                action = dict(line.split(": ", 1) for line in lines if ": " in line)
                self.actions.append(action)
                self.logins += action["Action"] == "Login"
                self._came.set()
                answer = self.answers.get(action["Action"], success)(action)
                if answer is not None:
                    writer.write(answer.encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
