import json

import pytest

from twopop.delivery.order import parse_order, read_order
from twopop.errors import InputError

TOML = """
schema = "twopop.order/1"

[project]
client = "Acme"
title = "Harbour"
fields = { campaign = "spring" }

[timeline]
file = "spot.otio"
media = ["media"]

[[matrix]]
durations = ["full", "30s"]
aspects = ["16:9"]
specs = ["social-h264"]

[[deliverable]]
duration = "full"
aspect = "1:1"
spec = "review-h264"

[cutdowns."30s"]
keep = [["01:00:00:00", "01:00:10:12"]]
"""


def write(tmp_path, text, name="order.toml"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_an_order_is_read(tmp_path):
    order = read_order(write(tmp_path, TOML))
    assert order.project.fields == {"campaign": "spring"}
    assert order.matrix[0].durations == ("full", "30s")
    assert order.deliverable[0].spec == "review-h264"
    assert order.cutdowns["30s"].keep == (("01:00:00:00", "01:00:10:12"),)


def test_a_byte_order_mark_does_not_hurt(tmp_path):
    path = tmp_path / "order.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TOML.encode())
    assert read_order(path).project.client == "Acme"


def test_a_panel_sends_the_same_as_json(tmp_path):
    import tomllib

    path = write(tmp_path, json.dumps(tomllib.loads(TOML)), "order.json")
    assert read_order(path) == read_order(write(tmp_path, TOML))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("twopop.order/1", "twopop.order/2", "newer than this twopop knows"),
        ("twopop.order/1", "twopop.order/0", "older than this twopop reads"),
        ("twopop.order/1", "order", "should be"),
        ("[project]", "[projcet]", "Did you mean 'project'"),
        ('aspects = ["16:9"]', 'aspect = ["16:9"]', "at matrix[0]. Did you mean 'aspects'"),
        ('keep = [["01:00:00:00", "01:00:10:12"]]', "", "either keep or markers"),
        ('keep = [["01:00:00:00", "01:00:10:12"]]', 'keep = [["01:00:00:00"]]', "cutdowns"),
        ('media = ["media"]', 'rate = "23.997"', "names no frame rate"),
        ('title = "Harbour"', "", "title"),
    ],
)
def test_a_wrong_order_is_refused_in_words(tmp_path, old, new, words):
    assert old in TOML
    with pytest.raises(InputError) as caught:
        read_order(write(tmp_path, TOML.replace(old, new)))
    assert words in str(caught.value)


def test_an_order_for_nothing_is_refused():
    raw = {"schema": "twopop.order/1", "project": {"client": "a", "title": "b"}, "timeline": {"file": "x"}}
    with pytest.raises(InputError, match="asks for nothing"):
        parse_order(raw, where="order")


def test_a_missing_order_is_said(tmp_path):
    for name in ("none.toml", "none.json"):
        with pytest.raises(InputError):
            read_order(tmp_path / name)
