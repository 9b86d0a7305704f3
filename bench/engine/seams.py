"""What joining costs the picture: PSNR against the master at the seams and everywhere, ours and a single encode's."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from statistics import mean

from engine.spot import SHOT, SHOTS, Spot

#: Frames on each side of a seam that count as being at it.
_NEAR = 2


def compared(spot: Spot, joined: Path, whole: Path) -> str:
    """One line: mean luma PSNR in dB, near the seams and in all, of the *joined* file and of the *whole* encode."""
    near = [frame for seam in range(SHOT, SHOT * SHOTS, SHOT) for frame in range(seam - _NEAR, seam + _NEAR)]
    ours, theirs = _psnr(spot, joined), _psnr(spot, whole)
    at = [mean(each[frame] for frame in near) for each in (ours, theirs)]
    return (
        f"  PSNR-Y at {SHOTS - 1} seams {at[0]:.2f} dB (single encode: {at[1]:.2f}), "
        f"least {min(ours[n] for n in near):.2f} ({min(theirs[n] for n in near):.2f}); "
        f"in all {mean(ours):.2f} ({mean(theirs):.2f})"
    )


def _psnr(spot: Spot, file: Path) -> list[float]:
    width, height = spot.size("16:9")
    graph = f"[1:v]scale={width}:{height},format=yuv420p[m];[0:v][m]psnr=stats_file=-"
    command = [spot.ffmpeg, "-v", "error", "-i", f"file:{file}", "-t", "60", "-i", f"file:{spot.master}"]
    command += ["-filter_complex", graph, "-f", "null", "-"]
    said = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout
    return [min(float(value), 100.0) for value in re.findall(r"psnr_y:(\S+)", said)]
