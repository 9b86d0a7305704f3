"""A finished file against what it should be.

Rules bear the names of the keys in a spec (``video.codec``), so that a spec's ``[[rules]]`` say how much each weighs
and where it is written; what no spec speaks of (``video.frames``) has a name of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import msgspec

from twopop.findings import Finding, Severity
from twopop.picture.facts import MediaFacts, PictureFacts, SoundFacts
from twopop.specs import Colour, Scan
from twopop.time import Rate, samples_at

_AGAIN = "Deliver again; if it comes back, send this line to your technical director."
_SPEC = "Mend the encoder's options in the spec; twopop encodes by them."


class ExpectedSound(msgspec.Struct, frozen=True, kw_only=True):
    """One sound stream that a file should have; "" and 0 are not looked at.

    *layout* names the channels in order (``"L R"``); a file that does not say where its channels belong is taken at
    their number. *samples* None is as long as the picture that was read. *tolerance* is in samples: PCM, and AAC as it
    is played, are exact.
    """

    codec: str = ""
    rate: int = 0
    channels: int = 0
    layout: str = ""
    samples: int | None = None
    tolerance: int = 0


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a file should be; a value left at its default is not looked at.

    That the frames lie evenly and begin with the file is always looked at.

    *sound* lists the streams of sound in order; empty means none when *silent*, else whatever it is. *start_timecode*
    "" means that the file has none. *format* is the muxer's name and *pattern* an MXF file's operational pattern;
    *bytes_max* and *seconds_max* are the most that the receiver takes (0 and None: any).
    """

    frames: int | None = None
    rate: Rate | None = None
    size: tuple[int, int] | None = None
    codec: str = ""
    profile: str = ""
    tag: str = ""
    pixel_format: str = ""
    scan: Scan | None = None
    colour: Colour | None = None
    sound: tuple[ExpectedSound, ...] = ()
    silent: bool = False
    start_timecode: str | None = None
    format: str = ""
    pattern: str = ""
    bytes_max: int = 0
    seconds_max: Fraction | None = None


_SCANS = {
    "progressive": "progressive",
    "tff": "interlaced, top field first",
    "bff": "interlaced, bottom field first",
}

#: rule, message, measured, limit, remedy
_Fault = tuple[str, str, str, str, str]


def compare(
    expected: Expected,
    facts: MediaFacts,
    level: Callable[[str], Severity],
    *,
    source: Callable[[str], str] = lambda rule: "",
    where: str = "",
) -> list[Finding]:
    """Everything in *facts* that is not as *expected*; *level* says how much a rule weighs, *source* where it stands.

    Each finding has what was measured, the limit, and what to do; *where* names the file in them. It works on files
    that were made elsewhere too.
    """
    faults = [*_container(expected, facts)]
    if facts.picture is None:
        faults.append(("video", "The file has no picture.", "none", "one picture stream", _AGAIN))
    else:
        faults += [
            *_timing(expected, facts.picture),
            *_raster(expected, facts.picture),
            *_coding(expected, facts.picture),
        ]
    faults += _sound(expected, facts)
    return [
        Finding(
            rule=rule,
            severity=level(rule),
            message=message,
            where=where,
            remedy=remedy,
            measured=measured,
            limit=limit,
            source=source(rule),
        )
        for rule, message, measured, limit, remedy in faults
    ]


def _differs(rule: str, what: str, measured: object, limit: object, remedy: str) -> Iterator[_Fault]:
    """A fault unless *measured* equals *limit*."""
    if measured != limit:
        said = str(measured) or "not said in the file"
        yield (rule, f"{what} is {said}, it should be {limit}.", said, str(limit), remedy)


def _container(expected: Expected, facts: MediaFacts) -> Iterator[_Fault]:
    # A reader knows the family only: "mov,mp4,m4a,3gp,3g2,mj2" is one format to it.
    if expected.format and expected.format not in facts.format.split(","):
        yield from _differs("container.format", "The container", facts.format, expected.format, _SPEC)
    if expected.pattern:
        yield from _differs("container.pattern", "The operational pattern", facts.pattern, expected.pattern, _SPEC)
    if expected.bytes_max and facts.bytes > expected.bytes_max:
        over = facts.bytes - expected.bytes_max
        remedy = "Lower the quality in the spec, or deliver a shorter version."
        message = f"The file has {facts.bytes} bytes, {over} more than the receiver takes."
        yield ("file_size", message, f"{facts.bytes} bytes", f"at most {expected.bytes_max} bytes", remedy)
    if expected.seconds_max is not None and facts.seconds > expected.seconds_max:
        measured, limit = f"{float(facts.seconds):.3f} s", f"at most {float(expected.seconds_max):g} s"
        remedy = "Deliver a shorter version."
        yield ("longest", f"The file lasts {measured}; the receiver takes {limit}.", measured, limit, remedy)
    if expected.start_timecode is not None and facts.timecode != expected.start_timecode:
        measured, limit = facts.timecode or "none", expected.start_timecode or "none"
        message = f"The start timecode is {measured}, it should be {limit}."
        yield ("start_timecode", message, measured, limit, _AGAIN)


