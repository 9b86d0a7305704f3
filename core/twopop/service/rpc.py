"""JSON-RPC 2.0: messages to text and back, strictly, and errors that keep their words on the way.

A message is a request, a note (a request that wants no answer), a reply or a refusal. Parameters travel by name, and
there are no batches. https://www.jsonrpc.org/specification, 2013-01-04.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal, NoReturn, TypeVar

import msgspec

from twopop import schema
from twopop.errors import Cancelled, EditorError, InputError, StudioError, TwopopError

T = TypeVar("T")

Id = int | str

#: How deep a message may be nested, how long an id or a name in it may be, how much of a report travels (letters).
DEEPEST, LONGEST_NAME, LONGEST_REPORT = 64, 200, 20_000


class Code(IntEnum):
    """What a refusal's number says: the five of JSON-RPC (clause 5.1), and twopop's own."""

    NOT_JSON = -32700
    NO_REQUEST = -32600
    NO_METHOD = -32601
    BAD_PARAMS = -32602
    FAULT = -32603
    EDITOR = -32000  # mend the order, the media, the rights
    INPUT = -32001  # what was given cannot be read
    CANCELLED = -32002  # somebody stopped it
    STUDIO = -32003  # mend the plugin, the settings, the machine
    LOST = -32010  # the host, or the process that spoke to it, went away
    TOO_LONG = -32011  # no answer in time
    BUSY = -32012  # too much at once: try again later
    NOT_PAIRED = -32013  # no such code; a wrong token closes the connection instead


class LostError(StudioError):
    """A host, or the process that works for it, went away in the middle of a call."""


class TooLongError(StudioError):
    """A call was ended because no answer came in time."""


class NotPairedError(EditorError):
    """A code to pair with is wrong, used up or not there."""


class BusyError(EditorError):
    """Too much is asked at once."""


Family = Literal["editor", "input", "cancelled", "studio"]


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """An error as a person wants it: *what*, *where*, the *remedy*, who can mend it, and the *report* to send along."""

    what: str
    where: str = ""
    remedy: str = ""
    family: Family = "studio"
    report: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The ``error`` of a refusal: its *code*, all of it as one *message*, and its *data*."""

    code: int
    message: str
    data: Details | None = None


@dataclass(frozen=True)
class Request:
    """A call of *method*; its answer has the same *id*."""

    id: Id
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Note:
    """Something told; no answer is expected."""

    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """The *result* of the request with this *id*."""

    id: Id
    result: Any


@dataclass(frozen=True)
class Refusal:
    """Why the request with this *id* was not done; None when it could not even be read."""

    id: Id | None
    problem: Problem


Message = Request | Note | Reply | Refusal


class BadMessage(Exception):  # noqa: N818 - it is a message
    """What came is no message: a *code* and words; *id* is that of the request, as far as it could be read."""

    def __init__(self, code: Code, what: str, id: Id | None = None) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.id = id

    def refusal(self) -> Refusal:
        """The answer to it."""
        return Refusal(self.id, Problem(code=self.code, message=self.what, data=Details(what=self.what)))


# -- reading -----------------------------------------------------------------------------------------------------------


def read(text: str | bytes) -> Message:
    """The message in *text*; raises BadMessage and nothing else, whatever it holds."""
    raw = _parse(text)
    if isinstance(raw, list):
        raise BadMessage(Code.NO_REQUEST, "Batches are not taken: send one message at a time.")
    if not isinstance(raw, dict) or raw.get("jsonrpc") != "2.0":
        raise BadMessage(Code.NO_REQUEST, 'This is no message of JSON-RPC 2.0 ("jsonrpc": "2.0" is missing).')
    id = _id(raw)
    wanted = {"jsonrpc", "method", "params", "id"} if "method" in raw else {"jsonrpc", "id", "result", "error"}
    strange = sorted(set(raw) - wanted)
    if strange:
        raise BadMessage(Code.NO_REQUEST, f"A message has no member {_short(strange[0])}.", id)
    return _asked(raw, id) if "method" in raw else _answered(raw, id)


def _asked(raw: dict[str, Any], id: Id | None) -> Request | Note:
    method, params = raw["method"], raw.get("params", {})
    if not isinstance(method, str) or not 0 < len(method) <= LONGEST_NAME:
        raise BadMessage(Code.NO_REQUEST, "The method should be a name.", id)
    if not isinstance(params, dict):
        raise BadMessage(Code.BAD_PARAMS, "Parameters travel by name, as an object.", id)
    if id is None:
        return Note(method, params)
    return Request(id, method, params)


def _answered(raw: dict[str, Any], id: Id | None) -> Reply | Refusal:
    if ("result" in raw) == ("error" in raw) or "id" not in raw:
        raise BadMessage(Code.NO_REQUEST, "An answer has an id, and either a result or an error.", id)
    if "result" in raw and id is not None:
        return Reply(id, raw["result"])
    return Refusal(id, _problem(raw.get("error"), id))


