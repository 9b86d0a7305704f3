"""The filter graph of one segment, built with ffmpeg-python.

Nothing that a person wrote reaches a filter's arguments: texts and the typeface lie as files of plain names in the
folder in which ffmpeg is started, and media are named in argument lists only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from twopop import time
from twopop.picture import colour, framing, lettering, timing
from twopop.picture.recipe import Mingle, Overlay, Plain, Segment, Take
from twopop.picture.source import Source
from twopop.picture.tools import FORMATS, PROTOCOLS, Tools
from twopop.picture.typeface import Typeface
from twopop.specs import Colour
from twopop.time import Rate

#: Ticks a frame in the time base in which frames are numbered: whole for every rate, and finer than any container's.
_FINE = 1000

#: The format in which pictures are mixed: deep enough that nothing is lost before the one rounding at the end.
_DEEP = "yuv444p16le"

_RGB = Colour(matrix="gbr", primaries="bt709", transfer="bt709", range="pc")

FONT = "font.ttf"


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
    """The graph of *segment* as it grows: its *texts* (file name to content) and the *proofs* to look at afterwards."""

    segment: Segment
    sources: Mapping[str, Source]
    tools: Tools
    face: Typeface
    texts: dict[str, str] = field(default_factory=dict)
    proofs: list[Proof] = field(default_factory=list)

    def build(self) -> Any:
        """The finished pictures as a stream of ffmpeg-python: exactly the segment's frames, tagged."""
        segment, encoding = self.segment, self.segment.encoding
        if segment.over is not None and segment.mingle is not None:
            base, over = self._picture(segment.base, _DEEP), self._picture(segment.over, _DEEP)
            stream = self._mixed(base, over, segment.mingle)
        else:
            stream = self._picture(segment.base, encoding.pixel_format)
        for overlay in segment.overlays:
            stream = self._overlaid(stream, overlay)
        rate = segment.rate
        stream = stream.filter("format", encoding.pixel_format).filter("setsar", "1")
        stream = stream.filter("setparams", **colour.tags(encoding.colour))
        return stream.filter("settb", f"{rate.denominator}/{rate.numerator}")

    # -- pictures ------------------------------------------------------------------------------------------------------

    def _picture(self, picture: Take | Plain, pixels: str) -> Any:
        """*picture* in the segment's raster, on its frame grid, in the pixel format *pixels* and the target's colour."""
        if isinstance(picture, Plain):
            return self._plain(picture, pixels)
        source = self.sources[picture.path]
        stream = self._timed(picture, source)
        stream = _upright(stream, picture.rotation)
        if picture.crop.fit == "pad":
            return self._padded(stream, picture, source, pixels)
        return self._cropped(stream, picture, source, pixels)

    def _plain(self, picture: Plain, pixels: str) -> Any:
        import ffmpeg

        width, height = self.segment.size
        stream = ffmpeg.input(
            f"color=c=0x{picture.colour.lstrip('#')}:size={width}x{height}:rate={_ratio(self.segment.rate)},format=gbrp",
            format="lavfi",
        )["v"]
        stream = stream.filter("trim", end_frame=self.segment.frames)
        return self._converted(stream, _RGB, self.segment.size, pixels, deep=False)

    def _cropped(self, stream: Any, take: Take, source: Source, pixels: str) -> Any:
        picture, rate = _coded(take, source), self.segment.rate
        square = Fraction(picture[0], take.size[0]) / Fraction(picture[1], take.size[1])
        aspect = Fraction(*self.segment.size) * square
        seen = framing.windows(take.crop, picture, aspect, self.segment.frames)
        if len({(window.width, window.height) for window in seen}) > 1:
            stream = self._zoomed(stream, take, picture, seen)
        else:
            stream = stream.filter(
                "crop",
                seen[0].width,
                seen[0].height,
                framing.steps([w.x for w in seen], rate),
                framing.steps([w.y for w in seen], rate),
            )
        return self._scaled(stream, take, source, self.segment.size, pixels)

    def _zoomed(self, stream: Any, take: Take, picture: tuple[int, int], seen: list[framing.Window]) -> Any:
        """A window that changes its size: the whole picture is enlarged frame by frame, then cut to the raster."""
        (width, height), rate = self.segment.size, self.segment.rate
        wide = [_even(Fraction(picture[0] * width, w.width), width) for w in seen]
        high = [_even(Fraction(picture[1] * height, w.height), height) for w in seen]
        left = [min(_even(Fraction(w.x * width, w.width), 0), total - width) for w, total in zip(seen, wide, strict=True)]
        top = [min(_even(Fraction(w.y * height, w.height), 0), t - height) for w, t in zip(seen, high, strict=True)]
        stream = stream.filter(
            "scale",
            framing.steps(wide, rate),
            framing.steps(high, rate),
            eval="frame",
            flags="lanczos+accurate_rnd+full_chroma_int",
        )
        return stream.filter("crop", width, height, framing.steps(left, rate), framing.steps(top, rate))

    def _padded(self, stream: Any, take: Take, source: Source, pixels: str) -> Any:
        width, height = self.segment.size
        coded = _coded(take, source)
        stream = stream.filter("crop", coded[0] // 2 * 2, coded[1] // 2 * 2, 0, 0)
        inner = framing.fitted(take.size, self.segment.size)
        stream = self._scaled(stream, take, source, inner, pixels)
        if inner == self.segment.size:
            return stream
        return stream.filter("pad", width, height, (width - inner[0]) // 4 * 2, (height - inner[1]) // 4 * 2, "black")

    def _scaled(self, stream: Any, take: Take, source: Source, size: tuple[int, int], pixels: str) -> Any:
        if source.rgb:
            stream = stream.filter("format", "gbrp16le" if source.depth > 8 else "gbrp")
        elif source.pixel_format.startswith(("yuv411", "yuv410", "uyyvyy411")):
            stream = stream.filter("format", "yuv422p")
        return self._converted(stream, colour.assumed(take, rgb=source.rgb), size, pixels, deep=source.depth > 8)

    def _converted(self, stream: Any, was: Colour, size: tuple[int, int], pixels: str, *, deep: bool) -> Any:
        """Scale once and convert the colour in the same step, to the pixel format *pixels*."""
        target = self.segment.encoding.colour
        if "zscale" in self.tools.filters:
            dither = {"dither": "error_diffusion"} if deep and _bits(pixels) == 8 else {}
            told = colour.conversion(was, target)
            stream = stream.filter("zscale", w=size[0], h=size[1], filter="spline36", **told, **dither)
        else:
            told = colour.plain_conversion(was, target)
            stream = stream.filter("scale", *size, flags="lanczos+accurate_rnd+full_chroma_int", **told)
        stream = stream.filter("format", pixels)
        return stream.filter("setparams", **colour.tags(target)).filter("setsar", "1")

    def _mixed(self, base: Any, over: Any, mingle: Mingle) -> Any:
        """*over* comes up over *base*; in frame k it weighs (phase + k + 1/2) / length.

        xfade weighs by (timestamp - offset) / duration: an offset before the first frame puts us in mid-dissolve, and
        half frames are whole ticks of the time base.
        """
        import ffmpeg

        rate, pixels = self.segment.rate, self.segment.encoding.pixel_format
        halves = f"{rate.denominator}/{2 * rate.numerator}"
        mixed = ffmpeg.filter(
            [base.filter("settb", halves), over.filter("settb", halves)],
            "xfade",
            transition="fade",
            offset=_decimal(-(mingle.phase + Fraction(1, 2)) / rate),
            duration=_decimal(mingle.length / rate),
        )
        target = self.segment.encoding.colour
        return self._converted(mixed, target, self.segment.size, pixels, deep=True)

    # -- time ----------------------------------------------------------------------------------------------------------

    def _timed(self, take: Take, source: Source) -> Any:
        """The frames of *take*, each on the output frames that show it; repeats and drops are exact."""
        laid = _laid(take, source, self.segment.frames)
        backwards = laid.reverse
        stream = _opened(take, source, laid)
        if backwards:
            stream = stream.filter("reverse")
        rate = self.segment.rate
        unit = rate.denominator * _FINE
        stream = stream.filter("settb", f"1/{rate.numerator * _FINE}")
        # After the last frame, N tells the end of the stream (and a frame too many) from a frame that is missing.
        number = f"if(gte(N,{len(laid.numbers)}),{laid.last + 1},clip({laid.expression},0,{laid.last + 1}))"
        stream = stream.filter("setpts", f"{number}*{unit}")
        stream = self._proved(stream, take, laid)
        stream = stream.filter("fps", _ratio(rate), start_time=0).filter("trim", end_frame=laid.last + 1)
        held = self.segment.frames - 1 - laid.last
        if held:
            stream = stream.filter("tpad", stop=held, stop_mode="clone")
        return stream.filter("sidedata", mode="delete")

    def _proved(self, stream: Any, take: Take, laid: _Laid) -> Any:
        file = f"frames{len(self.proofs)}.txt"
        self.proofs.append(Proof(file, take, self.segment.rate.denominator * _FINE, laid.numbers, laid.frames))
        stream = stream.filter("metadata", mode="add", key="twopop", value="1")
        return stream.filter("metadata", mode="print", key="twopop", file=file)

    # -- overlays ------------------------------------------------------------------------------------------------------

    def _overlaid(self, stream: Any, overlay: Overlay) -> Any:
        if overlay.kind == "graphic":
            return self._graphic(stream, overlay) if overlay.take is not None else stream
        if overlay.kind == "timecode":
            return self._running(stream, overlay)
        if overlay.kind == "name":
            line = lettering.name(overlay.text, self.face, self.segment.size)
            return self._line(stream, line, overlay, **_box(line))
        for line in lettering.title(overlay.text, self.face, self.segment.size):
            edge = max(1, round(line.size / 24))
            stream = self._line(stream, line, overlay, borderw=edge, bordercolor="black@0.55")
        return stream

    def _line(self, stream: Any, line: lettering.Line, overlay: Overlay, **look: Any) -> Any:
        if not line.text.strip():
            return stream
        file = f"text{len(self.texts)}.txt"
        self.texts[file] = line.text
        weight = _weight(overlay)
        alpha = {"alpha": weight} if weight else {}
        return stream.filter("drawtext", textfile=file, expansion="none", **_letters(line), **look, **alpha)

    def _running(self, stream: Any, overlay: Overlay) -> Any:
        line, rate = lettering.timecode(self.face, self.segment.size), self.segment.rate
        shown = time.timecode(overlay.timecode, rate, drop=overlay.drop)
        return stream.filter("drawtext", timecode=shown, timecode_rate=_ratio(rate), **_letters(line), **_box(line))

    def _graphic(self, stream: Any, overlay: Overlay) -> Any:
        """A graphic fitted inside the frame, weighed by its own alpha and its fades."""
        import ffmpeg

        take, pixels = overlay.take, self.segment.encoding.pixel_format
        assert take is not None  # noqa: S101 (the caller looked)
        source = self.sources[take.path]
        inner = framing.fitted(take.size, self.segment.size)
        coded = _coded(take, source)
        drawn = _upright(self._timed(take, source), take.rotation).filter(
            "crop", coded[0] // 2 * 2, coded[1] // 2 * 2, 0, 0
        )
        if source.rgb:
            drawn = drawn.filter("format", "gbrap" if source.alpha else "gbrp")
        drawn = drawn.filter(
            "zscale",
            w=inner[0],
            h=inner[1],
            filter="spline36",
            **colour.conversion(colour.assumed(take, rgb=source.rgb), _RGB),
        )
        drawn = self._faded(drawn.filter("format", "gbrap"), overlay)
        drawn = drawn.filter("zscale", **colour.conversion(_RGB, self.segment.encoding.colour))
        drawn = drawn.filter("format", pixels.replace("yuv", "yuva", 1)).filter("setsar", "1")
        width, height = self.segment.size
        return ffmpeg.filter(
            [stream, drawn],
            "overlay",
            (width - inner[0]) // 4 * 2,
            (height - inner[1]) // 4 * 2,
            eof_action="endall",
            format="auto",
        )

    def _faded(self, stream: Any, overlay: Overlay) -> Any:
        """Weigh the alpha plane; ``fade`` reckons by timestamps, which are shifted so that its ramp begins after 0."""
        rate = self.segment.rate
        for kind, fade in (("in", overlay.fade_in), ("out", overlay.fade_out)):
            if fade is None:
                continue
            phase, length = fade
            ahead = max(phase, 0) + 1
            begin, halves = ahead - phase - Fraction(1, 2), f"{rate.denominator}/{2 * rate.numerator}"
            stream = stream.filter("format", "rgba").filter("settb", halves)
            stream = stream.filter("setpts", f"PTS+{2 * ahead}")
            stream = stream.filter(
                "fade", type=kind, start_time=_decimal(begin / rate), duration=_decimal(length / rate), alpha=1
            )
            stream = stream.filter("setpts", f"PTS-{2 * ahead}").filter("format", "gbrap")
        return stream


# ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Laid:
    """How the frames of a take are read and numbered.

    They are read from *begin* to *end* (seconds from the first frame) and given the numbers that *expression* says;
    *numbers* are the same, worked out here, and *frames* whose they are. With *counted* = (first, end) they are
    counted from the first frame of the file instead.
    """

    begin: Fraction
    end: Fraction
    expression: str
    numbers: tuple[int, ...]
    frames: tuple[int, ...]
    reverse: bool = False
    counted: tuple[int, int] | None = None

    @property
    def last(self) -> int:
        return self.numbers[-1]


def _laid(take: Take, source: Source, frames: int) -> _Laid:
    if take.still:
        return _Laid(Fraction(0), Fraction(0), "N", (0,), (0,))
    if not take.uniform:
        return _laid_by_time(take, source, frames)
    laid = timing.stretch(take.first, take.step, frames)
    half = Fraction(1, 2)
    begin = (laid.low - half) / take.rate
    counted = (laid.low, laid.high + 1) if source.counted else None
    if laid.ramp is None:
        return _Laid(begin, (laid.high + half) / take.rate, "N", (0,), (laid.low,), False, counted)
    # One frame more than needed, where there is one, marks the end; backwards it would come first.
    end = (laid.high + (half if laid.backwards else 1 + half)) / take.rate
    local = "N" if counted else f"floor((T-({_fraction(source.start)}))*{_fraction(take.rate)}+0.5)-({laid.low})"
    count = laid.high - laid.low + 1
    numbers = tuple(max(0, laid.ramp.at(j)) for j in range(count))
    order = range(laid.low, laid.high + 1)
    shown = tuple(reversed(order)) if laid.backwards else tuple(order)
    expression = f"st(0,{local});{laid.ramp.expression('ld(0)')}"
    return _Laid(begin, end, expression, numbers, shown, laid.backwards, counted)


def _laid_by_time(take: Take, source: Source, frames: int) -> _Laid:
    """Uneven frames: each is known by its time, and the output frame that it begins is worked out here."""
    slack = min(source.tick * Fraction(51, 100), 1 / take.rate / 10)
    shown = timing.frames_by_time(take, source.times, frames, slack)
    order = tuple(range(min(shown), max(shown) + 1))
    if take.step < 0:
        order = tuple(reversed(order))
    numbers = [next((k for k, i in enumerate(shown) if _reached(i, frame, take.step)), frames) for frame in order]
    low, high = min(order), max(order)
    middles = [(a + b) / 2 for a, b in zip(source.times[low:high], source.times[low + 1 : high + 1], strict=True)]
    begin = (source.times[low - 1] + source.times[low]) / 2 if low else -source.tick
    end = (source.times[high] + source.times[high + 1]) / 2 if high + 1 < len(source.times) else source.times[high] + 60
    # The j-th time read is that of the j-th frame, forwards; ``reverse`` gives the times anew in the same order.
    known = _by_time([source.start + middle for middle in middles], numbers)
    return _Laid(begin, end, known, tuple(numbers), order, take.step < 0)


def _by_time(borders: list[Fraction], numbers: list[int]) -> str:
    """An expression that takes each of *numbers* between its *borders* in seconds."""
    if len(numbers) == 1:
        return str(numbers[0])
    middle = len(numbers) // 2
    before, after = _by_time(borders[: middle - 1], numbers[:middle]), _by_time(borders[middle:], numbers[middle:])
    return f"if(lt(T,{_fraction(borders[middle - 1])}),{before},{after})"


def _reached(shown: int, frame: int, step: Fraction) -> bool:
    return shown <= frame if step < 0 else shown >= frame


def _opened(take: Take, source: Source, laid: _Laid) -> Any:
    """The input, read no further than it must be; times stay the file's own (``-copyts``)."""
    import ffmpeg

    options: dict[str, Any] = {
        "protocol_whitelist": PROTOCOLS,
        "format_whitelist": FORMATS,
        "noautorotate": None,
    }
    if source.demuxer:
        options["format"] = source.demuxer
    bounded = not take.still and source.indexed and laid.counted is None
    if bounded:
        options |= {
            "ss": _decimal(source.start + laid.begin - source.origin),
            "t": _decimal(laid.end - laid.begin),
        }
    from twopop.picture.opening import url

    stream = ffmpeg.input(url(source.path), **options)[str(take.stream)]
    if laid.counted is not None:
        return stream.filter("trim", start_frame=laid.counted[0], end_frame=laid.counted[1])
    if not bounded and not take.still:
        stream = stream.filter(
            "trim", start=_decimal(source.start + laid.begin), end=_decimal(source.start + laid.end)
        )
    return stream


def _upright(stream: Any, rotation: int) -> Any:
    turns = {90: ("clock",), 180: ("clock", "clock"), 270: ("cclock",)}
    for direction in turns.get(rotation % 360, ()):
        stream = stream.filter("transpose", direction)
    return stream


def _coded(take: Take, source: Source) -> tuple[int, int]:
    """The picture's size in its own pixels, seen upright."""
    width, height = source.size
    return (height, width) if take.rotation % 180 else (width, height)


def _letters(line: lettering.Line) -> dict[str, Any]:
    return {
        "fontfile": FONT,
        "fontsize": line.size,
        "fontcolor": "white",
        "x": line.x,
        "y": f"{line.baseline}-ascent",
    }


def _box(line: lettering.Line) -> dict[str, Any]:
    return {"box": 1, "boxcolor": "black@0.55", "boxborderw": max(2, round(line.size * 0.3))}


def _weight(overlay: Overlay) -> str:
    """How much an overlay weighs in frame ``n``, as an expression; "" for all of it."""
    parts = []
    if overlay.fade_in is not None:
        phase, length = overlay.fade_in
        parts.append(f"clip(({phase}+n+0.5)/{length},0,1)")
    if overlay.fade_out is not None:
        phase, length = overlay.fade_out
        parts.append(f"(1-clip(({phase}+n+0.5)/{length},0,1))")
    return "*".join(parts)


def _ratio(rate: Rate | Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _decimal(seconds: Fraction) -> str:
    """*seconds* to the microsecond, which is as fine as ffmpeg reads them."""
    micro = time.floor(Fraction(seconds) * 1_000_000 + Fraction(1, 2))
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    return f"{sign}{micro // 1_000_000}.{micro % 1_000_000:06}"


def _even(length: Fraction, least: int) -> int:
    return max(least, 2 * time.floor(length / 2 + Fraction(1, 2)))


def _bits(pixels: str) -> int:
    """Bits a component of the pixel format named *pixels*."""
    for depth in (16, 14, 12, 10, 9):
        if pixels.endswith((f"p{depth}le", f"p{depth}be", f"p{depth}", f"y{depth}le")) or f"p{depth}" in pixels:
            return depth
    return 10 if "p010" in pixels or "p210" in pixels else 8


def font_of(segment: Segment, default: Path) -> Path:
    """The typeface of *segment*: the TrueType file that it names, else *default*."""
    return Path(segment.font) if segment.font else default
