"""PINs, by which agents log in at any phone without a page.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("pin_hash", sa.Text()))
    op.add_column("users", sa.Column("pin_wrong", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("pin_locked_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("users") as users:
        for column in ("pin_hash", "pin_wrong", "pin_locked_until"):
            users.drop_column(column)
