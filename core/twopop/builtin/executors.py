"""Where work runs without anything else installed: on this machine."""

from twopop import ExecutorEntry, Settings, hookimpl
from twopop.executors.local import Local
from twopop.settings import RunTable


@hookimpl
def executors(settings: Settings) -> list[ExecutorEntry]:
    """The local executor with ``[run] workers`` and ``memory_mb``."""
    run = settings[RunTable]
    return [ExecutorEntry("local", "this machine", lambda: Local(run.workers, run.memory_mb))]
