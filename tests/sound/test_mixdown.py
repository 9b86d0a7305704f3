"""The recipe of a mix, against a walk over every sample."""

import math
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.findings import Severity
from twopop.picture.facts import MediaFacts, PictureFacts, SoundFacts
from twopop.sound.mixdown import plan_mixes
from twopop.specs import Audio, Loudness, SoundTrack
from twopop.time import Rate, samples_at
from twopop.timeline.origin import media_time
from twopop.timeline.program import AudioClip, AudioTrack, Program, Role, Source
from twopop.variants.model import Span

PAL = Rate(25)
PCM = Audio(encoder="pcm_s24le", codec="pcm_s24le")
RATES = [
    Rate(24000, 1001), Rate(24), Rate(25), Rate(30000, 1001), Rate(30), Rate(50), Rate(60000, 1001), Rate(60),
]  # fmt: skip


def facts(seconds=1000, *, timecode="", channels=2, sound=True, rate=48000, picture=None):
    streams = (SoundFacts(index=1, codec="pcm_s16le", rate=rate, channels=channels, samples=int(seconds * rate)),)
    return MediaFacts(
        path="/media/a.mov",
        content="c0ffee",
        bytes=1,
        format="mov",
        seconds=Fraction(seconds),
        picture=picture,
        sound=streams if sound else (),
        timecode=timecode,
    )


def clip(start, stop, **more):
    return AudioClip(start=Fraction(start), stop=Fraction(stop), name="vox", source=Source(name="a"), **more)


def program(*clips, rate=PAL, frames=250, role=Role.DIALOGUE, start=0):
    track = AudioTrack(name="A1", role=role, clips=clips)
    return Program(name="spot", rate=rate, frames=frames, audio=(track,), start=start)


def plan(film, spans, found=None, *, audio=PCM, loudness=None, **more):
    """The first mix and the findings."""
    mixes, findings = plan_all(film, spans, found, audio=audio, loudness=loudness, **more)
    return mixes[0], findings


def plan_all(film, spans, found=None, *, audio=PCM, loudness=None, **more):
    return plan_mixes(
        film,
        [Span(*span) for span in spans],
        find=(lambda _: facts()) if found is None else found,
        audio=audio,
        loudness=loudness,
        **more,
    )


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("sample_rate", [44100, 48000, 96000])
def test_a_mix_is_as_long_as_its_picture(rate, sample_rate):
    audio = Audio(encoder="pcm_s24le", codec="pcm_s24le", rate=sample_rate)
    for frames in (1, 5, 144, 719, 720, 1439):
        mix, _ = plan(program(clip(0, 900), rate=rate, frames=frames), [(0, frames)], audio=audio)
        exact = Fraction(frames) / rate * sample_rate
        assert abs(mix.samples - exact) <= Fraction(1, 2)
        assert mix.samples == samples_at(frames, rate, sample_rate)
        assert [(part.start, part.stop) for part in mix.parts] == [(0, mix.samples)]


def test_stretches_begin_on_the_cuts_own_frames():
    rate = Rate(30000, 1001)
    mix, _ = plan(program(clip(0, 900), rate=rate, frames=900), [(7, 11), (100, 103), (50, 57)])
    # 4 frames are 6406.4 samples, 7 are 11211.2, 14 are 22422.4
    assert [(part.start, part.stop) for part in mix.parts] == [(0, 6406), (6406, 11211), (11211, 22422)]
    assert mix.samples == 22422
    for part, first, offset in zip(mix.parts, (7, 100, 50), (0, 4, 7), strict=True):
        # the sample lies up to half a sample away from the frame; the source's time follows the sample
        late = Fraction(part.start, 48000) - rate.seconds(offset)
        assert part.source_in == rate.seconds(first) + late


def test_stretches_that_run_on_make_one_part():
    film = program(clip(1, 9, fade_in=Fraction(2)))
    assert plan(film, [(0, 100), (100, 200)], join_fade=Fraction(1, 100)) == plan(
        film, [(0, 200)], join_fade=Fraction(1, 100)
    )


