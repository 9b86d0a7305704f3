"""Clauses on renders, judged by the file alone."""

from __future__ import annotations

from threading import Event

from twopop.errors import Cancelled, TwopopError
from twopop.hosts.contract.bench import Bench
from twopop.hosts.contract.cards import BLACK, LEVEL, SIZE, SOURCES
from twopop.hosts.contract.cuts import DROP, FILM, PAL, TITLED, Cut
from twopop.hosts.contract.looking import SILENT, Look
from twopop.hosts.contract.model import Clause, NotHere, clause, holds, refuses, same
from twopop.hosts.model import Capability
from twopop.time import samples_at
from twopop.variants.model import Span

_NEEDS = (Capability.PUT, Capability.RENDER)
_CUTS = ((FILM, "film"), (PAL, "pal"), (DROP, "drop"))

_CODECS = (("h264", "mp4", "h264"), ("dnxhr-hq", "mov", "dnxhd"), ("prores-4444", "mov", "prores"))

#: How far a colour may be off (of 255), a tone (in Hz) and its level (in dB): what an encoder and a scaler may do to
#: flat colours, and a short fade at a cut to a sound.
_COLOUR, _TONE, _LEVEL = 12, 25, 2


@clause("render.form", "A render has one picture and its sound, in the codec, size, rate and length asked for, "
        "square pixels, progressive.", *_NEEDS)  # fmt: skip
def form(bench: Bench) -> None:
    """The whole of a cut at each rate."""
    for cut, name in _CUTS:
        rendered, file = bench.render(bench.put(cut, f"form {name}")[0], cut.rate, f"form {name}")
        look = bench.look(file, cut.rate)
        _same_form(look, cut, cut.frames)
        same("codec", look.file.codec, "prores")
        same("what the host says of it", (rendered.frames, rendered.rate, rendered.size), (cut.frames, cut.rate, SIZE))
        same("the file that the host names", rendered.file, str(file))


@clause("render.pictures", "Each frame of a render is the frame of the cut: the first, the last, gaps black.", *_NEEDS)
def pictures(bench: Bench) -> None:
    """Every frame carries its number."""
    for cut, name in _CUTS:
        _, file = bench.render(bench.put(cut, f"pictures {name}")[0], cut.rate, f"pictures {name}")
        same("frames", bench.look(file, cut.rate).cards, cut.cards)


@clause("render.colours", "Colours come out as they went in.", *_NEEDS)
def colours(bench: Bench) -> None:
    """The lower half of each picture."""
    _, file = bench.render(bench.put(FILM, "colours")[0], FILM.rate, "colours")
    look = bench.look(file, FILM.rate)
    for number, (card, colour) in enumerate(zip(FILM.cards, look.colours, strict=False)):
        wanted = SOURCES[card[0]][1] if card else (0, 0, 0)
        off = max(abs(seen - want) for seen, want in zip(colour, wanted, strict=True))
        holds(off <= _COLOUR, f"frame {number} is {colour} instead of {wanted} (red, green, blue)")


@clause("render.sound", "The sound of a render is as long as its picture, and each shot sounds as it should.", *_NEEDS)
def sound(bench: Bench) -> None:
    """Length, level and tone of each shot; silence in gaps."""
    for cut, name in _CUTS[:2]:
        _, file = bench.render(bench.put(cut, f"sound {name}")[0], cut.rate, f"sound {name}")
        look = bench.look(file, cut.rate)
        _same_sound(look, cut.cards, cut)


@clause("render.range", "A render of a stretch holds exactly that stretch.", *_NEEDS)
def stretch(bench: Bench) -> None:
    """From within a shot, over a gap, into another; a single frame; the last frames."""
    id, _ = bench.put(FILM, "stretch")
    for span in (Span(5, 20), Span(17, 18), Span(30, FILM.frames)):
        _, file = bench.render(id, FILM.rate, f"Größe {span.start}", span=span)
        look = bench.look(file, FILM.rate)
        same(f"frames {span.start} to {span.stop}", look.cards, FILM.cards[span.start : span.stop])
        _same_form(look, FILM, span.frames)
        _same_sound(look, FILM.cards[span.start : span.stop], FILM, start=span.start)


@clause("render.progress", "Progress runs forward to the end, and counts the frames that there are.", *_NEEDS)
def progress(bench: Bench) -> None:
    """Never back, never too far, up to all."""
    told: list[tuple[int, int]] = []
    id, _ = bench.put(FILM, "progress")
    bench.render(id, FILM.rate, "progress", progress=lambda done, total: told.append((done, total)))
    holds(bool(told), "nothing was told")
    same("frames in all", {total for _, total in told}, {FILM.frames})
    same("told in this order", [done for done, _ in told], sorted(done for done, _ in told))
    same("told last", told[-1], (FILM.frames, FILM.frames))


