"""Hosts that lie in their renders and in what they take back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
from lies import Lie, fault, idle

from twopop import files
from twopop.errors import Cancelled, EditorError
from twopop.hosts import Edit, Rendered, RenderPreset
from twopop.hosts.fake import FakeHost
from twopop.hosts.fake import project as held
from twopop.picture.tools import find_ffmpeg
from twopop.variants.model import Span

Asked = tuple[Span | None, RenderPreset]

PRORES = ("-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le")
REPEATED = r"select=not(eq(n\,8)),fps=24000/1001,tpad=stop=1:stop_mode=clone"
H264 = ("-c:v", "libx264", "-qp", "12", "-pix_fmt", "yuv420p", "-c:a", "pcm_s24le")


class Renders(FakeHost):
    """A host whose renders can be bent before and after."""

    def render(self, timeline: str, span: Span | None, preset: RenderPreset, file: Path, **beside: Any) -> Rendered:
        span, preset = self.asked(timeline, span, preset)
        made = super().render(timeline, span, preset, file, **beside)
        return self.made(made, preset)

    def asked(self, timeline: str, span: Span | None, preset: RenderPreset) -> Asked:
        return span, preset

    def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
        return made


def asking(name: str, change: Callable[[Span | None, RenderPreset], Asked], *breaks: str) -> Lie:
    """A host that renders something else than what was asked."""

    class Liar(Renders):
        def asked(self, timeline: str, span: Span | None, preset: RenderPreset) -> Asked:
            return change(span, preset)

    return Lie(name, Liar, breaks)


def redone(name: str, words: tuple[str, ...], *breaks: str, codec: tuple[str, ...] = PRORES) -> Lie:
    """A host whose render comes out as ffmpeg makes it with *words*."""

    class Liar(Renders):
        def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
            file = Path(made.file)
            other = file.with_name(f".{file.name}")
            command = [find_ffmpeg(), "-v", "error", "-y", "-i", file, *codec, *words, "-f", "mov", other]
            subprocess.run([str(word) for word in command], check=True)
            other.replace(file)
            return made

    return Lie(name, Liar, breaks)


class ShowsTitles(Renders):
    """Says that it can leave titles out, and does not."""

    def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
        if preset.textless:
            titled = redone("titled", ("-vf", "drawbox=w=40:h=20:color=white:t=fill"))
            return titled.connect(self.place).made(made, preset)  # type: ignore[attr-defined,no-any-return]
        return made


class StartsLate(Renders):
    def asked(self, timeline: str, span: Span | None, preset: RenderPreset) -> Asked:
        frames = read_frames(self, timeline)
        if span is not None and span.stop < frames:
            span = Span(span.start + 1, span.stop + 1)
        return span, preset


def read_frames(host: FakeHost, timeline: str) -> int:
    from twopop.hosts import otio

    return otio.reading(host.read(timeline).otio).program.frames


class OverwritesFiles(Renders):
    def render(self, timeline: str, span: Span | None, preset: RenderPreset, file: Path, **beside: Any) -> Rendered:
        file.unlink(missing_ok=True)
        return super().render(timeline, span, preset, file, **beside)


class LeavesABackup(Renders):
    def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
        Path(made.file).with_suffix(".log").write_text("all went well")
        return made


class MovesThePlayhead(Renders):
    def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
        last = self.timelines()[-1].id
        self.show(last, 5)
        return made


class NeverStops(Renders):
    def render(self, *asked: Any, cancel: Event, **beside: Any) -> Rendered:
        return super().render(*asked, cancel=Event(), **beside)


class LeavesHalf(Renders):
    def render(self, timeline: str, span: Span | None, preset: RenderPreset, file: Path, **beside: Any) -> Rendered:
        try:
            return super().render(timeline, span, preset, file, **beside)
        except Cancelled:
            files.write_whole(file, b"half of it")
            raise


class TellsNothing(Renders):
    def render(self, *asked: Any, progress: Any, **beside: Any) -> Rendered:
        return super().render(*asked, progress=lambda done, total: None, **beside)


class GoesBack(Renders):
    def render(self, *asked: Any, progress: Any, **beside: Any) -> Rendered:
        return super().render(*asked, progress=lambda done, total: progress(total - done + 1, total), **beside)


class StopsAtAlmost(Renders):
    def render(self, *asked: Any, progress: Any, **beside: Any) -> Rendered:
        return super().render(*asked, progress=lambda done, total: progress(min(done, total - 1), total), **beside)


class CountsPercent(Renders):
    def render(self, *asked: Any, progress: Any, **beside: Any) -> Rendered:
        return super().render(*asked, progress=lambda done, total: progress(done * 100 // total, 100), **beside)


class ClaimsMore(Renders):
    def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
        return msgspec.structs.replace(made, frames=made.frames + 1)


class NamesAnother(Renders):
    def made(self, made: Rendered, preset: RenderPreset) -> Rendered:
        return msgspec.structs.replace(made, file=Path(made.file).name)


class OneCodec(Renders):
    def asked(self, timeline: str, span: Span | None, preset: RenderPreset) -> Asked:
        return span, msgspec.structs.replace(preset, video="h264")


class RefusesWithALeftover(Renders):
    def render(self, timeline: str, span: Span | None, preset: RenderPreset, file: Path, **beside: Any) -> Rendered:
        if preset.video != "prores-422":
            files.write_whole(file, b"")
            raise EditorError("This codec is not in this edition.")
        return super().render(timeline, span, preset, file, **beside)


# -- taking back -------------------------------------------------------------------------------------------------------


class UndoesAnything(FakeHost):
    """Takes what it made away, whatever became of it."""

    def undo(self, edit: Edit) -> None:
        note = dict(edit.undo)
        if "put" in note:
            project = self._project()
            if project.has(note["put"]["timeline"]):
                held.save(self.folder, project.without(note["put"]["timeline"]))
            return
        if "words" in note:
            was = {key: [old, self._words(note).get(key)] for key, (old, _) in note["words"]["was"].items()}
            edit = msgspec.structs.replace(edit, undo={"words": {**note["words"], "was": was}})
        super().undo(edit)

    def _words(self, note: Any) -> dict[str, str]:
        from twopop.hosts import otio

        return otio.words(self.read(note["words"]["timeline"]).otio)


class UndoesByName(FakeHost):
    def undo(self, edit: Edit) -> None:
        project = self._project()
        if "put" in edit.undo:
            for each in project.timelines:
                if each.name == edit.place:
                    project = project.without(each.id)
            held.save(self.folder, project)
        else:
            super().undo(edit)


class UndoesAllMarkers(FakeHost):
    def undo(self, edit: Edit) -> None:
        if "markers" in edit.undo:
            project = self._project()
            found = project.timeline(edit.undo["markers"]["timeline"])
            bare = json.loads(found.otio)
            bare["tracks"]["markers"] = []
            held.save(self.folder, project.changed(msgspec.structs.replace(found, otio=json.dumps(bare))))
        else:
            super().undo(edit)


class UndoesTheLook(FakeHost):
    """Takes away every marker that looks like one that it made, so one of somebody else's too."""

    def undo(self, edit: Edit) -> None:
        super().undo(edit)
        if "markers" in edit.undo:
            project = self._project()
            found = project.timeline(edit.undo["markers"]["timeline"])
            bare = json.loads(found.otio)
            bare["tracks"]["markers"] = [each for each in bare["tracks"]["markers"] if each["color"] != "RED"]
            held.save(self.folder, project.changed(msgspec.structs.replace(found, otio=json.dumps(bare))))


