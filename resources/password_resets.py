"""Password resets by mail, for those who have forgotten their password."""

from flask import current_app

from api.auth import resets
from api.auth.passwords import hashed
from api.operation import Answer, Call, operation
from api.problems import Problem
from api.resource import Resource
from models import audit, password_reset, session, sign_in
from models.audit import Actor
from validators import auth
from validators.engine.bodies import compile_body


def _charge(call: Call) -> None:
    current_app.extensions["octavo.limits"].charge_reset(call.context)


def _charge_and_hash(call: Call) -> str:
    _charge(call)
    return hashed(call.body["new_password"], call.settings.password_rounds)


class PasswordResets(Resource):
    """`/auth/password-resets`"""

    @operation(
        "askPasswordReset",
        "Ask for a new password by mail",
        body=compile_body(auth.PASSWORD_RESET_REQUEST, "create"),
        answer=auth.PASSWORD_RESET_ASKED,
        status=202,
        prepare=_charge,
    )
    def post(self, call: Call) -> Answer:
        """The same answer whether there is such an account or not."""
        asked = password_reset.ask(call.body["email"])
        if asked is not None:
            reset_id, user_id = asked
            actor = Actor(user_id, call.context.request_id)
            audit.record(actor, "password_reset.create", "password_reset", reset_id)
        detail = "If there is an account with this email, a mail with a token is on its way."
        return Answer({"detail": detail}, 202)

    @operation(
        "resetPassword",
        "Set a new password with the token from the mail",
        body=compile_body(auth.PASSWORD_RESET, "create"),
        status=204,
        problems=("bad-token",),
        prepare=_charge_and_hash,
    )
    def put(self, call: Call) -> Answer:
        """All sign-ins end."""
        user_id = resets.use(call.settings, call.body["token"])
        if user_id is None:
            raise Problem("bad-token", "This token is unknown, used, or older than an hour.")
        sign_in.set_password(user_id, call.prepared, Actor(user_id, call.context.request_id))
        password_reset.end_all(user_id)
        session.end_all(user_id)
        return Answer(status=204)
