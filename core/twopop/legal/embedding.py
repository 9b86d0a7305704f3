"""Legal fields in the words of a container: what MP4, MOV and MXF keep, and where."""

from __future__ import annotations

from collections.abc import Iterable

from twopop.legal.model import LegalField, LegalWords

#: Fields that MP4 and MOV have a place of their own for.
_PLACES = {
    "title": "title",
    "description": "description",
    "comment": "comment",
    "copyright": "copyright",
    "creator": "artist",
}

#: The others, as a line of the comment names them.
_NAMES = {
    "ad_id": "Ad-ID",
    "clock": "Clock number",
    "clearance": "Clearance",
    "isan": "ISAN",
    "eidr": "EIDR",
    "credit": "Credit",
    "usage": "Usage terms",
    "ai": "Digital source type",
}

#: What a free key of ours begins with.
PREFIX = "org.twopop."


def embedded(fields: Iterable[LegalField], container: str) -> dict[str, str]:
    """{key: value} to write into a file of the *container* (``mp4``, ``mov``, ``mxf``); nothing for any other.

    MP4 has no place for identifiers, and free keys change its layout, which social platforms dislike: they go into the
    comment, by name. MOV keeps them under keys of their own as well. MXF keeps one name, that of its material package:
    the Ad-ID, else the clock number, else the title. Keys that only a plugin knows are written as they are.
    """
    said = {field.key: field.value for field in fields if field.value}
    if container == "mxf":
        name = said.get("ad_id") or said.get("clock") or said.get("title")
        return {"material_package_name": name} if name else {}
    if container not in ("mp4", "mov"):
        return {}
    known = {"title", "comment", *LegalWords.__struct_fields__}
    made = {key: value for key, value in said.items() if key not in known}
    made |= {place: said[key] for key, place in _PLACES.items() if key in said}
    named = [f"{name}: {said[key]}" for key, name in _NAMES.items() if key in said]
    if named:
        made["comment"] = "; ".join([said["comment"], *named] if "comment" in said else named)
    if container == "mov":
        made |= {f"{PREFIX}{key}": said[key] for key in _NAMES if key in said}
    return made
