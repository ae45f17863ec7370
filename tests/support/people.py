"""People to act as in tests, and the credentials they send."""

from base64 import b64encode
from dataclasses import dataclass, field

from api.passwords import hashed
from models import user
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


def add(role: str, email: str) -> Person:
    """Put an account into the connected database."""
    values = {"email": email, "first_name": "Test", "last_name": role.title(), "role": role}
    record = user.create(values, HASH, NOBODY)
    return Person(record["id"], email, basic(email))


def basic(email: str, password: str = PASSWORD) -> dict[str, str]:
    """The Authorization header of the Basic scheme."""
    encoded = b64encode(f"{email}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}
