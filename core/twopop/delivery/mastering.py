"""Which of the two ways a deliverable's picture comes: from the timeline's sources, or from a rendered master."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from twopop.delivery.media import MediaFinder
from twopop.delivery.order import MasterFiles
from twopop.delivery.plan import Reason
from twopop.delivery.session import Session
from twopop.delivery.work import problem_of
from twopop.errors import EditorError
from twopop.findings import Finding, fail, info, warn
from twopop.picture.facts import MediaFacts, PictureFacts
from twopop.time import frame_of
from twopop.timeline.master import FROM_HOST, Render, from_master, with_sound
from twopop.timeline.program import Program, Source

#: How the names of pixel formats with an alpha plane begin, in ffmpeg's words.
_ALPHA = ("yuva", "rgba", "argb", "abgr", "bgra", "gbrap", "ya", "ayuv", "pal8")


@dataclass(frozen=True, eq=False)
class Origin:
    """Where a picture comes from: the *program* to show, the *reason* in words, and what stands in the way."""

    program: Program
    reason: Reason
    findings: tuple[Finding, ...] = ()


class Origins:
    """The ways to the picture of *program*: one from its sources or, with *files*, those from the master."""

    def __init__(self, session: Session, program: Program, files: MasterFiles | None, finder: MediaFinder) -> None:
        self._session = session
        self.program = program
        self._finder = finder
        self._start = files.start if files else ""
        self.sound = program
        self.findings: tuple[Finding, ...] = ()
        self._texted: Origin | None = None
        self._shape = Fraction(0)
        if files is None:
            self._plain = Origin(program, _reason("from the sources"))
        else:
            self._plain = self._from(files)
            self._texted = self._from_texted(files) if files.texted else None
            if files.sound:
                self.sound, self.findings = self._heard(files.sound)

    @property
    def all(self) -> tuple[Origin, ...]:
        """Every way that a deliverable may go."""
        return tuple(origin for origin in (self._plain, self._texted) if origin)

    def of(self, size: tuple[int, int], texted: bool) -> Origin:
        """The way of a deliverable of *size* in pixels, *texted* or not.

        A texted master serves its own shape only: cropped, its titles would be cut.
        """
        if self._texted is None or not texted:
            return self._plain
        other = self._shape and abs(Fraction(*size) / self._shape - 1) > Fraction(1, 100)
        return self._plain if other else self._texted

    def holds(self, finding: Finding) -> bool:
        """Whether what was found while the cut was read still matters: a master shows what only the host can."""
        return finding.remedy != FROM_HOST or self._plain.reason.value == "from the sources"

    # -- each file -----------------------------------------------------------------------------------------------------

    def _from(self, files: MasterFiles) -> Origin:
        picture, findings, _ = self._render(files.picture, "picture")
        titles = None
        over = "titles are drawn by twopop" if self.program.overlays else "no titles"
        if files.titles:
            titles, more, facts = self._render(files.titles, "titles")
            findings += more
            over = f"titles from {titles.source.name}"
            if facts and not facts.pixel_format.startswith(_ALPHA):
                findings.append(_opaque(titles.source.name, facts))
        program = from_master(self.program, picture, titles=titles)
        return Origin(program, _reason("from the master", f"{picture.source.name}, {over}"), tuple(findings))

    def _from_texted(self, files: MasterFiles) -> Origin:
        render, findings, facts = self._render(files.texted, "texted")
        self._shape = _shape(facts) if facts else Fraction(0)
        program = from_master(self.program, render, texted=True)
        return Origin(program, _reason("from the texted master", render.source.name), tuple(findings))

    def _heard(self, file: str) -> tuple[Program, tuple[Finding, ...]]:
        source = self._source(file)
        try:
            facts = self._finder.facts(source)
            render, findings = self._placed(source, facts, "sound")
        except EditorError as error:
            return self.program, (problem_of(error, "master.unusable", where=file),)
        return with_sound(self.program, render), tuple(findings)

    def _render(self, file: str, role: str) -> tuple[Render, list[Finding], PictureFacts | None]:
        """The *file* laid under the program, and what is wrong with it; *role* is its key in the order."""
        source = self._source(file)
        try:
            facts = self._finder.facts(source)
            render, findings = self._placed(source, facts, role)
        except EditorError as error:
            return Render(source=source), [problem_of(error, "master.unusable", where=f"[master] {role}")], None
        return render, [*findings, *self._fits(render, facts, role)], facts.picture

    def _source(self, file: str) -> Source:
        path = self._session.folder / file
        return Source(name=path.name, path=str(path))

    def _placed(self, source: Source, facts: MediaFacts, role: str) -> tuple[Render, list[Finding]]:
        """Which frame of the file is the program's first: by timecode, else the file begins with the program."""
        program = self.program
        text = self._start or facts.timecode
        if text:
            first = frame_of(text, program.rate)
            return Render(source=source, first=program.start - first), []
        where = f"[master] {role}"
        message = f"{source.name} has no timecode; its first frame is taken for that of the timeline."
        remedy = f'Say which it is: [master] start = "{program.timecode(0)}".'
        frames = facts.picture.frames if facts.picture else program.rate.nearest_frame(facts.seconds)
        told = info if frames == program.frames else warn
        return Render(source=source), [told("master.timecode", message, where=where, remedy=remedy)]

    def _fits(self, render: Render, facts: MediaFacts, role: str) -> list[Finding]:
        """Whether the file has the program's rate, length and shape."""
        where, program, picture = f"[master] {role}", self.program, facts.picture
        name = render.source.name
        if picture is None or picture.still:
            return [fail("master.picture", f"{name} has no moving picture.", where=where, remedy="Name another file.")]
        if picture.rate != program.rate or not picture.uniform:
            said = f"{picture.rate} frames a second" if picture.uniform else "frames of uneven length"
            message = f"{name} has {said}, the timeline {program.rate}."
            return [fail("master.rate", message, where=where, remedy="Render it at the timeline's rate.")]
        findings = _length(render, picture.frames, program, where)
        if program.size and abs(_shape(picture) / Fraction(*program.size) - 1) > Fraction(1, 100):
            message = f"{name} is {_by(picture.size)}, another shape than the timeline's {_by(program.size)}."
            remedy = "Render the timeline in its own shape, without bars."
            findings.append(fail("master.shape", message, where=where, remedy=remedy))
        elif program.size and picture.size[0] < program.size[0]:
            message = f"{name} is {_by(picture.size)}, smaller than the timeline's {_by(program.size)}."
            remedy = "Render it at full size, unless a preview is wanted."
            findings.append(warn("master.size", message, where=where, remedy=remedy))
        return findings


