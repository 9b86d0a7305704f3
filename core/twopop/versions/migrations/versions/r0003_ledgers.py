"""Ledgers of rights that a house keeps for all its projects."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledgers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("kept", sa.String(32), nullable=False, server_default=""),
        sa.Column("json", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("ledgers")
