"""Notices that are queued in acts write fewer entries of indexes.

Those by status are divided: what is queued has one index for whoever sends it, and comes into the
other only when it is sent.
"""

from models.schema import create

STATEMENTS = """
DROP INDEX notice_waiting;
DROP INDEX notice_status;
CREATE INDEX notice_queued ON notice (channel, next_try_at, id) WHERE status = 'queued';
CREATE INDEX notice_over ON notice (status, id) WHERE status <> 'queued';
"""


def up(migrator: object, db: object) -> None:
    """Divide the indexes."""
    create(STATEMENTS)
