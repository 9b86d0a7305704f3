"""Metadata beside a file as XMP (ISO 16684-1), under the names of the IPTC Video Metadata Hub's mapping to XMP."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

from twopop.package.description import Description

_SPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
}

_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_TAIL = '\n<?xpacket end="r"?>\n'


def to_xmp(told: Description) -> bytes:
    """*told* as an XMP packet in UTF-8; the same description gives the same bytes."""
    for prefix, space in _SPACES.items():
        Xml.register_namespace(prefix, space)
    meta = Xml.Element(_tag("x:xmpmeta"))
    about = Xml.SubElement(Xml.SubElement(meta, _tag("rdf:RDF")), _tag("rdf:Description"), {_tag("rdf:about"): ""})
    for name, value in _languages(told).items():
        _alternatives(about, name, value)
    _array(about, "dc:creator", "Seq", [told.creator])
    _array(about, "dc:language", "Bag", [told.language])
    _array(about, "dc:identifier", "", list(told.identifiers.values())[:1])
    for name, value in _plain(told).items():
        _text(about, name, value)
    _registry(about, told.identifiers)
    _dimensions(about, told)
    Xml.indent(meta)
    return (_HEAD + Xml.tostring(meta, encoding="unicode") + _TAIL).encode("utf-8")


def _languages(told: Description) -> dict[str, str]:
    """What XMP keeps in several languages; ours stands as the default one."""
    return {
        "dc:title": told.title,
        "dc:description": told.description,
        "dc:rights": told.copyright,
        "xmpRights:UsageTerms": told.usage,
    }


def _plain(told: Description) -> dict[str, str]:
    return {
        "photoshop:Credit": told.credit,
        "Iptc4xmpExt:DigitalSourceType": told.source_type,
        "xmpRights:Marked": "True" if told.copyright else "",
    }


def _registry(about: Xml.Element, identifiers: Mapping[str, str]) -> None:
    """Each identifier with the body that gave it (IPTC Extension: Registry Entry)."""
    if not identifiers:
        return
    bag = Xml.SubElement(Xml.SubElement(about, _tag("Iptc4xmpExt:RegistryId")), _tag("rdf:Bag"))
    for body, value in identifiers.items():
        entry = Xml.SubElement(bag, _tag("rdf:li"), {_tag("rdf:parseType"): "Resource"})
        _text(entry, "Iptc4xmpExt:RegOrgId", body)
        _text(entry, "Iptc4xmpExt:RegItemId", value)


def _dimensions(about: Xml.Element, told: Description) -> None:
    """Length as frames on a scale of one frame, and the raster in pixels."""
    length = Xml.SubElement(about, _tag("xmpDM:duration"), {_tag("rdf:parseType"): "Resource"})
    _text(length, "xmpDM:value", str(told.frames))
    _text(length, "xmpDM:scale", f"{told.rate.denominator}/{told.rate.numerator}")
    size = Xml.SubElement(about, _tag("xmpDM:videoFrameSize"), {_tag("rdf:parseType"): "Resource"})
    _text(size, "stDim:w", str(told.size[0]))
    _text(size, "stDim:h", str(told.size[1]))
    _text(size, "stDim:unit", "pixel")


def _alternatives(about: Xml.Element, name: str, value: str) -> None:
    if value:
        choices = Xml.SubElement(Xml.SubElement(about, _tag(name)), _tag("rdf:Alt"))
        item = Xml.SubElement(choices, _tag("rdf:li"), {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"})
        item.text = value


def _array(about: Xml.Element, name: str, kind: str, values: list[str]) -> None:
    filled = [value for value in values if value]
    if not filled:
        return
    holder = Xml.SubElement(about, _tag(name))
    if not kind:
        holder.text = filled[0]
        return
    items = Xml.SubElement(holder, _tag(f"rdf:{kind}"))
    for value in filled:
        Xml.SubElement(items, _tag("rdf:li")).text = value


def _text(parent: Xml.Element, name: str, value: str) -> None:
    if value:
        Xml.SubElement(parent, _tag(name)).text = value


def _tag(name: str) -> str:
    prefix, _, word = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{word}"
