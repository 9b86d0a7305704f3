"""How fast a clip plays, and what of its effects cannot be shown from the sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from twopop.timeline.exact import plain, said


@dataclass(frozen=True)
class Retime:
    """The *speed* of an item (0 holds its first frame, negative plays backwards).

    *doubt* says why that speed is only the nearest thing; *effects* names what else lies on the item; *how* is what
    the format says of pictures between two frames (``blend``, or nothing).
    """

    speed: Fraction = Fraction(1)
    doubt: str = ""
    effects: tuple[str, ...] = ()
    how: str = ""


#: Effects that hosts write on every clip without changing the picture (position and size at rest are checked apart).
_IDLE = re.compile(r"^(audio (pan|gain)|mono audio gain|audio levels|volume|pan|channel volume)$", re.IGNORECASE)


def retime(item: Any) -> Retime:
    """The speed and the other effects of the OTIO *item*."""
    speed = Fraction(1)
    doubts: list[str] = []
    others: list[str] = []
    for effect in item.effects:
        schema = effect.schema_name()
        if schema == "FreezeFrame":
            speed = Fraction(0)
        elif schema == "LinearTimeWarp":
            speed *= _scalar(effect.time_scalar)
        elif schema == "TimeEffect" or _is_remap(effect):
            first, doubt = _first_speed(effect)
            speed *= first
            doubts += [doubt] if doubt else []
        elif not _idle(effect):
            others.append(_name(effect))
    how = "blend" if any(_blends(effect) for effect in item.effects) else ""
    return Retime(speed, " ".join(doubts), tuple(dict.fromkeys(others)), how)


def _blends(effect: Any) -> bool:
    """Whether an FCP7 retime has its frame blending on."""
    fcp7 = plain(said(effect.metadata, "fcp_xml"))
    if not isinstance(fcp7, dict):
        return False
    values = {each.get("parameterid"): each.get("value") for each in _parameters(fcp7)}
    return str(values.get("frameblending")).upper() == "TRUE"


def _scalar(value: float) -> Fraction:
    """A speed as the short ratio it means: 1.3333333 is 4/3."""
    try:
        exact = Fraction(value)
    except (ValueError, OverflowError):
        return Fraction(1)
    short = exact.limit_denominator(10_000)
    near = Fraction(1, 10**9) * (abs(exact) if abs(exact) > 1 else Fraction(1))
    return short if abs(short - exact) <= near else Fraction(repr(value))


def _name(effect: Any) -> str:
    name = next((part for part in (effect.effect_name, effect.name) if part and part != "Resolve Effect"), "")
    if not name:
        name = said(effect.metadata, "Resolve_OTIO", "Effect Name") or effect.effect_name or effect.schema_name()
    words = str(name).split()
    return " ".join(words[:8]) if words else "an effect without a name"


def _idle(effect: Any) -> bool:
    """Whether *effect* does nothing: switched off, or a transform at rest, or one that only concerns sound."""
    if getattr(effect, "enabled", True) is False:
        return True
    if _IDLE.match(effect.effect_name or "") or _IDLE.match(effect.name or ""):
        return True
    resolve = plain(said(effect.metadata, "Resolve_OTIO"))
    if isinstance(resolve, dict):
        return not resolve.get("Enabled", True) or not resolve.get("Parameters", True)
    fcp7 = plain(said(effect.metadata, "fcp_xml"))
    return isinstance(fcp7, dict) and _at_rest(fcp7)


def _at_rest(fcp7: dict[str, Any]) -> bool:
    """Whether an FCP7 effect is only about sound, or a Basic Motion that moves nothing."""
    if fcp7.get("mediatype") == "audio":
        return True
    if fcp7.get("effectid") != "basic":
        return False
    rest = {"scale": 100.0, "rotation": 0.0, "antiflicker": 0.0}
    for parameter in _parameters(fcp7):
        if "keyframe" in parameter:
            return False
        name, value = parameter.get("parameterid"), parameter.get("value")
        if name in rest and _number(value, rest[name]) != rest[name]:
            return False
        point = value if name in ("center", "centerOffset") and isinstance(value, dict) else {}
        if any(_number(point.get(axis), 0.0) for axis in ("horiz", "vert")):
            return False
    return True


def _parameters(fcp7: dict[str, Any]) -> list[dict[str, Any]]:
    listed = fcp7.get("parameter")
    return [each for each in (listed if isinstance(listed, list) else [listed]) if isinstance(each, dict)]


def _number(text: Any, otherwise: float) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return otherwise


def _is_remap(effect: Any) -> bool:
    return bool(said(effect.metadata, "fcp_xml", "effectid") == "timeremap")


def _first_speed(effect: Any) -> tuple[Fraction, str]:
    """The first speed of a time effect that is no plain one, and the words of doubt (none for a constant speed)."""
    name = f"The speed of this clip changes ({_name(effect)})"
    fcp7 = plain(said(effect.metadata, "fcp_xml"))
    if not isinstance(fcp7, dict):
        return Fraction(1), f"{name}; it is shown at its normal speed."
    values = {str(each.get("parameterid")): each.get("value") for each in _parameters(fcp7)}
    percent = Fraction(str(_number(values.get("speed"), 100.0)))
    percent = percent if 0 < abs(percent) < 1 else percent / 100  # Hiero writes 0.25 for a quarter
    if str(values.get("reverse")).upper() == "TRUE" and percent > 0:
        percent = -percent
    if str(values.get("variablespeed", "0")) not in ("0", "FALSE", "None"):
        return percent, f"{name}; it is shown at {float(percent):.4g} of its normal speed throughout."
    return percent, ""
