"""`user`: accounts made and mended by whoever runs the server."""

import sys

import click

from api.auth import passwords
from api.commands.group import Group, actor, require_tables, settings
from circulation import members
from models import password_reset, session, sign_in, timestamps
from models import user as accounts
from models.database import transaction
from models.errors import Missing
from models.vocabulary import Role

# As texts: of an enumeration Click takes the names of the members, not their values.
ROLES = [role.value for role in Role]

user = Group(
    "user",
    help="Make and mend accounts. Passwords are asked for, or read from standard input.",
)


@user.command()
@click.argument("email")
@click.option("--first-name", required=True)
@click.option("--last-name", required=True)
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
def create(email: str, first_name: str, last_name: str, role: str) -> None:
    """Make an account."""
    require_tables()
    given = {"email": email, "first_name": first_name, "last_name": last_name, "role": role}
    values = checked({**given, "password": _password()})
    hashed = passwords.hashed(values.pop("password"), settings().password_rounds)
    with transaction():
        made = members.enrol(values, hashed, actor(), timestamps.now())
    click.echo(f"Made the {made.role} {made.email} with id {made.id}.")


@user.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Those with this role only.")
def list_accounts(role: str | None) -> None:
    """List accounts: id, role, card number, email, name, and whether it is inactive."""
    require_tables()
    for account in accounts.everybody(role):
        name = " ".join(filter(None, (account.first_name, account.last_name)))
        cells = (str(account.id), account.role, account.card_number or "-", account.email or "-")
        click.echo("\t".join((*cells, name, *([] if account.is_active else ["inactive"]))))


@user.command()
@click.argument("email")
def set_password(email: str) -> None:
    """Give an account another password, and end all its sign-ins."""
    require_tables()
    user_id = _id(email)
    named = {"email": email, "first_name": "-", "last_name": "-"}
    hashed = passwords.hashed(
        checked({**named, "password": _password()})["password"], settings().password_rounds
    )
    with transaction():
        sign_in.set_password(user_id, hashed, actor())
        password_reset.end_all(user_id)
        session.end_all(user_id)
    click.echo("The password is changed, and all sign-ins have ended.")


@user.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def set_role(email: str, role: str) -> None:
    """Give an account another role; the last administrator keeps theirs."""
    require_tables()
    with transaction():
        present = accounts.locked(_id(email))
        changed = members.change(present, {"role": role}, actor(), timestamps.now())
    click.echo(f"{changed.email} has the role {changed.role}.")


def checked(values: dict[str, str]) -> dict[str, str]:
    """The fields of a new account as stored. Raises UsageError telling everything wrong."""
    from validators.engine.bodies import compile_body
    from validators.engine.errors import Invalid
    from validators.users import NEW_USER

    try:
        stored: dict[str, str] = compile_body(NEW_USER, "create")(values)
    except Invalid as invalid:
        told = (f"{(e.pointer or '').removeprefix('#/')}: {e.detail}" for e in invalid.errors)
        raise click.UsageError("\n".join(told)) from None
    return stored


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


def _id(email: str) -> int:
    account = sign_in.by_email(email)
    if account is None:
        raise Missing(f"There is no account with the email {email}.")
    return account.id
