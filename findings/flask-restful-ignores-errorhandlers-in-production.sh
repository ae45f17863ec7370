#!/usr/bin/env bash
# Flask-RESTful 0.3.10 with Flask 3.1.3: an error handler works in tests and is ignored in production.
# Expected: @app.errorhandler(ValueError) answers a ValueError of a resource, whatever app.testing is.
# Seen: with app.testing (exceptions propagate) the handler answers 418; without it Flask-RESTful's own
# handle_error answers 500 {"message": "Internal Server Error"}. The test suite is green, the service is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check flask==3.1.3 flask-restful==0.3.10
"$folder/venv/bin/python" - <<'PY'
import logging

from flask import Flask
from flask_restful import Api, Resource


class Book(Resource):
    def get(self):
        raise ValueError("no such book")


app = Flask("library")
logging.getLogger("library").disabled = True
Api(app).add_resource(Book, "/book")


@app.errorhandler(ValueError)
def told(error):
    return {"detail": str(error)}, 418


statuses = {}
for testing in (True, False):
    app.testing = testing
    statuses[testing] = app.test_client().get("/book").status_code
print(f"in tests: {statuses[True]}, in production: {statuses[False]}")
assert statuses == {True: 418, False: 500}
PY
