"""The dialplan itself: entry, hold, connect, after, out, survival, as docs/architecture.md says.

Decides which extensions each context has. What a caller can choose (a number, a name) appears only as ``${EXTEN}``, and there
only after a pattern has let it through; it never stands inside an expression.
"""

from __future__ import annotations

from acd.callbacks import PROMISED, PROMISED_WHEN_OPEN
from acd.supervision import WatchMode
from config.check import survival_line
from config.compile import compile_plan, queue_ids, rules_of
from config.dialplan.templates import Rendered, filled, joined
from config.queue_switches import recorded_queues, surveyed_queues, tells_solved
from config.references import promises_when_open
from config.schema import WHEN_OPEN_PROMPT, Config, Destination, QueueRules
from ivr.menu import LOG_IN_AS, PROMPT_FOLDER

EVERYTHING_ELSE = ("_X!", "_[+*#]!", "_[a-zA-Z_].", "s")
"""Whatever else a network may dial: digits of any length, ``+`` and the other keys, names, nothing at all. Single letters are left
out, for Asterisk itself uses them (h, i, t, T)."""
EVERY_QUEUE = "_[a-z]."
"""The pattern of all queues' ids in hold."""
SURVEY_SECONDS = 90
"""All of the survey but the comment takes less, repeated or not."""
AGENT_WAITS_SECONDS = 180
"""So long an agent is on the line for a customer at most: longer than any customer's phone may ring, if the engine should die meanwhile."""
HAND_OVER_SECONDS = 120
"""So long a telephone that has dialled a short code itself waits for its caller to take its place."""
GENERAL_QUEUE = "hotline-all"
WATCH_OPTIONS = {WatchMode.LISTEN: "qESu", WatchMode.WHISPER: "qESuw", WatchMode.BARGE: "qESuB"}
"""How ``ChanSpy`` lets a supervisor take part: quietly, at the one channel with that Uniqueid, until it is gone; ``w`` to its owner alone,
``B`` to both ends. (Checked on 22.10.)"""


def line_queue(product_line: str) -> str:
    """Name of a line's survival queue in Asterisk."""
    return f"hotline-line-{product_line}"


def extensions_conf(config: Config, exchange: str) -> Rendered:
    """The text of extensions.conf."""
    return filled(
        "extensions.conf.tmpl",
        entries=_entries(config, exchange),
        holds=_holds(config),
        said=_said(config),
        sounds=PROMPT_FOLDER,
        phones=_phones(config, exchange),
        consults=_by_length(config, "consult.tmpl", dial=_dial(config, exchange), ring_seconds=config.offers.ring_seconds),
        joins=_by_length(config, "join.tmpl", together=_together()),
        given_over=_together(then="over"),
        conference=_together("BridgeAdd(${HOTLINE_PEER})"),
        watches=joined([filled("watch.tmpl", mode=mode, options=options) for mode, options in WATCH_OPTIONS.items()]),
        takeovers=_by_length(config, "takeover.tmpl", dial=_dial(config, exchange), ring_seconds=config.offers.ring_seconds),
        parked=_by_length(config, "parked.tmpl", heartbeat=config.survival.heartbeat_seconds),
        outside=_outside(config),
        codes=_feature_codes(config),
        callback=_callback(config),
        agent_waits=_agent_waits(config),
        news=filled("news.tmpl", sounds=PROMPT_FOLDER) if tells_solved(config) else Rendered(""),
        destinations=_destinations(config),
        survey=_survey(config),
        recording=_recording(config),
        survival=_survival(config),
    )


def _entries(config: Config, exchange: str) -> Rendered:
    """The patterns take every number; one whose first language is another has an extension of its own."""
    default = config.voice_menu.defaults.language
    unknown = config.voice_menu.unknown_number.hints.language or default
    languages = {dnis: entry.hints.language or default for dnis, entry in config.entries.items()}
    numbers = {dnis: language for dnis, language in languages.items() if language != unknown}
    numbers |= dict.fromkeys(EVERYTHING_ELSE, unknown)
    codes = [_short_code(config, exchange, code) for code in config.handovers]
    ways = [Rendered(f"exten => {pattern},1,Goto(hotline-codes,${{EXTEN}},1)\n") for _, pattern, _ in _codes(config)]
    return joined([*ways, *codes, *(_entry(config, exchange, number, language) for number, language in numbers.items())])


