"""Every hook, in the order in which a delivery meets them. Read from top to bottom, this is the story of a delivery.

There are three kinds, and each hook says which it is with the same sentence:

* **decide**: plugins are asked from the innermost layer outwards (project, studio, site, built-in); the first answer
  that is not None wins.
* **contribute**: all plugins are asked and all that they return is collected.
* **notify**: all plugins are told; nothing is returned.

A plugin names only the arguments it wants. Arguments and results are frozen values; the type of each result is
checked at the border. A plugin that finds something an editor has to mend raises ``EditorError`` (or returns a
finding, where the hook asks for findings); any other exception is the plugin's own failure. All hooks before
``rendered`` are pure: the same arguments give the same result, and nothing is written. Each type named here can be
imported from ``twopop``. (``Path`` is pathlib's.)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from twopop import (
        CropPath,
        Cutdown,
        Deliverable,
        Delivered,
        Encoding,
        Event,
        ExecutorEntry,
        FileName,
        Finding,
        Form,
        HostEntry,
        Ledger,
        LegalField,
        MediaFacts,
        Mix,
        MixReport,
        NameField,
        Order,
        PanelAction,
        PictureReport,
        Plan,
        Program,
        Receipt,
        Registered,
        Segment,
        Settings,
        Sidecar,
        Spec,
        TimelineReader,
        Together,
        Variant,
        Version,
        Wanted,
        Whole,
    )

#: The version of these hooks. Arguments may be added within a major version; nothing is taken away.
HOOKSPEC_VERSION = (1, 0)

#: The names of the three kinds.
DECIDE, CONTRIBUTE, NOTIFY = "decide", "contribute", "notify"

_spec = pluggy.HookspecMarker("twopop")
hookimpl = pluggy.HookimplMarker("twopop")

# ----------------------------------------------------------------------------------------------------------------------
# What there is
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def settings() -> list[type]:
    """Declare the plugin's settings.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once, when the plugins have been loaded. The one type returned is a frozen ``msgspec.Struct`` whose fields
    all have defaults; it is loaded from the TOML table that is named like the plugin. Other hooks that name
    ``settings`` as an argument find it there: ``settings[MySettings]``.

    Returns the type, in a list.

    Example::

        class House(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
            suffix: str = "HD"

        @hookimpl
        def settings():
            return [House]
    """
    raise NotImplementedError


@_spec
def specs(settings: Settings) -> list[Spec]:
    """Offer delivery specifications.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per command. Of two specs with one name the one of the inner layer counts; two in one layer are an
    error.

    Returns the specs.

    Example::

        @hookimpl
        def specs():
            return [read_spec(path) for path in sorted(Path(__file__).parent.glob("*.toml"))]
    """
    raise NotImplementedError


@_spec
def timeline_readers(settings: Settings) -> list[TimelineReader]:
    """Offer ways to read timelines.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per command that reads a timeline. The reader for a file is the innermost one that takes its suffix.

    Returns the readers.

    Example::

        @hookimpl
        def timeline_readers():
            return [TimelineReader("house cut list", (".cut",), read_house_cut)]
    """
    raise NotImplementedError


@_spec
def hosts() -> list[HostEntry]:
    """Name the host applications that a bridge exists for.

    Kind: contribute. All plugins are asked and all results are collected.

    Called by ``twopop hosts``, ``twopop doctor`` and the service. What an entry's *connect* gives is a
    ``twopop.hosts.Host``: it is called in a process of its own. Without it the host can only be looked for, or lives in
    a panel. ``twopop hosts check NAME`` tries the whole contract on it.

    Returns the hosts.

    Example::

        @hookimpl
        def hosts():
            return [HostEntry("resolve", "DaVinci Resolve", look_for_resolve, connect=Resolve)]
    """
    raise NotImplementedError


@_spec
def executors(settings: Settings) -> list[ExecutorEntry]:
    """Offer places where work runs.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per delivery; ``--executor NAME`` chooses among them. Tasks can travel as JSON; where they arrive,
    ``twopop.delivery.work.perform`` does one and gives the ends to hand back.

    Returns the executors.

    Example::

        @hookimpl
        def executors(settings):
            return [ExecutorEntry("farm", "the render farm", lambda: Farm(settings[FarmSettings]))]
    """
    raise NotImplementedError


# ----------------------------------------------------------------------------------------------------------------------
# What to make
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def variants(order: Order, program: Program) -> list[Wanted]:
    """Say which variants are wanted in which specs.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per plan. The built-in answer is the order's matrices and single deliverables; a plugin may add what
    the house always owes. Equal lines are made once.

    Returns the lines wanted.

    Example::

        @hookimpl
        def variants(order):
            return [Wanted(variant=Variant(duration="full", aspect="16:9"), spec="review-h264")]
    """
    raise NotImplementedError


@_spec
def fit_cutdown(order: Order, program: Program, duration: str) -> Cutdown | None:
    """Say which stretches of the program make the cutdown that *duration* (``"30s"``) names.

    Kind: decide. The first result that is not None wins, innermost layer first.

    Called once per duration of a plan, never for ``"full"``. The built-in answer follows the order's keep lists and
    markers.

    Returns the cutdown, or None to leave it to others.

    Example::

        @hookimpl
        def fit_cutdown(program, duration):
            if duration == "bumper":
                return Cutdown(label=duration, keep=(Span(0, 6 * program.rate.nominal),), how="the first six seconds")
    """
    raise NotImplementedError


@_spec
def reframe(order: Order, event: Event, aspect: str) -> CropPath | None:
    """Say how the picture of *event* is brought to *aspect* (``"9:16"``).

    Kind: decide. The first result that is not None wins, innermost layer first.

    Called once per event and aspect of a plan. The built-in answer is the clip's ``reframe`` metadata, else the
    order's ``[reframe]`` defaults.

    Returns the crop path, or None to leave it to others.

    Example::

        @hookimpl
        def reframe(event, aspect):
            if event.track == "INTERVIEW":
                return CropPath(keys=(CropKey(0, x=Fraction(1, 3)),), how="interviews sit on the left third")
    """
    raise NotImplementedError


# ----------------------------------------------------------------------------------------------------------------------
# What it is called, and which one it is
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def name_fields(order: Order, program: Program, variant: Variant, spec: Spec, cutdown: Cutdown) -> list[NameField]:
    """Contribute fields for name templates.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per deliverable; *cutdown* is what is kept of the program. Of two fields with one name the one of the
    inner layer counts; two different values, or two different forms, in one layer are an error that names both
    plugins. ``version`` is added by twopop.

    Returns the fields.

    Example::

        @hookimpl
        def name_fields(order):
            job = forms.Text(case="upper", letters="A-Z0-9", most=6)
            return [NameField(name="job", value=order.project.code, form=job)]
    """
    raise NotImplementedError


@_spec
def name(
    fields: dict[str, str], forms: dict[str, Form], variant: Variant, spec: Spec, settings: Settings
) -> FileName | None:
    """Say what the deliverable is called.

    Kind: decide. The first result that is not None wins, innermost layer first.

    Called once per deliverable, with the words of all *fields*, the ``version`` among them (padded), and the *forms*
    that plugins give to some. The result is checked against the rules for safe names and, over the whole plan and what
    lies in the output folder, for collisions.

    Returns the name, or None to leave it to others.

    Example::

        @hookimpl
        def name(fields):
            return FileName(stem="{client}-{code}-{duration}-v{version}".format_map(fields))
    """
    raise NotImplementedError


@_spec
def next_version(
    history: tuple[Registered, ...],
    content: str,
    variant: Variant,
    spec: Spec,
    together: Together,
    settings: Settings,
) -> Version | None:
    """Say which version the deliverable is.

    Kind: decide. The first result that is not None wins, innermost layer first.

    Called once per deliverable. *history* holds the versions registered so far, oldest first; *content* is the
    fingerprint of what is seen, heard and told now; *together* sees all deliverables of the order at once. The
    built-in answer follows ``[versions] policy``: the number is kept while the content is unchanged, else the next
    one is taken. Names show the version's *label*, or its number where it has none.

    Returns the version, or None to leave it to others.

    Example::

        @hookimpl
        def next_version(history, content):
            return Version(number=max((v.number for v in history), default=100) + 1, why="always a new number")
    """
    raise NotImplementedError


# ----------------------------------------------------------------------------------------------------------------------
# What may be shown
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def rights(order: Order, program: Program, settings: Settings, folder: Path) -> list[Ledger]:
    """Contribute what is known of the rights to what the program shows and plays.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per plan; *folder* is the one that the order's paths are relative to. The built-in answer reads the
    ledgers that the order names and ``rights`` in the clips' metadata. What is not cleared stops each deliverable in
    which it survives the cut, and no other. What one plugin refuses, no other one clears.

    Returns ledgers: assets, and the grants to them.

    Example::

        @hookimpl
        def rights():
            archive = Asset(id="archive", kind="archive", sources=("ARC_*",))
            return [Ledger(assets=(archive,), grants=(Grant(asset="archive", status="refused"),))]
    """
    raise NotImplementedError


@_spec
def legal_metadata(order: Order, variant: Variant, spec: Spec) -> list[LegalField]:
    """Contribute fields that are written into the file.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per deliverable. Conflicts are settled as for ``name_fields``.

    Returns the fields.

    Example::

        @hookimpl
        def legal_metadata(order):
            return [LegalField(key="copyright", value=f"(c) {order.project.client}")]
    """
    raise NotImplementedError


# ----------------------------------------------------------------------------------------------------------------------
# Is it right
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def encode(spec: Spec, aspect: str) -> Encoding | None:
    """Say how the picture is encoded for *spec* in *aspect*.

    Kind: decide. The first result that is not None wins, innermost layer first.

    Called once per spec and aspect of a plan. The built-in answer follows the spec's ``[video]`` table.

    Returns the encoding, or None to leave it to others.

    Example::

        @hookimpl
        def encode(spec):
            if spec.name == "house-proxy":
                return Encoding(encoder="libx264", pixel_format="yuv420p", format="mp4", options=(("crf", "28"),))
    """
    raise NotImplementedError


@_spec
def check_plan(plan: Plan, program: Program, settings: Settings) -> list[Finding]:
    """Check the whole plan before anything is rendered.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per plan. A finding whose ``where`` is a deliverable's id belongs to that deliverable and, when it
    fails, stops that one alone; any other finding that fails stops the run.

    Returns the findings.

    Example::

        @hookimpl
        def check_plan(plan):
            return [fail("house.code", "The order has no code.")] if not plan.project.get("code") else []
    """
    raise NotImplementedError


@_spec
def check_file(
    deliverable: Deliverable,
    spec: Spec,
    mix: Mix | None,
    facts: MediaFacts,
    sound: MixReport | None,
    mixes: tuple[Mix, ...],
    sounds: tuple[MixReport, ...],
    picture: PictureReport,
) -> list[Finding]:
    """Check a finished file before it gets its final name.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per file. *facts* is what was read back from it, *mix* what its first sound should be and *sound* what
    was measured on it; *mixes* and *sounds* are those of all its sounds, in the spec's order. *picture* says
    where it is black or stands still unasked, and what is seen of its legal texts. A finding that fails keeps the file
    from being delivered.

    Returns the findings.

    Example::

        @hookimpl
        def check_file(facts):
            return [warn("house.small", "The file is very small.")] if facts.bytes < 10_000 else []
    """
    raise NotImplementedError


# ----------------------------------------------------------------------------------------------------------------------
# That it happened, and what goes along
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def rendered(segment: Segment | Whole, key: str) -> None:
    """Hear that a segment, or a picture in one piece, has been rendered into the store.

    Kind: notify. All plugins are told; nothing is returned.

    Called once per segment that was really rendered, never for one that the store had.

    Example::

        @hookimpl
        def rendered(segment, key):
            log.info("%s: %d frames", key, segment.frames)
    """
    raise NotImplementedError


@_spec
def sidecars(deliverable: Deliverable, spec: Spec) -> list[Sidecar]:
    r"""Contribute files that go along with a deliverable.

    Kind: contribute. All plugins are asked and all results are collected.

    Called once per deliverable when its file is ready. Two sidecars with one suffix are an error.

    Returns the sidecars.

    Example::

        @hookimpl
        def sidecars(deliverable):
            return [Sidecar(suffix=".txt", content=f"{deliverable.frames} frames\n".encode())]
    """
    raise NotImplementedError


@_spec
def delivered(record: Delivered, receipt: Receipt) -> None:
    """Hear that a deliverable has its final name and its place in the catalogue.

    Kind: notify. All plugins are told; nothing is returned.

    Called once per deliverable that this run delivered, when the receipt is written.

    Example::

        @hookimpl
        def delivered(record):
            post_to_chat(f"{record.file.path} is out")
    """
    raise NotImplementedError


# ----------------------------------------------------------------------------------------------------------------------
# Buttons of one's own
# ----------------------------------------------------------------------------------------------------------------------


@_spec
def panel_actions(settings: Settings) -> list[PanelAction]:
    """Offer buttons.

    Kind: contribute. All plugins are asked and all results are collected.

    Called when a panel opens, and by ``twopop plugins actions``.

    Returns the actions.

    Example::

        @hookimpl
        def panel_actions():
            return [PanelAction("count", "Count files", "Says how many files lie in the delivery.", count_files)]
    """
    raise NotImplementedError
