import json
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop import schema
from twopop.delivery.order import Order
from twopop.errors import InputError
from twopop.time import Rate
from twopop.timeline.program import Event, Kind, Marker, Program, Source

ORDER = {
    "schema": "twopop.order/1",
    "project": {"client": "Acme", "title": "Harbour"},
    "timeline": {"file": "a.otio"},
    "matrix": [{"durations": ["full"], "aspects": ["16:9"], "specs": ["x"]}],
}

times = st.fractions(min_value=0, max_value=10**5)
sources = st.builds(Source, name=st.text(), path=st.text(), rate=st.sampled_from([None, Rate(25), Rate(24000, 1001)]))
events = st.builds(
    Event, start=st.integers(0, 99), stop=st.integers(100, 200), name=st.text(), kind=st.sampled_from(Kind),
    source=st.none() | sources, source_in=times, speed=st.fractions(-4, 4),
)  # fmt: skip
programs = st.builds(
    Program, name=st.text(), rate=st.just(Rate(24000, 1001)), frames=st.integers(0, 200),
    events=st.lists(events, max_size=3).map(tuple),
    markers=st.lists(st.builds(Marker, frame=st.integers(0, 9), name=st.text()), max_size=2).map(tuple),
)  # fmt: skip


@given(programs)
def test_a_program_survives_json(program):
    assert schema.from_json(schema.to_json(program), Program, where="test") == program


@given(programs)
def test_the_fingerprint_is_of_the_content(program):
    assert schema.fingerprint(program) == schema.fingerprint(msgspec.structs.replace(program))
    assert schema.fingerprint(program) != schema.fingerprint(
        msgspec.structs.replace(program, frames=program.frames + 1)
    )


def test_exact_numbers_travel_as_text():
    event = Event(start=0, stop=1, name="a", source_in=Fraction(1, 3))
    assert json.loads(schema.to_json(event))["source_in"] == "1/3"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"projekt": {}}, "Did you mean 'project'"),
        ({"project": {"client": "A", "titel": "B", "title": "C"}}, "'titel' at project. Did you mean 'title'"),
        ({"matrix": [{"duration": ["full"], "aspects": [], "specs": []}]}, "at matrix[0]. Did you mean 'durations'"),
        ({"cutdowns": {"30s": {"kep": []}}}, "Did you mean 'keep'"),
        ({"timeline": {"file": 3}}, "at timeline.file"),
        ({"reframe": {"fit": "squash"}}, "at reframe.fit"),
    ],
)
def test_a_wrong_key_is_named_with_the_nearest_right_one(change, words):
    with pytest.raises(InputError) as caught:
        schema.from_builtins(ORDER | change, Order, where="order.toml")
    assert words in str(caught.value)
    assert str(caught.value).startswith("order.toml: ")


@pytest.mark.parametrize(
    ("found", "words"),
    [({"schema": "twopop.order/2"}, "newer"), ({"schema": "twopop.order/0"}, "older"), ({}, "says nothing"),
     ({"schema": "twopop.plan/1"}, "twopop.plan/1"), ([], "says nothing")],
)  # fmt: skip
def test_another_schema_number_is_refused_in_words(found, words):
    with pytest.raises(InputError, match=words):
        schema.check_schema(found, "twopop.order/1", where="order.toml")


@pytest.mark.parametrize("text", [b"{", b"\xff\xfe", b"", b"[1,]"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InputError, match="not JSON"):
        schema.from_json(text, Order, where="x.json")


def test_what_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "order.toml"
    for content in (b"[project\n", b"\xff\xfe\x00", b"a = 1\na = 2\n"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not TOML"):
            schema.read_toml(path)
    with pytest.raises(InputError, match="no such file"):
        schema.read_toml(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read"):
        schema.read_toml(tmp_path)
