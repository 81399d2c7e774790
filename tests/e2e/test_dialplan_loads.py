"""The rendered files in a real Asterisk: they load without complaint, and no caller is ever lost in them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from config.dialplan import Ports, on_this_machine, private_files
from config.loader import load
from config.schema import Config
from config.schema.secrets import ExchangeSecrets
from hotline.local_asterisk import LocalAsterisk
from hotline.sipp import free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CONFIG = Path(__file__).parents[2] / "config" / "hotline.yaml"
SECRET = "only-for-this-test"
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def impatient(config: Config) -> Config:
    """The same, with waits that a test can wait for."""
    waiting = config.waiting.model_copy(update={"menu_limit_seconds": 2, "music_seconds": 1, "comfort_every": 1})
    return config.model_copy(update={"waiting": waiting, "offers": config.offers.model_copy(update={"ring_seconds": 1})})


class Exchange:
    """An Asterisk made of the shipped configuration, an engine's stand-in at its FastAGI port, and callers."""

    def __init__(self, asterisk: LocalAsterisk, ports: Ports, files: dict[str, str]) -> None:
        self.asterisk = asterisk
        self.ports = ports
        self.files = files
        self._read = 0

    def complaints(self) -> list[str]:
        return [line for line in self.asterisk.log.read_text(errors="replace").splitlines() if re.search(r"\] (WARNING|ERROR)\[", line)]

    async def call(self, number: str, context: str = "hotline-entry") -> None:
        """A caller arrives. What is seen from now on is his."""
        self._read = self.asterisk.log.stat().st_size
        answer = await self.asterisk.cli(f"channel originate Local/{number}@{context}/n application Wait 60")
        assert "No such command" not in answer

    async def hang_up(self) -> None:
        await self.asterisk.cli("channel request hangup all")
        async with asyncio.timeout(40):
            while "0 active channels" not in await self.asterisk.cli("core show channels count"):
                await asyncio.sleep(0.05)

    async def sees(self, *patterns: str, seconds: float = 40) -> str:
        """The first log line since the call began that has the last pattern, after lines that have those before it, in order."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    wanted = iter(patterns)
                    pattern: str | None = next(wanted)
                    for line in self.seen():
                        if re.search(pattern, line) and (pattern := next(wanted, None)) is None:
                            return line
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"no lines with {patterns!r} in\n" + "\n".join(self.seen())) from None

    def seen(self) -> list[str]:
        with self.asterisk.log.open("rb") as file:
            file.seek(self._read)
            return file.read().decode(errors="replace").splitlines()

    async def engine_beats(self, seconds_ago: float = 0) -> None:
        await self.asterisk.cli(f"dialplan set global HOTLINE_ALIVE {int(time.time() - seconds_ago)}")

    async def engine_never_beat(self) -> None:
        await self.asterisk.cli("dialplan set global HOTLINE_ALIVE 0")

    def engine(self, answer: Answer) -> Awaitable[asyncio.Server]:
        return asyncio.start_server(answer, "127.0.0.1", self.ports.fastagi)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    sip, ami, fastagi, phones = free_ports(4, first=25_000, last=32_700, step=10)
    ports = Ports(sip, ami, fastagi, phones, rtp_first=31000, rtp_last=31999)
    config = on_this_machine(impatient(load(CONFIG)), "main", ports)
    files = private_files(config, ExchangeSecrets(SECRET), "main", ports)
    async with LocalAsterisk(tmp_path_factory.mktemp("asterisk"), files) as asterisk:
        yield Exchange(asterisk, ports, files)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nobody_left_behind(exchange: Exchange) -> AsyncIterator[None]:
    await exchange.engine_never_beat()
    yield
    await exchange.hang_up()


async def says_next(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *variables: str) -> None:
    """A session of the menu that ends by setting variables (``NAME value``)."""
    while (await reader.readline()).strip():
        pass
    for variable in variables:
        writer.write(f"SET VARIABLE {variable}\n".encode())
        await writer.drain()
        assert (await reader.readline()).startswith(b"200")
    writer.close()


async def test_all_files_load_without_a_warning(exchange: Exchange) -> None:
    own_start = [line for line in exchange.complaints() if "HOTLINE" not in line]

    assert own_start == []
    assert "hotline-line-printers" in await exchange.asterisk.cli("queue show")
    assert "Class: hotline" in await exchange.asterisk.cli("moh show classes")
    assert "hotline-provider" in await exchange.asterisk.cli("pjsip show endpoints")


async def test_every_context_of_the_contract_is_there(exchange: Exchange) -> None:
    for context in ("entry", "hold", "connect", "after", "out", "survival"):
        assert f"[ Context 'hotline-{context}' created" in await exchange.asterisk.cli(f"dialplan show hotline-{context}")


@pytest.mark.parametrize(
    ("number", "queue"),
    [
        ("4008002003", "hotline-line-printers"),
        ("4008001234", "hotline-all"),
        ("999", "hotline-all"),
        ("1", "hotline-all"),
        ("+861012345678", "hotline-all"),
        ("hotline", "hotline-all"),
        ("s", "hotline-all"),
    ],
)
async def test_without_an_engine_any_number_reaches_a_survival_queue(exchange: Exchange, number: str, queue: str) -> None:
    await exchange.call(number)

    assert f'"{queue},i"' in await exchange.sees(r"Executing .* Queue\(")
    await exchange.sees(r"Executing .* UserEvent\(.*HotlineDiverted,Destination: survival")


async def test_the_first_language_is_that_of_the_number(exchange: Exchange) -> None:
    await exchange.call("4008001235")

    assert "CHANNEL(language)=en" in await exchange.sees(r"Executing .* M?Set\(.*language")


async def test_the_engines_last_word_says_where_the_caller_goes(exchange: Exchange) -> None:
    await exchange.engine_beats()

    async def to_hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says_next(reader, writer, "HOTLINE_QUEUE printers.L2", 'HOTLINE_NEXT "hotline-hold,printers.L2,1"')

    async with await exchange.engine(to_hold):
        await exchange.call("4008001234")
        assert "printers.L2@hotline-hold" in await exchange.sees(r"Executing .* MusicOnHold\(")


@pytest.mark.parametrize("word", ["nowhere", "hotline-nothing,s,1", '"hotline-out,unknown,1"', '""'])
async def test_a_last_word_that_leads_nowhere_leads_to_survival(exchange: Exchange, word: str) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says_next(reader, writer, f"HOTLINE_NEXT {word}")

    async with await exchange.engine(nonsense):
        await exchange.call("4008002001")
        await exchange.sees("AGI Script .* completed")
        await exchange.sees(r"Executing .* Queue\(.*hotline-line-servers")


async def test_an_engine_that_dies_in_the_session_leaves_the_caller_to_survival(exchange: Exchange) -> None:
    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.transport.abort()

    async with await exchange.engine(dies):
        await exchange.call("4008002004")
        await exchange.sees("AGI Script .* completed")
        await exchange.sees(r"Executing .* Queue\(.*hotline-line-scanners")


async def test_a_frozen_engine_keeps_nobody_longer_than_the_menu_may_last(exchange: Exchange) -> None:
    async def freezes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():  # until Asterisk has had enough
            pass
        writer.close()

    async with await exchange.engine(freezes):
        await exchange.call("4008001234")
        await exchange.sees(r"Executing \[T@hotline-entry:1\]")
        await exchange.sees(r"Executing .* Queue\(.*hotline-all")


async def test_an_engine_whose_heart_has_stopped_is_not_even_asked(exchange: Exchange) -> None:
    await exchange.engine_beats(seconds_ago=25)

    await exchange.call("4008002002")

    await exchange.sees(r"Executing .* Queue\(.*hotline-line-pcs")
    assert not [line for line in exchange.seen() if "AGI(" in line]


async def test_a_waiting_caller_is_handed_to_survival_when_the_heart_stops(exchange: Exchange) -> None:
    await exchange.engine_beats()
    await exchange.call("scanners.L3", context="hotline-hold")
    await exchange.sees(r"Executing .* Playback\(.*comfort")

    await exchange.engine_beats(seconds_ago=25)

    await exchange.sees(r"Executing .* Queue\(.*hotline-line-scanners")


async def test_a_reload_touches_neither_heartbeat_nor_waiting_callers(exchange: Exchange) -> None:
    await exchange.engine_beats()
    await exchange.call("printers.L1", context="hotline-hold")
    await exchange.sees(r"Executing .* MusicOnHold\(")

    await exchange.asterisk.cli("core reload")
    await exchange.sees(r"Reloading module 'pbx_config")
    again = len([line for line in exchange.seen() if "Playback(" in line]) + 1

    await exchange.sees(*[r"Executing .*Playback"] * again)
    assert not [line for line in exchange.seen() if "Queue(" in line]


async def test_a_caller_taken_out_of_the_menu_is_not_cut_off_by_its_limit(exchange: Exchange) -> None:
    await exchange.engine_beats()

    async def freezes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            pass
        writer.close()

    async with await exchange.engine(freezes):
        await exchange.call("4008001234")
        channel = re.search(r'AGI\("([^"]+)"', await exchange.sees(r"Executing .* AGI\("))
        assert channel is not None
        redirect = f"Action: Redirect\r\nChannel: {channel[1]}\r\nContext: hotline-hold\r\nExten: pcs.L1\r\nPriority: 1"
        assert "Redirect successful" in await manager(exchange, login(SECRET), redirect)

        # The limit is 2 s here, a stretch of music 1 s, and between two of them half a second.
        await exchange.sees(*[r"Executing \[pcs.L1@hotline-hold:\d+\] Playback"] * 3)
        assert not [line for line in exchange.seen() if "@hotline-survival:" in line]


async def test_a_queue_that_nobody_configured_holds_all_the_same(exchange: Exchange) -> None:
    await exchange.engine_beats()

    await exchange.call("faxes.L1", context="hotline-hold")

    await exchange.sees(r"Executing .* MusicOnHold\(")


async def test_a_phone_that_does_not_take_the_call_sends_the_caller_back_to_survival_without_a_queue(exchange: Exchange) -> None:
    await exchange.call("1003", context="hotline-connect")

    await exchange.sees(r"Executing .* UserEvent\(.*HotlineMissed,Status: \w+")
    await exchange.sees(r"Executing .* Queue\(.*hotline-all")


async def test_a_phone_that_does_not_take_the_call_sends_the_caller_back_to_his_place(exchange: Exchange) -> None:
    await exchange.engine_beats()

    async def rings(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says_next(reader, writer, "HOTLINE_QUEUE servers.L1", 'HOTLINE_NEXT "hotline-connect,1003,1"')

    async with await exchange.engine(rings):
        await exchange.call("4008001234")
        await exchange.sees(r"Executing .* Dial\(.*PJSIP/1003,1,gi")
        await exchange.sees(r"Executing \[servers.L1@hotline-hold:\d+\] MusicOnHold")


async def test_an_unknown_phone_is_no_way_out(exchange: Exchange) -> None:
    await exchange.call("77", context="hotline-connect")

    await exchange.asterisk.cli("core show channels")
    # Asterisk itself refuses a Local channel to an extension that does not exist: the caller never leaves his place.
    assert not [line for line in exchange.seen() if "Dial(" in line]


@pytest.mark.parametrize("phone", ["77", "10033", "${GLOBAL(HOTLINE_ALIVE)}"])
async def test_a_caller_redirected_to_no_phone_goes_back_to_his_place_and_it_is_told(exchange: Exchange, phone: str) -> None:
    """What was asked for is told as it was written: nothing in it is evaluated."""
    await exchange.engine_beats()

    async def holds(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says_next(reader, writer, "HOTLINE_QUEUE servers.L1", 'HOTLINE_NEXT "hotline-hold,servers.L1,1"')

    async with await exchange.engine(holds):
        await exchange.call("4008001234")
        channel = re.search(r'MusicOnHold\("([^"]+)"', await exchange.sees(r"Executing \[servers.L1@hotline-hold:\d+\] MusicOnHold"))
        assert channel is not None
        redirect = f"Action: Redirect\r\nChannel: {channel[1]}\r\nContext: hotline-connect\r\nExten: {phone}\r\nPriority: 1"
        assert "Redirect successful" in await manager(exchange, login(SECRET), redirect)

        told = await exchange.sees(r"Executing .* UserEvent\(.*HotlineMissed,Status: INVALID,Phone: ")
        assert told.partition("Phone: ")[2].startswith(f'{phone}"')
        await exchange.sees(r"@hotline-connect:1\] UserEvent", r"\[servers.L1@hotline-hold:\d+\] MusicOnHold")


async def test_the_closed_announcement_is_said(exchange: Exchange) -> None:
    await exchange.call("closed", context="hotline-out")

    assert "hotline/closed" in await exchange.sees(r"Executing .* Playback\(")


async def manager(exchange: Exchange, *actions: str) -> str:
    """What the manager interface answers to actions, each a list of headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.ports.ami)
    writer.write("".join(f"{action}\r\n\r\n" for action in (*actions, "Action: Logoff")).encode())
    async with asyncio.timeout(40):
        answer = (await reader.read()).decode()
    writer.close()
    return answer