class ClearsWords(FakeHost):
    def undo(self, edit: Edit) -> None:
        if "words" in edit.undo:
            note = edit.undo["words"]
            was = {key: [None, made] for key, (_, made) in note["was"].items()}
            edit = msgspec.structs.replace(edit, undo={"words": {**note, "was": was}})
        super().undo(edit)


class EmptiesTheBin(FakeHost):
    def undo(self, edit: Edit) -> None:
        super().undo(edit)
        if "items" in edit.undo:
            project = self._project()
            kept = tuple(item for item in project.items if item.folder != edit.place)
            held.save(self.folder, msgspec.structs.replace(project, items=kept))


class UndoesFromMemory(FakeHost):
    def __init__(self, place: Any) -> None:
        super().__init__(place)
        self.mine: set[str] = set()

    def put(self, otio: str, name: str) -> Edit:
        edit = super().put(otio, name)
        self.mine.add(edit.id)
        return edit

    def undo(self, edit: Edit) -> None:
        if edit.id in self.mine:
            super().undo(edit)


class UndoesTwiceAsError(FakeHost):
    def undo(self, edit: Edit) -> None:
        if "put" in edit.undo and not self._project().has(edit.made[0]):
            raise EditorError("There is no such timeline.")
        super().undo(edit)


def every_second(span: Span | None, preset: RenderPreset) -> Asked:
    return (Span(span.start, span.stop - 1) if span and span.frames > 2 else span), preset


