"""The catalogue's tables, as this twopop reads and writes them. How they come to be is in ``migrations``.

Times are UTC in ISO 8601, to the second. JSON that may be large (cuts, plans) is packed with zlib.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy import UniqueConstraint as Unique

#: The number of the newest step in ``migrations``; a catalogue carries the number of the last step it went through.
SCHEMA_NUMBER = 3

metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(table: str, *, needed: bool = True, indexed: bool = False) -> Column[int]:
    name = f"{table.removesuffix('s')}_id"
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=not needed, index=indexed)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _time(name: str) -> Column[str]:
    return Column(name, String(32), nullable=False, server_default="")


#: One row per project, by the name its orders give it.
projects = Table("projects", metadata, _id(), Column("name", Text, nullable=False, unique=True))

#: What is made again and again: *identity* says which variant in which spec, in the words of the caller.
deliverables = Table(
    "deliverables",
    metadata,
    _id(),
    _to("projects"),
    Column("identity", Text, nullable=False),
    Unique("project_id", "identity"),
)

#: The cuts that deliveries were made from, each once by its content.
timelines = Table(
    "timelines",
    metadata,
    _id(),
    _to("projects"),
    Column("content", String(64), nullable=False),
    _text("name"),
    _text("file"),
    _text("rate"),
    Column("frames", Integer, nullable=False),
    Column("json", LargeBinary, nullable=False),
    _time("created"),
    Unique("project_id", "content"),
)

#: The orders that were delivered, as they were read.
orders = Table(
    "orders",
    metadata,
    _id(),
    _to("projects"),
    Column("content", String(64), nullable=False),
    Column("json", Text, nullable=False),
    _time("created"),
    Unique("project_id", "content"),
)

#: The specs that deliveries were made for, as they stood then.
specs = Table(
    "specs",
    metadata,
    _id(),
    Column("content", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("json", Text, nullable=False),
)

#: The plans that runs carried out.
plans = Table(
    "plans",
    metadata,
    _id(),
    _to("projects"),
    Column("content", String(64), nullable=False),
    _to("timelines"),
    _to("orders"),
    Column("json", LargeBinary, nullable=False),
    Column("media", LargeBinary, nullable=False),
    _time("created"),
    Unique("project_id", "content"),
)

#: What was known of the rights to each source when a plan was made.
rights = Table(
    "rights",
    metadata,
    _id(),
    _to("plans", indexed=True),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    _text("note"),
)

#: One row per run. *seen* moves on while it lives; *ended* is empty until it ends, and stays so when it is killed.
runs = Table(
    "runs",
    metadata,
    _id(),
    _to("projects", indexed=True),
    _to("plans", needed=False),
    _text("who"),
    _text("host"),
    Column("process", BigInteger, nullable=False, server_default="0"),
    _text("out"),
    _time("started"),
    _time("seen"),
    _time("ended"),
)

#: *content* is the fingerprint of all that is seen, heard and told. A *released* number is free again; *note* says why.
versions = Table(
    "versions",
    metadata,
    _id(),
    _to("deliverables"),
    Column("number", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(9), nullable=False),
    Column("out", Text, nullable=False, default=""),
    Column("path", Text, nullable=False, default=""),
    Column("sha256", String(64), nullable=False, default=""),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("created", String(32), nullable=False),
    _text("label"),
    Column("approval", String(10), nullable=False, server_default=""),
    _text("why"),
    _text("changes"),
    _text("made"),
    _text("note"),
    _time("delivered"),
    _to("runs", needed=False),
    Unique("deliverable_id", "number"),
    CheckConstraint("state IN ('reserved', 'delivered', 'released')", name="state_known"),
)

#: Every file that went out, and every one that was put aside for it.
files = Table(
    "files",
    metadata,
    _id(),
    _to("versions"),
    Column("kind", String(11), nullable=False),
    Column("out", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    _time("created"),
    Unique("version_id", "kind", "out", "path", "sha256"),
)

#: What people said of versions, one row each time.
approvals = Table(
    "approvals",
    metadata,
    _id(),
    _to("versions", indexed=True),
    Column("state", String(10), nullable=False),
    _text("who"),
    _text("note"),
    _time("created"),
)

#: Receipts as they were written, oldest first.
receipts = Table(
    "receipts",
    metadata,
    _id(),
    _to("projects", indexed=True),
    Column("created", String(32), nullable=False),
    Column("json", Text, nullable=False),
    _to("runs", needed=False),
)

#: The findings in receipts, each with the version that it speaks of, if it speaks of one.
findings = Table(
    "findings",
    metadata,
    _id(),
    _to("receipts", indexed=True),
    _to("versions", needed=False, indexed=True),
    Column("rule", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("message", Text, nullable=False),
    _text("place"),
    _text("remedy"),
)

#: What a run changed in a host application's project.
host_edits = Table(
    "host_edits",
    metadata,
    _id(),
    _to("receipts", indexed=True),
    Column("host", Text, nullable=False),
    Column("what", Text, nullable=False),
    _text("place"),
)

#: Ledgers of rights that hold for every project, by name.
ledgers = Table(
    "ledgers",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _time("kept"),
    Column("json", LargeBinary, nullable=False),
)

#: The words by which a version is found; the databases' own indexes over them are made by the steps.
words = Table(
    "words",
    metadata,
    Column("version_id", Integer, ForeignKey("versions.id"), primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
)
