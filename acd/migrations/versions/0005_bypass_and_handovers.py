"""Calls to engineers' direct numbers, and callers whom employees handed over.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("bypass", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calls", sa.Column("handed_over_by", sa.String(length=80), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("calls") as calls:
        calls.drop_column("handed_over_by")
        calls.drop_column("bypass")
