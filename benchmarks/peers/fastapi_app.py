"""FastAPI, SQLAlchemy 2 and pydantic."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, Field, HttpUrl
from sqlalchemy import JSON, Integer, Text, create_engine, event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from benchmarks.peers.common import DATABASE_URL, IS_POSTGRESQL, LISTS, NUMBERS, SECRET, TEXTS

engine = create_engine(
    DATABASE_URL.replace("postgresql://", "postgresql+psycopg://"),
    connect_args={} if IS_POSTGRESQL else {"check_same_thread": False},
)
Sessions = sessionmaker(engine)
application = FastAPI()
bearer = OAuth2PasswordBearer("token", auto_error=False)


@event.listens_for(engine, "connect")
def _tune(connection: Any, _record: Any) -> None:
    if IS_POSTGRESQL:
        return
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-64000",
        "mmap_size=1073741824",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    for _name in TEXTS:
        locals()[_name] = mapped_column(_name, Text)
    for _name in LISTS:
        locals()[_name] = mapped_column(_name, JSON)
    for _name in NUMBERS:
        locals()[_name] = mapped_column(_name, Integer)


class Reader(Base):
    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    is_active: Mapped[bool]


class Copy(Base):
    __tablename__ = "copy"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int]
    barcode: Mapped[str]
    status: Mapped[str]


class Loan(Base):
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


Short = Annotated[str | None, Field(max_length=500)]


class Contributor(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=500)]
    role: str | None = None


class NewBook(BaseModel):
    title: Annotated[str, Field(min_length=1, max_length=1000)]
    subtitle: Annotated[str | None, Field(max_length=1000)] = None
    part: Short = None
    author: Short = None
    contributors: list[Contributor] = []
    isbn: Annotated[str | None, Field(pattern=r"^\d{13}$")] = None
    isbns: list[str] = []
    issn: Short = None
    publisher: Short = None
    published_year: Annotated[int | None, Field(ge=-3000, le=9999)] = None
    language: Annotated[str | None, Field(min_length=3, max_length=3)] = None
    edition: Short = None
    pages: Annotated[int | None, Field(ge=1, le=100_000)] = None
    series: Short = None
    series_volume: Short = None
    material_type: str = "text"
    original_title: Short = None
    original_author: Short = None
    alternative_titles: list[str] = []
    contents: Annotated[str | None, Field(max_length=20_000)] = None
    description: Annotated[str | None, Field(max_length=20_000)] = None
    subjects: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)] = []
    classification: Short = None
    cover_url: HttpUrl | None = None
    control_number: Short = None


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    title: str
    subtitle: str | None
    part: str | None
    author: str | None
    contributors: list[Contributor]
    isbn: str | None
    isbns: list[str]
    issn: str | None
    publisher: str | None
    published_year: int | None
    language: str | None
    edition: str | None
    pages: int | None
    series: str | None
    series_volume: str | None
    material_type: str
    original_title: str | None
    original_author: str | None
    alternative_titles: list[str]
    contents: str | None
    description: str | None
    subjects: list[str]
    classification: str | None
    cover_url: str | None
    control_number: str | None
    created_at: str
    updated_at: str
    revision: int


class LoanOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    copy_id: int
    book_id: int
    user_id: int
    status: str
    borrowed_at: str
    due_at: str
    returned_at: str | None
    renewals: int
    fine_accrued: int
    revision: int


class Pagination(BaseModel):
    page: int
    limit: int
    total: int
    pages: int


class Books(BaseModel):
    data: list[BookOut]
    pagination: Pagination


class Loans(BaseModel):
    data: list[LoanOut]
    pagination: Pagination


class NewLoan(BaseModel):
    copy_id: int
    user_id: int


class Return(BaseModel):
    barcode: str


class Returned(BaseModel):
    loan: LoanOut


def _session() -> Iterator[Session]:
    with Sessions() as session:
        yield session


InSession = Annotated[Session, Depends(_session)]


def _caller(session: InSession, token: Annotated[str | None, Depends(bearer)]) -> Reader | None:
    if token is None:
        return None
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    found = session.get(Reader, int(claims["sub"]))
    if found is None or not found.is_active:
        raise HTTPException(401)
    return found


def _known(caller: Annotated[Reader | None, Depends(_caller)]) -> Reader:
    if caller is None:
        raise HTTPException(401)
    return caller


ByCaller = Annotated[Reader | None, Depends(_caller)]
ByReader = Annotated[Reader, Depends(_known)]


def _now(days: int = 0) -> str:
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@application.get("/api/v1/books/{book_id}", response_model=BookOut)
def book(book_id: int, session: InSession, _caller: ByCaller) -> Any:
    found = session.get(Book, book_id)
    if found is None:
        raise HTTPException(404)
    return found


@application.get("/api/v1/books", response_model=Books)
def books(
    session: InSession,
    _caller: ByCaller,
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    q: str | None = None,
    sort: str = "id",
) -> Any:
    query = select(Book)
    if q:
        query = query.where(Book.title.ilike(f"%{q}%"))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = Book.id.desc() if sort.startswith("-id") else Book.id
    rows = session.scalars(query.order_by(order).limit(limit).offset((page - 1) * limit)).all()
    pages = -(-total // limit)
    return {
        "data": rows,
        "pagination": {"page": page, "limit": limit, "total": total, "pages": pages},
    }


@application.post("/api/v1/books", response_model=BookOut, status_code=201)
def create_book(new: NewBook, session: InSession, _caller: ByReader) -> Any:
    moment = _now()
    made = Book(**new.model_dump(mode="json"), created_at=moment, updated_at=moment, revision=1)
    session.add(made)
    try:
        session.commit()
    except IntegrityError:
        raise HTTPException(409) from None
    return made


@application.get("/api/v1/loans", response_model=Loans)
def own_loans(session: InSession, caller: ByReader, limit: int = 20) -> Any:
    query = select(Loan).where(Loan.user_id == caller.id)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(Loan.id).limit(limit)).all()
    pages = -(-total // limit)
    return {"data": rows, "pagination": {"page": 1, "limit": limit, "total": total, "pages": pages}}


@application.post("/api/v1/loans", response_model=LoanOut, status_code=201)
def lend(new: NewLoan, session: InSession, _caller: ByReader) -> Any:
    copy = session.get(Copy, new.copy_id, with_for_update=True)
    if copy is None:
        raise HTTPException(404)
    if copy.status != "available":
        raise HTTPException(409)
    copy.status = "on_loan"
    made = Loan(
        copy_id=copy.id,
        book_id=copy.book_id,
        user_id=new.user_id,
        status="open",
        borrowed_at=_now(),
        due_at=_now(28),
        renewals=0,
        fine_accrued=0,
        revision=1,
    )
    session.add(made)
    session.commit()
    return made


@application.post("/api/v1/returns", response_model=Returned)
def take_back(given: Return, session: InSession, _caller: ByReader) -> Any:
    copy = session.scalars(
        select(Copy).where(Copy.barcode == given.barcode).with_for_update()
    ).one()
    loan = session.scalars(
        select(Loan).where(Loan.copy_id == copy.id, Loan.returned_at.is_(None))
    ).one()
    copy.status, loan.status, loan.returned_at = "available", "returned", _now()
    session.commit()
    return {"loan": loan}
