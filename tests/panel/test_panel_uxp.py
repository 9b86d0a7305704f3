"""The panel as a UXP host loads it: its files as they are, ``require`` of the host's own, its storage and its theme."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.fake_service import CODE
from support.panel_page import PANEL
from support.panel_steps import press, to_plan

#: Stands for what UXP gives: modules by relative path with ".js", "uxp" itself, and a theme that can change.
SHIM = """(() => {
  const cache = {};
  const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const vault = (window.vault = {});
  const uxp = { storage: { secureStorage: {
    getItem: async (key) => (key in vault ? bytes(vault[key]) : null),
    setItem: async (key, value) => { vault[key] = value; },
    removeItem: async (key) => { delete vault[key]; },
  } } };
  const loader = (base) => (name) => {
    if (name === "uxp") return uxp;
    if (!/^\\.\\.?\\/.*\\.js$/.test(name)) throw new Error("UXP needs a relative path ending in .js: " + name);
    const url = new URL(name, base).href;
    if (cache[url]) return cache[url].exports;
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.send();
    const module = (cache[url] = { exports: {} });
    new Function("require", "module", "exports", request.responseText)(loader(url), module, module.exports);
    return module.exports;
  };
  window.require = loader(location.href);
  const heard = [];
  window.wear = (name) => heard.forEach((act) => act(name));
  Object.defineProperty(document, "theme", { value: {
    getCurrent: () => "darkest",
    onUpdated: { addListener: (act) => heard.push(act) },
  } });
})()"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture
def files():
    """The panel's folder over plain HTTP, each file as it is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(PANEL)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    server.shutdown()


@pytest.fixture
def inside(fresh, service, files):
    """The panel inside a host; the service is found by its port."""
    page = fresh(color_scheme="light")
    page.add_init_script(SHIM)
    page.goto(f"{files}?port={service.port}")
    page.wait_for_selector("#code")
    return page


def let_in(page):
    page.fill("#code", CODE)
    press(page, "Pair")
    page.wait_for_selector(".lamp.online")


def test_the_token_lies_in_the_secure_storage(inside, service):
    let_in(inside)
    assert inside.evaluate("window.vault") == {"twopop.token": service.token}
    assert inside.evaluate("localStorage.getItem('twopop.token')") is None
    service.stop()
    inside.wait_for_selector(".lamp.lost")
    service.start()
    inside.wait_for_selector(".lamp.online")
    assert [each["token"] for each in service.asked("hello")] == [service.token] * 2


def test_the_theme_is_the_hosts_and_not_the_systems(inside):
    assert inside.evaluate("document.body.className") == "dark"
    inside.evaluate("window.wear('lightest')")
    inside.wait_for_function("document.body.className === 'light'")


def test_no_title_is_shown(inside):
    assert inside.evaluate("document.querySelectorAll('title').length") == 0


def test_the_whole_way_inside_a_host(inside, service):
    let_in(inside)
    to_plan(inside)
    inside.click(".foot button.primary")
    inside.wait_for_selector("#files .line")
    assert len(service.asked("deliver")) == 1


def test_a_bridge_offers_its_host_and_answers_for_it(inside, service):
    inside.evaluate("""() => {
        const host = window.require("./lib/host.js");
        const { HostError } = window.require("./lib/errors.js");
        host.offer("premiere", "Premiere Pro", {
            read: async ({ timeline }) => ({ id: timeline, name: "Cut 1", otio: "{}", selection: null }),
            render: async (wish, call) => {
                call.progress(12, 24, "rendering");
                while (!call.cancelled) await new Promise((done) => setTimeout(done, 5));
                throw new HostError("It was stopped.", { family: "cancelled" });
            },
            show: async () => { throw new HostError("No sequence is open.", { remedy: "Open one." }); },
            undo: async () => { throw new TypeError("x is null"); },
        });
    }""")
    let_in(inside)
    assert service.asked("hello")[-1]["host"] == {
        "name": "premiere",
        "title": "Premiere Pro",
        "methods": ["read", "render", "show", "undo"],
    }
    read = service.ask("host.read", {"timeline": "s1"})
    assert read["result"] == {"id": "s1", "name": "Cut 1", "otio": "{}", "selection": None}
    show = service.ask("host.show", {})["error"]
    assert show["code"] == -32000
    assert show["message"] == "No sequence is open. Open one."
    assert show["data"] == {"what": "No sequence is open.", "where": "", "remedy": "Open one.", "family": "editor"}
    fault = service.ask("host.undo", {})["error"]
    assert (fault["code"], fault["data"]["family"]) == (-32003, "studio")
    assert service.ask("host.put", {})["error"]["code"] == -32601
    assert service.ask("constructor", {})["error"]["code"] == -32601
    stopped = service.ask("host.render", {}, stop=True)["error"]
    assert stopped["code"] == -32002
    assert service.notes == [("progress", {"id": service.number, "done": 12, "total": 24, "said": "rendering"})]


#: {address: whether it is this machine}.
ADDRESSES = {
    "ws://127.0.0.1:47820/": True,
    "ws://localhost:1/": True,
    "ws://[::1]:47820/": True,
    "ws://127.0.0.1.evil.example/": False,
    "ws://localhost.evil.example:80/": False,
    "ws://127.0.0.1@evil.example/": False,
    "ws://127.0.0.1:80@evil.example/": False,
    "ws://127.0.0.1:80/@evil.example": False,
    "wss://evil.example/": False,
    "ws://10.0.0.5:47820/": False,
    "http://127.0.0.1/": False,
    "ws://evil.example/#ws://127.0.0.1/": False,
}


def test_only_this_machine_is_ever_spoken_to(inside):
    told = inside.evaluate(
        "(urls) => urls.map((url) => window.require('./lib/place.js').isLoopback(url))", list(ADDRESSES)
    )
    assert dict(zip(ADDRESSES, told, strict=True)) == ADDRESSES
