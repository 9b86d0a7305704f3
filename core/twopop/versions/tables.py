"""The catalogue's tables, as this twopop reads and writes them. How they come to be is in ``migrations``."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, MetaData, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

#: The number of the newest step in ``migrations``; a catalogue carries the number of the last step it went through.
SCHEMA_NUMBER = 1

metadata = MetaData()

#: One row per project, by the name its orders give it.
projects = Table(
    "projects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

#: What is made again and again: *identity* says which variant in which spec, in the words of the caller.
deliverables = Table(
    "deliverables",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("projects.id"), nullable=False),
    Column("identity", Text, nullable=False),
    Unique("project_id", "identity"),
)

#: *content* is the fingerprint of all that is seen, heard and told. A *released* number is free again.
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deliverable_id", Integer, ForeignKey("deliverables.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(9), nullable=False),
    Column("out", Text, nullable=False, default=""),
    Column("path", Text, nullable=False, default=""),
    Column("sha256", String(64), nullable=False, default=""),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("created", String(32), nullable=False),
    Unique("deliverable_id", "number"),
    CheckConstraint("state IN ('reserved', 'delivered', 'released')", name="state_known"),
)

#: Receipts as they were written, oldest first.
receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("projects.id"), nullable=False, index=True),
    Column("created", String(32), nullable=False),
    Column("json", Text, nullable=False),
)
