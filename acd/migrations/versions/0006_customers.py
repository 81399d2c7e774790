"""Whose calls they are.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("customer", sa.String(length=64), nullable=True))
    op.add_column("calls", sa.Column("customer_case", sa.String(length=64), nullable=True))
    op.create_index("calls_by_customer", "calls", ["customer", "arrived_at"])


def downgrade() -> None:
    op.drop_index("calls_by_customer", "calls")
    op.drop_column("calls", "customer_case")
    op.drop_column("calls", "customer")
