"""A flash and a click that belong together stay together, as a player plays the files, in every variant.

A program frame shows the source frame that is on screen when it begins. A source of another rate is therefore seen up
to one frame late, never early; the flashes here lie where that grid costs less than half a frame, so that what is left
to measure is sync. Where each flash must appear is held to the frame as well, and each click to a millisecond.
"""

from __future__ import annotations

import math
import subprocess
import wave
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from support import projects
from support.projects import FILM, NTSC, PAL, clip, time, track
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.picture.tools import find_ffmpeg

#: Program frames of each shot; from which source frame; the flash in each shot is two source frames long.
_SHOT, _FIRST = 30, 10
_B_FRAMES = ("-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "30", "-pix_fmt", "yuv420p")


class Source(NamedTuple):
    """A file at *rate* with sound of *sample_rate*, kept in the same file with *codec* or beside it (none)."""

    rate: Fraction
    sample_rate: int
    codec: tuple[str, ...] = ()


SOURCES = {
    "aac.mp4": Source(FILM, 48000, ("-c:a", "aac", "-b:a", "192k")),
    "pcm.mov": Source(PAL, 44100, ("-c:a", "pcm_s16le")),
    "apart.mp4": Source(NTSC, 44100),
    "aac44.mp4": Source(Fraction(30), 44100, ("-c:a", "aac", "-b:a", "192k")),
    "opus.mkv": Source(Fraction(24), 48000, ("-c:a", "libopus", "-b:a", "192k")),
}


def _flashes(source: Source, rate: Fraction) -> list[int]:
    """Two flashes (source frames) of a shot, apart from each other, that the grid of *rate* shows least late."""

    def late(number: int) -> Fraction:
        exact = (number - _FIRST) / source.rate * rate
        return math.ceil(exact) - exact

    last = _FIRST + math.floor((_SHOT - 4) / rate * source.rate)
    best = sorted(range(_FIRST + 4, last), key=late)
    return sorted([best[0], next(number for number in best if abs(number - best[0]) >= 5)])


def _make(folder: Path, name: str, source: Source, flashes: list[int]) -> None:
    frames = 80
    pictures = np.full((frames, 90, 160), 40, np.uint8)
    samples = np.zeros(math.ceil(frames / source.rate * source.sample_rate))
    for number in flashes:
        pictures[number : number + 2] = 235
        at = round(number / source.rate * source.sample_rate)
        samples[at - 12 : at + 13] += 0.8 * np.hanning(25)
    sound = folder / f"{Path(name).stem}.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((2, 2, source.sample_rate, 0, "NONE", ""))
        file.writeframes(np.repeat(np.round(samples * 32767).astype("<i2"), 2).tobytes())
    command = [str(find_ffmpeg()), "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "160x90"]
    command += ["-framerate", str(source.rate), "-i", "-"]
    if source.codec:
        command += ["-i", str(sound), *source.codec]
    command += ["-vf", "scale=in_range=full:out_range=full,format=yuv420p", *_B_FRAMES, str(folder / name)]
    subprocess.run(command, input=pictures.tobytes(), check=True)


def _project(folder: Path, rate: Fraction, order: str) -> Path:
    """All sources one after another, picture and sound cut alike."""
    shots, sounds = [], []
    for name, source in SOURCES.items():
        _make(folder, name, source, _flashes(source, rate))
        start = time(_FIRST, source.rate)
        shots.append(clip(name, start, _SHOT, rate))
        sounds.append(clip(name if source.codec else f"{Path(name).stem}.wav", start, _SHOT, rate))
    cut = projects.timeline(track(*shots), track(*sounds, kind="Audio", name="MIX"), rate=rate)
    return projects.write_project(folder, cut, order)


def _events(rate: Fraction) -> list[tuple[int, Fraction]]:
    """Of each flash: the program frame in which it must first be seen, and the program time of its click."""
    found = []
    for place, source in enumerate(SOURCES.values()):
        for number in _flashes(source, rate):
            moment = (number - _FIRST) / source.rate
            found.append((place * _SHOT + math.ceil(moment * rate), place * _SHOT / rate + moment))
    return found


_BOTH = 'specs = ["tiny-h264", "tiny-intra"]'
_MANY = f"""[[matrix]]
durations = ["full", "turned", "short"]
aspects = ["16:9", "9:16"]
{_BOTH}
[cutdowns.turned]
keep = [["00:00:03:01", "00:00:06:02"], ["00:00:00:02", "00:00:02:13"]]
[cutdowns.short]
keep = [["00:00:01:09", "00:00:03:11"]]
"""
_FEW = f'[[matrix]]\ndurations = ["full"]\naspects = ["1:1"]\n{_BOTH}'


@pytest.fixture(scope="module", params=[(FILM, _MANY), (PAL, _FEW), (NTSC, _FEW)], ids=["23.976", "25", "29.97"])
def delivered(request, tmp_path_factory):
    """The program's rate, and each deliverable of the plan with its file."""
    rate, text = request.param
    folder = tmp_path_factory.mktemp("flash")
    order = read_order(_project(folder, rate, text))
    session = open_session(folder)
    plan = make_plan(order, session)
    receipt = deliver(plan, session)
    assert not [record for record in receipt.deliverables if record.outcome != "delivered"], plan.findings
    return rate, [(each, Path(plan.out) / each.path) for each in plan.deliverables]


def _played(path: Path) -> tuple[list[float], list[float]]:
    """When flashes begin and when clicks peak, in seconds as a player counts them (edit lists applied)."""
    import av

    with av.open(str(path)) as container:
        bright = [
            (frame.time, np.frombuffer(frame.planes[0], _depth(frame)).mean()) for frame in container.decode(video=0)
        ]
    middle = (min(level for _, level in bright) + max(level for _, level in bright)) / 2
    flashes = [now[0] for before, now in pairwise(bright) if before[1] < middle <= now[1]]
    with av.open(str(path)) as container:
        heard = [(frame.time, frame.rate, _mono(frame)) for frame in container.decode(audio=0)]
    begin, rate = heard[0][0], heard[0][1]
    samples = np.concatenate([part for _, _, part in heard])
    assert all(abs(when - begin - at / rate) < 1e-4 for (when, _, _), at in zip(heard, _starts(heard), strict=True))
    clicks = []
    loud = np.flatnonzero(samples > 0.2 * samples.max())
    for group in np.split(loud, np.flatnonzero(np.diff(loud) > rate // 20) + 1):
        clicks.append(begin + (group[0] + np.argmax(samples[group[0] : group[-1] + 1])) / rate)
    return flashes, clicks


def _depth(frame) -> type:
    return np.uint8 if frame.format.name == "yuv420p" else np.uint16


def _mono(frame) -> np.ndarray:
    samples = frame.to_ndarray().astype(np.float64)
    return samples.reshape(-1, 2)[:, 0] if not frame.format.is_planar else samples[0]


def _starts(heard) -> np.ndarray:
    lengths = [len(part) for _, _, part in heard]
    return np.cumsum([0, *lengths[:-1]])


def test_flash_and_click_stay_together(delivered):
    rate, files = delivered
    for deliverable, path in files:
        flashes, clicks = _played(path)
        wanted, offset = [], 0
        for span in deliverable.spans:
            inside = [(frame, moment) for frame, moment in _events(rate) if span.start <= frame < span.stop]
            wanted += [(frame - span.start + offset, moment - (span.start - offset) / rate) for frame, moment in inside]
            offset += span.frames
        assert len(wanted) >= 3
        assert flashes == pytest.approx([float(frame / rate) for frame, _ in wanted], abs=1e-4), deliverable.id
        assert clicks == pytest.approx([float(moment) for _, moment in wanted], abs=1e-3), deliverable.id
        apart = [abs(flash - click) for flash, click in zip(flashes, clicks, strict=True)]
        assert max(apart) <= 0.5 / rate, f"{deliverable.id}: {apart}"


def test_a_player_plays_as_much_sound_as_picture(delivered, ffprobe):
    """To the sample: the length of the edit that the file tells players to play."""
    rate, files = delivered
    for deliverable, path in files:
        asked = ["-select_streams", "a:0", "-show_entries", "stream=start_time,duration_ts,time_base", "-of", "csv=p=0"]
        done = subprocess.run([ffprobe, "-v", "error", *asked, str(path)], capture_output=True, check=True, text=True)
        base, start, ticks = done.stdout.strip().split(",")
        assert Fraction(start) == 0
        assert int(ticks) * Fraction(base) * 48000 == round(deliverable.frames / rate * 48000)
