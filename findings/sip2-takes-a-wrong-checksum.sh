#!/usr/bin/env bash
# Sip2 1.1 (PyPI), a client for SIP2, accepts an answer whose checksum is wrong.
#
# SIP2 has error detection: an answer ends in AY, a sequence number, AZ and four hexadecimal digits, and a
# client that finds the digits wrong has to ask for the message again (97). The client has the option for it,
# switched on, computes the sum and logs that the answer passed, whatever the digits are. Seen with 1.1: the
# answer `941AY0AZ0000`, whose checksum would be FDFD, is returned as good, and its log says
# "Message from ACS passed CRC check". A suite that relies on this client has to compare checksums itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Sip2==1.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import sys
import threading

from Sip2.sip2 import Sip2

listener = socket.create_server(("127.0.0.1", 0))


def answer():
    connection, _ = listener.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"941AY0AZ0000\r")


threading.Thread(target=answer, daemon=True).start()
client = Sip2()
client.hostName, client.hostPort = listener.getsockname()
client.tlsEnable = False
client.connect()
request = client.sip_login_request("kiosk", "secret")
try:
    got = client.get_response(request)
except ConnectionError as error:
    sys.exit(f"changed: it refused the answer ({error})")
right = -sum(b"941AY0AZ") & 0xFFFF
print(f"the answer {got.strip()!r} was taken; its checksum would be {right:04X}")
client.disconnect()
PYTHON
