"""A change touches what shows or sounds it, and nothing that merely lies elsewhere in the cut."""

from dataclasses import dataclass
from fractions import Fraction

import msgspec
import pytest

from twopop.delivery.order import Order, Project, TimelineFile
from twopop.delivery.plan import SCHEMA, Deliverable, Estimate, Plan, TimelineFacts
from twopop.delivery.touched import touched
from twopop.naming.model import FileName
from twopop.time import Rate
from twopop.timeline.diff import compare
from twopop.timeline.program import AudioClip, AudioTrack, Dissolve, Event, Kind, Program, Role, Source
from twopop.variants.model import Span, Variant
from twopop.versions.model import Version

RATE = Rate(25)


def program(*lengths: int, names: str = "ABCDEF", sources: dict[str, int] | None = None, start: int = 0) -> Program:
    """Shots A, B, C ... of so many frames each; *sources* moves where a shot begins in its source."""
    events, at = [], 0
    for name, length in zip(names, lengths, strict=False):
        first = Fraction((sources or {}).get(name, 0)) / RATE
        source = Source(name=name, path=f"{name}.mov")
        events.append(Event(start=at, stop=at + length, name=name, source=source, source_in=first))
        at += length
    return Program(name="cut", rate=RATE, frames=at, start=start, events=tuple(events))


@dataclass
class Asked:
    """A deliverable: the frames that it keeps of the old cut and of the new one."""

    label: str
    old: list[tuple[int, int]] | None
    new: list[tuple[int, int]]
    texted: bool = True
    start: str = ""


def reached(old: Program, new: Program, *asked: Asked) -> dict[str, bool]:
    changes = compare(old, new)
    cuts = {each.label: tuple(Span(*span) for span in each.old) if each.old is not None else None for each in asked}
    told = touched(plan(*asked), changes, old, new, cuts)
    assert all(0 <= number < len(changes) for each in told for number in each.changes)
    assert all(each.touched or not each.changes for each in told)
    return {each.id: each.touched for each in told}


def plan(*asked: Asked) -> Plan:
    nothing = dict.fromkeys(msgspec.structs.fields(Estimate)[n].name for n in range(8))
    deliverables = tuple(
        Deliverable(
            id=each.label, variant=Variant(duration=each.label, aspect="16:9", texted=each.texted), spec="s",
            name=FileName(stem="x"), path="x.mp4", version=Version(number=1), state="ready", frames=1, rate=RATE,
            size=(16, 9), spans=tuple(Span(*span) for span in each.new), start_timecode=each.start,
        )
        for each in asked
    )  # fmt: skip
    facts = TimelineFacts(content="c", file="f", name="n", rate=RATE, start="", frames=1, events=1)
    order = Order(schema="o", project=Project(client="c", title="t"), timeline=TimelineFile(file="f"))
    return Plan(schema=SCHEMA, project={}, timeline=facts, out="", wanted=1, deliverables=deliverables, segments={},
                mixes={}, specs={}, tools={}, estimate=Estimate(**dict.fromkeys(nothing, 0)), order=order,
                program=program())  # fmt: skip


def full(old: Program, new: Program) -> Asked:
    return Asked("full", [(0, old.frames)], [(0, new.frames)])


def test_nothing_changed_touches_nothing() -> None:
    cut = program(50, 50, 50)
    assert reached(cut, cut, full(cut, cut), Asked("2s", [(0, 50)], [(0, 50)])) == {"full": False, "2s": False}


def test_a_slip_touches_only_what_shows_the_shot() -> None:
    old, new = program(50, 50, 50), program(50, 50, 50, sources={"B": 5})
    head, tail = Asked("head", [(0, 50)], [(0, 50)]), Asked("tail", [(40, 60)], [(40, 60)])
    assert reached(old, new, full(old, new), head, tail) == {"full": True, "head": False, "tail": True}


def test_frames_outside_the_kept_part_of_a_changed_shot_touch_nothing() -> None:
    old, new = program(50, 50, 50), program(50, 50, 40)
    assert reached(old, new, Asked("2s", [(90, 110)], [(90, 110)]), full(old, new)) == {"2s": False, "full": True}


def test_a_removed_shot_touches_a_keep_list_behind_it_but_no_markers_that_moved_along() -> None:
    old, new = program(50, 50, 50), program(50, 50, names="BC")
    keep, markers = Asked("keep", [(50, 100)], [(50, 100)]), Asked("markers", [(100, 150)], [(50, 100)])
    assert reached(old, new, full(old, new), keep, markers) == {"full": True, "keep": True, "markers": False}


def test_a_shot_taken_out_between_two_kept_ones_touches_nothing() -> None:
    old, new = program(50, 50, 50), program(50, 50, names="AC")
    apart = Asked("apart", [(0, 50), (100, 150)], [(0, 100)])
    assert reached(old, new, apart) == {"apart": False}


def test_a_cutdown_that_could_not_be_made_before_is_touched() -> None:
    cut = program(50, 50)
    assert reached(cut, cut, Asked("2s", None, [(0, 50)])) == {"2s": True}


def test_a_title_touches_texted_deliverables_alone() -> None:
    old = program(50, 50)
    title = Event(start=10, stop=30, name="T", kind=Kind.TITLE, layer=1, text="Now")
    new = msgspec.structs.replace(old, events=(*old.events, title))
    asked = [Asked("texted", [(0, 50)], [(0, 50)]), Asked("textless", [(0, 50)], [(0, 50)], texted=False),
             Asked("later", [(50, 100)], [(50, 100)])]  # fmt: skip
    assert reached(old, new, *asked) == {"texted": True, "textless": False, "later": False}


def test_a_dissolve_touches_what_shows_it() -> None:
    old = program(50, 50)
    new = msgspec.structs.replace(old, dissolves=(Dissolve(start=45, stop=55),))
    assert reached(old, new, Asked("a", [(0, 46)], [(0, 46)]), Asked("b", [(0, 45)], [(0, 45)])) == {
        "a": True,
        "b": False,
    }


@pytest.mark.parametrize(("gain", "is_touched"), [(0.0, False), (-6.0, True)])
def test_sound_touches_what_sounds_it(gain: float, is_touched: bool) -> None:
    def mixed(gain: float) -> Program:
        clip = AudioClip(start=Fraction(1), stop=Fraction(3), name="M", source=Source(name="m.wav"), gain_db=gain)
        return msgspec.structs.replace(program(50, 50), audio=(AudioTrack(name="A1", role=Role.MUSIC, clips=(clip,)),))

    asked = Asked("loud", [(0, 50)], [(0, 50)]), Asked("later", [(75, 100)], [(75, 100)])
    assert reached(mixed(0.0), mixed(gain), *asked) == {"loud": is_touched, "later": False}


def test_another_start_timecode_touches_what_carries_it() -> None:
    old, new = program(50, start=0), program(50, start=90000)
    asked = Asked("plain", [(0, 50)], [(0, 50)]), Asked("timed", [(0, 50)], [(0, 50)], start="01:00:00:00")
    assert reached(old, new, *asked) == {"plain": False, "timed": True}


def test_another_frame_rate_touches_everything() -> None:
    old = program(50)
    new = msgspec.structs.replace(old, rate=Rate(24))
    assert reached(old, new, full(old, new)) == {"full": True}
