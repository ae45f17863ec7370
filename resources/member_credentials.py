"""Passwords and PINs: the caller's own PIN, and what staff set and check for members."""

from api.auth import pins
from api.auth.authentication import of_app
from api.auth.passwords import hashed
from api.operation import Answer, Call, operation
from api.records import PROFILE
from api.resource import Resource
from models import password_reset, session, sign_in
from models.errors import DomainError
from models.sign_in import Proof
from models.user import UserRow
from resources.proofs import proof_of_password, proof_of_pin, require_unchanged
from validators import auth
from validators import users as schemas
from validators.engine.bodies import compile_body


class WrongPin(DomainError):
    """A PIN that is not the member's; that it was tried stays counted."""

    code = "wrong-pin"
    keeps_changes = True


def _hash_password(call: Call) -> str:
    return hashed(call.body["new_password"], call.settings.password_rounds)


def _hash_pin(call: Call) -> str:
    return hashed(call.body["pin"], call.settings.password_rounds)


def _change_pin(call: Call) -> tuple[Proof, str]:
    """Verify the password or PIN in use and hash the new PIN, before the transaction."""
    password = call.body.get("current_password")
    if password is None:
        proof = proof_of_pin(call, call.body["current_pin"])
    else:
        proof = proof_of_password(call, password)
    return proof, _hash_pin(call)


class OwnPin(Resource):
    """`/auth/pin`"""

    @operation(
        "changePin",
        "Set your own PIN",
        record=PROFILE,
        body=compile_body(auth.PIN_CHANGE, "create"),
        status=204,
        problems=("wrong-password", "wrong-pin"),
        prepare=_change_pin,
    )
    def put(self, call: Call, present: UserRow) -> Answer:
        """The PIN signs in together with the card number."""
        proof, new = call.prepared
        require_unchanged(proof)
        sign_in.set_pin(present.id, new, call.actor)
        return Answer(status=204)


class PasswordOfUser(Resource):
    """`/users/{user_id}/password`"""

    @operation(
        "setPassword",
        "Set a member's password",
        body=compile_body(schemas.PASSWORD_OF_USER, "create"),
        status=204,
        problems=("not-found", "forbidden"),
        prepare=_hash_password,
    )
    def put(self, call: Call, present: UserRow) -> Answer:
        """All sign-ins of the member end."""
        sign_in.set_password(present.id, call.prepared, call.actor)
        password_reset.end_all(present.id)
        session.end_all(present.id)
        return Answer(status=204)


class PinOfUser(Resource):
    """`/users/{user_id}/pin`"""

    @operation(
        "setPin",
        "Set a member's PIN",
        body=compile_body(schemas.PIN_OF_USER, "create"),
        status=204,
        problems=("not-found", "forbidden"),
        prepare=_hash_pin,
    )
    def put(self, call: Call, present: UserRow) -> Answer:
        """A card that was refused for too many wrong PINs may be tried again."""
        sign_in.set_pin(present.id, call.prepared, call.actor)
        pins.forget_failures(present)
        return Answer(status=204)


class PinChecksOfUser(Resource):
    """`/users/{user_id}/pin-checks`"""

    @operation(
        "checkPin",
        "Check a member's PIN",
        body=compile_body(schemas.PIN_CHECK, "create"),
        status=204,
        problems=("not-found", "forbidden", "wrong-pin"),
        reads_only=True,
    )
    def post(self, call: Call, found: UserRow) -> Answer:
        """No content if it is right; wrong ones count against the card."""
        if not of_app().verify_pin(found.id, call.body["pin"]):
            raise WrongPin("The PIN is wrong.")
        return Answer(status=204)
