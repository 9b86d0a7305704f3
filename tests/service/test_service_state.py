"""Codes, tokens, private files and the audit log: what is kept, for whom, and for how long."""

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from twopop.errors import StudioError
from twopop.service import audit as auditing
from twopop.service import pairing
from twopop.service.audit import Audit
from twopop.service.pairing import Codes
from twopop.service.rpc import NotPairedError
from twopop.service.state import read_private, state_folder, write_private
from twopop.service.tokens import Tokens

posix = pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")


# -- codes -------------------------------------------------------------------------------------------------------------


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_has_six_digits_and_is_good_once(tmp_path: Path) -> None:
    codes = Codes(tmp_path)
    code = codes.show()
    assert len(code) == 6
    assert code.isdecimal()
    codes.take(code)
    with pytest.raises(NotPairedError, match="no code"):
        codes.take(code)


def test_a_new_code_ends_the_old_one_and_any_process_may_show_it(tmp_path: Path) -> None:
    first = Codes(tmp_path).show()
    second = Codes(tmp_path).show()
    if first != second:
        with pytest.raises(NotPairedError, match="not the code"):
            Codes(tmp_path).take(first)
    Codes(tmp_path).take(second)


def test_wrong_tries_count_together_and_use_the_code_up(tmp_path: Path) -> None:
    code = Codes(tmp_path).show()
    for _ in range(pairing.TRIES - 1):
        with pytest.raises(NotPairedError, match=r"not the code\."):
            Codes(tmp_path).take(wrong(code))  # another service, or the same one started anew
    with pytest.raises(NotPairedError, match="too often"):
        Codes(tmp_path).take("")
    with pytest.raises(NotPairedError, match="no code"):
        Codes(tmp_path).take(code)


def test_a_wrong_try_that_cannot_be_counted_uses_the_code_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = Codes(tmp_path).show()

    def full(path: Path, content: bytes) -> None:
        raise StudioError("The service cannot keep its state (No space left on device).")

    monkeypatch.setattr(pairing, "write_private", full)
    with pytest.raises(StudioError, match="No space left"):
        Codes(tmp_path).take(wrong(code))
    with pytest.raises(NotPairedError, match="no code now"):
        Codes(tmp_path).take(code)


@pytest.mark.parametrize("late", [pairing.GOOD_FOR + 1, -pairing.GOOD_FOR])
def test_a_code_is_good_for_a_few_minutes_by_any_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    codes = Codes(tmp_path)
    code = codes.show()
    now = pairing.time.time()
    monkeypatch.setattr(pairing.time, "time", lambda: now + late)
    with pytest.raises(NotPairedError, match="no code"):
        codes.take(code)


@pytest.mark.parametrize(
    "said", ["", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "\ud800", "x" * 10_000]
)
def test_what_is_no_code_is_wrong(tmp_path: Path, said: str) -> None:
    codes = Codes(tmp_path)
    codes.show()
    with pytest.raises(NotPairedError):
        codes.take(said)


# -- tokens ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWOPOP_STATE", str(tmp_path / "state"))
    return state_folder()


def test_there_is_no_token_before_one_is_given(own_state: Path) -> None:
    tokens = Tokens(own_state)
    assert tokens.current() == ""
    assert not tokens.is_right("")
    token = tokens.given()
    assert len(token) == 43
    assert Tokens(own_state).current() == token
    assert tokens.is_right(token)
    assert not any(map(tokens.is_right, ("", token[:-1], token + "x", token.swapcase(), "\u00fc" * 43, "\ud800")))


def test_a_token_is_revoked_for_all_processes(own_state: Path) -> None:
    one, other = Tokens(own_state), Tokens(own_state)
    token = one.given()
    assert other.is_right(token)
    new = other.reset()
    assert new != token
    assert not one.is_right(token)
    assert one.is_right(new)
    (own_state / "token").unlink()
    assert not one.is_right(new)


@posix
def test_state_is_for_its_owner_alone(own_state: Path) -> None:
    Tokens(own_state).reset()
    Codes(own_state).show()
    assert own_state.stat().st_mode & 0o777 == 0o700
    assert (own_state / "token").stat().st_mode & 0o777 == 0o600
    assert (own_state / "code").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o666])
def test_a_token_that_others_can_read_is_not_used(own_state: Path, mode: int) -> None:
    Tokens(own_state).reset()
    (own_state / "token").chmod(mode)
    with pytest.raises(StudioError, match="Others on this machine can read"):
        Tokens(own_state).current()


@posix
def test_a_link_in_the_place_of_the_token_is_not_followed(own_state: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("known to an attacker")
    (tmp_path / "elsewhere").chmod(0o600)
    (own_state / "token").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StudioError, match="cannot read"):
        Tokens(own_state).current()
    Tokens(own_state).reset()
    assert (tmp_path / "elsewhere").read_text() == "known to an attacker"
    assert not (own_state / "token").is_symlink()


