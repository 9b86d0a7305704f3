"""The hosts that the contract is tried on: a bridge joins with one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from twopop.hosts import Host, Place
from twopop.hosts.fake import FakeHost
from twopop_mlt.host import MltHost

#: {name: how to connect to it; or the reason why it cannot be tried here}.
HOSTS: dict[str, Callable[[Place], Host] | str] = {
    "fake": FakeHost,
    "mlt": MltHost if shutil.which("melt") else "melt is not installed",
}
