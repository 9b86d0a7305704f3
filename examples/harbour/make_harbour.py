"""Writes the harbour spot: harbour.otio, captions.en.srt and order.toml, into the folder given (or beside this file).

    python make_harbour.py [FOLDER]

A 60 s spot cut from real footage of six frame rates and as many sizes. Everything is counted in program frames at
24000/1001, places in the media too: frame n is n * 1001 / 24000 seconds from the first frame of the file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import opentimelineio as otio

from twopop.demo.cutting import Lane, file_clip, marker, srt, stretch, timeline, title_clip
from twopop.time import Rate, timecode

RATE = Rate(24000, 1001)
FRAMES = 1440
START = 24 * 3600  # 01:00:00:00

BUNNY, COAST, WATER, FLOWER = "bbb_0_30_1080p_51.mp4", "gopro_karma_drone_gpmf.mp4", "stream-of-water.mp4", "flower.mp4"
WEBB, TABLE, TRAMP, FRIDAY = "nasa_13013.mp4", "intel_persons.mp4", "chaplin.mp4", "friday.mp4"
READER = "librivox_sense_and_sensibility_01_austen_64kb-{}.wav"
SPEECH = "jfk.flac"

#: What there is of each file, in units of its own: frames (or samples) and their rate. WATER has a wandering frame
#: rate and lasts 3.0017 s; 89 frames at 30000/1001 are surely there.
MEDIA: dict[str, tuple[int, Rate | int]] = {
    BUNNY: (720, Rate(24)),
    COAST: (362, Rate(30000, 1001)),
    WATER: (89, Rate(30000, 1001)),
    FLOWER: (150, Rate(30000, 1001)),
    WEBB: (390, Rate(30000, 1001)),
    TABLE: (1394, Rate(10)),
    TRAMP: (241, Rate(25)),
    FRIDAY: (185, Rate(30)),
    READER.format("0870"): (113600, 16000),
    READER.format("0890"): (84800, 16000),
    READER.format("0930"): (52640, 16000),
    SPEECH: (485100, 44100),
}


@dataclass(frozen=True)
class Shot:
    """*frames* of *media* from frame *first*; *dissolve* to each side of the cut before it; *wide* is for 16:9."""

    name: str
    media: str
    first: int
    frames: int
    tall: list[list[float]]
    square: list[list[float]] = field(default_factory=list)
    wide: dict[str, float] = field(default_factory=dict)
    speed: float | None = None
    dissolve: int = 0

    def reframe(self) -> dict[str, Any]:
        """The shot's crop wishes; each key of a path is frame, x, y, zoom."""
        wishes: dict[str, Any] = {"9:16": {"keys": self.tall}, "1:1": {"keys": self.square or self.tall}}
        return wishes | ({"16:9": self.wide} if self.wide else {})


#: The tramp's picture has black at its sides, the water and the newsroom are 4:3.
_TRAMP = {"x": 0.5, "y": 0.45, "zoom": 1.3}
_TRAMP_RUNS = [[0, 0.7], [16, 0.5], [30, 0.37], [57, 0.34], [81, 0.41], [95, 0.47]]

