"""The picture engine against plain ffmpeg: 12 deliverables cold, after a change, and again; one alone; memory.

Both sides run in turn, several times, from the same master with the same encoder settings, each as its user would
start it: ``twopop deliver`` as a fresh process with all its planning, checking and sound, and one ffmpeg process per
deliverable, two at a time. CPU is what the kernel counted for the processes; figures are medians.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from engine import cases, spot

from twopop.picture.tools import find_ffmpeg

FOOTAGE = Path(__file__).resolve().parents[2] / "shared" / "media" / "video" / "bbb_0_30_1080p_51.mp4"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--height", type=int, default=540, help="lines of the master (1080 takes an hour)")
    parser.add_argument("--repeats", type=int, default=3, help="how often each side runs")
    parser.add_argument("--footage", type=Path, default=FOOTAGE, help="30 s of pictures, 24 frames a second")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it: its master is made once")
    asked = parser.parse_args()
    footage = asked.footage if asked.footage.is_file() else None
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        made = spot.make(asked.keep or Path(scratch), find_ffmpeg(), asked.height, footage)
        print(f"{asked.height} lines, x264 medium, {footage.name if footage else 'synthetic pictures only'}")
        print(f"{'case':34} {'twopop':>18} {'plain':>18}   ratio   wanted")
        missed = sum(case.show() for case in cases.run(made, asked.repeats))
    sys.exit(f"{missed} of the wanted ratios are missed." if missed else 0)


if __name__ == "__main__":
    main()
