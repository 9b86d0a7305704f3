"""Timeline readers: OTIO, EDL, Final Cut and Premiere XML, FCPXML and AAF."""

from twopop import TimelineReader, hookimpl


@hookimpl
def timeline_readers() -> list[TimelineReader]:
    """The formats that twopop reads by itself."""
    from twopop.timeline.readers import built_in_readers

    return built_in_readers()
