"""What nobody sends by mistake: the service stays up, lets nobody in, loses nothing, and its memory stays flat."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import PATIENCE, Panel, Serving, bare, call, frame, length, serving, until
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from twopop.service.methods import LARGEST, METHODS

#: How much more memory, in KiB, the service may hold after a flood; the floods themselves are many times that.
FLAT = 12_000

#: A close frame, its code, and no word more (RFC 6455, 5.5.1).
SENT_AWAY = b"\x88\x02" + (4401).to_bytes(2, "big")

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("faults")) as running:
        yield running


def test_ten_thousand_wrong_tokens_let_nobody_in(service: Serving) -> None:
    outcomes: Counter[Any] = Counter()

    async def attempt(token: str) -> None:
        reader, writer = await bare(service)
        writer.write(frame({"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"token": token}}))
        heard = b""
        with contextlib.suppress(ConnectionError):
            while SENT_AWAY not in heard and (more := await asyncio.wait_for(reader.read(4096), PATIENCE)):
                heard += more
        writer.close()
        status, _, rest = heard.partition(b"\r\n\r\n")
        outcomes[rest if status.startswith(b"HTTP/1.1 101") else int(status.split()[1])] += 1

    async def some(tokens: Iterator[str]) -> None:
        for token in tokens:
            await attempt(token)

    async def flood(count: int) -> None:
        tokens = iter([service.token[:-1], service.token + "A", *(f"{n:043}" for n in range(count - 2))])
        async with service.panel() as panel:
            working = [asyncio.create_task(some(tokens)) for _ in range(60)]
            while not all(task.done() for task in working):
                assert (await panel.ask("ping"))["result"] == {}  # whoever is in is served meanwhile
                await asyncio.sleep(0.05)
            await asyncio.gather(*working)

    asyncio.run(flood(500))  # what is made once is made now
    before = service.memory()
    asyncio.run(flood(9_500))
    assert set(outcomes) <= {SENT_AWAY, 503}
    assert outcomes.total() == 10_000
    assert outcomes[SENT_AWAY] > 9_000
    assert service.memory() - before < FLAT
    assert len(service.audit()) < 500  # floods are told by their number
    assert (service.state / "audit.jsonl").stat().st_size < 1 << 20

    async def right() -> None:
        async with connect(service.address) as socket:
            assert "result" in await call(socket, "hello", token=service.token)

    asyncio.run(right())


def malformed(count: int) -> Iterator[str]:
    """Frames that are no calls, of many kinds: cut off, twisted, nested, of wrong types; the same each time."""
    chance = random.Random(47820)
    good = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "show", "params": {"project": "harbour", "frame": 1}})
    kinds = [
        lambda: good[: chance.randrange(len(good))],
        lambda: "".join(chance.choice(good) for _ in range(chance.randrange(200))),
        lambda: good.replace(chance.choice(good), chance.choice('{}[]",:0n\\\u2028\U0001f3ac')),
        lambda: "[" * chance.randrange(1, 200_000),
        lambda: '{"a":' * chance.randrange(1, 50_000),
        lambda: json.dumps([json.loads(good)] * chance.randrange(50)),
        lambda: good.replace('"id": 1', f'"id": {chance.choice(["null", "1.5", "[]", "true", "{}", "9" * 400])}'),
        lambda: good.replace('"params": {', '"params": {"project": "twice", '),
        lambda: good.replace('"frame": 1', f'"frame": {chance.choice(["NaN", "1e999", "-Infinity", "[1]", "01"])}'),
        lambda: good.replace("2.0", chance.choice(["1.0", "3", ""])),
        lambda: good.replace("show", chance.choice([*METHODS, "nonsense"])),
        lambda: json.dumps({"jsonrpc": "2.0", "id": chance.randrange(99), "result": "to nothing"}),
        lambda: '"' + "x" * chance.randrange(1_000_000) + '"',
        lambda: "\x00" * chance.randrange(1000),
    ]  # fmt: skip
    for n in range(count):
        yield kinds[n % len(kinds)]()


def test_a_thousand_malformed_frames_disturb_nobody(service: Serving) -> None:
    async def flood(count: int) -> None:
        async with service.panel() as good, service.panel() as bad:
            for n, text in enumerate(malformed(count)):
                await bad.socket.send(text)
                if n % 50 == 0:
                    assert (await good.ask("ping"))["result"] == {}
            assert (await bad.ask("ping"))["result"] == {}  # its own next good call is answered too

    asyncio.run(flood(200))
    before = service.memory()
    asyncio.run(flood(1_000))
    assert service.memory() - before < FLAT
    assert len(service.audit()) < 1_000


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.text(max_size=100)
        | st.builds(
            lambda method, params, id: json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}),
            st.sampled_from([name for name in METHODS if name not in ("open", "deliver")]) | st.text(max_size=20),
            st.dictionaries(
                st.sampled_from(["project", "host", "id", "timeline", "frame", "order", "name", "first", "path"]),
                st.none() | st.text(max_size=20) | st.integers() | st.lists(st.integers(), max_size=3),
            ),
            st.integers(1000, 9999) | st.text(max_size=3) | st.none(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_a_panel_sends_the_next_call_is_answered(service: Serving, frames: list[str]) -> None:
    async def main() -> None:
        async with service.panel() as panel:
            for text in frames:
                await panel.socket.send(text)
            assert (await panel.ask("ping"))["result"] == {}

    asyncio.run(main())


@pytest.mark.parametrize("inside", [True, False])
def test_a_frame_of_a_hundred_megabytes_ends_its_connection_and_no_more(service: Serving, inside: bool) -> None:
    async def main() -> None:
        async with service.panel() as good:
            before = service.memory()
            reader, writer = await bare(service)
            await reader.readuntil(b"\r\n\r\n")
            if inside:
                hello = {"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"token": service.token}}
                writer.write(frame(hello))
                await reader.readuntil(b"projects")
            writer.write(b"\x81" + length(100 << 20) + bytes(4))
            with contextlib.suppress(ConnectionError):
                for _ in range(100):
                    writer.write(bytes(1 << 20))
                    await writer.drain()
            with contextlib.suppress(ConnectionError):
                assert (1009).to_bytes(2, "big") in await reader.read()  # "message too big"; it may be lost on the way
            assert service.memory() - before < FLAT
            assert (await good.ask("ping"))["result"] == {}

    asyncio.run(main())


def test_a_message_of_the_largest_size_is_read(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as panel:
            head = '{"jsonrpc": "2.0", "id": 7, "method": "show", "params": {"project": "'
            await panel.socket.send(head + "x" * (LARGEST - len(head) - 3) + '"}}')
            answer: Any = await answered(panel, 7)
            assert answer["error"]["code"] == -32602
            assert (await panel.ask("ping"))["result"] == {}

    asyncio.run(main())


async def answered(panel: Panel, id: int) -> dict[str, Any]:
    future = panel._waiting[id] = asyncio.get_running_loop().create_future()
    return dict(await asyncio.wait_for(future, PATIENCE))


def test_many_connections_that_say_nothing_leave_room_for_panels(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as good:
            before = service.memory()
            silent = await asyncio.gather(
                *(connect(service.address).__aenter__() for _ in range(300)), return_exceptions=True
            )
            refused = [each for each in silent if isinstance(each, InvalidStatus)]
            assert len(refused) > 200  # so many strangers are too many
            assert (await good.ask("ping"))["result"] == {}
            assert service.memory() - before < FLAT
            for each in silent:
                if not isinstance(each, BaseException):
                    await each.close()
            await until(lambda: True)
            async with service.panel() as other:
                assert (await other.ask("ping"))["result"] == {}

    asyncio.run(main())
