"""The service's own process plans, renders and reads nothing: what does that stays in its workers, with its weight."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "av", "opentimelineio", "sqlalchemy", "twopop.delivery.planner", "twopop.service.project")

LOOK = f"""
import sys
import twopop.service.server
from twopop.service.handlers import handlers
handlers()
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_nothing_heavy_is_imported_by_the_service() -> None:
    run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.split() == []
