"""What is drawn for scoring, the forms, and the scores.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TRIGGER scores_are_final BEFORE UPDATE ON scores BEGIN SELECT RAISE(ABORT, 'scores are superseded, not changed'); END",
    "CREATE TRIGGER scores_stay BEFORE DELETE ON scores BEGIN SELECT RAISE(ABORT, 'scores are superseded, not deleted'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION scores_are_final() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'scores are superseded, not changed'; END $$",
    "CREATE TRIGGER scores_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON scores FOR EACH STATEMENT EXECUTE FUNCTION scores_are_final()",
)


def upgrade() -> None:
    op.create_table(
        "draws",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("thrown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True)),
        sa.Column("per_agent", sa.Integer()),
        sa.Column("shortest_seconds", sa.Float()),
        sa.Column("second_share", sa.Float()),
        sa.Column("of", sa.Integer()),
        sa.Column("digest", sa.String(length=64)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "drawn",
        sa.Column("conversation", sa.String(length=144), nullable=False),
        sa.Column("draw", sa.String(length=10), nullable=False),
        sa.Column("recording", sa.String(length=144), nullable=False),
        sa.Column("call", sa.String(length=128), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("talk_seconds", sa.Float(), nullable=False),
        sa.Column("number", sa.Float(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("second_scorer", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
        sa.UniqueConstraint("recording"),
    )
    op.create_index("ix_drawn_draw", "drawn", ["draw"])
    op.create_table(
        "scoring_forms",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("recording", sa.String(length=144), nullable=False),
        sa.Column("scorer", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("call", sa.String(length=128), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recording", "scorer", "revision"),
    )
    op.create_index("ix_scores_call", "scores", ["call"])
    op.create_index("scores_by_agent", "scores", ["agent", "held_at"])
    op.create_index("scores_by_time", "scores", ["held_at", "id"])
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in ("scores", "scoring_forms", "drawn", "draws"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION scores_are_final()")
