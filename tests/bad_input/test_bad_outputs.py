"""Output folders that cannot be written to, full disks, names that are taken: nothing is lost or overwritten."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_project import SPECS, clip

NAME = "Client_Spot_full_16x9_v001.mp4"


def one(**changes):
    return [{"durations": ["full"], "aspects": ["16:9"], "specs": ["tiny"], **changes}]


# -- where nothing can be written --------------------------------------------------------------------------------------


def test_a_file_where_the_output_folder_should_be(project):
    project.write("delivery", "I was here first.")
    said = project.run("deliver", status=1).said
    assert "Cannot write here" in said
    assert str(project.folder / "delivery") in said
    assert (project.folder / "delivery").read_text() == "I was here first."


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no /dev/null here")
def test_an_output_folder_below_a_device(project):
    err = project.run("deliver", project.folder / "order.toml", "--out", "/dev/null/x", status=1).err
    assert "/dev/null/x" in err
    assert "Cannot write here (Not a directory)" in err


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
def test_an_output_folder_that_cannot_be_made(project):
    err = project.run("deliver", project.folder / "order.toml", "--out", "/proc/twopop", status=1).err
    assert "/proc/twopop" in err
    assert "Cannot write here" in err


def test_an_output_folder_that_may_not_be_written_to(project, unprivileged):
    out = project.folder / "delivery"
    out.mkdir()
    out.chmod(0o555)
    said = unprivileged(project, "deliver", status=1).said
    out.chmod(0o755)
    assert "Cannot write here (Permission denied)" in said
    assert str(out) in said
    assert list(out.iterdir()) == []


def test_a_spec_folder_that_is_a_file(project):
    """The output folder is good, but a file has the name of a folder below it."""
    project.write("delivery/tiny", "mine")
    said = project.run("deliver", status=1).said
    assert "delivery/tiny" in said
    assert "Cannot write here" in said
    assert (project.folder / "delivery" / "tiny").read_text() == "mine"


def test_a_work_folder_that_cannot_be_made(project):
    project.write(".twopop", "mine")
    result = project.process("deliver", status=3)
    assert ".twopop" in result.said
    assert (project.folder / ".twopop").read_text() == "mine"
    assert project.delivered == []


# -- full disks --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _small_disk(folder: Path, size: str):
    folder.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk needs Linux and root")
def test_an_output_folder_on_a_full_disk(project):
    """Really full: a file system of a few pages with no room left in it."""
    with _small_disk(project.folder / "delivery", "16k"):
        (project.folder / "delivery" / "others.bin").write_bytes(b"x" * 8192)
        said = project.process("deliver", status=1).said
        assert "No space left on device" in said or "The disk is full" in said
        assert "Free some space and run again" in said
        assert [path.name for path in (project.folder / "delivery").rglob("*") if path.suffix == ".mp4"] == []
        assert (project.folder / "delivery" / "others.bin").read_bytes() == b"x" * 8192
    project.process("deliver", status=0)  # with room again: it goes on from what the store has
    assert project.finished().name == NAME


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk needs Linux and root")
def test_a_disk_that_fills_up_while_rendering(project):
    """Really full: the store's file system does not take the pictures. The catalogue lies elsewhere."""
    project.order(matrix=one(aspects=["1:1"]))
    project.set(catalogue={"url": "catalogue.db"})
    with _small_disk(project.folder / ".twopop", "120k"):
        said = project.process("deliver", status=1).said
        assert "The disk is full" in said or "No space left on device" in said
        assert "Free some space and run again" in said
        assert not list((project.folder / ".twopop" / "store").rglob("*.json"))
    assert project.delivered == []
    shutil.rmtree(project.folder / ".twopop")
    project.process("deliver", status=0)


@pytest.mark.skipif(os.name != "posix", reason="limits as POSIX has them")
def test_a_limit_on_file_sizes_while_rendering(project):
    """The system's limit on file sizes instead of a full disk: works without rights, fails in another way (EFBIG)."""
    import resource

    project.plugin("studio_specs", SPECS.replace('"crf": "12"', '"crf": "3"'))  # larger than a new catalogue
    project.order(matrix=one(aspects=["1:1"]))

    def limited() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (230_000, 230_000))

    said = project.process("deliver", status=3, preexec_fn=limited).said
    assert "ffmpeg was ended by the system (SIGXFSZ)" in said  # it does not inherit what the test ignores
    assert "Cannot write here (File too large)" in said
    assert project.delivered == []


