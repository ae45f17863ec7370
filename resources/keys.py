"""The caller's own API keys."""

from collections.abc import Mapping
from typing import Any

from api.auth.tokens import api_key as as_shown
from api.auth.tokens import new_api_key_secret, secret_hash
from api.http.pagination import listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from models import api_key
from models.api_key import KeyRow
from models.timestamps import timestamp
from validators import auth
from validators.engine.bodies import compile_body
from validators.engine.faults import Found
from validators.engine.queries import compile_query


def _judged(right: Mapping[str, Any], given: Mapping[str, Any]) -> list[Found]:
    """What is wrong with a new key whose fields may be right."""
    expires_at = right.get("expires_at")
    if expires_at is None or expires_at > timestamp():
        return []
    return [(("expires_at",), "too-small", "This moment is past already.")]


class Keys(Resource):
    """`/auth/keys`"""

    @operation(
        "listKeys",
        "List your own API keys",
        query=compile_query(auth.API_KEYS_QUERY),
        answer=auth.API_KEY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """The keys, without their secrets."""
        return listed(call, api_key.LISTING, {})

    @operation(
        "createKey",
        "Make an API key",
        body=compile_body(auth.NEW_API_KEY, "create", _judged),
        answer=auth.NEW_API_KEY,
        status=201,
        problems=("insufficient-scope",),
    )
    def post(self, call: Call) -> Answer:
        """The key, whose secret is shown this once."""
        secret = new_api_key_secret()
        row = api_key.create(
            call.body["name"],
            call.body["scopes"],
            call.body["expires_at"],
            secret_hash(secret),
            call.actor,
            call.body["encoding"],
        )
        shown = {**row.to_json(), "key": as_shown(row.id, secret)}
        return Answer(
            shown,
            201,
            {"Cache-Control": "no-store"},
            row.tag,
            at=f"/auth/keys/{row.id}",
        )


class Key(Resource):
    """`/auth/keys/{key_id}`"""

    @operation("deleteKey", "Revoke an API key", status=204, problems=("not-found",))
    def delete(self, call: Call, present: KeyRow) -> Answer:
        """It stops working at once."""
        api_key.delete(present.id, call.actor)
        return Answer(status=204)
