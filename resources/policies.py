"""Policies: how long, how many and at what price."""

from api.http.pagination import listed
from api.operation import Answer, Call, operation
from api.resource import Resource
from models import policy, source_key
from models.policy import PolicyRow
from validators import policies as schemas
from validators.engine.bodies import compile_body
from validators.engine.queries import compile_query


def _answered(row: PolicyRow, status: int = 200) -> Answer:
    return Answer(row.to_json(), status, tag=row.tag, at=f"/policies/{row.id}")


class Policies(Resource):
    """`/policies`"""

    @operation(
        "listPolicies",
        "List the lending policies",
        query=compile_query(schemas.POLICIES_QUERY),
        answer=schemas.POLICY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Every policy; the most specific one for a member and a copy counts."""
        return listed(call, policy.LISTING, {})

    @operation(
        "createPolicy",
        "Add a lending policy",
        body=compile_body(schemas.POLICY, "create"),
        answer=schemas.POLICY,
        status=201,
        problems=("policy-taken",),
    )
    def post(self, call: Call) -> Answer:
        """The new policy."""
        return _answered(policy.create(call.body, call.actor), 201)


class Policy(Resource):
    """`/policies/{policy_id}`"""

    @operation("getPolicy", "Read a lending policy", answer=schemas.POLICY, problems=("not-found",))
    def get(self, call: Call, found: PolicyRow) -> Answer:
        """The policy."""
        return _answered(found)

    @operation(
        "replacePolicy",
        "Replace a lending policy",
        body=compile_body(schemas.POLICY, "replace"),
        answer=schemas.POLICY,
        problems=("not-found", "policy-taken", "policy-required"),
    )
    def put(self, call: Call, present: PolicyRow) -> Answer:
        """The policy as given; loans made before keep their dates and rates."""
        return _answered(policy.replace(present, call.body, call.actor))

    @operation(
        "deletePolicy",
        "Remove a lending policy",
        status=204,
        problems=("not-found", "policy-required"),
    )
    def delete(self, call: Call, present: PolicyRow) -> Answer:
        """It is gone; loans made under it keep their dates and rates."""
        policy.delete(present, call.actor)
        source_key.forget("policies", present.id)
        return Answer(status=204)
