"""Who is heard by the service, and who is not: hosts, origins, tokens, codes, paths."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import Serving, call, close_code, make_project, serving, until
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from twopop.service import door
from twopop.service.server import Service

PATHS = (
    "/../twopop.toml",
    "/..%2f..%2fserver.py",
    "/lib/../../server.py",
    "/%2e%2e/server.py",
    "/server.py",
    "//etc/passwd",
    "/etc/passwd",
    "/index.html/..",
    "/lib",
    "/lib/",
    "/C:/windows/win.ini",
    "/..\\server.py",
    "/panel/index.html",
    "/favicon.ico",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    top = tmp_path_factory.mktemp("door")
    with serving(top, '[service]\norigins = ["http://studio.example:8080"]\n') as running:
        yield running


def get(service: Serving, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A plain request, with just these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    connection.putrequest("GET", path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        if value:
            connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def upgrade(service: Serving, **headers: str) -> int:
    """The status of an attempt to open a WebSocket with these headers."""
    key = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    return get(service, "/", **{**key, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **headers})[0]


def test_a_code_is_good_once_and_for_few_tries(service: Serving) -> None:
    async def main() -> None:
        code = service.code()
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        async with connect(service.address) as socket:
            refused = await call(socket, "pair", code=wrong)
            assert refused["error"]["code"] == -32013
            assert refused["error"]["data"]["what"] == "That is not the code."
            assert (await call(socket, "pair", code=code))["result"]["token"] == service.token
            assert (await call(socket, "pair", code=code))["error"]["data"]["what"] == "There is no code now."
            assert (await call(socket, "hello", token=service.token))["result"]["session"]
        async with connect(service.address) as socket:
            for _ in range(3):
                assert "error" in await call(socket, "pair", code=code)
            await socket.send(message("pair", code=service.code()))  # even the right one, at the fourth try
            assert await close_code(socket) == 4401

    asyncio.run(main())
    assert len(service.token) == 43  # 32 bytes in base 64


def test_files_are_served_with_strict_headers(service: Serving) -> None:
    status, headers, content = get(service, "/loader.js")
    assert status == 200
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert f"ws://127.0.0.1:{service.port}" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert get(service, "/loader.js?theme=dark")[2] == content


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_anywhere_else(service: Serving, path: str) -> None:
    status, _, content = get(service, path)
    assert (status, content) == (404, b"There is no such page.\n")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}", "[::1]:{port}", ""]
)
def test_a_name_that_is_not_this_machine_is_refused(service: Serving, host: str) -> None:
    wrong = host.format(port=service.port)
    assert get(service, "/loader.js", Host=wrong)[0] == 421
    assert upgrade(service, Host=wrong) == 421


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_the_names_of_this_machine_are_taken(service: Serving, name: str) -> None:
    assert get(service, "/loader.js", Host=f"{name}:{service.port}")[0] == 200
    assert upgrade(service, Host=f"{name}:{service.port}") == 101


ORIGINS = {
    "": 101,
    "http://127.0.0.1:{port}": 101,
    "http://localhost:{port}": 101,
    "http://studio.example:8080": 101,
    "file://": 101,
    "uxp://dev.twopop.bridge": 101,
    "http://127.0.0.1:1": 403,
    "http://evil.example": 403,
    "https://evil.example": 403,
    "https://127.0.0.1:{port}": 403,
    "HTTPS://evil.example": 403,
    "http://studio.example": 403,
    "http://127.0.0.1:{port}.evil.example": 403,
    "null": 403,
    "chrome-extension://abcdef": 403,
    "moz-extension://abcdef": 403,
}


@pytest.mark.parametrize(("origin", "status"), ORIGINS.items())
def test_pages_of_other_origins_are_refused(service: Serving, origin: str, status: int) -> None:
    assert upgrade(service, Origin=origin.format(port=service.port)) == status


def test_a_library_that_sends_an_origin_of_the_web_hears_403(service: Serving) -> None:
    async def main() -> None:
        with pytest.raises(InvalidStatus, match="403"):
            await connect(service.address, origin="https://evil.example").__aenter__()  # type: ignore[arg-type]

    asyncio.run(main())


def first_words(service: Serving, text: str | bytes) -> int | None:
    async def main() -> int | None:
        async with connect(service.address) as socket:
            await socket.send(text)
            return await close_code(socket)

    return asyncio.run(main())


def message(method: str, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})


def test_the_log_tells_refusals_and_holds_no_secret(service: Serving) -> None:
    first_words(service, message("hello", token="a wrong token that must not be kept"))
    get(service, "/", Host="rebound.example")
    code = service.code()
    first_words(service, message("pair", code=code) + "x")
    text = (service.state / "audit.jsonl").read_text()
    kinds = {line.get("kind") for line in service.audit()}
    assert {"host", "wrong token", "malformed hello"} <= kinds
    assert "rebound.example" in text
    assert "must not be kept" not in text
    assert service.token not in text
    assert code not in text
    assert (service.state / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    assert (service.state / "token").stat().st_mode & 0o777 == 0o600
    assert service.state.stat().st_mode & 0o777 == 0o700


STRANGERS = (
    message("ping"),
    message("jobs", project="harbour"),
    message("deliver", id="x"),
    message("nonsense"),
    message("hello", token="wrong"),
    message("hello", token=""),
    message("hello", token="\u00fc" * 43),
    message("hello", token=1),
    message("hello"),
    message("hello", token="x", further=1),
    '{"jsonrpc": "2.0", "method": "ping"}',
    '{"jsonrpc": "2.0", "id": 1, "result": {}}',
    "[]",
    "",
    "noise",
    b"\x00\xff",
)


def test_nothing_is_answered_before_the_right_token(service: Serving) -> None:
    async def said(text: str | bytes) -> int | None:
        async with connect(service.address) as socket:
            await socket.send(text)
            return await close_code(socket)

    async def main() -> list[int | None]:
        return await asyncio.gather(*map(said, STRANGERS))

    assert asyncio.run(main()) == [4401] * len(STRANGERS)


def test_who_says_nothing_at_all_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWOPOP_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(door, "HELLO_WITHIN", 0.2)

    async def main() -> int | None:
        service = Service([make_project(tmp_path / "harbour")], port=0)
        async with service, connect(f"ws://127.0.0.1:{service.port}/") as socket:
            return await close_code(socket)

    assert asyncio.run(main()) == 4401


@pytest.mark.parametrize(("number", "older"), [(0, "panel"), (2, "service")])
def test_a_panel_of_another_protocol_is_told_which_one_to_update(service: Serving, number: int, older: str) -> None:
    async def main() -> None:
        async with connect(service.address) as socket:
            refused = await call(socket, "hello", token=service.token, protocol=number)
            assert refused["error"]["data"]["remedy"] == f"Update the {older}."
            assert await close_code(socket) == 1000

    asyncio.run(main())


def test_a_revoked_token_sends_its_panels_away(tmp_path: Path) -> None:
    from twopop.service.tokens import Tokens

    async def main(running: Serving) -> None:
        async with running.panel() as panel:
            assert (await panel.ask("ping"))["result"] == {}
            new = Tokens(running.state).reset()
            await until(lambda: panel.socket.close_code == 4401)
        async with connect(running.address) as socket:
            assert (await call(socket, "hello", token=new))["result"]["session"]
        async with connect(running.address) as socket:
            await socket.send(message("hello", token=running.token))
            assert await close_code(socket) == 4401

    with pytest.MonkeyPatch.context() as patch, serving(tmp_path) as running:
        patch.setenv("TWOPOP_STATE", str(running.state))
        asyncio.run(main(running))