SHOTS = (
    Shot("Coast", COAST, 12, 96, [[0, 0.42], [95, 0.5]]),
    Shot("Stream", WATER, 7, 60, [[0, 0.48]], wide={"x": 0.5, "y": 0.45}, dissolve=6),
    Shot("Tree", BUNNY, 144, 72, [[0, 0.66]]),
    Shot("Brook", BUNNY, 300, 48, [[0, 0.62]]),
    Shot("Flower", FLOWER, 36, 72, [[0, 0.5]]),
    Shot("Cliff path", COAST, 144, 96, [[0, 0.5], [95, 0.6]], dissolve=6),
    Shot("Clean room", WEBB, 12, 72, [[0, 0.56]]),
    Shot("Mirror", WEBB, 140, 48, [[0, 0.4]]),
    Shot("Lift", WEBB, 200, 84, [[0, 0.47]]),
    Shot("She comes in", TABLE, 145, 48, [[0, 0.47], [24, 0.57], [47, 0.58]]),
    Shot("He goes", TABLE, 3203, 48, [[0, 0.56], [16, 0.64], [36, 0.9]]),
    Shot("Tramp, slow", TRAMP, 3, 96, _TRAMP_RUNS, [[0, 0.6], [30, 0.42], [95, 0.45]], _TRAMP, speed=0.5),
    Shot("Tramp looks", TRAMP, 104, 48, [[0, 0.6]], [[0, 0.55]], _TRAMP),
    Shot("Newsroom", FRIDAY, 0, 144, [[0, 0.65]], [[0, 0.6]], {"x": 0.5, "y": 0.37, "zoom": 1.03}),
    Shot("Burrow", BUNNY, 554, 40, [[0, 0.5]]),
    Shot("Bird", BUNNY, 412, 72, [[0, 0.46]]),
    Shot("He comes in", TABLE, 1793, 48, [[0, 0.45], [24, 0.55]]),
    Shot("Stream again", WATER, 14, 48, [[0, 0.5]], wide={"x": 0.5, "y": 0.6}),
    Shot("Clouds", BUNNY, 48, 80, [[0, 0.35], [79, 0.5]]),
    Shot("Coast again", COAST, 165, 120, [[0, 0.5]], dissolve=8),
)


@dataclass(frozen=True)
class Sound:
    """*frames* of the sound of *media* from frame *first*, at program frame *start*; fades in frames."""

    start: int
    media: str
    first: int
    frames: int
    gain_db: float
    fades: tuple[int, int] = (2, 2)


NARRATION = (
    Sound(24, READER.format("0870"), 0, 168, 3.0),
    Sound(216, READER.format("0890"), 0, 126, 3.0),
    Sound(362, READER.format("0930"), 0, 78, 2.5),
    Sound(446, WEBB, 0, 202, -1.0, (2, 4)),
)
DIALOGUE = (Sound(888, FRIDAY, 0, 144, 10.0), Sound(1046, SPEECH, 0, 258, -6.0))
MUSIC = (
    Sound(0, BUNNY, 216, 348, -8.0, (12, 36)),
    Sound(648, TRAMP, 5, 222, -11.0, (12, 12)),
    Sound(1032, BUNNY, 190, 408, -7.0, (12, 36)),
)
EFFECTS = (
    Sound(0, COAST, 12, 90, -26.0, (6, 12)),
    Sound(90, WATER, 1, 70, 4.0, (6, 6)),
    Sound(342, COAST, 138, 102, -28.0, (12, 12)),
    Sound(1192, WATER, 14, 48, 4.0, (4, 4)),
    Sound(1312, COAST, 157, 128, -26.0, (12, 24)),
)

#: (first frame, frame after the last, words)
TITLES = ((30, 84, "A day out"), (652, 680, "Somebody comes"), (1196, 1236, "Take the water"))
END_TITLE = (1344, 1440, "Harbour\nOpen every day")

#: After the LibriVox transcription, the Webb film's own subtitles, friday.vtt and the address of 1961.
CAPTIONS = [
    (30, 94, "And Mister John Dashwood had then leisure\nto consider"),
    (95, 186, "how much there might be prudently\nin his power to do for them."),
    (222, 268, "Unless to be rather cold-hearted"),
    (269, 337, "and rather selfish is to be ill-disposed."),
    (367, 432, "He might even have been made amiable himself."),
    (451, 547, "This is the optical and science segment\nof the Webb"),
    (548, 646, "space telescope in one of the largest\ncleanrooms in the world"),
    (888, 911, "Hildy!"),
    (912, 923, "How are you?"),
    (924, 959, "Tell me, is the <u>lord of the universe</u> in?"),
    (960, 990, "Yes, he's in - in a bad humor"),
    (991, 1031, "Somebody must've stolen the crown jewels"),
    (1053, 1099, "And so, my fellow Americans:"),
    (1123, 1152, "ask not"),
    (1175, 1234, "what your country can do for you;"),
    (1241, 1300, "ask what you can do for your country."),
]

