"""Staff have portraits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_photo",
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("sha", sa.String(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall", "staff"),
    )


def downgrade() -> None:
    op.drop_table("staff_photo")
