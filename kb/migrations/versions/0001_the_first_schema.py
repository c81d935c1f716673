"""The first schema"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('document',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', sa.Enum('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('classification', sa.Enum('internal', 'confidential', 'restricted', name='classification'), nullable=False),
    sa.Column('cell', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('strategy_doc', 'five_w2h', 'star', 'client_note', 'minutes', 'ledger', 'contract', 'other', name='kind'), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('authored_on', sa.Date(), nullable=True),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('uploader_id', sa.String(), nullable=False),
    sa.Column('parent_id', sa.String(), nullable=False),
    sa.Column('superseded_by_id', sa.String(), nullable=False),
    sa.Column('current_version_id', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_author'), ['author'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_cell'), ['cell'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_current_version_id'), ['current_version_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_file_name'), ['file_name'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_parent_id'), ['parent_id'], unique=False)

    op.create_table('index_debt',
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('document_id')
    )
    op.create_table('ledger_entry',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('object_id', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('previous', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_entry_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_object_id'), ['object_id'], unique=False)

    op.create_table('login_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('login_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_attempt_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_login_attempt_key'), ['key'], unique=False)

    op.create_table('opened_hit',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('opened_hit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_opened_hit_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_opened_hit_person_id'), ['person_id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.Enum('leaver', 'successor', 'head', 'hr', 'auditor', 'admin', name='role'), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('password_temporary', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_login'), ['login'], unique=True)

    op.create_table('saved_search',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('query_string', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('saved_search', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_search_person_id'), ['person_id'], unique=False)

    op.create_table('search_record',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('filters', sa.JSON(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('scope_hash', sa.String(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('found', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('search_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_search_record_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_search_record_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_search_record_person_id'), ['person_id'], unique=False)

    op.create_table('access_grant',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', sa.Enum('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('up_to', sa.Enum('internal', 'confidential', 'restricted', name='classification'), nullable=False),
    sa.Column('granted_by', sa.String(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_grant_handover_id'), ['handover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_grant_person_id'), ['person_id'], unique=False)

    op.create_table('api_token',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('hint', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_api_token_token_hash'), ['token_hash'], unique=True)

    op.create_table('document_tag',
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('tag', sa.String(), nullable=False),
    sa.Column('added_by', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], ),
    sa.PrimaryKeyConstraint('document_id', 'tag')
    )
    with op.batch_alter_table('document_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_tag_tag'), ['tag'], unique=False)

    op.create_table('handover',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('template', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('leaver_id', sa.String(), nullable=False),
    sa.Column('successor_id', sa.String(), nullable=True),
    sa.Column('head_id', sa.String(), nullable=True),
    sa.Column('state', sa.Enum('running', 'archived', name='handoverstate'), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('opened_by', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['head_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['leaver_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['successor_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_leaver_id'), ['leaver_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_handover_successor_id'), ['successor_id'], unique=False)

    op.create_table('login_session',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('token_hash')
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_session_person_id'), ['person_id'], unique=False)

    op.create_table('suggestion',
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('decided', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], ),
    sa.PrimaryKeyConstraint('document_id', 'field', 'value')
    )
    op.create_table('version',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('strategy_doc', 'five_w2h', 'star', 'client_note', 'minutes', 'ledger', 'contract', 'other', name='kind'), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('authored_on', sa.Date(), nullable=True),
    sa.Column('stage', sa.Enum('stored', 'parsing', 'chunking', 'embedding', 'storing', 'ready', 'refused', name='stage'), nullable=False),
    sa.Column('stage_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('pages_total', sa.Integer(), nullable=False),
    sa.Column('pages_done', sa.Integer(), nullable=False),
    sa.Column('failed_pages', sa.JSON(), nullable=False),
    sa.Column('notices', sa.JSON(), nullable=False),
    sa.Column('characters', sa.Integer(), nullable=False),
    sa.Column('chunk_count', sa.Integer(), nullable=False),
    sa.Column('vector_count', sa.Integer(), nullable=False),
    sa.Column('reason_slug', sa.String(), nullable=False),
    sa.Column('reason_message', sa.String(), nullable=False),
    sa.Column('reason_params', sa.JSON(), nullable=False),
    sa.Column('uploader_id', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('document_id', 'number')
    )
    with op.batch_alter_table('version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_version_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_version_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_version_stage'), ['stage'], unique=False)

    op.create_table('chunk',
    sa.Column('point_id', sa.String(), nullable=False),
    sa.Column('version_id', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('heading_path', sa.JSON(), nullable=False),
    sa.Column('page_first', sa.Integer(), nullable=True),
    sa.Column('page_last', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], ),
    sa.PrimaryKeyConstraint('point_id'),
    sa.UniqueConstraint('version_id', 'ordinal')
    )
    with op.batch_alter_table('chunk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chunk_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chunk_version_id'), ['version_id'], unique=False)

    op.create_table('deliverable',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('handover_id', sa.String(), nullable=False),
    sa.Column('module', sa.Enum('strategy', 'projects', 'team', 'finance', 'legal', name='module'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('title_en', sa.String(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('deliverable', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deliverable_handover_id'), ['handover_id'], unique=False)

    op.create_table('parsed_text',
    sa.Column('version_id', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('blocks', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], ),
    sa.PrimaryKeyConstraint('version_id')
    )
    op.create_table('submission',
    sa.Column('deliverable_id', sa.String(), nullable=False),
    sa.Column('document_id', sa.String(), nullable=False),
    sa.Column('submitted_by', sa.String(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['deliverable_id'], ['deliverable.id'], ),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], ),
    sa.PrimaryKeyConstraint('deliverable_id', 'document_id')
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_document_id'), ['document_id'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_document_id'))

    op.drop_table('submission')
    op.drop_table('parsed_text')
    with op.batch_alter_table('deliverable', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deliverable_handover_id'))

    op.drop_table('deliverable')
    with op.batch_alter_table('chunk', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chunk_version_id'))
        batch_op.drop_index(batch_op.f('ix_chunk_document_id'))

    op.drop_table('chunk')
    with op.batch_alter_table('version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_version_stage'))
        batch_op.drop_index(batch_op.f('ix_version_sha256'))
        batch_op.drop_index(batch_op.f('ix_version_document_id'))

    op.drop_table('version')
    op.drop_table('suggestion')
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_session_person_id'))

    op.drop_table('login_session')
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handover_successor_id'))
        batch_op.drop_index(batch_op.f('ix_handover_leaver_id'))

    op.drop_table('handover')
    with op.batch_alter_table('document_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_tag_tag'))

    op.drop_table('document_tag')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_token_hash'))
        batch_op.drop_index(batch_op.f('ix_api_token_person_id'))

    op.drop_table('api_token')
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_grant_person_id'))
        batch_op.drop_index(batch_op.f('ix_access_grant_handover_id'))

    op.drop_table('access_grant')
    with op.batch_alter_table('search_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_search_record_person_id'))
        batch_op.drop_index(batch_op.f('ix_search_record_handover_id'))
        batch_op.drop_index(batch_op.f('ix_search_record_at'))

    op.drop_table('search_record')
    with op.batch_alter_table('saved_search', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_search_person_id'))

    op.drop_table('saved_search')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_login'))

    op.drop_table('person')
    with op.batch_alter_table('opened_hit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_opened_hit_person_id'))
        batch_op.drop_index(batch_op.f('ix_opened_hit_document_id'))

    op.drop_table('opened_hit')
    with op.batch_alter_table('login_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_attempt_key'))
        batch_op.drop_index(batch_op.f('ix_login_attempt_at'))

    op.drop_table('login_attempt')
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_entry_object_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_actor_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_entry_action'))

    op.drop_table('ledger_entry')
    op.drop_table('index_debt')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_parent_id'))
        batch_op.drop_index(batch_op.f('ix_document_handover_id'))
        batch_op.drop_index(batch_op.f('ix_document_file_name'))
        batch_op.drop_index(batch_op.f('ix_document_current_version_id'))
        batch_op.drop_index(batch_op.f('ix_document_cell'))
        batch_op.drop_index(batch_op.f('ix_document_author'))

    op.drop_table('document')

