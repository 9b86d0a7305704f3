"""What the catalogue keeps and gives, the same in a file and on a server."""

import threading
from collections.abc import Iterator

import pytest
from catalogue_values import SHA, out, wish

from twopop.errors import EditorError
from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Made, Registered


@pytest.fixture
def filled(where: str) -> str:
    with Catalogue(where) as catalogue:
        assert catalogue.reserve("spot", [wish("a", 1, "A"), wish("b", 1, "B")]) == []
        catalogue.deliver("spot", out("a", 1, "A"))
    return where


def test_one_that_is_not_there_reads_as_empty(where: str) -> None:
    with Catalogue(where) as catalogue:
        assert catalogue.histories("spot", ["a", "b"]) == {"a": (), "b": ()}
        assert catalogue.receipts("spot") == []
        assert catalogue.search("spot") == []
        assert catalogue.counts() == {}


def test_versions_are_remembered_by_project_and_identity(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        assert catalogue.histories("spot", ["a", "b", "c"]) == {
            "a": (Registered(number=1, content="A", out="/out", path="a.mp4", sha256=SHA),),
            "b": (Registered(number=1, content="B", abandoned=True),),
            "c": (),
        }
        assert catalogue.histories("another", ["a"]) == {"a": ()}


def test_histories_are_lowest_number_first(where: str) -> None:
    with Catalogue(where) as catalogue:
        catalogue.reserve("spot", [wish("a", 3, "C"), wish("a", 1, "A"), wish("a", 2, "B")])
        assert [v.number for v in catalogue.histories("spot", ["a"])["a"]] == [1, 2, 3]


def test_a_number_with_another_content_clashes_and_the_rest_is_reserved(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        wishes = [wish("a", 1, "X"), wish("b", 1, "X"), wish("c", 1, "C")]
        assert catalogue.reserve("spot", wishes) == [("a", 1), ("b", 1)]
        contents = {name: [v.content for v in found] for name, found in catalogue.histories("spot", "abc").items()}
        assert contents == {"a": ["A"], "b": ["B"], "c": ["C"]}


def test_two_contents_for_one_number_in_one_call_clash(where: str) -> None:
    with Catalogue(where) as catalogue:
        assert catalogue.reserve("spot", [wish("a", 1, "A"), wish("a", 1, "B")]) == [("a", 1)]


def test_what_a_crashed_run_reserved_is_taken_over_by_the_same_content(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        assert catalogue.reserve("spot", [wish("b", 1, "B"), wish("a", 1, "A")]) == []
        assert catalogue.histories("spot", ["a"])["a"][0].sha256 == SHA


def test_a_released_number_is_free_again_and_a_delivered_one_is_not(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        catalogue.release("spot", "b", 1, note="its check failed")
        catalogue.release("spot", "a", 1)
        catalogue.release("spot", "nothing", 1)
        assert {name: len(found) for name, found in catalogue.histories("spot", "ab").items()} == {"a": 1, "b": 0}
        assert [(e.state, e.note) for e in catalogue.history("spot", "b")] == [("released", "its check failed")]
        assert catalogue.reserve("spot", [wish("b", 1, "Z"), wish("a", 1, "Z")]) == [("a", 1)]
        catalogue.deliver("spot", out("b", 1, "Z"))
        assert catalogue.histories("spot", "b")["b"][0].content == "Z"


def test_a_delivery_can_be_told_twice_and_without_a_reservation(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        for _ in range(2):
            catalogue.deliver("spot", out("c", 4, "C"))
        (entry,) = catalogue.history("spot", "c")
        assert (entry.number, entry.state, entry.path) == (4, "delivered", "c.mp4")
        whole = catalogue.whole(entry)
        assert whole is not None
        assert [(file.path, file.sha256) for file in whole.files] == [("c.mp4", SHA)]


def test_a_number_of_another_content_cannot_be_delivered(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        with pytest.raises(EditorError, match="another content") as caught:
            catalogue.deliver("spot", out("a", 1, "X"))
        assert "history" in caught.value.remedy
        assert catalogue.histories("spot", "a")["a"][0].content == "A"


def test_receipts_are_kept_in_order(where: str) -> None:
    with Catalogue(where) as catalogue:
        catalogue.add_receipt("spot", b'{"n": 1}')
        catalogue.add_receipt("spot", '{"n": "\u00fc"}')
        catalogue.add_receipt("other", "{}")
        assert catalogue.receipts("spot") == ['{"n": 1}', '{"n": "\u00fc"}']


def test_odd_words_are_only_words(where: str) -> None:
    odd = "x'); DROP TABLE versions; --\n\u202e\U0001f3ac%"
    with Catalogue(where) as catalogue:
        catalogue.deliver(odd, out(odd, 1, odd, path=odd))
        assert catalogue.histories(odd, [odd])[odd][0].content == odd
        assert catalogue.candidates(odd) == [(odd, odd)]
        assert [entry.identity for entry in catalogue.search("DROP tables' & | !")] == []
        assert [entry.identity for entry in catalogue.search("drop ver")] == [odd]


def test_what_a_version_was_made_from_comes_back(where: str) -> None:
    made = Made(timeline="t", picture="p", sound="s", spec="x", fields={"job": "HL01"}, rights=("archive: unknown",))
    with Catalogue(where) as catalogue:
        catalogue.deliver("spot", out("a", 1, "A", made=made, changes=("shot 2 trimmed", "new spec")))
        catalogue.reserve("spot", [wish("a", 2, "B")])
        versions, last = catalogue.past("spot", ["a", "b"])["a"]
        assert last is not None
        assert ([v.number for v in versions], last.version.number, last.made, last.plan) == ([1, 2], 1, made, "")
        assert catalogue.past("spot", ["b"])["b"] == ((), None)
        assert catalogue.history("spot", "a")[0].changes == ("shot 2 trimmed", "new spec")
        assert [entry.number for entry in catalogue.search("hl01 trim")] == [1]


def test_ten_thousand_deliverables_at_once(where: str) -> None:
    wanted = [wish(f"d{n}", 1, f"c{n}") for n in range(10_000)]
    with Catalogue(where) as catalogue:
        assert catalogue.reserve("spot", wanted) == []
        found = catalogue.histories("spot", [each.identity for each in wanted])
    assert [(name, history[0].content) for name, history in found.items()] == [(w.identity, w.content) for w in wanted]


def test_threads_may_share_a_catalogue(where: str) -> None:
    errors: list[BaseException] = []
    with Catalogue(where) as catalogue:
        catalogue.reserve("spot", [wish(f"d{n}", 1, "c") for n in range(40)])

        def deliver(numbers: Iterator[int]) -> None:
            try:
                for n in numbers:
                    catalogue.deliver("spot", out(f"d{n}", 1, "c"))
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=deliver, args=(iter(range(part, 40, 4)),)) for part in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        histories = catalogue.histories("spot", [f"d{n}" for n in range(40)])
    assert errors == []
    assert all(history[0].sha256 == SHA for history in histories.values())
