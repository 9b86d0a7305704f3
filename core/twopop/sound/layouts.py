"""What each track of a file carries: from the program's roles to a spec's tracks, and what the channels are called.

The program's tracks are summed by role. ``dialogue`` is all that is spoken and ``me`` all that is not, so that the two
make up the ``mix``, as do the four roles.
"""

from __future__ import annotations

from twopop.specs import SoundTrack
from twopop.timeline.program import Role

#: The roles heard in a stem; "mix" and "silence" are none.
_STEMS: dict[str, frozenset[Role]] = {
    "dialogue": frozenset({Role.DIALOGUE, Role.NARRATION}),
    "me": frozenset({Role.MUSIC, Role.EFFECTS}),
    "mix-minus": frozenset({Role.DIALOGUE, Role.MUSIC, Role.EFFECTS}),
    "narration": frozenset({Role.NARRATION}),
    "music": frozenset({Role.MUSIC}),
    "effects": frozenset({Role.EFFECTS}),
}

#: What an editor calls what a track carries.
_TITLES = {
    "mix": "Full mix",
    "me": "M&E",
    "mix-minus": "Mix minus narration",
    "dialogue": "Dialogue",
    "narration": "Narration",
    "music": "Music",
    "effects": "Effects",
    "silence": "Silence",
}


def stem_of(track: SoundTrack) -> tuple[Role, ...]:
    """The roles heard in *track*, sorted; empty for the whole mix and for silence."""
    return tuple(sorted(_STEMS.get(track.carries, ())))


def streams_of(track: SoundTrack) -> tuple[tuple[str, ...], ...]:
    """The channels of each stream that *track* makes: one stream, or a mono stream for each channel."""
    return tuple((channel,) for channel in track.channels) if track.split else (track.channels,)


def title_of(track: SoundTrack) -> str:
    """What *track* is called: ``"Full mix 5.1"``."""
    return f"{_TITLES[track.carries]} {track.layout}"


def titles_of(track: SoundTrack) -> tuple[str, ...]:
    """What each stream of *track* is called in the file: ``"Full mix 5.1"``, or ``"M&E L"`` and ``"M&E R"``."""
    if track.split:
        return tuple(f"{_TITLES[track.carries]} {channel}" for channel in track.channels)
    return (title_of(track),)
