"""Projects, deliverables, versions, receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "deliverables",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project_id", sa.Integer, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.UniqueConstraint("project_id", "identity"),
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("deliverable_id", sa.Integer, sa.ForeignKey("deliverables.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("out", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.UniqueConstraint("deliverable_id", "number"),
        sa.CheckConstraint("state IN ('reserved', 'delivered', 'released')", name="state_known"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project_id", sa.Integer, sa.ForeignKey("projects.id"), nullable=False, index=True),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("json", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("receipts", "versions", "deliverables", "projects"):
        op.drop_table(table)
