"""The host applications that a project's plugins offer, and whether they are on this machine."""

from __future__ import annotations

from twopop.delivery.session import Session
from twopop.errors import InputError
from twopop.hosts import HostEntry, HostState
from twopop.plugins import Contribution
from twopop.schema import nearest


def look_for_hosts(session: Session) -> list[tuple[HostEntry, HostState]]:
    """Each host that a plugin names, with what looking for it gave; a look that fails says so and harms no other.

    Raises PluginError when a plugin fails to name its hosts.
    """
    return [(offer.value, _looked(offer)) for offer in _offers(session)]


def host_entry(session: Session, name: str) -> HostEntry:
    """The host called *name*; raises InputError with the nearest one. Of two with one name the inner one counts."""
    entries = {offer.value.name: offer.value for offer in _offers(session)}
    if name not in entries:
        hint = nearest(name, entries) or f" There are: {', '.join(entries)}."
        raise InputError(f"There is no host {name!r}.{hint}")
    return entries[name]


def _offers(session: Session) -> list[Contribution[HostEntry]]:
    given, failed = session.plugins.collect("hosts")
    for failure in failed:
        raise failure.raised()
    return given


def _looked(offer: Contribution[HostEntry]) -> HostState:
    try:
        return offer.value.look()
    except Exception as error:  # whatever a plugin raises is its own failure
        return HostState(False, f"The plugin {offer.plugin!r} could not look: {type(error).__name__}: {error}")
