"""The caller's own API keys."""

from api.operation import Answer, Call, operation
from api.paging import listed
from api.pipeline import Resource
from api.problems import Problem
from api.tokens import api_key as as_shown
from api.tokens import new_api_key_secret, secret_hash
from models import api_key
from models.clock import timestamp
from models.errors import Unacceptable
from validators import auth
from validators.bodies import compile_body
from validators.queries import compile_query


class Keys(Resource):
    """`/auth/keys`"""

    @operation(
        "listKeys",
        "List the own API keys",
        query=compile_query(auth.API_KEYS_QUERY),
        answer=auth.API_KEY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The keys, without their secrets."""
        return listed(call, api_key.LISTING, {"owner": call.user_id})

    @operation(
        "createKey",
        "Make an API key",
        body=compile_body(auth.NEW_API_KEY, "create"),
        answer=auth.NEW_API_KEY,
        status=201,
        problems=("insufficient-scope",),
    )
    def post(self, call: Call) -> Answer:
        """The key, whose secret is shown this once."""
        expires_at = call.body["expires_at"]
        if expires_at is not None and expires_at <= timestamp():
            raise Unacceptable("#/expires_at", "too-small", "This moment is past already.")
        _require_scopes_of_caller(call)
        secret = new_api_key_secret()
        record = api_key.create(
            call.body["name"],
            call.body["scopes"],
            expires_at,
            secret_hash(secret),
            call.actor,
        )
        shown = {**record, "key": as_shown(record["id"], secret)}
        return Answer(
            shown,
            201,
            {"Cache-Control": "no-store"},
            api_key.tag(record["id"]),
            at=f"/auth/keys/{record['id']}",
        )


class Key(Resource):
    """`/auth/keys/{key_id}`"""

    @operation("deleteKey", "Revoke an API key", status=204, problems=("not-found",))
    def delete(self, call: Call, key_id: int) -> Answer:
        """It stops working at once."""
        api_key.require(key_id, call.actor)
        call.precondition(api_key.tag(key_id))
        api_key.delete(key_id, call.actor)
        return Answer(status=204)


def _require_scopes_of_caller(call: Call) -> None:
    """A key cannot make a key that reaches further than itself."""
    for scope in call.body["scopes"]:
        if not call.caller.reaches(scope):
            detail = f"This key has no {scope} to pass on."
            raise Problem("insufficient-scope", detail, scope=scope)
