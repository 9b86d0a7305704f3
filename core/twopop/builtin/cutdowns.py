"""Cutdowns as the order writes them: keep lists and markers."""

from twopop import Cutdown, EditorError, Order, Program, hookimpl
from twopop.qc.plan import duration_fits
from twopop.schema import nearest
from twopop.variants.cutdowns import from_keep_list, from_markers
from twopop.variants.model import label_frames


@hookimpl
def fit_cutdown(order: Order, program: Program, duration: str) -> Cutdown | None:
    """The cutdown under ``[cutdowns."..."]``, held to the length in its label."""
    rule = order.cutdowns.get(duration)
    if rule is None:
        known = ["full", *order.cutdowns]
        hint = nearest(duration, known) or f" Known: {', '.join(known)}."
        raise EditorError(
            f"The order does not say how the duration {duration!r} is cut.{hint}",
            remedy=f'Add [cutdowns."{duration}"] with keep or markers.',
        )
    if rule.keep:
        cutdown = from_keep_list(program, duration, rule.keep)
    else:
        cutdown = from_markers(program, duration, rule.markers)
    wanted = label_frames(duration, program.rate)
    wrong = wanted and duration_fits(cutdown, wanted, rule.tolerance_frames, program.rate)
    if wrong:
        raise EditorError(wrong.message, where=wrong.where, remedy=wrong.remedy)
    return cutdown
