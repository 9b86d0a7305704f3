"""Words by which versions are found: split and folded here, so that both databases index and find the same."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, Connection, Select, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import TSQUERY

from twopop.versions.tables import words


def folded(said: str) -> list[str]:
    """The words in *said*, in lower case, without accents, each once: ``"Été_30s"`` is ``["ete", "30s"]``."""
    plain = unicodedata.normalize("NFKD", said).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return list(dict.fromkeys(re.findall(r"[^\W_]+", bare)))


def found_by(connection: Connection, asked: str) -> Select[tuple[int]]:
    """The ids of the versions that have all words of *asked* or words that begin so, the newest first."""
    begins = folded(asked)
    if connection.dialect.name == "postgresql":
        query = " & ".join(f"'{word}':*" for word in begins)
        return select(words.c.version_id).where(_matches(query)).order_by(words.c.version_id.desc())
    query = " ".join(f'"{word}"*' for word in begins)
    found = text("SELECT rowid AS version_id FROM words_found WHERE words_found MATCH :query ORDER BY rowid DESC")
    return select(found.bindparams(query=query).columns(words.c.version_id).subquery().c.version_id)


def _matches(query: str) -> ColumnElement[bool]:
    vector = func.array_to_tsvector(func.string_to_array(words.c.text, text("' '")))
    return vector.op("@@")(cast(literal(query), TSQUERY))
