"""The harbour example: its files are what its script writes, and OpenTimelineIO counts what its page says."""

import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import av
import opentimelineio as otio
import pysubs2
import pytest

import twopop.builtin
from twopop.delivery.order import Order, read_order
from twopop.specs import read_spec

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "harbour"
MEDIA = (ROOT / "../shared/media").resolve()
RATE = 24000 / 1001


@pytest.fixture(scope="module")
def timeline() -> otio.schema.Timeline:
    return otio.adapters.read_from_file(str(FOLDER / "harbour.otio"))


@pytest.fixture(scope="module")
def order() -> Order:
    return read_order(FOLDER / "order.toml")


def frames(time: otio.opentime.RationalTime) -> int:
    count = time.rescaled_to(RATE).value
    assert count == pytest.approx(round(count), abs=1e-6)
    return round(count)


def named(timeline: otio.schema.Timeline, name: str) -> list[tuple[int, int]]:
    ranges = [marker.marked_range for marker in timeline.tracks.markers if marker.name == name]
    return [(frames(r.start_time), frames(r.end_time_exclusive())) for r in ranges]


def kept(order: Order, label: str) -> list[tuple[int, int]]:
    count = [[otio.opentime.from_timecode(text, RATE).value for text in pair] for pair in order.cutdowns[label].keep]
    return [(int(start) - 86400, int(stop) - 86400) for start, stop in count]


def test_the_script_writes_the_files_that_are_here(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(FOLDER / "make_harbour.py"), str(tmp_path)], check=True, timeout=60)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["captions.en.srt", "harbour.otio", "order.toml"]
    for name in written:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), f"{name} is not what the script writes"


def test_it_is_sixty_seconds_of_at_least_fifteen_shots(timeline: otio.schema.Timeline) -> None:
    assert frames(timeline.duration()) == 60 * 24
    assert timeline.global_start_time.to_timecode(RATE, False) == "01:00:00:00"
    picture, titles = timeline.video_tracks()
    assert frames(picture.duration()) == 1440
    shots = list(picture.find_clips())
    assert len(shots) >= 15
    assert len({shot.media_reference.target_url for shot in shots}) == 8
    assert sum(isinstance(item, otio.schema.Transition) for item in picture) >= 2
    assert any(isinstance(e, otio.schema.LinearTimeWarp) and e.time_scalar == 0.5 for s in shots for e in s.effects)
    assert [clip.media_reference.generator_kind for clip in titles.find_clips()] == ["title"] * 4


def test_no_sound_is_longer_than_the_picture(timeline: otio.schema.Timeline) -> None:
    tracks = timeline.audio_tracks()
    assert [track.metadata["twopop"]["role"] for track in tracks] == ["narration", "dialogue", "music", "effects"]
    assert max(frames(track.duration()) for track in tracks) == 1440


def test_the_cutdowns_come_to_their_lengths_without_cutting_words_or_dissolves(
    timeline: otio.schema.Timeline, order: Order
) -> None:
    assert (order.cutdowns["30s"].markers, order.cutdowns["15s"].markers) == ("CUT30", "CUT15")
    cuts = {30: named(timeline, "CUT30"), 15: named(timeline, "CUT15"), 6: kept(order, "6s")}
    captions = [
        (line.start * 24 / 1001, line.end * 24 / 1001) for line in pysubs2.load(str(FOLDER / "captions.en.srt"))
    ]
    dissolves = [(90, 102), (342, 354), (1312, 1328)]
    for seconds, spans in cuts.items():
        assert sum(stop - start for start, stop in spans) == seconds * 24
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
        edges = {edge for span in spans for edge in span}
        for start, stop in captions + dissolves:
            assert not any(start + 0.5 < edge < stop - 0.5 for edge in edges), (seconds, start, stop)


def test_the_order_asks_for_twenty_four(order: Order) -> None:
    (matrix,) = order.matrix
    assert len(matrix.durations) * len(matrix.aspects) * len(matrix.specs) * len(matrix.languages) == 4 * 3 * 2
    for name in matrix.specs:
        spec = read_spec(Path(twopop.builtin.__path__[0]) / "specs" / f"{name}.toml")
        assert set(matrix.aspects) <= set(spec.video.sizes)


def test_the_order_finds_the_media_from_its_own_folder(order: Order) -> None:
    (folder,) = order.timeline.media
    assert (FOLDER / folder).resolve() == MEDIA


def test_the_page_names_every_file_that_is_used(timeline: otio.schema.Timeline) -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    for clip in timeline.find_clips():
        url = getattr(clip.media_reference, "target_url", "")
        assert "/" not in url
        assert not url or url in page or ("librivox" in url and "librivox_sense_and_sensibility" in page)


def _clips(timeline: otio.schema.Timeline) -> list[tuple[otio.schema.Clip, float, float]]:
    """Each clip of a file, and the seconds by which the dissolves beside it lengthen its head and its tail."""
    found = []
    for track in timeline.tracks:
        for before, clip, after in zip([None, *track[:-1]], track, [*track[1:], None], strict=True):
            if isinstance(clip, otio.schema.Clip) and hasattr(clip.media_reference, "target_url"):
                head = before.in_offset.to_seconds() if isinstance(before, otio.schema.Transition) else 0.0
                tail = after.out_offset.to_seconds() if isinstance(after, otio.schema.Transition) else 0.0
                found.append((clip, head, tail))
    return found


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the shared footage is not here")
def test_every_clip_lies_within_what_its_file_really_holds(timeline: otio.schema.Timeline) -> None:
    for clip, head, tail in _clips(timeline):
        name = clip.media_reference.target_url
        with av.open(str(next(MEDIA.rglob(name)))) as media:
            streams = media.streams.audio if clip.parent().kind == "Audio" else media.streams.video
            longest = max(float((stream.duration or 0) * stream.time_base) for stream in streams)
            whole = media.duration / av.time_base
        speed = next((effect.time_scalar for effect in clip.effects), 1)
        first = clip.source_range.start_time.to_seconds()
        assert first >= head * speed, name
        assert first + (clip.source_range.duration.to_seconds() + tail) * speed <= longest + 1e-6, name
        assert clip.media_reference.available_range.duration.to_seconds() <= whole + 0.001, name


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the shared footage is not here")
def test_the_newsroom_captions_are_those_of_its_own_file() -> None:
    """friday.vtt begins with the clip, on frame 888; both have to agree to the frame."""
    own = pysubs2.load(str(MEDIA / "captions" / "friday.vtt"))
    ours = [line for line in pysubs2.load(str(FOLDER / "captions.en.srt")) if 37000 < line.start < 43000]
    assert [line.plaintext for line in ours] == [line.plaintext for line in own]
    for line, source in zip(ours, own, strict=True):
        assert line.start - 888 * 1001 / 24 == pytest.approx(source.start, abs=1001 / 24)


def test_the_order_is_plain_toml_with_its_schema() -> None:
    assert tomllib.loads((FOLDER / "order.toml").read_text("utf-8"))["schema"] == "twopop.order/1"