def test_a_clip_outside_every_stretch_is_never_looked_for():
    asked = []
    film = program(clip(0, 1), clip(4, 5), clip(1, 2, speed=Fraction(0)))
    plan(film, [(100, 200)], lambda c: asked.append(c) or facts())
    assert [c.start for c in asked] == [4]


def spoken(*roles):
    """Two seconds with a track for each of *roles*."""
    tracks = tuple(AudioTrack(name=role.value, role=role, clips=(clip(0, 2),)) for role in roles)
    return Program(name="spot", rate=PAL, frames=50, audio=tracks)


STEMS = [Role.DIALOGUE, Role.NARRATION, Role.MUSIC, Role.EFFECTS]


@pytest.mark.parametrize(
    ("carries", "heard"),
    [
        ("mix", STEMS),
        ("dialogue", STEMS[:2]),
        ("me", STEMS[2:]),
        ("narration", [Role.NARRATION]),
        ("music", [Role.MUSIC]),
        ("effects", [Role.EFFECTS]),
        ("mix-minus", [Role.DIALOGUE, Role.MUSIC, Role.EFFECTS]),
        ("silence", []),
    ],
)
def test_a_track_carries_its_roles(carries, heard):
    audio = Audio(encoder="pcm_s24le", codec="pcm_s24le", tracks=(SoundTrack(layout="stereo", carries=carries),))
    mix, findings = plan(
        spoken(*STEMS), [(0, 50)], audio=audio, loudness=Loudness(target=-23, tolerance=1, true_peak=-1)
    )
    assert [part.role for part in mix.heard] == heard
    assert (mix.target, mix.samples) == (None if carries == "silence" else -23, 96000)
    assert findings == ()


def test_each_sound_of_a_layout_is_a_mix_of_its_width():
    audio = Audio(encoder="aac", codec="aac", layout="5.1+2.0")
    mixes, findings = plan_all(spoken(Role.MIX), [(0, 50)], lambda _: facts(channels=6), audio=audio)
    assert [mix.channels for mix in mixes] == [6, 2]
    assert mixes[0].parts == mixes[1].parts
    assert findings == ()


def test_a_finished_mix_cannot_be_taken_apart():
    audio = Audio(encoder="aac", codec="aac", tracks=(SoundTrack(layout="stereo", carries="me"),))
    _, findings = plan(spoken(Role.MIX, Role.MUSIC), [(0, 50)], audio=audio)
    assert [(f.rule, f.severity) for f in findings] == [("sound.no-stem", Severity.FAIL)]


def test_a_stem_of_which_nothing_is_played_is_told():
    audio = Audio(encoder="aac", codec="aac", tracks=(SoundTrack(layout="stereo", carries="music"),))
    mix, findings = plan(spoken(Role.DIALOGUE), [(0, 50)], audio=audio)
    assert (mix.heard, [f.rule for f in findings]) == ((), ["sound.silent-stem"])


@pytest.mark.parametrize(("channels", "rules"), [(1, ["sound.no-surround"]), (2, ["sound.no-surround"]), (6, [])])
def test_surround_is_not_made_up_in_silence(channels, rules):
    audio = Audio(encoder="aac", codec="aac", layout="5.1")
    _, findings = plan(spoken(Role.MIX), [(0, 50)], lambda _: facts(channels=channels), audio=audio)
    assert [f.rule for f in findings] == rules


def test_what_the_clip_says_travels_with_it():
    film = program(clip(0, 2, gain_db=-6.5, channels=(1,), speed=Fraction(-2), source_in=Fraction(10)))
    mix, findings = plan(film, [(25, 50)], loudness=Loudness(target=-23.0, tolerance=0.2, true_peak=-1.0))
    (part,) = mix.parts
    assert (part.gain_db, part.channels, part.speed, part.source_in) == (-6.5, (1,), -2, 8)
    assert (part.path, part.content, part.stream) == ("/media/a.mov", "c0ffee", 1)
    assert (mix.target, mix.true_peak) == (-23.0, -1.0)
    assert findings == ()


