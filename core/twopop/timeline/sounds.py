"""The audio tracks of a timeline as clips in exact seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from twopop.errors import InputError
from twopop.timeline.exact import children, plain, said, seconds
from twopop.timeline.lengths import DEEPEST, Lengths
from twopop.timeline.master import MIX_FROM_HOST
from twopop.timeline.notes import Notes
from twopop.timeline.place import Place
from twopop.timeline.program import AudioClip, AudioTrack, Role
from twopop.timeline.retimes import retime
from twopop.timeline.roles import role_of
from twopop.timeline.sources import doubts, media, wishes
from twopop.timeline.words import are_channels, is_gain, unread

Window = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class _Use:
    """An item of a track: its window in the program, and the fades that transitions give it."""

    item: Any
    position: Fraction
    window: Window
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)


@dataclass
class SoundWalk:
    """Flattens the sound of a timeline; *roles* are the rules for names of tracks."""

    notes: Notes
    lengths: Lengths
    roles: Sequence[tuple[str, Role]]
    _tracks: list[tuple[Any, tuple[AudioClip, ...]]] = field(default_factory=list)

    def tracks(self, stack: Any, window: Window) -> tuple[AudioTrack, ...]:
        """The audio tracks of the top *stack* within *window*, each with its role."""
        self._collect(stack, Place(self.lengths.start(stack)), window, 0)
        only = len(self._tracks) == 1
        out = []
        unnamed = []
        for number, (track, clips) in enumerate(self._tracks, 1):
            name = track.name or f"A{number}"
            for words, remedy in unread(wishes(track), ("role",)):
                self.notes.warn("timeline.words", words, name=name, remedy=remedy)
            role, why, found = role_of(track, clips, name, self.roles, only=only)
            unnamed += [] if found else [name]
            out.append(AudioTrack(name=name, role=role, clips=clips, role_from=why))
        if unnamed:
            words = f"No rule says what these audio tracks carry, so they are taken as mixes: {', '.join(unnamed)}."
            remedy = "Name the tracks by what they carry (DX, MX, FX ...), or add a rule for their names."
            self.notes.info("timeline.role", words, remedy=remedy)
        return tuple(out)

    def _collect(self, stack: Any, place: Place, window: Window, depth: int) -> None:
        for child in children(stack):
            schema = child.schema_name()
            if schema == "Track" and child.kind == "Audio" and child.enabled:
                clips = tuple(sorted(self._item(child, Fraction(0), place, window, depth), key=lambda c: c.start))
                self._tracks.append((child, clips))
            elif schema == "Stack" and child.enabled:
                self._collect(child, self._place(child, Fraction(0), place), window, depth + 1)

    def _place(self, item: Any, position: Fraction, parent: Place) -> Place:
        place = parent.within(
            position, self.lengths.of(item), self.lengths.start(item), retime(item).speed, self.notes.rate
        )
        return replace(place, shift=Fraction(0))

    def _item(self, item: Any, position: Fraction, parent: Place, window: Window, depth: int) -> Iterator[AudioClip]:
        low, high = parent.window(position, position + self.lengths.of(item))
        use = _Use(item, position, (max(low, window[0]), min(high, window[1])))
        yield from self._use(use, parent, window, depth)

    def _use(self, use: _Use, parent: Place, window: Window, depth: int) -> Iterator[AudioClip]:
        item, (low, high) = use.item, use.window
        schema = item.schema_name()
        if depth > DEEPEST:
            raise InputError(f"It holds timelines within timelines more than {DEEPEST} deep.")
        if high <= low or schema not in ("Clip", "Track", "Stack") or not item.enabled:
            return
        place = self._place(item, use.position, parent)
        self._tell(item, max(low, Fraction(0)))
        if schema == "Clip":
            yield self._clip(use, place)
        elif place.speed == 0:
            self.notes.info(
                "timeline.silent", "A held frame of a nested timeline has no sound.", at=low, name=item.name
            )
        elif schema == "Track":
            for inner in self._uses(item, place, use.window):
                yield from self._use(inner, place, use.window, depth + 1)
        else:
            for child in children(item):
                if child.schema_name() != "Track" or child.kind == "Audio":
                    yield from self._item(child, Fraction(0), place, use.window, depth + 1)

    def _tell(self, item: Any, at: Fraction) -> None:
        """Tell what of the sound of *item* cannot be heard here."""
        effects = retime(item).effects
        if effects:
            words = f"Without the host these effects cannot be heard: {', '.join(effects)}."
            self.notes.warn("timeline.effect", words, at=at, name=item.name, remedy=MIX_FROM_HOST)
        for words in doubts(item):
            self.notes.warn("timeline.doubt", words, at=at, name=item.name, remedy=MIX_FROM_HOST)

    def _uses(self, track: Any, place: Place, window: Window) -> Iterator[_Use]:
        """The items of *track* within *window*, those beside a transition reaching into it."""
        at, before = Fraction(0), None
        items = list(children(track))
        for index, item in enumerate(items):
            if item.schema_name() == "Transition":
                before = item
                continue
            length = self.lengths.of(item)
            after = items[index + 1] if index + 1 < len(items) else None
            head = _offsets(before) if before is not None else (Fraction(0), Fraction(0))
            tail = _offsets(after) if after is not None and after.schema_name() == "Transition" else (Fraction(0),) * 2
            low, high = place.window(at - head[0], at + length + tail[1])
            pace = abs(place.speed)
            fades = (sum(head) / pace, sum(tail) / pace)
            fade_in, fade_out = fades if place.speed > 0 else fades[::-1]
            whole = (max(low, window[0]), min(high, window[1]))
            fade_in = fade_in if whole[0] == low else max(Fraction(0), low + fade_in - whole[0])
            fade_out = fade_out if whole[1] == high else max(Fraction(0), whole[1] - high + fade_out)
            yield _Use(item, at, whole, fade_in, fade_out)
            at, before = at + length, None

    def _clip(self, use: _Use, place: Place) -> AudioClip:
        clip, (low, high) = use.item, use.window
        source, media_start, absolute = media(clip)
        wish = wishes(clip)
        played = retime(clip)
        if played.doubt:
            self.notes.warn("timeline.retime", played.doubt, at=low, name=clip.name)
        for words, remedy in unread(wish, ("gain_db", "channels", "role")):
            self.notes.warn("timeline.words", words, at=low, name=clip.name, remedy=remedy)
        channels = wish.get("channels")
        return AudioClip(
            start=low,
            stop=high,
            name=clip.name or source.name or "unnamed clip",
            source=source,
            source_in=place.edge(low) - media_start,
            speed=place.speed,
            absolute=absolute,
            gain_db=_gain(clip, wish),
            fade_in=min(use.fade_in, high - low),
            fade_out=min(use.fade_out, high - low),
            channels=tuple(channels) if are_channels(channels) else (),
            metadata=wish,
        )


def _offsets(transition: Any) -> tuple[Fraction, Fraction]:
    return max(Fraction(0), seconds(transition.in_offset)), max(Fraction(0), seconds(transition.out_offset))


def _gain(clip: Any, wish: dict[str, Any]) -> float:
    """The clip's gain in dB: its own word, else the level that FCP7 XML keeps (1 is unchanged, as an amplitude)."""
    own = wish.get("gain_db")
    if is_gain(own):
        return float(own)
    import math

    for effect in clip.effects:
        fcp7 = plain(said(effect.metadata, "fcp_xml"))
        if not isinstance(fcp7, dict) or fcp7.get("effectid") != "audiolevels":
            continue
        listed = fcp7.get("parameter")
        for parameter in listed if isinstance(listed, list) else [listed]:
            if isinstance(parameter, dict) and parameter.get("parameterid") == "level":
                try:
                    level = float(parameter.get("value", 1))
                except (TypeError, ValueError):
                    continue
                return round(20 * math.log10(level), 6) if level > 1e-6 else -120.0
    return 0.0
