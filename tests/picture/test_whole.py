"""Pictures encoded in one piece: every part's frames, one rate control, and what happens when either side fails."""

from __future__ import annotations

import json
import subprocess
import threading
from fractions import Fraction

import msgspec
import pytest
from picture_recipes import X264, segment_of, take_of
from test_codecs import SPECS

from support.numbered import H264, PRORES, read_numbers
from twopop.builtin.encoding import encode
from twopop.errors import Cancelled, EditorError
from twopop.picture.assemble import assemble
from twopop.picture.pieces import Piece
from twopop.picture.probe import probe
from twopop.picture.recipe import Whole
from twopop.picture.tools import find_ffmpeg
from twopop.picture.whole import render_whole
from twopop.store import Store
from twopop.time import Rate

FILM, PAL, NTSC = Rate(24000, 1001), Rate(25), Rate(30000, 1001)


def parts_of(numbered, rate, encoding, lengths=(7, 1, 6), **more):
    one, two = numbered("24.mp4", rate=24, codec=H264), numbered("25.mov", rate=25, codec=PRORES)
    takes = [take_of(one, 3), take_of(two, 40, Fraction(1, 2)), take_of(one, 100)]
    parts = [segment_of(take, n, rate=rate, encoding=encoding, **more) for take, n in zip(takes, lengths, strict=True)]
    return tuple(parts), [take.source_frame(k) for take, n in zip(takes, lengths, strict=True) for k in range(n)]


def rendered(store, whole, **more):
    render_whole(whole, whole.key(), store, find_ffmpeg(), seconds=120, **more)
    return store.path("segments", whole.key())


@pytest.mark.parametrize("scan", ["progressive", "tff"])
def test_all_parts_in_one_stream(store, tmp_path, numbered, scan):
    flags = (("flags", "+cgop" + ("+ildct+ilme" if scan == "tff" else "")),)
    encoding = msgspec.structs.replace(X264, options=(("preset", "veryfast"), ("crf", "16"), *flags), scan=scan)
    parts, numbers = parts_of(numbered, FILM, encoding)
    path = rendered(store, Whole(parts=parts))
    assert read_numbers(path) == numbers
    picture = probe(path).picture
    assert (picture.frames, picture.rate, picture.uniform, picture.start) == (14, FILM, True, 0)
    assert (picture.scan, picture.colour) == (scan, encoding.colour)
    again = rendered(Store(tmp_path / "again"), Whole(parts=parts))
    assert again.read_bytes() == path.read_bytes()


def test_its_key_is_that_of_its_parts(numbered):
    parts, _ = parts_of(numbered, FILM, X264)
    whole = Whole(parts=parts)
    assert whole.key() == Whole(parts=parts).key()
    others = [Whole(parts=parts[::-1]), Whole(parts=parts[:2]), Whole(parts=parts, timecode="10:00:00:00")]
    assert len({whole.key(), parts[0].key(), *(other.key() for other in others)}) == 5


@pytest.mark.parametrize(
    ("name", "rate", "start", "lengths"),
    [
        ("xdcam-hd422-1080i-mxf", PAL, "10:00:00:00", (20, 1, 6)),
        ("xdcam-hd422-1080i-mxf", NTSC, "00:59:59;28", (1, 1, 3)),
        ("xdcam-hd422-1080p-mxf", FILM, "01:00:00:00", (4, 1, 2)),
    ],
)
def test_xdcam_as_other_programs_read_it(store, tmp_path, numbered, ffprobe, mediainfo, name, rate, start, lengths):
    spec = SPECS[name]
    parts, numbers = parts_of(numbered, rate, encode(spec), lengths, size=(1920, 1080))
    path = rendered(store, Whole(parts=parts, timecode=start))
    out = tmp_path / "out.mxf"
    given = {"rate": rate, "frames": len(numbers), "container": spec.container, "timecode": start, "identity": name}
    assemble(out, [Piece(path)], **given)
    assert read_numbers(out) == numbers
    command = [ffprobe, "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", str(out)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    picture = said["streams"][0]
    order = {"tff": "tt", "progressive": "progressive"}[spec.video.scan]
    wanted = ("mpeg2video", "4:2:2", "yuv422p", order, "50000000", str(len(numbers)))
    keys = ("codec_name", "profile", "pix_fmt", "field_order", "bit_rate", "nb_read_frames")
    assert tuple(picture[key] for key in keys) == wanted
    assert [picture[f"color_{tag}"] for tag in ("range", "space", "transfer", "primaries")] == ["tv", *["bt709"] * 3]
    assert Fraction(picture["r_frame_rate"]) == rate
    assert said["format"]["tags"]["timecode"] == start
    kinds = [
        ffprobe,
        "-v",
        "error",
        "-select_streams",
        "v",
        "-show_entries",
        "frame=pict_type",
        "-of",
        "json",
        str(out),
    ]
    shown = json.loads(subprocess.run(kinds, capture_output=True, check=True).stdout)["frames"]
    assert "".join(frame["pict_type"] for frame in shown) == ("IBBPBBPBBPBB" * 4)[: len(numbers) - 1] + "P"
    told = subprocess.run([mediainfo, "--Output=JSON", str(out)], capture_output=True, check=True).stdout
    tracks = {track["@type"]: track for track in reversed(json.loads(told)["media"]["track"])}
    video = tracks["Video"]
    assert (tracks["General"]["Format_Profile"], video["FrameCount"]) == ("OP-1a", str(len(numbers)))
    assert (video["Format_Profile"], video["Format_Level"], video["BitRate_Mode"]) == ("4:2:2", "High", "CBR")
    assert video["ScanType"] == {"tff": "Interlaced", "progressive": "Progressive"}[spec.video.scan]
    assert (video["TimeCode_FirstFrame"], tracks["Other"]["TimeCode_FirstFrame"]) == (start, start)
    facts = probe(out)
    assert (facts.pattern, facts.timecode, facts.picture.scan) == ("OP1a", start, spec.video.scan)


def test_a_part_that_cannot_be_drawn_is_named_and_nothing_is_kept(store, numbered):
    parts, _ = parts_of(numbered, FILM, X264)
    bad = msgspec.structs.replace(parts[1], base=msgspec.structs.replace(parts[1].base, first=Fraction(500)))
    whole = Whole(parts=(parts[0], bad, parts[2]))
    with pytest.raises(EditorError, match="needs frames 500 to 500"):
        rendered(store, whole)
    assert not store.has("segments", whole.key())
    assert not list(store.folder.rglob(".partial-*"))


def test_what_the_encoder_says_is_told(store, numbered):
    encoding = msgspec.structs.replace(X264, options=(("preset", "no-such-preset"),))
    parts, _ = parts_of(numbered, FILM, encoding)
    with pytest.raises(EditorError, match="preset"):
        rendered(store, Whole(parts=parts))


def test_it_can_be_cancelled(store, numbered):
    encoding = msgspec.structs.replace(X264, options=(("preset", "placebo"),))
    parts, _ = parts_of(numbered, FILM, encoding, size=(1920, 1080))
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(Cancelled):
        rendered(store, Whole(parts=parts * 40), cancel=cancel)
    assert not list(store.folder.rglob(".partial-*"))
