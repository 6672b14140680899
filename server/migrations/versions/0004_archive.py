"""
The journal begins at a checkpoint: what is before it is in the archive.

Ratings of a day are found by their hall too. A hall that has moved says where to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hall"),
    )
    op.execute(  # earlier versions deleted old entries: the first one left says what it was bound to
        "INSERT INTO checkpoint (hall, seq, hash, lost) SELECT hall, seq - 1, prev_hash, seq - 1 FROM journal AS entry"
        " WHERE seq > 1 AND seq = (SELECT min(seq) FROM journal WHERE journal.hall = entry.hall)"
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index("ix_rating_day")
        batch_op.create_index("rating_day", ["hall", "day", "counter"], unique=False)
    op.add_column("hall", sa.Column("moved_to", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("hall", schema=None) as batch_op:
        batch_op.drop_column("moved_to")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index("rating_day")
        batch_op.create_index("ix_rating_day", ["day"], unique=False)
    op.drop_table("checkpoint")
