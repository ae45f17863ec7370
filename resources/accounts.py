"""Registration, sign-in, one's own profile and password."""

from flask import current_app

from api.auth.authentication import Authentication, of_app
from api.auth.passwords import hashed
from api.context import Caller
from api.operation import Answer, Call, operation
from api.records import PROFILE
from api.resource import Resource
from circulation import members
from models import audit, password_reset, session, sign_in, timestamps
from models.errors import DomainError, Missing
from models.session import SignIn
from models.sign_in import Proof
from models.user import UserRow
from resources.proofs import proof_of_password, require_unchanged
from resources.users import answered
from validators import auth
from validators.engine.bodies import compile_body
from validators.engine.errors import Fault, Invalid
from validators.users import USER


class BadToken(DomainError):
    """A refresh token that is not good; what its use ended stays ended."""

    code = "bad-token"
    keeps_changes = True


def _hash_for_registration(call: Call) -> str:
    current_app.extensions["octavo.limits"].charge_registration(call.context, call.body["email"])
    return hashed(call.body["password"], call.settings.password_rounds)


class Registration(Resource):
    """`/auth/register`"""

    @operation(
        "register",
        "Open an account",
        body=compile_body(auth.REGISTRATION, "create"),
        answer=USER,
        status=201,
        problems=("registration-closed", "email-taken"),
        prepare=_hash_for_registration,
    )
    def post(self, call: Call) -> Answer:
        """A member, who can sign in at once."""
        values = {name: new for name, new in call.body.items() if name != "password"}
        made = members.enrol(
            values, call.prepared, call.actor, timestamps.now(), action="user.register"
        )
        return answered(call, made, 201)


def _sign_in(call: Call) -> Caller:
    """Whoever the body, or else the Authorization header, names."""
    body = call.body
    if "card_number" in body:
        return of_app().sign_in_by_card(body["card_number"], body["pin"])
    if body:
        return of_app().sign_in(body["email"], body["password"], call.context)
    return of_app().sign_in_again(call.caller, call.context)


class Login(Resource):
    """`/auth/login`"""

    @operation(
        "login",
        "Sign in",
        body=compile_body(auth.LOGIN, "create"),
        body_optional=True,
        answer=auth.TOKENS,
        problems=("bad-credentials",),
        prepare=_sign_in,
    )
    def post(self, call: Call) -> Answer:
        """A pair of tokens."""
        caller: Caller = call.prepared
        user_id = of_app().require_proof(caller)
        begun = session.begin(user_id, call.settings.refresh_token_days)
        actor = audit.Actor(user_id, call.context.request_id)
        audit.record(actor, "session.create", "session", begun.id)
        return _tokens(of_app(), begun, 1, user_id)


class Refresh(Resource):
    """`/auth/refresh`"""

    @operation(
        "refresh",
        "Trade a refresh token for a new pair",
        body=compile_body(auth.REFRESH, "create"),
        answer=auth.TOKENS,
        problems=("bad-token",),
    )
    def post(self, call: Call) -> Answer:
        """A pair of tokens. A second use of a refresh token ends its sign-in."""
        read = of_app().tokens.read_refresh(call.body["refresh_token"])
        if read is None:
            raise BadToken("This refresh token is not good.")
        begun, turn = read
        if not session.advance(begun, turn, call.settings.refresh_token_days):
            session.end_misused(begun)
            raise BadToken("This refresh token is used up or past its time.")
        live = session.caller(begun)
        if live is None:
            raise BadToken("This account is not active.")
        return _tokens(of_app(), begun, turn + 1, live[0])


class Logout(Resource):
    """`/auth/logout`"""

    @operation(
        "logout",
        "Sign out",
        body=compile_body(auth.LOGOUT, "create"),
        body_optional=True,
        status=204,
    )
    def post(self, call: Call) -> Answer:
        """Ends this sign-in, or all of them."""
        if call.body.get("everywhere"):
            session.end_all(call.user_id)
        elif call.caller.session_id is not None:
            session.end(call.caller.session_id)
        audit.record(call.actor, "session.end", "session", call.caller.session_id)
        return Answer(status=204)


def _current_password(call: Call) -> Proof | None:
    """A change of the email needs the password in use; verified before the transaction."""
    given = call.body.get("current_password")
    return None if given is None else proof_of_password(call, given)


def _require_password(call: Call, present: UserRow) -> None:
    changes = call.body.get("email", present.email) != present.email
    if changes and call.body.get("current_password") is None:
        detail = "Give the current password to change the email."
        raise Invalid([Fault("required", detail, pointer="#/current_password")])


class Profile(Resource):
    """`/auth/profile`"""

    @operation("getProfile", "Who am I", record=PROFILE, answer=USER)
    def get(self, call: Call, found: UserRow) -> Answer:
        """The caller as a user."""
        return answered(call, found)

    @operation(
        "updateProfile",
        "Change your own names or email",
        record=PROFILE,
        body=compile_body(auth.PROFILE, "patch"),
        answer=USER,
        problems=("field-not-allowed", "wrong-password", "email-taken"),
        prepare=_current_password,
        check=_require_password,
    )
    def patch(self, call: Call, present: UserRow) -> Answer:
        """The caller as a user, changed."""
        if call.prepared is not None:
            require_unchanged(call.prepared)
        values = {name: new for name, new in call.body.items() if name != "current_password"}
        return answered(call, members.change(present, values, call.actor, timestamps.now()))


def _change_password(call: Call) -> tuple[Proof, str]:
    """Verify the old password and hash the new one, both before the transaction."""
    proof = proof_of_password(call, call.body["current_password"])
    return proof, hashed(call.body["new_password"], call.settings.password_rounds)


class Password(Resource):
    """`/auth/password`"""

    @operation(
        "changePassword",
        "Change your own password",
        record=PROFILE,
        body=compile_body(auth.PASSWORD_CHANGE, "create"),
        status=204,
        problems=("wrong-password",),
        prepare=_change_password,
    )
    def put(self, call: Call, present: UserRow) -> Answer:
        """All other sign-ins end."""
        proof, new = call.prepared
        require_unchanged(proof)
        sign_in.set_password(call.user_id, new, call.actor)
        password_reset.end_all(call.user_id)
        session.end_all(call.user_id, but=call.caller.session_id)
        return Answer(status=204)


def _tokens(authentication: Authentication, begun: SignIn, turn: int, user_id: int) -> Answer:
    tokens = authentication.tokens
    try:
        owner = members.find(user_id, timestamps.now())
    except Missing:
        raise BadToken("This account is gone.") from None
    return Answer(
        {
            "access_token": tokens.access(begun, turn),
            "token_type": "Bearer",
            "expires_in": tokens.access_seconds,
            "refresh_token": tokens.refresh(begun, turn),
            "user": owner.to_json(staff=owner.role != "member"),
        },
        headers={"Cache-Control": "no-store"},
    )
