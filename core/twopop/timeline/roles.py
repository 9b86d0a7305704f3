"""What an audio track carries, and how that is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from twopop.timeline import words
from twopop.timeline.program import AudioClip, Role
from twopop.timeline.sources import wishes


def role_of(
    track: Any, clips: Sequence[AudioClip], name: str, rules: Sequence[tuple[str, Role]], *, only: bool
) -> tuple[Role, str, bool]:
    """The role of *track*, how it was found, and whether anything said it.

    The track's own ``twopop.role`` counts first, then that of its clips if all agree, then the first of *rules* that
    fits its *name*. The *only* track of a timeline is its mix; so, for want of better, is one that no rule knows.
    """
    own = words.role(wishes(track).get("role"))
    if own is not None:
        return own, "the track's own word", True
    said = {words.role(clip.metadata.get("role")) for clip in clips}
    agreed = next(iter(said)) if len(said) == 1 else None
    if agreed is not None:
        return agreed, "its clips' own word", True
    for pattern, role in rules:
        # names such as "DX_1" and "MX-ST" are words to an editor, but "_" is a letter to a regular expression
        if re.search(pattern, re.sub(r"[_\-.]+", " ", name), re.IGNORECASE):
            return role, f"the track's name {name!r}", True
    if only:
        return Role.MIX, "the only audio track", True
    return Role.MIX, "no rule matched", False
