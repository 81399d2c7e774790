"""The expected wait that a caller was told, in his call's row.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("announced_seconds", sa.Float()))
    op.add_column("calls", sa.Column("announced_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("calls", "announced_at")
    op.drop_column("calls", "announced_seconds")
