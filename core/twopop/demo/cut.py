"""The cut of the demo: 20 s at 24000/1001 in ten shots, its titles, sounds, captions, markers and its order."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from twopop.time import Rate, ceil, timecode

RATE = Rate(24000, 1001)
FRAMES = 480
START = 24 * 3600  # 01:00:00:00
#: Program frames of media before and behind each shot.
HANDLE = 8


class Shot(msgspec.Struct, frozen=True):
    """*frames* of the *scene*; its media has *rate* and lies in a file with *suffix*. *reframe* is by aspect.

    *speed* 0 holds the frame in which the media's handle ends.
    """

    scene: str
    frames: int
    rate: Rate = RATE
    suffix: str = ".mp4"
    speed: float | None = None
    reframe: dict[str, dict[str, Any]] = {}

    @property
    def file(self) -> str:
        """The media's file name."""
        return self.scene + self.suffix


def _still(x: float, *, square: float | None = None) -> dict[str, dict[str, Any]]:
    return {"9:16": {"x": x}, "1:1": {"x": x if square is None else square}}


def _moving(*keys: list[float]) -> dict[str, dict[str, Any]]:
    return {aspect: {"keys": list(keys)} for aspect in ("9:16", "1:1")}


SHOTS = (
    Shot("dawn", 60, reframe=_moving([0, 0.21], [59, 0.4])),
    Shot("lighthouse", 48, reframe=_still(0.257, square=0.33)),
    Shot("gulls", 48, Rate(25), reframe=_moving([0, 0.22], [47, 0.49])),
    Shot("ferry", 60, reframe=_moving([0, 0.15, 0.5], [65, 0.78, 0.5])),
    Shot("buoy", 48, Rate(30000, 1001), reframe=_still(0.68)),
    Shot("trawler", 60, suffix=".mov", speed=0.5, reframe=_moving([0, 0.36], [59, 0.43])),
    Shot("wake", 48, reframe=_moving([0, 0.34], [47, 0.86])),
    Shot("pier", 48, reframe=_moving([0, 0.7], [47, 0.53])),
    Shot("night", 36, reframe=_moving([0, 0.47], [35, 0.52])),
    Shot("night", 24, speed=0, reframe=_still(0.52)),
)

#: The dissolve lies between these shots (counted from 0), so many frames to each side of the cut.
DISSOLVE, DISSOLVE_SIDE = (3, 4), 6

#: (first frame, frame after the last, words)
TITLES = ((18, 58, "Harbour Days"), (168, 204, "First ferry 7:00"), (432, 480, "Open all day"))
SPEECH = (
    (12, 56, "Morning comes early to the harbour."),
    (64, 112, "The light has been burning all night."),
    (160, 206, "The first ferry leaves at seven,"),
    (226, 272, "past the buoy and out to sea."),
    (376, 414, "Come and see us."),
    (424, 468, "We are open all day."),
)
#: (first frame, sound, gain in dB)
EFFECTS = ((108, "gulls", -9.0), (172, "horn", -10.0), (280, "gulls", -12.0), (384, "gulls", -14.0))
MUSIC_DB, SPEECH_DB, WAVES_DB = -9.0, -1.0, -16.0

#: The stretches of the cutdowns; they come to 240 and 144 frames.
CUT10 = ((0, 60), (156, 210), (276, 318), (336, 360), (420, 480))
CUT6 = ((0, 60), (336, 360), (420, 480))
NOTES = (
    (30, "Sunrise", "YELLOW", "Is the sail too orange?"),
    (216, "Dissolve", "PINK", "Half a second, as agreed."),
    (264, "Slow motion", "CYAN", "Plays at 50 %."),
)


def media_frames(shot: Shot) -> int:
    """How many frames of its own rate the media of *shot* needs, with the handles."""
    used = ceil(Fraction(shot.frames) * Fraction(shot.speed if shot.speed is not None else 1))
    return ceil(RATE.seconds(used + 2 * HANDLE) * shot.rate) + 1


def shot_starts() -> list[int]:
    """The program frame on which each shot begins."""
    return [sum(shot.frames for shot in SHOTS[:n]) for n in range(len(SHOTS))]


