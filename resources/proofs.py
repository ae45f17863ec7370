"""The secret in use, given to change it: verified before the transaction, looked at again in it.

Verifying takes as long as hashing does. A call that gives the old secret while another one changes
it must not win over that one.
"""

from api.auth.authentication import of_app
from api.operation import Call
from api.problems import Problem
from models import sign_in
from models.sign_in import Proof


def proof_of_password(call: Call, given: str) -> Proof:
    """What the password of the caller proves. Raises Problem 403, 429."""
    proof = of_app().verify_password(call.user_id, given, call.context)
    if proof is None:
        raise _wrong_password()
    return proof


def proof_of_pin(call: Call, given: str) -> Proof:
    """What the PIN of the caller proves. Raises Problem 403, 429."""
    proof = of_app().verify_pin(call.user_id, given)
    if proof is None:
        raise _wrong_pin()
    return proof


def require_unchanged(proof: Proof) -> None:
    """Refuse, in the transaction, what was proved by a password or PIN that is not in use any more.

    Raises Problem 403.
    """
    if not sign_in.still_holds(proof):
        raise _wrong_pin() if proof.password_hash is None else _wrong_password()


def _wrong_password() -> Problem:
    return Problem("wrong-password", "The current password is wrong.")


def _wrong_pin() -> Problem:
    return Problem("wrong-pin", "The current PIN is wrong.")