def _codes(config: Config) -> list[tuple[str, str, int]]:
    """The feature codes: (name, pattern, length of the code); those behind which a digit may be dialled have a second one."""
    codes = {} if config.feature_codes is None else config.feature_codes.by_name()
    with_digit = [(name, f"_{code}Z", len(code)) for name, code in codes.items() if name in ("not_ready", "end_wrap_up")]
    return [*((name, code, len(code)) for name, code in codes.items()), *with_digit]


def _feature_codes(config: Config) -> Rendered:
    language = config.voice_menu.defaults.language
    return joined([
        filled("code.tmpl", pattern=pattern, name=name, language=language, sounds=PROMPT_FOLDER, **_behind_the_code(name, length))
        for name, pattern, length in _codes(config)
    ])  # fmt: skip


def _behind_the_code(name: str, length: int) -> dict[str, Rendered]:
    """What is keyed after the code. The PIN stands in no event: the engine asks the channel for it."""
    if name == LOG_IN_AS:
        return {"asked": filled("code-as.tmpl", sounds=PROMPT_FOLDER), "digit": Rendered("${HOTLINE_WHO}")}
    return {"asked": Rendered(""), "digit": Rendered(f"${{EXTEN:{length}}}")}


def _short_code(config: Config, exchange: str, code: str) -> Rendered:
    """Where phones transfer to. A caller of the hotline's is spoken to in the language that he has already."""
    where = config.exchanges[exchange].fastagi
    return filled(
        "handover.tmpl",
        code=code,
        sounds=PROMPT_FOLDER,
        hand_over_seconds=HAND_OVER_SECONDS,
        language=config.handovers[code].language or config.voice_menu.defaults.language,
        heartbeat=config.survival.heartbeat_seconds,
        menu_limit=config.waiting.menu_limit_seconds,
        host=where.host,
        port=where.port,
        exchange=exchange,
    )


def _entry(config: Config, exchange: str, number: str, language: str) -> Rendered:
    where = config.exchanges[exchange].fastagi
    return filled(
        "entry.tmpl",
        number=_extension(number),
        language=language,
        heartbeat=config.survival.heartbeat_seconds,
        menu_limit=config.waiting.menu_limit_seconds,
        host=where.host,
        port=where.port,
        exchange=exchange,
    )


def _extension(number: str) -> Rendered | str:
    """Our own patterns have characters that no value may have."""
    return Rendered(number) if number in EVERYTHING_ELSE else number


def music_class(music: str | None) -> str:
    """Name of the class in musiconhold.conf."""
    return "hotline" if music is None else f"hotline-{music}"


def _holds(config: Config) -> Rendered:
    """A hold for each queue whose callers are to hear something else than most, or are listened to; and one for all others."""
    plan = {queue.id: queue for queue in compile_plan(config).queues}
    common = config.queues.defaults
    own = [queue for queue in plan if _hears_otherwise(rules_of(config, queue), common) or plan[queue].callback is not None]
    holds = [_hold(config, queue, rules_of(config, queue), "-callback" if plan[queue].callback else "") for queue in own]
    keys = [filled("hold-keys.tmpl")] if any(queue.callback for queue in plan.values()) else []
    return joined([*holds, *keys, _hold(config, EVERY_QUEUE, common, "")])


def _hears_otherwise(rules: QueueRules, common: QueueRules) -> bool:
    return (rules.comfort, rules.music) != (common.comfort, common.music)


