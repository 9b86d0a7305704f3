"""JSON-RPC messages are read strictly, whatever comes, and errors keep their words on the way."""

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import Cancelled, EditorError, InputError, StudioError, TwopopError
from twopop.service import rpc
from twopop.service.rpc import BadMessage, BusyError, Code, LostError, Note, Refusal, Reply, Request, TooLongError

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
IDS = st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=200)
MESSAGES = (
    st.builds(Request, IDS, st.text(min_size=1, max_size=200), st.dictionaries(st.text(), PLAIN, max_size=3))
    | st.builds(Note, st.text(min_size=1, max_size=200), st.dictionaries(st.text(), PLAIN, max_size=3))
    | st.builds(Reply, IDS, PLAIN)
)


@given(MESSAGES)
def test_what_is_written_is_read_again_and_stays_on_one_line(message: rpc.Message) -> None:
    line = rpc.write(message)
    assert b"\n" not in line
    assert rpc.read(line) == rpc.read(line.decode()) == message


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_comes_is_a_message_or_refused(noise: bytes) -> None:
    with pytest.raises(BadMessage):
        rpc.read(noise)


@given(PLAIN)
def test_any_json_is_a_message_or_refused(value: Any) -> None:
    head = {"jsonrpc": "2.0", "id": 1}
    for raw in (
        value,
        [value],
        head | {"method": value},
        head | {"params": value, "method": "x"},
        head | {"error": value},
    ):
        with contextlib.suppress(BadMessage):
            assert isinstance(rpc.read(json.dumps(raw)), Request | Note | Reply | Refusal)


HEAD = '{"jsonrpc": "2.0", "id": 7, '


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", Code.NOT_JSON, "not JSON"),
        ("{", Code.NOT_JSON, "not JSON"),
        (b'{"jsonrpc": "\xff"}', Code.NOT_JSON, "UTF-8"),
        ("[" * 100_000, Code.NOT_JSON, "deep"),
        ('{"a":' * 100_000, Code.NOT_JSON, "deep"),
        (HEAD + '"method": "x", "params": {"a": ' + "[" * 70 + "]" * 70 + "}}", Code.NOT_JSON, "deep"),
        (HEAD + '"method": "x", "params": {"a": NaN}}', Code.NOT_JSON, "NaN"),
        (HEAD + '"method": "x", "params": {"a": -Infinity}}', Code.NOT_JSON, "Infinity"),
        (HEAD + '"method": "x", "params": {"a": 1e999}}', Code.NOT_JSON, "too large"),
        (HEAD + '"method": "x", "params": {"a": ' + "9" * 5000 + "}}", Code.NOT_JSON, "too large"),
        (HEAD + '"method": "x", "params": {"a": 1, "a": 2}}', Code.NOT_JSON, "'a' stands twice"),
        (HEAD + '"method": "x", "method": "y"}', Code.NOT_JSON, "'method' stands twice"),
        (HEAD + r'"method": "x", "params": {"a": "\ud800"}}', Code.NOT_JSON, "half a character"),
        ("[]", Code.NO_REQUEST, "Batches"),
        ('[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', Code.NO_REQUEST, "Batches"),
        ("3", Code.NO_REQUEST, "2.0"),
        ('{"id": 1, "method": "ping"}', Code.NO_REQUEST, "2.0"),
        ('{"jsonrpc": "1.0", "id": 1, "method": "ping"}', Code.NO_REQUEST, "2.0"),
        (HEAD + '"method": 3}', Code.NO_REQUEST, "name"),
        (HEAD + '"method": ""}', Code.NO_REQUEST, "name"),
        (HEAD + '"method": "x", "token": "y"}', Code.NO_REQUEST, "'token'"),
        (HEAD + '"method": "x", "params": [1]}', Code.BAD_PARAMS, "by name"),
        ('{"jsonrpc": "2.0", "id": 1.5, "method": "x"}', Code.NO_REQUEST, "id"),
        ('{"jsonrpc": "2.0", "id": true, "method": "x"}', Code.NO_REQUEST, "id"),
        ('{"jsonrpc": "2.0", "id": null, "method": "x"}', Code.NO_REQUEST, "id"),
        ('{"jsonrpc": "2.0", "id": 9007199254740993, "method": "x"}', Code.NO_REQUEST, "id"),
        (HEAD + '"result": 1, "error": {"code": 1, "message": ""}}', Code.NO_REQUEST, "either"),
        ('{"jsonrpc": "2.0", "result": 1}', Code.NO_REQUEST, "id"),
        (HEAD + '"error": "no"}', Code.NO_REQUEST, "error"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str | bytes) else None,
)
def test_what_is_wrong_is_told(text: str | bytes, code: Code, words: str) -> None:
    with pytest.raises(BadMessage, match=words) as caught:
        rpc.read(text)
    assert caught.value.code == code


def test_a_refusal_of_someone_else_needs_no_details_of_ours() -> None:
    told = rpc.read('{"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "no", "data": [1, 2]}}')
    assert isinstance(told, Refusal)
    assert str(rpc.error_of(told.problem)) == "no"
    assert isinstance(rpc.error_of(told.problem), StudioError)


@pytest.mark.parametrize("kind", [EditorError, InputError, Cancelled, StudioError, LostError, TooLongError, BusyError])
def test_an_error_keeps_its_kind_and_its_words(kind: type[TwopopError]) -> None:
    error = kind("It broke.", where="01:00:00:00", remedy="Mend it.")
    sent = rpc.read(rpc.write(Refusal(3, rpc.problem_of(error))))
    assert isinstance(sent, Refusal)
    back = rpc.error_of(sent.problem)
    assert type(back) is kind
    assert (back.what, back.where, back.remedy) == (error.what, error.where, error.remedy)
    assert sent.problem.message == str(error)


def test_a_long_report_travels_with_its_end() -> None:
    problem = rpc.problem_of(StudioError("x", report="a" * 100_000 + "the cause"))
    assert problem.data is not None
    assert len(problem.data.report) == rpc.LONGEST_REPORT
    assert problem.data.report.endswith("the cause")


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    project: str
    frame: int = 0


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "project"),
        ({"project": 3}, "project"),
        ({"project": "a", "frame": "b"}, "frame"),
        ({"project": "a", "frmae": 1}, "Did you mean 'frame'"),
    ],
)
def test_wrong_params_name_the_field(params: dict[str, Any], words: str) -> None:
    with pytest.raises(BadMessage, match=words) as caught:
        rpc.params_of(Wanted, Request(1, "show", params))
    assert caught.value.code == Code.BAD_PARAMS
    assert caught.value.id == 1
