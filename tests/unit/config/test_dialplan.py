"""Asterisk's files as rendered: what is in them, and what can never be."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.dialplan import (
    ExchangeSecrets,
    Ports,
    UnsafeValue,
    configured_ports,
    on_this_machine,
    phone_ports,
    private_files,
    render,
    version,
    write,
)
from config.dialplan.templates import filled, line
from config.loader import ConfigError
from config.schema import Config, Destination, Phone, Secret, Trunk
from cti.translate import EVENTS

Changed = Callable[..., Config]
SECRETS = ExchangeSecrets("the-ami-secret", {"1001": "phone-password"})
PORTS = Ports(sip=5060, ami=5038, fastagi=4573, phones=5100, rtp_first=20000, rtp_last=20999)


@pytest.fixture(scope="module")
def files(shipped: Config) -> dict[str, str]:
    return render(shipped, SECRETS, "main")


def context(extensions: str, name: str) -> str:
    """The lines of one context."""
    found = re.search(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", extensions, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_files_are_those_that_the_readme_lists(files: dict[str, str]) -> None:
    assert set(files) == {"extensions.conf", "manager.conf", "pjsip.conf", "queues.conf", "musiconhold.conf"}


def test_rendering_is_deterministic(shipped: Config, files: dict[str, str]) -> None:
    assert render(shipped, SECRETS, "main") == files


def test_no_placeholder_is_left(files: dict[str, str]) -> None:
    assert not [name for name, text in files.items() if "@{" in text or "@@" in text]


def test_the_dialplan_says_of_which_configuration_it_is(shipped: Config, changed: Changed, files: dict[str, str]) -> None:
    named = version(shipped, "main")
    assert f"exten => {named},1,Hangup()" in context(files["extensions.conf"], "hotline-version")
    assert version(changed(("name: 李伟, ", "name: 李伟甲, ")), "main") == named, "names are not in the dialplan"
    assert version(changed(("heartbeat_seconds: 20", "heartbeat_seconds: 30")), "main") != named


def test_every_context_has_a_way_out_of_an_invalid_extension(files: dict[str, str]) -> None:
    for name in ("entry", "hold", "connect", "after", "out", "survival"):
        assert "exten => i,1," in context(files["extensions.conf"], f"hotline-{name}")


def test_the_menu_is_asked_for_by_exchange(files: dict[str, str]) -> None:
    assert "AGI(agi://127.0.0.1:4573/main)" in context(files["extensions.conf"], "hotline-entry")


def test_every_dialled_number_has_its_survival(shipped: Config, files: dict[str, str]) -> None:
    survival = context(files["extensions.conf"], "hotline-survival")

    for dnis, entry in shipped.entries.items():
        assert f"exten => {dnis},1,Goto({entry.hints.product_line or 's'},1)\n" in survival


def test_every_queue_has_its_survival(shipped: Config, files: dict[str, str]) -> None:
    for product_line in shipped.product_lines:
        assert f"exten => {product_line}.L2,1,Goto({product_line},1)\n" in context(files["extensions.conf"], "hotline-survival")


def test_survival_rings_the_agents_of_the_line(shipped: Config, files: dict[str, str]) -> None:
    scanners = context(files["queues.conf"], "hotline-line-scanners")
    expected = {agent.phone for agent in shipped.agents.values() if "scanners" in agent.products}

    assert set(re.findall(r"^member = PJSIP/(\d+)$", scanners, re.MULTILINE)) == expected
    assert "ringinuse = no" in scanners and "strategy = rrmemory" in scanners


def test_survivals_general_queue_rings_everybody(shipped: Config, files: dict[str, str]) -> None:
    assert context(files["queues.conf"], "hotline-all").count("member = ") == len(shipped.agents)


def test_a_line_without_agents_falls_to_everybody(nobody_for_scanners: Config) -> None:
    files = render(nobody_for_scanners, SECRETS, "main")

    assert "hotline-line-scanners" not in files["queues.conf"] + files["extensions.conf"]
    assert "exten => 4008002004,1,Goto(s,1)" in files["extensions.conf"]
    assert "exten => scanners.L2,1,Goto(s,1)" in files["extensions.conf"]


def test_the_managers_user_has_exactly_the_events_that_are_needed(files: dict[str, str]) -> None:
    assert tuple(re.findall(r"^eventfilter\(name\((\w+)\)\) =$", files["manager.conf"], re.MULTILINE)) == EVENTS


@pytest.mark.parametrize("right", ["system", "command", "config", "all", "agi"])
def test_the_managers_user_may_not_write(files: dict[str, str], right: str) -> None:
    (write_rights,) = re.findall(r"^write = (.*)$", files["manager.conf"], re.MULTILINE)

    assert right not in write_rights.split(",")


@pytest.mark.parametrize("listening", [False, True])
def test_the_managers_user_may_originate_only_where_supervisors_listen(shipped: Config, listening: bool) -> None:
    supervision = shipped.supervision.model_copy(update={"listening": listening})
    files = render(shipped.model_copy(update={"supervision": supervision}), SECRETS, "main")

    assert ("originate" in context(files["manager.conf"], "hotline")) is listening
    assert "exten => whisper,1,UserEvent(HotlineWatching)\n same => n,ChanSpy(${HOTLINE_WATCHED},qESuw)" in files["extensions.conf"]


CALLED_BACK = (
    ("# callbacks: {trunk: provider", "callbacks: {trunk: provider"),
    ("provider: {match: [127.0.0.1],", "provider: {match: [127.0.0.1], contact: 'sip:192.0.2.1',"),
    ("    # callback: {when_expected", "    callback: {when_expected"),
    ("  overrides:\n", "  overrides:\n    scanners.L1: {callback: {when_ahead: 2}}\n"),
)


def test_only_who_calls_back_may_originate(changed: Changed) -> None:
    files = render(changed(*CALLED_BACK), SECRETS, "main")

    assert "write = call,user,originate\n" in files["manager.conf"]


def test_where_callers_are_called_back_hold_hears_keys(changed: Changed, files: dict[str, str]) -> None:
    hold = context(render(changed(*CALLED_BACK), SECRETS, "main")["extensions.conf"], "hotline-hold")

    assert "exten => pcs.L1,1," in hold
    assert "UserEvent(HotlineCallback)" in hold
    assert "HotlineCallback" not in files["extensions.conf"]


def test_a_queue_has_its_own_music_and_its_texts_take_turns(changed: Changed, files: dict[str, str]) -> None:
    own = ("    printers.L1: {strategy: least_scarce}", "    printers.L1: {comfort: [comfort, closed], music: calm}")
    config = changed(own, ("closed_days: []", "closed_days: []\nmusic: {calm: /srv/calm}"))

    rendered = render(config, SECRETS, "main")

    printers, _, others = context(rendered["extensions.conf"], "hotline-hold").partition("exten => _[a-z].,1,")
    said = re.findall(r"hotline/(comfort|closed)|MusicOnHold\((\S+),", printers)
    assert [text or music for text, music in said] == [*["hotline-calm"] * 3, "comfort", *["hotline-calm"] * 3, "closed"]
    assert "hotline-calm" not in others
    assert "[hotline-calm]\nmode = files\ndirectory = /srv/calm\n" in rendered["musiconhold.conf"]
    assert "printers.L1,1," not in context(files["extensions.conf"], "hotline-hold")


def test_between_stretches_of_music_callers_hear_what_the_engine_has_to_say(changed: Changed, files: dict[str, str]) -> None:
    hold = context(files["extensions.conf"], "hotline-hold")
    nothing = (("announce: {tell: wait,", "announce: {tell: nothing,"), ("[incident_outage, incident_delivery]", "[]"))
    silent = render(changed(*nothing), SECRETS, "main")["extensions.conf"]

    assert hold.count('GosubIf($["${HOTLINE_SAY}${HOTLINE_NEWS}" != ""]?say,1)') == 3
    assert "exten => say,1," in hold
    assert "HOTLINE_SAY" not in silent


def test_who_answers_a_callback_is_asked_to_press_a_key_when_the_configuration_says_so(changed: Changed) -> None:
    plain = context(render(changed(*CALLED_BACK), SECRETS, "main")["extensions.conf"], "hotline-callback")
    asking = ("caller_id: 4008001234}", "caller_id: 4008001234, confirm: true}")
    asked = context(render(changed(*CALLED_BACK, asking), SECRETS, "main")["extensions.conf"], "hotline-callback")

    assert "Read(" not in plain and "HotlineNotConfirmed" not in plain
    assert asked.index("Read(HOTLINE_KEY,") < asked.index("UserEvent(HotlineCalledBack")
    assert "exten => h,1,ExecIf" in asked


def test_a_queue_that_promises_to_call_when_it_opens_says_so(changed: Changed) -> None:
    rule = ("      - {name: closed, when_cl", "      - {name: later, when_closed: true, to_callback: true}\n      - {name: closed, when_cl")
    out = context(render(changed(*CALLED_BACK, rule), SECRETS, "main")["extensions.conf"], "hotline-out")

    assert "exten => callback.when_open,1," in out and "hotline/callback_when_open)" in out
    assert "when_open" not in render(changed(*CALLED_BACK), SECRETS, "main")["extensions.conf"]


def test_a_phone_is_asked_to_answer_when_its_agent_always_wants_that_or_has_clicked(changed: Changed, files: dict[str, str]) -> None:
    extensions = render(changed(("{name: 李伟, ", "{name: 李伟, auto_answer: true, ")), SECRETS, "main")["extensions.conf"]
    connect = context(extensions, "hotline-connect")

    assert "exten => 1001,1," in connect
    plain = context(files["extensions.conf"], "hotline-connect")
    asked = ",gib(hotline-connect^auto^1))"
    assert connect.count(asked) == plain.count(asked) + 2
    assert plain.count(asked) == plain.count("n(asked),")
    assert "PJSIP_HEADER(add,Call-Info)=<sip:hotline>\\;answer-after=0" in plain


def test_the_managers_user_comes_only_from_the_permitted_addresses(changed: Changed) -> None:
    config = changed(("username: hotline, secret", "username: hotline, permit: [10.1.0.0/16, 10.2.0.9], secret"))

    manager = render(config, SECRETS, "main")["manager.conf"]

    assert "deny = 0.0.0.0/0.0.0.0\ndeny = ::/0\npermit = 10.1.0.0/16\npermit = 10.2.0.9/32\n" in manager


def test_phones_that_the_pbx_knows_are_left_to_it(files: dict[str, str]) -> None:
    assert "[1001]" not in files["pjsip.conf"]
    assert "[hotline-provider]" in files["pjsip.conf"]


def test_a_phone_registers_with_its_password(shipped: Config) -> None:
    config = shipped.model_copy(update={"phones": {**shipped.phones, "1001": Phone(secret=Secret(env="P"))}})

    pjsip = render(config, SECRETS, "main")["pjsip.conf"]

    assert "auth = 1001\n" in pjsip and "password = phone-password\n" in pjsip and "max_contacts = 1\n" in pjsip
    assert "\ncontact = " not in pjsip


def test_a_phone_with_an_address_is_dialled_there(shipped: Config) -> None:
    config = shipped.model_copy(update={"phones": {**shipped.phones, "1001": Phone(contact="sip:1001@192.0.2.7:5062")}})

    pjsip = render(config, SECRETS, "main")["pjsip.conf"]

    assert "contact = sip:1001@192.0.2.7:5062\n" in pjsip and "auth = " not in pjsip


def test_phones_of_different_lengths_are_all_connected(shipped: Config) -> None:
    config = shipped.model_copy(update={"phones": {**shipped.phones, "20001": Phone()}})

    connect = context(render(config, SECRETS, "main")["extensions.conf"], "hotline-connect")

    assert "exten => _XXXX,1," in connect and "exten => _XXXXX,1," in connect


def test_destinations_are_said_recorded_or_dialled(shipped: Config) -> None:
    exchange = shipped.exchanges["main"]
    trunks = {"partners": Trunk(match=("192.0.2.1",), contact="sip:192.0.2.1")}
    config = shipped.model_copy(
        update={
            "exchanges": {"main": exchange.model_copy(update={"trunks": trunks})},
            "destinations": {
                "closed": Destination(say="closed"),
                "box": Destination(voicemail="100@default"),
                "repair": Destination(dial="4009990000", trunk="partners"),
            },
        }
    )
    rendered = render(config, SECRETS, "main")["extensions.conf"]
    out = context(rendered, "hotline-out")

    assert "exten => closed,1," in out and "Playback(hotline/closed)" in out
    assert "VoiceMail(100@default,u)" in out
    assert "Dial(PJSIP/4009990000@hotline-partners,60,gi)" in out
    asked = context(rendered, "hotline-consult-outside")
    assert "Dial(PJSIP/4009990000@hotline-partners,45,giF(hotline-consulted^s^1))" in asked
    assert "exten => closed" not in asked and "exten => box" not in asked, "nobody can be asked there"


def test_numbers_that_agents_key_are_dialled_by_patterns_of_digits_alone_and_only_where_the_engine_sends_calls(changed: Changed) -> None:
    contact = ("provider: {match: [127.0.0.1],", "provider: {match: [127.0.0.1], contact: 'sip:192.0.2.1',")
    keyed = ("# outside_numbers: {trunk: provider,", "outside_numbers: {shortest: 7, longest: 8, prefix: '9', trunk: provider,")
    rendered = render(changed(contact, keyed), SECRETS, "main")["extensions.conf"]
    for name in ("hotline-out", "hotline-consult-outside"):
        lines = context(rendered, name)
        assert re.findall(r"^exten => (_[^,]+),", lines, re.MULTILINE) == ["_XXXXXXX", "_+XXXXXXX", "_XXXXXXXX", "_+XXXXXXXX"]
        options = r"gi(F\(hotline-consulted\^s\^1\))?f\(4008001234\)"
        assert len(re.findall(rf"Dial\(PJSIP/9\$\{{EXTEN\}}@hotline-provider,45,{options}\)", lines)) == 4
        assert not re.search(rf"(include =>|Goto\(|\?|:){name}", rendered), "no number that is dialled leads there"
    assert "_XXXXXXX" not in context(render(changed(), SECRETS, "main")["extensions.conf"], "hotline-out")


def test_what_people_read_never_reaches_asterisk(changed: Changed) -> None:
    hostile = "x,${SHELL(id)};|[y]"
    config = changed(
        ("name: 李伟", f'name: "{hostile}"'),
        ("label: 统一服务热线 · unified number", f'label: "{hostile}"'),
        ("team: 前台, level: L1, products: {pcs: 4", f'team: "{hostile}", level: L1, products: {{pcs: 4'),
        ("name: 售后技术服务热线 · Technical Service Hotline", f'name: "{hostile}"'),
        ("zh: 您好，欢迎致电技术服务热线。", f'zh: "{hostile}"'),
    )

    everything = "".join(render(config, SECRETS, "main").values())

    assert "SHELL" not in everything and "|" not in everything


def test_nothing_that_a_caller_chooses_stands_in_an_expression(files: dict[str, str]) -> None:
    expressions = re.findall(r"\$\[(.*?)\]\?", files["extensions.conf"])

    assert expressions
    assert not [one for one in expressions if "EXTEN" in one or "CALLERID" in one or "DNID" in one]
    assert "CALLERID" not in files["extensions.conf"]


@given(st.text(min_size=1))
def test_a_value_with_a_meaning_to_asterisk_is_refused_wherever_it_comes_from(text: str) -> None:
    try:
        rendered = filled("say.tmpl", name=text, sounds="hotline", prompt="closed")
    except UnsafeValue:
        with pytest.raises(UnsafeValue):
            line("contact", text)
        return
    assert text in rendered
    assert not re.search(r"[^ -~]|[;|${}\[\]()\\\"'&<>#`]", text)


def test_secrets_are_written_for_their_owner_only(tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "manager.conf").write_text("old, readable by all")

    write(files, tmp_path)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["manager.conf"] == modes["pjsip.conf"] == 0o600
    assert set(modes) == set(files)
    assert (tmp_path / "manager.conf").read_text() == files["manager.conf"]


def test_a_private_asterisk_includes_the_same_files(shipped: Config) -> None:
    config = on_this_machine(shipped, "main", PORTS)

    files = private_files(config, SECRETS, "main", PORTS)

    for name, text in render(config, SECRETS, "main").items():
        assert files[f"hotline/{name}"] == text
        assert files[name].endswith(f'#include "hotline/{name}"\n')


def test_simulated_phones_have_ports_one_after_the_other(shipped: Config) -> None:
    assert list(phone_ports(shipped, PORTS).items())[:2] == [("1001", 5100), ("1002", 5101)]
    assert on_this_machine(shipped, "main", PORTS).phones["1002"].contact == "sip:1002@127.0.0.1:5101"


def test_everything_of_a_private_asterisk_is_on_this_machine(changed: Changed) -> None:
    config = on_this_machine(changed(("ami: {host: 127.0.0.1, port: 5038", "ami: {host: 10.0.0.1, port: 5999")), "main", PORTS)

    assert (config.exchanges["main"].ami.host, config.exchanges["main"].ami.port) == ("127.0.0.1", 5038)
    assert "bind = 127.0.0.1:5060" in private_files(config, SECRETS, "main", PORTS)["pjsip.conf"]


def test_the_demos_ports_are_those_of_the_configuration(shipped: Config) -> None:
    assert configured_ports(shipped, "main") == Ports(5060, 5038, 4573, 5100, 20000, 24999)


def test_a_short_code_has_its_own_extension_in_entry_and_says_who_transferred(files: dict[str, str]) -> None:
    entry = context(files["extensions.conf"], "hotline-entry")
    assert entry.index("exten => 8803,1,") < entry.index("exten => _X!,1,")
    assert 'AGI(agi://127.0.0.1:4573/main,${IF($["${BLINDTRANSFER}" != ""]?${BLINDTRANSFER}:${ATTENDEDTRANSFER})})' in entry
    assert 'GotoIf($["${ATTENDEDTRANSFER}" != ""]?came)' in entry, "a telephone that dials it itself waits for its caller"
    assert "exten => 8803,1,Goto(printers,1)" in context(files["extensions.conf"], "hotline-survival")


def test_only_callers_of_a_queue_that_asks_are_asked_and_not_before_the_engine_could_take_them_out(files: dict[str, str]) -> None:
    after, survey = (context(files["extensions.conf"], f"hotline-{name}") for name in ("after", "survey"))
    waits = [float(seconds) for seconds in re.findall(r"Wait\(([0-9.]+)\)", after)]
    assert sum(waits) == 2.0, "for two seconds, unless the engine says that it is over"
    assert after.count('ExecIf($["${HOTLINE_OVER}" != "yes"]?Wait(') == len(waits) - 1
    assert after.rindex("Wait(") < after.index("hotline-survey")
    assert [line for line in survey.splitlines() if ".L" in line] == ["exten => printers.L3,1,Goto(s,1)"]
    assert "Set(TIMEOUT(absolute)=150)" in survey


def test_without_a_queue_that_asks_there_is_no_survey(changed: Changed) -> None:
    silent = render(changed(("printers.L3: {survey: true}", "printers.L3: {}")), SECRETS, "main")["extensions.conf"]
    assert context(silent, "hotline-survey").strip().splitlines()[0] == "exten => i,1,Hangup()"


def test_only_conversations_of_a_queue_that_records_are_recorded_and_who_refuses_is_not(changed: Changed) -> None:
    notice = "\n  recording_notice: {zh: 录音，拒绝请按八, en: Recorded. To refuse press eight.}\n  welcome:\n"
    rules = ("printers.L3: {survey: true}", "printers.L3: {survey: true, record: 25}")
    config = changed(rules, ("\n  welcome:\n", notice), ("survival: {heart", "recording: {refuse_key: '8'}\nsurvival: {heart"))
    text = render(config, SECRETS, "main")["extensions.conf"]
    record, connect = context(text, "hotline-record"), context(text, "hotline-connect")
    assert [line for line in record.splitlines() if ".L" in line and line.startswith("exten")] == [
        'exten => printers.L3,1,GosubIf($["${HOTLINE_CONSENT}" = ""]?notice,1)'
    ]
    assert '"no" | ${RAND(1,100)} > 25]?no)' in record and 'REGEX("^8$" ${HOTLINE_KEY})' in record
    assert "MixMonitor(,br(" in record, "b: whatever is keyed into a menu, a survey or a notice is never bridged, so never recorded"
    assert connect.index("StopMixMonitor()") < connect.index("GosubIf(") < connect.index("Dial(")


def test_a_callback_whose_agent_was_rung_first_is_recorded_like_any_call(changed: Changed) -> None:
    notice = "\n  recording_notice: {zh: 录音，拒绝请按九, en: Recorded. To refuse press nine.}\n  welcome:\n"
    rules = ("printers.L3: {survey: true}", "printers.L3: {survey: true, record: 25}")
    config = changed(rules, ("\n  welcome:\n", notice), *CALLED_BACK)
    first = context(render(config, SECRETS, "main")["extensions.conf"], "hotline-callback")
    assert first.index("HotlineCalledBack") < first.index("?hold)") < first.index("GosubIf(") < first.index("Bridge(")


def test_where_nothing_is_recorded_nobody_is_told_so(files: dict[str, str]) -> None:
    assert "MixMonitor" not in files["extensions.conf"] and "recording_notice" not in files["extensions.conf"]


def test_who_records_must_have_a_notice(changed: Changed) -> None:
    with pytest.raises(ConfigError, match="found no prompt 'recording_notice'"):
        changed(("printers.L3: {survey: true}", "printers.L3: {survey: true, record: 25}"))


def test_a_comment_is_not_asked_for_where_it_may_last_no_time(changed: Changed) -> None:
    files = render(changed(("survival: {heart", "survey: {comment_seconds: 0}\nsurvival: {heart")), SECRETS, "main")
    assert "Record(" not in files["extensions.conf"]