#: The stretches of the cutdowns: 720, 360 and 144 frames.
CUT30 = ((0, 204), (888, 1032), (1040, 1308), (1336, 1440))
CUT15 = ((356, 440), (648, 684), (888, 1032), (1344, 1440))
CUT6 = ((648, 684), (744, 792), (1380, 1440))

NOTES = (
    (96, "Dissolve", "PINK", "Half a second; longer looked slack."),
    (444, "Webb", "YELLOW", "NASA asks to be named; no endorsement."),
    (744, "Slow motion", "CYAN", "Plays at 50 %."),
    (888, "Sync", "RED", "Picture and sound of one clip: watch the lips."),
)


def _available(media: str) -> Any:
    count, rate = MEDIA[media]
    if isinstance(rate, Rate):
        return stretch(0, count, rate)
    return otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(count, rate))


def _picture() -> Lane:
    lane, start = Lane("Picture", "Video", RATE), 0
    for shot in SHOTS:
        if shot.dissolve:
            lane.dissolve(shot.dissolve, shot.dissolve)
        taken = stretch(shot.first, shot.frames, RATE)
        says = {"reframe": shot.reframe()}
        lane.put(start, file_clip(shot.name, shot.media, taken, _available(shot.media), speed=shot.speed, says=says))
        start += shot.frames
    return lane


def _titles() -> Lane:
    lane = Lane("Titles", "Video", RATE)
    for start, stop, text in (*TITLES, END_TITLE):
        lane.put(start, title_clip(text, stop - start, RATE), fade_in=6, fade_out=6)
    return lane


def _sounds() -> Iterator[Lane]:
    tracks = {"Narration": NARRATION, "Dialogue": DIALOGUE, "Music": MUSIC, "Effects": EFFECTS}
    for name, sounds in tracks.items():
        lane = Lane(name, "Audio", RATE, name.lower())
        for sound in sounds:
            taken = stretch(sound.first, sound.frames, RATE)
            says = {"gain_db": sound.gain_db}
            clip = file_clip(Path(sound.media).stem, sound.media, taken, _available(sound.media), says=says)
            lane.put(sound.start, clip, fade_in=sound.fades[0], fade_out=sound.fades[1])
        yield lane


def harbour_otio() -> str:
    """The cut, as the text of an OTIO file that names its media by file name alone."""
    markers = [marker("CUT30", a, b - a, RATE, colour="GREEN") for a, b in CUT30]
    markers += [marker("CUT15", a, b - a, RATE, colour="BLUE") for a, b in CUT15]
    markers += [marker(name, frame, 0, RATE, colour=colour, note=note) for frame, name, colour, note in NOTES]
    cut = timeline("Harbour", START, RATE, [_picture(), _titles(), *_sounds()], markers)
    text: str = otio.adapters.write_to_string(cut, "otio_json")
    return text + "\n"


def order() -> str:
    """The order: four durations in three aspects and two specs."""
    keep = ",\n".join(f'  ["{timecode(START + a, RATE)}", "{timecode(START + b, RATE)}"]' for a, b in CUT6)
    return f"""\
# Written by make_harbour.py. 4 durations x 3 aspects x 2 specs = 24 deliverables.
schema = "twopop.order/1"
out = "delivery"

[project]
client = "Harbour Line"
title = "Harbour"
code = "HARB60"
fields = {{ campaign = "Spring" }}

[timeline]
file = "harbour.otio"
media = ["../../../shared/media"]

[[matrix]]
durations = ["full", "30s", "15s", "6s"]
aspects = ["16:9", "9:16", "1:1"]
specs = ["social-h264", "broadcast-prores"]
languages = ["en"]

[cutdowns."30s"]
markers = "CUT30"

[cutdowns."15s"]
markers = "CUT15"

[cutdowns."6s"]
keep = [
{keep},
]

[captions]
en = "captions.en.srt"
"""


def files() -> dict[str, str]:
    """{file name: text} of everything that this script writes."""
    return {"harbour.otio": harbour_otio(), "captions.en.srt": srt(CAPTIONS, RATE), "order.toml": order()}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, text in files().items():
        (folder / name).write_bytes(text.encode())
