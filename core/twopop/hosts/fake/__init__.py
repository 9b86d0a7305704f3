"""The practice project: a small host of twopop's own, for learning, for demonstrations, and for tests without an app.

It is a real host in little. Its project is one JSON file in ``FOLDER/.twopop/fake/``, its first timelines are the
``.otio`` files in FOLDER, and it renders cuts, dissolves, retimes, gaps and sound with PyAV. Layers above the picture
(titles, graphics) are not rendered. ``editor`` does what a person would do in it, ``faults`` make it a bad host.
"""

from twopop.hosts.fake.host import FakeHost

__all__ = ["FakeHost"]
