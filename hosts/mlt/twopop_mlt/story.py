"""From lines of uses to OpenTimelineIO: tracks of clips, gaps and transitions.

What twopop cannot show is left on the clip as an effect by name, so that whoever reads the timeline is told of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element

from twopop.errors import InputError
from twopop.timeline.exact import stretch
from twopop_mlt.clips import clip_of
from twopop_mlt.compositing import Composition, Upon, composition
from twopop_mlt.document import Document, properties, said, service
from twopop_mlt.effects import Effects, Fade, effects_of
from twopop_mlt.keeping import keep_filters
from twopop_mlt.lines import DEEPEST, Join, Line, Lines, Use, settled, tracks_of
from twopop_mlt.markers import clip_markers
from twopop_mlt.materials import Material, material
from twopop_mlt.titles import is_text

HIDES = {"video": {"video"}, "audio": {"audio"}, "both": {"video", "audio"}}


@dataclass
class _Strand:
    """One track of a tractor: its *line*, the filters upon it, and what of it is hidden."""

    index: int
    name: str
    line: Line
    filters: list[Element]
    hidden: set[str]
    told: dict[str, Any] = field(default_factory=dict)
    uses: dict[bool, list[Use]] = field(default_factory=dict)
    cuts: dict[bool, dict[int, Join]] = field(default_factory=dict)


class Story:
    """Makes OTIO tracks of the tractors of one *document*."""

    def __init__(self, document: Document) -> None:
        self.document, self.lines = document, Lines(document)
        self._materials: dict[int, Material] = {}

    def tracks(self, tractor: Element, filters: Sequence[Element] = (), depth: int = 0) -> tuple[list[Any], list[Any]]:
        """The picture tracks, the lowest first, and the sound tracks of *tractor*; *filters* lie upon all of it."""
        if depth > DEEPEST:
            raise InputError(f"It holds timelines within timelines more than {DEEPEST} deep.")
        upon = [*tractor.findall("filter"), *filters]
        strands = self._strands(tractor, upon, depth)
        length = max((strand.line.length for strand in strands), default=0)
        composed = composition(tractor, length, self.document)
        self._hush(strands, composed)
        pictures = [self._track(strand, composed, depth, sound=False) for strand in strands]
        sounds = [self._track(strand, composed, depth, sound=True) for strand in strands]
        return [track for track in pictures if track is not None], [track for track in sounds if track is not None]

    def alone(self, element: Element) -> tuple[list[Any], list[Any]]:
        """The tracks of a playlist or producer that stands for a whole timeline."""
        holder = Element("tractor")
        track = Element("track", {"producer": element.get("id", "")})
        if not element.get("id"):
            track.append(element)
            track.attrib.pop("producer")
        holder.append(track)
        return self.tracks(holder)

    # A tractor's tracks

    def _strands(self, tractor: Element, filters: list[Element], depth: int) -> list[_Strand]:
        found = []
        for index, track in enumerate(tracks_of(tractor)):
            inner = self.document.inner(track) if track.tag == "track" else track
            if inner is None or _is_background(inner, index):
                continue
            line, hidden = self._line(track, inner, depth)
            own = [*track.findall("filter"), *(inner.findall("filter") if inner.tag == "playlist" else [])]
            if _is_kdenlive_track(inner):
                own += inner.findall("filter")
            told = words_of(inner)
            name = said(inner, "kdenlive:track_name", "shotcut:name", "twopop:name")
            strand = _Strand(index, name, line, [*own, *filters], hidden, told)
            for sound in (False, True):
                strand.uses[sound], strand.cuts[sound] = settled(line, sound=sound)
                kept = [use for use in strand.uses[sound] if self._has(use, sound=sound)]
                strand.uses[sound] = kept
            found.append(strand)
        return found

    def _line(self, track: Element, inner: Element, depth: int) -> tuple[Line, set[str]]:
        """The line of one *track*, and what of it is hidden."""
        hidden = set(HIDES.get(track.get("hide") or said(inner, "hide"), ()))
        if _is_kdenlive_track(inner):
            inside = [HIDES.get(each.get("hide", ""), set()) for each in tracks_of(inner)]
            hidden |= set.intersection(*map(set, inside)) if inside else set()
            return self.lines.doubled(inner, depth + 1), hidden
        if inner.tag == "playlist":
            return self.lines.playlist(inner, depth + 1), hidden
        window = self.lines.window(track if track.tag == "track" else None, inner, depth + 1)
        if window is None:
            return Line(), hidden
        self.lines.count()
        return Line([Use(inner, 0, window[1], window[0], track)], length=window[1]), hidden

    def _has(self, use: Use, *, sound: bool) -> bool:
        if use.element.tag not in ("producer", "chain"):
            return True
        what = self._material(use.element)
        return what.has_sound if sound else what.has_picture

    def _hush(self, strands: list[_Strand], composed: Composition) -> None:
        """Without a mix of two tracks MLT lets only the upper one be heard: silence the lower one meanwhile."""
        covered: list[tuple[int, int]] = []
        heard: set[int] = set()
        for strand in sorted(strands, key=lambda each: -each.index):
            if "audio" in strand.hidden:
                continue
            if covered and not composed.group(strand.index) & heard:
                strand.uses[True] = [part for use in strand.uses[True] for part in _without(use, covered)]
            heard.add(strand.index)
            covered += [(use.at, use.stop) for use in strand.uses[True]]

    # One track

    def _track(self, strand: _Strand, composed: Composition, depth: int, *, sound: bool) -> Any:
        """The OTIO track of *strand*'s picture or sound; None where there is nothing of it."""
        from opentimelineio import schema

        uses = strand.uses[sound]
        if not uses and (sound or not strand.line.length or strand.line.uses):
            return None
        kind = schema.TrackKind.Audio if sound else schema.TrackKind.Video
        track = schema.Track(name=strand.name, kind=kind)
        track.enabled = ("audio" if sound else "video") not in strand.hidden
        if not track.enabled and len(strand.hidden) == 1:
            return None  # a picture track's sound, or a sound track's picture: never meant to be there
        if strand.told:
            track.metadata["twopop"] = strand.told
        upon = [each for each in composed.upon if each.track == strand.index]
        laid = _Layout(track, strand.cuts[sound], self.document)
        laid_any = not uses  # a track of nothing but blanks is as long as they are
        for use in uses:
            effects = effects_of(self._filters(use, strand), use.frames, self.document)
            item = self._item(use, effects, depth, sound=sound)
            if item is None:
                continue
            laid_any = True
            if sound:
                if strand.index in composed.halved:
                    effects.sound_doubts.append("Its track is mixed in at half its level; it is taken at its full one.")
                laid.put(use, item, _fade(effects.sound_in, use.head), _fade(effects.sound_out, use.tail))
                _tell(item, effects.sound, effects.sound_doubts)
            else:
                fade_in, fade_out = _composed(use, upon, effects)
                laid.put(use, item, fade_in, fade_out)
                _tell(item, effects.picture, [])
            keep_filters(item, effects.kept)
        laid.close(strand.line.length)
        return track if laid_any else None

    def _filters(self, use: Use, strand: _Strand) -> list[tuple[Element, int]]:
        """The filters upon *use*, its own counted in its material, the track's in the timeline."""
        own = use.entry.findall("filter") if use.entry is not None else []
        inner = use.element.findall("filter") if use.element.tag != "tractor" else []
        plain = use.element.tag in ("producer", "chain")
        if plain and self._material(use.element).kind == "title":  # its text filters are what it says
            inner = [each for each in inner if not is_text(each)]
        first = use.first + (self._material(use.element).first if plain else 0)
        return [*((each, first) for each in [*inner, *own]), *((each, use.at) for each in strand.filters)]

    def _material(self, element: Element) -> Material:
        if id(element) not in self._materials:
            self._materials[id(element)] = material(element, self.document)
        return self._materials[id(element)]

    def _item(self, use: Use, effects: Effects, depth: int, *, sound: bool) -> Any:
        if use.element.tag in ("producer", "chain"):
            what = self._material(use.element)
            item = clip_of(what, use, self.document.rate)
            if what.kind == "file":
                item.markers.extend(clip_markers(use.element, self.document))
        else:
            item = self._nested(use, depth, sound=sound)
            if not len(item):
                return None
        own = {**words_of(use.element), **(words_of(use.entry) if use.entry is not None else {})}
        if sound and effects.gain_db:
            own = {**own, "gain_db": round(effects.gain_db, 6)}
        if own:
            item.metadata["twopop"] = {**dict(item.metadata.get("twopop", {})), **own}
        return item

    def _nested(self, use: Use, depth: int, *, sound: bool) -> Any:
        """A tractor or playlist within the timeline as a nested stack."""
        from opentimelineio import schema

        element = use.element
        made = self.tracks(element, depth=depth + 1) if element.tag == "tractor" else self._inside(element, depth)
        name = said(element, "kdenlive:clipname", "shotcut:caption") or "nested timeline"
        stack = schema.Stack(name=name)
        stack.extend(made[1] if sound else made[0])
        stack.source_range = stretch(self._seconds(use.first), self._seconds(use.frames), self.document.rate)
        return stack

    def _inside(self, playlist: Element, depth: int) -> tuple[list[Any], list[Any]]:
        holder, track = Element("tractor"), Element("track")
        track.append(playlist)
        holder.append(track)
        return self.tracks(holder, depth=depth + 1)

    def _seconds(self, frames: int) -> Any:
        return self.document.rate.seconds(frames)