def login(secret: str) -> str:
    return f"Action: Login\r\nUsername: hotline\r\nSecret: {secret}"


async def test_the_managers_user_logs_in_and_sets_the_heartbeat(exchange: Exchange) -> None:
    answer = await manager(exchange, login(SECRET), "Action: Setvar\r\nVariable: HOTLINE_ALIVE\r\nValue: 17")

    assert "Authentication accepted" in answer
    assert "Variable Set" in answer
    assert "HOTLINE_ALIVE=17" in (await exchange.asterisk.cli("dialplan show globals")).replace(" ", "")


async def test_a_wrong_secret_is_refused(exchange: Exchange) -> None:
    assert "Authentication failed" in await manager(exchange, login("guessed-secret"))


@pytest.mark.parametrize(
    ("action", "refused"),
    [
        ("Action: Command\r\nCommand: core show version", "Permission denied"),
        ("Action: Originate\r\nChannel: Local/s@x\r\nApplication: System\r\nData: true", "Access Forbidden: app or data blacklisted"),
        ("Action: GetConfig\r\nFilename: pjsip.conf", "Permission denied"),
    ],
)
async def test_the_managers_user_may_do_no_more_than_the_engine_needs(exchange: Exchange, action: str, refused: str) -> None:
    assert refused in await manager(exchange, login(SECRET), action)
