"""The audit log."""

from api.http.pagination import filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from models import audit as log
from validators import audit as schemas
from validators.engine.queries import compile_query


class AuditLog(Resource):
    """`/audit`"""

    @operation(
        "listAudit",
        "Read the audit log",
        query=compile_query(schemas.AUDIT_QUERY),
        answer=schemas.ENTRY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Who did what, newest first."""
        return listed(call, log.LISTING, filters(call))
