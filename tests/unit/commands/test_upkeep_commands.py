"""What keeps a library going: the nightly job, the search index."""

from datetime import timedelta
from pathlib import Path

import pytest

from circulation import checkin, checkout
from models import copy, idempotency, loan, session
from models.database import database
from models.idempotency import Idempotency
from models.search import book_list
from models.timestamps import now, timestamp
from tests.support import people
from tests.unit.commands.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "books.csv"
    path.write_text("title,barcode\nEmma,A1\n")
    return path


def test_the_nightly_job_forgets_who_had_old_loans(run: Run, file: Path) -> None:
    run("catalogue", "import", str(file))
    member = people.add("member", "member@example.org")
    before = now() - timedelta(days=400)
    request = checkout.Request(barcode="A1", user_id=member.id)
    lent = checkout.lend(request, member.actor, before)
    checkin.take_back("A1", member.actor, before + timedelta(days=1))
    done = run("circulation", "nightly")
    assert done.exit_code == 0
    assert "Loans that forgot their member: 1, past holds: 0." in done.stdout
    assert loan.find(lent.row.id).user_id is None


def test_the_nightly_job_finds_nothing_to_do_a_second_time(run: Run, file: Path) -> None:
    run("circulation", "nightly")
    assert run("circulation", "nightly").stdout == (
        "Holds ended: 0.\n"
        "Notices queued: 0.\n"
        "Loans that forgot their member: 0, past holds: 0.\n"
        "Sign-ins forgotten: 0, kept answers forgotten: 0.\n"
        "Files of imports that came to nothing: 0.\n"
    )


def test_the_nightly_job_forgets_what_is_past_its_time(run: Run) -> None:
    run("db", "upgrade")
    member = people.add("member", "member@example.org")
    session.begin(member.id, -1)
    idempotency.keep("00", "print", b"answer")
    Idempotency.update(created_at=timestamp(ahead=timedelta(days=-2))).execute()
    done = run("circulation", "nightly")
    assert "Sign-ins forgotten: 1, kept answers forgotten: 1." in done.stdout


def test_an_index_that_was_lost_is_built_again(run: Run, file: Path) -> None:
    run("catalogue", "import", str(file))
    database.execute_sql("DELETE FROM book_fts")
    assert book_list.LISTING.total({"q": "emma"}) == 0
    done = run("catalogue", "reindex")
    assert (done.exit_code, done.stdout) == (0, "Indexed 1 books.\n")
    assert book_list.LISTING.total({"q": "emma"}) == 1
    assert copy.LISTING.total({"barcode": "a1"}) == 1