@clause("render.codecs", "What a host renders in another codec is in that codec, or it is refused in words.", *_NEEDS)
def codecs(bench: Bench) -> None:
    """H.264 and DNxHR, twice the size."""
    id, _ = bench.put(FILM, "codecs")
    size = (SIZE[0] * 2, SIZE[1] * 2)
    for video, container, codec in _CODECS:
        try:
            _, file = bench.render(id, FILM.rate, f"codec {video}", video=video, container=container, size=size)
        except TwopopError as error:
            same(f"what is left of a refused {video} ({error})", _left(bench, f"codec {video}"), ())
            continue
        look = bench.look(file, FILM.rate)
        same(f"codec and size of {video}", (look.file.codec, look.file.size), (codec, size))
        same(f"frames in {video}", look.cards, FILM.cards)


@clause("render.no-sound", "A render without channels has no sound, and its pictures all the same.", *_NEEDS)
def no_sound(bench: Bench) -> None:
    """The whole of a cut."""
    _, file = bench.render(bench.put(PAL, "no sound")[0], PAL.rate, "no sound", channels=0)
    look = bench.look(file, PAL.rate)
    same("streams of sound", look.file.sounds, 0)
    same("frames", look.cards, PAL.cards)


@clause("render.textless", "A textless render shows the pictures without what lies on tracks of titles.", *_NEEDS)
def textless(bench: Bench) -> None:
    """A graphic over the first shot is left out."""
    if not bench.identity.textless:
        raise NotHere("The host cannot leave titles out of a render.")
    _, file = bench.render(bench.put(TITLED, "textless")[0], TITLED.rate, "textless", textless=True)
    same("frames", bench.look(file, TITLED.rate).cards, TITLED.cards)


@clause("render.over", "A render never takes the place of a file that is there.", *_NEEDS)
def never_over_a_file(bench: Bench) -> None:
    """It is refused, and the file stays as it is."""
    id, _ = bench.put(FILM, "over")
    _, file = bench.render(id, FILM.rate, "over", span=Span(0, 3))
    refuses("a name that is taken", TwopopError, lambda: bench.render(id, FILM.rate, "over", span=Span(8, 10)))
    same("the file that was there", bench.look(file, FILM.rate).cards, FILM.cards[:3])


@clause("render.cancel", "A render that is stopped leaves nothing.", *_NEEDS, Capability.CANCEL)
def cancelled(bench: Bench) -> None:
    """Stopped at the first word of progress."""
    cut = FILM.times(8)
    id, _ = bench.put(cut, "cancelled")
    before, stop = bench.eyes.listing(bench.renders), Event()
    refuses(
        "a render that was stopped",
        Cancelled,
        lambda: bench.render(id, cut.rate, "cancelled", progress=lambda done, total: stop.set(), cancel=stop),
    )
    same("files afterwards", bench.eyes.listing(bench.renders), before)
    _, file = bench.render(id, cut.rate, "not cancelled", span=Span(0, 2))
    same("the next render", bench.look(file, cut.rate).cards, cut.cards[:2])


@clause("render.leaves", "A render leaves one file, and changes nothing in the project.", *_NEEDS)
def leaves_one_file(bench: Bench) -> None:
    """The folder has one file more; the timeline reads as before."""
    id, _ = bench.put(FILM, "one file")
    before, held = set(bench.eyes.listing(bench.renders)), bench.read(id)
    _, file = bench.render(id, FILM.rate, "one file", span=Span(0, 4))
    same("new files", set(bench.eyes.listing(bench.renders)) - before, {file.name})
    same("the timeline", bench.read(id), held)


def _same_form(look: Look, cut: Cut, frames: int) -> None:
    file = look.file
    same("streams of picture and of sound", (file.pictures, file.sounds >= 1), (1, True))
    same("frames", (file.frames, len(look.cards)), (frames, frames))
    if frames > 1:
        same("rate", file.rate, cut.rate)
    same("size", file.size, SIZE)
    same("shape of pixels", file.sample_aspect, 1)
    holds(file.progressive, "it is interlaced")


def _same_sound(look: Look, cards: tuple[str, ...], cut: Cut, *, start: int = 0) -> None:
    rate = look.file.sample_rate
    same("samples a second", rate, 48000)
    holds(look.file.channels == 2 or look.file.sounds > 1, f"{look.file.channels} channels instead of 2")
    first = samples_at(start, cut.rate, rate)
    wanted = samples_at(start + len(cards), cut.rate, rate) - first
    holds(abs(look.samples - wanted) <= 1, f"{look.samples} samples instead of {wanted}")
    for number, card in enumerate(cards):
        level, tone = look.levels[number], look.tones[number]
        if card == BLACK:
            holds(level <= SILENT + 40, f"frame {number} is a gap and sounds, at {level} dB")
            continue
        holds(level > -40, f"frame {number} is silent ({level} dB)")
        holds(abs(level - LEVEL) <= _LEVEL, f"frame {number} sounds at {level} dB instead of {LEVEL}")
        wanted_tone = SOURCES[card[0]][2]
        holds(abs(tone - wanted_tone) <= _TONE, f"frame {number} sounds at {tone} Hz instead of {wanted_tone}")


def _left(bench: Bench, name: str) -> tuple[str, ...]:
    return tuple(each for each in bench.eyes.listing(bench.renders) if name in each)


CLAUSES: tuple[Clause, ...] = (
    form,
    pictures,
    colours,
    sound,
    stretch,
    progress,
    codecs,
    no_sound,
    textless,
    never_over_a_file,
    cancelled,
    leaves_one_file,
)
