"""The producers of a project that is written: each event and each audio clip as MLT plays it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from twopop import AudioClip, Event, Kind, Rate, Source
from twopop.time import ceil
from twopop_mlt.keeping import KEPT_AS, filters_of
from twopop_mlt.materials import STILL_SUFFIXES

#: Words that have a place of their own in the project, and are not written a second time.
_PLACED = ("gain_db", KEPT_AS)


class Maker:
    """Makes producers in *root*, for a project at *rate*; *lost* says in words what did not fit.

    *filters* are those that were kept of clips, by the word that these have for them.
    """

    def __init__(self, root: Element, rate: Rate, filters: Mapping[str, Any]) -> None:
        self.root, self.rate, self.filters = root, rate, filters
        self.lost: list[str] = []
        self._count = 0

    def name(self, kind: str) -> str:
        """An id that none has yet."""
        self._count += 1
        return f"{kind}{self._count - 1}"

    def frames(self, seconds: Fraction) -> int:
        """The frame nearest to *seconds*; one that lies between two is told."""
        if (seconds * self.rate).denominator != 1:
            self.lost.append("Edges of sound between two frames go to the nearest.")
        return self.rate.nearest_frame(seconds)

    def whole(self, frames: Fraction, name: str) -> int:
        """*frames* of the media of *name* as a whole number."""
        if frames.denominator != 1:
            self.lost.append(f"{name} begins between two frames of the project and is moved to the nearest.")
        return round(frames)


def properties_of(element: Element, own: Mapping[str, Any]) -> None:
    """Write the properties *own* into *element*; empty ones are left out."""
    for name, value in own.items():
        if value != "" and value is not None:
            SubElement(element, "property", {"name": name}).text = str(value)


def of_event(maker: Maker, event: Event) -> tuple[str, int]:
    """The id of a producer that plays *event*, and its own frame with which the event begins."""
    words = {key: word for key, word in event.metadata.items() if key != KEPT_AS}
    if event.kind is Kind.MEDIA and event.source is not None:
        run = _Run.of(maker, event)
        producer, first = _file(maker, event.source, event.name, run, sound=False), run.first
        _fades(producer, first, event)
    elif event.kind is Kind.TITLE:
        producer, first = _made(maker, event, "#00000000"), 0
        _title(producer, event.text)
        _fades(producer, first, event)
    else:
        producer, first = _made(maker, event, event.colour if event.kind is Kind.COLOUR else "black"), 0
        _fades(producer, first, event)
    _words(producer, words)
    _kept(maker, producer, first, event)
    return producer.get("id", ""), first


def _kept(maker: Maker, producer: Element, first: int, piece: Event | AudioClip) -> None:
    """Give *producer*, whose frame *first* is the first of *piece*, the filters that were kept of its clip."""
    kept = maker.filters.get(str(piece.metadata.get(KEPT_AS, "")))
    if kept is None:
        return
    if piece.speed < 0:
        maker.lost.append(f"The filters of {piece.name}, which plays backwards, are left out.")
        return
    began = Fraction(*kept["start"])
    trimmed = (piece.source_in - began) * maker.rate / piece.speed if piece.speed and piece.source else Fraction(0)
    producer.extend(filters_of(kept, first - round(trimmed)))


def of_clip(maker: Maker, clip: AudioClip, start: int, stop: int, *, head: bool, tail: bool) -> tuple[str, int]:
    """The same for an audio *clip* in frames ``[start, stop)``; at its *head* and *tail* a mix may make its fade."""
    run = _Run.of_sound(maker, clip)
    producer, first = _file(maker, clip.source, clip.name, run, sound=True), run.first
    fade_in, fade_out = maker.frames(clip.fade_in), maker.frames(clip.fade_out)
    last = first + stop - start - 1
    if clip.gain_db:
        _filter(producer, "volume", {"level": f"{clip.gain_db:.6f}".rstrip("0").rstrip(".")})
    if fade_in and not head:
        _filter(producer, "volume", {"gain": 0, "end": 1}, first, first + fade_in - 1)
    if fade_out and not tail:
        _filter(producer, "volume", {"gain": 1, "end": 0}, last - fade_out + 1, last)
    if clip.channels:
        maker.lost.append(f"{clip.name} picks channels; MLT plays all of them.")
    _words(producer, {key: word for key, word in clip.metadata.items() if key not in _PLACED})
    _kept(maker, producer, first, clip)
    return producer.get("id", ""), first


class _Run:
    """How a source runs: its *speed*, and its own frame (on its new length) with which a clip begins."""

    def __init__(self, maker: Maker, source: Source, name: str, at: Fraction, speed: Fraction, frames: int) -> None:
        self.speed, self.held, self.length = speed, 0, 0
        known = source.available * maker.rate if source.available is not None else Fraction(0)
        if speed == 0:
            self.held, self.first, self.length = maker.whole(at * maker.rate, name), 0, frames
            return
        pace = abs(speed)
        place = maker.whole(at * maker.rate / pace, name)
        if speed > 0:
            self.first, self.length = place, max(int(known / pace), place + frames)
        else:
            self.length = max(int(known / pace), place + 1)
            self.first = self.length - 1 - place
            if frames > place + 1:
                maker.lost.append(f"{name} plays backwards past the beginning of its media.")
                self.length = self.first + frames

    @classmethod
    def of(cls, maker: Maker, event: Event) -> _Run:
        assert event.source is not None  # noqa: S101 - asked before
        return cls(maker, event.source, event.name, event.source_in, event.speed, event.frames)

    @classmethod
    def of_sound(cls, maker: Maker, clip: AudioClip) -> _Run:
        # sound that plays backwards is counted from its edge, pictures from their first frame
        back = -clip.speed / maker.rate if clip.speed < 0 else Fraction(0)
        frames = ceil((clip.stop - clip.start) * maker.rate)
        return cls(maker, clip.source, clip.name, clip.source_in - back, clip.speed, frames)


def _file(maker: Maker, source: Source, name: str, run: _Run, *, sound: bool) -> Element:
    """A producer that plays *source*, as sound or as picture."""
    still = PurePosixPath(source.path).suffix.lower() in STILL_SUFFIXES
    own: dict[str, Any] = {"length": run.length, "eof": "pause"}
    if run.speed == 0:
        own |= {"resource": source.path, "mlt_service": "hold", "frame": run.held}
    elif run.speed == 1:
        own |= {"resource": source.path, "mlt_service": "qimage" if still else "avformat"}
    else:
        pace = f"{float(run.speed):.10g}"
        own |= {"resource": f"{pace}:{source.path}", "mlt_service": "timewarp"}
        own |= {"warp_speed": pace, "warp_resource": source.path}
    own |= {"video_index": -1} if sound else {} if still or run.speed == 0 else {"audio_index": -1}
    own |= {"shotcut:caption": name, "twopop:media": source.name}
    own |= {"twopop:rate": source.rate or "none"}
    own |= {"twopop:available": "none" if source.available is None else source.available}
    return _producer(maker, own, run.length)


def _made(maker: Maker, event: Event, colour: str) -> Element:
    own = {"length": event.frames, "eof": "pause", "resource": colour, "mlt_service": "color"}
    return _producer(maker, {**own, "mlt_image_format": "rgba", "shotcut:caption": event.name}, event.frames)


def _producer(maker: Maker, own: dict[str, Any], length: int) -> Element:
    extent = {"id": maker.name("producer"), "in": "0", "out": str(length - 1)}
    producer = SubElement(maker.root, "producer", extent)
    properties_of(producer, own)
    return producer


def _title(producer: Element, text: str) -> None:
    """The words, in white with a dark edge, in the middle of the lower third."""
    said = text.replace("#", "\\#")
    look = {"geometry": "10%/10%:80%x80%", "halign": "center", "valign": "bottom", "family": "Sans", "size": 48}
    look |= {"fgcolour": "#ffffffff", "bgcolour": "#00000000", "olcolour": "#c0000000", "outline": 2}
    _filter(producer, "dynamictext", {"argument": said, **look, "shotcut:filter": "dynamicText", "twopop:text": text})


def _fades(producer: Element, first: int, event: Event) -> None:
    """The fades of something above the picture: its opacity, in keyframes."""
    if not (event.fade_in or event.fade_out):
        return
    keys: dict[int, int] = {}
    if event.fade_in:
        keys |= {0: 0, event.fade_in: 1}
    if event.fade_out:
        keys |= {event.frames - event.fade_out: 1, event.frames: 0}
    alpha = ";".join(f"{at}={value}" for at, value in sorted(keys.items()))
    _filter(producer, "brightness", {"level": 1, "alpha": alpha}, first, first + event.frames - 1)


def _filter(
    producer: Element, service: str, own: Mapping[str, Any], first: int | None = None, last: int | None = None
) -> None:
    extent = {} if first is None or last is None else {"in": str(first), "out": str(last)}
    properties_of(SubElement(producer, "filter", extent), {"mlt_service": service, **own})


def _words(producer: Element, words: dict[str, Any]) -> None:
    if words:
        made = Element("property", {"name": "twopop:words"})
        made.text = as_json(words)
        producer.insert(len(producer.findall("property")), made)


def as_json(words: dict[str, Any]) -> str:
    """*words* as JSON; "" for none."""
    return json.dumps(words, ensure_ascii=False) if words else ""
