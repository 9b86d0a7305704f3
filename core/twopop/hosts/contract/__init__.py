"""The contract: what each host has to do, in clauses that can be run against any of them.

A clause looks only at what can be read back: timelines, markers and bins as the host tells them afterwards, files as
they lie on disk. ``twopop hosts check NAME`` runs the same clauses as the tests do.
"""

from twopop.hosts.contract.bench import Bench
from twopop.hosts.contract.model import Broken, Clause, Outcome, Report
from twopop.hosts.contract.suite import CLAUSES, judge, run

__all__ = ["CLAUSES", "Bench", "Broken", "Clause", "Outcome", "Report", "judge", "run"]
