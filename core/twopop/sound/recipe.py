"""What decides the samples of a mix: the recipe that the plan writes, the key hashes and the mixer follows."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from twopop import schema
from twopop.timeline.program import Role

#: Raise when a change in the mixer changes samples.
MIX_VERSION = 1


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clip's stretch in a mix: mix samples ``[start, stop)``, half-open.

    The source's time at mix sample s is ``source_in + (s - start) / rate * speed`` seconds from the first frame of its
    picture (from its first sample where it has none).
    *gain_db* is the clip's; *fades* are linear ramps of amplitude in mix samples, each ``(start, stop, from, to)``
    (amplitude *from* before it and *to* after it within this part), multiplied. *content* is the hash of the file's
    bytes, *stream* the stream's index in the file, *channels* the channels to take (empty: all).
    """

    path: str
    content: str
    stream: int
    start: int
    stop: int
    source_in: Fraction
    role: Role
    speed: Fraction = Fraction(1)
    gain_db: float = 0.0
    fades: tuple[tuple[int, int, float, float], ...] = ()
    channels: tuple[int, ...] = ()


class Mix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The sound of one cut: *samples* long at *rate* samples a second, *channels* wide, the sum of its *parts*.

    *target* (LUFS) is reached by one static gain, *true_peak* (dBTP) is the limit that gain may not pass; None leaves
    the level alone. A *stem* names the roles of *parts* that are heard of it; it has the gain of the whole mix, so that
    stems of one mix add up to it.
    """

    samples: int
    rate: int
    channels: int
    parts: tuple[Part, ...]
    target: float | None = None
    true_peak: float | None = None
    stem: tuple[Role, ...] = ()

    @property
    def heard(self) -> tuple[Part, ...]:
        """The parts that are heard: of a stem, those of its roles."""
        return tuple(part for part in self.parts if not self.stem or part.role in self.stem)

    def whole(self) -> Mix:
        """The mix that a stem is taken from; a mix that is whole is its own."""
        return msgspec.structs.replace(self, stem=())

    def key(self) -> str:
        """The mix's name in the store: a hash of all that decides its samples, and of nothing else."""
        return schema.fingerprint((MIX_VERSION, self._decisive()))

    def content(self) -> str:
        """A hash of what is heard: it stays when the mixer is renewed."""
        return schema.fingerprint(self._decisive())

    def _decisive(self) -> Mix:
        parts = tuple(msgspec.structs.replace(part, path="") for part in self.parts)
        return msgspec.structs.replace(self, parts=parts)


class MixReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on a mix after its static *gain_db*: *integrated_lufs* and *true_peak_dbtp*.

    None where there is nothing to measure (silence, or shorter than 400 ms). *short_of_target_lu* is how much the
    gain was held back so as not to pass the true-peak limit.
    """

    gain_db: float
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    short_of_target_lu: float = 0.0
