"""Small projects on disk: a cut written by OpenTimelineIO's own API, an order, and two tiny specs from a plugin.

Everything is a few hundred pixels wide, so that a whole delivery takes seconds.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from support.numbered import PRORES, make_numbered

#: The frame rates of sources and programs, by what a person calls them.
FILM, PAL, NTSC = Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)

_H264 = """
schema = "twopop.spec/1"
name = "tiny-h264"
title = "H.264 with B-frames, AAC"
source = "a test"
checked = 2026-11-01
container = {{ format = "mp4", extension = "mp4", options = {{ movflags = "+faststart" }} }}
audio = {{ encoder = "aac", codec = "aac", options = {{ b = "128k" }} }}
{more}
[video]
encoder = "libx264"
codec = "h264"
pixel_format = "yuv420p"
sizes = {{ "16:9" = [320, 180], "9:16" = [180, 320], "1:1" = [180, 180] }}
[video.options]
preset = "ultrafast"
crf = "18"
bf = "2"
g = "12"
keyint_min = "12"
flags = "+cgop"
threads = "1"
x264-params = "open-gop=0:scenecut=0"
"""

_INTRA = """
schema = "twopop.spec/1"
name = "tiny-intra"
title = "ProRes Proxy, PCM 24 bit, start timecode"
source = "a test"
checked = 2026-11-01
start_timecode = "program"
container = {{ format = "mov", extension = "mov" }}
audio = {{ encoder = "pcm_s24le", codec = "pcm_s24le" }}
{more}
[video]
encoder = "prores_ks"
codec = "prores"
pixel_format = "yuv422p10le"
sizes = {{ "16:9" = [320, 180], "9:16" = [180, 320], "1:1" = [180, 180] }}
options = {{ profile = "0", vendor = "apl0" }}
"""

_PLUGIN = '''"""The specs that lie beside this file."""

from pathlib import Path

from twopop import hookimpl, read_spec


@hookimpl
def specs():
    return [read_spec(path) for path in sorted(Path(__file__).parent.glob("*.toml"))]
'''


# -- cuts --------------------------------------------------------------------------------------------------------------


def time(value: int | float, rate: Fraction) -> Any:
    """*value* ticks of *rate* as OpenTimelineIO keeps them: the rate is a float, as in every file."""
    return otio.opentime.RationalTime(value, float(rate))


def stretch(start: Any, frames: int, rate: Fraction) -> Any:
    """*frames* of *rate* from the RationalTime *start*."""
    return otio.opentime.TimeRange(start, time(frames, rate))


def clip(
    media: Path | str,
    start: Any,
    frames: int,
    rate: Fraction,
    *,
    available: Any = None,
    speed: float | None = None,
    name: str = "",
    enabled: bool = True,
) -> Any:
    """*frames* at the program's *rate* out of *media* from *start*; *speed* 0 is a freeze frame."""
    made = otio.schema.Clip(
        name=name or Path(media).stem,
        media_reference=otio.schema.ExternalReference(target_url=str(media), available_range=available),
        source_range=stretch(start, frames, rate),
    )
    if speed == 0:
        made.effects.append(otio.schema.FreezeFrame())
    elif speed is not None:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    made.enabled = enabled
    return made


def gap(frames: int, rate: Fraction) -> Any:
    """*frames* of nothing."""
    return otio.schema.Gap(source_range=stretch(time(0, rate), frames, rate))


def dissolve(before: int, after: int, rate: Fraction) -> Any:
    """A dissolve from *before* frames ahead of the cut to *after* frames behind it."""
    return otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=time(before, rate), out_offset=time(after, rate)
    )


def track(*items: Any, kind: str = "Video", name: str = "") -> Any:
    """A track of *items*, one after another."""
    made = otio.schema.Track(name=name, kind=kind)
    made.extend(items)
    return made


def marker(name: str, start: int, frames: int, rate: Fraction) -> Any:
    """A marker over *frames* frames from frame *start*."""
    return otio.schema.Marker(name=name, marked_range=stretch(time(start, rate), frames, rate))


def timeline(*tracks: Any, rate: Fraction, start: int = 0, drop: bool = False, markers: Sequence[Any] = ()) -> Any:
    """A timeline whose first frame is *start* frames from midnight."""
    made = otio.schema.Timeline(name="cut", global_start_time=time(start, rate))
    made.tracks.extend(tracks)
    made.tracks.markers.extend(markers)
    if drop:
        made.metadata["twopop"] = {"drop": True}
    return made


# -- projects ----------------------------------------------------------------------------------------------------------


