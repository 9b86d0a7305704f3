"""Copies against encodes: a cutdown of an intra-coded master, and a render of 3 s put into a master of 10 min.

Both sides as their user starts them, in turn, CPU as the kernel counted it for the processes, medians. The master is
ProRes at 1080p: 20 s are encoded, and their packets are laid one after another many times. Re-encoding the whole master
is measured on these 20 s and multiplied; it is linear.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import opentimelineio as otio
from engine.measure import measured, run

from twopop.picture.assemble import assemble
from twopop.picture.pieces import Piece
from twopop.picture.tools import find_ffmpeg
from twopop.specs import Container
from twopop.time import Rate, timecode

RATE = Rate(25)
REEL = 20 * 25
PIECES, LENGTH = 10, 3 * 25
ENCODE = ["-c:v", "prores_ks", "-profile:v", "0", "-vendor", "apl0", "-pix_fmt", "yuv422p10le"]
TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
FFMPEG = [str(find_ffmpeg()), "-y", "-v", "error"]
TWOPOP = [sys.executable, "-m", "twopop"]

_SPEC = """schema = "twopop.spec/1"
name = "proxy"
title = "ProRes Proxy"
source = "a benchmark"
checked = 2026-11-01
start_timecode = "program"
container = { format = "mov", extension = "mov" }
audio = { encoder = "pcm_s24le", codec = "pcm_s24le" }
[video]
encoder = "prores_ks"
codec = "prores"
profile = "Proxy"
pixel_format = "yuv422p10le"
sizes = { "16:9" = [1920, 1080] }
options = { profile = "0", vendor = "apl0" }
"""
_PLUGIN = """from pathlib import Path
from twopop import hookimpl, read_spec

@hookimpl
def specs():
    return [read_spec(Path(__file__).with_name("proxy.toml"))]
