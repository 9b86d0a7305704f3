"""The demo's folder with the demo's own cut, order and captions, and plain colours and tones for its media."""

from __future__ import annotations

import math
import struct
import subprocess
import wave
from fractions import Fraction
from pathlib import Path

from twopop.demo import cut

#: An order that takes few frames, for the pages on which something is really delivered.
SMALL = """\
schema = "twopop.order/1"
out = "delivery"

[project]
client = "Harbour Line"
title = "Harbour Days"

[timeline]
file = "spot.otio"

[[matrix]]
durations = ["1s"]
aspects = ["16:9", "1:1"]
specs = ["review-h264"]

[cutdowns."1s"]
keep = [["01:00:08:12", "01:00:09:12"]]
"""


def make_folder(folder: Path, ffmpeg: Path) -> Path:
    """Fill *folder*; its media have the names, rates and lengths of the demo's."""
    media = folder / "media"
    media.mkdir(parents=True)
    for shot in {shot.file: shot for shot in reversed(cut.SHOTS)}.values():
        _picture(media / shot.file, ffmpeg, cut.media_frames(shot), shot.rate)
    for number, (start, stop, _) in enumerate(cut.SPEECH, 1):
        _tone(media / f"voice{number}.wav", cut.RATE.seconds(stop - start), 220 + 20 * number)
    for name, frames in {**cut.EFFECT_FRAMES, "tune": cut.FRAMES, "waves": cut.FRAMES}.items():
        _tone(media / f"{name}.wav", cut.RATE.seconds(frames), 440)
    (folder / "spot.otio").write_text(cut.spot_otio(), encoding="utf-8")
    (folder / "captions.en.srt").write_text(cut.captions(), encoding="utf-8")
    (folder / "order.toml").write_text(cut.order(), encoding="utf-8")
    return folder


def _picture(path: Path, ffmpeg: Path, frames: int, rate: Fraction) -> None:
    codec = ["prores_ks", "-pix_fmt", "yuv422p10le"] if path.suffix == ".mov" else ["libx264", "-preset", "ultrafast"]
    source = ["-f", "lavfi", "-i", f"testsrc=size=192x108:rate={rate.numerator}/{rate.denominator}"]
    command = [str(ffmpeg), "-v", "error", "-y", *source, "-frames:v", str(frames)]
    subprocess.run([*command, "-c:v", *codec, "-pix_fmt", "yuv420p" if codec[0] == "libx264" else codec[2], str(path)],
                   check=True, timeout=60)  # fmt: skip


def _tone(path: Path, seconds: Fraction, pitch: int) -> None:
    count = math.ceil(seconds * 48000)
    period = [round(6000 * math.sin(2 * math.pi * pitch * n / 48000)) for n in range(2400)]  # pitches of whole 20 Hz
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48000, count, "NONE", ""))
        samples = (period * (count // len(period) + 1))[:count]
        file.writeframes(struct.pack(f"<{count}h", *samples))
