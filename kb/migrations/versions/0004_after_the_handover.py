"""After the handover: who may be asked, scores at 30 and 90 days, contradictions put aside"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('aftercare_score',
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.PrimaryKeyConstraint('handover_id', 'days')
    )
    op.create_table('contradiction_dismissal',
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('pair', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('handover_id', 'pair')
    )
    with op.batch_alter_table('exam_answer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sure', sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table('gap', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deliverable_id', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('asked_of', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('asked_by', sa.String(), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_gap_asked_of'), ['asked_of'], unique=False)

    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deputy_id', sa.String(), nullable=True))

    with op.batch_alter_table('search_record', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sure', sa.Boolean(), nullable=False, server_default=sa.true()))

