"""Each sound layout, delivered whole: every channel carries its own tone and is read back by other programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.numbered import PRORES, make_numbered
from support.projects import FILM, clip, deliver_apart, time, timeline, track, write_project
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.receipt import Delivered, Receipt
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session

FRAMES, RATE = 48, 48000
SAMPLES = 96096  # 48 frames of 24000/1001 at 48 kHz: 2002 each

#: The tones in Hz of each source, by its channels, 0.05 strong each.
TONES = {"DX": (500,), "VO": (600,), "FX": (700, 900), "MX": (1100, 1300, 1500, 60, 1900, 2100)}
LEVEL = 0.05
LABELS = ("L", "R", "C", "LFE", "Ls", "Rs")
DOWN = 0.5**0.5

#: What a channel holds of each source's channels: mono goes to L and R, 5.1 straight through.
SURROUND: dict[str, dict[int, float]] = {
    "L": {500: 1, 600: 1, 700: 1, 1100: 1},
    "R": {500: 1, 600: 1, 900: 1, 1300: 1},
    "C": {1500: 1},
    "LFE": {60: 1},
    "Ls": {1900: 1},
    "Rs": {2100: 1},
}
#: The same folded down after ITU-R BS.775-3: the centre and the surrounds at -3 dB, no LFE.
STEREO: dict[str, dict[int, float]] = {
    "L": {500: 1, 600: 1, 700: 1, 1100: 1, 1500: DOWN, 1900: DOWN},
    "R": {500: 1, 600: 1, 900: 1, 1300: 1, 1500: DOWN, 2100: DOWN},
}
MONO = {"C": {tone: sum(STEREO[side].get(tone, 0) for side in "LR") / 2 for tone in {*STEREO["L"], *STEREO["R"]}}}
SPOKEN, UNSPOKEN = {500, 600}, {700, 900, 1100, 1300, 1500, 60, 1900, 2100}

_SPLIT_8 = '{ layout = "5.1", split = true }, { layout = "stereo", split = true }'
_SPLIT_12 = (
    f'{_SPLIT_8}, {{ layout = "stereo", carries = "me", split = true }},'
    ' { layout = "stereo", carries = "silence", split = true }'
)
_SPLIT_16 = (
    f'{_SPLIT_8}, {{ layout = "5.1", carries = "me", split = true }},'
    ' { layout = "stereo", carries = "dialogue", split = true }'
)
PCM = 'encoder = "pcm_s24le", codec = "pcm_s24le"'
AAC = 'encoder = "aac", codec = "aac", options = { b = "384k" }'
AUDIO = {
    "mono": f'{PCM}, layout = "mono"',
    "stereo": f'{PCM}, layout = "stereo"',
    "surround": f'{PCM}, layout = "5.1"',
    "both": f'{PCM}, layout = "5.1+2.0"',
    "eight": f"{PCM}, tracks = [{_SPLIT_8}]",
    "twelve": f"{PCM}, tracks = [{_SPLIT_12}]",
    "sixteen": f"{PCM}, tracks = [{_SPLIT_16}]",
    "aac-surround": f'{AAC}, layout = "5.1"',
    "aac-both": f'{AAC}, layout = "5.1+2.0"',
}


def _of(table: dict[str, dict[int, float]], tones: set[int]) -> dict[str, dict[int, float]]:
    return {channel: {t: level for t, level in held.items() if t in tones} for channel, held in table.items()}


def _apart(table: dict[str, dict[int, float]]) -> list[dict[str, dict[int, float]]]:
    return [{channel: held} for channel, held in table.items()]


#: The streams of each layout, as {channel: {tone: level}}.
WANTED = {
    "mono": [MONO],
    "stereo": [STEREO],
    "surround": [SURROUND],
    "both": [SURROUND, STEREO],
    "eight": [*_apart(SURROUND), *_apart(STEREO)],
    "twelve": [*_apart(SURROUND), *_apart(STEREO), *_apart(_of(STEREO, UNSPOKEN)), *_apart(_of(STEREO, set()))],
    "sixteen": [*_apart(SURROUND), *_apart(STEREO), *_apart(_of(SURROUND, UNSPOKEN)), *_apart(_of(STEREO, SPOKEN))],
    "aac-surround": [SURROUND],
    "aac-both": [SURROUND, STEREO],
}

_SPEC = """schema = "twopop.spec/1"
name = "{name}"
title = "A layout"
source = "a test"
checked = 2026-11-25
container = {{ format = "{format}", extension = "{format}" }}
audio = {{ {audio} }}
{more}
[video]
encoder = "prores_ks"
codec = "prores"
pixel_format = "yuv422p10le"
sizes = {{ "16:9" = [320, 180] }}
options = {{ profile = "0", vendor = "apl0" }}
"""


def write_tones(path: Path, tones: tuple[int, ...], *, seconds: int = 3) -> None:
    """A 16-bit WAV with one tone in each channel; six of them are 5.1 by their number."""
    at = np.arange(seconds * RATE) / RATE
    sound = np.stack([LEVEL * np.sin(2 * np.pi * tone * at) for tone in tones], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(tones))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())


def spec_text(name: str, audio: str, more: str = "") -> str:
    text = _SPEC.format(name=name, format="mp4" if "aac" in audio else "mov", audio=audio, more=more)
    if "aac" in audio:
        text = text.replace('"prores_ks"', '"libx264"').replace('"prores"', '"h264"').replace("422p10le", "420p")
        text = text.replace('{ profile = "0", vendor = "apl0" }', '{ preset = "ultrafast", threads = "1", bf = "0" }')
    return text


def write_tones_project(folder: Path, audios: dict[str, str], *, more: str = "", tracks: Any = TONES) -> Path:
    """A cut of two seconds with a track of tones for each role, and an order for a spec with each of *audios*."""
    folder.mkdir(parents=True, exist_ok=True)
    make_numbered(folder / "picture.mov", frames=60, rate=FILM, codec=PRORES)
    for name, tones in tracks.items():
        write_tones(folder / f"{name}.wav", tones)
    sounds = [
        track(clip(f"{name}.wav", time(0, FILM), FRAMES, FILM), kind="Audio", name=f"{name} 1") for name in tracks
    ]
    cut = timeline(track(clip("picture.mov", time(0, FILM), FRAMES, FILM)), *sounds, rate=FILM)
    listed = ", ".join(f'"{name}"' for name in audios)
    order = write_project(
        folder, cut, f'[[matrix]]\ndurations = ["full"]\naspects = ["16:9"]\nspecs = [{listed}]\n'
    )  # fmt: skip
    for name, audio in audios.items():
        (folder / "plugins" / f"{name}.toml").write_text(spec_text(name, audio, more))
    return order


def delivered(order: Path) -> Receipt:
    session = open_session(order.parent)
    return deliver(make_plan(read_order(order), session), session)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Delivered]]:
    """Every layout delivered once: the file and its record, by the spec's name."""
    order = write_tones_project(tmp_path_factory.mktemp("layouts"), AUDIO)
    receipt = delivered(order)
    assert [record.outcome for record in receipt.deliverables] == ["delivered"] * len(AUDIO), receipt
    return {record.spec: (order.parent / "delivery" / record.file.path, record) for record in receipt.deliverables}