def always_in_stereo(span: Span | None, preset: RenderPreset) -> Asked:
    return span, msgspec.structs.replace(preset, channels=2)


IN_RENDERS = (
    idle("render", "render.form", "render.pictures", "render.range", "render.leaves"),
    fault("one-frame-short", "render.form", "render.pictures", "render.range"),
    fault("wrong-rate", "render.form"),
    fault("wrong-size", "render.form", "render.codecs"),
    fault("silent", "render.sound", "render.range"),
    fault("black", "render.pictures", "render.colours"),
    asking("renders the whole", lambda span, preset: (None, preset), "render.range", "render.over"),
    asking("ends a frame early", every_second, "render.range"),
    asking("renders sound anyway", always_in_stereo, "render.no-sound"),
    Lie("shows titles all the same", ShowsTitles, ("render.textless",)),
    Lie("starts a frame late", StartsLate, ("render.range",)),
    redone("has wide pixels", ("-vf", "setsar=4/3"), "render.form"),
    redone("is interlaced", ("-vf", "setfield=tff", "-flags", "+ildct", "-field_order", "tt"), "render.form"),
    redone("has no sound", ("-an",), "render.form"),
    redone("is another codec", (), "render.form", codec=H264),
    redone("has half the sound", ("-af", "atrim=end=0.8"), "render.sound"),
    redone("is mono", ("-ac", "1"), "render.sound"),
    redone("is too loud", ("-af", "volume=6dB"), "render.sound"),
    redone("is late with sound", ("-af", "adelay=120:all=1,atrim=end=1.543"), "render.sound"),
    redone("is out of tune", ("-af", "asetrate=52800,aresample=48000,apad,atrim=end=1.543"), "render.sound"),
    redone("is washed out", ("-vf", "eq=contrast=0.85"), "render.colours"),
    redone("repeats a frame", ("-vf", REPEATED), "render.pictures"),
    redone("swaps red and blue", ("-vf", "format=gbrp,colorchannelmixer=0:0:1:0:0:1:0:0:1:0:0"), "render.colours"),
    redone("is wide", ("-vf", "scale=96:72,pad=128:72:16:0,setsar=1"), "render.pictures"),
    Lie("renders over files", OverwritesFiles, ("render.over",)),
    Lie("leaves a log beside renders", LeavesABackup, ("render.leaves",)),
    Lie("moves the playhead", MovesThePlayhead, ("render.leaves",)),
    Lie("never stops", NeverStops, ("render.cancel",)),
    Lie("leaves half a render", LeavesHalf, ("render.cancel",)),
    Lie("tells no progress", TellsNothing, ("render.progress",)),
    Lie("goes back", GoesBack, ("render.progress",)),
    Lie("stops at almost all", StopsAtAlmost, ("render.progress",)),
    Lie("counts in percent", CountsPercent, ("render.progress",)),
    Lie("claims more frames", ClaimsMore, ("render.form",)),
    Lie("names another file", NamesAnother, ("render.form",)),
    Lie("knows one codec", OneCodec, ("render.form", "render.codecs")),
    Lie("refuses with a leftover", RefusesWithALeftover, ("render.codecs",)),
)

IN_UNDOING = (
    Lie("undoes what was changed", UndoesAnything, ("undo.changed", "undo.changed-words")),
    Lie("undoes by name", UndoesByName, ("undo.twice",)),
    Lie("undoes all markers", UndoesAllMarkers, ("undo.markers",)),
    Lie("undoes what looks alike", UndoesTheLook, ("undo.markers",)),
    Lie("clears words", ClearsWords, ("undo.words",)),
    Lie("empties the bin", EmptiesTheBin, ("undo.import",)),
    Lie("undoes from memory", UndoesFromMemory, ("undo.travels",)),
    Lie("calls undone an error", UndoesTwiceAsError, ("undo.twice",)),
)
