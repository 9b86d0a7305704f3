"""A small spot of twopop's own making, to try a delivery on: nothing has to be brought along.

Pictures and sound are drawn and synthesised here, so they belong to whoever makes them.
"""

from __future__ import annotations

from twopop.demo.spot import make_spot

__all__ = ["make_spot"]
