"""The two families of errors: those an editor can mend, and those a technical director must.

::

    TwopopError
    ├── EditorError      mend the order, the media, the rights        exit status 1
    │   ├── InputError   the file or the words cannot be read at all  exit status 2
    │   └── Cancelled    somebody stopped the work
    └── StudioError      mend the plugin, the settings, the machine   exit status 3
        └── PluginError  one plugin is at fault; it is named
"""

from __future__ import annotations

from typing import ClassVar


class TwopopError(Exception):
    """Something a person has to mend: *what* happened, *where*, and the *remedy*.

    All three are sentences for people; none ends in a stack of code.
    """

    exit_status: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{advice}"


class EditorError(TwopopError):
    """The order, the timeline, the media or the rights stand in the way; an editor can mend that."""


class InputError(EditorError):
    """What was given cannot be read: a wrong path, a damaged file, an unknown word."""

    exit_status = 2


class Cancelled(EditorError):  # noqa: N818 - nobody made an error
    """The work was stopped on request; what was finished before is kept."""


class StudioError(TwopopError):
    """A plugin, the settings or the machine failed; *report* is the text to send to the technical director."""

    exit_status = 3

    def __init__(self, what: str, *, where: str = "", remedy: str = "", report: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.report = report


class PluginError(StudioError):
    """A plugin could not be loaded, or failed in a hook whose answer cannot be done without."""
