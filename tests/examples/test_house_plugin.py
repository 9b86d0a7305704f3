"""The example of a studio plugin: found, loaded and asked through the real way, and planned with."""

import hashlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import opentimelineio as otio
import pytest

from support.numbered import make_numbered
from twopop import (
    Cutdown,
    Deliverable,
    EditorError,
    FileName,
    Order,
    Plan,
    Rate,
    Severity,
    Sidecar,
    Span,
    Variant,
    Version,
    settings,
)
from twopop.delivery.order import parse_order
from twopop.discovery import load_plugins

HOUSE = Path(__file__).parents[2] / "examples" / "plugins" / "house.py"
ORDER = {
    "schema": "twopop.order/1",
    "project": {"client": "Harbour Line", "title": "Harbour Days", "code": "HL0417"},
    "timeline": {"file": "spot.otio", "media": ["media"]},
    "matrix": [{"durations": ["full", "1s"], "aspects": ["16:9"], "specs": ["review-h264"], "languages": ["en"]}],
    "cutdowns": {"1s": {"keep": [["01:00:00:06", "01:00:01:06"]]}},
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "plugins").mkdir()
    shutil.copy(HOUSE, tmp_path / "plugins")
    (tmp_path / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n[house]\nrounds = 2\n')
    return tmp_path


@pytest.fixture
def loaded(project):
    plugins, tables = load_plugins(settings.find(project, {}))
    return plugins, tables


def order(**project) -> Order:
    return parse_order(ORDER | {"project": ORDER["project"] | project}, where="order")


def fields_of(plugins, duration: str) -> dict[str, str]:
    variant = Variant(duration=duration, aspect="9:16", language="en")
    given, failed = plugins.collect(
        "name_fields",
        order=order(),
        program=SimpleNamespace(rate=Rate(24)),
        variant=variant,
        spec=SimpleNamespace(name="review-h264"),
        cutdown=Cutdown(label=duration, keep=(Span(0, 720),)),
    )
    assert not failed
    return {item.value.name: item.value.value for item in given} | {"version": "003"}


def deliverable(number: int = 1, *, state: str = "ready") -> Deliverable:
    return Deliverable(
        id=f"30s 9:16 review-h264 {number}",
        variant=Variant(duration="30s", aspect="9:16"),
        spec="review-h264",
        name=FileName(stem="a"),
        path="masters/a.mp4",
        version=Version(number=number),
        state=state,
        frames=720,
        rate=Rate(24000, 1001),
        size=(540, 960),
        spans=(Span(0, 720),),
        start_timecode="01:00:00:00",
    )


def test_it_is_short_enough_to_be_read_at_a_glance():
    assert len(HOUSE.read_text().splitlines()) < 60


def test_it_is_found_in_the_project_with_its_table(loaded):
    plugins, tables = loaded
    house = next(plugin for plugin in plugins.found if plugin.name == "house")
    assert (house.state, house.layer, house.problem) == ("on", "project", "")
    assert house.hooks == ("check_plan", "delivered", "name", "name_fields", "settings", "sidecars")
    assert (tables.tables["house"].rounds, tables.tables["house"].folder) == (2, "masters")
    assert tables.origin("house", "rounds").endswith("twopop.toml:4")


@pytest.mark.parametrize(("duration", "runs"), [("30s", "030"), ("6s", "006"), ("full", "full")])
def test_a_file_is_called_by_job_length_aspect_and_version(loaded, duration, runs):
    plugins, tables = loaded
    fields = fields_of(plugins, duration)
    answer = plugins.decide("name", fields=fields, forms={}, variant=None, spec=None, settings=tables)
    assert answer.plugin == "house"
    assert answer.value == FileName(stem=f"HL0417_{runs}_9x16_en_v003", folder="masters/review-h264", template="house")


def test_an_order_without_a_job_number_is_the_editors_to_mend(loaded):
    plugins, tables = loaded
    fields = fields_of(plugins, "30s") | {"job": ""}
    with pytest.raises(EditorError, match="no job number"):
        plugins.decide("name", fields=fields, forms={}, variant=None, spec=None, settings=tables)


@pytest.mark.parametrize(("code", "rules"), [("HL0417", []), ("HL417", ["house.job"]), ("xHL0417x", ["house.job"])])
def test_a_job_number_has_the_houses_form(loaded, code, rules):
    plugins, tables = loaded
    plan = SimpleNamespace(project={"code": code}, deliverables=())
    given, failed = plugins.collect("check_plan", plan=plan, program=None, settings=tables)
    assert not failed
    assert [(item.value.rule, item.value.severity) for item in given] == [(rule, Severity.FAIL) for rule in rules]


def test_a_round_beyond_the_quote_warns_on_that_deliverable_alone(loaded):
    plugins, tables = loaded
    made = (deliverable(2), deliverable(3), deliverable(4, state="unchanged"))
    plan = SimpleNamespace(project={"code": "HL0417"}, deliverables=made)
    given, _ = plugins.collect("check_plan", plan=plan, program=None, settings=tables)
    assert [(item.value.rule, item.value.where, item.value.severity) for item in given] == [
        ("house.rounds", made[1].id, Severity.WARN)
    ]


def test_a_slip_goes_beside_each_file(loaded):
    plugins, _ = loaded
    spec = SimpleNamespace(title="Review copy", captions=SimpleNamespace(sidecar=""))
    given, failed = plugins.collect("sidecars", deliverable=deliverable(), spec=spec)
    assert not failed
    content = b"masters/a.mp4\nReview copy\n720 frames at 24000/1001, 01:00:00:00\n"
    assert [item.value for item in given] == [Sidecar(suffix=".slip.txt", content=content)]


def test_the_logbook_gets_a_line_for_each_file_that_is_out(loaded, tmp_path, monkeypatch):
    plugins, _ = loaded
    record = SimpleNamespace(file=SimpleNamespace(path="masters/a.mp4", sha256="ab" * 32), version=2)
    assert plugins.notify("delivered", record=record, receipt=None) == []
    monkeypatch.setenv("HOUSE_LOGBOOK", str(tmp_path / "book.tsv"))
    assert plugins.notify("delivered", record=record, receipt=None) == []
    assert (tmp_path / "book.tsv").read_text() == f"masters/a.mp4\tv2\t{'ab' * 32}\n"


@pytest.fixture
def spot(project):
    """A cut of two shots, 48 frames at 24000/1001, in the project's folder."""
    rate = Rate(24000, 1001)
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number in range(2):
        (project / "media").mkdir(exist_ok=True)
        path = make_numbered(project / "media" / f"shot{number}.mp4", frames=24, rate=rate, size=(160, 90))
        whole = otio.opentime.TimeRange(
            otio.opentime.RationalTime(0, float(rate)), otio.opentime.RationalTime(24, float(rate))
        )
        reference = otio.schema.ExternalReference(f"media/{path.name}", whole)
        track.append(otio.schema.Clip(path.stem, reference, whole))
    timeline = otio.schema.Timeline("spot", global_start_time=otio.opentime.RationalTime(86400, float(rate)))
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(project / "spot.otio"))
    return project


