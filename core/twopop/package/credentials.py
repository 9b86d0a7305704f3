"""Content credentials (C2PA): a finished file signed by the house, so that whoever holds it can see if it was changed.

What is signed here is house-signed and tamper-evident. Whether anybody else trusts it depends on who gave the house its
certificate, and without a time stamp it ends with the certificate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from twopop.errors import EditorError, StudioError
from twopop.package.description import Description

#: The containers that can carry a manifest (tested with c2pa-python 0.38; MXF cannot).
FORMATS: Mapping[str, str] = {"mp4": "video/mp4", "mov": "video/quicktime"}

#: Where nothing is said of how pictures came to be: a mix of elements, each of which may be of any origin.
_MIXED = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"

State = Literal["none", "invalid", "valid", "trusted"]


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a file's signature.

    *state* is ``valid`` when file and signature agree, ``trusted`` when the certificate also goes back to an anchor
    that was given, ``invalid`` with *problems* (codes of the C2PA specification), or ``none``. *signer* is the name on
    the certificate.
    """

    state: State
    signer: str = ""
    title: str = ""
    problems: tuple[str, ...] = ()


class House(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs: the *certificates* (PEM, the house's own first) and the *key* (PEM, PKCS 8), both for ES256.

    *version* is the twopop that makes the claim.
    """

    certificates: Path
    key: Path
    version: str


def sign(source: Path, target: Path, told: Description, container: str, house: House) -> None:
    """Write *source* to *target* with a signed manifest that says *told*. *target* must not be there yet.

    Two signatures of one file differ. Raises StudioError when the certificates or the key cannot be used, or the
    library is not installed; EditorError for a container that cannot carry a manifest.
    """
    library = _library()
    if container not in FORMATS:
        raise EditorError(f"A {container} file cannot carry content credentials.", where=str(source),
                          remedy="Take its spec out of [c2pa] specs.")  # fmt: skip
    try:
        chain, key = house.certificates.read_bytes(), house.key.read_bytes()
    except OSError as error:
        raise StudioError(f"The certificate or its key cannot be read ({error.strerror}).", where=str(error.filename),
                          remedy="Mend [c2pa] certificates and key.") from None  # fmt: skip
    try:
        signer = library.Signer.from_info(library.C2paSignerInfo(library.C2paSigningAlg.ES256, chain, key, None))
        library.Builder(json.dumps(_manifest(told, container, house.version))).sign_file(
            str(source), str(target), signer
        )
    except library.C2paError as error:
        target.unlink(missing_ok=True)
        raise StudioError(f"The file cannot be signed ({error}).", where=str(house.certificates),
                          remedy="Key and certificate have to belong together, for ES256.") from None  # fmt: skip


def read_credentials(path: Path, anchors: Path | None = None) -> Credentials:
    """What the signature of the file at *path* says; *anchors* (PEM) are the certificates that the house trusts."""
    library = _library()
    settings: dict[str, Any] = {}
    if anchors is not None:
        settings["trust"] = {"trust_anchors": anchors.read_text("utf-8")}
    try:
        with library.Context(library.Settings.from_dict(settings)) as context:
            said = json.loads(library.Reader(str(path), context=context).json())
    except library.C2paError as error:
        if "ManifestNotFound" in str(error):
            return Credentials(state="none")
        return Credentials(state="invalid", problems=(str(error),))
    manifest = said["manifests"][said["active_manifest"]]
    failures = said.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    return Credentials(
        state=said["validation_state"].lower(),
        signer=manifest.get("signature_info", {}).get("common_name", ""),
        title=manifest.get("title", ""),
        problems=tuple(failure["code"] for failure in failures),
    )


def _manifest(told: Description, container: str, version: str) -> dict[str, Any]:
    made = {"action": "c2pa.created", "digitalSourceType": told.source_type or _MIXED}
    delivery = {"identifiers": dict(told.identifiers), "frames": told.frames, "rate": str(told.rate)}
    return {
        "claim_generator_info": [{"name": "twopop", "version": version}],
        "title": told.title,
        "format": FORMATS[container],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made, {"action": "c2pa.transcoded"}]}},
            {"label": "org.twopop.delivery", "data": delivery},
        ],
    }


def _library() -> Any:
    try:
        import c2pa
    except ImportError:
        raise StudioError(
            "Content credentials need the library c2pa, which is not installed.",
            remedy='Install it: pip install "twopop[c2pa]", or empty [c2pa] specs.',
        ) from None
    return c2pa