def test_what_is_written_privately_is_whole(tmp_path: Path) -> None:
    write_private(tmp_path / "a", b"one")
    write_private(tmp_path / "a", b"two")
    assert read_private(tmp_path / "a") == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert read_private(tmp_path / "b") is None
    with pytest.raises(StudioError, match="keep its state"):
        write_private(tmp_path / "missing" / "a", b"")


class Store:
    """A keyring, as far as tokens use one."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_keyring(self) -> "Store":
        return self

    def set_password(self, service: str, name: str, secret: str) -> None:
        if self.locked:
            raise OSError("locked")
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store()
    package: Any = types.ModuleType("keyring")
    for name in ("get_keyring", "set_password", "get_password", "delete_password"):
        setattr(package, name, getattr(store, name))
    package.backends = types.ModuleType("keyring.backends")
    for name, kind in (("chainer", "ChainerBackend"), ("fail", "Keyring"), ("null", "Keyring")):
        module = types.ModuleType(f"keyring.backends.{name}")
        setattr(module, kind, type(kind, (), {"backends": ()}))
        setattr(package.backends, name, module)
        monkeypatch.setitem(sys.modules, f"keyring.backends.{name}", module)
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.backends", package.backends)
    monkeypatch.delenv("TWOPOP_STATE", raising=False)
    return store


def test_a_real_keyring_keeps_the_token_and_the_file_only_its_name(tmp_path: Path, keyring: Store) -> None:
    token = Tokens(tmp_path).given()
    assert list(keyring.kept.values()) == [token]
    assert token not in (tmp_path / "token").read_text()
    assert Tokens(tmp_path).is_right(token)
    new = Tokens(tmp_path).reset()
    assert list(keyring.kept.values()) == [new]  # the old one is gone
    keyring.kept.clear()
    with pytest.raises(StudioError, match="no longer in the keyring"):
        Tokens(tmp_path).current()
    keyring.locked = True
    with pytest.raises(StudioError, match="keyring refuses"):
        Tokens(tmp_path).reset()


def test_a_keyring_that_keeps_nothing_is_not_used(tmp_path: Path, keyring: Store) -> None:
    keyring.priority = 0  # type: ignore[misc]
    token = Tokens(tmp_path).given()
    assert not keyring.kept
    assert (tmp_path / "token").read_text() == token


def test_a_state_of_ones_own_keeps_everything_in_its_folder(
    tmp_path: Path, keyring: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWOPOP_STATE", str(tmp_path))
    Tokens(tmp_path).given()
    assert not keyring.kept


# -- the audit log -----------------------------------------------------------------------------------------------------


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_call_is_told_with_names_and_without_secrets(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    params = {"project": "a", "id": 5, "code": "123456", "token": "t", "order": {"x": 1}, "path": "p" * 500}
    audit.call("deliver", params, session="s", panel="browser", outcome="done")
    (line,) = lines(audit.path)
    assert line["params"] == {"project": "a", "id": 5, "path": "p" * 200}
    assert (line["what"], line["outcome"], line["session"], line["panel"]) == ("deliver", "done", "s", "browser")
    assert audit.path.stat().st_mode & 0o777 == 0o600 or os.name != "posix"


def test_a_flood_of_refusals_is_told_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(auditing.time, "monotonic", lambda: now[0])
    audit = Audit(tmp_path)
    for _ in range(1000):
        audit.refusal("wrong token", why="x" * 1000)
    audit.refusal("host", host="evil.example")
    assert len(lines(audit.path)) == 21
    now[0] = 61.0
    audit.refusal("wrong token")
    assert {"what": "refused", "kind": "wrong token", "more": 980}.items() <= lines(audit.path)[-2].items()
    audit.close()
    assert len(lines(audit.path)) == 23
    assert all(len(line.get("why", "")) <= 200 for line in lines(audit.path))


def test_the_log_is_turned_over_and_the_last_few_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "LARGEST", 1000)
    audit = Audit(tmp_path)
    for n in range(200):
        audit.call("show", {"frame": n}, session="s", panel="p", outcome="done")
    logs = sorted(tmp_path.iterdir())
    assert len(logs) == auditing.KEPT + 1
    assert all(path.stat().st_size <= 1000 for path in logs)
    assert lines(audit.path)[-1]["params"] == {"frame": 199}
    newest_old = tmp_path / "audit.1.jsonl"
    assert lines(newest_old)[-1]["params"]["frame"] + 1 == lines(audit.path)[0]["params"]["frame"]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "later")
    audit.call("show", {}, session="s", panel="p", outcome="done")
    audit.call("show", {}, session="s", panel="p", outcome="done")
    (tmp_path / "later").mkdir()
    audit.call("show", {}, session="s", panel="p", outcome="done")
    assert [line["lost"] for line in lines(audit.path)] == [2]