"""


def make(folder: Path, minutes: int) -> None:
    """The 20 s, the master of so many *minutes*, the render of 3 s, and the order for the cutdown."""
    source = ["-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=25:d=20,noise=alls=4:allf=t,format=yuv422p10le,{TAGS}"]
    run([*FFMPEG, *source, *ENCODE, "reel.mov"], folder)
    container = Container(format="mov", extension="mov")
    reels = [Piece(folder / "reel.mov", 0, REEL)] * (minutes * 3)
    how = {"rate": RATE, "container": container, "timecode": "01:00:00:00"}
    assemble(folder / "master.mov", reels, frames=minutes * 3 * REEL, **how)
    assemble(folder / "patch.mov", [Piece(folder / "reel.mov", 30, 75)], frames=75, **how)
    shots = otio.schema.Track(kind="Video")
    for place in starts(minutes):
        start = otio.opentime.RationalTime(90000 + place, 25)
        reference = otio.schema.ExternalReference(target_url="master.mov", available_range=otio.opentime.TimeRange(
            otio.opentime.RationalTime(90000, 25), otio.opentime.RationalTime(minutes * 3 * REEL, 25)))  # fmt: skip
        span = otio.opentime.TimeRange(start, otio.opentime.RationalTime(LENGTH, 25))
        shots.append(otio.schema.Clip(name="master", media_reference=reference, source_range=span))
    cut = otio.schema.Timeline(name="cutdown", global_start_time=otio.opentime.RationalTime(90000, 25))
    cut.tracks.append(shots)
    otio.adapters.write_to_file(cut, str(folder / "cut.otio"))
    (folder / "plugins").mkdir()
    (folder / "plugins" / "proxy.toml").write_text(_SPEC)
    (folder / "plugins" / "proxy.py").write_text(_PLUGIN)
    (folder / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n')
    (folder / "order.toml").write_text(
        'schema = "twopop.order/1"\nproject = { client = "Bench", title = "Cutdown" }\n'
        'timeline = { file = "cut.otio" }\n[[deliverable]]\nduration = "full"\naspect = "16:9"\nspec = "proxy"\n'
    )


def starts(minutes: int) -> list[int]:
    """Where the pieces of the cutdown begin in the master, from its end to its start."""
    return [(minutes * 3 * REEL - LENGTH) * place // PIECES for place in range(PIECES, 0, -1)]


def reencoded_pieces(folder: Path, minutes: int) -> None:
    """The cutdown by ffmpeg, each piece a seeked input."""
    inputs: list[str] = []
    for place in starts(minutes):
        inputs += ["-ss", f"{max(0.0, place / 25 - 0.02):.6f}", "-t", str(LENGTH // 25), "-i", "master.mov"]
    graph = "".join(f"[{n}:v]" for n in range(PIECES)) + f"concat=n={PIECES}:v=1:a=0[v]"
    run([*FFMPEG, *inputs, "-filter_complex", graph, "-map", "[v]", *ENCODE, "re.mov"], folder)


def delivered(folder: Path, *, known: bool) -> Callable[[], None]:
    """The cutdown by twopop; *known*: the master was read in an earlier run."""

    def work() -> None:
        shutil.rmtree(folder / "delivery", ignore_errors=True)
        if not known:
            shutil.rmtree(folder / ".twopop", ignore_errors=True)
        run([*TWOPOP, "deliver", "order.toml"], folder)

    return work


def cost(work: Callable[[], None], repeats: int) -> float:
    """The median of CPU seconds."""
    return median(measured(work).cpu for _ in range(repeats))


def assembled(folder: Path, minutes: int) -> Callable[[], None]:
    """The copy alone, in a process of its own: what of the delivery grows with the cutdown."""
    pieces = ", ".join(f"Piece(m, {place}, {LENGTH})" for place in starts(minutes))
    code = (
        "from pathlib import Path; from twopop.picture.assemble import assemble; "
        "from twopop.picture.pieces import Piece; from twopop.specs import Container; from twopop.time import Rate; "
        f"m = Path('master.mov'); assemble(Path('copy.mov'), [{pieces}], rate=Rate(25), frames={PIECES * LENGTH}, "
        "container=Container(format='mov', extension='mov'))"
    )
    return lambda: run([sys.executable, "-c", code], folder)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=10, help="length of the master")
    parser.add_argument("--repeats", type=int, default=3, help="how often each side runs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        make(folder, asked.minutes)
        size = (folder / "master.mov").stat().st_size
        print(f"{asked.minutes} min of ProRes Proxy at 1080p, {size / 2**30:.2f} GiB; CPU seconds")
        plain = cost(lambda: reencoded_pieces(folder, asked.minutes), asked.repeats)
        show("cutdown of 30 s: packets copied", cost(assembled(folder, asked.minutes), asked.repeats), plain, 0.02)
        delivered(folder, known=False)()
        known = cost(delivered(folder, known=True), asked.repeats)
        show("  twopop deliver, master known", known, plain)
        show("  twopop deliver, master hashed first", cost(delivered(folder, known=False), asked.repeats), plain)
        reel = ["-i", "reel.mov", *ENCODE, "re.mov"]
        whole = asked.minutes * 3 * cost(lambda: run([*FFMPEG, *reel], folder), asked.repeats)
        insert = [
            *TWOPOP,
            "insert",
            "master.mov",
            "patch.mov",
            "--at",
            timecode(90000 + 5000, RATE),
            "--out",
            "new.mov",
        ]

        def inserted() -> None:
            (folder / "new.mov").unlink(missing_ok=True)
            run(insert, folder)

        copy = cost(lambda: run(["cp", "master.mov", "copy.mov"], folder), asked.repeats)
        put = cost(inserted, asked.repeats)
        show("insert edit of 3 s, all of it", put, whole)
        show("  without the copy of the file", max(0.0, put - copy), whole, 0.02)


def show(name: str, ours: float, plain: float, wanted: float | None = None) -> None:
    """Print one line."""
    goal = f"  wanted <= {wanted}" if wanted else ""
    print(f"{name:40} {ours:9.2f} {plain:9.2f}  ratio {ours / plain:.4f}{goal}", flush=True)


if __name__ == "__main__":
    main()
