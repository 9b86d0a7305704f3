import contextlib
import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.store import Store, upkeep
from twopop.store.leases import leased, needed

LESSEE = """
import sys, time
from pathlib import Path
from twopop.store.leases import leased
with leased(Path(sys.argv[1]), sys.argv[2:]):
    print("leased", flush=True)
    time.sleep(60)
"""


def fill(store, number, *, kind="segments", size=1000):
    """An entry of *size* bytes that was last used *number* hours after another day's midnight."""
    key = f"{number:02}" * 16
    with store.making(kind, key, ".mov") as (scratch, _):
        scratch.write_bytes(bytes(size))
    os.utime(store.record(kind, key), (number * 3600, number * 3600))
    return key


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_info_counts_by_kind(store):
    fill(store, 1)
    fill(store, 2, size=500)
    key = fill(store, 3, kind="sound", size=70)
    with leased(store.folder, [f"sound/{key}", "segments/gone"]):
        told = upkeep.info(store.folder)
    assert (told.entries, told.bytes, told.leased) == (3, 1570, 1)
    assert told.kinds == {"segments": (2, 1500), "sound": (1, 70)}
    assert upkeep.info(store.folder).leased == 0


def test_a_store_that_is_not_there_is_empty(tmp_path):
    assert upkeep.info(tmp_path / "none").entries == 0
    assert upkeep.verify(tmp_path / "none").entries == 0


def test_verify_names_and_removes_what_is_damaged(store):
    good, flipped, short, torn = (fill(store, number) for number in range(4))
    store.path("segments", flipped).write_bytes(bytes(999) + b"x")
    store.path("segments", short).write_bytes(bytes(10))
    store.record("segments", torn).write_text("{")
    told = upkeep.verify(store.folder)
    assert (told.entries, told.bytes) == (4, 1000)
    assert told.damaged == tuple(f"segments/{key}" for key in sorted((flipped, short, torn)))
    assert upkeep.verify(store.folder).damaged == ()
    assert store.intact("segments", good)


def test_the_longest_unused_goes_first_and_no_more_than_must(store):
    keys = [fill(store, number) for number in (3, 1, 2, 4)]
    told = upkeep.clear(store.folder, 2500)
    assert (told.removed, told.bytes, told.kept, told.kept_bytes, told.needed) == (2, 2000, 2, 2000, 0)
    assert [store.has("segments", key) for key in keys] == [True, False, False, True]
    assert sorted(path.suffix for path in store.folder.glob("segments/*/*")) == [".json", ".json", ".mov", ".mov"]


def test_use_makes_young(store):
    old, new = fill(store, 1), fill(store, 2)
    assert store.intact("segments", old)
    upkeep.clear(store.folder, 1000)
    assert store.has("segments", old)
    assert not store.has("segments", new)


def test_what_a_running_delivery_needs_stays(store):
    kept, gone = fill(store, 1), fill(store, 2)
    command = [sys.executable, "-c", LESSEE, str(store.folder), f"segments/{kept}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "leased\n"
        told = upkeep.clear(store.folder, 0)
        assert (told.removed, told.needed) == (1, 1)
        assert store.has("segments", kept)
        assert not store.has("segments", gone)
        process.kill()
        process.wait()
    assert upkeep.clear(store.folder, 0).removed == 1  # its lease ended with it
    assert list((store.folder / "leases").iterdir()) == []


def test_a_lease_of_another_machine_ends_when_it_is_not_renewed(store):
    with leased(store.folder, ["segments/a"]):
        (path,) = (store.folder / "leases").glob("*.json")
        path.write_text(path.read_text().replace('"host":"', '"host":"not-'))
        assert needed(store.folder) == {"segments/a"}
        os.utime(path, (0, 0))
        assert needed(store.folder) == set()


def test_leftovers_of_killed_runs_go_after_a_day(store):
    key = fill(store, 1)
    folder = store.record("segments", key).parent
    young, old, orphan = folder / ".partial-a.mov", folder / ".partial-b.mov", folder / f"{'0' * 32}.mov"
    for path in (young, old, orphan):
        path.write_bytes(b"x")
    for path in (old, orphan):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert upkeep.clear(store.folder, 10**6).leftovers == 2
    assert young.exists()
    assert store.intact("segments", key)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("50GB", 50 * 10**9), ("1.5 TB", 1500 * 10**9), ("200MiB", 200 * 2**20), ("7", 7), ("0", 0), ("3k", 3000)],
)
def test_sizes(said, wanted):
    assert upkeep.size_in_bytes(said) == wanted


@given(st.text(max_size=8))
def test_any_words_are_a_size_or_refused(said):
    with contextlib.suppress(InputError):
        assert upkeep.size_in_bytes(said) >= 0
