#!/usr/bin/env bash
# Flask-HTTPAuth 4.8.1: HTTPTokenAuth alone takes the scheme "bearer" in any case, inside MultiAuth only as "Bearer".
# Expected: the name of a scheme has no case (RFC 9110, section 11.1), and a token that is taken by itself is taken
# beside Basic too.
# Seen: MultiAuth compares the scheme letter by letter. A good token sent as "bearer" is answered 401 with a
# challenge for Basic, as if there had been none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check flask-httpauth==4.8.1 flask==3.1.2
"$folder/venv/bin/python" - <<'PY'
from flask import Flask
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth, MultiAuth

app = Flask("library")
basic, token = HTTPBasicAuth(), HTTPTokenAuth("Bearer")
both = MultiAuth(basic, token)
basic.verify_password(lambda name, password: None)
token.verify_token(lambda sent: "ada" if sent == "good" else None)
app.add_url_rule("/token", "token", token.login_required(lambda: "in"))
app.add_url_rule("/both", "both", both.login_required(lambda: "in"))

seen = {}
for path in ("/token", "/both"):
    for scheme in ("Bearer", "bearer"):
        answer = app.test_client().get(path, headers={"Authorization": f"{scheme} good"})
        seen[path, scheme] = answer.status_code, answer.headers.get("WWW-Authenticate")
        print(path, scheme, *seen[path, scheme])
assert seen["/token", "bearer"] == seen["/token", "Bearer"] == seen["/both", "Bearer"] == (200, None)
status, challenge = seen["/both", "bearer"]
assert status == 401 and challenge.startswith("Basic")
PY