def test_missing_media_is_named_with_its_timecode():
    mix, findings = plan(program(clip(2, 4), start=90000), [(0, 250)], lambda _: None)
    assert mix.parts == ()
    (found,) = findings
    assert (found.rule, found.severity) == ("sound.missing", Severity.FAIL)
    assert "vox" in found.where
    assert "01:00:02:00" in found.where


def test_media_without_sound_or_without_the_channel():
    for answer, rule, more in (
        (facts(sound=False), "sound.no-stream", {}),
        (facts(channels=1), "sound.no-channel", {"channels": (1,)}),
    ):
        _, findings = plan(program(clip(2, 4, **more)), [(0, 250)], lambda _, answer=answer: answer)
        assert [(f.rule, f.severity) for f in findings] == [(rule, Severity.FAIL)]


@pytest.mark.parametrize(
    ("seconds", "speed", "source_in", "severity"),
    [
        (Fraction(4), 1, 0, None),
        (Fraction(4) - Fraction(1, 25), 1, 0, Severity.INFO),
        (Fraction(4) - Fraction(1, 24), 1, 0, Severity.FAIL),
        (Fraction(4), 2, 0, Severity.FAIL),
        (Fraction(8), 2, 0, None),
        (Fraction(4), -1, 4, None),
        (Fraction(4), -1, 3, Severity.FAIL),
        (Fraction(4), 1, Fraction(1, 50), Severity.INFO),
        (Fraction(4), 1, 100, Severity.FAIL),
    ],
)
def test_media_shorter_than_the_cut_needs(seconds, speed, source_in, severity):
    film = program(clip(0, 4, speed=Fraction(speed), source_in=Fraction(source_in)))
    mix, findings = plan(film, [(0, 100)], lambda _: facts(seconds))
    assert [(f.rule, f.severity) for f in findings] == ([("sound.short", severity)] if severity else [])
    assert len(mix.parts) == 1


def test_nothing_to_hear_is_silence_with_a_warning():
    mix, findings = plan(program(clip(0, 1)), [(100, 200)])
    assert (mix.samples, mix.parts) == (4 * 48000, ())
    assert [(f.rule, f.severity) for f in findings] == [("sound.silent", Severity.WARN)]


@pytest.mark.parametrize(
    ("absolute", "timecode", "source_in", "expected"),
    [
        (True, "01:00:00:00", Fraction(3603600 + 2000, 1000), 2),
        (True, "01:00:00:00", Fraction(3), 3),
        (True, "", Fraction(3603), 3603),
        (False, "01:00:00:00", Fraction(3605), 3605),
        (True, "01:00:00:30", Fraction(3605), 3605),  # no such frame at 24
    ],
)
def test_where_a_clips_time_lies_in_its_file(absolute, timecode, source_in, expected):
    rate = Rate(24000, 1001)
    assert media_time(source_in, absolute, timecode, rate) == expected
    picture = PictureFacts(index=0, codec="prores", size=(16, 9), rate=rate, frames=9)
    film = program(clip(0, 1, absolute=absolute, source_in=source_in))
    mix, _ = plan(film, [(0, 25)], lambda _: facts(5000, timecode=timecode, picture=picture))
    assert mix.parts[0].source_in == expected


# -- every sample of a random cut, worked out the slow way -----------------------------------------------------------

seconds = st.fractions(0, 4, max_denominator=1000)
clips = st.builds(
    lambda start, length, source_in, speed, fade_in, fade_out: clip(
        start, start + length, source_in=source_in, speed=speed, fade_in=fade_in, fade_out=fade_out
    ),
    seconds,
    st.fractions("1/50", 3, max_denominator=1000),
    seconds,
    st.sampled_from([Fraction(1), Fraction(-1), Fraction(1001, 1000), Fraction(2)]),
    st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(2)]),
    st.sampled_from([Fraction(0), Fraction(1, 7), Fraction(1)]),
)
cuts = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), min_size=1, max_size=4)


