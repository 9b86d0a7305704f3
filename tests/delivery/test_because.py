"""Why a file and a segment have to be made anew, each cause by itself, as the plan and the catalogue say it."""

from pathlib import Path

import msgspec
import pytest
from test_registering import ORDER, colours, cut, planned, run

from support.projects import write_project
from twopop.delivery.plan import Plan
from twopop.delivery.since import differences, parts
from twopop.versions.model import Made

MADE = Made(timeline="t", picture="p", sound="s", spec="x", fields={"job": "1"}, metadata={"title": "A"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path, colours(12, 12, 12), ORDER)
    return tmp_path


def because(plan: Plan) -> set[str]:
    return {reason for each in plan.deliverables for reason in each.because}


def test_the_first_time_and_then_nothing(project: Path) -> None:
    _, plan = planned(project)
    assert because(plan) == {"first time"}
    assert set(plan.rendered_because.values()) == {"first time"}
    run(project)
    _, plan = planned(project)
    assert (because(plan), plan.rendered_because) == (set(), {})


def test_a_new_spec_of_a_known_variant_says_so(project: Path) -> None:
    run(project)
    order = project / "order.toml"
    order.write_text(order.read_text().replace('["tiny-h264"]', '["tiny-h264", "tiny-intra"]'))
    _, plan = planned(project)
    assert because(plan) == {"first time in the spec tiny-intra"}


def test_a_changed_spec_says_which_figure_and_renders_all(project: Path) -> None:
    run(project)
    spec = project / "plugins" / "tiny-h264.toml"
    spec.write_text(spec.read_text().replace('crf = "18"', 'crf = "20"'))
    _, plan = planned(project)
    words = "the spec changed: video.options.crf: 20 (was 18)"
    assert because(plan) == {words}
    assert set(plan.rendered_because.values()) == {words}
    assert len(plan.rendered_because) == 6


def test_a_new_cut_renders_only_what_changed(project: Path) -> None:
    run(project)
    cut(project, 12, 12, 12, 8)
    _, plan = planned(project)
    assert {each.version.number for each in plan.deliverables} == {2}
    assert set(plan.rendered_because.values()) == {"shot 4 (shot 4) was added, 8 frames"}
    assert len(plan.rendered_because) == 2


def test_an_emptied_store_says_so(project: Path) -> None:
    import shutil

    run(project)
    shutil.rmtree(project / ".twopop" / "store")
    for file in (project / "delivery").rglob("*.mp4"):
        file.unlink()
    _, plan = planned(project)
    assert because(plan) == {"its file is not there any more"}
    assert set(plan.rendered_because.values()) == {"the store does not hold it any more"}


def test_the_plan_stays_pure(project: Path) -> None:
    from twopop import schema

    run(project)
    cut(project, 12, 9, 12)
    assert schema.to_json(planned(project)[1]) == schema.to_json(planned(project)[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"captions": "c"}, ["the captions were added"]),
        ({"start": "01:00:00:00"}, ["the start timecode is 01:00:00:00 (was none)"]),
        ({"metadata": {"title": "B"}}, ["title: B (was A)"]),
        ({"fields": {"job": "2", "version": "9"}}, ["the name's job: 2 (was 1)"]),
        ({"rights": ("ARC: refused",)}, ["rights: ARC: refused (was not said)"]),
        ({"picture": "q"}, []),
    ],
)
def test_each_part_is_said(change: dict[str, object], words: list[str]) -> None:
    assert list(parts(MADE, msgspec.structs.replace(MADE, **change), {})) == words


def test_many_differences_are_counted() -> None:
    told = differences({}, {str(n): n for n in range(1, 8)})
    assert told == ["1: 1 (was none)", "2: 2 (was none)", "3: 3 (was none)", "4: 4 (was none)", "3 more"]
