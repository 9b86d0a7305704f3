"""Delivery specifications: what a receiver of files wants, as frozen values read from TOML.

A spec file is for people too: each rule names its source, the date it was looked up and how sure it is. Only an
official or tested figure may stop a delivery (``level = "fail"``).
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import msgspec

from twopop import schema
from twopop.errors import InputError
from twopop.findings import Severity
from twopop.time import Rate

SCHEMA = "twopop.spec/1"
FAMILY = "twopop.spec-family/1"

#: How the lines of a frame are scanned: all at once, or as two fields of which the top or the bottom one comes first.
Scan = Literal["progressive", "tff", "bff"]

#: How pictures are scaled: both are sharp; lanczos (3 lobes) rings a little more at edges.
Scaler = Literal["spline36", "lanczos"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Container(_Part, frozen=True, kw_only=True):
    """*format* is the muxer (``mp4``, ``mov``, ``mxf``), *extension* the file's ending without a dot.

    *options* go to the muxer; *pattern* is an MXF file's operational pattern as a probe reads it back (``OP1a``).
    """

    format: str
    extension: str
    options: dict[str, str] = {}
    pattern: str = ""


class Colour(_Part, frozen=True, kw_only=True):
    """The tags of the picture, in ffmpeg's words, and the conversion that makes them true.

    *chroma* is where the samples of 4:2:0 and 4:2:2 lie ("": left, as MPEG-2, H.264 and HEVC have them; BT.2020 in
    4:2:0 is ``topleft``). *peak* is how bright PQ goes at most, in cd/m2 (0: not said): brighter sources are
    tone mapped to it.
    """

    matrix: str = "bt709"
    primaries: str = "bt709"
    transfer: str = "bt709"
    range: Literal["tv", "pc"] = "tv"
    chroma: Literal["", "left", "center", "topleft"] = ""
    peak: int = 0


class Video(_Part, frozen=True, kw_only=True):
    """*encoder* with its *options*; *codec* and *profile* as a probe reads them back.

    *sizes* maps an aspect to (width, height) in pixels; an aspect that is missing is not made in this spec. *rates*
    lists the frame rates that the receiver takes (empty: any). Pictures of a source that is in this very form already
    are taken over as they are, unless *copy* is false. *tag* is the four-character code of the codec in MOV and MP4 (""
    for the muxer's choice). *decoded* is the pixel format that a decoder makes of it, where that is not *pixel_format*.
    *scan* says how the lines are coded and flagged: a program has whole frames, whose two fields are of one moment.
    *whole* marks a codec whose rate is controlled over the whole file (constant bit rate, HRD): it is encoded in one
    piece, and not in segments that are joined. *scaler* is the
    filter for scaling (None: the house's).
    """

    encoder: str
    codec: str
    pixel_format: str
    sizes: dict[str, tuple[int, int]]
    profile: str = ""
    options: dict[str, str] = {}
    colour: Colour = Colour()
    scaler: Scaler | None = None
    rates: tuple[Rate, ...] = ()
    copy: bool = True
    tag: str = ""
    decoded: str = ""
    scan: Scan = "progressive"
    whole: bool = False


#: What a sound may be laid out as, with its channels in the order of ITU-R BS.775-3 and SMPTE ST 428-3.
CHANNELS: dict[str, tuple[str, ...]] = {
    "mono": ("C",),
    "stereo": ("L", "R"),
    "5.1": ("L", "R", "C", "LFE", "Ls", "Rs"),
}


class SoundTrack(_Part, frozen=True, kw_only=True):
    """One sound of a file: what it *carries*, in which *layout*; *split* gives each channel a mono track of its own.

    ``mix`` is everything, ``dialogue`` all that is spoken (dialogue and narration), ``me`` music and effects,
    ``mix-minus`` everything but narration; ``silence`` is an empty track that a receiver wants to be there.
    """

    layout: Literal["mono", "stereo", "5.1"]
    carries: Literal["mix", "me", "mix-minus", "dialogue", "narration", "music", "effects", "silence"] = "mix"
    split: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels in order: L R C LFE Ls Rs."""
        return CHANNELS[self.layout]


class Audio(_Part, frozen=True, kw_only=True):
    """*encoder* with its *options*; *codec* as a probe reads it back; *rate* in samples a second.

    *layout* says what the file's full mixes are laid out as, one stream for each (``"5.1+2.0"`` is two). Files that
    carry more than that, or mono tracks, list their *tracks* instead.
    """

    encoder: str
    codec: str
    rate: int = 48000
    layout: Literal["", "mono", "stereo", "5.1", "5.1+2.0"] = ""
    tracks: tuple[SoundTrack, ...] = ()
    options: dict[str, str] = {}

    @property
    def sounds(self) -> tuple[SoundTrack, ...]:
        """The sounds of the file, in order; one stereo mix where the spec says nothing."""
        if self.tracks:
            return self.tracks
        if self.layout == "5.1+2.0":
            return SoundTrack(layout="5.1"), SoundTrack(layout="stereo")
        return (SoundTrack(layout=self.layout or "stereo"),)


class Frames(_Part, frozen=True, kw_only=True):
    """Frames as files of their own, ``NAME.1001.png`` in a folder NAME; sound, if there is any, is a WAV beside them.

    *first* is the number of the first frame, or ``"timecode"``: the frame count of the start timecode. Numbers have at
    least so many *digits*, all of them as many as the last one needs.
    """

    first: int | Literal["timecode"] = 1
    digits: int = 4


class Still(_Part, frozen=True, kw_only=True):
    """One frame of the cut: where the order's ``poster`` is, else the first marker called *marker*.

    Else it is the middle frame of the cut's longest shot.
    """

    marker: str = "POSTER"


class Preview(_Part, frozen=True, kw_only=True):
    """A small moving picture without sound: the first *seconds* of the cut at *rate* frames a second.

    A GIF counts in hundredths of a second and a WebP in thousandths: *rate* must divide that evenly. *colours* is the
    size of a GIF's palette, *quality* (0 to 100) that of a WebP. It plays without end unless *loop* is false.
    """

    rate: Rate
    seconds: Fraction
    colours: int = 256
    quality: int = 75
    loop: bool = True


class Loudness(_Part, frozen=True, kw_only=True):
    """Programme loudness (ITU-R BS.1770): *target* in LUFS within *tolerance* LU, *true_peak* at most, in dBTP.

    Off target fails or warns by *level*. Mixes are brought to the target by one static gain.
    """

    target: float
    tolerance: float
    true_peak: float
    level: Severity = Severity.WARN


class BurnIn(_Part, frozen=True, kw_only=True):
    """What a review copy carries in the picture: its *timecode*, its *name* (with the version)."""

    timecode: bool = True
    name: bool = True


class Captions(_Part, frozen=True, kw_only=True):
    """*sidecar* is the format of the caption file that goes along (``srt``, ``vtt``); "" for none."""

    sidecar: Literal["", "srt", "vtt"] = ""


class Rule(_Part, frozen=True, kw_only=True):
    """One rule of the receiver: *id* of the thing it speaks of, how much it weighs, and where that is written.

    *confidence* is ``official``, ``tested``, ``secondary``, ``unverified`` or ``house``; only official, tested and
    house rules may fail.
    """

    id: str
    level: Severity
    source: str
    checked: datetime.date
    confidence: Literal["official", "tested", "secondary", "unverified", "house"] = "official"
    note: str = ""


class Spec(_Part, frozen=True, kw_only=True):
    """A delivery specification: container, codecs, sizes, levels, loudness, captions, file rules.

    A file without *audio* is silent. What is no file of pictures and sound is said by one of *frames*, *still* and
    *preview*. *start_timecode* is written into the file ("" for none; ``"program"`` keeps the timeline's own).
    *file_size* is the most bytes a file may have (0: no limit) and *longest* the most seconds.
    """

    schema: str
    name: str
    title: str
    source: str
    checked: datetime.date
    container: Container
    video: Video
    audio: Audio | None = None
    frames: Frames | None = None
    still: Still | None = None
    preview: Preview | None = None
    loudness: Loudness | None = None
    burn_in: BurnIn | None = None
    captions: Captions = Captions()
    start_timecode: str = ""
    file_size: int = 0
    longest: Fraction | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def sounds(self) -> tuple[SoundTrack, ...]:
        """The sounds of a file, in order; none of one without *audio*."""
        return self.audio.sounds if self.audio else ()

    @property
    def encoders(self) -> tuple[str, ...]:
        """The encoders, in ffmpeg's words, of picture and sound."""
        return (self.video.encoder, *((self.audio.encoder,) if self.audio else ()))

    @property
    def form(self) -> Frames | Still | Preview | None:
        """What the deliverable is when it is no file of pictures and sound."""
        return self.frames or self.still or self.preview

    def level(self, rule: str, default: Severity = Severity.FAIL) -> Severity:
        """How much breaking *rule* weighs here."""
        return next((r.level for r in self.rules if r.id == rule), default)

    def rule_source(self, rule: str) -> str:
        """Where *rule* is written, or nothing."""
        return next((r.source for r in self.rules if r.id == rule), "")


def read_spec(path: Path) -> Spec:
    """The spec in the TOML file at *path*; raises InputError that names the key."""
    raw = schema.read_toml(path)
    schema.check_schema(raw, SCHEMA, where=str(path))
    return _checked(raw, str(path))


def read_specs(path: Path) -> list[Spec]:
    """The specs in the TOML file at *path*: one, or a family.

    A family (``schema = "twopop.spec-family/1"``) says in ``[all]`` what its members share, and in each ``[[member]]``
    the rest: tables are laid over those of ``[all]`` key by key, further rules follow, any other value replaces what
    stands there. Raises InputError that names the member and the key.
    """
    raw = schema.read_toml(path)
    if raw.get("schema") != FAMILY:
        return [read_spec(path)]
    shared, members = raw.get("all"), raw.get("member")
    if set(raw) != {"schema", "all", "member"} or not isinstance(shared, dict) or not isinstance(members, list):
        raise InputError("A family of specs has [all] and one [[member]] for each spec.", where=str(path))
    laid = [_laid({"schema": SCHEMA, **shared}, member) for member in members]
    return [_checked(each, f"{path}, member {each.get('name', '')!r}") for each in laid]


def _laid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """The tables of *above* laid over those of *below*; lists of tables, the rules, are put one behind the other."""
    made = dict(below)
    for key, value in above.items():
        known = below.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            made[key] = _laid(known, value)
        elif key == "rules" and isinstance(known, list) and isinstance(value, list):
            made[key] = known + value
        else:
            made[key] = value
    return made


def _checked(raw: dict[str, Any], where: str) -> Spec:
    spec = schema.from_builtins(raw, Spec, where=where)
    for rule in spec.rules:
        if rule.level is Severity.FAIL and rule.confidence not in ("official", "tested", "house"):
            raise InputError(
                f"The rule {rule.id!r} may not fail a delivery: its source is {rule.confidence}.",
                where=where,
                remedy='Set its level to "warn".',
            )
    if spec.audio and spec.audio.layout and spec.audio.tracks:
        raise InputError("[audio] has a layout and tracks.", where=where, remedy="Say it in one of the two.")
    if spec.container.format == "mxf" and spec.video.codec in ("hevc", "av1"):
        raise InputError(
            f"{spec.video.codec.upper()} cannot be put into MXF here.", where=where, remedy="Take MOV or MP4."
        )
    if spec.container.format == "mxf" and not spec.start_timecode:
        remedy = 'Write start_timecode = "program", or a fixed "10:00:00:00".'
        raise InputError("An MXF file always has a start timecode, and this spec none.", where=where, remedy=remedy)
    _check_form(spec, where)
    return spec


def _check_form(spec: Spec, where: str) -> None:
    """Refuse what frames, stills and previews cannot have."""
    forms = [name for name in ("frames", "still", "preview") if getattr(spec, name)]
    if not forms and not spec.audio:
        raise InputError("[audio] is missing.", where=where, remedy='A silent track carries = "silence".')
    if spec.frames and spec.frames.first == "timecode" and not spec.start_timecode:
        raise InputError("The frames are numbered by a start timecode that there is not.", where=f"{where}, [frames]")
    if len(forms) > 1:
        raise InputError(f"A spec has one of [{forms[0]}] and [{forms[1]}].", where=where)
    wanted = {"frames": ("image2",), "still": ("image2",), "preview": tuple(_TICKS)}.get(forms[0] if forms else "", ())
    if wanted and spec.container.format not in wanted:
        remedy = f'Write format = "{wanted[0]}".'
        raise InputError(f"[{forms[0]}] is no {spec.container.format}.", where=f"{where}, [container]", remedy=remedy)
    if spec.container.format in ("image2", *_TICKS) and not wanted:
        raise InputError(f"{spec.container.format} wants one of [frames], [still], [preview].", where=where)
    if spec.audio and (spec.still or spec.preview or (spec.frames and len(spec.audio.sounds) > 1)):
        raise InputError("There is no place for this sound.", where=f"{where}, [audio]", remedy="Leave it out.")
    if spec.preview:
        ticks = _TICKS[spec.container.format]
        if (ticks / spec.preview.rate).denominator != 1:
            near = Rate(ticks, max(1, round(ticks / spec.preview.rate)))
            message = f"A {spec.container.format} cannot have {spec.preview.rate} frames a second exactly."
            raise InputError(message, where=f"{where}, [preview] rate", remedy=f'Write rate = "{near}".')


#: Ticks a second in which the frames of previews are timed (GIF89a, 23; WebP container, ANMF).
_TICKS = {"gif": 100, "webp": 1000}
