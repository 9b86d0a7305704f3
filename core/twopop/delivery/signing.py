"""Content credentials on finished files, where the house has asked for them."""

from __future__ import annotations

from pathlib import Path

import twopop
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.session import Session
from twopop.findings import Finding, fail, info
from twopop.legal.disclosure import NEWSCODES
from twopop.package.credentials import House, read_credentials, sign
from twopop.package.description import Description
from twopop.settings import C2paTable

#: The registries by the legal field that holds their number.
REGISTRIES = {"ad_id": "Ad-ID", "clock": "Clearcast", "isan": "ISAN", "eidr": "EIDR", "clearance": "Clearance"}


def description_of(deliverable: Deliverable) -> Description:
    """What is told of *deliverable* beside its file and in its credentials."""
    said = {field.key: field.value for field in deliverable.metadata}
    told = ("title", "description", "copyright", "creator", "credit", "usage")
    return Description(
        **{key: said.get(key, "") for key in told},
        source_type=f"{NEWSCODES}{said['ai']}" if "ai" in said else "",
        language=deliverable.variant.language,
        identifiers={body: said[key] for key, body in REGISTRIES.items() if key in said},
        frames=deliverable.frames,
        rate=deliverable.rate,
        size=deliverable.size,
    )


def signed(deliverable: Deliverable, scratch: Path, plan: Plan, session: Session) -> list[Finding]:
    """Sign the finished file *scratch* if ``[c2pa]`` names its spec, read that back, and say what it is worth.

    It is the last thing that changes the file: whatever copies its packets afterwards takes the signature off. Raises
    StudioError when it cannot be signed.
    """
    table = session.settings[C2paTable]
    if deliverable.spec not in table.specs:
        return []
    folder, beside = session.folder, scratch.with_name(f"{scratch.stem}-signed{scratch.suffix}")
    house = House(certificates=folder / table.certificates, key=folder / table.key, version=twopop.__version__)
    try:
        sign(scratch, beside, description_of(deliverable), plan.specs[deliverable.spec].container.format, house)
        read = read_credentials(beside, folder / table.anchors if table.anchors else None)
        if read.state not in ("valid", "trusted"):
            return [_broken(read.problems, deliverable)]
        beside.replace(scratch)
    finally:
        beside.unlink(missing_ok=True)
    worth = "goes back to an anchor of the house" if read.state == "trusted" else "nobody but the house vouches for it"
    words = f"Signed by {read.signer}: changes to the file can be seen; {worth}. It ends with the certificate."
    return [info("legal.signed", words, where=deliverable.id)]


def _broken(problems: tuple[str, ...], deliverable: Deliverable) -> Finding:
    return fail("legal.signature", f"The signature cannot be read back ({', '.join(problems)}).", where=deliverable.id,
                remedy="Check the certificate and its key, and the version of c2pa.")  # fmt: skip
