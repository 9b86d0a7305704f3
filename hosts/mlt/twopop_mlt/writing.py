"""Writing a Program as an MLT project that melt renders and Shotcut and Kdenlive open.

Each event and each audio clip gets a producer of its own, as Shotcut does it; what MLT has no word for is kept beside
under ``twopop:``, which MLT passes over. Dissolves are little tractors in the playlist, as melt writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from twopop import AudioClip, AudioTrack, Event, Kind, Program
from twopop_mlt.making import Maker, as_json, of_clip, of_event, properties_of
from twopop_mlt.markers import add_shotcut_markers
from twopop_mlt.profile import Profile

#: Where nothing says a raster.
_SIZE = (1920, 1080)


@dataclass
class Written:
    """A project as the text of its file, and in words what of the program MLT has no place for."""

    text: bytes
    lost: tuple[str, ...] = ()


@dataclass
class _Project:
    root: Element
    maker: Maker
    tracks: list[tuple[str, str | None]] = field(default_factory=list)


def written(
    program: Program, name: str, words: dict[str, Any], id_: str = "", filters: Mapping[str, Any] | None = None
) -> Written:
    """*program* as a project called *name* and known as *id_*, with *words* kept with it and *filters* on its clips."""
    profile = Profile(rate=program.rate, size=program.size or _SIZE)
    root = Element("mlt", {"LC_NUMERIC": "C", "version": "7.12.0", "producer": "tractor0"})
    SubElement(root, "profile", profile.attributes())
    project = _Project(root, Maker(root, program.rate, filters or {}))
    _background(project, program.frames)
    layers = sorted({event.layer for event in program.events})
    pictures = [0, *(layer for layer in layers if layer)]
    for layer in pictures:
        events = [event for event in program.events if event.layer == layer]
        _picture_track(project, program, layer, events)
    for number, track in enumerate(program.audio):
        _sound_tracks(project, track, number)
    _tractor(
        project, program, {"twopop:timeline": name, "twopop:id": id_, "twopop:words": as_json(words)}, len(pictures)
    )
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Written(text + b"\n", tuple(dict.fromkeys(project.maker.lost)))


def _background(project: _Project, frames: int) -> None:
    """The black below all tracks, which Shotcut expects under this name and which gives the project its length."""
    black = SubElement(project.root, "producer", {"id": "black", "in": "0", "out": str(max(0, frames - 1))})
    own = {"length": max(1, frames), "eof": "pause", "resource": "0", "aspect_ratio": 1, "mlt_service": "color"}
    properties_of(black, {**own, "mlt_image_format": "rgba", "set.test_audio": 0})
    playlist = SubElement(project.root, "playlist", {"id": "background"})
    SubElement(playlist, "entry", {"producer": "black", "in": "0", "out": str(max(0, frames - 1))})
    project.tracks.append(("background", None))


@dataclass(frozen=True)
class _Piece:
    """What producer *id* shows or sounds in frames ``[start, stop)``, from its own frame *first* on."""

    id: str
    first: int
    start: int
    stop: int


def _picture_track(project: _Project, program: Program, layer: int, events: Sequence[Event]) -> None:
    names = {event.track for event in events if event.kind is not Kind.BLACK}
    mixed = {frame for each in program.dissolves for frame in (each.start, each.stop)} if not layer else set()
    pieces = [
        _Piece(*of_event(project.maker, event), event.start, event.stop)
        for event in events
        if event.kind is not Kind.BLACK or event.start in mixed or event.stop in mixed
    ]
    if not layer and any(each.kind != "dissolve" for each in program.dissolves):
        project.maker.lost.append("Transitions that are no dissolves become dissolves.")
    own = {"shotcut:video": 1, "shotcut:name": names.pop() if len(names) == 1 else f"V{layer + 1}" if names else ""}
    words = {"kind": "graphics"} if layer else {}
    _playlist(project, f"V{layer + 1}", pieces, (own, words), until=program.frames, picture=True)


def _sound_tracks(project: _Project, track: AudioTrack, number: int) -> None:
    """The playlists of one audio *track*: one, unless clips of it are heard at once."""
    by_word = track.role_from in ("the track's own word", "the order's master")
    told = ({"shotcut:audio": 1, "shotcut:name": track.name}, {"role": str(track.role)} if by_word else {})
    left = sorted(track.clips, key=lambda clip: (clip.start, clip.stop))
    for row in range(len(left) + 1):
        placed, left = _placed(left, project.maker)
        over = [one[2] > other[1] for one, other in pairwise(placed)]
        pieces = [
            _Piece(*of_clip(project.maker, clip, start, stop, head=head, tail=tail), start, stop)
            for (clip, start, stop), head, tail in zip(placed, [False, *over], [*over, False], strict=False)
        ]
        id_ = f"A{number + 1}" + (f"-{row + 1}" if row else "")
        _playlist(project, id_, pieces, told, until=0, picture=False)
        if not left:
            return
        project.maker.lost.append(f"Clips of {track.name} that sound at once lie on tracks of their own.")


_Placed = tuple[AudioClip, int, int]


def _placed(clips: Sequence[AudioClip], maker: Maker) -> tuple[list[_Placed], list[AudioClip]]:
    """*clips* with their frames, and those that cannot lie on one playlist with the others."""
    placed: list[_Placed] = []
    beside = []
    free = 0
    for clip in clips:
        start, stop = maker.frames(clip.start), maker.frames(clip.stop)
        last = placed[-1] if placed else None
        if stop <= start:
            maker.lost.append(f"The sound {clip.name} is shorter than half a frame and is left out.")
        elif last is None or start >= last[2]:
            free = start
            placed.append((clip, start, stop))
        elif free <= start and stop > last[2] and last[0].fade_out == clip.fade_in == last[0].stop - clip.start:
            free = last[2]
            placed.append((clip, start, stop))
        else:
            beside.append(clip)
    return placed, beside


def _playlist(
    project: _Project,
    id_: str,
    pieces: Sequence[_Piece],
    told: tuple[dict[str, Any], dict[str, Any]],
    *,
    until: int,
    picture: bool,
) -> None:
    """Lay *pieces* out as a playlist and make it a track; where two overlap, one turns into the other."""
    items: list[Element] = []
    at = 0
    for index, piece in enumerate(pieces):
        if piece.start > at:
            items.append(Element("blank", {"length": str(piece.start - at)}))
            at = piece.start
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        stop = min(piece.stop, after.start) if after is not None else piece.stop
        if stop > at:
            items.append(_entry(piece.id, piece.first + at - piece.start, stop - at))
            at = stop
        if after is not None and after.start < piece.stop:
            items.append(_mix(project, piece, after, picture=picture))
            at = piece.stop
    if until > at:
        items.append(Element("blank", {"length": str(until - at)}))
    own, words = told
    playlist = SubElement(project.root, "playlist", {"id": id_})
    properties_of(playlist, {**own, "twopop:words": as_json(words)})
    playlist.extend(items)
    project.tracks.append((id_, None if picture else "video"))


def _entry(id_: str, first: int, frames: int) -> Element:
    return Element("entry", {"producer": id_, "in": str(first), "out": str(first + frames - 1)})


def _mix(project: _Project, piece: _Piece, after: _Piece, *, picture: bool) -> Element:
    """The entry of a little tractor, written before the playlist, in which *piece* turns into *after*."""
    frames, last = piece.stop - after.start, str(piece.stop - after.start - 1)
    id_ = project.maker.name("mix")
    tractor = SubElement(project.root, "tractor", {"id": id_, "in": "0", "out": last})
    properties_of(tractor, {"shotcut:transition": "lumaMix"})
    for each in (piece, after):
        first = each.first + after.start - each.start
        SubElement(tractor, "track", {"producer": each.id, "in": str(first), "out": str(first + frames - 1)})
    service = {"mlt_service": "luma"} if picture else {"mlt_service": "mix", "start": "-1"}
    properties_of(SubElement(tractor, "transition", {"in": "0", "out": last}), {"a_track": 0, "b_track": 1, **service})
    return _entry(id_, 0, frames)


# -- all of it ---------------------------------------------------------------------------------------------------------


def _tractor(project: _Project, program: Program, said: dict[str, Any], pictures: int) -> None:
    last = str(max(0, program.frames - 1))
    tractor = SubElement(project.root, "tractor", {"id": "tractor0", "in": "0", "out": last})
    own: dict[str, Any] = {"shotcut": 1, "shotcut:projectAudioChannels": 2}
    own |= {"twopop:start": program.start or "", "twopop:drop": int(program.drop) or ""}
    properties_of(tractor, {**own, **said})
    if program.markers:
        add_shotcut_markers(tractor, program.markers, program.rate)
    for id_, hide in project.tracks:
        SubElement(tractor, "track", {"producer": id_, **({"hide": hide} if hide else {})})
    for number in range(1, len(project.tracks)):
        mix = {"mlt_service": "mix", "always_active": 1, "sum": 1}
        properties_of(SubElement(tractor, "transition"), {"a_track": 0, "b_track": number, **mix})
    for number in range(2, pictures + 1):
        over = {"mlt_service": "qtblend", "compositing": 0, "always_active": 1}
        properties_of(SubElement(tractor, "transition"), {"a_track": 1, "b_track": number, **over})
