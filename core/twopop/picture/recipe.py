"""What decides the bytes of a segment: the recipe that the plan writes, the key hashes and the renderer follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from twopop import schema
from twopop.specs import Colour, Scaler, Scan
from twopop.time import Rate, floor
from twopop.variants.model import CropPath, Span

#: What is shown where a retimed clip lies between two frames of its source.
Retime = Literal["nearest", "blend", "motion"]

#: Raise when a change in the renderer changes pictures, so that no older segment is taken for a new one.
GRAPH_VERSION = 4


class Take(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="take", tag_field="is"):
    """Frames out of one media file: output frame k shows source frame ``floor(first + k * step)``.

    *step* 0 holds one frame, a negative step plays backwards. *path* is where the file lies, *content* the hash of
    its bytes (the path decides no bytes, the content does). *stream* is the stream's index in the file, *rate* its
    frames a second; *uniform* says that its frames lie evenly, so that counting them is exact; *still* that it is a
    single picture. *size* is in square pixels as seen upright. *crop* is relative to the segment's first frame. The
    fields of a source with an interlaced *scan* are kept where all of them lie where they lay, else each frame is made
    progressive from its first field.

    *retime* says what is shown between two source frames: the earlier one (``nearest``), both, weighed by how near
    they are (``blend``), or a picture made up from their motion (``motion``). For the last two *length* is the number
    of frames in the file: beyond the last one it is held.
    """

    path: str
    content: str
    stream: int
    rate: Rate
    first: Fraction
    step: Fraction
    size: tuple[int, int]
    crop: CropPath
    uniform: bool = True
    still: bool = False
    rotation: int = 0
    sample_aspect: Fraction = Fraction(1)
    colour: Colour = Colour()
    retime: Retime = "nearest"
    length: int = 0
    scan: Scan = "progressive"

    def source_frame(self, frame: int) -> int:
        """The source frame (from 0) seen in output *frame*."""
        return floor(self.first + frame * self.step)


class Plain(msgspec.Struct, frozen=True, kw_only=True, tag="plain", tag_field="is"):
    """A plain *colour* (``"#rrggbb"``)."""

    colour: str = "#000000"


class Mingle(msgspec.Struct, frozen=True, kw_only=True):
    """A dissolve's share of this segment: it is *length* frames long and *phase* of them lie before the segment.

    In output frame k the incoming picture weighs ``(phase + k + 1/2) / length``.
    """

    phase: int
    length: int


class PlateLine(msgspec.Struct, frozen=True, array_like=True):
    """One line of a super: its *text*, centred at *x*, its letters standing on *baseline* (pixels)."""

    text: str
    x: int
    baseline: int


class Plate(msgspec.Struct, frozen=True, kw_only=True):
    """A super as it is laid out in a raster: its *lines*, the *size* of the letters, and the bar behind them.

    The bar is (left, top, right, bottom), right and bottom exclusive. All are pixels.
    """

    lines: tuple[PlateLine, ...]
    size: float
    bar: tuple[int, int, int, int]


class Overlay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something drawn over the picture in the deliverable's own raster.

    A ``title`` and a ``name`` say *text*; a ``timecode`` counts from the frame number *timecode* at *rate* (with
    *drop*); a ``graphic`` shows *take*; a ``super`` is drawn by the ASS script in *text*, which puts its letters where
    *plate* says. *fade_in* and *fade_out* are (phase, length) in frames: output frame k weighs
    ``(phase + k + 1/2) / length`` on the way in and one minus that on the way out.
    """

    kind: Literal["title", "graphic", "name", "timecode", "super"]
    text: str = ""
    take: Take | None = None
    plate: Plate | None = None
    fade_in: tuple[int, int] | None = None
    fade_out: tuple[int, int] | None = None
    timecode: int = 0
    drop: bool = False


