import datetime
import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from twopop.errors import InputError
from twopop.findings import Severity
from twopop.legal.clearance import House
from twopop.legal.ledger import read_ledger
from twopop.legal.model import Evidence, Ledger

HEAD = 'schema = "twopop.rights/1"\n'
SONG = '[[asset]]\nid = "song"\nkind = "music"\n'


def toml(tmp_path: Path, text: str) -> Ledger:
    path = tmp_path / "rights.toml"
    path.write_text(HEAD + text, "utf-8")
    return read_ledger(path, House())


def table(tmp_path: Path, *rows: str) -> Ledger:
    path = tmp_path / "music.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return read_ledger(path, House())


def told(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(str(f.severity), f.where, f.message) for f in ledger.findings]


def test_a_whole_entry(tmp_path: Path) -> None:
    paper = b"signed"
    (tmp_path / "deal.pdf").write_bytes(paper)
    sha = hashlib.sha256(paper).hexdigest()
    ledger = toml(
        tmp_path,
        f'{SONG}title = "The Song"\nsources = ["song*"]\ncredit = "Song by Ada"\n'
        '[asset.work]\niswc = "T-1"\nusage = "BI"\n'
        'contributors = [{ name = "Ada", role = "composer", share = "33.3", society = "PRS" }]\n'
        '[[asset.grant]]\nright = "sync"\nstatus = "executed"\nmedia = ["online", "tv"]\nterritory = ["EU except FR"]\n'
        "start = 2026-01-01\nend = 2026-12-31\nlongest = 30\n"
        f'evidence = [{{ file = "deal.pdf", sha256 = "{sha}" }}]\n',
    )
    assert ledger.findings == ()
    (asset,), (grant,) = ledger.assets, ledger.grants
    assert (asset.name, asset.credit, asset.origin) == ("The Song", "Song by Ada", "rights.toml, asset 1 (song)")
    assert asset.work is not None
    assert asset.work.contributors[0].share == Fraction(333, 10)
    assert (grant.asset, grant.right, grant.longest) == ("song", "sync", 30)
    assert (grant.start, grant.end) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert grant.where == "rights.toml, asset 1 (song), grant 1, evidence deal.pdf"
    assert grant.evidence == (Evidence(file="deal.pdf", sha256=sha),)


