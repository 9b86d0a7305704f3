"""Timelines, orders, specs, plans, rights, runs, files, findings, approvals, host edits; and finding them by words."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: The tables of this step, in the order in which they are made.
_NEW = (
    "timelines", "orders", "specs", "plans", "rights", "runs", "files", "approvals", "findings", "host_edits", "words",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, and tell of old versions what can be told."""
    _what_was_wanted()
    _what_was_done()
    _columns()
    _what_came_of_it()
    op.execute("UPDATE versions SET delivered = created WHERE state = 'delivered'")
    op.execute(
        "INSERT INTO files (version_id, kind, out, path, bytes, sha256, created) "
        "SELECT id, 'deliverable', out, path, bytes, sha256, created FROM versions WHERE state = 'delivered'"
    )
    _search()


def downgrade() -> None:
    """Take the tables and columns away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE words_found")
    for table in reversed(_NEW):
        if table == "runs":
            op.drop_column("receipts", "run_id")
            for column in ("run_id", "delivered", "note", "made", "changes", "why", "approval", "label"):
                op.drop_column("versions", column)
        op.drop_table(table)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _to(table: str, *, needed: bool = True, indexed: bool = False) -> sa.Column[int]:
    name = f"{table[:-1]}_id"
    return sa.Column(name, sa.Integer, sa.ForeignKey(f"{table}.id"), nullable=not needed, index=indexed)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=False, server_default="")


def _content() -> sa.Column[str]:
    return sa.Column("content", sa.String(64), nullable=False)


def _what_was_wanted() -> None:
    once = sa.UniqueConstraint("project_id", "content")
    op.create_table(
        "timelines", _id(), _to("projects"), _content(), _text("name"), _text("file"), _text("rate"),
        sa.Column("frames", sa.Integer, nullable=False), sa.Column("json", sa.LargeBinary, nullable=False),
        _time("created"), once,
    )  # fmt: skip
    once = sa.UniqueConstraint("project_id", "content")
    op.create_table(
        "orders", _id(), _to("projects"), _content(), sa.Column("json", sa.Text, nullable=False), _time("created"), once
    )
    op.create_table(
        "specs", _id(), sa.Column("content", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False), sa.Column("json", sa.Text, nullable=False),
    )  # fmt: skip
    once = sa.UniqueConstraint("project_id", "content")
    op.create_table(
        "plans", _id(), _to("projects"), _content(), _to("timelines"), _to("orders"),
        sa.Column("json", sa.LargeBinary, nullable=False), sa.Column("media", sa.LargeBinary, nullable=False),
        _time("created"), once,
    )  # fmt: skip
    op.create_table(
        "rights", _id(), _to("plans", indexed=True), sa.Column("source", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False), _text("note"),
    )  # fmt: skip


def _what_was_done() -> None:
    process = sa.Column("process", sa.BigInteger, nullable=False, server_default="0")
    op.create_table(
        "runs", _id(), _to("projects", indexed=True), _to("plans", needed=False), _text("who"), _text("host"), process,
        _text("out"), _time("started"), _time("seen"), _time("ended"),
    )  # fmt: skip


def _columns() -> None:
    op.add_column("versions", _text("label"))
    op.add_column("versions", sa.Column("approval", sa.String(10), nullable=False, server_default=""))
    for name in ("why", "changes", "made", "note"):
        op.add_column("versions", _text(name))
    op.add_column("versions", _time("delivered"))
    # Alembic does not add a reference to an SQLite table in place, though both databases can.
    op.execute("ALTER TABLE versions ADD COLUMN run_id INTEGER REFERENCES runs (id)")
    op.execute("ALTER TABLE receipts ADD COLUMN run_id INTEGER REFERENCES runs (id)")


def _what_came_of_it() -> None:
    op.create_table(
        "files", _id(), _to("versions"), sa.Column("kind", sa.String(11), nullable=False),
        sa.Column("out", sa.Text, nullable=False), sa.Column("path", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False), sa.Column("sha256", sa.String(64), nullable=False),
        _time("created"), sa.UniqueConstraint("version_id", "kind", "out", "path", "sha256"),
    )  # fmt: skip
    op.create_table(
        "approvals", _id(), _to("versions", indexed=True), sa.Column("state", sa.String(10), nullable=False),
        _text("who"), _text("note"), _time("created"),
    )  # fmt: skip
    op.create_table(
        "findings", _id(), _to("receipts", indexed=True), _to("versions", needed=False, indexed=True),
        sa.Column("rule", sa.Text, nullable=False), sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("message", sa.Text, nullable=False), _text("place"), _text("remedy"),
    )  # fmt: skip
    op.create_table(
        "host_edits", _id(), _to("receipts", indexed=True), sa.Column("host", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False), _text("place"),
    )  # fmt: skip


def _search() -> None:
    """Each database's own index over words; the words are split and folded before they come here."""
    op.create_table(
        "words",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("versions.id"), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX words_found ON words USING gin (array_to_tsvector(string_to_array(text, ' ')))")
        _words_of_old_versions()
        return
    op.execute(
        "CREATE VIRTUAL TABLE words_found USING fts5(text, content='words', content_rowid='version_id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')"
    )
    for name, when, what in (
        ("in", "AFTER INSERT", _KEEP),
        ("out", "AFTER DELETE", _FORGET),
        ("over", "AFTER UPDATE", f"{_FORGET} {_KEEP}"),
    ):
        op.execute(f"CREATE TRIGGER words_{name} {when} ON words BEGIN {what} END")
    _words_of_old_versions()


def _words_of_old_versions() -> None:
    connection = op.get_bind()
    old = connection.execute(
        sa.text(
            "SELECT versions.id, projects.name, deliverables.identity, versions.path, versions.number FROM versions "
            "JOIN deliverables ON deliverables.id = versions.deliverable_id "
            "JOIN projects ON projects.id = deliverables.project_id WHERE versions.state = 'delivered'"
        )
    )
    rows = [{"id": row[0], "text": _folded(f"{row[1]} {row[2]} {row[3]} v{row[4]}")} for row in old]
    if rows:
        connection.execute(sa.text("INSERT INTO words (version_id, text) VALUES (:id, :text)"), rows)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(dict.fromkeys(re.findall(r"[^\W_]+", bare)))


_KEEP = "INSERT INTO words_found (rowid, text) VALUES (new.version_id, new.text);"
_FORGET = "INSERT INTO words_found (words_found, rowid, text) VALUES ('delete', old.version_id, old.text);"
