"""The built-in ways to read a cut, and choosing among ways by the file's suffix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twopop.errors import InputError
from twopop.timeline.aaf import read_aaf
from twopop.timeline.edl import read_edl
from twopop.timeline.fcp7 import read_fcp7_xml
from twopop.timeline.fcpxml import read_fcpxml
from twopop.timeline.otio_files import read_otio
from twopop.timeline.reading import Reading, ReadOptions, TimelineReader

__all__ = ["built_in_readers", "read_aaf", "read_edl", "read_fcp7_xml", "read_fcpxml", "read_otio", "read_timeline"]


def built_in_readers() -> list[TimelineReader]:
    """The readers that twopop brings along."""
    return [
        TimelineReader("OpenTimelineIO", (".otio", ".otioz", ".otiod"), read_otio),
        TimelineReader("CMX 3600 EDL", (".edl",), read_edl),
        TimelineReader("Final Cut Pro 7 XML", (".xml",), read_fcp7_xml),
        TimelineReader("FCPXML", (".fcpxml", ".fcpxmld"), read_fcpxml),
        TimelineReader("AAF", (".aaf",), read_aaf),
    ]


def read_timeline(path: Path, options: ReadOptions, readers: Sequence[TimelineReader]) -> Reading:
    """Read the cut at *path* by the first of *readers* that takes its suffix.

    Raises InputError for a file that is missing, of no known kind, or not what its suffix says.
    """
    suffix = path.suffix.lower()
    reader = next((each for each in readers if suffix in each.suffixes), None)
    if reader is None:
        known = ", ".join(sorted({each for reader in readers for each in reader.suffixes}))
        kind = f"{suffix} files" if suffix else "files without a suffix"
        raise InputError(f"No reader takes {kind} as timelines.", where=str(path), remedy=f"Read are: {known}.")
    if not path.exists():
        raise InputError("There is no such file.", where=str(path), remedy="Check the path.")
    return reader.read(path, options)