class _Layout:
    """Lays items on an OTIO *track*, with gaps, fades and the transitions over its *cuts*."""

    def __init__(self, track: Any, cuts: dict[int, Join], document: Document) -> None:
        self.track, self.cuts, self.rate, self.at = track, cuts, document.rate, 0

    def put(self, use: Use, item: Any, fade_in: Fade | None, fade_out: Fade | None) -> None:
        """Lay *item* where *use* says."""
        self._gap(use.at)
        join = self.cuts.get(use.at)
        if join is not None:
            self._transition(use.at - join.start, join.stop - use.at, join.picture or "dissolve", even=join.even)
        elif fade_in is not None:
            self._nothing(fade_in)
            self._transition(0, min(fade_in.frames, use.frames), "fade in")
        self.track.append(item)
        self.at = use.stop
        if fade_out is not None and use.stop not in self.cuts:
            self._transition(min(fade_out.frames, use.frames), 0, "fade out")
            self._nothing(fade_out)

    def close(self, length: int) -> None:
        """End the track at *length*."""
        self._gap(length)

    def _gap(self, until: int) -> None:
        if until > self.at:
            self._append_gap(until - self.at)
            self.at = until

    def _append_gap(self, frames: int) -> None:
        from opentimelineio import schema

        self.track.append(schema.Gap(source_range=stretch(self.rate.seconds(0), self.rate.seconds(frames), self.rate)))

    def _nothing(self, fade: Fade) -> None:
        """What a fade comes from or goes to: black, or nothing, without a length of its own."""
        from opentimelineio import schema

        if not fade.black:
            self._append_gap(0)
            return
        black = schema.Clip(name="black", media_reference=schema.GeneratorReference(generator_kind="black"))
        black.source_range = stretch(self.rate.seconds(0), self.rate.seconds(0), self.rate)
        self.track.append(black)

    def _transition(self, before: int, after: int, name: str, *, even: bool = True) -> None:
        from opentimelineio import opentime, schema

        kinds = schema.TransitionTypes
        self.track.append(
            schema.Transition(
                name=name,
                transition_type=kinds.SMPTE_Dissolve if even else kinds.Custom,
                in_offset=opentime.RationalTime(before, float(self.rate)),
                out_offset=opentime.RationalTime(after, float(self.rate)),
            )
        )


