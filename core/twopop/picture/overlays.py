"""What is drawn over the picture: titles, burnt-in names and timecode, graphics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twopop import time
from twopop.picture import colour, framing, lettering
from twopop.picture.laying import ratio
from twopop.picture.recipe import Overlay, Take, depth
from twopop.time import Rate

if TYPE_CHECKING:
    from twopop.picture.graph import Graph

#: The name by which the graph finds the typeface in the folder in which ffmpeg is started.
FONT = "font.ttf"

#: The folder beside it in which libass looks for typefaces, and finds this one only.
FACES = "faces"


def overlaid(graph: Graph, stream: Any, overlay: Overlay) -> Any:
    """*stream* with *overlay* on top."""
    if overlay.kind == "graphic":
        return _graphic(graph, stream, overlay, overlay.take) if overlay.take is not None else stream
    if overlay.kind == "timecode":
        return _running(graph, stream, overlay)
    if overlay.kind == "super":
        file = f"super{len(graph.texts)}.ass"
        graph.texts[file] = overlay.text
        return stream.filter("ass", filename=file, fontsdir=FACES, **({"alpha": 1} if graph.alpha else {}))
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
    weight, white = _weight(overlay), colour.white(graph.segment.encoding.colour)
    alpha = {"alpha": weight} if weight else {}
    return stream.filter("drawtext", textfile=file, expansion="none", **(_letters(line, white) | look | alpha))


def _running(graph: Graph, stream: Any, overlay: Overlay) -> Any:
    line, rate = lettering.timecode(graph.face, graph.segment.size), graph.segment.rate
    shown = time.timecode(overlay.timecode, rate, drop=overlay.drop)
    letters = _letters(line, colour.white(graph.segment.encoding.colour))
    return stream.filter("drawtext", timecode=shown, timecode_rate=ratio(rate), tc24hmax=1, **letters, **_box(line))


def _letters(line: lettering.Line, white: str) -> dict[str, Any]:
    return {
        "fontfile": FONT,
        "fontsize": line.size,
        "fontcolor": white,
        "x": line.x,
        "y": f"{line.baseline}-ascent",
    }


def _box(line: lettering.Line) -> dict[str, Any]:
    return {"box": 1, "boxcolor": "black@0.55", "boxborderw": max(2, round(line.size * 0.3))}


def _weight(overlay: Overlay, n: str = "n") -> str:
    """How much an overlay weighs in frame *n* (as the filter calls it), as an expression; "" for all of it."""
    parts = []
    if overlay.fade_in is not None:
        phase, length = overlay.fade_in
        parts.append(f"clip(({phase}+{n}+0.5)/{length},0,1)")
    if overlay.fade_out is not None:
        phase, length = overlay.fade_out
        parts.append(f"(1-clip(({phase}+{n}+0.5)/{length},0,1))")
    return "*".join(parts)


# -- graphics ----------------------------------------------------------------------------------------------------------


def _graphic(graph: Graph, stream: Any, overlay: Overlay, take: Take) -> Any:
    """A graphic fitted inside the frame, weighed by its own alpha and its fades.

    It is scaled and faded as RGB in the target's transfer, so that its white is the target's reference white.
    """
    import ffmpeg

    segment, source = graph.segment, graph.sources[take.path]
    inner = framing.fitted(take.size, segment.size)
    drawn = graph.whole(take)
    target, pixels = segment.encoding.colour, segment.encoding.pixel_format
    deep = "16le" if depth(pixels) > 8 else ""
    if source.rgb:
        drawn = drawn.filter("format", ("gbrap" if source.alpha else "gbrp") + ("16le" if source.depth > 8 else ""))
    was = colour.settled(take.colour, take.size, take.rate, source.pixel_format)
    drawn = graph.converted(drawn, was, colour.graphics(target), inner, f"gbrap{deep}")
    drawn = _faded(drawn, overlay, segment.rate)
    drawn = graph.converted(drawn, colour.graphics(target), target, inner, _with_alpha(pixels))
    return ffmpeg.filter(
        [stream, drawn],
        "overlay",
        (segment.size[0] - inner[0]) // 4 * 2,
        (segment.size[1] - inner[1]) // 4 * 2,
        eof_action="endall",
        format="auto",
    )


def _with_alpha(pixels: str) -> str:
    return pixels if pixels.startswith("yuva") else pixels.replace("yuv", "yuva", 1)


def _faded(stream: Any, overlay: Overlay, rate: Rate) -> Any:
    """*stream* with its alpha weighed by the fades; the other planes pass through.

    By time: ``blend`` does not count its frames from the same number in every version.
    """
    import ffmpeg

    weight = _weight(overlay, f"T*{ratio(rate)}")
    if not weight:
        return stream
    both = stream.filter_multi_output("split")
    return ffmpeg.filter([both[0], both[1]], "blend", c3_expr=f"A*{weight}+0.5")
