"""Leaving work that cannot be interrupted."""

import threading

import pytest

from twopop.delivery.stopping import unless_cancelled
from twopop.errors import Cancelled


def test_what_it_gives_and_what_it_raises_come_through():
    assert unless_cancelled(lambda: 7, threading.Event()) == 7
    with pytest.raises(ZeroDivisionError):
        unless_cancelled(lambda: 1 / 0, threading.Event())


def test_it_is_left_when_somebody_stops():
    cancel, end = threading.Event(), threading.Event()
    threading.Timer(0.05, cancel.set).start()
    with pytest.raises(Cancelled):
        unless_cancelled(lambda: end.wait(60), cancel)
    end.set()
