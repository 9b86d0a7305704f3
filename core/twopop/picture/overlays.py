"""What is drawn over the picture: titles, burnt-in names and timecode, graphics."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twopop import time
from twopop.picture import colour, framing, lettering
from twopop.picture.laying import decimal, ratio
from twopop.picture.recipe import Overlay, Take
from twopop.specs import Colour
from twopop.time import Rate

if TYPE_CHECKING:
    from twopop.picture.graph import Graph

#: The name by which the graph finds the typeface in the folder in which ffmpeg is started.
FONT = "font.ttf"

#: Colours as a graphic has them.
RGB = Colour(matrix="gbr", primaries="bt709", transfer="bt709", range="pc")


def overlaid(graph: Graph, stream: Any, overlay: Overlay) -> Any:
    """*stream* with *overlay* on top."""
    if overlay.kind == "graphic":
        return _graphic(graph, stream, overlay, overlay.take) if overlay.take is not None else stream
    if overlay.kind == "timecode":
        return _running(graph, stream, overlay)
    if overlay.kind == "name":
        line = lettering.name(overlay.text, graph.face, graph.segment.size)
        return _line(graph, stream, line, overlay, **_box(line))
    for line in lettering.title(overlay.text, graph.face, graph.segment.size):
        edge = max(1, round(line.size / 24))
        look = {"borderw": edge, "bordercolor": "black@0.55", "x": "(w-text_w)/2"}
        stream = _line(graph, stream, line, overlay, **look)
    return stream


# -- letters -----------------------------------------------------------------------------------------------------------


def _line(graph: Graph, stream: Any, line: lettering.Line, overlay: Overlay, **look: Any) -> Any:
    if not line.text.strip():
        return stream
    file = f"text{len(graph.texts)}.txt"
    graph.texts[file] = line.text
    weight = _weight(overlay)
    alpha = {"alpha": weight} if weight else {}
    return stream.filter("drawtext", textfile=file, expansion="none", **(_letters(line) | look | alpha))


def _running(graph: Graph, stream: Any, overlay: Overlay) -> Any:
    line, rate = lettering.timecode(graph.face, graph.segment.size), graph.segment.rate
    shown = time.timecode(overlay.timecode, rate, drop=overlay.drop)
    return stream.filter(
        "drawtext", timecode=shown, timecode_rate=ratio(rate), tc24hmax=1, **_letters(line), **_box(line)
    )


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


# -- graphics ----------------------------------------------------------------------------------------------------------


def _graphic(graph: Graph, stream: Any, overlay: Overlay, take: Take) -> Any:
    """A graphic fitted inside the frame, weighed by its own alpha and its fades.

    It is scaled and faded in RGB, whose alpha ``fade`` knows, and brought to the target's colour in one step.
    """
    import ffmpeg

    segment, source = graph.segment, graph.sources[take.path]
    inner = framing.fitted(take.size, segment.size)
    drawn = graph.whole(take)
    if source.rgb:
        drawn = drawn.filter("format", "gbrap" if source.alpha else "gbrp")
    was = colour.assumed(take, rgb=source.rgb)
    drawn = graph.converted(drawn, was, RGB, inner, "gbrap")
    drawn = _faded(drawn, overlay, segment.rate)
    drawn = graph.converted(drawn, RGB, segment.encoding.colour, inner, _with_alpha(segment.encoding.pixel_format))
    return ffmpeg.filter(
        [stream, drawn],
        "overlay",
        (segment.size[0] - inner[0]) // 4 * 2,
        (segment.size[1] - inner[1]) // 4 * 2,
        eof_action="endall",
        format="auto",
    )


def _with_alpha(pixels: str) -> str:
    return pixels.replace("yuv", "yuva", 1)


def _faded(stream: Any, overlay: Overlay, rate: Rate) -> Any:
    """Weigh the alpha plane; ``fade`` reckons by timestamps, which are shifted so that its ramp begins after 0."""
    for kind, fade in (("in", overlay.fade_in), ("out", overlay.fade_out)):
        if fade is None:
            continue
        phase, length = fade
        ahead = max(phase, 0) + 1
        begin, halves = ahead - phase - Fraction(1, 2), f"{rate.denominator}/{2 * rate.numerator}"
        stream = stream.filter("format", "rgba").filter("settb", halves).filter("setpts", f"PTS+{2 * ahead}")
        stream = stream.filter(
            "fade", type=kind, start_time=decimal(begin / rate), duration=decimal(length / rate), alpha=1
        )
        stream = stream.filter("setpts", f"PTS-{2 * ahead}").filter("format", "gbrap")
    return stream
