"""Writing down what a host was asked and what it answered, and answering so again without the host.

A transcript is a file of JSON lines: a head, then one line for each call, and one for each look at a file. The folder
of the bench stands in it as ``{bench}``. What was seen of renders is kept, not the renders.

A replay proves that the contract, as it stands now, accepts what that host answered then and what its files showed
then, and that those answers can still be read. It proves nothing of the application as it is today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import IO, Any, Literal, Self

import msgspec

from twopop import files, schema
from twopop.errors import Cancelled, EditorError, InputError, StudioError, TwopopError
from twopop.hosts.calls import CalledHost, perform
from twopop.hosts.contract.bench import Connect, Eyes, OnDisk
from twopop.hosts.contract.looking import Look
from twopop.hosts.contract.model import NotHere, Report
from twopop.hosts.contract.suite import run
from twopop.hosts.model import Place
from twopop.hosts.protocol import Host
from twopop.time import Rate

SCHEMA = "twopop.host-transcript/1"

_KINDS: tuple[type[TwopopError], ...] = (Cancelled, InputError, EditorError, StudioError)


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    host: str


class _Raised(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: str
    what: str
    where: str = ""
    remedy: str = ""


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done for a *clause*: *did* says what, *of* to which connection or file.

    A call has its *name* and its *values*; *told* is the progress meanwhile. It *gave* a value or *raised* an error.
    """

    clause: str
    did: Literal["begin", "connect", "call", "close", "look", "listing"]
    of: str = ""
    name: str = ""
    values: Any = None
    told: tuple[tuple[int, int], ...] = ()
    gave: Any = None
    raised: _Raised | None = None

    @property
    def asked(self) -> str:
        """What was asked, without what came of it; equal questions have equal texts."""
        return schema.fingerprint((self.did, self.of, self.name, self.values))

    def __str__(self) -> str:
        return " ".join(part for part in (self.did, self.name, f"({self.of})") if part)


# -- recording ---------------------------------------------------------------------------------------------------------