def heard_at(mix, sample):
    """(source seconds, amplitude) of every part at a mix sample, as the recipe's docstring defines them."""
    for part in mix.parts:
        if part.start <= sample < part.stop:
            amplitude = 1.0
            for head, tail, before, after in part.fades:
                amplitude *= before + (after - before) * min(max((sample - head) / (tail - head), 0.0), 1.0)
            yield part.source_in + Fraction(sample - part.start, mix.rate) * part.speed, amplitude


def fade_of(one, moment):
    amplitude = 1.0
    if one.fade_in:
        amplitude *= min(max((moment - one.start) / one.fade_in, 0), 1)
    if one.fade_out:
        amplitude *= min(max((one.stop - moment) / one.fade_out, 0), 1)
    return float(amplitude)


@settings(deadline=None, max_examples=120)
@given(st.lists(clips, max_size=3), cuts, st.sampled_from(RATES), st.sampled_from([1000, 44100, 48000]), st.data())
def test_each_sample_is_where_the_program_says(found, cut, rate, sample_rate, data):
    film = program(*found, rate=rate, frames=200)
    spans = [(a, a + n) for a, n in cut]
    mix, _ = plan(film, spans, audio=Audio(encoder="aac", codec="aac", rate=sample_rate))
    frames = sum(n for _, n in cut)
    assert mix.samples == math.floor(Fraction(frames) / rate * sample_rate + Fraction(1, 2))
    edges = {n + d for p in mix.parts for n in (p.start, p.stop) for d in (-1, 0, 1)}
    random = data.draw(st.lists(st.integers(0, max(mix.samples - 1, 0)), max_size=20))
    sample_time = Fraction(1, sample_rate)
    for sample in sorted(n for n in {*edges, *random} if 0 <= n < mix.samples):
        # the stretch that this sample belongs to, by its frames' rounded boundaries
        offset = 0
        for a, b in spans:
            if sample < samples_at(offset + b - a, rate, sample_rate):
                break
            offset += b - a
        moment = Fraction(sample, sample_rate) - rate.seconds(offset) + rate.seconds(a)
        expected = [
            (one.source_in + (moment - one.start) * one.speed, fade_of(one, moment), one)
            for one in found
            if one.start < moment + sample_time / 2 <= one.stop
        ]
        heard = list(heard_at(mix, sample))
        assert [time for time, _ in heard] == [time for time, _, _ in expected]
        for (_, amplitude), (_, wanted, one) in zip(heard, expected, strict=True):
            steepest = sum(sample_time / fade for fade in (one.fade_in, one.fade_out) if fade)
            assert amplitude == pytest.approx(wanted, abs=float(steepest) * 1.5 + 1e-9)


def test_join_fades_lie_only_where_the_cut_goes_through_a_clip():
    film = program(clip(0, 2), clip(2, 6))
    mix, _ = plan(film, [(10, 60), (100, 120)], join_fade=Fraction(1, 100))
    # frames 10-60 hold the end of the first clip and 10 frames of the second; 100-120 a piece out of its middle
    assert [part.fades for part in mix.parts] == [
        ((0, 480, 0.0, 1.0),),
        ((96000 - 480, 96000, 1.0, 0.0),),
        ((96000, 96480, 0.0, 1.0), (134400 - 480, 134400, 1.0, 0.0)),
    ]


def test_the_key_follows_what_is_heard():
    mix, _ = plan(program(clip(0, 4)), [(0, 100)])
    moved, _ = plan(program(clip(0, 4)), [(0, 100)], lambda _: msgspec.structs.replace(facts(), path="/b"))
    other, _ = plan(program(clip(0, 4, gain_db=-1.0)), [(0, 100)])
    assert mix.key() == moved.key()
    assert mix.key() != other.key()
