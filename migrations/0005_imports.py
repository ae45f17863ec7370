"""Imports: how far each has come, and what it rejected."""

from models.schema import create

STATEMENTS = """
CREATE TABLE import_job (
    id {id},
    status {text} NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed')),
    format {text} NOT NULL,
    dry_run {int} NOT NULL,
    match {text} NOT NULL,
    on_match {text} NOT NULL,
    columns {text} NOT NULL,
    copies {text},
    file {text} NOT NULL,
    actor_id {int},
    request_id {text} NOT NULL,
    processed {int} NOT NULL,
    created {int} NOT NULL,
    updated {int} NOT NULL,
    skipped {int} NOT NULL,
    failed {int} NOT NULL,
    head {blob} NOT NULL,
    foot {blob} NOT NULL,
    created_at {text} NOT NULL,
    finished_at {text},
    CHECK (processed = created + updated + skipped + failed)
) {strict};

CREATE INDEX import_job_unfinished ON import_job (id) WHERE finished_at IS NULL;

CREATE TABLE import_reject (
    id {id},
    import_id {int} NOT NULL REFERENCES import_job (id),
    record {int} NOT NULL,
    raw {blob} NOT NULL
) {strict};

CREATE UNIQUE INDEX import_reject_record ON import_reject (import_id, record);

CREATE TABLE import_fault (
    id {id},
    import_id {int} NOT NULL REFERENCES import_job (id),
    record {int} NOT NULL,
    field {text},
    code {text} NOT NULL,
    detail {text} NOT NULL
) {strict};

CREATE INDEX import_fault_import ON import_fault (import_id, id);
"""


def up(migrator: object, database: object) -> None:
    """Create the tables."""
    create(STATEMENTS)
