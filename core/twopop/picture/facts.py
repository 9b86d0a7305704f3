"""What a media file is, as read from the file itself."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from twopop.specs import Colour, Scan
from twopop.time import Rate
from twopop.variants.model import Span


class PictureFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The picture stream as read from a file: *frames* are counted, not declared; *uniform* says they lie evenly.

    *size* is as coded, *rotation* in degrees clockwise. *start* is when the first frame is shown, in seconds. *tag* is
    the codec's four-character code ("" where the container has none). *scan* is what the file says; where it says
    nothing, ``progressive``. *intra* says that every frame stands alone, *parameters* is a hash of what must be equal
    for frames to be joined.
    """

    index: int
    codec: str
    size: tuple[int, int]
    rate: Rate
    frames: int
    profile: str = ""
    pixel_format: str = ""
    colour: Colour = Colour(matrix="", primaries="", transfer="")
    sample_aspect: Fraction = Fraction(1)
    rotation: int = 0
    uniform: bool = True
    start: Fraction = Fraction(0)
    scan: Scan = "progressive"
    tag: str = ""
    still: bool = False
    intra: bool = False
    parameters: str = ""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Frames ``[start, stop)`` of a deliverable; *timecode* of the first in the file, *timeline* that in the cut."""

    start: int
    stop: int
    timecode: str
    timeline: str


class SuperSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a legal text in an encoded picture.

    *frames* (from the first of the picture) are those in which all of its lines are there. In them: *x_height* and
    *capital* are the least height of the letters in lines of the raster, *box* is what their ink takes up at most
    (left, top, right, bottom; the last two exclusive), *contrast* the least ratio of text to background.
    """

    frames: tuple[Span, ...] = ()
    x_height: float = 0.0
    capital: float = 0.0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    contrast: float = 0.0


class PictureReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen in a deliverable's picture: *black* and *still* stretches that the cut does not ask for.

    *watched* frames were looked at; copied ones are passed over unless the spec has a rule about them. *supers* is what
    was seen of each of its legal texts.
    """

    watched: int = 0
    black: tuple[Stretch, ...] = ()
    still: tuple[Stretch, ...] = ()
    supers: tuple[SuperSeen, ...] = ()


class SoundFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sound stream as read from a file: *samples* as the container says they are played.

    *layout* names the channels in order (``"L R C LFE Ls Rs"``, ``"C"`` for mono), "" where the file does not say.
    """

    index: int
    codec: str
    rate: int
    channels: int
    samples: int
    layout: str = ""


class MediaFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A media file as read back: *content* is the SHA-256 of its bytes; *timecode* of its first frame ("" for none).

    *pattern* is an MXF file's operational pattern (``OP1a``), "" for other files.
    """

    path: str
    content: str
    bytes: int
    format: str
    seconds: Fraction
    picture: PictureFacts | None = None
    sound: tuple[SoundFacts, ...] = ()
    timecode: str = ""
    pattern: str = ""
    metadata: dict[str, str] = {}
