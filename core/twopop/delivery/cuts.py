"""What depends on the cut alone and is shared by all deliverables of one cut: stretches, sound, captions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from twopop.captions.model import CaptionTrack
from twopop.delivery.media import MediaFinder
from twopop.delivery.order import Order
from twopop.delivery.session import Session
from twopop.delivery.work import problem_of
from twopop.errors import EditorError, PluginError
from twopop.findings import Finding, fail, warn
from twopop.picture.facts import MediaFacts
from twopop.sound.mixdown import plan_mixes
from twopop.sound.recipe import Mix
from twopop.specs import Audio, Loudness
from twopop.timeline.program import AudioClip, Program
from twopop.variants.cutdowns import whole
from twopop.variants.model import Cutdown

#: Seconds over which sound is faded on either side of a join in a cutdown, so that the join does not click.
JOIN_FADE = Fraction(1, 400)


@dataclass(frozen=True)
class Sound:
    """The *mixes* of one cut with their *keys* in the store and their *content*, and what stands in their way."""

    mixes: tuple[Mix, ...]
    keys: tuple[str, ...]
    content: tuple[str, ...]
    findings: tuple[Finding, ...]


class Cuts:
    """The cuts of one *program*, each worked out once however many deliverables show it.

    *heard* is the program with its sound; paths of the order are relative to *base*.
    """

    def __init__(
        self, session: Session, order: Order, program: Program, finder: MediaFinder, base: Path, *, heard: Program
    ) -> None:
        self._session = session
        self._order = order
        self._program = program
        self._heard = heard
        self._finder = finder
        self._base = base
        self.cutdown = cache(self._cutdown)
        self.captions = cache(self._captions)
        self._sounds: dict[tuple[Cutdown, str], Sound] = {}

    def _cutdown(self, duration: str) -> tuple[Cutdown | None, str, tuple[Finding, ...]]:
        """The cutdown that *duration* names and the plugin that decided it, or None with the findings."""
        if duration == "full":
            return whole(self._program), "twopop", ()
        try:
            answer = self._session.plugins.decide(
                "fit_cutdown", order=self._order, program=self._program, duration=duration
            )
        except (EditorError, PluginError) as error:
            return None, "", (problem_of(error, "cutdown.impossible", where=""),)
        if answer is None:
            return None, "", (fail("cutdown.unknown", f"No plugin knows the duration {duration!r}."),)
        return answer.value, answer.plugin, ()

    def sound(self, cutdown: Cutdown, audio: Audio | None, loudness: Loudness | None) -> Sound:
        """The sound of *cutdown* for a spec."""
        if audio is None:
            return Sound((), (), (), ())
        wanted = repr((audio.rate, audio.sounds, loudness))
        if (cutdown, wanted) not in self._sounds:
            mixes, findings = plan_mixes(
                self._heard,
                cutdown.keep,
                find=self._sound_of,
                audio=audio,
                loudness=loudness,
                join_fade=JOIN_FADE,
            )
            keys, content = zip(*((mix.key(), mix.content()) for mix in mixes), strict=True)
            self._sounds[cutdown, wanted] = Sound(mixes, keys, content, findings)
        return self._sounds[cutdown, wanted]

    def _sound_of(self, clip: AudioClip) -> MediaFacts:
        return self._finder.facts(clip.source)

    def _captions(self, language: str, cutdown: Cutdown) -> tuple[CaptionTrack | None, tuple[Finding, ...]]:
        """The captions in *language*, retimed to *cutdown*; None where the order has none."""
        from twopop.captions.retime import retime

        if language not in self._order.captions:
            return None, ()
        track, findings = self._caption_file(language)
        if track is None:
            return None, findings
        program = self._program
        cut, more = retime(track, cutdown.keep, rate=program.rate, start=program.start, drop=program.drop)
        return cut, (*findings, *more)

    @cache  # noqa: B019 - a Cuts lives as long as one plan
    def _caption_file(self, language: str) -> tuple[CaptionTrack | None, tuple[Finding, ...]]:
        from twopop.captions.read import read_captions

        path = self._base / self._order.captions[language]
        program = self._program
        try:
            return read_captions(path, rate=program.rate, start=program.start, drop=program.drop, language=language)
        except EditorError as error:
            found = fail("captions.unreadable", error.what, where=error.where or str(path), remedy=error.remedy)
            return None, (found,)

    def caption_gap(self, language: str, sidecar: str) -> tuple[Finding, ...]:
        """A warning when the spec wants captions and the order has none in the variant's language."""
        if not sidecar or not language or language in self._order.captions:
            return ()
        return (
            warn(
                "captions.missing",
                f"The spec wants captions, but the order has none in {language!r}.",
                remedy=f'Add them under [captions]: {language} = "file.srt".',
            ),
        )