def test_a_disk_that_fills_up_at_the_last_moment(project, monkeypatch):
    """A fault put in by the test: the name cannot be given any more."""
    import twopop.files

    replace = Path.replace

    def full(self, target):
        if Path(target).suffix == ".mp4" and "delivery" in Path(target).parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    def linked(source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(twopop.files.Path, "replace", full)
    monkeypatch.setattr(twopop.files.os, "link", linked)
    said = project.run("deliver", status=1).said
    assert "Cannot write here (No space left on device). Free some space and run again" in said
    assert project.delivered == []
    monkeypatch.setattr(twopop.files.Path, "replace", replace)
    result = project.run("deliver", project.folder / "order.toml", "--json", status=0)
    assert result.data["segments_rendered"] == 0  # the store had kept it
    assert project.finished().name == NAME


# -- names that are taken ----------------------------------------------------------------------------------------------


def test_a_file_that_is_there_already_is_kept_byte_for_byte(project):
    theirs = project.write(f"delivery/tiny/{NAME}", b"the only copy of something")
    said = project.run("plan", status=1).said
    assert f"tiny/{NAME} exists already and was not delivered from here." in said
    assert "Nothing is overwritten." in said
    project.run("deliver", status=1)
    assert theirs.read_bytes() == b"the only copy of something"


def test_a_file_that_appears_while_rendering_is_kept(project, monkeypatch):
    from twopop.delivery.joining import Joiner

    theirs = project.folder / "delivery" / "tiny" / NAME
    join = Joiner.join

    def late(self, *arguments):
        findings = join(self, *arguments)
        project.write(f"delivery/tiny/{NAME}", b"somebody was quicker")
        return findings

    monkeypatch.setattr(Joiner, "join", late)
    said = project.run("deliver", status=1).said
    assert "is there already, with other content" in said
    assert theirs.read_bytes() == b"somebody was quicker"


def test_a_sidecar_that_is_there_already_is_kept(project):
    project.write("en.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    project.order(matrix=one(languages=["en"], specs=["tiny-srt"]), captions={"en": "en.srt"})
    theirs = project.write("delivery/tiny-srt/Client_Spot_full_16x9_en_v001.en.srt", "corrected by hand")
    said = project.run("deliver", status=1).said
    assert "is there already" in said
    assert theirs.read_text() == "corrected by hand"
    assert project.delivered == []


def test_a_folder_or_a_dead_link_under_the_final_name(project, tmp_path):
    (project.folder / "delivery" / "tiny" / NAME).mkdir(parents=True)
    project.run("deliver", status=1)
    assert (project.folder / "delivery" / "tiny" / NAME).is_dir()
    (project.folder / "delivery" / "tiny" / NAME).rmdir()
    (project.folder / "delivery" / "tiny" / NAME).symlink_to(tmp_path / "nowhere.mp4")
    project.run("deliver", status=1)
    assert (project.folder / "delivery" / "tiny" / NAME).is_symlink()
    assert not (tmp_path / "nowhere.mp4").exists()


def test_a_folder_of_the_delivery_that_links_elsewhere(project, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (project.folder / "delivery").mkdir()
    (project.folder / "delivery" / "tiny").symlink_to(tmp_path / "elsewhere")
    said = project.run("deliver", status=1).said
    assert "leaves its folder by a link" in said
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_two_orders_into_one_folder_keep_each_others_files(project):
    project.run("deliver", status=0)
    first = project.finished().read_bytes()
    project.order("second.toml", project={"title": "Other"})
    project.run("deliver", project.folder / "second.toml", status=0)
    assert [path.name for path in project.delivered] == ["Client_Other_full_16x9_v001.mp4", NAME]
    assert (project.folder / "delivery" / "tiny" / NAME).read_bytes() == first
    said = project.run("verify", project.folder / "delivery", status=0).out
    assert "2 files read back: all as they were delivered." in said


def test_another_project_with_the_same_name_does_not_overwrite(project, tmp_path):
    """Two people, two project folders, one output folder, one name: the second is told, the first is kept."""
    project.run("deliver", status=0)
    first = project.finished().read_bytes()
    other = type(project)(tmp_path / "other", project.sources)
    other.cut([clip(project.sources / "a.mov", first=10, frames=20)])
    other.order(out=str(project.folder / "delivery"))
    said = other.run("deliver", status=1).said
    assert "exists already and was not delivered from here" in said
    assert project.finished().read_bytes() == first


def test_a_changed_cut_gets_a_new_version_and_the_old_file_stays(project):
    project.run("deliver", status=0)
    first = project.finished().read_bytes()
    project.cut([clip(project.sources / "a.mov", first=10, frames=20)])
    project.run("deliver", status=0)
    assert [path.name for path in project.delivered] == [NAME, NAME.replace("v001", "v002")]
    assert project.delivered[0].read_bytes() == first


# -- names that clash --------------------------------------------------------------------------------------------------


def test_two_deliverables_with_one_path(project):
    project.set(naming={"template": "{{title}}_v{{version}}"})
    project.order(matrix=one(aspects=["16:9", "1:1"]))
    said = project.run("deliver", status=1).said
    assert "'tiny/Spot_v001.mp4' is also the path of full 1:1 tiny" in said
    assert "Give the name template a field in which they differ." in said
    assert project.delivered == []


def test_paths_that_differ_in_case_alone(project):
    project.plugin(
        "shouting",
        "from twopop import FileName, hookimpl\n\n@hookimpl\ndef name(variant):\n"
        "    return FileName(stem='spot' if variant.aspect == '1:1' else 'SPOT')\n",
    )
    project.order(matrix=one(aspects=["16:9", "1:1"]))
    said = project.run("deliver", status=1).said
    assert "'SPOT.mp4' is also the path of full 1:1 tiny (as 'spot.mp4')" in said


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{client}}_{{titel}}", ("There is no field 'titel'", "'title'", "Known fields")),
        ("{{client", ("no name template",)),
        ("{% if %}", ("no name template",)),
        ("{{ client.__class__.__mro__ }}", ("no dots",)),
        ("{{ ''.join(client) }}", ("alls are not allowed",)),
        ("{% for x in client %}{{x}}{% endfor %}", ("Loops are not allowed",)),
        ("{% include '/etc/passwd' %}", ("cannot be included",)),
        ("{{ client * 99999999 }}", ("Sums are not allowed",)),
        ("{{ range(999999999) }}", ("alls are not allowed",)),
        ("", ("The template is empty",)),
        ("{{ client }}" * 100, ("1000 are the most",)),
        ("../{{client}}", ("leads out of the output folder",)),
        ("/etc/{{client}}", ("A part of the path is empty",)),
        ("-{{client}}", ("begins with a dash",)),
        ("con", ("keeps for a device",)),
        ("{{client}}:{{title}}", ("':'",)),
        ("{{client}}-{{title}}", ("could be read as client 'A-A', title 'A' or as client 'A', title 'A-A'",)),
        ("{{title}}_{{date}}", ("'date' has no value", "Write date = 2026-11-22 under [project]")),
        ("{{client}}%d", ("'%'",)),
        ("x" * 300, ("120 are the most",)),
        ("{{ client | shell }}", ("Filters are not allowed",)),
        ("{{ client }}\x00", ("\\x00",)),
    ],
)
def test_name_templates_with_mistakes(project, template, words):
    project.set(naming={"template": template})
    said = project.run("deliver", status=1).said
    for word in words:
        assert word in said
    assert project.delivered == []


