"""``serve`` and ``pair`` as their users see them; and what the service says keeps to its schemas."""

import json
import os
import re
import signal
import socket as sockets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import Run, runner
from websockets.sync.client import ClientConnection, connect

from support.schema_check import violations
from twopop.cli.specs import schema_of


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWOPOP_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "harbour").mkdir()
    return tmp_path / "harbour"


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "twopop", "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "120"},
    )


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)
    assert process.returncode == 0
    return said


def test_it_says_where_the_panel_is_and_the_code_until_one_was_paired(folder: Path, state: Path) -> None:
    process = started(str(folder), "--port", "0")
    lines = [process.stdout.readline() for _ in range(4)] if process.stdout else []
    assert lines[0] == f"Project harbour: {folder}\n"
    address = re.fullmatch(r"The panel for a browser: http://127\.0\.0\.1:(\d+)/\n", lines[1])
    code = re.match(r"Type this code into the panel: (\d{3}) (\d{3}) ", lines[2])
    assert address
    assert code
    assert lines[3] == "Ctrl-C ends the service.\n"
    with connect(f"ws://127.0.0.1:{address[1]}/") as socket:
        assert ask(socket, "pair", code=code[1] + code[2])["token"]
    _, said = ended(process)
    assert said == "The service has ended. Deliveries that run go on by themselves.\n"
    process = started(str(folder), "--port", "0")
    text = "".join(process.stdout.readline() for _ in range(4)) if process.stdout else ""
    assert "For a new one: twopop pair" in text
    assert "code" not in text
    ended(process)


def test_a_taken_port_is_told_and_the_next_one_is_taken_by_itself(folder: Path, run: Run) -> None:
    with sockets.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", str(folder), "--port", str(port))
        assert done.status == 3
        assert f"The port {port} is taken by other programs." in done.err
        assert "--port" in done.err
        (folder / "twopop.toml").write_text(f"[service]\nport = {port}\n")
        process = started(str(folder), "--json")
        told = json.loads(process.stdout.readline()) if process.stdout else {}
        assert port < told["port"] < port + 5
        ended(process)


@pytest.mark.parametrize(
    ("settings", "words"),
    [("[service]\nport = 80\n", "port"), ("[service]\nprot = 1\n", "Did you mean 'port'"), ("[service", "not TOML")],
)
def test_wrong_settings_are_told_with_their_place(folder: Path, settings: str, words: str, run: Run) -> None:
    (folder / "twopop.toml").write_text(settings)
    done = run("serve", str(folder), "--port", "0")
    assert done.status == 2
    assert words in done.err
    assert "twopop.toml" in done.err


def test_a_folder_that_is_not_there_is_told(folder: Path, run: Run) -> None:
    done = run("serve", str(folder / "nowhere"), "--port", "0")
    assert done.status == 2
    assert "no such folder" in done.err


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_a_token_that_others_can_read_is_told_at_once(folder: Path, state: Path, run: Run) -> None:
    state.mkdir(mode=0o700)
    (state / "token").write_text("x")
    (state / "token").chmod(0o644)
    done = run("serve", str(folder), "--port", "0")
    assert done.status == 3
    assert "Others on this machine can read" in done.err
    assert run("pair", "--reset").status == 0
    assert (state / "token").stat().st_mode & 0o777 == 0o600


def test_pair_shows_a_code_and_resets_as_words_and_as_data(state: Path, run: Run) -> None:
    done = run("pair")
    assert re.match(r"Type this code into the panel: \d{3} \d{3}   \(good for one panel, for 5 minutes\)", done.out)
    made = json.loads(run("pair", "--json").out)
    assert re.fullmatch(r"\d{6}", made["code"])
    assert not (state / "token").exists()
    assert "sent away" in run("pair", "--reset").out
    assert (state / "token").exists()


# -- the wire keeps to its schemas -------------------------------------------------------------------------------------


@pytest.fixture
def socket(folder: Path) -> Iterator[ClientConnection]:
    process = started(str(folder), "--port", "0", "--pair", "--json")
    told = json.loads(process.stdout.readline()) if process.stdout else {}
    try:
        with connect(f"ws://127.0.0.1:{told['port']}/") as connected:
            token = ask(connected, "pair", code=told["code"])["token"]
            hello = ask(connected, "hello", token=token, panel="tests")
            assert held("hello", "result", hello) == []
            yield connected
    finally:
        ended(process)


def ask(socket: ClientConnection, method: str, **params: Any) -> Any:
    assert held(method, "params", params) == []
    socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    while True:
        said = json.loads(socket.recv(60))
        if "id" in said:
            if "error" in said:
                assert violations(said["error"], schema_of("service")["error"] | {"$defs": DEFS}) == []
                return said["error"]
            assert held(method, "result", said["result"]) == []
            return said["result"]
        assert violations(said["params"], schema_of("service")["notes"][said["method"]] | {"$defs": DEFS}) == []


DEFS = schema_of("service")["$defs"]


def held(method: str, side: str, value: Any) -> list[tuple[str, str]]:
    """Where *value* breaks the schema of the params or the result of *method*."""
    made = schema_of("service")
    return violations(value, made["methods"][method][side] | {"$defs": made["$defs"]})


def test_what_the_service_says_keeps_to_its_schemas(socket: ClientConnection) -> None:
    hosts = ask(socket, "hosts", project="harbour")["hosts"]
    assert "fake" in {host["name"] for host in hosts}
    assert ask(socket, "timelines", project="harbour", host="fake")["identity"]["app"]
    assert ask(socket, "specs", project="harbour")["specs"]
    assert ask(socket, "ping") == {}
    assert ask(socket, "hosts", project="harbor")["data"]["what"].endswith("Did you mean 'harbour'?")
    assert ask(socket, "open", id="nothing")["code"] == -32001
