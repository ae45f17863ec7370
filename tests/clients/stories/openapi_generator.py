"""What an author of scripts does with the Python client that openapi-generator makes.

Called with the address of a server, and an administrator's email and password.
"""

import sys
import time
from uuid import uuid4

import pytest
from octavo_client import (
    AccountsApi,
    ApiClient,
    ApiException,
    BookBody,
    BooksApi,
    Configuration,
    CopiesApi,
    Copy,
    CopyBody,
    FeePaymentBody,
    FeesApi,
    ImportsApi,
    LendingBody,
    LoansApi,
    LoginBody,
    NewFeeBody,
    NewUserBody,
    Problem,
    User,
    UsersApi,
)


def signed_in(url: str, email: str, password: str) -> ApiClient:
    accounts = AccountsApi(ApiClient(Configuration(host=url)))
    with pytest.raises(ApiException) as refused:
        accounts.login(LoginBody(email=email, password="not this one"))
    assert isinstance(refused.value.data, Problem)
    assert refused.value.data.code == "bad-credentials"
    tokens = accounts.login(LoginBody(email=email, password=password))
    return ApiClient(Configuration(host=url, access_token=tokens.access_token))


def book_with_copy(client: ApiClient, mark: str) -> Copy:
    books = BooksApi(client)
    book = books.create_book(BookBody(title=f"The Moonstone {mark}"))
    found = books.list_books(q=f'"moonstone {mark}"')
    assert [each.id for each in found.data] == [book.id]
    return CopiesApi(client).create_copy(book.id, CopyBody(barcode=f"C-{mark}"))


def lend_twice(client: ApiClient, copy: Copy, member: User) -> None:
    body = LendingBody(barcode=copy.barcode, user_id=member.id)
    loans = LoansApi(client)
    assert loans.lend(body).copy_id == copy.id
    with pytest.raises(ApiException) as refused:
        loans.lend(body)
    assert isinstance(refused.value.data, Problem)
    assert refused.value.data.code == "loan-refused"
    reasons = refused.value.data.reasons or []
    assert "already-borrowed" in [reason.code for reason in reasons]


def page_through(client: ApiClient) -> None:
    books = BooksApi(client)
    cursor: str | None = ""
    seen = set()
    while cursor is not None:
        page = books.list_books(cursor=cursor, limit=2)
        seen |= {book.id for book in page.data}
        cursor = page.pagination.next_cursor
    assert len(seen) == books.list_books(limit=1).pagination.total


def bring_in(client: ApiClient, mark: str) -> None:
    imports = ImportsApi(client)
    job = imports.import_books(f"title\nEmma {mark}\n".encode(), format="csv")
    while job.status in ("queued", "running"):
        time.sleep(0.2)
        job = imports.get_import(job.id)
    assert (job.status, job.created) == ("done", 1)


def pay(client: ApiClient, member: User) -> None:
    fees = FeesApi(client)
    fee = fees.create_fee(NewFeeBody(user_id=member.id, amount=250, note="A torn page"))
    paid = fees.pay_fee(fee.id, FeePaymentBody(amount=250, method="cash"))
    assert (paid.balance, paid.status) == (0, "paid")


def main(url: str, email: str, password: str) -> None:
    mark = uuid4().hex[:8]
    client = signed_in(url, email, password)
    body = NewUserBody(email=f"{mark}@example.org", first_name="Ada", last_name="Lovelace")
    member = UsersApi(client).create_user(body)
    lend_twice(client, book_with_copy(client, mark), member)
    bring_in(client, mark)
    page_through(client)
    pay(client, member)


main(*sys.argv[1:])
