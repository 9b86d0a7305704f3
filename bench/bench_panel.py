"""The panel in Chromium: from a click on "Plan" to the list, and a thousand notifications a second.

Each stands beside the plain way of the same run: the same plan made in process, and the same page idle. Where there is
no browser the reason is told, and nothing is measured. Round trips of calls are measured by ``bench_service.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from panel.running import lacking, running

from panel import flood, plans

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support import demo_folder
from twopop.picture.tools import find_ffmpeg


def main() -> None:
    """Print the figures."""
    if reason := lacking():
        print(f"The panel is not measured: {reason}.")
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        project = demo_folder.make_folder(Path(scratch) / "harbour", find_ffmpeg())
        with running(project, Path(scratch) / "state") as service:
            plans.show(service, project)
    flood.show()


if __name__ == "__main__":
    main()
