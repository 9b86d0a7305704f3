"""Names over whole plans: no two deliverables that are made are one file anywhere."""

import itertools
from pathlib import Path

import msgspec
import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twopop.delivery.order import FieldsFor, Order, Single, free_fields, parse_order
from twopop.delivery.plan import Plan
from twopop.delivery.planner import make_plan
from twopop.delivery.session import open_session
from twopop.findings import stops
from twopop.naming.collisions import folded
from twopop.naming.conventions import Naming
from twopop.naming.rules import problems
from twopop.variants.model import Variant


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cut of one plain colour: plans of it need no media."""
    made: Path = tmp_path_factory.mktemp("names")
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24))
    media = otio.schema.GeneratorReference(generator_kind="SolidColor", parameters={"colour": "#408040"})
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.append(otio.schema.Clip("colour", media, span))
    cut = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(86400, 24))
    cut.tracks.append(track)
    (made / "cut.otio").write_text(cut.to_json_string())
    return made


def order(lines: list[Single], **project: str) -> Order:
    raw = {
        "schema": "twopop.order/1",
        "project": {"client": "Line", "title": "Days", **project},
        "timeline": {"file": "cut.otio"},
        "deliverable": [msgspec.to_builtins(line) for line in lines],
    }
    return parse_order(raw, where="order")


def planned(folder: Path, asked: Order, settings: str = "") -> Plan:
    (folder / "twopop.toml").write_text(settings)
    return make_plan(asked, open_session(folder))


#: Twins in case and in composition, words that stand for something else, and words that cannot stand in a name.
MARKETS = ["", "UK", "uk", "U K", "U-K", "Éire", "E\u0301ire", "eire", "EN", "con", "\u202eUK", "."]
LINES = st.lists(
    st.builds(
        Single,
        duration=st.just("full"),
        aspect=st.sampled_from(["16:9", "1:1"]),
        spec=st.sampled_from(["review-h264", "social-h264"]),
        language=st.sampled_from(["", "en", "de-AT"]),
        texted=st.booleans(),
        market=st.sampled_from(
            ["", "UK", "uk", "U K", "U-K", "Éire", "E\u0301ire", "eire", "EN", "con", "\u202eUK", "."]
        ),
    ),
    min_size=1,
    max_size=12,
)
TEMPLATES = st.sampled_from(
    [
        "",
        'template = "{{title}}_{{aspect}}_v{{version}}"\nfolder = "{{spec}}"\n',
        'template = "{{title}}{% if market %}_{{market}}{% endif %}"\nfolder = "{{aspect}}/{{spec}}"\n'
        '[naming.fields]\nmarket = { kind = "text" }\n',
        "template = \"{{aspect}}{{ 'T' if textless else 'N' }}\"\nfolder = \"\"\n",
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, template=TEMPLATES)
def test_what_is_made_has_a_path_of_its_own_on_every_disk(folder: Path, lines: list[Single], template: str) -> None:
    plan = planned(folder, order(lines), f"[naming]\n{template}")
    assert len(plan.deliverables) == len(set(lines))
    made = [each for each in plan.deliverables if each.state == "ready"]
    assert len({folded(each.path) for each in made}) == len(made)
    assert all(problems(each.path) == [] for each in made)
    for each in plan.deliverables:
        twins = [other for other in plan.deliverables if each.path and folded(other.path) == folded(each.path)]
        assert (each.state == "blocked") == (len(twins) != 1)
        if each.state == "blocked":
            assert stops(each.findings)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_every_path_of_a_plan_says_again_what_it_is(folder: Path, lines: list[Single]) -> None:
    plan = planned(folder, order(lines))
    grammar = Naming().chosen("any").stem_grammar({})
    for each in (each for each in plan.deliverables if each.path):
        said = grammar.read(each.name.stem)
        assert (said["aspect"], said["duration"], said["version"]) == (each.variant.aspect, "full", 1)
        assert said.get("language", "") == each.variant.language
        assert ("textless" in said) == (not each.variant.texted)
        assert each.name.folder == each.spec


def test_a_free_field_holds_where_all_that_its_table_says_fits() -> None:
    tables = (
        FieldsFor(values={"reel": "1", "note": "all"}),
        FieldsFor(values={"reel": "2"}, duration="30s"),
        FieldsFor(values={"reel": "3"}, duration="30s", aspect="9:16", spec="social-h264"),
        FieldsFor(values={"reel": "4"}, language="de"),
        FieldsFor(values={"reel": "5"}, market="UK"),
    )
    asked = msgspec.structs.replace(order([Single(duration="full", aspect="1:1", spec="x")]), fields=tables)
    for duration, aspect, spec in itertools.product(("30s", "full"), ("9:16", "1:1"), ("social-h264", "review-h264")):
        wanted = "1"
        if duration == "30s":
            wanted = "3" if (aspect, spec) == ("9:16", "social-h264") else "2"
        assert free_fields(asked, Variant(duration=duration, aspect=aspect), spec) == {"reel": wanted, "note": "all"}
    assert free_fields(asked, Variant(duration="30s", aspect="9:16", language="de"), "social-h264")["reel"] == "4"
    assert free_fields(asked, Variant(duration="30s", aspect="9:16", market="UK"), "social-h264")["reel"] == "5"


def test_a_deliverable_whose_name_fails_still_says_its_length_and_version(folder: Path) -> None:
    plan = planned(folder, order([Single(duration="full", aspect="1:1", spec="review-h264")]), NO_DATE)
    (each,) = plan.deliverables
    assert (each.state, each.path, each.frames, each.version.number) == ("blocked", "", 24, 1)


NO_DATE = '[naming]\ntemplate = "{{title}}_{{date}}"\n'