def test_a_folder_template_that_leads_out(project):
    for folder in ("../{{spec}}", "/elsewhere/{{spec}}", "a/../../{{spec}}", "..\\{{spec}}", "C:/{{spec}}"):
        project.set(naming={"folder": folder})
        said = project.run("deliver", status=1).said
        assert "cannot be used" in said
        assert project.delivered == []


def test_titles_that_cannot_stand_in_a_name(project):
    for title, word in (("🛢️", "Nothing of"), ("../..", "Nothing of"), ("東京", "Nothing of")):
        project.order(project={"title": title})
        said = project.run("deliver", status=1).said
        assert word in said
        assert "field 'title'" in said


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etcpasswd"),
        ("-rf *", "rf"),
        ("Été à Köln", "Ete-a-Koln"),
        ('it\'s; $(rm) `x` "y"', "its-rm-x-y"),
        ("a\nb", "a-b"),
        ("50% [x], y: z\\w", "50-x-y-zw"),
        ("{{ client }}", "client"),
    ],
)
def test_hostile_titles_make_plain_names(project, title, name):
    project.order(project={"title": title})
    plan = project.run("plan", project.folder / "order.toml", "--json", status=0).data
    assert plan["deliverables"][0]["path"] == f"tiny/Client_{name}_full_16x9_v001.mp4"
