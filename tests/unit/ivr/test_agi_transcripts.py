"""Real AGI sessions through the codec: whole, byte by byte, cut off anywhere, and beside a foreign implementation."""

from __future__ import annotations

import io
import signal

import pytest
from asterisk import agi as pyst2

from ivr.codec import Environment, Hangup, Reply, encode_command
from tests.unit.ivr.agi_transcripts import ALL, Transcript, environment, load, one_by_one, replay, words

every_transcript = pytest.mark.parametrize("transcript", ALL, ids=lambda transcript: transcript.name)


def test_there_are_transcripts() -> None:
    assert len(ALL) >= 10


@every_transcript
def test_every_command_got_its_reply(transcript: Transcript) -> None:
    items = replay([transcript.received], len(transcript.sent))
    assert isinstance(items[0], Environment)
    assert sum(isinstance(item, Reply) for item in items) == len(transcript.sent)
    assert not any(isinstance(item, str) for item in items)


@every_transcript
def test_byte_by_byte_is_the_same(transcript: Transcript) -> None:
    commands = len(transcript.sent)
    assert replay(one_by_one(transcript.received), commands) == replay([transcript.received], commands)


@every_transcript
def test_cut_off_anywhere_it_is_the_same_so_far_and_then_one_end(transcript: Transcript) -> None:
    whole = replay([transcript.received], len(transcript.sent), end=False)
    for cut in range(len(transcript.received)):
        items = replay([transcript.received[:cut]], len(transcript.sent))
        assert items[:-1] == whole[: len(items) - 1]
        assert items[-1] not in whole, "the last item is the end: a Closed, or one RemoteError"


@every_transcript
def test_what_was_sent_is_what_the_codec_would_send(transcript: Transcript) -> None:
    for command in transcript.sent:
        if command.isascii() and b'"' in command:
            verb, _, _ = command.decode().partition(' "')
            assert encode_command(verb, tuple(words(command)[len(verb.split()) :])) == command


@every_transcript
def test_the_environment_is_what_pyst2_reads(transcript: Transcript) -> None:
    assert environment(replay([transcript.received], 0)) == foreign(transcript.environment).env


@pytest.mark.parametrize("name", ["menu-by-keys", "wrong-key-then-silence", "no-verdict-in-time"])
def test_the_replies_are_what_pyst2_reads(name: str) -> None:
    transcript = load(name)
    ours = [item for item in replay([transcript.received], len(transcript.sent)) if isinstance(item, Reply)]
    theirs = foreign(transcript.received)
    for reply in ours:
        result = theirs.get_result()
        assert (reply.code, reply.result) == (200, result["result"][0])
        assert str(reply.endpos) == result["endpos"][0] if reply.endpos is not None else "endpos" not in result


def test_a_hangup_is_seen_in_both_ways_of_hanging_up_during_a_prompt() -> None:
    for name in ("hang-up-while-a-prompt-plays", "hang-up-in-the-silence-after-a-prompt", "redirected-while-a-prompt-plays"):
        transcript = load(name)
        items = replay([transcript.received], len(transcript.sent))
        assert items.count(Hangup()) == 1
        assert 511 in [item.code for item in items if isinstance(item, Reply)]


def test_odd_values_come_back_as_they_were_set() -> None:
    transcript = load("odd-replies")
    replies = [item for item in replay([transcript.received], len(transcript.sent)) if isinstance(item, Reply)]
    assert [reply.code for reply in replies[:2]] == [510, 520]
    assert replies[3].data == 'a "b" \\ (c) 王😀 ${EXTEN} $[1+1], ; endpos=5'
    assert set(replies[5].data or "") == {"\ufffd"}
    assert (replies[7].data, replies[8].data) == ("", None)
    assert replies[-2].data == "hotline-hold,printers.L2,1"
    assert (replies[-1].data, replies[-1].endpos) == ("timeout", 0)


def foreign(received: bytes) -> pyst2.AGI:
    """pyst2's AGI on the same bytes; it takes SIGHUP for itself, which is given back."""
    before = signal.getsignal(signal.SIGHUP)
    try:
        return pyst2.AGI(stdin=io.BytesIO(received), stdout=io.StringIO(), stderr=io.StringIO())
    finally:
        signal.signal(signal.SIGHUP, before)
