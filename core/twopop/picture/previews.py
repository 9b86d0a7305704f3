"""Small moving pictures to look at: animated GIF and WebP, encoded in one piece."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from twopop.picture import tools
from twopop.picture.assemble import assemble
from twopop.picture.opening import url
from twopop.picture.pieces import Piece
from twopop.specs import Container, Preview, Spec
from twopop.time import Rate

#: In what the pictures of a preview are kept before it is encoded: without loss, and as segments.
MOVIE = Container(format="mov", extension="mov")


def make_preview(
    out: Path,
    pieces: Sequence[Piece],
    spec: Spec,
    frames: int,
    shown: tuple[int, Rate],
    ffmpeg: Path,
    *,
    seconds: int,
    cancel: Event,
) -> None:
    """Encode *pieces* as the preview of *spec* into *out*: frame k shows what is seen k preview frames after the start.

    *frames* is how many the preview has, *shown* how many *pieces* have and how many go by in a second. The palette of
    a GIF is made from all of its frames. Raises StudioError after *seconds* and what ``assemble`` raises.
    """
    if spec.preview is None:
        return
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent) as folder:
        movie = Path(folder) / "movie.mov"
        assemble(movie, pieces, rate=shown[1], frames=shown[0], container=MOVIE)
        command = [str(ffmpeg), "-y", "-nostdin", "-hide_banner", "-v", "error", "-filter_complex_threads", "1"]
        command += ["-protocol_whitelist", "file", "-i", url(movie)]
        command += ["-filter_complex", _graph(spec.preview, spec.container.format, frames), "-map", "[out]"]
        command += [*_encoder(spec, spec.preview), "-f", spec.container.format, url(out)]
        tools.run(command, seconds=seconds, cancel=cancel, where=str(out))


def _graph(preview: Preview, form: str, frames: int) -> str:
    """The frames seen at the preview's own moments: of a rate that does not divide, the last one that has begun."""
    rate = f"{preview.rate.numerator}/{preview.rate.denominator}"
    taken = f"[0:v]fps={rate}:start_time=0:round=up,trim=end_frame={frames}"
    if form != "gif":
        return f"{taken},format=yuv420p[out]"
    palette = f"palettegen=stats_mode=full:max_colors={preview.colours}"
    return f"{taken},split[a][b];[a]{palette}[p];[b][p]paletteuse=dither=sierra2_4a[out]"


def _encoder(spec: Spec, preview: Preview) -> list[str]:
    """One thread and nothing of the day: the same pictures give the same bytes."""
    endless = ("0", "-1") if spec.container.format == "gif" else ("0", "1")
    arguments = ["-c:v", spec.video.encoder, "-loop", endless[not preview.loop]]
    if spec.container.format == "webp":
        arguments += ["-quality", str(preview.quality)]
    arguments += [word for name, value in spec.video.options.items() for word in (f"-{name}", value)]
    return [*arguments, "-threads", "1", "-flags:v", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]
