"""``hotline prompts``: list, render and verify what callers hear."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.loader import load
from config.texts import prompt_texts
from hotline.places import Refused
from ivr.espeak import EspeakVoice
from ivr.prompts import SUFFIXES, TELEPHONE_RATE, Prompt, PromptError, Source, damaged, missing, render


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="print every prompt with its text in every language")
    make = actions.add_parser("render", help="speak every prompt into Asterisk's sounds folder")
    verify = actions.add_parser("verify", help="exit 1 when a prompt's file is missing, damaged or silent")
    for one in actions.choices.values():
        one.add_argument("--config", metavar="FILE", type=Path, default=argparse.SUPPRESS, help="as before the action")
    for one in (make, verify):
        one.add_argument("--sounds", type=Path, required=True, metavar="DIR", help="Asterisk's sounds folder")
    make.add_argument("--recordings", type=Path, metavar="DIR", help="studio recordings, DIR/<language>/<name>.wav; they win")
    make.add_argument("--rate", type=int, choices=tuple(SUFFIXES), default=TELEPHONE_RATE, help="samples per second (default: 8000)")


def run(arguments: argparse.Namespace) -> int:
    """Do it. Refused when a prompt can't be made."""
    config = load(arguments.config)
    texts = prompt_texts(config)
    return {"list": _list, "render": _render, "verify": _verify}[arguments.action](arguments, texts, config.languages)


def _list(_: argparse.Namespace, texts: dict[str, dict[str, str]], languages: tuple[str, ...]) -> int:
    for name, by_language in texts.items():
        for language in languages:
            print(f"{language}\t{name}\t{by_language.get(language, '-')}")
    return 0


def _render(arguments: argparse.Namespace, texts: dict[str, dict[str, str]], languages: tuple[str, ...]) -> int:
    try:
        made = render(
            texts, languages, arguments.sounds, EspeakVoice(), rate=arguments.rate, recordings=arguments.recordings, progress=_progress
        )
    except PromptError as problem:
        raise Refused(f"{arguments.config}: {problem}") from None
    counts = {source: sum(one is source for one in made.values()) for source in Source}
    print(f"{arguments.sounds}: {len(made)} prompts ({', '.join(f'{count} {source}' for source, count in counts.items() if count)})")
    return 1 if counts.get(Source.NO_TEXT) else 0


def _progress(done: int, total: int, prompt: Prompt, source: Source) -> None:
    if sys.stderr.isatty():
        bar = ("#" * (30 * done // total)).ljust(30, ".")
        print(f"\r[{bar}] {done}/{total} {prompt.language}/{prompt.name} {source}\033[K", end="", file=sys.stderr)
        if done == total:
            print(file=sys.stderr)


def _verify(arguments: argparse.Namespace, texts: dict[str, dict[str, str]], languages: tuple[str, ...]) -> int:
    absent = {prompt.file(arguments.sounds): "missing" for prompt in missing(texts, languages, arguments.sounds)}
    faults = {**absent, **damaged(texts, languages, arguments.sounds)}
    for path, fault in faults.items():
        print(f"{path}: {fault}", file=sys.stderr)
    return 1 if faults else 0