def _streams(ffprobe: str, path: Path) -> list[dict[str, Any]]:
    command = [ffprobe, "-v", "error", "-select_streams", "a", "-show_streams", "-of", "json", str(path)]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    streams: list[dict[str, Any]] = listed["streams"]
    return streams


def _heard(path: Path, number: int, channels: int) -> np.ndarray:
    """The samples of audio stream *number* as another build of ffmpeg plays them."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:a:{number}", "-f", "f32le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60, stdin=subprocess.DEVNULL).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels)


def _level(sound: np.ndarray, tone: int) -> float:
    """How strong *tone* is, over a whole second from the middle, so that tones of whole Hertz do not leak."""
    middle = sound[RATE // 2 : RATE // 2 + RATE]
    return float(2 * abs(np.mean(middle * np.exp(-2j * np.pi * tone * np.arange(RATE) / RATE))))


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no other ffmpeg on this machine")
@pytest.mark.parametrize("name", AUDIO)
def test_each_channel_carries_what_it_should(files: dict[str, tuple[Path, Delivered]], name: str) -> None:
    path, _ = files[name]
    every = sorted({tone for tones in TONES.values() for tone in tones})
    for number, stream in enumerate(WANTED[name]):
        heard = _heard(path, number, len(stream))
        # an older ffmpeg plays what AAC needs to fill its last frame of 1024; the edit list ends before that
        assert SAMPLES <= len(heard) < SAMPLES + (1024 if "aac" in name else 1)
        for column, (channel, held) in enumerate(stream.items()):
            levels = {tone: _level(heard[:, column], tone) / LEVEL for tone in every}
            slack = 0.05 if "aac" in name else 0.002
            assert levels == pytest.approx({tone: held.get(tone, 0.0) for tone in every}, abs=slack), (number, channel)


@pytest.mark.parametrize("name", AUDIO)
def test_the_container_says_where_each_channel_belongs(
    files: dict[str, tuple[Path, Delivered]], name: str, ffprobe: str
) -> None:
    streams = _streams(ffprobe, files[name][0])
    assert [stream["channels"] for stream in streams] == [len(stream) for stream in WANTED[name]]
    words: dict[tuple[str, ...], str | None] = {
        ("L", "R"): "stereo",
        ("C",): "mono",
        LABELS: "5.1" if "aac" in name else "5.1(side)",
    }
    words |= dict.fromkeys([("L",)], "1 channels (FL)") | dict.fromkeys([("R",)], "1 channels (FR)")
    words |= {("LFE",): "1 channels (LFE)", ("Ls",): "1 channels (SL)", ("Rs",): "1 channels (SR)"}
    # ffmpeg's muxer places no mono track when a file has two of them in the middle; their titles do
    words |= {("C",): None} if name == "sixteen" else {}
    assert [stream.get("channel_layout") for stream in streams] == [words[tuple(stream)] for stream in WANTED[name]]
    assert {stream["duration_ts"] for stream in streams} == {SAMPLES}
    assert {stream["start_pts"] for stream in streams} == {0}
    # mono tracks are heard together; of whole mixes in two layouts, the first
    heard = [stream["disposition"]["default"] for stream in streams]
    assert heard == [1, *[int("both" not in name)] * (len(streams) - 1)]


def test_mediainfo_names_the_tracks_of_sixteen(files: dict[str, tuple[Path, Delivered]], mediainfo: str) -> None:
    listed = subprocess.run(
        [mediainfo, "--Output=JSON", str(files["sixteen"][0])], capture_output=True, check=True, timeout=60
    )
    tracks = [each for each in json.loads(listed.stdout)["media"]["track"] if each["@type"] == "Audio"]
    unplaced = [channel if channel != "C" else None for channel in LABELS]
    assert [each.get("ChannelLayout") for each in tracks] == [*unplaced, "L", "R", *unplaced, "L", "R"]
    titles = [f"Full mix {channel}" for channel in (*LABELS, "L", "R")]
    titles += [f"M&E {channel}" for channel in LABELS] + ["Dialogue L", "Dialogue R"]
    assert [each["Title"] for each in tracks] == titles
    assert {int(each["BitDepth"]) for each in tracks} == {24}


def test_every_mix_of_a_file_has_its_own_loudness(tmp_path: Path) -> None:
    loudness = "loudness = { target = -23.0, tolerance = 0.2, true_peak = -1.0, level = 'fail' }"
    tracks = '{ layout = "5.1" }, { layout = "stereo" }, { layout = "stereo", carries = "me" }'
    order = write_tones_project(tmp_path, {"three": f"{PCM}, tracks = [{tracks}]"}, more=loudness)
    (record,) = delivered(order).deliverables
    assert record.outcome == "delivered", record.findings
    surround, stereo, me = record.sounds
    assert (surround.integrated_lufs, stereo.integrated_lufs) == (pytest.approx(-23, abs=0.01),) * 2
    assert me.gain_db == stereo.gain_db
    assert me.integrated_lufs is not None
    assert me.integrated_lufs < -23.01


def test_a_finished_mix_does_not_become_an_me(tmp_path: Path) -> None:
    tracks = '{ layout = "stereo", carries = "me" }'
    order = write_tones_project(tmp_path, {"me": f"{PCM}, tracks = [{tracks}]"}, tracks={"REC": (500, 600)})
    (record,) = delivered(order).deliverables
    assert record.outcome == "blocked"
    assert [finding.rule for finding in record.findings] == ["sound.no-stem"]


def test_other_workers_make_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for workers in (1, 2):
        order = write_tones_project(tmp_path / str(workers), {"sixteen": AUDIO["sixteen"]})
        settings = order.parent / "twopop.toml"
        settings.write_text(settings.read_text().replace("workers = 2", f"workers = {workers}"))
        assert deliver_apart(order.parent) == "delivered"
        made.append(next((order.parent / "delivery").rglob("*.mov")).read_bytes())
    assert made[0] == made[1]


def test_surround_of_real_footage_stays_what_it_is(tmp_path: Path, shared_media: Path, ffprobe: str) -> None:
    source = shared_media / "video" / "bbb_0_30_1080p_51.mp4"
    order = write_tones_project(tmp_path, {"surround": AUDIO["surround"]}, tracks={})
    cut = timeline(
        track(clip("picture.mov", time(0, FILM), FRAMES, FILM)),
        track(clip(source, time(240, FILM), FRAMES, FILM), kind="Audio", name="REC"),
        rate=FILM,
    )
    cut.to_json_file(str(order.parent / "cut.otio"))
    (record,) = delivered(order).deliverables
    assert (record.outcome, record.findings) == ("delivered", ())
    heard = _heard(order.parent / "delivery" / record.file.path, 0, 6)
    command = ["ffmpeg", "-v", "error", "-ss", "10.01", "-i", str(source), "-map", "0:a:0", "-f", "f32le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60, stdin=subprocess.DEVNULL).stdout
    there = np.frombuffer(raw, "<f4").reshape(-1, 6)[:SAMPLES]
    for channel in range(6):
        ours, theirs = heard[:, channel], there[:, channel]
        assert np.sqrt(np.mean((ours - theirs) ** 2)) <= 0.02 * max(np.sqrt(np.mean(theirs**2)), 1e-4), channel
