"""Members and staff."""

from typing import Any

from api.fields import require_allowed
from api.operation import Answer, Call, operation
from api.paging import filters, listed
from api.passwords import hashed
from api.pipeline import Resource
from circulation import stock
from models import clock, user
from models.errors import Missing
from validators import users
from validators.bodies import compile_body
from validators.queries import compile_query


def answered(record: dict[str, Any], status: int = 200) -> Answer:
    """A user as an answer."""
    return Answer(record, status, tag=user.tag(record), at=f"/users/{record['id']}")


def _hash(call: Call) -> str:
    require_allowed(call, {"role": "member", "category": "standard"})
    return hashed(call.body["password"], call.settings.password_rounds)


class Users(Resource):
    """`/users`"""

    @operation(
        "listUsers",
        "Find members and staff",
        query=compile_query(users.USERS_QUERY),
        answer=users.USER,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The accounts."""
        return listed(call, user.LISTING, filters(call))

    @operation(
        "createUser",
        "Add a member",
        body=compile_body(users.NEW_USER, "create"),
        answer=users.USER,
        status=201,
        problems=("email-taken", "card-number-taken", "field-not-allowed"),
        prepare=_hash,
    )
    def post(self, call: Call) -> Answer:
        """An account made by the library."""
        values = {name: value for name, value in call.body.items() if name != "password"}
        return answered(user.create(values, call.prepared, call.actor), 201)


class User(Resource):
    """`/users/{user_id}`"""

    @operation("getUser", "Read an account", answer=users.USER, problems=("not-found",))
    def get(self, call: Call, user_id: int) -> Answer:
        """The account; to a member, their own."""
        if not call.caller.is_staff and user_id != call.caller.id:
            raise Missing("There is no such user.")
        return answered(user.find(user_id))

    @operation(
        "updateUser",
        "Change an account",
        body=compile_body(users.USER, "patch"),
        answer=users.USER,
        problems=(
            "not-found",
            "field-not-allowed",
            "email-taken",
            "card-number-taken",
            "last-admin",
        ),
    )
    def patch(self, call: Call, user_id: int) -> Answer:
        """The account, changed."""
        present = user.locked(user_id)
        require_allowed(call, present)
        call.precondition(user.tag(present))
        return answered(user.update(present, call.body, call.actor))

    @operation(
        "deleteUser",
        "Erase an account",
        status=204,
        problems=("not-found", "last-admin", "loans-open", "fees-owed"),
    )
    def delete(self, call: Call, user_id: int) -> Answer:
        """Personal data is erased; past loans and posts stay without a name."""
        stock.delete_member(
            user_id, call.actor, clock.now(), lambda stored: call.precondition(user.tag(stored))
        )
        return Answer(status=204)
