"""Members: many changes in one request."""

from datetime import datetime

from api.auth.passwords import hashed
from api.auth.permission import require_roles
from api.http.batch import BatchReader, results
from api.operation import Answer, Call, operation
from api.permissions import PERMISSIONS
from api.resource import Resource
from circulation import inventory, members
from circulation.batch import Change, change_all
from models import timestamps, user
from models.user import UserRow
from resources.users import NEW_USER
from validators import batches
from validators import users as schemas
from validators.engine.bodies import compile_body
from validators.engine.errors import Fault, Invalid

MOST_PASSWORDS = 20
"""Hashing a password takes a quarter of a second, on purpose."""

_UPDATE = compile_body(schemas.USER, "patch")
_ALONE = {"create": "createUser", "update": "updateUser", "delete": "deleteUser"}
_read = BatchReader("user", NEW_USER, _UPDATE)
_UNLESS_GIVEN = {name: rules.get("default") for name, rules in schemas.NEW_USER.fields.items()}


def _changes(call: Call) -> list[Change | Exception]:
    """The operations, with the passwords in them hashed, before the transaction."""
    changes = _read(call)
    given = [
        (place, each.values)
        for place, each in enumerate(changes)
        if isinstance(each, Change) and each.values.get("password") is not None
    ]
    if len(given) > MOST_PASSWORDS:
        detail = f"One batch sets {MOST_PASSWORDS} passwords at most."
        pointer = f"#/operations/{given[MOST_PASSWORDS][0]}/user/password"
        raise Invalid([Fault("too-many", detail, pointer)])
    for _, values in given:
        values["password"] = hashed(values["password"], call.settings.password_rounds)
    return changes


class UserBatch(Resource):
    """`/users/batch`"""

    @operation(
        "changeUsers",
        "Create, update and delete many members",
        body=compile_body(schemas.BATCH, "create"),
        answer=batches.BATCH_ANSWER,
        prepare=_changes,
    )
    def post(self, call: Call) -> Answer:
        """What became of each operation, as in `/books/batch`."""
        now = timestamps.now()
        # Locked in the order of ids, as all acts lock members.
        for user_id in sorted({each.record_id for each in call.prepared if _names_record(each)}):
            _lock_if_there(user_id)
        outcomes = change_all(
            call.prepared, lambda change: _made(call, change, now), atomic=call.body["atomic"]
        )
        return results(call, outcomes)


def _names_record(each: Change | Exception) -> bool:
    return isinstance(each, Change) and each.op != "create"


def _lock_if_there(user_id: int) -> None:
    if user.role(user_id) is not None:
        user.locked(user_id)


def _made(call: Call, change: Change, now: datetime) -> int:
    """Make one change, with the permission that it would need alone."""
    permission = PERMISSIONS[_ALONE[change.op]]
    if change.op == "create":
        _require_fields(call, change, None)
        values = {name: new for name, new in change.values.items() if name != "password"}
        return members.enrol(values, change.values.get("password"), call.actor, now).id
    present = members.locked(change.record_id, now)
    permission.require_may(call.caller, present)
    change.require_revision(present.revision)
    permission.require_access(call.caller)
    if change.op == "delete":
        inventory.delete_member(present.id, call.actor, now)
    else:
        change.require_present(present.to_json(staff=True))
        _require_fields(call, change, present)
        members.change(present, change.values, call.actor, now)
    return present.id


def _require_fields(call: Call, change: Change, present: UserRow | None) -> None:
    stored = _UNLESS_GIVEN if present is None else present._asdict()
    hidden = () if present is None or call.caller.reads_notes else NEW_USER.staff_only
    require_roles(call.caller, NEW_USER.roles, change.values, stored.get, hidden)
