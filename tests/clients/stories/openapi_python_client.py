"""What an author of scripts does with the client that openapi-python-client makes.

Called with the address of a server, and an administrator's email and password.
"""

import sys
import time
from io import BytesIO
from uuid import uuid4

from octavo_client import AuthenticatedClient, Client
from octavo_client.api.accounts import login
from octavo_client.api.books import create_book, list_books
from octavo_client.api.copies import create_copy
from octavo_client.api.fees import create_fee, pay_fee
from octavo_client.api.imports import get_import, import_books
from octavo_client.api.loans import lend
from octavo_client.api.users import create_user
from octavo_client.models import (
    Book,
    BookBody,
    BookList,
    Copy,
    CopyBody,
    Fee,
    FeePaymentBody,
    FeePaymentBodyMethod,
    ImportBooksFormat,
    ImportJob,
    LendingBody,
    Loan,
    LoginBody,
    NewFeeBody,
    NewUserBody,
    PaidFee,
    Problem,
    Tokens,
    User,
)
from octavo_client.types import File


def signed_in(url: str, email: str, password: str) -> AuthenticatedClient:
    refused = login.sync(
        client=Client(base_url=url), body=LoginBody(email=email, password="not this one")
    )
    assert isinstance(refused, Problem)
    assert refused.code == "bad-credentials"
    tokens = login.sync(client=Client(base_url=url), body=LoginBody(email=email, password=password))
    assert isinstance(tokens, Tokens)
    return AuthenticatedClient(base_url=url, token=tokens.access_token)


def book_with_copy(client: AuthenticatedClient, mark: str) -> Copy:
    book = create_book.sync(client=client, body=BookBody(title=f"The Moonstone {mark}"))
    assert isinstance(book, Book)
    found = list_books.sync(client=client, q=f'"moonstone {mark}"')
    assert isinstance(found, BookList)
    assert [each.id for each in found.data] == [book.id]
    copy = create_copy.sync(book.id, client=client, body=CopyBody(barcode=f"C-{mark}"))
    assert isinstance(copy, Copy)
    return copy


def lend_twice(client: AuthenticatedClient, copy: Copy, member: User) -> None:
    body = LendingBody(barcode=copy.barcode, user_id=member.id)
    loan = lend.sync(client=client, body=body)
    assert isinstance(loan, Loan)
    assert loan.copy_id == copy.id
    refused = lend.sync(client=client, body=body)
    assert isinstance(refused, Problem)
    assert refused.code == "loan-refused"
    assert isinstance(refused.reasons, list)
    assert "already-borrowed" in [reason.code for reason in refused.reasons]


def page_through(client: AuthenticatedClient) -> None:
    cursor, seen = "", set()
    while True:
        page = list_books.sync(client=client, cursor=cursor, limit=2)
        assert isinstance(page, BookList)
        seen |= {book.id for book in page.data}
        if not isinstance(page.pagination.next_cursor, str):
            break
        cursor = page.pagination.next_cursor
    whole = list_books.sync(client=client, limit=1)
    assert isinstance(whole, BookList)
    assert len(seen) == whole.pagination.total


def bring_in(client: AuthenticatedClient, mark: str) -> None:
    file = File(payload=BytesIO(f"title\nEmma {mark}\n".encode()))
    job = import_books.sync(client=client, body=file, format_=ImportBooksFormat.CSV)
    while isinstance(job, ImportJob) and job.status in ("queued", "running"):
        time.sleep(0.2)
        job = get_import.sync(job.id, client=client)
    assert isinstance(job, ImportJob)
    assert (job.status, job.created) == ("done", 1)


def pay(client: AuthenticatedClient, member: User) -> None:
    fee = create_fee.sync(
        client=client, body=NewFeeBody(user_id=member.id, amount=250, note="A torn page")
    )
    assert isinstance(fee, Fee)
    paid = pay_fee.sync(
        fee.id, client=client, body=FeePaymentBody(amount=250, method=FeePaymentBodyMethod.CASH)
    )
    assert isinstance(paid, PaidFee)
    assert (paid.balance, paid.status) == (0, "paid")


def main(url: str, email: str, password: str) -> None:
    mark = uuid4().hex[:8]
    client = signed_in(url, email, password)
    member = create_user.sync(
        client=client,
        body=NewUserBody(email=f"{mark}@example.org", first_name="Ada", last_name="Lovelace"),
    )
    assert isinstance(member, User)
    lend_twice(client, book_with_copy(client, mark), member)
    bring_in(client, mark)
    page_through(client)
    pay(client, member)


main(*sys.argv[1:])
