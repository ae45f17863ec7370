"""Stocktakings: what was scanned on the shelves, and what was not found there."""

from api.http.embedding import embedder
from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import presentation, stocktaking
from models import stocktake, timestamps
from models.stocktake import StocktakeRow
from validators import stocktakes as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _shown(rows: Rows) -> Records:
    scanned = stocktake.scanned([row.id for row in rows])
    return [{**row.to_json(), "scanned": scanned.get(row.id, 0)} for row in rows]


def _answered(row: StocktakeRow, status: int = 200) -> Answer:
    return Answer(_shown([row])[0], status, tag=row.tag, at=f"/stocktakes/{row.id}")


class Stocktakes(Resource):
    """`/stocktakes`"""

    @operation(
        "listStocktakes",
        "List the stocktakings",
        query=compile_query(schemas.STOCKTAKES_QUERY),
        answer=schemas.STOCKTAKE,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The newest first."""
        return listed(call, stocktake.LISTING, filters(call), present=_shown)

    @operation(
        "createStocktake",
        "Begin a stocktaking",
        body=compile_body(schemas.NEW_STOCKTAKE, "create"),
        answer=schemas.STOCKTAKE,
        status=201,
    )
    def post(self, call: Call) -> Answer:
        """Of one location, or of the whole library."""
        made = stocktaking.begin(call.body["name"], call.body["location"], call.actor)
        return _answered(made, 201)


class Stocktake(Resource):
    """`/stocktakes/{stocktake_id}`"""

    @operation(
        "getStocktake", "Read a stocktaking", answer=schemas.STOCKTAKE, problems=("not-found",)
    )
    def get(self, call: Call, found: StocktakeRow) -> Answer:
        """The stocktaking, with how many copies were scanned."""
        return _answered(found)

    @operation(
        "updateStocktake",
        "Rename or close a stocktaking",
        body=compile_body(schemas.STOCKTAKE, "patch"),
        answer=schemas.STOCKTAKE,
        problems=("not-found", "stocktake-closed"),
    )
    def patch(self, call: Call, present: StocktakeRow) -> Answer:
        """Closed, it takes no scans any more."""
        return _answered(stocktaking.change(present, call.body, call.actor, timestamps.now()))


class Scans(Resource):
    """`/stocktakes/{stocktake_id}/scans`"""

    @operation(
        "scanCopies",
        "Scan copies in a stocktaking",
        body=compile_body(schemas.SCANS, "create"),
        answer=schemas.SCANNED,
        problems=("not-found", "stocktake-closed"),
    )
    def post(self, call: Call, present: StocktakeRow) -> Answer:
        """What each barcode is, in their order; no status changes."""
        results = stocktaking.scan(present, call.body["barcodes"], call.actor, timestamps.now())
        return Answer({"results": results})


class Missing(Resource):
    """`/stocktakes/{stocktake_id}/missing`"""

    @operation(
        "listMissingCopies",
        "List what a stocktaking has not found",
        query=compile_query(schemas.MISSING_QUERY),
        answer=schemas.MISSING_COPY,
        paged=True,
        problems=("not-found",),
    )
    def get(self, call: Call, found: StocktakeRow) -> Answer:
        """The copies of its place that should stand there and that nobody has scanned since."""
        asked = stocktake.missing_of(found)
        return listed(
            call,
            stocktake.MISSING,
            asked,
            present=presentation.copies,
            finish=embedder(call),
        )