def _length(render: Render, frames: int, program: Program, where: str) -> list[Finding]:
    head, tail = -render.first, render.first + program.frames - frames
    if head <= 0 and tail <= 0:
        return []
    first, last = program.timecode(-render.first), program.timecode(-render.first + frames)
    wanted = f"{program.timecode(0)} to {program.timecode(program.frames)}"
    return [
        fail(
            "master.length",
            f"{render.source.name} runs from {first} to {last}, the timeline from {wanted}: "
            f"{max(head, 0)} frames are missing before it and {max(tail, 0)} after it.",
            where=where,
            remedy="Render the whole timeline, or say the timecode of its first frame: [master] start.",
        )
    ]


def _opaque(name: str, picture: PictureFacts) -> Finding:
    return fail(
        "master.titles-opaque",
        f"{name} has no alpha ({picture.codec}, {picture.pixel_format}): it would cover the picture.",
        where="[master] titles",
        remedy="Render it with alpha (ProRes 4444), or name it as texted if the picture is in it.",
    )


def _shape(picture: PictureFacts) -> Fraction:
    """Width over height as seen."""
    width, height = picture.size[0] * picture.sample_aspect, picture.size[1]
    return height / width if picture.rotation % 180 else width / height


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _reason(value: str, why: str = "") -> Reason:
    return Reason(what="picture", value=value, plugin="twopop", why=why)
