"""What cannot be joined is encoded in one piece, and said: broken rates, segments that were not encoded alike."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from support import projects
from support.numbered import INTRA, make_numbered, read_numbers
from support.projects import FILM, clip, time, track
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.picture import buffer
from twopop.picture.render import render_segment
from twopop.picture.tools import find_ffmpeg
from twopop.store import Store

_SPEC = """
schema = "twopop.spec/1"
name = "limited"
title = "H.264 within 600 kb/s"
source = "a test"
checked = 2026-11-01
container = {{ format = "mp4", extension = "mp4" }}
audio = {{ encoder = "aac", codec = "aac" }}
[video]
encoder = "libx264"
codec = "h264"
pixel_format = "yuv420p"
sizes = {{ "16:9" = [320, 180] }}
options = {{ preset = "ultrafast", crf = "{crf}", maxrate = "{rate}", bufsize = "{rate}", flags = "+cgop" }}
"""


def project(folder: Path, *, crf: int, rate: str) -> Path:
    """Six shots of 8 frames of noisy pictures."""
    folder.mkdir(exist_ok=True)
    make_numbered(folder / "noise.mp4", frames=60, rate=FILM, codec=INTRA, filters="noise=alls=24:allf=t")
    shots = [clip("noise.mp4", time(10 * n % 50, FILM), 8, FILM) for n in range(6)]
    order = '[[matrix]]\ndurations = ["full"]\naspects = ["16:9"]\nspecs = ["limited"]\n'
    path = projects.write_project(folder, projects.timeline(track(*shots), rate=FILM), order)
    (folder / "plugins" / "limited.toml").write_text(_SPEC.format(crf=crf, rate=rate))
    return path


def delivered(path: Path, prepare=None):
    session = open_session(path.parent)
    plan = make_plan(read_order(path), session)
    if prepare:
        prepare(plan, session)
    receipt = deliver(plan, session)
    (record,) = receipt.deliverables
    assert record.outcome == "delivered", record.findings
    findings = [finding for finding in record.findings if finding.rule.startswith("picture.")]
    return plan, record, findings, Path(plan.out) / record.file.path


NUMBERS = [10 * n % 50 + k for n in range(6) for k in range(8)]


def test_joined_segments_that_break_the_rate_are_encoded_in_one_piece(tmp_path):
    plan, record, (finding,), file = delivered(project(tmp_path, crf=12, rate="600k"))
    assert (finding.rule, finding.severity) == ("picture.encoded-whole", "warn")
    assert "0.6 Mb/s" in finding.message
    assert read_numbers(file) == NUMBERS
    assert buffer.runs_dry(buffer.sizes(file), record.rate, 600_000, 600_000) is None
    store = Store(tmp_path / ".twopop" / "store")
    apart = [size for key in plan.deliverables[0].segments for size in buffer.sizes(store.path("segments", key))]
    assert buffer.runs_dry(apart, record.rate, 600_000, 600_000) is not None


def test_segments_within_the_rate_are_joined(tmp_path):
    plan, record, findings, file = delivered(project(tmp_path, crf=12, rate="20M"))
    assert not findings
    assert read_numbers(file) == NUMBERS
    assert record.rendered == len(set(plan.deliverables[0].segments)) == 5


@pytest.mark.parametrize("place", [0, 3])
def test_segments_that_were_not_encoded_alike_are_encoded_in_one_piece(tmp_path, place):
    def foreign(plan, session):
        """A segment as another encoder would have left it in a shared store."""
        key = plan.deliverables[0].segments[place]
        segment = plan.segments[key]
        options = (*segment.encoding.options, ("refs", "4"), ("bf", "0"))
        other = msgspec.structs.replace(segment, encoding=msgspec.structs.replace(segment.encoding, options=options))
        render_segment(other, key, session.store, find_ffmpeg(), seconds=60)

    _, _, (finding,), file = delivered(project(tmp_path, crf=20, rate="20M"), foreign)
    assert (finding.rule, finding.severity) == ("picture.encoded-whole", "warn")
    assert "not encoded alike" in finding.message
    assert read_numbers(file) == NUMBERS
