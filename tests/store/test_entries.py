import pytest

from twopop.store import Store


def fill(store, content=b"picture", key="ab" * 16):
    with store.making("segments", key, ".mov") as (scratch, measured):
        scratch.write_bytes(content)
        measured["frames"] = 3
    return key


def test_an_entry_is_kept_with_what_was_measured(tmp_path):
    store = Store(tmp_path)
    key = fill(store)
    assert store.path("segments", key).read_bytes() == b"picture"
    assert store.entry("segments", key).measured == {"frames": 3}
    assert store.intact("segments", key)


def test_what_fails_is_not_kept(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError), store.making("segments", "cd" * 16, ".mov") as (scratch, _):
        scratch.write_bytes(b"half")
        _ = 1 / 0
    assert not store.has("segments", "cd" * 16)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("damage", [b"pictuRe", b"pict", b""])
def test_a_damaged_entry_is_noticed_and_forgotten(tmp_path, damage):
    store = Store(tmp_path)
    key = fill(store)
    store.path("segments", key).write_bytes(damage)
    assert not store.intact("segments", key)
    assert not store.has("segments", key)
    fill(store)
    assert store.intact("segments", key)


def test_a_damaged_record_is_no_entry(tmp_path):
    store = Store(tmp_path)
    key = fill(store)
    next(tmp_path.rglob("*.json")).write_text("{")
    assert store.entry("segments", key) is None
    with pytest.raises(KeyError):
        store.path("segments", key)


def test_what_was_measured_is_part_of_being_intact(tmp_path):
    store = Store(tmp_path)
    key = fill(store)
    assert store.intact("segments", key, frames=3)
    assert not store.intact("segments", key, frames=4)
    assert not store.recorded("segments", key)


def test_a_damaged_entry_that_somebody_makes_again_is_left_to_them(tmp_path):
    store = Store(tmp_path)
    key = fill(store)
    store.path("segments", key).write_bytes(b"pictuRe")
    with store.turn("segments", key):
        assert not store.intact("segments", key)
        assert store.recorded("segments", key)
    assert not store.intact("segments", key)
    assert not store.recorded("segments", key)


def test_turns_at_making_an_entry(tmp_path):
    store, key = Store(tmp_path), "ab" * 16
    with store.turn("segments", key) as first:
        assert first == "ours"
        with store.turn("segments", key, wait=False) as second:
            assert second == "taken"
        fill(store, key=key)
    with store.turn("segments", key) as third:
        assert third == "there"
    assert list((tmp_path / "locks").iterdir()) == []
