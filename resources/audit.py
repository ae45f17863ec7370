"""The audit log."""

from api.operation import Answer, Call, operation
from api.paging import filters, listed
from api.pipeline import Resource
from models import audit as log
from validators import audit
from validators.queries import compile_query


class AuditLog(Resource):
    """`/audit`"""

    @operation(
        "listAudit",
        "Read the audit log",
        query=compile_query(audit.AUDIT_QUERY),
        answer=audit.ENTRY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Who did what, newest first."""
        return listed(call, log.LISTING, filters(call))
