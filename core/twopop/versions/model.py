"""The values that versioning speaks of."""

from __future__ import annotations

from typing import Literal

import msgspec

from twopop.variants.model import Span

#: What became of a version that went out: nothing yet, or what people said of it.
Approval = Literal["", "approved", "superseded", "withdrawn"]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The *number* a deliverable carries and *why* (``"first"``, ``"unchanged since v2"``, ``"changed since v2"``).

    Numbers count from 1 and tell the versions of one deliverable apart. *label* is how people and names write it
    (``"2.1"``); empty for the number itself. *reuse* says that the number may be one that a run left behind unused,
    though it was reserved for another content.
    """

    number: int
    why: str = ""
    label: str = ""
    reuse: bool = False

    def __str__(self) -> str:
        return self.label or str(self.number)


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A version that the catalogue knows: its *number* and *label*, the *content* it was made from, its file and hash.

    *content* is the fingerprint of everything seen, heard and told; *path* is relative to the output folder *out*;
    *sha256* is empty while the version is reserved and not yet delivered. A reservation is *abandoned* when its run
    ended without delivering, or was not heard of any more. *approval* is what people said of it.
    """

    number: int
    content: str
    out: str = ""
    path: str = ""
    sha256: str = ""
    label: str = ""
    approval: Approval = ""
    abandoned: bool = False

    def __str__(self) -> str:
        return self.label or str(self.number)


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """The deliverables of one order seen together, for policies that number them all alike.

    *highest* is the highest number that any of them has (0 for none), *fits* whether it can be the number of all: none
    of them has it with another content, or withdrawn.
    """

    highest: int = 0
    fits: bool = True


class Made(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a version was made from, part by part, so that the next one can say what changed.

    *timeline*, *picture*, *sound*, *captions*, *supers* and *spec* are fingerprints; *spans* are the program frames it
    shows. *fields* are the fields of its name, *metadata* what is written into the file, *rights* what is known of its
    sources, *tools* the ffmpeg.
    """

    timeline: str
    picture: str
    sound: str
    spec: str
    spans: tuple[Span, ...] = ()
    captions: str = ""
    supers: str = ""
    start: str = ""
    fields: dict[str, str] = {}
    metadata: dict[str, str] = {}
    rights: tuple[str, ...] = ()
    tools: str = ""


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The *version* of a deliverable that went out last, what it was *made* from, and the fingerprint of its *plan*.

    *made* is None and *plan* empty for one that an earlier twopop delivered.
    """

    version: Registered
    made: Made | None = None
    plan: str = ""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan was made from: the *timeline* as JSON, and *media* as {path: fingerprint}."""

    timeline: bytes
    media: dict[str, str]


class Wish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A *version* that a run wants to make of the deliverable *identity*, from *content*.

    *made* says from what, *changes* what changed since the last version, in words.
    """

    identity: str
    version: Version
    content: str
    made: Made | None = None
    changes: tuple[str, ...] = ()


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file on disk: its *path* below the output folder, *bytes*, *sha256*, and what it is."""

    path: str
    bytes: int
    sha256: str
    kind: Literal["deliverable", "sidecar", "replaced"] = "deliverable"


class Registration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That the version wished for went out into the folder *out*, as *files* (the deliverable first), and *when*."""

    wish: Wish
    out: str
    files: tuple[Kept, ...]
    when: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a run sets out to do: the cut, the order, the specs and the plan, as JSON under their fingerprints.

    *timeline* and *plan* may be large and are kept packed. *media* is {path: fingerprint} of the files in use, *rights*
    are (source, status, note).
    """

    plan: str
    plan_json: bytes
    out: str
    timeline: str
    timeline_json: bytes
    timeline_name: str
    timeline_file: str
    rate: str
    frames: int
    order: str
    order_json: bytes
    specs: dict[str, tuple[str, bytes]]
    media: dict[str, str] = {}
    rights: tuple[tuple[str, str, str], ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding in a receipt: of version *number* of *identity*, or (0) of the whole run."""

    rule: str
    severity: str
    message: str
    place: str = ""
    remedy: str = ""
    identity: str = ""
    number: int = 0


class HostEdit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run changed in a *host* application's project: in words, and *place* (a bin, a timecode)."""

    host: str
    what: str
    place: str = ""
