"""Reframes in their plain form: the clip's own wish, else the order's default window."""

from twopop import CropPath, Event, Order, hookimpl
from twopop.variants.reframes import default, of_clip


@hookimpl
def reframe(order: Order, event: Event, aspect: str) -> CropPath | None:
    """The clip's ``reframe`` metadata for the aspect, else ``[reframe]`` of the order."""
    wish = order.reframe
    return of_clip(event, aspect) or default(fit=wish.fit, x=wish.x, y=wish.y)
