"""A deliverable's picture and sound put into one file: joined from its pieces, or encoded in one piece after all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

from twopop.delivery.copying import drawn_together
from twopop.delivery.forms import write_form
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.session import Session
from twopop.delivery.work import Task, perform
from twopop.errors import Cancelled, EditorError
from twopop.findings import Finding, warn
from twopop.legal.embedding import embedded
from twopop.picture import buffer
from twopop.picture.assemble import assemble
from twopop.picture.facts import SuperSeen
from twopop.picture.legibility import joined, seen_of
from twopop.picture.pieces import MismatchError, Piece
from twopop.picture.recipe import Segment, Whole, whole_of
from twopop.settings import RunTable
from twopop.time import timecode


class Joiner:
    """Puts the deliverables of one *plan* together from what its session's store holds."""

    def __init__(self, plan: Plan, session: Session) -> None:
        self._plan = plan
        self._session = session
        self._whole: dict[str, str] = {}

    def seen(self, deliverable: Deliverable) -> tuple[SuperSeen, ...]:
        """What the store says was seen of each legal text in the pictures that *deliverable* was joined from."""
        if not deliverable.supers:
            return ()
        stretches: list[list[tuple[int, SuperSeen]]] = [[] for _ in deliverable.supers]
        frame = 0
        for part, kept in zip(self._all_parts(deliverable), self._kept(deliverable), strict=True):
            here = [n for n, each in enumerate(deliverable.supers) if each.span.start <= frame < each.span.stop]
            for number, one in zip(here, kept, strict=False):
                stretches[number].append((frame, one))
            frame += part.frames
        return tuple(map(joined, stretches))

    def _kept(self, deliverable: Deliverable) -> list[list[SuperSeen]]:
        """What was seen in each of its parts, by the entries that the file was really joined from."""
        if deliverable.id in self._whole:
            entry = self._session.store.entry("segments", self._whole[deliverable.id])
            return seen_of(entry.measured if entry else {}) or [[] for _ in self._all_parts(deliverable)]
        seen: list[list[SuperSeen]] = []
        for key in deliverable.segments:
            entry = self._session.store.entry("segments", key)
            seen += seen_of(entry.measured if entry else {}) or [[] for _ in self._parts(key)]
        return seen

    def _all_parts(self, deliverable: Deliverable) -> list[Segment]:
        return [part for key in deliverable.segments for part in self._parts(key)]

    def join(self, deliverable: Deliverable, out: Path, sounds: Sequence[Path], cancel: Event) -> list[Finding]:
        """Write *deliverable* with its *sounds* into the file *out*, or into the folder where its spec wants one.

        When its pieces cannot be joined, or break the rate that the spec sets where they meet, it is encoded in one
        piece; the findings say so. Raises TwopopError when it cannot be made.
        """
        if self._plan.specs[deliverable.spec].form:
            self._form(deliverable, out, sounds, cancel)
            return []
        try:
            self._assemble(deliverable, self._pieces(deliverable), out, sounds, cancel)
            why = self._breach(deliverable, out)
        except MismatchError as error:
            why = f"{error.what} ({error.where})"
        if not why:
            return []
        if isinstance(self._plan.segments.get(deliverable.segments[0]), Whole):
            return [warn("picture.rate", why, where=deliverable.id, remedy="Raise the limit in the spec.")]
        self._assemble(deliverable, [self._in_one_piece(deliverable, cancel)], out, sounds, cancel)
        still = self._breach(deliverable, out)
        message = f"{why} All of it was encoded in one piece instead."
        return [
            warn("picture.encoded-whole", message, where=deliverable.id),
            *(
                [warn("picture.rate", still, where=deliverable.id, remedy="Raise the limit in the spec.")]
                if still
                else []
            ),
        ]

    def _form(self, deliverable: Deliverable, out: Path, sounds: Sequence[Path], cancel: Event) -> None:
        write_form(
            out,
            deliverable,
            self._plan.specs[deliverable.spec],
            self._pieces(deliverable),
            sounds,
            shown=(sum(span.frames for span in deliverable.spans), self._plan.timeline.rate),
            ffmpeg=Path(self._plan.tools["ffmpeg"]),
            seconds=self._session.settings[RunTable].task_seconds,
            cancel=cancel,
        )

    def _assemble(
        self, deliverable: Deliverable, pieces: Sequence[Piece], out: Path, sounds: Sequence[Path], cancel: Event
    ) -> None:
        assemble(
            out,
            pieces,
            rate=deliverable.rate,
            frames=deliverable.frames,
            container=self._plan.specs[deliverable.spec].container,
            sounds=sounds,
            timecode=deliverable.start_timecode,
            metadata=embedded(deliverable.metadata, self._plan.specs[deliverable.spec].container.format),
            identity=f"{deliverable.content} {deliverable.path}",
            cancel=cancel,
        )

    def _pieces(self, deliverable: Deliverable) -> list[Piece]:
        return drawn_together([self._piece(key) for key in deliverable.segments])

    def _piece(self, key: str) -> Piece:
        copy = self._plan.copies.get(key)
        if copy is None:
            try:
                return Piece(self._session.store.path("segments", key))
            except KeyError:
                raise EditorError("A segment has gone from the store.", where=key, remedy="Run again.") from None
        return Piece(Path(copy.path), copy.first, copy.frames, copy.stream)

    def _breach(self, deliverable: Deliverable, out: Path) -> str:
        """Where the file needs more bits than the spec's rate and buffer bring in time, in words; "" for nowhere."""
        segment = self._plan.segments.get(deliverable.segments[0])
        known = buffer.limits(dict(segment.encoding.options)) if segment else None
        if known is None:
            return ""
        dry = buffer.runs_dry(buffer.sizes(out), deliverable.rate, *known)
        if dry is None:
            return ""
        at = timecode(dry, deliverable.rate)
        return (
            f"At {at} the picture needs more than {known[0] / 1e6:g} Mb/s and a buffer of {known[1] / 1e6:g} Mb bring."
        )

    def _in_one_piece(self, deliverable: Deliverable, cancel: Event) -> Piece:
        """The deliverable's picture encoded in one piece; it is made when the store has none."""
        store, start = self._session.store, deliverable.start_timecode
        whole = whole_of(self._all_parts(deliverable), start)
        self._whole[deliverable.id] = whole.key()
        if not store.intact("segments", whole.key()):
            task = Task(
                store=str(store.folder),
                ffmpeg=self._plan.tools["ffmpeg"],
                seconds=self._session.settings[RunTable].task_seconds,
                segments={whole.key(): whole},
            )
            (done,) = perform(task, cancel)
            if done.cancelled:
                raise Cancelled("Stopped.", where=deliverable.id)
            if done.problem:
                raise EditorError(done.problem.message, where=done.problem.where, remedy=done.problem.remedy)
        return Piece(store.path("segments", whole.key()))

    def _parts(self, key: str) -> tuple[Segment, ...]:
        known = self._plan.segments.get(key)
        if isinstance(known, Whole):
            return known.parts
        return (known or self._plan.copies[key].instead,)