def spot_otio() -> str:
    """The cut as the text of an OTIO file; media lie in ``media/`` beside it."""
    import opentimelineio as otio

    from twopop.demo import cutting

    lanes = [_picture(), _titles(), *_sounds()]
    markers = [cutting.marker("CUT10", a, b - a, RATE, colour="GREEN") for a, b in CUT10]
    markers += [cutting.marker("CUT6", a, b - a, RATE, colour="BLUE") for a, b in CUT6]
    markers += [cutting.marker(name, frame, 0, RATE, colour=colour, note=note) for frame, name, colour, note in NOTES]
    cut = cutting.timeline("Harbour Days", START, RATE, lanes, markers)
    text: str = otio.adapters.write_to_string(cut, "otio_json")
    return text + "\n"


def _picture() -> Any:
    from twopop.demo import cutting

    lane = cutting.Lane("Picture", "Video", RATE)
    for number, (shot, start) in enumerate(zip(SHOTS, shot_starts(), strict=True)):
        media = next(other for other in SHOTS if other.file == shot.file)
        first = HANDLE + media.frames - 1 if shot.speed == 0 else HANDLE
        taken = cutting.stretch(first, shot.frames, RATE)
        available = cutting.stretch(0, media_frames(media), media.rate)
        says = {"reframe": shot.reframe}
        path = f"media/{shot.file}"
        lane.put(start, cutting.file_clip(shot.scene, path, taken, available, speed=shot.speed, says=says))
        if number == DISSOLVE[0]:
            lane.dissolve(DISSOLVE_SIDE, DISSOLVE_SIDE)
    return lane


def _titles() -> Any:
    from twopop.demo import cutting

    lane = cutting.Lane("Titles", "Video", RATE)
    for start, stop, text in TITLES:
        lane.put(start, cutting.title_clip(text, stop - start, RATE), fade_in=8, fade_out=8)
    return lane


def _sounds() -> list[Any]:
    from twopop.demo import cutting

    def clip(name: str, file: str, frames: int, gain: float) -> Any:
        whole = cutting.stretch(0, frames, RATE)
        return cutting.file_clip(name, f"media/{file}", whole, whole, says={"gain_db": gain})

    dialogue = cutting.Lane("Dialogue", "Audio", RATE, "dialogue")
    for number, (start, stop, words) in enumerate(SPEECH, 1):
        dialogue.put(start, clip(words, f"voice{number}.wav", stop - start, SPEECH_DB), fade_in=1, fade_out=2)
    music = cutting.Lane("Music", "Audio", RATE, "music")
    music.put(0, clip("Tune", "tune.wav", FRAMES, MUSIC_DB), fade_in=12, fade_out=24)
    bed = cutting.Lane("Effects waves", "Audio", RATE, "effects")
    bed.put(0, clip("Waves", "waves.wav", FRAMES, WAVES_DB), fade_in=12, fade_out=24)
    effects = cutting.Lane("Effects", "Audio", RATE, "effects")
    for start, sound, gain in EFFECTS:
        effects.put(start, clip(sound.title(), f"{sound}.wav", EFFECT_FRAMES[sound], gain), fade_in=1, fade_out=4)
    return [dialogue, music, bed, effects]


#: How many frames each effect lasts.
EFFECT_FRAMES = {"gulls": 42, "horn": 50}


def captions() -> str:
    """The captions of the speech as SubRip text, counted from the first frame."""
    from twopop.demo import cutting

    return cutting.srt(list(SPEECH), RATE)


def order() -> str:
    """The order: three durations in three aspects and two specs."""
    keep = ", ".join(f'["{timecode(START + a, RATE)}", "{timecode(START + b, RATE)}"]' for a, b in CUT6)
    return _ORDER.replace("KEEP", keep)


_ORDER = """\
# What to make of spot.otio. Change it, then: twopop plan order.toml, and: twopop deliver order.toml
schema = "twopop.order/1"
out = "delivery"

[project]
client = "Harbour Line"
title = "Harbour Days"
code = "HD01"

[timeline]
file = "spot.otio"
media = ["media"]

# Every combination of these is one deliverable: 3 x 3 x 2 = 18. "4:5" and "broadcast-prores" are there to try.
[[matrix]]
durations = ["full", "10s", "6s"]
aspects = ["16:9", "9:16", "1:1"]
specs = ["social-h264", "review-h264"]
languages = ["en"]

# The stretches under the editor's markers of this name, in order.
[cutdowns."10s"]
markers = "CUT10"

# The same by timecode: in, and the frame after the last. (markers = "CUT6" would do as well.)
[cutdowns."6s"]
keep = [KEEP]

# For shots that say nothing of their own; most say where their subject is.
[reframe]
fit = "crop"
x = 0.5

[captions]
en = "captions.en.srt"
"""
