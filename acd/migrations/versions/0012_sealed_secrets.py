"""Secrets of second factors are longer when they are sealed. The engine, which has the key, seals those that are there at its start.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.alter_column("totp_secret", existing_type=sa.String(length=64), type_=sa.String(length=255), existing_nullable=True)


def downgrade() -> None:
    raise NotImplementedError("what is sealed does not fit any more")
