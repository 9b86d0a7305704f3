"""What a plain script does: one ffmpeg process for each deliverable, two at a time, with the same encoder settings.

It is a good script: a cutdown seeks to each of its pieces instead of reading the master through, and every picture is
cropped before it is scaled, with the scaler that twopop uses.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

from engine.measure import run
from engine.spot import ASPECTS, CUTDOWNS, RATE, Spot


def deliver(spot: Spot, out: Path) -> None:
    """Make all 12 deliverables in *out*, the longest first, which is best for the wall clock."""
    out.mkdir()
    wanted = [(duration, aspect) for duration in ("full", *CUTDOWNS) for aspect in ASPECTS]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: encode(spot, *each, out), wanted))


def encode(spot: Spot, duration: str, aspect: str, out: Path) -> Path:
    """One deliverable by one process."""
    target = out / f"{duration}_{aspect.replace(':', 'x')}.mp4"
    run(command(spot, duration, aspect, target), spot.folder)
    return target


def command(spot: Spot, duration: str, aspect: str, target: Path) -> list[str | Path]:
    """The command line of one deliverable."""
    inputs: list[str | Path] = []
    chains, pieces = [], spot.pieces(duration)
    for number, (start, stop) in enumerate(pieces):
        begin = max(Fraction(2 * start - 1, 2 * RATE), Fraction(0))
        inputs += ["-ss", f"{float(begin):.6f}", "-t", f"{(stop - start) / RATE:.6f}", "-i", f"file:{spot.master}"]
        chains.append(f"[{number}:v]{_framed(spot, aspect)}[v{number}]")
    ends = "".join(f"[v{number}][{number}:a]" for number in range(len(pieces)))
    chains.append(f"{ends}concat=n={len(pieces)}:v=1:a=1[v][a]")
    options = [word for name, value in spot.options for word in (f"-{name}:v", value)]
    return [
        *(spot.ffmpeg, "-y", "-nostdin", "-v", "error", *inputs, "-filter_complex", ";".join(chains)),
        *("-map", "[v]", "-map", "[a]", "-c:v", "libx264", *options, "-threads:v", "1", "-c:a", "aac", "-b:a", "256k"),
        *("-map_metadata", "-1", "-movflags", "+faststart", f"file:{target}"),
    ]


def _framed(spot: Spot, aspect: str) -> str:
    width, height = spot.size(aspect)
    across, down = spot.size("16:9")
    window = min(across, int(down * ASPECTS[aspect])) // 2 * 2
    told = "matrixin=709:matrix=709:rangein=limited:range=limited:primariesin=709:primaries=709"
    dithered = f"zscale=w={width}:h={height}:filter=spline36:dither=error_diffusion:{told}"
    return f"crop={window}:{down}:{(across - window) // 4 * 2}:0,{dithered},format=yuv420p,setsar=1"
