"""Policies: how long, how many and at what price."""

from typing import Any

from api.operation import Answer, Call, operation
from api.paging import listed
from api.pipeline import Resource
from models import policy
from validators import policies
from validators.bodies import compile_body
from validators.queries import compile_query


def _answered(record: dict[str, Any], status: int = 200) -> Answer:
    return Answer(
        policy.shown(record), status, tag=policy.tag(record), at=f"/policies/{record['id']}"
    )


class Policies(Resource):
    """`/policies`"""

    @operation(
        "listPolicies",
        "List the lending policies",
        query=compile_query(policies.POLICIES_QUERY),
        answer=policies.POLICY,
        paged=True,
    )
    def get(self, call: Call) -> Answer:
        """Every policy; the most specific one for a member and a copy counts."""
        return listed(call, policy.LISTING, {})

    @operation(
        "createPolicy",
        "Add a lending policy",
        body=compile_body(policies.POLICY, "create"),
        answer=policies.POLICY,
        status=201,
        problems=("policy-taken",),
    )
    def post(self, call: Call) -> Answer:
        """The new policy."""
        return _answered(policy.create(call.body, call.actor), 201)


class Policy(Resource):
    """`/policies/{policy_id}`"""

    @operation(
        "getPolicy", "Read a lending policy", answer=policies.POLICY, problems=("not-found",)
    )
    def get(self, call: Call, policy_id: int) -> Answer:
        """The policy."""
        return _answered(policy.find(policy_id))

    @operation(
        "replacePolicy",
        "Replace a lending policy",
        body=compile_body(policies.POLICY, "replace"),
        answer=policies.POLICY,
        problems=("not-found", "policy-taken", "policy-required"),
    )
    def put(self, call: Call, policy_id: int) -> Answer:
        """The policy as given; loans made before keep their dates and rates."""
        present = policy.locked(policy_id)
        call.precondition(policy.tag(present))
        return _answered(policy.replace(present, call.body, call.actor))

    @operation(
        "deletePolicy",
        "Remove a lending policy",
        status=204,
        problems=("not-found", "policy-required"),
    )
    def delete(self, call: Call, policy_id: int) -> Answer:
        """It is gone; loans made under it keep their dates and rates."""
        present = policy.locked(policy_id)
        call.precondition(policy.tag(present))
        policy.delete(present, call.actor)
        return Answer(status=204)