def _hold(config: Config, queue: str, rules: QueueRules, kind: str) -> Rendered:
    """``kind`` is '' or '-callback'. The comforting texts take turns, each after its stretches of music."""
    one = filled(
        f"round{kind}.tmpl",
        heartbeat=config.survival.heartbeat_seconds,
        said=filled("say-now.tmpl") if _tells(config) else Rendered(""),
        music=music_class(rules.music),
        music_seconds=config.waiting.music_seconds,
    )
    turns = [
        Rendered(one * config.waiting.comfort_every + filled(f"comfort{kind}.tmpl", sounds=PROMPT_FOLDER, comfort=text))
        for text in rules.comfort
    ]
    number = Rendered(queue) if queue == EVERY_QUEUE else queue
    return filled(f"hold{kind}.tmpl", queue=number, sounds=PROMPT_FOLDER, rounds=joined(turns))


def _tells(config: Config) -> bool:
    """Whether the engine has anything to tell callers in hold."""
    return bool(config.incident_texts) or any(queue.announce is not None for queue in compile_plan(config).queues)


def _said(config: Config) -> Rendered:
    return filled("said.tmpl", sounds=PROMPT_FOLDER) if _tells(config) else Rendered("")


def _together(application: str = "Bridge(${HOTLINE_PEER},x)", peer: str = "HOTLINE_PEER", then: str = "hotline-after,s,1") -> Rendered:
    """Put this channel together with ``peer``. A bridge that it is just going into, or out of, does not give it: that soon passes."""
    return filled("together.tmpl", application=Rendered(application), peer=peer, then=then)


def _callback(config: Config) -> Rendered:
    if config.callbacks is None:
        return Rendered("")
    recording, together = _record_now(config), _together("Bridge(${HOTLINE_AGENT})", "HOTLINE_AGENT")
    if not config.callbacks.confirm:
        return filled("callback.tmpl", confirm="", recording=recording, together=together)
    asking = filled("callback.tmpl", confirm=filled("callback-confirm.tmpl", sounds=PROMPT_FOLDER), recording=recording, together=together)
    return Rendered(asking + filled("callback-unconfirmed.tmpl"))


def _agent_waits(config: Config) -> Rendered:
    return Rendered("") if config.callbacks is None else filled("agent-waits.tmpl", limit=AGENT_WAITS_SECONDS)


def _phones(config: Config, exchange: str) -> Rendered:
    """A pattern for each length, and by their numbers the phones that are asked to answer by themselves."""
    values: dict[str, str | int] = {
        "dial": _dial(config, exchange), "ring_seconds": config.offers.ring_seconds, "greeting": _greeting(config),
        "recording": _record_now(config),
    }  # fmt: skip
    automatic = [agent.phone for agent in config.agents.values() if agent.auto_answer]
    asked = [filled("phone.tmpl", pattern=phone, options=Rendered("b(hotline-connect^auto^1)"), **values) for phone in automatic]
    asked.append(filled("auto-answer.tmpl"))
    return joined([*asked, _by_length(config, "phone.tmpl", options=Rendered(""), **values)])


def _dial(config: Config, exchange: str) -> str:
    return config.exchanges[exchange].dial.removesuffix("{phone}")


def _by_length(config: Config, template: str, **values: str | int) -> Rendered:
    """One pattern for each length that a phone's extension has."""
    lengths = sorted({len(phone) for phone in config.phones})
    return joined([filled(template, pattern="_" + "X" * length, **values) for length in lengths])


def _greeting(config: Config) -> Rendered:
    return Rendered("") if config.callbacks is None else filled("greeting.tmpl", sounds=PROMPT_FOLDER)


def _survey(config: Config) -> Rendered:
    """The questions, reached under the id of each queue that asks them; nothing when none does."""
    queues = surveyed_queues(config)
    if not queues:
        return Rendered("")
    seconds = config.survey.comment_seconds
    comment = filled("survey-comment.tmpl", sounds=PROMPT_FOLDER, seconds=seconds) if seconds else Rendered("")
    ways = [Rendered(f"exten => {queue},1,Goto(s,1)\n") for queue in queues]
    return Rendered("".join([*ways, filled("survey.tmpl", sounds=PROMPT_FOLDER, comment=comment, limit=seconds + SURVEY_SECONDS)]))


def _record_now(config: Config) -> Rendered:
    """What every way into a conversation has, where any queue records."""
    return filled("record-now.tmpl") if recorded_queues(config) else Rendered("")