def _problem(raw: Any, id: Id | None) -> Problem:
    """The error in an answer; what others put into its data is left out."""
    try:
        return schema.from_builtins(raw, Problem, where="error")
    except InputError:
        if isinstance(raw, dict) and "data" in raw:
            return _problem({key: value for key, value in raw.items() if key != "data"}, id)
        raise BadMessage(Code.NO_REQUEST, "This is no error of JSON-RPC.", id) from None


def _id(raw: dict[str, Any]) -> Id | None:
    if "id" not in raw:
        return None
    id = raw["id"]
    if isinstance(id, int) and not isinstance(id, bool) and abs(id) < 2**53:
        return id
    if isinstance(id, str) and len(id) <= LONGEST_NAME:
        return id
    if id is None and "method" not in raw:
        return None
    raise BadMessage(Code.NO_REQUEST, "An id is a whole number or a short text.")


def _parse(text: str | bytes) -> Any:
    try:
        raw = json.loads(
            text.decode("utf-8") if isinstance(text, bytes) else text,
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_whole,
        )
    except BadMessage:
        raise
    except RecursionError:
        raise BadMessage(Code.NOT_JSON, "This is nested too deeply.") from None
    except UnicodeDecodeError:
        raise BadMessage(Code.NOT_JSON, "This is not JSON: it is not UTF-8 text.") from None
    except ValueError as error:
        raise BadMessage(Code.NOT_JSON, f"This is not JSON: {error}.") from None
    _check(raw)
    return raw


def _check(raw: Any) -> None:
    """Refuse what the parser lets through: deep nesting, and half characters, which no file could hold."""
    level = [raw]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and not _whole_text(value):
                raise BadMessage(Code.NOT_JSON, "A text holds half a character (an unpaired surrogate).")
        level = below
        if not level:
            return
    raise BadMessage(Code.NOT_JSON, f"This is nested too deeply: at most {DEEPEST} levels.")


def _whole_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise BadMessage(Code.NOT_JSON, f"The key {_short(name)} stands twice in one object.")
        made[name] = value
    return made


def _no_number(word: str) -> NoReturn:
    raise BadMessage(Code.NOT_JSON, f"{word} is no number of JSON.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadMessage(Code.NOT_JSON, f"The number {_short(text)} is too large.")
    return value


def _whole(text: str) -> int:
    if len(text) > 20:  # nothing is counted in more than 64 bits
        raise BadMessage(Code.NOT_JSON, f"The number {_short(text)} is too large.")
    return int(text)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


# -- writing -----------------------------------------------------------------------------------------------------------


def write(message: Message) -> bytes:
    """*message* as one line of JSON, without a line break in or behind it."""
    head: dict[str, Any] = {"jsonrpc": "2.0"}
    body: dict[str, Any]
    if isinstance(message, Request | Note):
        body = {"method": message.method, "params": message.params}
    elif isinstance(message, Reply):
        body = {"result": message.result}
    else:
        body = {"error": message.problem}
    id = {} if isinstance(message, Note) else {"id": message.id}
    return schema.to_json(head | id | body, indent=0).rstrip(b"\n")


# -- errors ------------------------------------------------------------------------------------------------------------

_CODES: tuple[tuple[type[TwopopError], Code, Family], ...] = (  # the narrowest first
    (LostError, Code.LOST, "studio"),
    (TooLongError, Code.TOO_LONG, "studio"),
    (BusyError, Code.BUSY, "editor"),
    (NotPairedError, Code.NOT_PAIRED, "editor"),
    (Cancelled, Code.CANCELLED, "cancelled"),
    (InputError, Code.INPUT, "input"),
    (EditorError, Code.EDITOR, "editor"),
    (StudioError, Code.STUDIO, "studio"),
)


def problem_of(error: TwopopError) -> Problem:
    """*error* in a form that travels."""
    code, family = next(
        ((code, name) for kind, code, name in _CODES if isinstance(error, kind)), (Code.STUDIO, "studio")
    )
    report = error.report[-LONGEST_REPORT:] if isinstance(error, StudioError) else ""
    details = Details(what=error.what, where=error.where, remedy=error.remedy, family=family, report=report)
    return Problem(code=code, message=str(error), data=details)


def error_of(problem: Problem) -> TwopopError:
    """The error that *problem* tells of; what others call a fault of theirs is a StudioError."""
    kind = next((kind for kind, code, _ in _CODES if code == problem.code), StudioError)
    told = problem.data or Details(what=problem.message)
    if issubclass(kind, StudioError):
        return kind(told.what, where=told.where, remedy=told.remedy, report=told.report)
    return kind(told.what, where=told.where, remedy=told.remedy)


def params_of(kind: type[T], request: Request) -> T:
    """The parameters of *request* as a *kind*; raises BadMessage that names the field."""
    try:
        return schema.from_builtins(request.params, kind, where=request.method)
    except InputError as error:
        raise BadMessage(Code.BAD_PARAMS, str(error), request.id) from None
