"""Flask, Flask-SQLAlchemy, marshmallow and Flask-JWT-Extended."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, request
from flask_jwt_extended import JWTManager, current_user, jwt_required
from flask_sqlalchemy import SQLAlchemy
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import JSON, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.peers.common import DATABASE_URL, IS_POSTGRESQL, LISTS, NUMBERS, SECRET, TEXTS


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
application = Flask(__name__, static_folder=None)
application.config["SQLALCHEMY_DATABASE_URI"] = DATABASE_URL.replace(
    "postgresql://", "postgresql+psycopg://"
)
application.config["JWT_SECRET_KEY"] = SECRET
application.json.sort_keys = False  # type: ignore[attr-defined]
jwt = JWTManager(application)
db.init_app(application)


class Book(db.Model):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    for _name in TEXTS:
        locals()[_name] = mapped_column(_name, db.Text)
    for _name in LISTS:
        locals()[_name] = mapped_column(_name, JSON)
    for _name in NUMBERS:
        locals()[_name] = mapped_column(_name, db.Integer)


class Reader(db.Model):
    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    is_active: Mapped[bool]


class Copy(db.Model):
    __tablename__ = "copy"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]
    barcode: Mapped[str]
    status: Mapped[str]


class Loan(db.Model):
    __tablename__ = "loan"
    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int]
    book_id: Mapped[int]
    user_id: Mapped[int]
    status: Mapped[str]
    borrowed_at: Mapped[str]
    due_at: Mapped[str]
    returned_at: Mapped[str | None]
    renewals: Mapped[int]
    fine_accrued: Mapped[int]
    revision: Mapped[int]


class Contributor(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 500))
    role = fields.String(allow_none=True)


_year = {"allow_none": True, "validate": validate.Range(-3000, 9999)}
_short = {"allow_none": True, "validate": validate.Length(max=500)}


class BookSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    id = fields.Integer(dump_only=True)
    title = fields.String(required=True, validate=validate.Length(1, 1000))
    subtitle = fields.String(allow_none=True, validate=validate.Length(max=1000))
    part = fields.String(**_short)
    author = fields.String(**_short)
    contributors = fields.List(fields.Nested(Contributor), load_default=list)
    isbn = fields.String(allow_none=True, validate=validate.Regexp(r"\d{13}\Z"))
    isbns = fields.List(fields.String(), load_default=list)
    issn = fields.String(**_short)
    publisher = fields.String(**_short)
    published_year = fields.Integer(**_year)
    language = fields.String(allow_none=True, validate=validate.Length(equal=3))
    edition = fields.String(**_short)
    pages = fields.Integer(allow_none=True, validate=validate.Range(1, 100_000))
    series = fields.String(**_short)
    series_volume = fields.String(**_short)
    material_type = fields.String(load_default="text")
    original_title = fields.String(**_short)
    original_author = fields.String(**_short)
    alternative_titles = fields.List(fields.String(), load_default=list)
    contents = fields.String(allow_none=True, validate=validate.Length(max=20_000))
    description = fields.String(allow_none=True, validate=validate.Length(max=20_000))
    subjects = fields.List(
        fields.String(validate=validate.Length(1, 200)),
        load_default=list,
        validate=validate.Length(max=100),
    )
    classification = fields.String(**_short)
    cover_url = fields.Url(allow_none=True)
    control_number = fields.String(**_short)
    created_at = fields.String(dump_only=True)
    updated_at = fields.String(dump_only=True)
    revision = fields.Integer(dump_only=True)


class LoanSchema(Schema):
    id = fields.Integer()
    copy_id = fields.Integer()
    book_id = fields.Integer()
    user_id = fields.Integer()
    status = fields.String()
    borrowed_at = fields.String()
    due_at = fields.String()
    returned_at = fields.String()
    renewals = fields.Integer()
    fine_accrued = fields.Integer()
    revision = fields.Integer()


book_schema = BookSchema()
loan_schema = LoanSchema()


def _now(days: int = 0) -> str:
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _tune(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-64000",
        "mmap_size=1073741824",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


with application.app_context():
    if not IS_POSTGRESQL:
        event.listen(db.engine, "connect", _tune)


@jwt.user_lookup_loader
def _reader(_header: Any, claims: dict[str, Any]) -> Any:
    found = db.session.get(Reader, int(claims["sub"]))
    return found if found is not None and found.is_active else None


@application.errorhandler(ValidationError)
def _invalid(error: ValidationError) -> Any:
    return {"errors": error.messages}, 400


@application.get("/api/v1/books/<int:book_id>")
@jwt_required(optional=True)
def book(book_id: int) -> Any:
    return book_schema.dump(db.get_or_404(Book, book_id))


@application.get("/api/v1/books")
@jwt_required(optional=True)
def books() -> Any:
    is_down = request.args.get("sort", "").startswith("-id")
    query = db.select(Book).order_by(Book.id.desc() if is_down else Book.id)
    word = request.args.get("q")
    if word:
        query = query.where(Book.title.ilike(f"%{word}%"))
    page = request.args.get("page", 1, int)
    limit = request.args.get("limit", 20, int)
    found = db.paginate(query, page=page, per_page=limit, max_per_page=100)
    return {
        "data": book_schema.dump(found.items, many=True),
        "pagination": {"page": page, "limit": limit, "total": found.total, "pages": found.pages},
    }


@application.post("/api/v1/books")
@jwt_required()
def create_book() -> Any:
    moment = _now()
    made = Book(**book_schema.load(request.get_json()))
    made.created_at = made.updated_at = moment
    made.revision = 1
    db.session.add(made)
    try:
        db.session.commit()
    except IntegrityError:
        return {"message": "taken"}, 409
    return book_schema.dump(made), 201


@application.get("/api/v1/loans")
@jwt_required()
def own_loans() -> Any:
    query = db.select(Loan).filter_by(user_id=current_user.id).order_by(Loan.id)
    limit = request.args.get("limit", 20, int)
    found = db.paginate(query, page=1, per_page=limit)
    return {
        "data": loan_schema.dump(found.items, many=True),
        "pagination": {"page": 1, "limit": limit, "total": found.total, "pages": found.pages},
    }


@application.post("/api/v1/loans")
@jwt_required()
def lend() -> Any:
    body = request.get_json()
    copy = db.session.get(Copy, body["copy_id"], with_for_update=True)
    if copy is None:
        return {"message": "unknown"}, 404
    if copy.status != "available":
        return {"message": "on loan"}, 409
    copy.status = "on_loan"
    made = Loan(
        copy_id=copy.id,
        book_id=copy.book_id,
        user_id=body["user_id"],
        status="open",
        borrowed_at=_now(),
        due_at=_now(28),
        renewals=0,
        fine_accrued=0,
        revision=1,
    )
    db.session.add(made)
    db.session.commit()
    return loan_schema.dump(made), 201


@application.post("/api/v1/returns")
@jwt_required()
def take_back() -> Any:
    found = db.select(Copy).filter_by(barcode=request.get_json()["barcode"]).with_for_update()
    copy = db.session.execute(found).scalar_one()
    query = db.select(Loan).filter_by(copy_id=copy.id, returned_at=None)
    loan = db.session.execute(query).scalar_one()
    copy.status, loan.status, loan.returned_at = "available", "returned", _now()
    db.session.commit()
    return {"loan": loan_schema.dump(loan)}