class Encoding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How pictures become packets: *encoder*, its *options* in order, *pixel_format*, *colour*, and the muxer.

    *decoded* is the pixel format that a decoder makes of it, where that is not *pixel_format* ("" where it is).
    """

    encoder: str
    pixel_format: str
    format: str
    options: tuple[tuple[str, str], ...] = ()
    colour: Colour = Colour()
    decoded: str = ""
    scan: Scan = "progressive"


class Watch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What counts as black and as frozen in a stretch of picture, and where it is *black* or *still* on purpose.

    A pixel is black up to *pixel* of the way from black to white, a frame when *picture* of its pixels are. A frame is
    frozen when it differs from the first of its stretch by *noise_db* at most (mean over all pixels; 0 dB is full).
    Spans count from the first frame of the stretch.
    """

    pixel: float = 0.04
    picture: float = 0.98
    noise_db: float = -60.0
    black: tuple[Span, ...] = ()
    still: tuple[Span, ...] = ()

    @property
    def levels(self) -> tuple[float, float, float]:
        """What counts, without what is meant."""
        return self.pixel, self.picture, self.noise_db


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="segment", tag_field="is"):
    """A stretch of picture between neighbouring cut points, encoded once and shared by every deliverable that shows it.

    *span* is where it lies in the program; *base* is the picture, *over* the one that it dissolves into by *mingle*;
    *overlays* lie on top, lowest first. *font* is the TrueType file of their words ("" for the embedded one) and
    *typeface* the hash of its bytes. *tools* is the fingerprint of the ffmpeg that renders it, *scaler* the filter
    by which pictures are scaled. *watch* is what is looked for in it meanwhile; it decides no bytes.
    """

    span: Span
    rate: Rate
    size: tuple[int, int]
    base: Take | Plain
    encoding: Encoding
    over: Take | Plain | None = None
    mingle: Mingle | None = None
    overlays: tuple[Overlay, ...] = ()
    font: str = ""
    typeface: str = ""
    tools: str = ""
    scaler: Scaler = "spline36"
    watch: Watch = Watch()

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.span.frames

    def takes(self) -> list[Take]:
        """All that it shows out of media files."""
        pictures = (self.base, self.over, *(overlay.take for overlay in self.overlays))
        return [picture for picture in pictures if isinstance(picture, Take)]

    def key(self) -> str:
        """The segment's name in the store: a hash of all that decides its bytes, and of nothing else."""
        return schema.fingerprint((GRAPH_VERSION, self._decisive()))

    def content(self) -> str:
        """A hash of what is shown and how it is encoded: it stays when the renderer or its ffmpeg is renewed."""
        return schema.fingerprint(msgspec.structs.replace(self._decisive(), tools=""))

    def _decisive(self) -> Segment:
        """The recipe without what decides no bytes: where it lies in the program, where its files lie."""
        return msgspec.structs.replace(
            self,
            span=Span(0, self.frames),
            font="",
            watch=Watch(),
            base=_bare(self.base),
            over=_bare(self.over) if self.over else None,
            overlays=tuple(_bare_overlay(overlay) for overlay in self.overlays),
        )


class Whole(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="whole", tag_field="is"):
    """The picture of a deliverable whose encoder must see all of it: its *parts*, one behind another, in one piece.

    The parts have one rate, size and encoding. *timecode* is that of the first frame where the encoder writes it among
    the pictures ("" elsewhere).
    """

    parts: tuple[Segment, ...]
    timecode: str = ""

    @property
    def frames(self) -> int:
        """Length in frames."""
        return sum(part.frames for part in self.parts)

    @property
    def rate(self) -> Rate:
        """Frames a second."""
        return self.parts[0].rate

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.parts[0].size

    @property
    def encoding(self) -> Encoding:
        """How its pictures become packets."""
        return self.parts[0].encoding

    def takes(self) -> list[Take]:
        """All that it shows out of media files."""
        return [take for part in self.parts for take in part.takes()]

    def key(self) -> str:
        """Its name in the store: a hash of all that decides its bytes."""
        return schema.fingerprint(("whole", [part.key() for part in self.parts], self.timecode))


#: The encoders that write a timecode among the pictures: in the head of each group (ISO/IEC 13818-2, 6.2.2.6).
_TIMED = frozenset({"mpeg2video"})


def whole_of(parts: Sequence[Segment], timecode: str) -> Whole:
    """*parts* in one piece, whose first frame bears *timecode* ("" for none)."""
    timed = parts[0].encoding.encoder in _TIMED
    return Whole(parts=tuple(parts), timecode=timecode if timed else "")


def depth(pixel_format: str) -> int:
    """Bits a component of *pixel_format*, as ffmpeg names it."""
    deep = re.search(r"p(?:0|2|4)?(9|10|12|14|16)(?:le|be)?$", pixel_format)
    return int(deep[1]) if deep else 8


def parts_of(picture: Segment | Whole) -> tuple[Segment, ...]:
    """The segments that *picture* is made of: itself, or the parts of a whole."""
    return picture.parts if isinstance(picture, Whole) else (picture,)


def takes_of(picture: Segment | Whole) -> list[Take]:
    """All that *picture* shows of media files."""
    shown = (
        each
        for part in parts_of(picture)
        for each in (part.base, part.over, *(overlay.take for overlay in part.overlays))
    )
    return [each for each in shown if isinstance(each, Take)]


def _bare(picture: Take | Plain) -> Take | Plain:
    """*picture* without what decides no bytes: where its file lies and why it is cropped so."""
    return _bare_take(picture) if isinstance(picture, Take) else picture


def _bare_take(take: Take) -> Take:
    return msgspec.structs.replace(take, path="", crop=msgspec.structs.replace(take.crop, how=""))


def _bare_overlay(overlay: Overlay) -> Overlay:
    return msgspec.structs.replace(overlay, take=_bare_take(overlay.take)) if overlay.take else overlay