def test_a_plan_made_with_it_bears_its_names_and_says_who_decided(spot):
    plan = planned(spot, order())
    assert [d.path for d in plan.deliverables] == [
        "masters/review-h264/HL0417_full_16x9_en_v001.mp4",
        "masters/review-h264/HL0417_001_16x9_en_v001.mp4",
    ]
    assert [(d.state, d.frames) for d in plan.deliverables] == [("ready", 48), ("ready", 24)]
    for each in plan.deliverables:
        assert {reason.what: reason.plugin for reason in each.reasons}["name"] == "house"


def test_a_plan_with_a_wrong_job_number_is_stopped_by_it(spot):
    plan = planned(spot, order(code="HL417"))
    assert [(f.rule, f.plugin) for f in plan.findings if f.severity is Severity.FAIL] == [("house.job", "house")]


def test_a_delivery_with_it_leaves_slips_and_a_logbook(spot, monkeypatch):
    from twopop.delivery.run import deliver
    from twopop.delivery.session import open_session

    monkeypatch.setenv("HOUSE_LOGBOOK", str(spot / "book.tsv"))
    plan = planned(spot, order())
    receipt = deliver(plan, open_session(spot))
    assert [record.outcome for record in receipt.deliverables] == ["delivered", "delivered"]
    slips = sorted(path.name for path in (spot / "delivery" / "masters" / "review-h264").glob("*.slip.txt"))
    assert slips == ["HL0417_001_16x9_en_v001.slip.txt", "HL0417_full_16x9_en_v001.slip.txt"]
    logged = [line.split("\t") for line in (spot / "book.tsv").read_text().splitlines()]
    for path, version, sha256 in logged:
        assert (version, hashlib.sha256((spot / "delivery" / path).read_bytes()).hexdigest()) == ("v1", sha256)
    assert [path for path, _, _ in logged] == [each.path for each in plan.deliverables]


def planned(folder: Path, wanted: Order) -> Plan:
    from twopop.delivery.planner import make_plan
    from twopop.delivery.session import open_session

    return make_plan(wanted, open_session(folder))
