"""Names found on disk, taken apart by the conventions that hold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import PurePosixPath

import msgspec

from twopop.errors import EditorError, InputError
from twopop.naming.conventions import Scheme
from twopop.naming.forms import Form, Value, Version
from twopop.naming.grammar import Grammar, shown


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a *file*'s name says by the *convention* it follows: its *fields*, and the *stem* they were read from.

    *rest* is what follows the stem (``".mp4"``, ``".en.srt"``); *folder* is the part of its folders that the
    convention's folder template reads ("" if none). *differing* are fields of which name and folder say two things:
    the name's value stands in *fields*, the folder's here.
    """

    file: str
    convention: str
    stem: str
    rest: str
    fields: dict[str, str | int]
    folder: str = ""
    differing: dict[str, str | int] = {}


def parse_name(file: str, schemes: Sequence[Scheme], forms: Mapping[str, Form]) -> Parsed:
    """The *file*'s name by the first of *schemes* that it follows; *forms* are those that plugins give.

    Only the text of the path is looked at. Raises EditorError that says of each convention how far the name fits,
    InputError for a template that is none.
    """
    path = PurePosixPath(file.replace("\\", "/"))
    misfits = []
    for scheme in schemes:
        try:
            stem, values = _read(_grammars(scheme, forms), path.name)
        except InputError as error:
            misfits.append(f"By {scheme.name}: {error.what}")
            continue
        folder, around = _folder(scheme.folder_grammar(forms), path.parent.parts)
        return Parsed(
            file=file,
            convention=scheme.name,
            stem=stem,
            rest=path.name[len(stem) :],
            fields={field: shown(value) for field, value in sorted({**around, **values}.items())},
            folder=folder,
            differing={field: shown(value) for field, value in around.items() if values.get(field, value) != value},
        )
    raise EditorError(
        " ".join(misfits), where=file, remedy="Name another convention with --convention, or rename the file."
    )


def _grammars(scheme: Scheme, forms: Mapping[str, Form]) -> list[Grammar]:
    """The grammar of names, and that of names whose versions are counted in rounds (``2.1``) if it can be one."""
    grammars = [scheme.stem_grammar(forms)]
    with contextlib.suppress(InputError):
        grammars.append(scheme.stem_grammar({**forms, "version": Version(rounds=True)}))
    return grammars


def _read(grammars: Sequence[Grammar], name: str) -> tuple[str, dict[str, Value]]:
    """The stem in *name* and its values: without the last extension if it can be, else with all or with fewer."""
    first: InputError | None = None
    for grammar, stem in product(grammars, _stems(name)):
        try:
            return stem, grammar.read(stem)
        except InputError as error:
            first = first or error
    raise first or InputError("There is no name.")


def _stems(name: str) -> Iterator[str]:
    cut = name.rpartition(".")[0]
    if cut:
        yield cut
    yield name
    while "." in cut:
        cut = cut.rpartition(".")[0]
        yield cut


def _folder(grammar: Grammar | None, parts: Sequence[str]) -> tuple[str, dict[str, Value]]:
    """The last of *parts* that *grammar* reads, as many as can be, and what they say."""
    for begin in range(len(parts)) if grammar else ():
        folder = "/".join(parts[begin:])
        try:
            return folder, grammar.read(folder) if grammar else {}
        except InputError:
            continue
    return "", {}
