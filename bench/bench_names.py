"""Names for 10,000 deliverables: written, read back, held against each other, and what the proof of a template costs.

The plain baseline for writing is Python's own ``str.format`` on values that are clean already, for reading a regular
expression written by hand for this one template: they check nothing and know no forms. The ratios say what forms, the
sandboxed template and two-way reading cost beside that, in the same process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import product

from twopop.naming.collisions import collisions
from twopop.naming.conventions import Naming, shipped
from twopop.naming.grammar import Grammar
from twopop.naming.house import filled
from twopop.naming.rules import problems

BY_HAND = re.compile(
    r"(?P<client>[A-Za-z0-9-]+)_(?P<title>[A-Za-z0-9-]+)_(?P<duration>[0-9]+s|full)_(?P<aspect>[0-9]+x[0-9]+)"
    r"_(?P<language>[a-z]{2}(-[A-Z]{2})?)_(?P<market>[A-Z0-9-]+)_v(?P<version>[0-9]{3,})"
)
FORMAT = "{client}_{title}_{duration}_{aspect}_{language}_{market}_v{version}"


def everything() -> list[dict[str, str]]:
    """The words of 10,000 deliverables: 5 lengths, 4 aspects, 5 languages, 100 markets."""
    lengths, aspects = ("full", "60s", "30s", "15s", "6s"), ("16x9", "9x16", "1x1", "4x5")
    languages, markets = ("en", "de", "fr", "en-GB", "pt-BR"), [f"M{number:02}" for number in range(100)]
    return [
        {
            "client": "Harbour Line", "title": "Été à Köln", "duration": duration, "aspect": aspect,
            "language": language, "market": market, "textless": "", "version": "003", "spec": "social-h264",
        }
        for duration, aspect, language, market in product(lengths, aspects, languages, markets)
    ]  # fmt: skip


def taken(work: Callable[[], object]) -> float:
    """CPU seconds of the best of three."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    """Print the figures."""
    lines = everything()
    count = len(lines)
    grammar = Naming().chosen("social-h264").stem_grammar({})
    names = [filled(grammar, words) for words in lines]
    clean = [{**words, "client": "Harbour-Line", "title": "Ete-a-Koln"} for words in lines]
    _same(lines, names, clean, grammar)
    write = taken(lambda: [filled(grammar, words) for words in lines])
    by_format = taken(lambda: [FORMAT.format_map(words) for words in clean])
    read = taken(lambda: [grammar.read(name) for name in names])
    by_hand = taken(lambda: [match.groupdict() for match in map(BY_HAND.fullmatch, names) if match])
    paths = {str(number): f"social-h264/{name}.mp4" for number, name in enumerate(names)}
    held = taken(lambda: (collisions(paths), [problems(path) for path in paths.values()]))
    print(f"{count} names written: {write:.2f} s CPU, {write / by_format:.0f} times str.format")
    print(f"{count} names read back: {read:.2f} s CPU, {read / by_hand:.0f} times a regular expression by hand")
    print(f"{count} paths held against rules and each other: {held:.2f} s CPU, {held / by_format:.0f} times str.format")
    for name in shipped():
        scheme = Naming(convention=name).chosen("x")
        proof = taken(lambda scheme=scheme: Grammar(scheme.template, scheme.forms({})))
        print(f"  proof of {name}: {proof * 1000:.0f} ms, as much as {proof / (write / count):.0f} names written")


def _same(lines: list[dict[str, str]], names: list[str], clean: list[dict[str, str]], grammar: Grammar) -> None:
    """Leave when the work measured is not the same work, or wrong."""
    if len(set(names)) != len(lines):
        raise SystemExit("two names are one")
    if [grammar.read(name) for name in names] != [grammar.values(words) for words in lines]:
        raise SystemExit("a name was not read as it was written")
    if [FORMAT.format_map(words) for words in clean] != names or not all(map(BY_HAND.fullmatch, names)):
        raise SystemExit("the baselines do something else")


if __name__ == "__main__":
    main()
