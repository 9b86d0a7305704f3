"""Rendering a stretch of a project by melt: everything is said explicitly, everything is looked at before and after."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from xml.etree.ElementTree import Element

from twopop import EditorError, InputError, StudioError, files
from twopop.hosts import Rendered, RenderPreset
from twopop.hosts.reading_back import open_media, rendered
from twopop.time import timecode
from twopop.timeline.program import Program
from twopop.variants.model import Span
from twopop_mlt import melt
from twopop_mlt.alone import played, standing_alone
from twopop_mlt.document import Document, is_address, service
from twopop_mlt.materials import STILLS, Material, material
from twopop_mlt.reading import Sequence
from twopop_mlt.single import keep_frame

#: {codec of a preset: melt's properties for it}.
_VIDEO = {
    "prores-422": {"vcodec": "prores_ks", "vprofile": "2", "pix_fmt": "yuv422p10le", "vendor": "apl0"},
    "prores-422hq": {"vcodec": "prores_ks", "vprofile": "3", "pix_fmt": "yuv422p10le", "vendor": "apl0"},
    "prores-4444": {"vcodec": "prores_ks", "vprofile": "4", "pix_fmt": "yuv444p10le", "vendor": "apl0"},
    "dnxhr-hq": {"vcodec": "dnxhd", "vprofile": "dnxhr_hq", "pix_fmt": "yuv422p"},
    "dnxhr-hqx": {"vcodec": "dnxhd", "vprofile": "dnxhr_hqx", "pix_fmt": "yuv422p10le"},
    "h264": {"vcodec": "libx264", "crf": "12", "preset": "veryfast", "pix_fmt": "yuv420p"},
}
_SOUND = {"mov": "pcm_s24le", "mp4": "aac"}
#: Words of a preset's own that may not be said: they would name another file, or be in the way of what is checked.
_OURS = frozenset({"target", "redirect", "properties", "real_time", "in", "out", "an", "vn", "mlt_profile"})


def render(
    sequence: Sequence,
    document: Document,
    program: Program,
    span: Span,
    preset: RenderPreset,
    file: Path,
    *,
    progress: Callable[[int, int], None],
    cancel: Event,
) -> Rendered:
    """Render *span* of the timeline *sequence*, which shows *program*, to *file*.

    Raises EditorError for a preset that cannot be made, a name that is taken and media that is not there, StudioError
    when what melt made is not what was asked for, Cancelled.
    """
    words = _checked(document, program, span, preset, file)
    _must_have_media(sequence, document)
    with tempfile.TemporaryDirectory(prefix="twopop-melt-") as folder, files.scratch_beside(file) as scratch:
        wider = _wider(span, program.frames)
        with files.scratch_beside(file) if wider != span else contextlib.nullcontext(scratch) as target:
            words |= {"g": "1"} if wider != span else {}
            alone = standing_alone(sequence, document, wider, textless=preset.textless)
            arguments = _asked(Path(folder), alone, document, target, words)
            complaint = melt.run(arguments, wider.frames, progress=_before_last(progress, span.frames), cancel=cancel)
            if wider != span and not complaint:
                keep_frame(target, span.start - wider.start, scratch, preset)
        if complaint:
            remedy = "Install what is missing (frei0r: apt install frei0r-plugins), or take it out of the project."
            raise StudioError(f"melt {complaint}.", where=str(document.path), remedy=remedy)
        made = rendered(scratch, preset, span.frames)
        try:
            files.give_name(scratch, file, over=False)
        except FileExistsError:
            raise _there(file) from None
    progress(span.frames, span.frames)
    return Rendered(file=str(file.absolute()), frames=made.frames, rate=made.rate, size=made.size)


def _wider(span: Span, frames: int) -> Span:
    """What melt renders for *span*: two frames instead of one, which it would leave silent."""
    if span.frames > 1 or frames == 1:
        return span
    return Span(span.start, span.stop + 1) if span.stop < frames else Span(span.start - 1, span.stop)


def _asked(folder: Path, text: bytes, document: Document, target: Path, words: dict[str, str]) -> list[str]:
    """The arguments with which melt renders the project *text* to *target*; what it reads is written to *folder*.

    The profile is always said: without it melt renders in its own, whatever the project says.
    """
    project, profile = folder / "project.mlt", folder / "project.profile"
    project.write_bytes(text)
    profile.write_text(document.profile.text(), encoding="utf-8")
    arguments = ["-progress2", "-profile", str(profile), str(project), "-consumer", f"avformat:{target}"]
    return arguments + [f"{name}={value}" for name, value in words.items()]


def _before_last(progress: Callable[[int, int], None], frames: int) -> Callable[[int], None]:
    """*progress* for all but the last frame, which counts when the file was read back."""
    return lambda done: progress(done, frames) if done < frames else None


def _checked(document: Document, program: Program, span: Span, preset: RenderPreset, file: Path) -> dict[str, str]:
    """The words for melt's encoder; raises EditorError for what cannot be rendered."""
    if not 0 <= span.start < span.stop <= program.frames:
        raise InputError(
            f"Frames {span.start} to {span.stop} are no stretch of the timeline, which has {program.frames}.",
            where=str(document.path),
        )
    if file.suffix != f".{preset.container}":
        raise InputError(f"The file should end in .{preset.container}.", where=str(file))
    if file.exists():
        raise _there(file)
    if preset.rate != document.rate:
        raise EditorError(f"The project runs at {document.rate} frames a second, not {preset.rate}.", where=str(file))
    shape, asked = document.profile.square, preset.size
    if abs(shape[0] * asked[1] - shape[1] * asked[0]) > 2 * max(*shape, *asked):
        raise EditorError(
            f"The project is {shape[0]} by {shape[1]}; at {asked[0]} by {asked[1]} MLT would show bars beside it.",
            remedy="Render in the project's own shape; twopop cuts other ones out of that.",
        )
    return _words(program, span, preset)