def _recording(config: Config) -> Rendered:
    """Who is asked, and by what chance his conversation is recorded, under the id of each queue that does; nothing when none does."""
    shares = recorded_queues(config)
    if not shares:
        return Rendered("")
    queues = [filled("record.tmpl", queue=queue, share=share) for queue, share in shares.items()]
    return Rendered("".join([*queues, filled("record-notice.tmpl", sounds=PROMPT_FOLDER, key=config.recording.refuse_key)]))


def _destinations(config: Config) -> Rendered:
    said = {} if config.callbacks is None else {PROMISED: "callback_promised"}
    said |= {PROMISED_WHEN_OPEN: WHEN_OPEN_PROMPT} if promises_when_open(config) else {}
    own = [filled("say.tmpl", name=name, sounds=PROMPT_FOLDER, prompt=prompt) for name, prompt in said.items()]
    return joined([*own, *(_destination(name, row) for name, row in config.destinations.items()), *_numbers(config, "number-out.tmpl")])


def _destination(name: str, row: Destination) -> Rendered:
    if row.say is not None:
        return filled("say-opening.tmpl" if row.tells_opening else "say.tmpl", name=name, sounds=PROMPT_FOLDER, prompt=row.say)
    if row.voicemail is not None:
        greeting = Rendered("") if row.greeting is None else filled("mailbox-greeting.tmpl", sounds=PROMPT_FOLDER, prompt=row.greeting)
        return filled("voicemail.tmpl", name=name, mailbox=row.voicemail, greeting=greeting, options="u" if row.greeting is None else "s")
    return filled("partner.tmpl", name=name, number=row.dial or "", trunk=trunk_endpoint(row.trunk or ""))


def _outside(config: Config) -> Rendered:
    """Who can be asked outside the house: the destinations that are a telephone's number."""
    rows = {name: row for name, row in config.destinations.items() if row.dial is not None}
    asked = [
        filled("consult-outside.tmpl", name=name, number=row.dial or "", trunk=trunk_endpoint(row.trunk or ""),
               ring_seconds=config.offers.outside_ring_seconds)
        for name, row in rows.items()
    ]  # fmt: skip
    return joined([*asked, *_numbers(config, "consult-number.tmpl")])


def _numbers(config: Config, template: str) -> list[Rendered]:
    """The numbers that agents may key: a pattern for each length, with and without a ``+``, so that nothing but digits gets through."""
    row = config.outside_numbers
    if row is None:
        return []
    patterns = [f"_{plus}{'X' * length}" for length in range(row.shortest, row.longest + 1) for plus in ("", "+")]
    return [
        filled(template, pattern=pattern, prefix=row.prefix, trunk=trunk_endpoint(row.trunk), caller_id=row.caller_id,
               ring_seconds=config.offers.outside_ring_seconds)
        for pattern in patterns
    ]  # fmt: skip


def trunk_endpoint(trunk: str) -> str:
    """Name of a trunk's endpoint in pjsip.conf."""
    return f"hotline-{trunk}"


def _survival(config: Config) -> Rendered:
    lines = [line for line in config.product_lines if survival_line(config, line)]
    blocks = [filled("survival.tmpl", extension="s", destination="survival", queue=GENERAL_QUEUE)]
    blocks += [filled("survival.tmpl", extension=line, destination=f"survival.{line}", queue=line_queue(line)) for line in lines]
    return joined([*blocks, *_ways_to_survival(config)])


def _ways_to_survival(config: Config) -> list[Rendered]:
    """From a dialled number and from a queue's id to the extension that waits: a product line's, or ``s``."""
    ways = {dnis: survival_line(config, entry.hints.product_line) or "s" for dnis, entry in config.entries.items()}
    ways |= {code: survival_line(config, row.product_line) or "s" for code, row in config.handovers.items()}
    ways |= {queue: survival_line(config, queue.partition(".")[0]) or "s" for queue in queue_ids(config)}
    ways |= {pattern: "s" for pattern in EVERYTHING_ELSE if pattern != "s"}
    return [Rendered(f"exten => {way},1,Goto({target},1)\n") for way, target in ways.items()]
