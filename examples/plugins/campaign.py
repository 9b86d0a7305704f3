"""A campaign house in one file: names by job and reel, and versions in tens, so that a hot fix fits in between."""

import msgspec

from twopop import EditorError, FileName, NameField, Version, forms, hookimpl

JOB = forms.Code(form="[A-Z]{2}[0-9]{4}", says="of our job numbers, two letters and four digits: HL0417")
REELS = forms.Choice(labels={"social-h264": "SOC", "broadcast-prores": "AIR", "review-h264": "REV"})


class Campaign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[campaign]``: the *folder* of the files; *named* is false where names are left to [naming]."""

    folder: str = "out"
    named: bool = True


@hookimpl
def settings():
    return [Campaign]


@hookimpl
def name_fields(order, spec):
    reel = spec.name if spec.name in REELS.labels else ""
    return [
        NameField(name="job", value=order.project.code, form=JOB),
        NameField(name="reel", value=reel, form=REELS),
    ]


@hookimpl
def name(fields, forms, settings):
    if not settings[Campaign].named:
        return None  # [naming] writes the name; it knows the fields above and their forms
    if not fields["job"]:
        raise EditorError("The order has no job number.", remedy="Write it under [project] as code.")
    values = {key: forms[key].value(fields[key]) for key in ("job", "reel", "duration", "aspect") if fields[key]}
    texts = [forms[key].write(value) for key, value in values.items()]
    return FileName(stem="-".join([*texts, f"V{fields['version']}"]), folder=settings[Campaign].folder)


@hookimpl
def next_version(history, content):
    if kept := next((version for version in reversed(history) if version.content == content), None):
        return Version(number=kept.number, why=f"unchanged since v{kept.number}")
    last = max((version.number for version in history), default=0)
    return Version(number=last - last % 10 + 10, why="a new round" if history else "the first round")
