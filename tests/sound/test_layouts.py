"""What tracks carry, by arithmetic: stems make up the mix, and fold-downs are those of ITU-R BS.775-3."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sound_sources import clicks, mix_of, part, rendered, write_wav

from twopop.sound.channels import matrix
from twopop.sound.layouts import stem_of, streams_of, titles_of
from twopop.sound.loudness import integrated
from twopop.sound.mix import render_mix
from twopop.specs import Audio, SoundTrack
from twopop.store import Store
from twopop.timeline.program import Role

SURROUND = ("FL", "FR", "FC", "LFE", "SL", "SR")
RATE = 48000

#: ITU-R BS.775-3, Annex 4, Table 2, from 3/2: the row of each output, by L R C Ls Rs. The LFE is no part of it.
TABLE_2 = {
    "stereo": [(1, 0, 0.7071, 0.7071, 0), (0, 1, 0.7071, 0, 0.7071)],
    "mono": [(0.7071, 0.7071, 1, 0.5, 0.5)],
}


def test_surround_is_folded_down_as_the_standard_says():
    for layout, scale in (("stereo", 1.0), ("mono", 0.7071)):  # mono by a half of each: 3 dB below the table
        rows = np.array(TABLE_2[layout]) * scale
        folded = matrix(SURROUND, (), len(rows))
        assert np.allclose(folded[[0, 1, 2, 4, 5]], rows.T, atol=1e-4)
        assert not folded[3].any()


@given(st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6))
def test_the_stereo_of_surround_is_the_same_by_either_way(samples):
    """A 5.1 mix folded down is the stereo mix of the same sources: the mixer is linear."""
    heard = np.array([samples], np.float32)
    by_surround = heard @ matrix(SURROUND, (), 6) @ matrix(SURROUND, (), 2)
    assert np.allclose(by_surround, heard @ matrix(SURROUND, (), 2), atol=1e-6)


@pytest.mark.parametrize("names", [("FC",), ("FL", "FR")])
def test_nothing_is_made_up_for_the_surrounds(names):
    assert not matrix(names, (), 6)[:, 2:].any()
    assert np.array_equal(matrix(names, (), 6)[:, :2], matrix(names, (), 2))


def test_dialogue_and_me_are_the_mix_and_so_are_the_four_roles():
    parts = {Role.DIALOGUE, Role.NARRATION, Role.MUSIC, Role.EFFECTS}
    stem = {name: set(stem_of(SoundTrack(layout="mono", carries=name))) for name in ("dialogue", "me", "mix-minus")}
    assert stem["dialogue"] | stem["me"] == parts
    assert not stem["dialogue"] & stem["me"]
    assert stem["mix-minus"] == parts - {Role.NARRATION}


def test_streams_and_their_titles():
    five, split = SoundTrack(layout="5.1"), SoundTrack(layout="5.1", carries="me", split=True)
    assert streams_of(five) == (("L", "R", "C", "LFE", "Ls", "Rs"),)
    assert streams_of(split) == (("L",), ("R",), ("C",), ("LFE",), ("Ls",), ("Rs",))
    assert titles_of(five) == ("Full mix 5.1",)
    assert titles_of(split) == tuple(f"M&E {channel}" for channel in ("L", "R", "C", "LFE", "Ls", "Rs"))
    assert Audio(encoder="a", codec="a").sounds == (SoundTrack(layout="stereo"),)


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    """Parts with sounds of their own, by role."""
    folder = tmp_path_factory.mktemp("stems")
    random = np.random.default_rng(7)
    roles = (Role.DIALOGUE, Role.NARRATION, Role.MUSIC, Role.EFFECTS)
    for number, role in enumerate(roles):
        sound = clicks(RATE, 4000 + 700 * number) * 0.3 + random.normal(0, 0.02, RATE)
        write_wav(folder / f"{role}.wav", np.stack([sound, sound[::-1]], axis=1), RATE)
    return [part(folder / f"{role}.wav", 0, RATE, Fraction(0), role=role) for role in roles]


def test_stems_take_the_gain_of_the_mix_and_add_up_to_it(tmp_path, stems):
    import msgspec

    store, whole = Store(tmp_path), mix_of(RATE, *stems, target=-23.0, true_peak=-1.0)
    reports, sums = [], np.zeros((RATE, 2))
    for carries in ("dialogue", "me"):  # stems first: the mix that they belong to is made when it is missing
        stem = msgspec.structs.replace(whole, stem=stem_of(SoundTrack(layout="stereo", carries=carries)))
        reports.append(render_mix(stem, stem.key(), store))
        sums += rendered(store, stem)
    mixed = render_mix(whole, whole.key(), store)
    assert abs(mixed.integrated_lufs + 23.0) < 0.01
    assert {report.gain_db for report in reports} == {mixed.gain_db}
    assert np.max(np.abs(sums - rendered(store, whole))) < 1e-6


def test_the_key_of_a_stem_is_its_own(stems):
    import msgspec

    whole = mix_of(RATE, *stems)
    keys = {whole.key()}
    keys |= {msgspec.structs.replace(whole, stem=roles).key() for roles in itertools.combinations(Role, 2)}
    assert len(keys) == 11


def test_loudness_counts_each_channel_by_its_weight():
    """BS.1770-5, Annex 1, Table 3: L R C weigh 1.0, the surrounds 1.41; the LFE is left out."""
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)

    def level(*places):
        sound = np.zeros((len(tone), 6), np.float32)
        sound[:, places] = tone[:, None]
        return integrated(sound, RATE)

    front = level(0)
    assert level(1) == pytest.approx(front, abs=1e-3)
    assert level(2) == pytest.approx(front, abs=1e-3)
    assert level(4) == pytest.approx(front + 10 * np.log10(1.41), abs=1e-3)
    assert level(5) == pytest.approx(front + 10 * np.log10(1.41), abs=1e-3)
    assert level(3) is None
    assert level(0, 3) == pytest.approx(front, abs=1e-3)
