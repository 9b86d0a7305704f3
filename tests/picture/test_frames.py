"""Frames as files: their names, and folders that are not what they should be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_recipes import segment_of

from twopop.errors import EditorError, InputError
from twopop.picture.frames import frame_names, read_frames, write_frames
from twopop.picture.pieces import Piece
from twopop.picture.recipe import Encoding, Plain
from twopop.time import Rate

PNG = Encoding(encoder="png", pixel_format="rgb24", format="mov")
RATE = Rate(24000, 1001)


@given(st.integers(0, 200_000), st.integers(1, 300), st.integers(1, 8))
def test_names_sort_as_their_numbers_do(first, frames, digits):
    names = frame_names("A_v001", "exr", first=first, frames=frames, digits=digits)
    assert list(names) == sorted(names)
    assert [int(name.split(".")[1]) for name in names] == list(range(first, first + frames))
    widths = {len(name.split(".")[1]) for name in names}
    assert widths == {max(digits, len(str(first + frames - 1)))}


@pytest.fixture
def folder(tmp_path, render):
    made = tmp_path / "frames"
    made.mkdir()
    pieces = [Piece(render(segment_of(Plain(colour=colour), 3, encoding=PNG))) for colour in ("#ff0000", "#00ff00")]
    write_frames([made / name for name in names()], pieces, RATE)
    return made


def names():
    return frame_names("A", "png", first=9, frames=6, digits=2)


def test_each_packet_is_a_file(folder):
    facts = read_frames(folder, names(), RATE)
    assert (facts.picture.frames, facts.picture.rate, facts.picture.size) == (6, RATE, (320, 180))
    assert (facts.picture.codec, facts.picture.pixel_format) == ("png", "rgb24")
    assert sorted(path.name for path in folder.iterdir()) == [f"A.{n:02}.png" for n in range(9, 15)]
    contents = [(folder / name).read_bytes() for name in names()]
    assert len(set(contents[:3])) == len(set(contents[3:])) == 1
    assert facts.bytes == sum(map(len, contents))


def test_too_few_frames_are_not_written_in_silence(tmp_path, render):
    piece = Piece(render(segment_of(Plain(), 3, encoding=PNG)))
    with pytest.raises(EditorError, match="make 3 frames, the plan says 6"):
        write_frames([tmp_path / name for name in names()], [piece], RATE)


@pytest.mark.parametrize("damage", ["missing", "more", "cut off", "other size", "no picture"])
def test_a_folder_that_is_not_what_it_should_be(folder, render, damage):
    victim = folder / names()[3]
    if damage == "missing":
        victim.unlink()
    elif damage == "more":
        (folder / "A.15.png").write_bytes(victim.read_bytes())
    elif damage == "cut off":
        victim.write_bytes(victim.read_bytes()[:20])
    elif damage == "other size":
        small = Piece(render(segment_of(Plain(), 1, encoding=PNG, size=(160, 90))))
        write_frames([victim], [small], RATE)
    else:
        victim.write_text("A frame")
    with pytest.raises(InputError):
        read_frames(folder, names(), RATE)
