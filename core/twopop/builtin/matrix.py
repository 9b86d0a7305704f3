"""What an order asks for: its matrices and single deliverables."""

from twopop import Order, Variant, Wanted, hookimpl
from twopop.variants.matrix import every_combination


@hookimpl
def variants(order: Order) -> list[Wanted]:
    """Every combination of each matrix, then the single deliverables."""
    wanted = []
    for matrix in order.matrix:
        wanted += every_combination(
            durations=matrix.durations,
            aspects=matrix.aspects,
            specs=matrix.specs,
            languages=matrix.languages,
            texted=matrix.texted,
            markets=matrix.markets,
        )
    for one in order.deliverable:
        variant = Variant(
            duration=one.duration, aspect=one.aspect, language=one.language, texted=one.texted, market=one.market
        )
        wanted.append(Wanted(variant=variant, spec=one.spec))
    return wanted
