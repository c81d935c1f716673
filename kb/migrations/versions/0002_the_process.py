"""The handover as a process: nodes, receivers, risks, verdicts, signatures, notices"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def _existing(*values: str, name: str) -> sa.Enum:
    """An enumeration that the first schema made; PostgreSQL must not make its type again."""
    return sa.Enum(*values, name=name).with_variant(
        postgresql.ENUM(*values, name=name, create_type=False), 'postgresql'
    )


def upgrade() -> None:
    sa.Enum('approved', 'returned', name='decision').create(op.get_bind(), checkfirst=True)
    sa.Enum('delivering', 'head_review', 'hr_confirmation', 'receiving', 'archived', 'cancelled', name='node').create(op.get_bind(), checkfirst=True)
    op.create_table('reminder',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('mark')
    )
    op.create_table('template_edition',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('edited_by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('role', 'number')
    )
    with op.batch_alter_table('template_edition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_template_edition_role'), ['role'], unique=False)

    op.create_table('channel',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('email', 'wecom', 'dingtalk', 'feishu', name='channelkind'), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_channel_person_id'), ['person_id'], unique=False)

    op.create_table('clearance',
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person_id', 'handover_id')
    )
    op.create_table('notice',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('turn', 'due', 'overdue', 'escalation', 'test', name='noticekind'), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_person_id'), ['person_id'], unique=False)

    op.create_table('signing_key',
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('certificate', sa.String(), nullable=False),
    sa.Column('wrapped', sa.String(), nullable=False),
    sa.Column('salt', sa.String(), nullable=False),
    sa.Column('memory_kib', sa.Integer(), nullable=False),
    sa.Column('passes', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person_id')
    )
    op.create_table('delivery',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('notice_id', sa.String(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], ),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_next_at'), ['next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_notice_id'), ['notice_id'], unique=False)

    op.create_table('receiver',
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('deputy_id', sa.String(), nullable=True),
    sa.Column('deputy_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['deputy_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('handover_id', 'module')
    )
    with op.batch_alter_table('receiver', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_receiver_deputy_id'), ['deputy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_receiver_person_id'), ['person_id'], unique=False)

    op.create_table('risk',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', _existing('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('level', sa.Enum('high', 'medium', 'low', name='risklevel'), nullable=False),
    sa.Column('countermeasure', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('stated_by', sa.String(), nullable=False),
    sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('risk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_handover_id'), ['handover_id'], unique=False)

    op.create_table('signature',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('slot', sa.String(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.Enum('deliver', 'head_review', 'hr_confirmation', 'receive', 'archive', 'agreement_confidentiality', 'agreement_limits', name='purpose'), nullable=False),
    sa.Column('module', sa.String(), nullable=False),
    sa.Column('signer_id', sa.String(), nullable=False),
    sa.Column('on_behalf_of', sa.String(), nullable=False),
    sa.Column('files_digest', sa.String(), nullable=False),
    sa.Column('reservations', sa.String(), nullable=False),
    sa.Column('manifest', sa.String(), nullable=False),
    sa.Column('manifest_sha256', sa.String(), nullable=False),
    sa.Column('signature', sa.String(), nullable=False),
    sa.Column('certificate', sa.String(), nullable=False),
    sa.Column('previous', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.ForeignKeyConstraint(['signer_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('slot')
    )
    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signature_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signature_manifest_sha256'), ['manifest_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_signature_signer_id'), ['signer_id'], unique=False)

    op.create_table('criterion_verdict',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('deliverable_id', sa.String(), nullable=False),
    sa.Column('criterion', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('verdict', sa.Enum('met', 'partly', 'missing', name='verdict'), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('reviewer_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('files_digest', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['deliverable_id'], ['deliverable.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('criterion_verdict', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_criterion_verdict_deliverable_id'), ['deliverable_id'], unique=False)

    op.create_table('risk_reading',
    sa.Column('risk_id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['risk_id'], ['risk.id'], ),
    sa.PrimaryKeyConstraint('risk_id', 'person_id')
    )
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('locked', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('deliverable', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weight', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('due_provisional', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('decision', sa.Enum('approved', 'returned', name='decision'), nullable=True))
        batch_op.add_column(sa.Column('decided_by', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('decided_digest', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reason', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('excused_by', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('excused_reason', sa.String(), nullable=False, server_default=''))
        batch_op.create_unique_constraint('uq_deliverable_handover_id_key', ['handover_id', 'key'])

    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_column('superseded_by_id')

    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('template_version', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('node', sa.Enum('delivering', 'head_review', 'hr_confirmation', 'receiving', 'archived', 'cancelled', name='node'), nullable=False, server_default='delivering'))
        batch_op.add_column(sa.Column('node_since', sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()))
        batch_op.add_column(sa.Column('node_due', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('due_provisional', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('round', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('urgent', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('pause_reason', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('agreements_required', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('approval_limits', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('returned_by', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('returned_note', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_handover_node'), ['node'], unique=False)
    op.execute("UPDATE handover SET node = 'archived' WHERE state = 'archived'")
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_column('state')
    _receivers()


def _receivers() -> None:
    """The successor of a handover that is there already receives every module of it."""
    handover = sa.table('handover', sa.column('id'), sa.column('successor_id'))
    modules = ('strategy', 'projects', 'team', 'finance', 'legal')
    receiver = sa.table('receiver', sa.column('handover_id'), sa.column('module', _existing(*modules, name='module')),
                        sa.column('person_id'))
    for found in op.get_bind().execute(sa.select(handover).where(handover.c.successor_id.is_not(None))).all():
        op.bulk_insert(receiver, [
            {'handover_id': found.id, 'module': m, 'person_id': found.successor_id} for m in modules
        ])
