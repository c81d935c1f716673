"""What they know: cards, examinations, gaps, advice on criteria"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


_NEW_KINDS = ('decision', 'mind_map', 'risk', 'answer')


def _existing(*values: str, name: str) -> sa.Enum:
    """An enumeration that an earlier schema made; PostgreSQL must not make its type again."""
    return sa.Enum(*values, name=name).with_variant(
        postgresql.ENUM(*values, name=name, create_type=False), 'postgresql'
    )


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for kind in _NEW_KINDS:
            op.execute(f"ALTER TYPE kind ADD VALUE IF NOT EXISTS '{kind}'")
    op.create_table('bank_change',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('zh', sa.String(), nullable=False),
    sa.Column('en', sa.String(), nullable=False),
    sa.Column('left_out', sa.Boolean(), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('bank_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_change_role'), ['role'], unique=False)

    op.create_table('card_draft',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('classification', _existing('internal', 'confidential', 'restricted', name='classification'), nullable=False),
    sa.Column('deliverable_id', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('handed_in_revision', sa.Integer(), nullable=False),
    sa.Column('gap_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('card_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_draft_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_card_draft_handover_id'), ['handover_id'], unique=False)

    op.create_table('examination',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('run_by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('examination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_examination_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_examination_person_id'), ['person_id'], unique=False)

    op.create_table('gap',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('source', sa.Enum('exam', 'criterion', 'search', name='gapsource'), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('zh', sa.String(), nullable=False),
    sa.Column('en', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('open', 'closed', 'unknown', name='gapstate'), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('handover_id', 'source', 'reference')
    )
    with op.batch_alter_table('gap', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gap_handover_id'), ['handover_id'], unique=False)

    op.create_table('meeting_notes',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('author_id', sa.String(), nullable=False),
    sa.Column('used', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('meeting_notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_notes_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_notes_handover_id'), ['handover_id'], unique=False)

    op.create_table('exam_answer',
    sa.Column('examination_id', sa.String(), nullable=False),
    sa.Column('question_key', sa.String(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('zh', sa.String(), nullable=False),
    sa.Column('en', sa.String(), nullable=False),
    sa.Column('outcome', sa.Enum('answered', 'weak', 'unanswered', name='outcome'), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('version_id', sa.String(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['examination_id'], ['examination.id'], ),
    sa.PrimaryKeyConstraint('examination_id', 'question_key')
    )
    with op.batch_alter_table('criterion_verdict', schema=None) as batch_op:
        batch_op.add_column(sa.Column('advised', sa.String(), nullable=False, server_default=''))

    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('exam_percent', sa.Integer(), nullable=False, server_default='0'))

    with op.batch_alter_table('version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('form', sa.String(), nullable=False, server_default=''))

