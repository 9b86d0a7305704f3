"""What goes along with a deliverable."""

from __future__ import annotations

import msgspec


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """A file beside a deliverable: *suffix* follows the deliverable's stem (``".en.srt"``); *content* its bytes."""

    suffix: str
    content: bytes
