"""twopop: from one finished timeline, every deliverable a campaign or episode owes.

These are the names that a plugin writer imports::

    from twopop import NameField, hookimpl

    @hookimpl
    def name_fields(order):
        return [NameField(name="campaign", value="spring")]
"""

from twopop.captions.model import Caption, CaptionTrack
from twopop.delivery.actions import PanelAction
from twopop.delivery.order import Order
from twopop.delivery.plan import Deliverable, Plan, Reason
from twopop.delivery.receipt import Delivered, Receipt
from twopop.delivery.work import Done, Executor, ExecutorEntry, Task
from twopop.errors import EditorError, InputError, PluginError, StudioError, TwopopError
from twopop.findings import Finding, Severity, fail, info, warn
from twopop.hookspecs import hookimpl
from twopop.hosts.model import HostEntry, HostState
from twopop.legal.model import Asset, Contributor, Evidence, Flight, Grant, Ledger, LegalField, Work
from twopop.legal.super_rules import Super
from twopop.naming import forms
from twopop.naming.forms import Form
from twopop.naming.model import FileName, NameField
from twopop.package.model import Sidecar
from twopop.picture.facts import MediaFacts, PictureFacts, PictureReport, SoundFacts, Stretch, SuperSeen
from twopop.picture.recipe import Encoding, Segment, Whole
from twopop.settings import Settings
from twopop.sound.recipe import Mix, MixReport
from twopop.specs import Spec, read_spec, read_specs
from twopop.time import Rate
from twopop.timeline.program import AudioClip, AudioTrack, Dissolve, Event, Kind, Marker, Program, Role, Source
from twopop.timeline.reading import Reading, ReadOptions, TimelineReader
from twopop.variants.model import CropKey, CropPath, Cutdown, Span, Variant, Wanted
from twopop.versions.model import Made, Registered, Together, Version

__all__ = [
    "Asset",
    "AudioClip",
    "AudioTrack",
    "Caption",
    "CaptionTrack",
    "Contributor",
    "CropKey",
    "CropPath",
    "Cutdown",
    "Deliverable",
    "Delivered",
    "Dissolve",
    "Done",
    "EditorError",
    "Encoding",
    "Event",
    "Evidence",
    "Executor",
    "ExecutorEntry",
    "FileName",
    "Finding",
    "Flight",
    "Form",
    "Grant",
    "HostEntry",
    "HostState",
    "InputError",
    "Kind",
    "Ledger",
    "LegalField",
    "Made",
    "Marker",
    "MediaFacts",
    "Mix",
    "MixReport",
    "NameField",
    "Order",
    "PanelAction",
    "PictureFacts",
    "PictureReport",
    "Plan",
    "PluginError",
    "Program",
    "Rate",
    "ReadOptions",
    "Reading",
    "Reason",
    "Receipt",
    "Registered",
    "Role",
    "Segment",
    "Settings",
    "Severity",
    "Sidecar",
    "SoundFacts",
    "Source",
    "Span",
    "Spec",
    "Stretch",
    "StudioError",
    "Super",
    "SuperSeen",
    "Task",
    "TimelineReader",
    "Together",
    "TwopopError",
    "Variant",
    "Version",
    "Wanted",
    "Whole",
    "Work",
    "__version__",
    "fail",
    "forms",
    "hookimpl",
    "info",
    "read_spec",
    "read_specs",
    "warn",
]

__version__ = "0.1.0"
