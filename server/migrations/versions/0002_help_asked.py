"""A counter keeps since when it asks for the duty leader."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("counter", sa.Column("help_asked_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("counter", schema=None) as batch_op:
        batch_op.drop_column("help_asked_at")
