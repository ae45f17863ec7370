"""People to act as in tests, and the credentials they send."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.app import Octavo
from api.auth.passwords import hashed
from api.auth.tokens import Tokens, new_api_key_secret, secret_hash
from api.auth.tokens import api_key as shown
from models import api_key, session, user
from models.audit import Actor

PASSWORD = "a long enough password"
HASH = hashed(PASSWORD, 4)
NOBODY = Actor(None, "test")


@dataclass
class Person:
    """An account in the database, and the header that signs it in by Basic."""

    id: int
    email: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """This person, as who changes things."""
        return Actor(self.id, "test")


def add(role: str, email: str) -> Person:
    """Put an account into the connected database."""
    values = {"email": email, "first_name": "Test", "last_name": role.title(), "role": role}
    record = user.create(values, HASH, NOBODY)
    return Person(record.id, email, basic(email))


def basic(email: str, password: str = PASSWORD) -> dict[str, str]:
    """The Authorization header of the Basic scheme."""
    encoded = b64encode(f"{email}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def bearer(token: str) -> dict[str, str]:
    """The Authorization header of the Bearer scheme."""
    return {"Authorization": f"Bearer {token}"}


def signed_in(app: Octavo, person: Person) -> dict[str, str]:
    """The header with the access token of a new sign-in."""
    return bearer(_tokens(app, 60).access(session.begin(person.id, 30), 1))


def signed_in_too_long(app: Octavo, person: Person) -> dict[str, str]:
    """The header with an access token that was good a minute ago; the sign-in goes on."""
    return bearer(_tokens(app, -1).access(session.begin(person.id, 30), 1))


def key(person: Person, scopes: Sequence[str], expires_at: str | None = None) -> dict[str, str]:
    """The header with a new API key of this person's."""
    secret = new_api_key_secret()
    made = api_key.create("test", scopes, expires_at, secret_hash(secret), person.actor)
    return bearer(shown(made.id, secret))


def _tokens(app: Octavo, minutes: int) -> Tokens:
    return Tokens(app.config["SETTINGS"].secret_keys, minutes)
