"""The words of titles, as the producers and filters of MLT, Kdenlive and Shotcut keep them."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree.ElementTree import Element

from twopop.errors import InputError
from twopop.timeline.xml_text import root_of
from twopop_mlt.document import properties, said, service

#: No title holds more letters than this.
_LONGEST = 20_000
_TEXT_FILTERS = ("dynamictext", "text", "qtext", "pango", "typewriter")
_COLOURS = ("color", "colour")
#: ``#timecode#`` and its like are filled in by MLT while it plays.
_FILLED_IN = re.compile(r"(?<!\\)#(timecode|frame|filedate|localfiledate|resource|filename|meta\.|createdate)")


def title_of(producer: Element, kind: str) -> str:
    """The words that *producer*, of the service *kind*, shows as a title; a clear colour may have them as filters."""
    if kind == "kdenlivetitle":
        return _kdenlive(said(producer, "xmldata"))
    if kind == "qtext":
        return _plain(said(producer, "html") or said(producer, "text"), markup=bool(said(producer, "html")))
    if kind == "pango":
        own = said(producer, "markup")
        return _plain(own or said(producer, "text"), markup=bool(own))
    if kind in _COLOURS:
        words = [text_of(each) for each in producer.findall("filter") if is_text(each)]
        return "\n".join(word for word in words if word)
    return ""


def is_text(effect: Element) -> bool:
    """Whether the filter *effect* writes words over the picture."""
    return service(effect) in _TEXT_FILTERS and said(effect, "disable") != "1"


def text_of(effect: Element) -> str:
    """The words that the text filter *effect* writes; "" where they are made while it plays (a timecode)."""
    own = dict(properties(effect))
    rich = own.get("html", "")
    words = _plain(rich or own.get("argument") or own.get("text") or "", markup=bool(rich))
    if _FILLED_IN.search(words):
        return ""
    words = words.replace("\\#", "#")
    exact = own.get("twopop:text", "")
    return exact if _plain(exact, markup=False) == words else words


def _plain(text: str, *, markup: bool) -> str:
    text = text[:_LONGEST]
    if markup:
        text = re.sub(r"(?is)<(head|style|script)\b.*?</\1>", "", text)
        text = re.sub(r"(?i)<(br|/p|/div)\s*/?>", "\n", text)
        text = html.unescape(re.sub(r"<[^<>]*>", "", text))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def _kdenlive(xml: str) -> str:
    """The words of a Kdenlive title, from its highest to its lowest line on the screen."""
    if not xml or len(xml) > 50 * _LONGEST:
        return ""
    try:
        root = root_of(xml.encode("utf-8"), Path("title"))
    except InputError:
        return ""
    found = []
    for index, item in enumerate(root.iter("item")):
        content, position = item.find("content"), item.find("position")
        words = _plain("".join(content.itertext()), markup=False) if content is not None else ""
        if words:
            found.append((_place(position, "y"), _place(position, "x"), index, words))
    return "\n".join(words for *_, words in sorted(found))


def _place(position: Element | None, axis: str) -> float:
    try:
        return float(position.get(axis, "0")) if position is not None else 0.0
    except ValueError:
        return 0.0
