"""The project of the pictures: the demo's spot on the practice host, saved orders, a ledger, a studio's button."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from twopop.delivery.order import parse_order
from twopop.schema import to_json

CUTDOWNS = {
    "10s": {"markers": "CUT10"},
    "6s": {"keep": [["01:00:00:00", "01:00:02:12"], ["01:00:14:00", "01:00:15:00"], ["01:00:17:12", "01:00:20:00"]]},
}

#: The trawler is an archive shot that nobody may show in the United States; it is not in the 6 s. The tune may
#: be used anywhere.
LEDGER = """\
schema = "twopop.rights/1"

[[asset]]
id = "trawler"
kind = "archive"
title = "Trawler at Sea"
sources = ["trawler*"]
roles = ["picture"]
holder = "Northern Film Archive"
[[asset.grant]]
status = "executed"
territory = ["EU", "GB"]
clause = "4.2"

[[asset]]
id = "tune"
kind = "music"
title = "Harbour Waltz"
sources = ["tune*"]
[[asset.grant]]
right = "sync"
status = "paid"
[[asset.grant]]
right = "master"
status = "paid"
"""

PLUGIN = '''\
"""A studio's own button: a list of what was delivered, for the mail to the client."""

from twopop import PanelAction, hookimpl, info


@hookimpl
def panel_actions():
    return [PanelAction("mail", "List for the client", "Writes mail.txt with the names of all files.", write_list)]


def write_list(folder):
    names = sorted(path.name for path in folder.rglob("*.mp4"))
    (folder / "mail.txt").write_text("\\n".join(names) + "\\n", encoding="utf-8")
    return [info("studio.mail", f"{len(names)} files are listed in mail.txt.")]
'''

#: Where it runs, so that the ledger has something to say.
FLIGHT = {"media": ["social"], "territories": ["GB"], "start": "2026-12-01", "end": "2027-02-28"}


def orders() -> dict[str, dict]:
    """{name: order} of the saved orders."""
    campaign = _order(
        lengths=["full", "10s", "6s"],
        specs=["review-h264"],
        markets=["GB", "US"],
        rights={"ledgers": ["rights.toml"]},
        use={**FLIGHT, "markets": {"GB": {"territories": ["GB"]}, "US": {"territories": ["US"]}}},
    )
    social = _order(lengths=["full", "6s"], specs=["review-h264", "social-h264"])
    everywhere = _order(
        lengths=["full", "10s", "6s"], specs=["social-h264", "review-h264"], texted=[True, False],
        markets=["AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL", "NO"],
    )  # fmt: skip
    long = _order(
        lengths=["full", "10s", "6s"], specs=["social-h264"],
        client="The Harbour Line Steam Packet and Ferry Company of the Northern Approaches",
        title="Harbour Days, the long version for the winter with all islands and the night boat",
    )  # fmt: skip
    return {
        "Winter campaign": campaign,
        "Social and review": social,
        "Everywhere": everywhere,
        "A name as long as those that people really give to their saved orders": long,
    }


def _order(
    *,
    lengths: list[str],
    specs: list[str],
    client: str = "Harbour Line",
    title: str = "Harbour Days",
    markets: list[str] | None = None,
    texted: list[bool] | None = None,
    **more: object,
) -> dict:
    lines = {
        "durations": lengths, "aspects": ["16:9", "9:16", "1:1"], "specs": specs, "languages": ["en"],
        "markets": markets or [""], "texted": texted or [True],
    }  # fmt: skip
    return {
        "schema": "twopop.order/1",
        "project": {"client": client, "title": title, "code": "HD01"},
        "timeline": {"file": "spot.otio"},
        "captions": {"en": "captions.en.srt"},
        "cutdowns": {label: rule for label, rule in CUTDOWNS.items() if label in lengths},
        "matrix": [lines],
        **more,
    }


def make_project(spot: Path, folder: Path) -> Path:
    """A project in *folder* around the demo's spot in *spot*."""
    wanted = shutil.ignore_patterns(".twopop", "delivery", "twopop.toml", ".made.json")
    shutil.copytree(spot, folder, ignore=wanted)
    (folder / "order.toml").unlink(missing_ok=True)
    for name in ("orders", "plugins"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "rights.toml").write_text(LEDGER, encoding="utf-8")
    (folder / "plugins" / "studio.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n', encoding="utf-8")
    for name, order in orders().items():
        (folder / "orders" / f"{name}.json").write_bytes(to_json(parse_order(order, where=name)))
    return folder


@dataclass
class Service:
    """A ``twopop serve`` that runs: where its panel is, its *state* folder, its *process*."""

    url: str
    state: Path
    process: subprocess.Popen[str]

    def code(self) -> str:
        """A new code to pair with."""
        said = subprocess.run(
            [sys.executable, "-m", "twopop", "pair", "--json"],
            check=True, capture_output=True, text=True, env={**os.environ, "TWOPOP_STATE": str(self.state)},
        )  # fmt: skip
        return str(json.loads(said.stdout)["code"])

    def end(self) -> None:
        """End it; deliveries go on."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@contextmanager
def served(folder: Path, state: Path) -> Iterator[Service]:
    """Serve the project in *folder* on any port that is free."""
    process = subprocess.Popen(
        [sys.executable, "-m", "twopop", "serve", str(folder), "--port", "0", "--json"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TWOPOP_STATE": str(state)},
    )  # fmt: skip
    with process:
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the service did not start")
        service = Service(json.loads(line)["url"], state, process)
        try:
            yield service
        finally:
            service.end()
