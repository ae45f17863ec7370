#!/usr/bin/env bash
# Flask-RESTful 0.3.10 with Flask 3.1.3: a POST whose Accept nothing satisfies has its effect and is
# answered 201 in JSON all the same.
# Expected: 406 before anything is done, or at least after it.
# Seen: the resource runs, then the first representation is used as a fallback; a client that asked for
# XML gets JSON and no hint. A strict client repeats the order it has placed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check flask==3.1.3 flask-restful==0.3.10
"$folder/venv/bin/python" - <<'PY'
from flask import Flask
from flask_restful import Api, Resource

orders = []


class Orders(Resource):
    def post(self):
        orders.append("Middlemarch")
        return {"orders": len(orders)}, 201


app = Flask("library")
Api(app).add_resource(Orders, "/orders")
answer = app.test_client().post("/orders", headers={"Accept": "application/xml"})
print(f"{answer.status_code} {answer.content_type}, orders placed: {orders}")
assert (answer.status_code, answer.content_type, len(orders)) == (201, "application/json", 1)
PY
