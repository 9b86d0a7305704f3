"""Which asset is where in a program: clips and markers against what the ledger says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cache

from twopop.legal.model import Asset
from twopop.time import ceil, floor
from twopop.timeline.program import AudioClip, Event, Program
from twopop.variants.model import Span

#: What some kinds of asset can only be: seen (True) or heard.
_ONLY_SEEN = {"music": False, "voice": False, "font": True, "logo": True, "location": True}

#: Sound at this gain (dB) or below is not heard: below the least step of 24 bit PCM.
INAUDIBLE = -144.0


@dataclass(frozen=True)
class Presence:
    """One stretch of the program in which something is *seen* or else heard: *span* in program frames.

    *clip* is what the timeline calls it, *source* the name of its source; *text* says that it lies above the picture,
    where a textless variant does not show it. *role* is that of the track (``"picture"`` for what is seen).
    """

    span: Span
    clip: str
    source: str
    path: str
    seen: bool
    text: bool
    role: str
    metadata: dict[str, object]


def presences(program: Program) -> Iterator[Presence]:
    """All that is seen and heard in *program*; what is muted is not heard. Sound counts in each frame it touches."""
    for event in program.events:
        yield _presence(event, Span(event.start, event.stop), seen=True, text=event.layer > 0, role="picture")
    for track in program.audio:
        for clip in track.clips:
            if clip.gain_db > INAUDIBLE:
                span = Span(floor(clip.start * program.rate), ceil(clip.stop * program.rate))
                yield _presence(clip, span, seen=False, text=False, role=str(track.role))


def _presence(clip: Event | AudioClip, span: Span, *, seen: bool, text: bool, role: str) -> Presence:
    source = clip.source
    return Presence(
        span=span,
        clip=clip.name,
        source=source.name if source else clip.name,
        path=source.path if source else "",
        seen=seen,
        text=text,
        role=role,
        metadata=dict(clip.metadata),
    )


def by_asset(assets: Sequence[Asset], program: Program, found: Sequence[Presence]) -> dict[str, list[Presence]]:
    """{asset id: where it is}, for the *found* presences and the markers of *program*; only assets that are there."""
    held: dict[str, list[Presence]] = {}
    named = _by_source(found)
    plain = _plain_names(assets)
    loose = [asset for asset in assets if asset.paths or asset.metadata or any(map(_is_loose, asset.sources))]
    for source, clips in named.items():
        sure = [asset for name in _names(source[0]) for asset in plain.get(name, ())]
        fitting = {asset.id: asset for asset in (*sure, *(asset for asset in loose if _fits(asset, *source)))}
        for asset in fitting.values():
            if found_here := [clip for clip in clips if _can_be(asset, clip)]:
                held.setdefault(asset.id, []).extend(found_here)
    for asset in assets:
        if marked := list(_marked(asset, program)):
            held.setdefault(asset.id, []).extend(marked)
    return held


def _can_be(asset: Asset, place: Presence) -> bool:
    """Whether *asset* can be there: music is heard and never seen; and an asset may say which roles it has."""
    if _ONLY_SEEN.get(asset.kind, place.seen) is not place.seen:
        return False
    return not asset.roles or place.role in asset.roles


_Words = tuple[tuple[str, str], ...]


def _by_source(found: Iterable[Presence]) -> dict[tuple[str, str, _Words], list[Presence]]:
    named: dict[tuple[str, str, _Words], list[Presence]] = {}
    for presence in found:
        words = tuple(sorted((key, str(value)) for key, value in presence.metadata.items()))
        named.setdefault((presence.source, presence.path, words), []).append(presence)
    return named


def _plain_names(assets: Iterable[Asset]) -> dict[str, list[Asset]]:
    """The assets by the source names that hold no wildcard: a ledger of 100,000 lines is looked up, not searched."""
    plain: dict[str, list[Asset]] = {}
    for asset in assets:
        for pattern in asset.sources:
            if not _is_loose(pattern):
                plain.setdefault(pattern.casefold(), []).append(asset)
    return plain


def _is_loose(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def _names(source: str) -> set[str]:
    return {source.casefold(), (source.rpartition(".")[0] or source).casefold()}


def _fits(asset: Asset, source: str, path: str, words: _Words) -> bool:
    if any(_like(pattern, name) for pattern in asset.sources for name in _names(source)):
        return True
    if any(_like(pattern, path.replace("\\", "/")) for pattern in asset.paths):
        return True
    told = dict(words)
    return bool(asset.metadata) and all(_like(value, told.get(key, "")) for key, value in asset.metadata.items())


def _marked(asset: Asset, program: Program) -> Iterator[Presence]:
    for marker in program.markers:
        if any(_like(pattern, marker.name) for pattern in asset.markers):
            span = Span(marker.frame, marker.frame + max(1, marker.frames))
            yield Presence(span, marker.name, asset.name, "", seen=True, text=False, role="marker", metadata={})


def unmatched(found: Iterable[Presence], held: dict[str, list[Presence]]) -> list[Presence]:
    """The presences that no asset is found in, one of each source and sense."""
    known = {_which(place) for places in held.values() for place in places}
    rest = {_which(place): place for place in reversed(list(found)) if _which(place) not in known}
    return sorted(rest.values(), key=lambda presence: (presence.span, presence.source))


def _which(place: Presence) -> tuple[str, str, bool, str]:
    return place.source, place.path, place.seen, place.role


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(translate(text.casefold()))


def _like(pattern: str, text: str) -> bool:
    return bool(text) and _pattern(pattern).match(text.casefold()) is not None
