"""Notices: what members were told, and are going to be told."""

from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.records import Row
from api.resource import Resource
from models import audit, notice, timestamps
from models.errors import Conflict, Missing
from models.vocabulary import AuditAction, NoticeStatus
from notices import letters, reading
from resources.shared import days_as_moments
from validators import notices as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query

HTML = "text/html"


def _present(rows: Rows) -> Records:
    return reading.shown(rows, timestamps.now())


class Notices(Resource):
    """`/notices`"""

    @operation(
        "listNotices",
        "Read notices",
        query=compile_query(schemas.NOTICES_QUERY),
        answer=schemas.NOTICE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Mails and letters, the newest first; to a member, their own."""
        asked = days_as_moments(notice.in_status(filters(call)), "created_from", "created_to")
        return listed(call, notice.LISTING, asked, present=_present)


class Notice(Resource):
    """`/notices/{notice_id}`"""

    @operation("getNotice", "Read a notice", answer=schemas.NOTICE, problems=("not-found",))
    def get(self, call: Call, found: Row) -> Answer:
        """The notice."""
        [shown] = _present([found])
        return Answer(shown)


class NoticeRetries(Resource):
    """`/notices/{notice_id}/retries`"""

    @operation(
        "retryNotice",
        "Send a notice again",
        answer=schemas.NOTICE,
        problems=("not-found", "notice-state"),
    )
    def post(self, call: Call, present: Row) -> Answer:
        """A notice that failed is queued again."""
        if present.status is not NoticeStatus.FAILED:
            detail = f"This notice is {present.status}; only a failed one is sent again."
            raise Conflict(detail, code="notice-state")
        queued = notice.requeue(present)
        audit.record(call.actor, AuditAction.NOTICE_RETRY, "notice", queued.id)
        [shown] = _present([queued])
        return Answer(shown)


class Letters(Resource):
    """`/notices/print`"""

    @operation(
        "printNotices",
        "Read the letters to be printed",
        offers=(HTML,),
    )
    def get(self, call: Call) -> Answer:
        """Up to 500 letters as one page to be printed, the oldest first."""
        page = letters.page(timestamps.now())
        return Answer(page.encode(), content_type=f"{HTML}; charset=utf-8")

    @operation(
        "markNoticesPrinted",
        "Say which letters were printed",
        body=compile_body(schemas.PRINTED, "create"),
        answer=schemas.PRINTED_COUNT,
        problems=("not-found", "notice-state"),
    )
    def post(self, call: Call) -> Answer:
        """All of them or, where one is not a letter waiting to be printed, none."""
        ids = call.body["ids"]
        rows = letters.locked(ids)
        absent = sorted(set(ids) - {row.id for row in rows})
        if absent:
            raise Missing(f"There is no notice {absent[0]}.")
        for row in rows:
            if not letters.is_waiting(row):
                detail = f"Notice {row.id} is not a letter waiting to be printed."
                raise Conflict(detail, code="notice-state")
        count = letters.printed(rows, timestamps.now())
        audit.record_all(call.actor, AuditAction.NOTICE_PRINT, "notice", ids)
        return Answer({"printed": count})
