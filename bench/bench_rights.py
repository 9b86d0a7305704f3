"""Rights of 10,000 deliverables against a ledger of 10,000 lines: time of all answers, against asking each one anew.

The plain baseline asks for a sample of the deliverables one by one, as a script would that knows nothing of the others.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from twopop.delivery.order import Order, parse_order
from twopop.delivery.rights import RightsDesk
from twopop.delivery.session import open_session
from twopop.legal.territories import countries
from twopop.time import Rate
from twopop.timeline.program import AudioClip, AudioTrack, Event, Program, Role, Source
from twopop.variants.model import Cutdown, Span

RATE, SHOTS, LINES = Rate(25), 60, 10_000
ALONE = 20  # deliverables that the baseline asks for


def program() -> Program:
    """A minute of one-second shots with a bed of music."""
    shots = tuple(
        Event(start=n * 25, stop=n * 25 + 25, name=f"shot {n}", source=Source(name=f"STK_{n}")) for n in range(SHOTS)
    )
    whole = RATE.seconds(SHOTS * 25)
    bed = AudioClip(start=whole * 0, stop=whole, name="bed", source=Source(name="bed"))
    music = AudioTrack(name="M", role=Role.MUSIC, clips=(bed,))
    return Program(name="spot", rate=RATE, frames=SHOTS * 25, events=shots, audio=(music,))


def ledger() -> str:
    """10,000 stock shots, of which the program shows 60, with terms that differ."""
    rows = [f"STK_{n},stock,STK_{n},use,paid,{('EU', 'worldwide except US', 'DACH')[n % 3]}" for n in range(LINES)]
    rows += ["bed,music,bed,sync,paid,worldwide", "bed,,,master,paid,worldwide"]
    return "asset,kind,sources,right,status,territory\n" + "\n".join(rows) + "\n"


def order() -> Order:
    """One flight, and another one in every country."""
    use: dict[str, Any] = {"media": ["online"], "territories": ["EU"], "start": "2026-01-01", "end": "2026-12-31"}
    markets = {code: {"territories": [code]} for code in sorted(countries())}
    return parse_order(
        {
            "schema": "twopop.order/1",
            "project": {"client": "C", "title": "T"},
            "timeline": {"file": "x.otio"},
            "deliverable": [{"duration": "full", "aspect": "1:1", "spec": "x"}],
            "rights": {"ledgers": ["rights.csv"]},
            "use": {**use, "markets": markets},
        },
        where="bench",
    )


def main() -> None:
    """Print the figures."""
    cuts = [Cutdown(label=f"{n}s", keep=(Span(0, n * 25),)) for n in (60, 45, 30, 20, 15, 10, 6)]
    markets = sorted(countries())[:238]
    wanted = [(cut, texted, market) for cut in cuts for texted in (True, False) for market in markets]
    wanted *= 3  # three specs of each
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "rights.csv").write_text(ledger())
        session = open_session(folder)
        began = time.process_time()
        desk = RightsDesk(session, order(), program())
        found = sum(len(desk.of(*asked).findings) for asked in wanted)
        together = time.process_time() - began
        alone = SimpleNamespace(count=0, seconds=0.0)
        for asked in wanted[:: len(wanted) // ALONE][:ALONE]:
            began = time.process_time()
            RightsDesk(session, order(), program()).of(*asked)
            alone.seconds += time.process_time() - began
            alone.count += 1
    each = alone.seconds / alone.count
    print(f"{len(wanted)} deliverables, {LINES} lines of a ledger: {together:.2f} s CPU, {found} findings")
    print(f"one by one: {each * 1000:.0f} ms each; ratio {together / (each * len(wanted)):.5f}")


if __name__ == "__main__":
    main()
