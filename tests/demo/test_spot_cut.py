"""The demo's cut, counted with OpenTimelineIO's own arithmetic."""

import tomllib
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pysubs2
import pytest

import twopop.builtin
from twopop.delivery.order import Order, parse_order
from twopop.demo import cut
from twopop.demo.scenes import SCENES

RATE = 24000 / 1001


@pytest.fixture(scope="module")
def timeline() -> otio.schema.Timeline:
    return otio.adapters.read_from_string(cut.spot_otio(), "otio_json")


@pytest.fixture(scope="module")
def order() -> Order:
    return parse_order(tomllib.loads(cut.order()), where="order.toml")


def frames(time: otio.opentime.RationalTime) -> int:
    count = time.rescaled_to(RATE).value
    assert count == pytest.approx(round(count), abs=1e-6)
    return round(count)


def named(timeline: otio.schema.Timeline, name: str) -> list[tuple[int, int]]:
    ranges = [marker.marked_range for marker in timeline.tracks.markers if marker.name == name]
    return [(frames(r.start_time), frames(r.end_time_exclusive())) for r in ranges]


def test_it_lasts_twenty_seconds_from_hour_one(timeline: otio.schema.Timeline) -> None:
    assert frames(timeline.duration()) == 480
    assert timeline.global_start_time.to_timecode(RATE, False) == "01:00:00:00"


def test_no_track_is_longer_than_the_picture(timeline: otio.schema.Timeline) -> None:
    lengths = {track.name: frames(track.duration()) for track in timeline.tracks}
    assert lengths["Picture"] == lengths["Titles"] == lengths["Music"] == 480
    assert max(lengths.values()) == 480


def test_it_has_all_that_a_cut_can_have(timeline: otio.schema.Timeline) -> None:
    picture, titles = timeline.video_tracks()
    clips = list(picture.find_clips())
    assert len(clips) >= 8
    assert len([item for item in picture if isinstance(item, otio.schema.Transition)]) == 1
    scalars = [
        effect.time_scalar
        for clip in clips
        for effect in clip.effects
        if isinstance(effect, otio.schema.LinearTimeWarp) and not isinstance(effect, otio.schema.FreezeFrame)
    ]
    assert scalars == [0.5]
    assert len([clip for clip in clips if any(isinstance(e, otio.schema.FreezeFrame) for e in clip.effects)]) == 1
    assert all(clip.media_reference.parameters["text"] for clip in titles.find_clips())
    roles = {track.metadata["twopop"]["role"] for track in timeline.audio_tracks()}
    assert roles == {"dialogue", "music", "effects"}
    rates = {round(clip.media_reference.available_range.duration.rate, 3) for clip in clips}
    assert rates == {23.976, 25.0, 29.97}


def test_every_clip_lies_within_its_media_with_room_for_the_dissolve(timeline: otio.schema.Timeline) -> None:
    handle = otio.opentime.RationalTime(6, RATE)
    for clip in timeline.video_tracks()[0].find_clips():
        there, used = clip.media_reference.available_range, clip.source_range
        speed = next((effect.time_scalar for effect in clip.effects), 1.0)
        last = used.start_time.to_seconds() + used.duration.to_seconds() * speed
        assert used.start_time.to_seconds() >= handle.to_seconds()
        assert last + handle.to_seconds() <= there.duration.to_seconds() + 1e-9


def test_the_cutdowns_come_to_their_lengths(timeline: otio.schema.Timeline, order: Order) -> None:
    for name, length in (("CUT10", 10 * 24), ("CUT6", 6 * 24)):
        spans = named(timeline, name)
        assert sum(stop - start for start, stop in spans) == length
        assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert order.cutdowns["10s"].markers == "CUT10"
    kept = [
        tuple(otio.opentime.from_timecode(label, RATE).value - 86400 for label in pair)
        for pair in order.cutdowns["6s"].keep
    ]
    assert kept == named(timeline, "CUT6")


@pytest.mark.parametrize("spans", [cut.CUT10, cut.CUT6])
def test_no_cutdown_cuts_into_a_word_or_a_dissolve(spans: tuple[tuple[int, int], ...]) -> None:
    edges = {edge for span in spans for edge in span} - {0, 480}
    for start, stop, *_ in (*cut.SPEECH, (210, 222)):
        assert not any(start < edge < stop for edge in edges)


def test_the_captions_are_the_speech() -> None:
    lines = pysubs2.SSAFile.from_string(cut.captions(), format_="srt")
    assert [line.plaintext for line in lines] == [words for _, _, words in cut.SPEECH]
    for line, (start, stop, _) in zip(lines, cut.SPEECH, strict=True):
        assert line.start == pytest.approx(start * 1001 / 24, abs=0.5)
        assert line.end == pytest.approx(stop * 1001 / 24, abs=0.5)


def test_the_order_asks_for_eighteen_in_specs_that_exist(order: Order) -> None:
    (matrix,) = order.matrix
    assert len(matrix.durations) * len(matrix.aspects) * len(matrix.specs) * len(matrix.languages) == 18
    folder = twopop.builtin.__path__[0]
    assert all((Path(folder) / "specs" / f"{name}.toml").is_file() for name in matrix.specs)


def test_every_shot_has_a_scene_and_says_where_its_subject_is() -> None:
    assert {shot.scene for shot in cut.SHOTS} == set(SCENES)
    assert all("9:16" in shot.reframe for shot in cut.SHOTS)


def test_the_texts_are_the_same_each_time() -> None:
    assert cut.spot_otio() == cut.spot_otio()
    assert cut.order() == cut.order()
