"""A slip knows which rack has it, and where it was ordered when a neighbour prints it; a ticket's slips are found by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slip", sa.Column("origin", sa.String(), nullable=True))
    op.add_column("slip", sa.Column("taker", sa.String(), nullable=True))
    op.create_index("slip_ticket", "slip", ["hall", "ticket", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("slip_ticket", table_name="slip")
    with op.batch_alter_table("slip", schema=None) as batch_op:
        batch_op.drop_column("taker")
        batch_op.drop_column("origin")
