"""Accounts by command."""

import pytest

from api.auth import passwords
from models import audit, session, sign_in, user
from models.database import rows
from tests.support.people import Person
from tests.unit.commands.conftest import Run

ADA = ("user", "create", "ada@example.org", "--first-name", "Ada", "--last-name", "Lovelace")
PASSWORD = "correct horse battery"


def test_an_account_is_made_with_the_password_read_from_standard_input(run: Run) -> None:
    done = run(*ADA, "--role", "librarian", typed=f"{PASSWORD}\n")
    assert (done.exit_code, done.stdout) == (
        0,
        "Made the librarian ada@example.org with id 1.\n",
    )
    account = sign_in.by_email("ada@example.org")
    assert account is not None
    assert account.role == "librarian"
    assert passwords.matches(PASSWORD, account.password_hash or "")


def test_a_password_is_never_an_argument(run: Run) -> None:
    assert run(*ADA, "--password", PASSWORD).exit_code == 2
    assert run(*ADA, PASSWORD).exit_code == 2


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (ADA, "short\n", "password: This must have at least 8 characters."),
        (
            ADA,
            "password1\n",
            "password: This password is on the list of the most often used ones.",
        ),
        (("user", "create", "ada", *ADA[3:]), PASSWORD, "email: An email address must be"),
        ((*ADA, "--role", "director"), PASSWORD, "'director' is not one of"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(
    run: Run, words: tuple[str, ...], typed: str, told: str
) -> None:
    done = run(*words, typed=typed)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not user.is_anybody()


def test_a_taken_email_is_told(run: Run, member: Person) -> None:
    done = run(*ADA[:2], member.email.upper(), *ADA[3:], typed=PASSWORD)
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: An account with this email exists already.\n",
    )


def test_a_new_password_ends_all_sign_ins(run: Run, member: Person) -> None:
    begun = session.begin(member.id, days=1)
    done = run("user", "set-password", member.email, typed=f"{PASSWORD}\n")
    assert done.exit_code == 0
    assert passwords.matches(PASSWORD, sign_in.of(member.id).password_hash or "")
    assert session.caller(begun) is None


def test_a_weak_new_password_is_refused(run: Run, member: Person) -> None:
    before = sign_in.of(member.id).password_hash
    assert run("user", "set-password", member.email, typed="short\n").exit_code == 2
    assert sign_in.of(member.id).password_hash == before


@pytest.mark.parametrize("words", [("set-password",), ("set-role", "admin")])
def test_an_unknown_account_is_told(run: Run, words: tuple[str, ...]) -> None:
    name, *rest = words
    done = run("user", name, "nobody@example.org", *rest, typed=PASSWORD)
    assert done.exit_code == 1
    assert done.stderr == "Error: There is no account with the email nobody@example.org.\n"


def test_accounts_are_listed(run: Run, member: Person, admin: Person) -> None:
    lines = [line.split("\t") for line in run("user", "list").stdout.splitlines()]
    assert lines == [
        [str(member.id), "member", "-", member.email, "Test Member"],
        [str(admin.id), "admin", "-", admin.email, "Test Admin"],
    ]
    assert run("user", "list", "--role", "admin").stdout.count("\n") == 1


def test_a_role_is_changed_and_written_to_the_audit_log(run: Run, member: Person) -> None:
    assert run("user", "set-role", member.email, "librarian").exit_code == 0
    assert user.find(member.id).role == "librarian"
    query = audit.Audit.select(audit.Audit.actor_id, audit.Audit.changes).where(
        audit.Audit.action == "user.update"
    )
    assert rows(query) == [(None, '{"role":["member","librarian"]}')]


def test_the_last_administrator_keeps_the_role(run: Run, admin: Person) -> None:
    done = run("user", "set-role", admin.email, "member")
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: This is the last active administrator.\n",
    )
    assert user.find(admin.id).role == "admin"