def _timing(expected: Expected, picture: PictureFacts) -> Iterator[_Fault]:
    if expected.frames is not None and picture.frames != expected.frames:
        off = picture.frames - expected.frames
        said = f"{abs(off)} {'too many' if off > 0 else 'too few'}"
        message = f"The picture has {picture.frames} frames, {said}."
        yield ("video.frames", message, f"{picture.frames} frames", f"{expected.frames} frames", _AGAIN)
    if expected.rate is not None:
        yield from _differs("video.rates", "The frame rate", picture.rate, expected.rate, _AGAIN)
    if not picture.uniform:
        message = "The frames do not lie evenly: some are shown longer than others."
        yield ("video.uniform", message, "uneven timestamps", "even timestamps", _AGAIN)
    if picture.start:
        measured = f"{float(picture.start):.6f} s"
        message = f"The picture begins {measured} after the file does; players would show black or move the sound."
        yield ("video.start", message, measured, "0 s", _AGAIN)


def _raster(expected: Expected, picture: PictureFacts) -> Iterator[_Fault]:
    if expected.size is None:
        return
    yield from _differs("video.sizes", "The picture's size", _by(picture.size), _by(expected.size), _AGAIN)
    yield from _differs("video.sample_aspect", "The shape of a pixel", picture.sample_aspect, Fraction(1), _AGAIN)
    yield from _differs("video.rotation", "The rotation noted in the file", picture.rotation, 0, _AGAIN)


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _coding(expected: Expected, picture: PictureFacts) -> Iterator[_Fault]:
    pairs = (
        ("video.codec", "The codec", picture.codec, expected.codec),
        ("video.profile", "The profile", picture.profile, expected.profile),
        ("video.tag", "The codec's four-character code", picture.tag, expected.tag),
        ("video.pixel_format", "The pixel format", picture.pixel_format, expected.pixel_format),
    )
    for rule, what, measured, limit in pairs:
        if limit:
            yield from _differs(rule, what, measured, limit, _SPEC)
    if expected.scan is not None:
        yield from _differs("video.scan", "The scan", _SCANS[picture.scan], _SCANS[expected.scan], _SPEC)
    if expected.colour is None:
        return
    found, wanted = _tags(picture.colour), _tags(expected.colour)
    wrong = [name for name in wanted if found[name] != wanted[name]]
    if wrong:
        measured = ", ".join(f"{name} {found[name] or 'untagged'}" for name in wrong)
        limit = ", ".join(f"{name} {wanted[name]}" for name in wrong)
        message = f"The colour tags are wrong ({measured}); players would show other colours."
        yield ("video.colour", message, measured, limit, _SPEC)


def _tags(colour: Colour) -> dict[str, str]:
    # An untold range is the limited one: ITU-T H.264 E.2.1, video_full_range_flag "inferred to be equal to 0".
    span = colour.range or "tv"
    return {"matrix": colour.matrix, "primaries": colour.primaries, "transfer": colour.transfer, "range": span}


def _sound(expected: Expected, facts: MediaFacts) -> Iterator[_Fault]:
    if not expected.sound:
        if expected.silent and facts.sound:
            yield ("audio", "The file has sound, but should have none.", f"{len(facts.sound)} streams", "none", _AGAIN)
        return
    if not facts.sound:
        yield ("audio", "The file has no sound.", "none", _streams(expected.sound), _AGAIN)
        return
    if len(facts.sound) != len(expected.sound):
        message = f"The file has {_streams(facts.sound)}; it should have {_streams(expected.sound)}."
        yield ("audio", message, _streams(facts.sound), _streams(expected.sound), _AGAIN)
    for number, (wanted, sound) in enumerate(zip(expected.sound, facts.sound, strict=False), 1):
        of = f" of track {number}" if len(expected.sound) > 1 else ""
        yield from _stream(wanted, sound, of)
        yield from _length(wanted, sound, facts.picture, of)


def _streams(sounds: Sequence[object]) -> str:
    return "one sound stream" if len(sounds) == 1 else f"{len(sounds)} sound streams"


def _stream(wanted: ExpectedSound, sound: SoundFacts, of: str) -> Iterator[_Fault]:
    for rule, what, measured, limit in (
        ("audio.codec", "The sound's codec", sound.codec, wanted.codec),
        ("audio.rate", "The sample rate", sound.rate, wanted.rate),
        ("audio.layout", "The number of channels", sound.channels, wanted.channels),
    ):
        if limit:
            yield from _differs(rule, what + of, measured, limit, _SPEC)
    if wanted.layout and sound.layout and sound.channels == wanted.channels:
        yield from _differs("audio.layout", f"The channel layout{of}", sound.layout, wanted.layout, _SPEC)


def _length(wanted: ExpectedSound, sound: SoundFacts, picture: PictureFacts | None, of: str) -> Iterator[_Fault]:
    """The sound ends where the picture does: on the sample nearest to its last frame's end (``samples_at``)."""
    limit = wanted.samples
    if limit is None and picture is not None and not picture.still:
        limit = samples_at(picture.frames, picture.rate, sound.rate)
    if limit is None or abs(sound.samples - limit) <= wanted.tolerance:
        return
    off = sound.samples - limit
    milliseconds = abs(off) * 1000 / sound.rate
    length = f"{abs(off)} samples ({milliseconds:.2f} ms)"
    message = f"The sound{of} is {length} {'longer' if off > 0 else 'shorter'} than the picture."
    allowed = f" ±{wanted.tolerance}" if wanted.tolerance else ""
    yield ("audio.samples", message, f"{sound.samples} samples", f"{limit}{allowed} samples", _AGAIN)