def write_project(folder: Path, cut: Any, order: str, *, workers: int = 2, spec_more: str = "") -> Path:
    """A project in *folder* with the timeline *cut*; the path of its order.

    *order* is what the order says beyond its project and timeline; *spec_more* goes into both specs.
    """
    plugins = folder / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "tiny.py").write_text(_PLUGIN)
    (plugins / "tiny-h264.toml").write_text(_H264.format(more=spec_more))
    (plugins / "tiny-intra.toml").write_text(_INTRA.format(more=spec_more))
    (folder / "twopop.toml").write_text(f'[plugins]\nfolders = ["plugins"]\n[run]\nworkers = {workers}\n')
    otio.adapters.write_to_file(cut, str(folder / "cut.otio"))
    path = folder / "order.toml"
    path.write_text(
        'schema = "twopop.order/1"\nproject = { client = "Harbour Line", title = "Cut" }\n'
        f'timeline = {{ file = "cut.otio" }}\n{order}\n'
    )
    return path


# -- a small spot ------------------------------------------------------------------------------------------------------

#: The frames that the small spot's cutdown keeps, in its order.
SPOT_KEEP = ((40, 60), (4, 22))

_SPOT = """captions = { en = "captions.srt" }
[[matrix]]
durations = ["full", "short"]
aspects = ["16:9", "9:16"]
specs = ["tiny-h264", "tiny-intra"]
languages = ["en"]
[cutdowns.short]
keep = [["00:00:01:16", "00:00:02:12"], ["00:00:00:04", "00:00:00:22"]]
"""

_SPOT_SPECS = 'captions = { sidecar = "srt" }\nloudness = { target = -20.0, tolerance = 1.0, true_peak = -1.0 }'

_SPOT_CAPTIONS = """1
00:00:00,200 --> 00:00:00,900
Boats leave at dawn.

2
00:00:01,700 --> 00:00:02,600
They come home at night.
"""

_TONE = ("-f", "lavfi", "-i", "aevalsrc=0.3*sin(660*t)*(0.6+0.4*sin(9*t)):s=48000:d=3")


def small_spot(folder: Path, *, workers: int = 2) -> Path:
    """A spot of 76 frames with all that renders (cuts, a dissolve, retimes, a title, sound, captions); its order.

    Eight deliverables: two durations, two aspects, two specs, with captions beside them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    make_numbered(folder / "boats.mp4", frames=70, rate=24, inputs=_TONE, more=("-c:a", "aac", "-shortest"))
    make_numbered(folder / "gulls.mov", frames=70, rate=25, codec=PRORES, start=1000)
    (folder / "captions.srt").write_text(_SPOT_CAPTIONS)
    return write_project(folder, spot_cut(), _SPOT, workers=workers, spec_more=_SPOT_SPECS)


def spot_cut(*, third: int = 20) -> Any:
    """The small spot's timeline; its third shot, which the cutdown leaves out, begins at source frame *third*."""
    title = otio.schema.Clip(
        name="Harbour",
        media_reference=otio.schema.GeneratorReference(generator_kind="title", parameters={"text": "Harbour"}),
        source_range=stretch(time(0, FILM), 10, FILM),
    )
    picture = track(
        clip("boats.mp4", time(3, Fraction(24)), 14, FILM),
        dissolve(3, 3, FILM),
        clip("gulls.mov", time(9, PAL), 10, FILM),
        clip("boats.mp4", time(third, Fraction(24)), 14, FILM, speed=-1.0),
        clip("gulls.mov", time(30, PAL), 38, FILM, speed=0.5),
    )
    titles = track(gap(44, FILM), title, name="Titles")
    sound = track(clip("boats.mp4", time(0, Fraction(24)), 60, FILM), kind="Audio", name="MUSIC")
    return timeline(picture, titles, sound, rate=FILM)


#: Plans and delivers the order in the folder that it is given; one line for each step, the last for the outcomes.
_RUN = """
import sys
from pathlib import Path
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session

folder = Path(sys.argv[1])
session = open_session(folder)
plan = make_plan(read_order(folder / "order.toml"), session)
say = lambda state: print(state.frames, state.frames_total, state.finished, flush=True)
receipt = deliver(plan, session, progress=say)
print(" ".join(sorted({record.outcome for record in receipt.deliverables})), flush=True)
"""


@contextlib.contextmanager
def delivering(folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A fresh process that delivers the order in *folder*; whatever is left of it is killed at the end.

    It prints ``frames rendered, frames in all, deliverables finished`` at every step, and at last the outcomes.
    """
    command = [sys.executable, "-c", _RUN, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        try:
            yield process
        finally:
            process.kill()


def deliver_apart(folder: Path, **environment: str) -> str:
    """Deliver the order in *folder* in a process of its own; the outcomes."""
    with delivering(folder, **environment) as process:
        lines = process.communicate()[0].splitlines()
    return lines[-1] if lines else ""


def delivered_files(out: Path) -> dict[str, bytes]:
    """{path below *out*: content} of everything there under a final name, without receipts and manifests."""
    paths = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".partial-")]
    kept = [path for path in paths if path.suffix in (".mp4", ".mov", ".srt")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in kept}
