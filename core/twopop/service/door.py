"""The door of the service: which requests are heard at all, and who gets past their first words.

A page in a browser can send requests to this machine's ports, and give its own name to the machine's address (DNS
rebinding): so the ``Host`` has to be this machine with our port, and a web ``Origin`` our own. Panels inside
applications send no origin, or one that is no web page's; those are let in as far as their token, and written down.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from twopop.errors import StudioError, TwopopError
from twopop.schema import to_builtins
from twopop.service import rpc
from twopop.service.audit import Audit
from twopop.service.methods import Hello, Pair, Paired
from twopop.service.pages import HEADERS, Pages
from twopop.service.pairing import Codes, Wait
from twopop.service.tokens import Tokens

#: The names of this machine that a Host header may use.
LOOPBACK = ("127.0.0.1", "localhost")

#: How long a connection may take to say hello, in seconds, how often it may try a code, how many may be before hello.
HELLO_WITHIN, TRIES, MOST_STRANGERS = 10.0, 3, 64

#: How long a stranger has to say goodbye, in seconds.
_FAREWELL = 0.25

#: Whoever has no right token is sent away with this code, and no word more.
NOT_PAIRED = 4401

#: Schemes of origins that no host application has: pages on the web, and other programs' extensions.
_WEB = ("http", "https")
_EXTENSIONS = ("chrome-extension", "moz-extension", "safari-web-extension", "safari-extension", "ms-browser-extension")


@dataclass(frozen=True)
class Refused:
    """Why a request is not answered: the *kind* of refusal for the log, and the *status* that is sent."""

    kind: str
    status: http.HTTPStatus = http.HTTPStatus.FORBIDDEN


class Door:
    """Lets panels in: looks at requests, serves *pages*, trades codes for the token and hears the first hello."""

    def __init__(self, pages: Pages, codes: Codes, tokens: Tokens, audit: Audit, origins: Iterable[str]) -> None:
        self._pages, self._codes, self._tokens, self._audit = pages, codes, tokens, audit
        self._origins = frozenset(origins)
        self._wait = Wait()
        self._strangers = 0
        self.port = 0

    # -- requests ------------------------------------------------------------------------------------------------------

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """The answer to a plain *request*; None for one that may become a WebSocket."""
        headers = {name: request.headers.get_all(name) for name in ("Host", "Origin", "Upgrade")}
        refused = self._refused(headers)
        if refused is not None:
            facts = {name.lower(): " ".join(headers[name]) for name in ("Host", "Origin")}
            self._audit.refusal(refused.kind, **facts)
            return self._response(refused.status, b"", "text/plain; charset=utf-8")
        if headers["Upgrade"]:
            return None
        page = self._pages.page(request.path.partition("?")[0])
        if page is None:
            return self._response(http.HTTPStatus.NOT_FOUND, b"There is no such page.\n", "text/plain; charset=utf-8")
        return self._response(http.HTTPStatus.OK, page.content, page.type)

    def _refused(self, headers: Mapping[str, list[str]]) -> Refused | None:
        if [host.lower() for host in headers["Host"]] not in [[f"{name}:{self.port}"] for name in LOOPBACK]:
            return Refused("host", http.HTTPStatus.MISDIRECTED_REQUEST)
        if not headers["Upgrade"]:
            return None
        if len(headers["Origin"]) > 1 or not all(map(self._welcome, headers["Origin"])):
            return Refused("origin")
        if self._strangers >= MOST_STRANGERS:
            return Refused("too many connections", http.HTTPStatus.SERVICE_UNAVAILABLE)
        return None

    def _welcome(self, origin: str) -> bool:
        """Whether a connection from *origin* may say hello."""
        if origin in self._origins or origin.lower() in {f"http://{name}:{self.port}" for name in LOOPBACK}:
            return True
        scheme = origin.lower().partition(":")[0]
        if ":" not in origin or scheme in _WEB or scheme in _EXTENSIONS:  # "null" is a page that hides where it is from
            return False
        self._audit.refusal("origin let in as far as its token", origin=origin)
        return True

    def _response(self, status: http.HTTPStatus, content: bytes, kind: str) -> Response:
        sockets = " ".join(f"ws://{name}:{self.port}" for name in LOOPBACK)
        own = {name: text.replace("{sockets}", sockets) for name, text in HEADERS.items()}
        told = {"Content-Type": kind, "Content-Length": str(len(content)), "Connection": "close"}
        return Response(status.value, status.phrase, Headers(own | told), content)

    # -- first words ---------------------------------------------------------------------------------------------------

    async def hello(self, socket: ServerConnection) -> tuple[rpc.Id, Hello] | None:
        """The hello of whoever is at *socket*, with the id to answer to; None when it was sent away."""
        self._strangers += 1
        try:
            async with asyncio.timeout(HELLO_WITHIN) as patience:
                return await self._first_words(socket, patience)
        except TimeoutError:
            await self._send_away(socket, "no hello")
        except ConnectionClosed:
            pass  # it went before it said anything that counts
        finally:
            self._strangers -= 1
        return None

    async def _first_words(self, socket: ServerConnection, patience: asyncio.Timeout) -> tuple[rpc.Id, Hello] | None:
        for tried in range(TRIES + 1):
            try:
                text = await socket.recv()
                message = rpc.read(text if isinstance(text, str) else "")  # binary frames are no messages
                if isinstance(message, rpc.Request) and message.method == "pair" and tried < TRIES:
                    await self._pair(socket, message)
                    patience.reschedule(asyncio.get_running_loop().time() + HELLO_WITHIN)
                    continue
                if isinstance(message, rpc.Request) and message.method == "hello":
                    hello = rpc.params_of(Hello, message)
                    if await asyncio.to_thread(self._tokens.is_right, hello.token):
                        return message.id, hello
                    await self._send_away(socket, "wrong token")
                else:
                    await self._send_away(socket, "too many codes" if tried else "call before hello")
            except rpc.BadMessage:
                await self._send_away(socket, "malformed hello")
            except StudioError as error:  # the token cannot be read: that is no fault of the panel
                self._audit.refusal("token", why=str(error))
                await socket.close(1011, "The service cannot read its token.")
            break
        return None

    async def _pair(self, socket: ServerConnection, request: rpc.Request) -> None:
        answer: rpc.Message
        try:
            code = rpc.params_of(Pair, request).code
            self._codes.take(code)
            answer = rpc.Reply(request.id, to_builtins(Paired(token=self._tokens.given())))
            self._audit.call("pair", {}, session="", panel="", outcome="done")
        except TwopopError as error:
            self._audit.refusal("wrong code", why=error.what)
            await self._wait.once()
            answer = rpc.Refusal(request.id, rpc.problem_of(error))
        await socket.send(rpc.write(answer), text=True)

    async def _send_away(self, socket: ServerConnection, kind: str) -> None:
        """Close the connection without a word why; who asks often waits for it."""
        self._audit.refusal(kind)
        await self._wait.once()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await socket.close(NOT_PAIRED)
        socket.transport.abort()  # nobody keeps a place here by not saying goodbye
