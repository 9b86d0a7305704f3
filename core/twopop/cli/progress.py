"""How a run is watched and stopped: a live display on a terminal, plain lines elsewhere; Ctrl-C ends it cleanly."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

from twopop.cli.screen import margin, words
from twopop.delivery.pace import Progress as Step

_STOPPING = "Stopping: what is rendered is kept, and the next run goes on from there."


@contextlib.contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C, SIGTERM and a closed terminal set, however often, instead of ending the program."""
    cancel = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        cancel.set()  # and nothing else: a handler that prints can meet a print half done

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    before = {}
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        with contextlib.suppress(ValueError):  # only the main thread may
            before[number] = signal.signal(number, stop)
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def watched(cancel: threading.Event) -> Iterator[Callable[[Step], None]]:
    """Give what is told of each step of a run, and show it on stderr as long as the block lasts."""
    console = margin()
    if console.is_terminal and not console.is_dumb_terminal:
        with _Display(console, cancel) as display:
            yield display.tell
    else:
        yield _Lines(console, cancel).tell


@contextlib.contextmanager
def busy(what: str) -> Iterator[Callable[[str], None]]:
    """Show *what* is going on while the block lasts, on a terminal alone; give what changes the words."""
    console = margin()
    if not console.is_terminal or console.is_dumb_terminal:
        yield lambda _: None
        return
    with console.status(words(what)) as status:
        yield lambda said: status.update(words(said))


class _Display(Progress):
    """Two bars, frames and files, and below them the last file that was finished."""

    def __init__(self, console: Console, cancel: threading.Event) -> None:
        columns: tuple[ProgressColumn, ...] = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._said = ""
        self._cancel = cancel
        super().__init__(*columns, console=console, transient=True, refresh_per_second=8)
        self._frames = self.add_task("Frames", total=None)
        self._files = self.add_task("Files", total=None)

    def tell(self, step: Step) -> None:
        self._said = " · ".join(filter(None, (step.said, _left(step), _failed(step))))
        self.update(self._frames, completed=step.frames, total=step.frames_total, visible=step.frames_total > 0)
        self.update(self._files, completed=step.finished, total=step.total)

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bars, and one line of words."""
        yield from super().get_renderables()
        yield words(_STOPPING, "yellow") if self._cancel.is_set() else words(self._said, "dim")


class _Lines:
    """One line for each file that is finished, for logs."""

    def __init__(self, console: Console, cancel: threading.Event) -> None:
        self._console = console
        self._cancel = cancel
        self._finished = 0
        self._stopping = False

    def tell(self, step: Step) -> None:
        if step.finished > self._finished:
            self._finished = step.finished
            said = ", ".join(filter(None, (_left(step), _failed(step))))
            self._console.print(words(f"{step.finished} of {step.total}  {step.said}{f'  ({said})' if said else ''}"))
        if self._cancel.is_set() and not self._stopping:
            self._stopping = True
            self._console.print(words(_STOPPING))


def _left(step: Step) -> str:
    """How long it will still take, as finely as that can be known."""
    if step.seconds_left is None or step.finished == step.total:
        return ""
    seconds = round(step.seconds_left)
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds, -1)} s left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {minutes / 60:.1f} h left"


def _failed(step: Step) -> str:
    return f"{step.failed} failed" if step.failed else ""
