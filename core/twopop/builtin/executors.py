"""Where work runs without anything else installed: on this machine."""

from twopop import ExecutorEntry, Settings, hookimpl
from twopop.executors.local import Local
from twopop.settings import RunTable


@hookimpl
def executors(settings: Settings) -> list[ExecutorEntry]:
    """The local executor with ``[run] workers``."""
    workers = settings[RunTable].workers
    return [ExecutorEntry("local", "this machine", lambda: Local(workers))]
