"""What a project worker does for the service: everything that runs plugins or takes time. See ``functions``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from twopop.service import choosing, jobfiles, marking, masters, planning
from twopop.service.methods import Nothing
from twopop.service.values import HostSeen

if TYPE_CHECKING:
    from twopop.delivery.session import Session
    from twopop.service.work import Work


def hosts(session: Session, params: Nothing, work: Work) -> tuple[HostSeen, ...]:
    """The hosts that plugins offer, looked for on this machine."""
    from twopop.delivery.hosts import look_for_hosts

    return tuple(
        HostSeen(
            name=entry.name,
            title=entry.title,
            found=state.found,
            detail=state.detail,
            driven=entry.connect is not None,
        )
        for entry, state in look_for_hosts(session)
    )


#: {name: function(session, params, work)}.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "hosts": hosts,
    "specs": choosing.specs,
    "presets": choosing.presets,
    "preset": choosing.preset,
    "save_preset": choosing.save_preset,
    "actions": choosing.actions,
    "act": choosing.act,
    "timeline": planning.timeline,
    "plan": planning.plan,
    "cut": planning.cut,
    "job": jobfiles.job,
    "marks": marking.marks,
    "edits": marking.edits,
    "master": masters.master,
    "take_master": masters.take_master,
}
