"""A caller's pass through the FastAGI server, seen from Asterisk and from the engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.events import CallArrived, CallDiverted, CallerLeft, CallQueued, Event, MenuChosen
from acd.model import IllegalTransition, Level, QueueId
from ivr.line import VERDICT_SECONDS
from ivr.menu import Branch, Entry, Go, Input, Menu, MenuPlan
from tests.unit.ivr.agi_rig import CALL, ENVIRONMENT, Asterisk, FakeEngine, Rig, settle
from tests.unit.ivr.agi_transcripts import ALL, Transcript, load
from tests.unit.ivr.hotline_menu import RECORDED, plan

DIGITS = '"0123456789*#"'
WELCOME = f'STREAM FILE "zh/hotline/welcome" {DIGITS}\n'
WHERE = 'GET FULL VARIABLE "${CONTEXT},${EXTEN},${PRIORITY}"\n'
AT_ENTRY = b"200 result=1 (hotline-entry,4001,2)\n"
ELSEWHERE = b"200 result=1 (hotline-hold,printers.L2,1)\n"
SURVIVAL = 'EXEC "MSet" "HOTLINE_NEXT=\\"hotline-survival,4001,1\\""\n'
HELD = 'EXEC "MSet" "CHANNEL(language)=\\"en\\",HOTLINE_QUEUE=\\"printers.L2\\",HOTLINE_NEXT=\\"hotline-hold,printers.L2,1\\""\n'
TO_THE_END = ("0", "50", "51", "57")
"""Welcome heard, then 2, 3, 9."""


def deliver(rig: Rig) -> bool:
    return rig.sessions.deliver(CALL, "hotline-hold,printers.L2,1", QueueId("printers.L2"))


# ---- the way through


async def test_a_whole_pass() -> None:
    rig = Rig()
    asterisk = rig.connect()
    assert await asterisk.says(ENVIRONMENT) == WELCOME
    assert await asterisk.answers("0 endpos=100") == f'GET OPTION "zh/hotline/ask-language" {DIGITS} "4000"\n'
    assert await asterisk.answers("50 endpos=1") == f'GET OPTION "en/hotline/ask-product" {DIGITS} "4000"\n'
    assert await asterisk.answers("51 endpos=1") == f'GET OPTION "en/hotline/ask-level" {DIGITS} "2500"\n'
    assert await asterisk.answers("57 endpos=1") == ""
    assert rig.engine.events == [
        CallArrived(CALL, "55", "Bob", "4001", "unknown number"),
        MenuChosen(CALL, "language", "2", "english"),
        MenuChosen(CALL, "product", "3", "printers"),
        MenuChosen(CALL, "level", "9", "emergency"),
        CallQueued(CALL, "printers", Level.L2, "en", urgent=True),
    ]
    assert deliver(rig)
    await settle()
    assert asterisk.hears() == HELD
    await asterisk.answers("0")
    assert asterisk.was_dropped
    assert len(rig.sessions) == 0


async def test_the_call_is_a_fact_before_the_first_word() -> None:
    rig = Rig()
    rig.engine.gate.clear()
    asterisk = rig.connect()
    assert await asterisk.says(ENVIRONMENT) == ""
    rig.engine.gate.set()
    await settle()
    assert asterisk.hears() == WELCOME


async def test_the_next_prompt_does_not_wait_for_the_journal() -> None:
    rig = Rig()
    asterisk = await rig.call()
    rig.engine.gate.clear()
    assert "ask-product" in await asterisk.answers("50")
    assert rig.engine.names() == ["CallArrived"]
    rig.engine.gate.set()
    await settle()
    assert rig.engine.names() == ["CallArrived", "MenuChosen"]


async def test_a_verdict_that_comes_while_the_event_is_being_submitted_is_taken() -> None:
    taken: list[bool] = []

    def decide(event: Event) -> None:
        if isinstance(event, CallQueued):
            taken.append(deliver(rig))

    rig = Rig(FakeEngine(decide))
    asterisk = await rig.call()
    assert await asterisk.answers(*TO_THE_END) == HELD
    assert taken == [True]


async def test_a_verdict_without_a_queue_leaves_the_queue_alone() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    assert rig.sessions.deliver(CALL, "hotline-out,closed,1", None)
    await settle()
    assert asterisk.hears() == 'EXEC "MSet" "CHANNEL(language)=\\"en\\",HOTLINE_NEXT=\\"hotline-out,closed,1\\""\n'


async def test_verdicts_are_taken_while_waiting_only_and_once() -> None:
    rig = Rig()
    assert not deliver(rig), "no such call"
    asterisk = await rig.call()
    assert not deliver(rig), "still in the menu"
    await asterisk.answers(*TO_THE_END)
    assert deliver(rig)
    assert not deliver(rig), "has its answer"
    await settle()
    await asterisk.answers("0")
    assert not deliver(rig), "over"


@pytest.mark.parametrize("name", ["menu-by-keys", "name-with-everything", "wrong-key-then-silence", "prompts-missing"])
async def test_a_recorded_caller_gets_the_recorded_commands(name: str) -> None:
    transcript = load(name)
    menu = RECORDED if name != "prompts-missing" else _without_prompts()
    rig, sent = Rig(plan=menu), []
    asterisk = rig.connect()
    heard = await asterisk.says(transcript.environment)
    call = rig.engine.events[0].call  # type: ignore[union-attr]
    for reply in transcript.received[len(transcript.environment) :].splitlines(keepends=True):
        if not heard:
            queued = rig.engine.events[-1]
            assert isinstance(queued, CallQueued)
            queue = QueueId(f"{queued.product_line}.{queued.level}")
            assert rig.sessions.deliver(call, f"hotline-hold,{queue},1", queue)
            await settle()
            heard = asterisk.hears()
        sent.append(heard.encode())
        heard = await asterisk.says(reply)
    assert sent == list(transcript.sent)
    assert asterisk.was_dropped


def _without_prompts() -> MenuPlan:
    menus = {name: replace(menu, prompt=f"nothing-{name}") for name, menu in RECORDED.menus.items()}
    return plan(menus=menus, welcome="nothing")


# ---- prompts that can't be played


async def test_a_missing_prompt_is_reported_once_and_the_key_is_taken_all_the_same() -> None:
    with structlog.testing.capture_logs() as logs:
        rig = Rig()
        for _ in range(2):
            asterisk = await rig.call()
            assert await asterisk.answers("-1 endpos=0") == 'WAIT FOR DIGIT "1"\n'
            assert "ask-language" in await asterisk.answers("0")
            assert await asterisk.answers("-1 endpos=0") == 'WAIT FOR DIGIT "4000"\n'
            assert "en/hotline/ask-product" in await asterisk.answers("50")
            await asterisk.says(b"HANGUP\n")
            await asterisk.closes()
    reported = [log["prompt"] for log in logs if log["event"] == "prompt can't be played"]
    assert reported == ["zh/hotline/welcome", "zh/hotline/ask-language"]


# ---- callers who leave


async def test_hanging_up_during_a_prompt() -> None:
    rig = Rig()
    asterisk = await rig.call()
    assert await asterisk.answers("-1 endpos=800") == 'WAIT FOR DIGIT "1"\n'
    assert await asterisk.says(b"HANGUP\n511 Command Not Permitted on a dead channel\n") == WHERE
    await asterisk.says(AT_ENTRY)
    assert rig.engine.events[1:] == [CallerLeft(CALL)]
    assert asterisk.was_dropped


async def test_hanging_up_in_the_silence_after_a_question() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers("0")
    assert "missing" in await asterisk.answers("0 endpos=800")
    assert await asterisk.says(b"HANGUP\n511 dead\n") == WHERE
    await asterisk.says(AT_ENTRY)
    assert rig.engine.events[1:] == [CallerLeft(CALL)]


async def test_hanging_up_while_the_engine_thinks() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    assert await asterisk.says(b"HANGUP\n") == WHERE
    assert not deliver(rig), "nobody is there to be sent"
    await asterisk.says(AT_ENTRY)
    assert rig.engine.names()[-2:] == ["CallQueued", "CallerLeft"]


async def test_hanging_up_after_the_verdict_is_the_exchanges_to_tell() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    deliver(rig)
    await settle()
    await asterisk.says(b"HANGUP\n200 result=0\n")
    await asterisk.closes()
    assert rig.engine.names()[-1] == "CallQueued"


async def test_a_socket_that_closes_after_the_verdict_says_nothing_of_leaving() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    deliver(rig)
    await asterisk.closes()
    assert rig.engine.names()[-1] == "CallQueued"


async def test_a_verdict_that_comes_in_the_same_moment_as_the_hang_up_is_not_taken() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    asterisk.line.dataReceived(b"HANGUP\n")
    assert not deliver(rig)
    await settle()
    await asterisk.says(AT_ENTRY)
    assert rig.engine.names()[-1] == "CallerLeft"


async def test_a_redirect_is_no_hang_up() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers("-1 endpos=800")
    assert await asterisk.says(b"HANGUP\n511 dead\n") == WHERE
    await asterisk.says(ELSEWHERE)
    assert rig.engine.names() == ["CallArrived"]
    assert asterisk.was_dropped


async def test_a_dead_channel_is_a_hang_up_without_the_word() -> None:
    rig = Rig()
    asterisk = await rig.call()
    assert await asterisk.says(b"511 Command Not Permitted on a dead channel\n") == WHERE
    await asterisk.says(AT_ENTRY)
    assert rig.engine.events[1:] == [CallerLeft(CALL)]


async def test_a_key_and_then_gone_reports_the_key_first() -> None:
    rig = Rig()
    asterisk = await rig.call()
    assert await asterisk.says(b"200 result=50\nHANGUP\n") == WHERE
    await asterisk.says(AT_ENTRY)
    assert rig.engine.names() == ["CallArrived", "MenuChosen", "CallerLeft"]


@pytest.mark.parametrize("last", [b"", b"200 res", b"HANGUP\n", b"HANG"])
async def test_a_socket_that_closes_in_the_menu_is_a_caller_gone(last: bytes) -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.says(last)
    await asterisk.closes()
    assert rig.engine.events[1:] == [CallerLeft(CALL)]
    assert len(rig.sessions) == 0


async def test_a_socket_that_closes_while_the_arrival_is_being_written() -> None:
    rig = Rig()
    rig.engine.gate.clear()
    asterisk = await rig.call()
    await asterisk.closes()
    rig.engine.gate.set()
    await settle()
    assert rig.engine.names() == ["CallArrived", "CallerLeft"]


# ---- what goes wrong on our side


async def test_no_verdict_in_time_is_survival() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    await rig.passes(VERDICT_SECONDS - 0.5)
    assert asterisk.hears() == ""
    await rig.passes(0.5)
    assert asterisk.hears() == SURVIVAL
    assert not deliver(rig), "too late"
    await asterisk.answers("0")
    assert asterisk.was_dropped
    assert "CallerLeft" not in rig.engine.names()


@pytest.mark.parametrize("failing", ["CallArrived", "CallQueued"])
async def test_an_engine_that_refuses_is_survival(failing: str) -> None:
    def refuse(event: Event) -> None:
        if type(event).__name__ == failing:
            raise IllegalTransition(failing)

    with structlog.testing.capture_logs() as logs:
        rig = Rig(FakeEngine(refuse))
        asterisk = rig.connect()
        heard = await asterisk.says(ENVIRONMENT)
        if failing == "CallQueued":
            heard = await asterisk.answers(*TO_THE_END)
        assert heard == SURVIVAL
        await asterisk.answers("0")
    assert asterisk.was_dropped
    assert [log["log_level"] for log in logs] == ["error"]


async def test_an_engine_that_refuses_while_a_prompt_plays_ends_the_session() -> None:
    def refuse(event: Event) -> None:
        if isinstance(event, MenuChosen):
            raise OSError("disk full")

    rig = Rig(FakeEngine(refuse))
    asterisk = await rig.call()
    await asterisk.answers("50")
    assert asterisk.was_dropped, "no word is survival too: a command can't be sent while a prompt plays"


async def test_an_engine_that_hangs_does_not_keep_the_caller() -> None:
    rig = Rig()
    rig.engine.gate.clear()
    asterisk = await rig.call()
    await rig.passes(11)
    assert asterisk.was_dropped
    await asterisk.closes()
    rig.engine.gate.set()
    await settle()
    assert rig.engine.names() == ["CallArrived"], "the caller is in the survival plan: he has not left"


async def test_a_plan_that_leads_nowhere_is_survival() -> None:
    rig = Rig(plan=plan(start="nowhere"))
    asterisk = await rig.call()
    assert await asterisk.answers("0") == SURVIVAL


async def test_a_verdict_that_would_inject_is_not_written_into_the_dialplan() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.answers(*TO_THE_END)
    assert rig.sessions.deliver(CALL, 'x",EVIL="1', QueueId("q"))
    await settle()
    assert asterisk.hears() == SURVIVAL


async def test_a_command_that_asterisk_does_not_know_is_survival() -> None:
    rig = Rig()
    asterisk = await rig.call()
    assert await asterisk.says(b"510 Invalid or unknown command\n") == SURVIVAL


# ---- what goes wrong on Asterisk's side


async def test_bytes_that_make_no_sense_cost_one_session_and_one_line_of_log() -> None:
    with structlog.testing.capture_logs() as logs:
        rig = Rig()
        other = await rig.call(ENVIRONMENT.replace(b"17.5", b"17.6"))
        asterisk = await rig.call()
        await asterisk.says(b"\x00\xff nonsense\n more\n")
        assert asterisk.was_dropped
        await asterisk.closes()
        assert "ask-language" in await other.answers("0")
    assert [log["event"] for log in logs] == ["AGI bytes that make no sense"]
    assert "CallerLeft" not in rig.engine.names(), "nothing is known of the caller, who is in the survival plan"


async def test_a_connection_that_says_nothing_is_dropped() -> None:
    rig = Rig()
    asterisk = rig.connect()
    await rig.passes(9)
    assert not asterisk.was_dropped
    await rig.passes(2)
    assert asterisk.was_dropped


async def test_an_asterisk_that_says_nothing_for_two_minutes_is_dropped() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await rig.passes(119)
    assert not asterisk.was_dropped
    await rig.passes(6)
    assert asterisk.was_dropped
    assert rig.engine.names() == ["CallArrived"]


async def test_nothing_ticks_after_the_end() -> None:
    rig = Rig()
    asterisk = await rig.call()
    await asterisk.closes()
    assert rig.clock.getDelayedCalls() == []


# ---- who is served


@pytest.mark.parametrize("request_line", [b"agi_network_script: other\n", b""])
async def test_an_unknown_exchange_is_closed_and_named_once(request_line: bytes) -> None:
    with structlog.testing.capture_logs() as logs:
        rig = Rig()
        for _ in range(3):
            asterisk = await rig.call(ENVIRONMENT.replace(b"agi_network_script: main\n", request_line))
            assert asterisk.was_dropped
    assert rig.engine.events == []
    assert len(logs) == 1


async def test_an_environment_without_a_call_is_closed() -> None:
    rig = Rig()
    asterisk = await rig.call(ENVIRONMENT.replace(b"agi_uniqueid", b"agi_other"))
    assert asterisk.was_dropped
    assert rig.engine.events == []


async def test_beyond_the_limit_nobody_is_admitted_until_there_is_room() -> None:
    rig = Rig(session_limit=1)
    asterisk = await rig.call()
    assert rig.server.admit() is None
    await asterisk.closes()
    assert rig.server.admit() is not None


async def test_who_is_not_taken_is_left_to_the_survival_plan_and_nothing_is_told_of_him() -> None:
    rig = Rig(takes=lambda call: call != "main-17.5")
    refused, taken = await rig.call(), await rig.call(ENVIRONMENT.replace(b"17.5", b"17.6"))
    assert refused.was_dropped and not taken.was_dropped
    assert rig.engine.names() == ["CallArrived"]
    await taken.closes()


async def test_stopping_sends_everybody_to_survival_and_says_nothing_of_leaving() -> None:
    rig = Rig()
    first, second = await rig.call(), await rig.call(ENVIRONMENT.replace(b"17.5", b"17.6"))
    await rig.server.stop()
    assert first.was_dropped and second.was_dropped
    assert rig.engine.names() == ["CallArrived", "CallArrived"]
    assert len(rig.sessions) == 0


# ---- however it comes

NOISE = st.lists(
    st.sampled_from(
        [b"200 result=0\n", b"200 result=50\n", b"200 result=-1 endpos=0\n", b"HANGUP\n", b"511 dead\n", b"510 no\n", b"520-Usage\n",
         b"520 End\n", AT_ENTRY, ELSEWHERE, b"rubbish\n", b"200 res"]
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(NOISE, st.booleans())
async def test_whatever_asterisk_says_a_session_ends_and_a_caller_leaves_at_most_once(noise: list[bytes], delivers: bool) -> None:
    rig = Rig()
    asterisk = await rig.call()
    for line in noise:
        await asterisk.says(line)
        if delivers:
            deliver(rig)
    await asterisk.closes()
    await rig.passes(3)
    assert len(rig.sessions) == 0
    assert rig.engine.names()[0] == "CallArrived"
    assert rig.engine.names().count("CallerLeft") <= 1
    assert "CallerLeft" not in rig.engine.names()[:-1], "nothing is said about a call after its caller left"
    assert rig.clock.getDelayedCalls() == []


@pytest.mark.parametrize("transcript", ALL, ids=lambda transcript: transcript.name)
async def test_a_recorded_session_cut_off_anywhere_ends(transcript: Transcript) -> None:
    for cut in range(0, len(transcript.received), 7):
        rig = Rig(plan=RECORDED)
        asterisk = rig.connect()
        await asterisk.says(transcript.received[:cut])
        await asterisk.closes()
        assert len(rig.sessions) == 0
        assert rig.engine.names().count("CallArrived") == (cut >= len(transcript.environment))


# ---- numbers, destinations, callbacks


SERIAL = Input("serial", "enter-serial", 4, 6, Branch("", "entered"), Branch("", "none"), confirm=False, timeout_seconds=3.0)
OUT = Menu(
    "what", "ask-what", (),
    (Branch("1", "serial", next="serial"), Branch("4", "message", to="voicemail"), Branch("5", "call_me", {"callback": "yes"}),
     Branch("#", "again", go=Go.REPEAT)),
    Branch("", "nothing"),
)  # fmt: skip
SERVICES = plan(start="what", menus={"what": OUT}, inputs={"serial": SERIAL}, welcome="", limit_seconds=90)


async def chosen(key: str) -> tuple[Rig, Asterisk, str]:
    """A caller who pressed that key at the first menu, and what Asterisk was told then."""
    rig = Rig(plan=SERVICES)
    asterisk = rig.connect()
    await asterisk.says(ENVIRONMENT)
    return rig, asterisk, await asterisk.answers(str(ord(key)))


async def test_a_number_is_collected_in_one_command() -> None:
    rig, asterisk, told = await chosen("1")
    assert told == 'GET DATA "zh/hotline/enter-serial" "3000" "6"\n'

    await asterisk.answers("123456")

    assert rig.engine.events[-2] == MenuChosen(CALL, "serial", "123456", "entered")
    assert isinstance(rig.engine.events[-1], CallQueued)


async def test_silence_and_a_hash_alone_are_no_number() -> None:
    _, asterisk, _ = await chosen("1")

    assert "hotline/missing" in await asterisk.answers(" (timeout)")


async def test_a_number_whose_question_can_not_be_played_can_be_keyed_all_the_same() -> None:
    rig, asterisk, _ = await chosen("1")

    assert await asterisk.answers("-1") == 'WAIT FOR DIGIT "3000"\n'
    assert await asterisk.answers(str(ord("1"))) == 'GET DATA "" "3000" "5"\n'
    await asterisk.answers("2345")

    assert rig.engine.events[-2] == MenuChosen(CALL, "serial", "12345", "entered")


async def test_who_hangs_up_over_a_number_has_left() -> None:
    rig, asterisk, _ = await chosen("1")
    await asterisk.says(b"HANGUP\n")
    assert await asterisk.answers("-1") == WHERE
    await asterisk.says(AT_ENTRY)

    assert rig.engine.names()[-1] == "CallerLeft"


async def test_a_destination_is_where_the_caller_goes_and_the_engine_knows() -> None:
    rig, _asterisk, told = await chosen("4")

    assert told == 'EXEC "MSet" "CHANNEL(language)=\\"zh\\",HOTLINE_NEXT=\\"hotline-out,voicemail,1\\""\n'
    assert rig.engine.events[-1] == CallDiverted(CALL, "voicemail")


async def test_who_wants_to_be_called_back_is_queued_first() -> None:
    rig, asterisk, _ = await chosen("5")
    assert deliver(rig)
    await settle()

    assert rig.engine.names()[-2:] == ["CallQueued", "CallbackWanted"]
    assert "HOTLINE_NEXT" in asterisk.hears()


async def test_the_dialplan_is_told_that_a_caller_who_takes_his_time_is_well() -> None:
    _, asterisk, _ = await chosen("#")
    await asterisk.answers(*[str(ord("#"))] * 2)

    assert await asterisk.answers(str(ord("#"))) == 'EXEC "Set" "TIMEOUT(absolute)=90"\n'
    assert "ask-what" in await asterisk.answers("0")
# ---- numbers that lead past the menu


async def test_a_short_code_is_queued_without_a_word_with_the_phone_that_sent_him() -> None:
    code = Entry("4001", "printers.L1", {"product_line": "printers", "level": "L1"}, straight=True)
    rig = Rig(plan=plan(entries={"4001": code}))
    asterisk = rig.connect()
    transferred = ENVIRONMENT[:-1] + b"agi_language: en\nagi_arg_1: PJSIP/1005-0000000f\n\n"
    assert await asterisk.says(transferred) == ""
    assert rig.engine.events == [
        CallArrived(CALL, "55", "Bob", "4001", "printers.L1"),
        CallQueued(CALL, "printers", Level.L1, "en", handed_over_by="1005"),
    ]
    assert deliver(rig)
    await settle()
    assert asterisk.hears() == HELD


async def test_who_dials_a_number_outside_its_days_goes_where_the_row_says_and_the_engine_knows() -> None:
    over = Entry("4001", "promotion", {"language": "en"}, valid_to="2026-11-30", outside="closed")
    rig = Rig(plan=plan(entries={"4001": over}), today=lambda: "2026-12-01")
    asterisk = rig.connect()
    assert await asterisk.says(ENVIRONMENT) == 'EXEC "MSet" "CHANNEL(language)=\\"en\\",HOTLINE_NEXT=\\"hotline-out,closed,1\\""\n'
    assert rig.engine.events == [CallArrived(CALL, "55", "Bob", "4001", "promotion"), CallDiverted(CALL, "closed")]
    await asterisk.answers("0")
    assert asterisk.was_dropped


async def test_an_engineers_direct_number_is_marked() -> None:
    rig = Rig(plan=plan(entries={"4001": Entry("4001", "Wang", {"preferred_agent": "wang"}, bypass=True)}))
    await rig.call()
    assert rig.engine.events == [CallArrived(CALL, "55", "Bob", "4001", "Wang", bypass=True)]


async def test_a_session_hands_over_when_the_queue_opens_again() -> None:
    rig = Rig(plan=plan(entries={"4001": Entry("4001", "x", {"product_line": "printers", "level": "L1"}, straight=True)}))
    asterisk = await rig.call()
    assert rig.sessions.deliver(CALL, "hotline-out,closed,1", None, "tomorrow_0900")
    await settle()
    assert 'HOTLINE_OPENS=\\"tomorrow_0900\\",HOTLINE_NEXT=\\"hotline-out,closed,1\\"' in asterisk.hears()