class Recording:
    """A transcript that is being written to *out*, of a bench in *folder*; it looks at files with *eyes*."""

    def __init__(self, out: IO[bytes], host: str, folder: Path, eyes: Eyes | None = None) -> None:
        self._out, self._folder, self._eyes = out, folder.absolute(), eyes or OnDisk()
        self._clause = ""
        self._write(_Head(schema=SCHEMA, host=host))

    @classmethod
    @contextmanager
    def to(cls, file: Path, host: str, folder: Path) -> Iterator[Self]:
        """A recording to *file*, which gets its name when the block ends well. Raises EditorError."""
        with files.written_whole(file) as scratch, scratch.open("wb") as out:
            yield cls(out, host, folder)

    def connecting(self, connect: Connect) -> Connect:
        """*connect*, with what it connects to written down."""

        def connected(place: Place) -> Host:
            of = _place(place, self._folder)
            line = _Line(clause=self._clause, did="connect", of=of)
            try:
                return Recorder(connect(place), self, of)
            except TwopopError as error:
                self.add(line, raised=error)
                raise

        return connected

    def begin(self, clause: str) -> None:
        """What follows belongs to *clause*."""
        self._eyes.begin(clause)
        self._clause = clause
        self.add(self.line("begin"))

    def look(self, file: Path, rate: Rate) -> Look | None:
        """The Look of *file*, written down."""
        line = self.line("look", file.relative_to(self._folder).as_posix(), values={"rate": rate})
        with self._told(line):
            seen = self._eyes.look(file, rate)
        self.add(line, gave=seen)
        return seen

    def listing(self, folder: Path) -> tuple[str, ...]:
        """The paths below *folder*, written down."""
        paths = self._eyes.listing(folder)
        self.add(self.line("listing", folder.relative_to(self._folder).as_posix()), gave=paths)
        return paths

    def line(self, did: Any, of: str = "", *, name: str = "", values: Any = None) -> _Line:
        """A line for what is done now."""
        return _Line(clause=self._clause, did=did, of=of, name=name, values=schema.to_builtins(values))

    def add(
        self,
        line: _Line,
        *,
        gave: Any = None,
        raised: TwopopError | None = None,
        told: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """Write *line* down with what came of it."""
        self._write(msgspec.structs.replace(line, gave=schema.to_builtins(gave), raised=_raised(raised), told=told))

    @contextmanager
    def _told(self, line: _Line) -> Iterator[None]:
        try:
            yield
        except TwopopError as error:
            self.add(line, raised=error)
            raise

    def _write(self, value: Any) -> None:
        self._out.write(schema.to_json(_portable(schema.to_builtins(value), self._folder), indent=0))
        self._out.flush()


class Recorder(CalledHost):
    """A *host* whose every call is written down in *recording*, as one of the connection *of*."""

    def __init__(self, host: Host, recording: Recording, of: str) -> None:
        self._host, self._recording, self._of = host, recording, of

    def close(self) -> None:
        """Leave the host."""
        self._host.close()
        self._recording.add(self._recording.line("close", self._of))

    def _ask(self, name: str, values: dict[str, Any], progress: Callable[[int, int], None], cancel: Event) -> Any:
        line = self._recording.line("call", self._of, name=name, values=values)
        told: list[tuple[int, int]] = []

        def heard(done: int, total: int) -> None:
            told.append((done, total))
            progress(done, total)

        try:
            gave = perform(self._host, name, values, progress=heard, cancel=cancel)
        except TwopopError as error:
            self._recording.add(line, raised=error, told=tuple(told))
            raise
        self._recording.add(line, gave=gave, told=tuple(told))
        return gave


# -- replaying ---------------------------------------------------------------------------------------------------------


class Transcript:
    """The transcript in *file*, to be replayed for a bench in *folder*. Raises InputError for a file that is none.

    *host* is the name of the host that answered. What is asked otherwise than it was then raises StudioError.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        self._file, self._folder = file, folder.absolute()
        head, *lines = _lines(file)
        schema.check_schema(head, SCHEMA, where=str(file))
        self.host = schema.from_builtins(head, _Head, where=str(file)).host
        self._lines = [
            schema.from_builtins(_here(line, self._folder), _Line, where=f"{file}, line {number}")
            for number, line in enumerate(lines, 2)
        ]
        self._rest = iter([line for line in self._lines if not line.clause])
        self._clause = ""

    def connect(self, place: Place) -> Host:
        """The host as it answered then."""
        of = _place(place, self._folder)
        failed = next(
            (each for each in self._lines if (each.clause, each.did, each.of) == (self._clause, "connect", of)), None
        )
        if failed is not None and failed.raised is not None:
            raise _error(failed.raised)
        return Replayed(self, of)

    def begin(self, clause: str) -> None:
        """Go on with what was written down for *clause*; raises NotHere where nothing was."""
        lines = [line for line in self._lines if line.clause == clause]
        if not lines and clause:
            raise NotHere("The transcript knows nothing of this clause: it was recorded before, or without it.")
        self._clause, self._rest = clause, iter([line for line in lines if line.did not in ("begin", "connect")])

    def look(self, file: Path, rate: Rate) -> Look | None:
        """What was seen of *file* then."""
        asked = _Line(
            clause="",
            did="look",
            of=file.relative_to(self._folder).as_posix(),
            values=schema.to_builtins({"rate": rate}),
        )
        line = self.next(asked)
        if line.raised is not None:
            raise _error(line.raised)
        return None if line.gave is None else schema.from_builtins(line.gave, Look, where=str(self._file))

    def listing(self, folder: Path) -> tuple[str, ...]:
        """What lay below *folder* then."""
        return tuple(self.next(_Line(clause="", did="listing", of=folder.relative_to(self._folder).as_posix())).gave)

    def next(self, asked: _Line) -> _Line:
        """The line that answers *asked*; raises StudioError where something else was asked then."""
        line = next(self._rest, None)
        if line is None or line.asked != asked.asked:
            then = f"here it was: {line}" if line is not None else "nothing more was asked here"
            raise StudioError(
                f"The transcript has no answer to {asked}; {then}.",
                where=f"{self._file}, {self._clause}",
                remedy="Record it anew: twopop hosts check NAME --record FILE.",
            )
        return line


class Replayed(CalledHost):
    """A host that answers from a *transcript*, as the connection *of* did; it fails in words when asked otherwise."""

    def __init__(self, transcript: Transcript, of: str) -> None:
        self._transcript, self._of = transcript, of

    def close(self) -> None:
        """Leave it."""
        self._transcript.next(_Line(clause="", did="close", of=self._of))

    def _ask(self, name: str, values: dict[str, Any], progress: Callable[[int, int], None], cancel: Event) -> Any:
        line = self._transcript.next(_Line(clause="", did="call", of=self._of, name=name, values=values))
        for done, total in line.told:
            progress(done, total)
        if line.raised is not None:
            raise _error(line.raised)
        return line.gave


def replay(file: Path, folder: Path) -> Report:
    """What comes of the contract with the answers in *file*, in *folder* (empty). Raises InputError."""
    transcript = Transcript(file, folder)
    return run(transcript.host, transcript.connect, folder, eyes=transcript)


# -- lines -------------------------------------------------------------------------------------------------------------


def _lines(file: Path) -> list[Any]:
    try:
        texts = file.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"The transcript cannot be read ({error.strerror}).", where=str(file)) from None
    if not texts:
        raise InputError("The transcript is empty.", where=str(file))
    return [schema.from_json(text, Any, where=f"{file}, line {number}") for number, text in enumerate(texts, 1)]


def _place(place: Place, folder: Path) -> str:
    return place.folder.relative_to(folder).as_posix() + (", scratch" if place.scratch else "")


def _raised(error: TwopopError | None) -> _Raised | None:
    if error is None:
        return None
    kind = next(kind for kind in (*_KINDS, TwopopError) if isinstance(error, kind))
    return _Raised(kind=kind.__name__, what=error.what, where=error.where, remedy=error.remedy)


def _error(raised: _Raised) -> TwopopError:
    kind = next((kind for kind in _KINDS if kind.__name__ == raised.kind), StudioError)
    return kind(raised.what, where=raised.where, remedy=raised.remedy)


def _portable(value: Any, folder: Path) -> Any:
    """*value* with *folder* written as ``{bench}``, in URLs as ``{bench-url}``."""
    pairs = ((folder.as_uri(), "{bench-url}"), (folder.as_posix(), "{bench}"), (str(folder), "{bench}"))
    return _replaced(value, pairs)


def _here(value: Any, folder: Path) -> Any:
    return _replaced(value, (("{bench-url}", folder.as_uri()), ("{bench}", folder.as_posix())))


def _replaced(value: Any, pairs: tuple[tuple[str, str], ...]) -> Any:
    if isinstance(value, str):
        for old, new in pairs:
            value = value.replace(old, new)
        return value
    if isinstance(value, dict):
        return {_replaced(key, pairs): _replaced(each, pairs) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each, pairs) for each in value]
    return value
