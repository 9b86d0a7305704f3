"""Whether looks of one stretch should share a decode: three aspects in one process, or in one each, two at a time.

The rule in ``picture/cost.py`` stands on this table: share where both the work and the memory are less.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine import spot
from engine.measure import Cost, measured, middle, run

from twopop.picture.cost import is_cheap
from twopop.picture.recipe import Encoding
from twopop.picture.tools import find_ffmpeg

FRAMES, HEIGHT, REPEATS = 72, 540, 3

ENCODINGS = [
    Encoding(encoder="libx264", pixel_format="yuv420p", format="mp4", options=(("preset", preset), ("crf", "20")))
    for preset in ("medium", "veryfast", "superfast", "ultrafast")
] + [
    Encoding(encoder="prores_ks", pixel_format="yuv422p10le", format="mov", options=(("profile", "0"),)),
    Encoding(encoder="dnxhd", pixel_format="yuv422p", format="mov", options=(("profile", "dnxhr_lb"),)),
]


def main() -> None:
    """Print the table."""
    print(f"{'three aspects of ' + str(HEIGHT) + ' lines':28} {'CPU':>6} {'memory':>7}   shared by twopop")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        source = folder / "source.mov"
        drawn = f"testsrc2=size={HEIGHT * 16 // 9}x{HEIGHT}:rate=24,noise=alls=8:allf=t,format=yuv422p10"
        made = ["-f", "lavfi", "-i", drawn, "-t", str(FRAMES / 24), "-c:v", "prores_ks", "-profile:v", "2"]
        run([find_ffmpeg(), "-v", "error", *made, source], folder)
        for encoding in ENCODINGS:
            apart = middle([_apart(encoding, source) for _ in range(REPEATS)])
            shared = middle([_shared(encoding, source) for _ in range(REPEATS)])
            name = f"{encoding.encoder} {dict(encoding.options).get('preset', '')}".strip()
            said = "yes" if is_cheap(encoding) else "no"
            print(f"{name:28} {shared.cpu / apart.cpu:>6.2f} {shared.peak / apart.peak:>7.2f}   {said}", flush=True)


def _looks(encoding: Encoding) -> list[tuple[str, list[str]]]:
    """The filters and the output's arguments of each aspect."""
    looks = []
    for number, ratio in enumerate(spot.ASPECTS.values()):
        width, height = int(max(ratio, 1) * HEIGHT) // 2 * 2, int(HEIGHT / min(ratio, 1)) // 2 * 2
        window = int(min(16 / 9, float(ratio)) * HEIGHT) // 2 * 2
        scaled = f"zscale=w={width}:h={height}:filter=spline36:dither=error_diffusion,format={encoding.pixel_format}"
        options = [word for name, value in encoding.options for word in (f"-{name}:v", value)]
        out = ["-c:v", encoding.encoder, *options, "-threads:v", "1", "-f", encoding.format, f"out{number}.part"]
        looks.append((f"crop={window}:{HEIGHT},{scaled}", out))
    return looks


def _start(graph: str, outputs: list[str], source: Path) -> None:
    head = [str(find_ffmpeg()), "-y", "-nostdin", "-v", "error", "-threads", "1", "-i", str(source)]
    run([*head, "-filter_complex_threads", "1", "-filter_complex", graph, *outputs], source.parent)


def _apart(encoding: Encoding, source: Path) -> Cost:
    def one(look: tuple[str, list[str]]) -> None:
        _start(f"[0:v]{look[0]}[o]", ["-map", "[o]", *look[1]], source)

    def work() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, _looks(encoding)))

    return measured(work)


def _shared(encoding: Encoding, source: Path) -> Cost:
    looks = _looks(encoding)
    graph = f"[0:v]split={len(looks)}" + "".join(f"[i{n}]" for n in range(len(looks)))
    graph += "".join(f";[i{n}]{filters}[o{n}]" for n, (filters, _) in enumerate(looks))
    outputs = [word for n, (_, out) in enumerate(looks) for word in ("-map", f"[o{n}]", *out)]
    return measured(lambda: _start(graph, outputs, source))


if __name__ == "__main__":
    main()
