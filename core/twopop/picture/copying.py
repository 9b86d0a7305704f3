"""Copy instead of encode: whether a stretch of a source is already, frame by frame, what the deliverable wants."""

from __future__ import annotations

import msgspec

from twopop import schema
from twopop.picture import colour
from twopop.picture.facts import MediaFacts, PictureFacts
from twopop.picture.pieces import SELF_DESCRIBING
from twopop.picture.recipe import Segment, Take
from twopop.specs import Container, Video
from twopop.variants.model import Span

#: Codecs that have key frames only, whatever their options.
INTRA = SELF_DESCRIBING | {"cfhd", "ffv1", "ffvhuff", "huffyuv", "utvideo"}

#: Codecs of several profiles, which are not alike in size or quality: the spec has to name the one that it wants.
_PROFILED = frozenset({"prores", "dnxhd", "h264", "hevc"})

#: Readers that seek exactly, by ffmpeg's names; and the family that keeps the head of H.264 and the like in one form.
_INDEXED = frozenset({"mov", "mxf", "matroska"})
_MOV = frozenset({"mov", "mp4"})

#: What of a take and of a segment is looked at below, or does not touch the picture. Anything else that is said of
#: them does.
_OF_PLACE = frozenset(("path", "content", "stream", "rate", "first", "step", "uniform", "still"))
_LOOKED_AT = _OF_PLACE | frozenset(("size", "crop", "rotation", "sample_aspect", "colour", "scan"))
_OF_SEGMENT = frozenset(
    ("span", "rate", "size", "base", "encoding", "over", "mingle", "overlays", "font", "typeface", "tools")
) | {"scaler", "watch"}


class Copy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of picture that is taken over from a source by copying its packets: nothing is encoded or stored.

    *span* is where it lies in the program; its frames are those of the *stream* in the file at *path* from frame
    *first* (from 0). *content* is the hash of the file's bytes. *instead* is what is encoded where it cannot be joined.
    """

    span: Span
    path: str
    content: str
    stream: int
    first: int
    instead: Segment

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.span.frames

    def key(self) -> str:
        """The copy's name in the plan: a hash of the frames that it takes over."""
        return schema.fingerprint(("copy", self.content, self.stream, self.first, self.frames))


def may_copy(video: Video) -> bool:
    """Whether pictures of a spec's form can be copied at all: each must stand alone."""
    keyed = any(video.options.get(name) == "1" for name in ("g", "keyint")) or "Intra" in video.profile
    return video.copy and (video.codec in INTRA or keyed)


def copy_of(segment: Segment) -> Copy | None:
    """*segment* as a copy; None where it shows no source. Ask ``why_not`` first."""
    take = segment.base
    if not isinstance(take, Take):
        return None
    first = take.source_frame(0)
    return Copy(
        span=segment.span, path=take.path, content=take.content, stream=take.stream, first=first, instead=segment
    )


def why_not(segment: Segment, facts: MediaFacts | None, video: Video, container: Container) -> str:
    """Why the frames of *segment* must be encoded for *video* in *container*; "" when they can be copied.

    *facts* are those of the file that it shows.
    """
    take, picture = segment.base, facts.picture if facts else None
    if not isinstance(take, Take) or facts is None or picture is None:
        return "it is no picture of a file"
    if colour.tone_mapped(take.colour, video.colour):
        return "it is brighter than the spec"
    return _touched(segment, take) or _other_form(picture, segment, video) or _unfit(facts, picture, container)


def _touched(segment: Segment, take: Take) -> str:
    """What is done to the picture, in a few words."""
    if segment.overlays:
        return "something lies over it"
    if segment.over is not None:
        return "it dissolves"
    if not take.still and take.rate != segment.rate:
        return f"the source has {take.rate} frames a second"
    if take.still or take.step != 1 or not take.uniform:
        return "its speed is changed"
    if take.rotation or take.sample_aspect != 1 or take.size != segment.size:
        return "its size is changed"
    if any(key.zoom > 1 for key in take.crop.keys):
        return "it is enlarged"
    treated = [*_said(take, _LOOKED_AT), *_said(segment, _OF_SEGMENT)]
    return f"its {treated[0]} is changed" if treated else ""


def _said(value: msgspec.Struct, known: frozenset[str]) -> list[str]:
    """The fields of *value* that are not *known* and say something."""
    fields = [field for field in msgspec.structs.fields(type(value)) if field.name not in known]
    return [field.name for field in fields if getattr(value, field.name) != field.default]


def _other_form(picture: PictureFacts, segment: Segment, video: Video) -> str:
    """What of the source's form is not what the spec wants."""
    found, wanted = picture.colour, video.colour
    tags = (found.matrix, found.primaries, found.transfer, found.range)
    if picture.codec != video.codec:
        return f"the source is {picture.codec}"
    if video.codec in _PROFILED and not video.profile:
        return "the spec names no profile"
    if picture.profile != video.profile:
        return f"the source is {picture.codec} {picture.profile}"
    if not picture.intra:
        return "the source has frames that hang on others"
    if picture.size != segment.size:
        return "its size is changed"
    if picture.pixel_format != (video.decoded or video.pixel_format):
        return f"the source is {picture.pixel_format}"
    if tags != (wanted.matrix, wanted.primaries, wanted.transfer, wanted.range):
        return "the source's colour tags are others" if any(tags[:3]) else "the source has no colour tags"
    return f"the source is scanned {picture.scan}" if picture.scan != video.scan else ""


def _unfit(facts: MediaFacts, picture: PictureFacts, container: Container) -> str:
    """Whether the packets can go from the source's container to the deliverable's."""
    formats = set(facts.format.split(","))
    if not formats & _INDEXED:
        return f"the source's container ({facts.format}) has no index"
    homes = _MOV | {"mxf"} if picture.codec == "h264" else _MOV  # only H.264 is known how to be brought into MXF
    if picture.codec not in SELF_DESCRIBING and not (formats & _MOV and container.format in homes):
        return f"{picture.codec} cannot be moved from the source's container to {container.format}"
    return ""