def _fade(frames: int, own: bool) -> Fade | None:
    return Fade(frames) if frames and own else None


def _composed(use: Use, upon: list[Upon], effects: Effects) -> tuple[Fade | None, Fade | None]:
    """The fades of a picture *use*; what else lies *upon* its track is told."""
    fade_in = effects.fade_in if use.head else None
    fade_out = effects.fade_out if use.tail else None
    for each in upon:
        if each.stop <= use.at or each.start >= use.stop:
            continue
        if each.fades and each.start == use.at and each.stop <= use.stop:
            fade_in = Fade(each.stop - each.start)
        elif each.fades and each.stop == use.stop and each.start >= use.at:
            fade_out = Fade(each.stop - each.start)
        else:
            effects.picture.append(each.name)
    return fade_in, fade_out


def _tell(item: Any, names: Sequence[str], doubts: Sequence[str]) -> None:
    """Leave on *item* what of it can only be told."""
    from opentimelineio import schema

    for name in dict.fromkeys(names):
        item.effects.append(schema.Effect(name=name, effect_name=name))
    if doubts:
        own = dict(item.metadata.get("twopop", {}))
        item.metadata["twopop"] = {**own, "doubts": [*own.get("doubts", []), *dict.fromkeys(doubts)]}


def _without(use: Use, covered: list[tuple[int, int]]) -> list[Use]:
    """What of *use* lies beside the *covered* frames."""
    parts = [use]
    for low, high in covered:
        left = []
        for part in parts:
            if high <= part.at or low >= part.stop:
                left.append(part)
                continue
            if low > part.at:
                left.append(replace(part, frames=low - part.at, tail=False))
            if high < part.stop:
                moved = high - part.at
                left.append(replace(part, at=high, first=part.first + moved, frames=part.frames - moved, head=False))
        parts = left
    return parts


def _is_kdenlive_track(element: Element) -> bool:
    """Whether *element* is the tractor of two playlists that Kdenlive keeps for each of its tracks."""
    if element.tag != "tractor":
        return False
    own = dict(properties(element))
    return any(name.startswith("kdenlive:") for name in own) and "kdenlive:uuid" not in own and not own.get("mlt_mix")


def _is_background(element: Element, index: int) -> bool:
    """Whether *element* is the endless black that Kdenlive and Shotcut keep below all tracks."""
    if index or element.tag not in ("producer", "playlist"):
        return False
    if element.get("id") in ("black_track", "background") or said(element, "kdenlive:playlistid") == "black_track":
        return True
    return service(element) in ("color", "colour") and said(element, "length") == "2147483647"


def words_of(element: Element | None) -> dict[str, Any]:
    """What *element* says to twopop: its ``twopop:words``, a JSON object."""
    text = dict(properties(element)).get("twopop:words", "") if element is not None else ""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
