"""What has to be spoken: every prompt's text in every language, those of the file and those that follow from it.

Decides which words, numbers, times and offers some caller may hear. Expects a configuration that was loaded. How a text becomes a sound is
``ivr.prompts``'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from config.compile import CONTINUE_CASE, continue_case, engineer_prompt, queue_ids, rules_of, said_of
from config.queue_switches import tells_solved
from config.schema import HANDOVER_PROMPT, NUMBER, NUMBERED_PROMPTS, RETURNING_PROMPTS, SOLVED_PROMPT, AgentRow, Config
from config.spoken import DIGITS, SPOKEN_DIGITS, SPOKEN_HANDOVER, SPOKEN_SOLVED, opening_texts
from config.spoken_words import ALL_DAYS, ALL_NUMBERS, word_texts
from ivr import saying
from ivr.case_status import CASE_PROMPTS, QUARTERS
from ivr.menu import Said, Saying, digit_prompt, solved_prompt

SPOKEN_LINE = "{product_line}"
READS_CHINESE = ("zh", "yue")
"""Languages whose voices read a Chinese name; others are given the id's parts."""


def prompt_texts(config: Config) -> dict[str, dict[str, str]]:
    """Prompt name -> language -> text: those of the file; of the numbered ones one for each number that some queue tells; of the offer to
    go on with a case one for each product line; and digits where numbers are read back.
    """
    patterns = {*NUMBERED_PROMPTS.values(), *RETURNING_PROMPTS}
    plain = {name: dict(texts) for name, texts in config.prompts.items() if name not in patterns and name != SOLVED_PROMPT}
    spoken = word_texts(_words(config), config.languages)
    made = _engineers(config) | _numbered_texts(config) | _offers_to_go_on(config) | _opening_texts(config) | _solved_texts(config)
    made |= {HANDOVER_PROMPT: {language: SPOKEN_HANDOVER[language] for language in config.languages if language in SPOKEN_HANDOVER}} if (
        config.handovers
    ) else {}
    return _digits(config) | spoken | made | plain


def _words(config: Config) -> list[str]:
    """Every prompt that a value may be said with, in some language."""
    values = [item for row in config.notices.values() for item in map(said_of, row.prompts) if isinstance(item, Said)]
    return list(dict.fromkeys(name for value in values for language in config.languages for name in _words_of(config, value, language)))


def _words_of(config: Config, said: Said, language: str) -> Iterable[str]:
    match said.kind:
        case Saying.DIGITS:
            return saying.digits(said.value if said.value.isdecimal() else DIGITS)
        case Saying.NUMBER:
            return saying.number(int(said.value), language) if said.value.isdecimal() else ALL_NUMBERS
        case Saying.DATE:
            return (*saying.day(said.value, language), "day_today", "day_tomorrow")
        case Saying.TIME:
            return saying.time(said.value, language)
        case Saying.HOURS:
            times = (name for time in _times(config, said.value) for name in saying.time(time, language))
            return (*saying.HOURS_PROMPTS, *ALL_DAYS, "day_tomorrow", *times)
        case Saying.CASE:
            quarters = (name for minute in QUARTERS for hour in range(24) for name in saying.time(f"{hour:02}:{minute:02}", language))
            return (*CASE_PROMPTS, *saying.digits(DIGITS), *ALL_DAYS, "day_today", "day_tomorrow", *quarters)


def _engineers(config: Config) -> dict[str, dict[str, str]]:
    """The names of those who may work on a case, where callers are told."""
    if not any(item == "case:status" for row in config.notices.values() for item in row.prompts):
        return {}
    names = {engineer_prompt(name): (name, row) for name, row in config.agents.items()}
    return {prompt: {language: _name(*who, language) for language in config.languages} for prompt, who in names.items()}


def _name(agent: str, row: AgentRow, language: str) -> str:
    readable = row.name.isascii() or (language in READS_CHINESE and any("\u4e00" <= character <= "\u9fff" for character in row.name))
    spelled = " ".join(part.title() for part in re.split("[._-]+", agent))
    return row.spoken.get(language) or (row.name if readable else spelled)


def _times(config: Config, queue: str) -> set[str]:
    """When the queue opens and closes, on whatever day."""
    rules = rules_of(config, queue)
    calendar = config.calendars.get(rules.calendar or "")
    special = [opening for day in calendar.days.values() for opening in day.hours] if calendar is not None else []
    return {time for row in rules.hours for time in (row.opens, row.closes)} | {time for row in special for time in (row.opens, row.closes)}


def _opening_texts(config: Config) -> dict[str, dict[str, str]]:
    """Every way in which it can be said when some queue opens again, where some destination says it."""
    if not any(row.tells_opening for row in config.destinations.values()):
        return {}
    times = {row.opens for queue in queue_ids(config) for row in rules_of(config, queue).hours}
    times |= {row.opens for calendar in config.calendars.values() for day in calendar.days.values() for row in day.hours}
    return opening_texts(sorted(times), config.languages)


def _offers_to_go_on(config: Config) -> dict[str, dict[str, str]]:
    if config.customers is None:
        return {}
    return _by_line(config, continue_case, config.prompts[CONTINUE_CASE])


def _solved_texts(config: Config) -> dict[str, dict[str, str]]:
    if not tells_solved(config):
        return {}
    usual = {language: SPOKEN_SOLVED[language] for language in config.languages if language in SPOKEN_SOLVED}
    return _by_line(config, solved_prompt, usual | dict(config.prompts.get(SOLVED_PROMPT, {})))


def _by_line(config: Config, prompt: Callable[[str], str], texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """A text with a product line's name in it, for each of them."""
    spoken = {name: {**line.label, **line.spoken} for name, line in config.product_lines.items()}
    return {
        prompt(name): {language: text.replace(SPOKEN_LINE, names[language]) for language, text in texts.items()}
        for name, names in spoken.items()
    }


def _digits(config: Config) -> dict[str, dict[str, str]]:
    if not any(row.confirm for row in config.inputs.values()):
        return {}
    spoken = {language: SPOKEN_DIGITS[language] for language in config.languages if language in SPOKEN_DIGITS}
    return {digit_prompt(digit): {language: words[int(digit)] for language, words in spoken.items()} for digit in DIGITS}


def _numbered_texts(config: Config) -> dict[str, dict[str, str]]:
    numbers: dict[str, set[int]] = {}
    for rules in (rules_of(config, queue) for queue in queue_ids(config)):
        if rules.announce is not None and rules.announce.tell != "nothing":
            numbers.setdefault(NUMBERED_PROMPTS[rules.announce.tell], set()).update(rules.announce.numbers())
    return {
        f"{name}_{number}": {language: text.replace(NUMBER, str(number)) for language, text in config.prompts[name].items()}
        for name, told in numbers.items()
        for number in sorted(told)
    }
