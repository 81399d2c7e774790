"""Who solved a call after how many transfers, and what the caller said of it.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("first_queue", sa.String(length=80), nullable=True))
    op.add_column("calls", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calls", sa.Column("resolver", sa.String(length=64), nullable=True))
    op.add_column("calls", sa.Column("transfers", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("calls", sa.Column("survey_score", sa.Integer(), nullable=True))
    op.add_column("calls", sa.Column("survey_solved", sa.Boolean(), nullable=True))
    op.add_column("calls", sa.Column("survey_comment", sa.String(length=80), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("calls") as calls:
        for column in ("survey_comment", "survey_solved", "survey_score", "transfers", "resolver", "settled_at", "first_queue"):
            calls.drop_column(column)
