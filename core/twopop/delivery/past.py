"""What the catalogue knows of the deliverables of a plan, and why what is planned differs from what went out last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from twopop import schema
from twopop.delivery import since
from twopop.delivery.plan import Deliverable
from twopop.delivery.session import Session
from twopop.delivery.touched import Comparison
from twopop.errors import InputError
from twopop.picture.recipe import Segment, Whole, parts_of, takes_of
from twopop.timeline.diff import Change
from twopop.timeline.program import Program
from twopop.variants.model import Span
from twopop.versions.model import Last, Made, Planned, Registered

#: Changes of a cut that alter pictures: one that only moved shows the same frames.
_PICTURE = ("added", "trimmed", "slipped", "retimed", "replaced", "title changed", "dissolve changed")


class Past:
    """The versions of *identities* in *project*, and the cuts, media and specs that those delivered last came from.

    *program* is the cut that is planned now and *specs* its specs by name. The catalogue is read once and let go.
    Raises StudioError when it cannot be read.
    """

    def __init__(self, session: Session, project: str, identities: Iterable[str], program: Program) -> None:
        self._program = program
        self.identities = list(identities)
        self.timeline = schema.fingerprint(program)
        with session.open_catalogue() as catalogue:
            self._known = catalogue.past(project, self.identities)
            made = {last.made.spec for _, last in self._known.values() if last and last.made}
            plans = {last.plan for _, last in self._known.values() if last and last.plan}
            self._planned: dict[str, Planned] = catalogue.planned(project, sorted(plans))
            self._old_specs = catalogue.specs(sorted(made))
        self._beside: dict[str, Comparison | None] = {}
        self._said: dict[tuple[Any, ...], tuple[str, ...]] = {}

    def history(self, identity: str) -> tuple[Registered, ...]:
        """The versions of *identity*, oldest first."""
        return self._known[identity][0]

    def last(self, identity: str) -> Last | None:
        """The version of *identity* that went out last."""
        return self._known[identity][1]

    def first_time(self, identity: str) -> str:
        """What is new about a line of which nothing went out yet."""
        variant, _, spec = identity.rpartition(" ")
        return f"first time in the spec {spec}" if variant in self._variants else "first time"

    @cached_property
    def _variants(self) -> set[str]:
        """The variants of which something went out, in whatever spec."""
        return {identity.rpartition(" ")[0] for identity, (_, last) in self._known.items() if last is not None}

    def changes(
        self, last: Last, made: Made, specs: Mapping[str, Mapping[str, Any]], *, texted: bool, media: Mapping[str, str]
    ) -> tuple[str, ...]:
        """What changed from the version *last* to what is *made* now, in an editor's words; empty when nothing did.

        *specs* are the specs of now by fingerprint, *media* what is shown and heard now as {path: fingerprint}.
        """
        old = last.made
        if old is None:
            return ("the last version was made by an earlier twopop",)
        told = [*self._cut(last, old, made, texted=texted), *self._media(last, media)]
        told += since.parts(old, made, {**self._specs, **specs})
        told = told or list(since.unexplained(old, made))
        if old.tools != made.tools:
            told.append(f"other ffmpeg: {made.tools} (was {old.tools})")
        return tuple(dict.fromkeys(told))

    def why_rendered(self, picture: Segment | Whole, last: Last | None, made: Made, changes: tuple[str, ...]) -> str:
        """Why *picture*, which the store does not hold, has to be rendered for what is *made* now."""
        if last is None or last.made is None:
            return "first time"
        spans = [part.span for part in parts_of(picture)]
        change = self._change_at(spans, last.made, last)
        if change is not None:
            return change.what
        changed = self._media(last, {take.path: take.content for take in takes_of(picture)})
        if changed:
            return changed[0]
        if last.made.spec != made.spec:
            return next((each for each in changes if each.startswith("the spec")), "the spec changed")
        if last.made.tools != made.tools:
            return f"other ffmpeg: {made.tools} (was {last.made.tools})"
        if last.made.timeline == made.timeline and not all(_keeps(last.made.spans, span) for span in spans):
            return "newly kept by the cutdown"
        if any(overlay.kind in ("name", "timecode") for part in parts_of(picture) for overlay in part.overlays):
            return "the name or timecode burnt into it changed"
        if last.made.picture != made.picture:
            return next(iter(changes), "the picture changed")
        return "the store does not hold it any more"

    # -- the cut -------------------------------------------------------------------------------------------------------

    def _cut(self, last: Last, old: Made, made: Made, *, texted: bool) -> tuple[str, ...]:
        if (old.timeline, old.spans) == (made.timeline, made.spans):
            return ()
        key = (old.timeline, old.spans, made.spans, texted, bool(made.start))
        if key not in self._said:
            self._said[key] = self._cut_in_words(last, old, made, texted=texted)
        return self._said[key]

    def _cut_in_words(self, last: Last, old: Made, made: Made, *, texted: bool) -> tuple[str, ...]:
        beside = self._comparison(last, old)
        if beside is None:
            return ("another cut, of which nothing more is known",)
        differs, numbers = beside.reaches(old.spans, made.spans, texted=texted, timed=bool(made.start))
        if not differs:
            return ()
        told = tuple(beside.changes[number].what for number in numbers)
        return told or ("the cutdown keeps other stretches",)

    def _change_at(self, spans: Sequence[Span], old: Made, last: Last) -> Change | None:
        beside = self._comparison(last, old) if old.timeline != self.timeline else None
        for change in beside.changes if beside else ():
            start, stop = change.new if change.kind in _PICTURE and change.new else (0, 0)
            if any(start < span.stop and span.start < stop for span in spans):
                return change
        return None

    def _comparison(self, last: Last, old: Made) -> Comparison | None:
        """The old cut and the new one side by side; None when the old one is not known."""
        if old.timeline == self.timeline:
            return self._itself
        if old.timeline not in self._beside:
            planned = self._planned.get(last.plan)
            try:
                before = schema.from_json(planned.timeline, Program, where=last.plan) if planned else None
            except InputError:  # it was written by a twopop that knew cuts otherwise
                before = None
            self._beside[old.timeline] = Comparison(before, self._program) if before else None
        return self._beside[old.timeline]

    @cached_property
    def _itself(self) -> Comparison:
        return Comparison(self._program, self._program, ())

    # -- media and specs -----------------------------------------------------------------------------------------------

    def _media(self, last: Last, now: Mapping[str, str]) -> list[str]:
        planned = self._planned.get(last.plan)
        before = planned.media if planned else {}
        changed = [path for path, content in now.items() if before.get(path, content) != content]
        return [f"the file {path.rpartition('/')[2]} has other content" for path in sorted(changed)]

    @cached_property
    def _specs(self) -> dict[str, dict[str, Any]]:
        return {content: msgspec.json.decode(text) for content, text in self._old_specs.items()}


def why_again(last: Last, deliverable: Deliverable, out: Path) -> str:
    """Why a version that went out unchanged is made once more."""
    there = last.version
    if last.version.number != deliverable.version.number:
        return deliverable.version.why
    if Path(there.out) != out.resolve():
        return f"it was delivered into another folder: {there.out}"
    if there.path != deliverable.path:
        return f"it has another name: it was {there.path}"
    return "its file is not there any more"


def _keeps(spans: Iterable[Span], span: Span) -> bool:
    return any(kept.start <= span.start and span.stop <= kept.stop for kept in spans)
