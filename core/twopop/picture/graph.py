"""The filter graph of one segment, built with ffmpeg-python.

Nothing that a person wrote reaches a filter's arguments: texts and the typeface lie as files of plain names in the
folder in which ffmpeg is started, and media are named in argument lists only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from twopop import time
from twopop.errors import StudioError
from twopop.picture import colour, framing, timing, tones
from twopop.picture.as_rgb import as_rgb, drawn
from twopop.picture.laying import Laid, decimal, laid, laid_for_motion, opened, ratio
from twopop.picture.overlays import overlaid
from twopop.picture.recipe import Mingle, Plain, Segment, Take, depth
from twopop.picture.source import Source
from twopop.picture.tools import Tools
from twopop.picture.typeface import Typeface
from twopop.picture.watch import file_of, watched
from twopop.specs import Colour
from twopop.variants.model import CropPath

#: Ticks a frame in the time base in which frames are numbered: whole for every rate, and finer than any container's.
_FINE = 1000

#: The formats in which pictures are mixed, without alpha and with: deep enough that nothing is lost before the one
#: rounding at the end.
_DEEP = {False: "yuv444p16le", True: "yuva444p16le"}


#: How motion is found and pictures are made up from it: from both sides, with overlapping blocks of changing size.
_MOTION = {"mi_mode": "mci", "mc_mode": "aobmc", "me_mode": "bidir", "vsbmc": 1, "me": "umh", "mb_size": 8}


@dataclass(frozen=True)
class Proof:
    """What ffmpeg writes down while it works: *file* will list the numbers given to the frames of *take*.

    *numbers* are the output frames in which the input frames, in order, are first seen, each *unit* ticks long;
    *frames* are their numbers in the source. One frame more may follow: it only marks the end.
    """

    file: str
    take: Take
    unit: int
    numbers: tuple[int, ...]
    frames: tuple[int, ...]


@dataclass
class Graph:
    """The graph of *segment* as it grows: its *texts* (file name to content) and the *proofs* to look at afterwards.

    Graphs that are rendered by one process share these two, and *feeds*: the frames of each take, which are read once
    and split for all of them (None: read for this graph alone).
    """

    segment: Segment
    sources: Mapping[str, Source]
    tools: Tools
    face: Typeface
    texts: dict[str, str] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)
    feeds: dict[Take, list[Any]] | None = None

    @property
    def alpha(self) -> bool:
        """Whether the target carries an alpha channel: that of the sources, opaque where they have none."""
        return self.segment.encoding.pixel_format.startswith(("yuva", "gbrap"))

    @property
    def deep(self) -> str:
        """The format in which pictures are mixed."""
        return _DEEP[self.alpha]

    def build(self) -> Any:
        """The finished pictures as a stream of ffmpeg-python: exactly the segment's frames, tagged."""
        wanted = self.segment
        segment = self.segment = replace(wanted, encoding=drawn(wanted.encoding))
        encoding = segment.encoding
        if segment.over is not None and segment.mingle is not None:
            base, over = self._picture(segment.base, self.deep), self._picture(segment.over, self.deep)
            stream = self._mixed(base, over, segment.mingle)
        else:
            stream = self._picture(segment.base, encoding.pixel_format)
        for overlay in segment.overlays:
            stream = overlaid(self, stream, overlay)
        rate = segment.rate
        stream = stream.filter("format", encoding.pixel_format).filter("setsar", "1")
        stream = stream.filter("setparams", **colour.tags(encoding.colour))
        if encoding.scan != "progressive":  # the encoder is told by its frames which field comes first
            stream = stream.filter("setfield", mode=encoding.scan)
        stream = stream.filter("settb", f"{rate.denominator}/{rate.numerator}")
        stream = watched(stream, segment.watch, encoding.pixel_format, rate, file_of(wanted.key()))
        return as_rgb(stream, wanted.encoding, self.tools)

    # -- pictures ------------------------------------------------------------------------------------------------------

    def _picture(self, picture: Take | Plain, pixels: str) -> Any:
        """*picture* in the segment's raster, on its frame grid, as *pixels* and in the target's colour."""
        if isinstance(picture, Plain):
            return self._plain(picture, pixels)
        if picture.retime == "blend":
            return self._blended(picture, pixels)
        if picture.crop.fit == "pad":
            return self._padded(picture, pixels)
        return self._cropped(picture, pixels)

    def whole(self, take: Take) -> Any:
        """All of *take*'s picture, upright, on the segment's frame grid; to an even size, which chroma wants."""
        source = self.sources[take.path]
        width, height = _coded(take, source)
        stream = _upright(self._timed(take, source), take.rotation)
        return stream.filter("crop", width // 2 * 2, height // 2 * 2, 0, 0)

    def _plain(self, picture: Plain, pixels: str) -> Any:
        import ffmpeg

        width, height = self.segment.size
        stream = ffmpeg.input(
            f"color=c=0x{picture.colour.lstrip('#')}:size={width}x{height}:rate={ratio(self.segment.rate)},format=gbrp",
            format="lavfi",
        )["v"]
        stream = stream.filter("trim", end_frame=self.segment.frames)
        return self.converted(stream, colour.RGB, self.segment.encoding.colour, self.segment.size, pixels)

    def _cropped(self, take: Take, pixels: str) -> Any:
        source, rate = self.sources[take.path], self.segment.rate
        picture = _coded(take, source)
        stream = _upright(self._timed(take, source), take.rotation)
        square = Fraction(picture[0], take.size[0]) / Fraction(picture[1], take.size[1])
        aspect = Fraction(*self.segment.size) * square
        seen = framing.windows(take.crop, picture, aspect, self.segment.frames)
        if len({(window.width, window.height) for window in seen}) > 1:
            stream = self._zoomed(stream, source, picture, seen)
        else:
            stream = stream.filter(
                "crop",
                seen[0].width,
                seen[0].height,
                framing.steps([w.x for w in seen], rate),
                framing.steps([w.y for w in seen], rate),
            )
        return self._scaled(stream, take, self.segment.size, pixels)

    def _zoomed(self, stream: Any, source: Source, picture: tuple[int, int], seen: list[framing.Window]) -> Any:
        """A window that changes its size: the whole picture is enlarged frame by frame, then cut to the raster.

        In 4:4:4, so that chroma stays on its luma whatever the step.
        """
        (width, height), rate = self.segment.size, self.segment.rate
        wide = [_even(Fraction(picture[0] * width, w.width), width) for w in seen]
        high = [_even(Fraction(picture[1] * height, w.height), height) for w in seen]
        left = [min(_even(Fraction(w.x * width, w.width), 0), n - width) for w, n in zip(seen, wide, strict=True)]
        top = [min(_even(Fraction(w.y * height, w.height), 0), n - height) for w, n in zip(seen, high, strict=True)]
        stream = self._full_chroma(stream, source).filter(
            "scale",
            framing.steps(wide, rate),
            framing.steps(high, rate),
            eval="frame",
            flags="lanczos+accurate_rnd+full_chroma_int",
        )
        return stream.filter("crop", width, height, framing.steps(left, rate), framing.steps(top, rate))

    def _full_chroma(self, stream: Any, source: Source) -> Any:
        """*stream* with as much chroma as luma, deep."""
        if source.rgb:
            return stream.filter("format", self._rgb(source, 16))
        if "zscale" in self.tools.filters:
            stream = _plain_yuv(stream, source).filter("zscale", filter=self.segment.scaler)
        return stream.filter("format", self.deep)

    def _rgb(self, source: Source, bits: int) -> str:
        """The planar format for RGB of *source*, with its alpha where the target has one."""
        planar = "gbrap" if self.alpha and source.alpha else "gbrp"
        return planar if bits == 8 else f"{planar}16le"

    def _padded(self, take: Take, pixels: str) -> Any:
        width, height = self.segment.size
        inner = framing.fitted(take.size, self.segment.size)
        stream = self._scaled(self.whole(take), take, inner, pixels)
        if inner == self.segment.size:
            return stream
        return stream.filter("pad", width, height, (width - inner[0]) // 4 * 2, (height - inner[1]) // 4 * 2, "black")

    def _scaled(self, stream: Any, take: Take, size: tuple[int, int], pixels: str) -> Any:
        source = self.sources[take.path]
        if source.rgb:
            stream = stream.filter("format", self._rgb(source, 16 if source.depth > 8 else 8))
        was, target = (
            colour.settled(take.colour, take.size, take.rate, source.pixel_format),
            self.segment.encoding.colour,
        )
        changes = colour.tags(was) != colour.tags(target)
        return self.converted(_plain_yuv(stream, source), was, target, size, pixels, deep=changes or source.depth > 8)

    def converted(
        self, stream: Any, was: Colour, target: Colour, size: tuple[int, int], pixels: str, *, deep: bool = False
    ) -> Any:
        """Scale once and convert the colour in the same step, to the pixel format *pixels*; *deep* to 8 bit dithers.

        Raises StudioError for HDR when this ffmpeg has no ``zscale``.
        """
        if "zscale" in self.tools.filters:
            most = colour.tone_mapped(was, target)
            if most:
                stream = self._tone_mapped(stream, was, most, size, pixels)
                was, deep = colour.light(), True
            dither = {"dither": "error_diffusion"} if deep and depth(pixels) == 8 else {}
            told = colour.conversion(was, target)
            stream = stream.filter("zscale", w=size[0], h=size[1], filter=self.segment.scaler, **told, **dither)
        else:
            stream = self._converted_plainly(stream, was, target, size)
        stream = stream.filter("format", pixels)
        return stream.filter("setparams", **colour.tags(target)).filter("setsar", "1")

    def _converted_plainly(self, stream: Any, was: Colour, target: Colour, size: tuple[int, int]) -> Any:
        if (colour.is_hdr(was) or colour.is_hdr(target)) and was != target:
            raise StudioError(
                "This ffmpeg has no zscale, without which HDR cannot be converted.",
                where=self.tools.path,
                remedy="Use the embedded ffmpeg, or one built with zimg.",
            )
        told = colour.plain_conversion(was, target)
        return stream.filter("scale", *size, flags="lanczos+accurate_rnd+full_chroma_int", **told)

    def _tone_mapped(self, stream: Any, was: Colour, most: int, size: tuple[int, int], pixels: str) -> Any:
        """*stream* as RGB in PQ, tone mapped to at *most* so many cd/m2 by a table that lies beside the graph."""
        peak = was.peak or colour.PEAK
        table = f"tones{peak}to{most}.cube"
        self.texts[table] = tones.cube(peak, most)
        told = colour.conversion(was, colour.light())
        stream = stream.filter("zscale", w=size[0], h=size[1], filter=self.segment.scaler, **told)
        stream = stream.filter("format", "gbrap16le" if pixels.startswith(("yuva", "gbrap")) else "gbrp16le")
        return stream.filter("lut3d", file=table, interp="tetrahedral")

    def _mixed(self, base: Any, over: Any, mingle: Mingle) -> Any:
        """*over* comes up over *base*; in frame k it weighs (phase + k + 1/2) / length.

        xfade weighs by (timestamp - offset) / duration: an offset before the first frame puts us in mid-dissolve, and
        half frames are whole ticks of the time base.
        """
        import ffmpeg

        rate, pixels, target = self.segment.rate, self.segment.encoding.pixel_format, self.segment.encoding.colour
        if self.segment.frames == 1:  # xfade of ffmpeg 5 gives the second picture when the first ends at once
            weight = f"{2 * mingle.phase + 1}/{2 * mingle.length}"
            mixed = ffmpeg.filter([base, over], "blend", all_expr=f"lerp(A,B,{weight})+0.5")
            return self.converted(mixed, target, target, self.segment.size, pixels, deep=True)
        halves = f"{rate.denominator}/{2 * rate.numerator}"
        mixed = ffmpeg.filter(
            [base.filter("settb", halves), over.filter("settb", halves)],
            "xfade",
            transition="fade",
            offset=decimal(-(mingle.phase + Fraction(1, 2)) / rate),
            duration=decimal(mingle.length / rate),
        )
        return self.converted(mixed, target, target, self.segment.size, pixels, deep=True)

    # -- time ----------------------------------------------------------------------------------------------------------

    def _blended(self, take: Take, pixels: str) -> Any:
        """Each frame of *take* mixed with the one after it, by where between them the output frame lies.

        Both are laid out as exactly as any; the frame's number in place of its time makes the weights exact too.
        """
        import ffmpeg

        shown = [replace(take, retime="nearest", first=take.first + ahead) for ahead in (0, 1)]
        two = [self._picture(each, self.deep).filter("settb", "1").filter("setpts", "N") for each in shown]
        a, b, c = timing.weights(take.first, take.step)
        mixed = ffmpeg.filter(two, "blend", all_expr=f"lerp(A,B,mod({a}+({b})*T,{c})/{c})+0.5")
        rate, target = self.segment.rate, self.segment.encoding.colour
        mixed = mixed.filter("settb", f"{rate.denominator}/{rate.numerator}").filter("setpts", "N")
        return self.converted(mixed, target, target, self.segment.size, pixels, deep=True)

    def _moved(self, take: Take, source: Source) -> Any:
        """The frames of *take*, those between two of the source made up from their motion (in 8 bit).

        Motion is looked for without regard to what was found in earlier pictures (``umh``), so that it does not matter
        where the take begins.
        """
        (plan, lead), rate = laid_for_motion(take, source, self.segment.frames), self.segment.rate
        stream = opened(take, source, plan, len(self.proofs))
        if plan.reverse:
            stream = stream.filter("reverse")
        stream = self._progressive(stream, take, source).filter("format", motion_format(source.pixel_format))
        stream = stream.filter("tpad", stop=timing.NEIGHBOURS, stop_mode="clone")
        stream = stream.filter("settb", f"1/{rate.numerator * timing.FINE}")
        stream = stream.filter("setpts", f"({plan.expression})*{rate.denominator}")
        stream = self._proved(stream, take, plan, rate.denominator)
        stream = stream.filter("minterpolate", fps=ratio(rate), **_MOTION)
        stream = stream.filter("trim", start_pts=lead, end_pts=lead + self.segment.frames)
        return stream.filter("setpts", f"PTS-{lead}").filter("sidedata", mode="delete")

    def _timed(self, take: Take, source: Source) -> Any:
        """The frames of *take*, each on the output frames that show it; one reading does for all graphs that share."""
        if self.feeds is None:
            return self._read(take, source)
        uncropped = replace(take, crop=CropPath())
        if uncropped not in self.feeds:
            self.feeds[uncropped] = [self._read(take, source).split(), 0]
        split, used = self.feeds[uncropped]
        self.feeds[uncropped][1] += 1
        return split[used]

    def _read(self, take: Take, source: Source) -> Any:
        """The frames of *take*, read and numbered; repeats and drops are exact."""
        if take.retime == "motion":
            return self._moved(take, source)
        plan, rate = laid(take, source, self.segment.frames), self.segment.rate
        stream = self._progressive(opened(take, source, plan, len(self.proofs)), take, source)
        if plan.reverse:
            stream = stream.filter("reverse")
        unit = rate.denominator * _FINE
        stream = stream.filter("settb", f"1/{rate.numerator * _FINE}")
        # After the last frame, N tells the end of the stream (and a frame too many) from a frame that is missing.
        number = f"if(gte(N,{len(plan.numbers)}),{plan.last + 1},clip({plan.expression},0,{plan.last + 1}))"
        stream = stream.filter("setpts", f"{number}*{unit}")
        stream = self._proved(stream, take, plan, unit)
        stream = stream.filter("fps", ratio(rate), start_time=0).filter("trim", end_frame=plan.last + 1)
        held = self.segment.frames - 1 - plan.last
        if held:
            stream = stream.filter("tpad", stop=held, stop_mode="clone")
        return stream.filter("sidedata", mode="delete")

    def _progressive(self, stream: Any, take: Take, source: Source) -> Any:
        """Whole frames of an interlaced source, each from its first field alone: its neighbours do not matter."""
        if take.scan == "progressive" or self._keeps_fields(take, source):
            return stream
        return stream.filter("estdif", mode="frame", parity=take.scan, deint="all")

    def _keeps_fields(self, take: Take, source: Source) -> bool:
        """Whether every line of *take* stays where it is, in its field; a line of chroma in 4:2:0 is for several."""
        segment = self.segment
        moves = take.step != 1 or (take.rate, take.size, take.rotation) != (segment.rate, segment.size, 0)
        zooms = any(key.zoom != 1 for key in take.crop.keys)
        return take.scan == segment.encoding.scan and not moves and not zooms and "420" not in source.pixel_format

    def _proved(self, stream: Any, take: Take, plan: Laid, unit: int) -> Any:
        file = f"frames{len(self.proofs)}.txt"
        self.proofs.append(Proof(file, take, unit, plan.numbers, plan.frames))
        stream = stream.filter("metadata", mode="add", key="twopop", value="1")
        return stream.filter("metadata", mode="print", key="twopop", file=file)


# ----------------------------------------------------------------------------------------------------------------------


def _upright(stream: Any, rotation: int) -> Any:
    turns = {90: ("clock",), 180: ("clock", "clock"), 270: ("cclock",)}
    for direction in turns.get(rotation % 360, ()):
        stream = stream.filter("transpose", direction)
    return stream


def _plain_yuv(stream: Any, source: Source) -> Any:
    """*stream* in a format that ``zscale`` knows, where the source's is one of 4:1:1 that it does not."""
    strange = source.pixel_format.startswith(("yuv411", "yuv410", "uyyvyy411"))
    return stream.filter("format", "yuv422p") if strange else stream


def motion_format(pixel_format: str) -> str:
    """The format in which ``minterpolate`` takes pictures of *pixel_format*: 8 bit of the same chroma."""
    for chroma in ("444", "422", "420"):
        if chroma in pixel_format:
            return f"yuv{chroma}p"
    return "yuv422p" if pixel_format.startswith(("yuv411", "yuv410", "uyvy", "yuyv")) else "yuv420p"


def _coded(take: Take, source: Source) -> tuple[int, int]:
    """The picture's size in its own pixels, seen upright."""
    width, height = source.size
    return (height, width) if take.rotation % 180 else (width, height)


def _even(length: Fraction, least: int) -> int:
    return max(least, 2 * time.floor(length / 2 + Fraction(1, 2)))
