"""Recorded conversations.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=144), nullable=False),
        sa.Column("call", sa.String(length=128), nullable=False),
        sa.Column("queue", sa.String(length=80)),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recordings_call", "recordings", ["call"])
    op.create_index("recordings_by_begin", "recordings", ["began_at", "id"])


def downgrade() -> None:
    op.drop_table("recordings")
