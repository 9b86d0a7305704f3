import pytest

from twopop.delivery.media import MediaFinder
from twopop.delivery.session import open_session
from twopop.errors import InputError
from twopop.timeline.program import Role, Source


@pytest.fixture
def project(tmp_path):
    for name in ("cut/near.mov", "media/A001.mov", "media/day1/B002.mov", "media/C.mov", "media/day1/C.mov",
                 "media/.hidden/D.mov"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def find(project, **source):
    session = open_session(project)
    finder = MediaFinder(session, project / "cut" / "spot.otio", [project / "media"])
    return finder._find(Source(**({"name": "clip"} | source)))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ({"path": "near.mov"}, "cut/near.mov"),
        ({"path": "../media/A001.mov"}, "media/A001.mov"),
        ({"path": "/Volumes/Offline/A001.mov"}, "media/A001.mov"),
        ({"path": "D:\\Footage\\b002.MOV"}, "media/day1/B002.mov"),
        ({"name": "B002.mov"}, "media/day1/B002.mov"),
        ({"name": "a001"}, "media/A001.mov"),
    ],
)
def test_media_is_found_where_it_is_said_or_by_its_name(project, source, found):
    assert find(project, **source).resolve() == (project / found).resolve()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"path": "gone.mov"}, "'gone.mov' is not there"),
        ({"path": "elsewhere/C.mov"}, "2 files called 'C.mov'"),
        ({"name": "nobody"}, "names no media"),
        ({"path": "D.mov"}, "is not there"),
        ({"path": "x\0y.mov"}, "is not there"),
        ({"path": "a" * 5000}, "is not there"),
    ],
)
def test_what_is_missing_or_not_clear_is_said(project, source, words):
    with pytest.raises(InputError) as caught:
        find(project, **source)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_media_outside_the_roots_of_the_settings_is_not_read(project):
    (project / "twopop.toml").write_text('[paths]\nmedia = ["media"]\n')
    assert find(project, path="../media/A001.mov").is_file()
    with pytest.raises(InputError, match="may not be read"):
        find(project, path="near.mov")


def test_the_house_names_its_tracks_in_the_settings(tmp_path):
    (tmp_path / "twopop.toml").write_text('[timelines]\ngraphics = "BANDEAU"\nroles = { "^VOX" = "narration" }\n')
    options = open_session(tmp_path).read_options(rate="23.976")
    assert options.roles[0] == ("^VOX", Role.NARRATION)
    assert len(options.roles) > 1
    assert options.graphics == "BANDEAU"
    assert str(options.rate) == "24000/1001"


@pytest.mark.parametrize(
    ("line", "words"),
    [('roles = { "(" = "music" }', "no regular expression"), ('roles = { "x" = "musik" }', "twopop.toml:2")],
)
def test_a_wrong_rule_names_its_line(tmp_path, line, words):
    (tmp_path / "twopop.toml").write_text(f"[timelines]\n{line}\n")
    with pytest.raises(InputError) as caught:
        open_session(tmp_path).read_options()
    assert words in str(caught.value)
