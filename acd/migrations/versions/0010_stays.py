"""Stays of calls in queues, and agents' quarters of an hour: what reports are counted from.

Calls of before this revision are not in them.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stays",
        sa.Column("id", sa.String(length=144), nullable=False),
        sa.Column("call", sa.String(length=128), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("product_line", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("came_by", sa.String(length=16), nullable=False),
        sa.Column("bounced", sa.Boolean(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("became", sa.String(length=24), nullable=False),
        sa.Column("waited_seconds", sa.Float(), nullable=False),
        sa.Column("agent", sa.String(length=64)),
        sa.Column("ring_seconds", sa.Float(), nullable=False),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.Column("hold_seconds", sa.Float(), nullable=False),
        sa.Column("wrap_up_seconds", sa.Float(), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("handed_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stays_call", "stays", ["call"])
    op.create_index("stays_by_quarter", "stays", ["quarter"])
    op.create_table(
        "working_time",
        sa.Column("id", sa.String(length=96), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        *(
            sa.Column(f"{state}_seconds", sa.Float(), nullable=False)
            for state in ("ready", "reserved", "talking", "wrap_up", "not_ready")
        ),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("working_time_by_quarter", "working_time", ["quarter"])


def downgrade() -> None:
    op.drop_table("working_time")
    op.drop_table("stays")