def _words(program: Program, span: Span, preset: RenderPreset) -> dict[str, str]:
    if preset.video not in _VIDEO or preset.container not in _SOUND:
        raise EditorError(
            f"{preset.video} in .{preset.container} cannot be rendered by melt here.",
            remedy=f"It renders {', '.join(_VIDEO)} in {' and '.join(_SOUND)}.",
        )
    width, height = preset.size
    words = {
        "f": preset.container,
        "real_time": "-1",
        "terminate_on_pause": "1",
        "width": str(width),
        "height": str(height),
        "aspect": f"{width / height:.10f}",
        "sample_aspect_num": "1",
        "sample_aspect_den": "1",
        "frame_rate_num": str(preset.rate.numerator),
        "frame_rate_den": str(preset.rate.denominator),
        "progressive": "1",
        "rescale": "bicubic",
        "colorspace": "709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "color_range": "mpeg",
        "vb": "0",
        "g": "1" if preset.video != "h264" else "48",
        "bf": "0",
        "movflags": "+write_colr",
        "timecode": timecode(program.start + span.start, program.rate, drop=program.drop),
        **_VIDEO[preset.video],
    }
    if preset.channels:
        words |= {"acodec": _SOUND[preset.container], "ar": str(preset.sample_rate), "channels": str(preset.channels)}
    else:
        words["an"] = "1"
    return words | _own(preset.own)


def _own(own: dict[str, Any]) -> dict[str, str]:
    """The preset's own words for melt (``{"consumer": {"threads": "2"}}``). Raises EditorError for ours."""
    given = own.get("consumer", {})
    if not isinstance(given, dict):
        raise EditorError(
            "The preset's own words for melt are no table.", remedy='Write {"consumer": {"threads": "2"}}.'
        )
    taken = _OURS & set(given)
    if taken:
        raise EditorError(f"The preset may not say {', '.join(sorted(taken))} to melt.")
    return {str(name): str(value) for name, value in given.items()}


def _there(file: Path) -> InputError:
    return InputError("There is a file of this name already.", where=str(file), remedy="Give another name.")


# -- what melt will meet -----------------------------------------------------------------------------------------------


def _must_have_media(sequence: Sequence, document: Document) -> None:
    """Raise EditorError for media that melt could not open: it would show a slate that says INVALID, and succeed."""
    wrong = []
    looked: set[str] = set()
    for element in played(sequence.element, document):
        if element.tag not in ("producer", "chain"):
            continue
        what = material(element, document)
        if what.kind == "file" and what.path not in looked:
            looked.add(what.path)
            wrong += [f"{what.path}: {why}" for why in _wrong(element, what)]
    if wrong:
        more = f" And {len(wrong) - 5} more." if len(wrong) > 5 else ""
        raise EditorError(
            f"The project needs media that cannot be opened: {'; '.join(wrong[:5])}.{more}",
            where=str(document.path),
            remedy="Bring it back or link the clips again.",
        )


def _wrong(element: Element, what: Material) -> Iterator[str]:
    if is_address(what.path):
        yield "it is named by an address, which is not opened"
    elif service(element) in STILLS and any(mark in what.path for mark in ("%", "/.all.", "?")):
        return  # a sequence of pictures: MLT's own pattern
    elif not Path(what.path).is_file():
        yield "there is no such file"
    elif service(element) not in STILLS:
        try:
            with open_media(Path(what.path)) as media:
                if not media.streams.video and not media.streams.audio:
                    yield "there is neither picture nor sound in it"
        except InputError as error:
            yield error.what
