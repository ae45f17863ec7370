"""Members and staff."""

from collections.abc import Mapping
from typing import Any

from api.auth.passwords import hashed
from api.http.pagination import Records, Rows, filters, listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from circulation import inventory, members, rulebook
from models import timestamps, user_list
from models.user import UserRow
from validators import users as schemas
from validators.engine.bodies import compile_body
from validators.engine.faults import Found
from validators.engine.queries import compile_query


def answered(call: Call, record: UserRow, status: int = 200) -> Answer:
    """A user as an answer; the note is for staff."""
    shown = record.to_json(staff=call.caller.reads_notes)
    return Answer(shown, status, tag=record.tag, at=f"/users/{record.id}")


def _hash(call: Call) -> str | None:
    password = call.body.get("password")
    return None if password is None else hashed(password, call.settings.password_rounds)


def _judged(right: Mapping[str, Any], given: Mapping[str, Any]) -> list[Found]:
    """What is wrong with a new account though each of its fields may be right."""
    found = members.faults(right, given, timestamps.now())
    return [((one.pointer.removeprefix("#/"),), one.fault, one.detail) for one in found]


NEW_USER = compile_body(schemas.NEW_USER, "create", _judged)


class Users(Resource):
    """`/users`"""

    @operation(
        "listUsers",
        "Find members and staff",
        query=compile_query(schemas.USERS_QUERY),
        answer=schemas.USER,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The accounts."""
        asked, today = filters(call), rulebook.today(timestamps.now()).isoformat()
        if "blocked" in asked:
            asked |= user_list.blocked(asked.pop("blocked"), today)

        def present(rows: Rows) -> Records:
            return [row.as_of(today).to_json(staff=call.caller.reads_notes) for row in rows]

        return listed(call, user_list.LISTING, asked, present=present)

    @operation(
        "createUser",
        "Add a member",
        body=NEW_USER,
        answer=schemas.USER,
        status=201,
        problems=("email-taken", "card-number-taken", "field-not-allowed"),
        prepare=_hash,
    )
    def post(self, call: Call) -> Answer:
        """An account made by the library."""
        values = {name: value for name, value in call.body.items() if name != "password"}
        made = members.enrol(values, call.prepared, call.actor, timestamps.now())
        return answered(call, made, 201)


class Standing(Resource):
    """`/users/{user_id}/standing`"""

    @operation(
        "getStanding",
        "Read what a member may do, has and owes",
        answer=schemas.STANDING,
        problems=("not-found",),
    )
    def get(self, call: Call, found: UserRow) -> Answer:
        """What stands against a loan, a renewal or a hold of the member, whatever the book."""
        return Answer(members.standing(found.id, timestamps.now()).to_json())


class User(Resource):
    """`/users/{user_id}`"""

    @operation("getUser", "Read an account", answer=schemas.USER, problems=("not-found",))
    def get(self, call: Call, found: UserRow) -> Answer:
        """The account; to a member, their own."""
        return answered(call, found)

    @operation(
        "updateUser",
        "Change an account",
        body=compile_body(schemas.USER, "patch"),
        answer=schemas.USER,
        problems=(
            "not-found",
            "field-not-allowed",
            "email-taken",
            "card-number-taken",
            "last-admin",
        ),
    )
    def patch(self, call: Call, present: UserRow) -> Answer:
        """The account, changed."""
        return answered(call, members.change(present, call.body, call.actor, timestamps.now()))

    @operation(
        "deleteUser",
        "Erase an account",
        status=204,
        problems=("not-found", "last-admin", "loans-open", "fees-owed"),
    )
    def delete(self, call: Call, present: UserRow) -> Answer:
        """Personal data is erased; past loans and posts stay without a name."""
        inventory.delete_member(present.id, call.actor, timestamps.now())
        return Answer(status=204)