def test_a_row_for_each_grant_and_the_asset_said_once(tmp_path: Path) -> None:
    ledger = table(
        tmp_path,
        "asset,kind,title,sources,right,status,media,territory,start,end,composers,usage",
        "song,music,The Song,song.wav; song_*,sync,Paid,online;tv,EU except FR;GB,2026-01-01,2026-12-31,"
        "Ada Lane 50% PRS 00123456789; Ben Roe,bi",
        "song,,,,master,executed,,,,,,",
    )
    assert ledger.findings == ()
    (asset,) = ledger.assets
    assert asset.sources == ("song.wav", "song_*")
    assert asset.work is not None
    ada, ben = asset.work.contributors
    assert (ada.name, ada.share, ada.society, ada.ipi) == ("Ada Lane", 50, "PRS", "00123456789")
    assert (ben.name, ben.share) == ("Ben Roe", None)
    assert asset.work.usage == "BI"
    sync, master = ledger.grants
    assert (sync.right, sync.status, sync.media, sync.territory) == ("sync", "paid", ("online", "tv"),
                                                                    ("EU except FR", "GB"))  # fmt: skip
    assert (master.right, master.territory, master.origin) == ("master", ("worldwide",), "music.csv, row 3")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("song,,sync,paid,Atlantis,,,", "territory"),
        ("song,,sync,paid,EU,telly,,", "media"),
        ("song,,sync,paid,EU,,2026-02-30,", "start"),
        ("song,,sync,paid,EU,,2026-12-31,2026-01-01", "before it starts"),
        ("song,,sync,payed,EU,,,", "status"),
        ("song,,use,paid,EU,,,", "right"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_clears_nothing(tmp_path: Path, row: str, said: str) -> None:
    ledger = table(
        tmp_path,
        "asset,kind,right,status,territory,media,start,end",
        "song,music,sync,paid,worldwide,,,",
        "song,,master,paid,worldwide,,,",
        row,
    )
    ((severity, where, message),) = told(ledger)
    assert (severity, where) == ("warn", "music.csv, row 4")
    assert said in message
    doubts = [grant for grant in ledger.grants if grant.status == "unknown"]
    assert {grant.right for grant in doubts} == {"sync", "master"}
    assert all(grant.territory == ("worldwide",) and grant.origin == "music.csv, row 4" for grant in doubts)


@pytest.mark.parametrize(
    ("row", "said"),
    [(",music,sync,paid,,,,", "names no asset"), ("song,musik,sync,paid,,,,", "musik"), ("a,,use,paid,,,,", "kind")],
)
def test_what_cannot_be_tied_to_an_asset_stops(tmp_path: Path, row: str, said: str) -> None:
    ledger = table(tmp_path, "asset,kind,right,status,territory,media,start,end", row)
    severity, where, message = told(ledger)[0]
    assert (severity, where) == ("fail", "music.csv, row 2")
    assert said in message


def test_two_descriptions_of_one_asset_that_differ_are_told(tmp_path: Path) -> None:
    ledger = table(tmp_path, "asset,kind,title", "song,music,One", "song,music,Other")
    assert "otherwise than music.csv, row 2" in told(ledger)[0][2]
    assert ledger.assets[0].title == "One"


def test_a_paper_that_is_gone_or_another_one_makes_the_grant_unknown(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"another")
    paid = 'status = "paid"\nevidence = [{ file = '
    ledger = toml(
        tmp_path,
        f'{SONG}[[asset.grant]]\nright = "sync"\n{paid}"a.pdf" }}]\n'
        f'[[asset.grant]]\nright = "master"\n{paid}"b.pdf", sha256 = "{"0" * 64}" }}]\n',
    )
    assert [grant.status for grant in ledger.grants] == ["unknown", "unknown"]
    assert "a.pdf is not there" in told(ledger)[0][2]
    assert "b.pdf is not the paper" in told(ledger)[1][2]


def test_papers_outside_the_ledgers_folder_are_not_opened(tmp_path: Path) -> None:
    ledger = toml(
        tmp_path,
        f'{SONG}[[asset.grant]]\nright = "sync"\nstatus = "paid"\nevidence = [{{ file = "../../etc/passwd" }}]\n',
    )
    assert "leaves its folder" in told(ledger)[0][2]
    assert ledger.grants[0].status == "unknown"


@pytest.mark.parametrize(
    ("no", "yes", "clash"),
    [
        ({}, {}, True),
        ({"territory": '["US"]'}, {"territory": '["EU"]'}, False),
        ({"territory": '["US"]'}, {"territory": '["worldwide"]'}, True),
        ({"end": "2026-06-30"}, {"start": "2026-07-01"}, False),
        ({"media": '["tv"]'}, {"media": '["online"]'}, False),
        ({"paid": "true"}, {"paid": "false"}, False),
    ],
)
def test_a_refusal_of_what_is_granted_is_told(
    tmp_path: Path, no: dict[str, str], yes: dict[str, str], clash: bool
) -> None:
    def written(status: str, words: dict[str, str]) -> str:
        more = "".join(f"{key} = {value}\n" for key, value in words.items())
        return f'[[asset.grant]]\nright = "sync"\nstatus = "{status}"\n{more}'

    ledger = toml(tmp_path, SONG + written("refused", no) + written("executed", yes))
    assert [f.rule for f in ledger.findings] == (["rights.contradiction"] if clash else [])
    if clash:
        assert "asset 1 (song), grant 1 refuses what rights.toml, asset 1 (song), grant 2" in ledger.findings[0].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('schema = "twopop.rights/2"', "newer"),
        ("", "should be"),
        (HEAD + "assets = 3", "assets"),
        (HEAD + "asset = 3", "no list"),
        (HEAD + "[[asset]", "TOML"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rights.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        read_ledger(path, House())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("kind,title\nmusic,x\n", "no column 'asset'"),
        ("asset,teritory\n", "'territory'"),
        (b"asset\n\xff\xfe\n", "cannot be read"),
    ],
)
def test_a_table_that_is_no_ledger_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = tmp_path / "rights.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=said):
        read_ledger(path, House())
    with pytest.raises(InputError, match="no such"):
        read_ledger(tmp_path / "none.csv", House())


def test_a_hundred_thousand_rows_are_read_whole(tmp_path: Path) -> None:
    rows = (f"stock-{n},stock,STK_{n}.mov,use,paid,EU" for n in range(100_000))
    ledger = table(tmp_path, "asset,kind,sources,right,status,territory", *rows, "bad,stock,B,use,paid,Nowhere")
    assert len(ledger.assets) == 100_001
    assert [(f.severity, f.where) for f in ledger.findings] == [(Severity.WARN, "music.csv, row 100002")]
