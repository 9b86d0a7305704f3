"""How much work deliverables ask for, and a plan with some of its deliverables only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from twopop.delivery.plan import Deliverable, Estimate, Plan
from twopop.errors import InputError
from twopop.picture.copying import Copy
from twopop.picture.recipe import Segment, Whole
from twopop.schema import nearest


def estimate_of(
    deliverables: Sequence[Deliverable],
    segments: Mapping[str, Segment | Whole],
    copies: Mapping[str, Copy],
    held: Callable[[str, str], bool],
) -> Estimate:
    """The work for *deliverables*, of which the store has what is *held* (by kind and key)."""
    to_make = [each for each in deliverables if each.state == "ready"]
    needed = {key for each in to_make for key in each.segments} - copies.keys()
    sounds = {key for each in to_make for key in each.mixes}
    there = {key for key in needed if held("segments", key)}
    return Estimate(
        deliverables=len(deliverables),
        to_make=len(to_make),
        segments=len(needed),
        segments_in_store=len(there),
        frames=sum(segments[key].frames for key in needed),
        frames_to_render=sum(segments[key].frames for key in needed - there),
        mixes=len(sounds),
        mixes_in_store=sum(held("sound", key) for key in sounds),
        frames_copied=sum(copies[key].frames for each in to_make for key in each.segments if key in copies),
    )


def reduced(plan: Plan, ids: Collection[str], held: Callable[[str, str], bool]) -> Plan:
    """*plan* with the deliverables *ids* only, and what is needed for them; all of it where *ids* are all.

    Raises InputError for an id that is not in the plan.
    """
    known = {each.id for each in plan.deliverables}
    for id in ids:
        if id not in known:
            raise InputError(f"There is no deliverable {id!r} in this plan.{nearest(id, known)}")
    if len(set(ids)) == len(known):
        return plan
    kept = tuple(each for each in plan.deliverables if each.id in ids)
    segments = {key for each in kept for key in each.segments}
    mixes = {key for each in kept for key in each.mixes}
    specs = {each.spec for each in kept}
    return msgspec.structs.replace(
        plan,
        wanted=len(kept),
        deliverables=kept,
        segments={key: segment for key, segment in plan.segments.items() if key in segments},
        copies={key: copy for key, copy in plan.copies.items() if key in segments},
        mixes={key: mix for key, mix in plan.mixes.items() if key in mixes},
        specs={name: spec for name, spec in plan.specs.items() if name in specs},
        rendered_because={key: why for key, why in plan.rendered_because.items() if key in segments},
        estimate=estimate_of(kept, plan.segments, plan.copies, held),
    )
