"""The spot of the benchmark: a master of real and synthetic pictures, a cut of 20 shots, an order of 12."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

RATE = 24
SHOT = 3 * RATE
SHOTS = 20
ASPECTS = {"16:9": Fraction(16, 9), "9:16": Fraction(9, 16), "1:1": Fraction(1)}

#: Shots (their numbers from 0) and the frames of each that the cutdowns keep: as many real ones (which are cheap to
#: encode) as drawn ones (which are dear), as in the whole.
CUTDOWNS = {
    "30s": tuple((shot, 0, SHOT) for shot in (0, 1, 4, 5, 8, 9, 12, 13, 16, 17)),
    "15s": tuple((shot, 6, 66) for shot in (0, 3, 6, 9, 12, 15)),
    "6s": tuple((shot, 18, 54) for shot in (0, 5, 10, 15)),
}

_SPEC = """schema = "twopop.spec/1"
name = "bench"
title = "x264 medium"
source = "the benchmark"
checked = 2026-11-01
container = {{ format = "mp4", extension = "mp4", options = {{ movflags = "+faststart" }} }}
audio = {{ encoder = "aac", codec = "aac", options = {{ b = "256k" }} }}
loudness = {{ target = -14.0, tolerance = 1.0, true_peak = -1.0 }}
[video]
encoder = "libx264"
codec = "h264"
pixel_format = "yuv420p"
options = {{ {options} }}
[video.sizes]
{sizes}
"""

_PLUGIN = '''"""The spec of the benchmark."""

from pathlib import Path

from twopop import hookimpl, read_spec


@hookimpl
def specs():
    return [read_spec(Path(__file__).with_name("bench.toml"))]
'''


@dataclass(frozen=True)
class Spot:
    """The spot in *folder*: pictures *height* lines high, encoded with *options* of x264; *ffmpeg* is the binary."""

    folder: Path
    ffmpeg: Path
    height: int
    options: tuple[tuple[str, str], ...] = (("preset", "medium"), ("crf", "20"))

    @property
    def master(self) -> Path:
        """The master: 60 s of shots and 3 s of another take."""
        return self.folder / "master.mov"

    def size(self, aspect: str) -> tuple[int, int]:
        """The raster of *aspect*: its shorter side is as long as the master is high."""
        ratio = ASPECTS[aspect]
        width, height = max(ratio, 1) * self.height, self.height / min(ratio, 1)
        return int(width) // 2 * 2, int(height) // 2 * 2

    def pieces(self, duration: str) -> list[tuple[int, int]]:
        """The master's frames that *duration* shows, as stretches [start, stop)."""
        if duration == "full":
            return [(0, SHOTS * SHOT)]
        return [(shot * SHOT + start, shot * SHOT + stop) for shot, start, stop in CUTDOWNS[duration]]


def make(folder: Path, ffmpeg: Path, height: int, footage: Path | None) -> Spot:
    """Make the spot's master and project in *folder*; *footage* is 30 s of 24 frames a second, when there is some."""
    spot = Spot(folder, ffmpeg, height)
    folder.mkdir(exist_ok=True)
    if not spot.master.exists():
        _make_master(spot, footage)
    (folder / "plugins").mkdir(exist_ok=True)
    sizes = "\n".join(f'"{aspect}" = {list(spot.size(aspect))}' for aspect in ASPECTS)
    options = ", ".join(f'"{name}" = "{value}"' for name, value in spot.options)
    (folder / "plugins" / "bench.toml").write_text(_SPEC.format(options=options, sizes=sizes))
    (folder / "plugins" / "bench.py").write_text(_PLUGIN)
    (folder / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n[run]\nworkers = 2\n')
    write_cut(spot)
    write_order(spot, ["full", *CUTDOWNS], list(ASPECTS))
    return spot


def _make_master(spot: Spot, footage: Path | None) -> None:
    """ProRes 422 with stereo PCM: half footage and half a drawn picture with grain, shot by shot."""
    size = f"{spot.size('16:9')[0]}x{spot.height}"
    real = (
        ["-stream_loop", "-1", "-i", f"file:{footage}"] if footage else ["-f", "lavfi", "-i", f"mandelbrot=size={size}"]
    )
    drawn = f"testsrc2=size={size}:rate={RATE},noise=alls=8:allf=t,format=yuv422p10"
    graph = (
        f"[0:v]scale={size.replace('x', ':')},setsar=1,format=yuv422p10,setpts=N/{RATE}/TB,fps={RATE}[a];"
        f"[1:v]setsar=1,format=yuv422p10[b];[a][b]overlay=format=yuv422p10:enable='gte(mod(floor(n/{SHOT}),2),1)',"
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    )
    sound = "aevalsrc=0.2*sin(440*t)*(0.6+0.4*sin(3*t))|0.2*sin(550*t):s=48000:d=63"
    command = [spot.ffmpeg, "-y", "-v", "error", *real, "-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", sound]
    command += ["-filter_complex", graph, "-map", "2:a", "-t", "63", "-c:v", "prores_ks", "-profile:v", "2"]
    command += ["-c:a", "pcm_s24le", f"file:{spot.master}"]
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL)


def write_cut(spot: Spot, *, changed: int | None = None) -> None:
    """The timeline; the shot numbered *changed* shows the other take."""
    time = otio.opentime.RationalTime
    reference = otio.schema.ExternalReference(target_url="master.mov")
    picture, sound = otio.schema.Track(kind="Video"), otio.schema.Track(kind="Audio", name="MUSIC")
    for shot in range(SHOTS):
        start = SHOTS * SHOT if shot == changed else shot * SHOT
        span = otio.opentime.TimeRange(time(start, RATE), time(SHOT, RATE))
        picture.append(otio.schema.Clip(f"shot {shot + 1}", media_reference=reference.clone(), source_range=span))
    whole = otio.opentime.TimeRange(time(0, RATE), time(SHOTS * SHOT, RATE))
    sound.append(otio.schema.Clip("music", media_reference=reference.clone(), source_range=whole))
    cut = otio.schema.Timeline("spot", global_start_time=time(0, RATE))
    cut.tracks.extend([picture, sound])
    otio.adapters.write_to_file(cut, str(spot.folder / "cut.otio"))


def write_order(spot: Spot, durations: list[str], aspects: list[str]) -> None:
    """The order of *durations* in *aspects*."""
    lines = ['schema = "twopop.order/1"', 'project = { client = "Bench", title = "Spot" }']
    lines += ['timeline = { file = "cut.otio" }', "[[matrix]]", f"durations = {durations}", f"aspects = {aspects}"]
    lines += ['specs = ["bench"]', 'languages = ["en"]']
    for label in CUTDOWNS:
        keep = [[_timecode(start), _timecode(stop)] for start, stop in spot.pieces(label)]
        lines += [f"[cutdowns.{label}]", f"keep = {keep}"]
    (spot.folder / "order.toml").write_text("\n".join(lines).replace("'", '"') + "\n")


def _timecode(frame: int) -> str:
    return f"00:{frame // RATE // 60:02}:{frame // RATE % 60:02}:{frame % RATE:02}"
