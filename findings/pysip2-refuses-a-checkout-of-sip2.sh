#!/usr/bin/env bash
# pysip2 0.1.0 cannot read the checkout that Sip2 1.1 sends: the two SIP2 packages of PyPI do not understand
# each other.
#
# A checkout (11) has two dates of 18 characters: when it happens, and a due date for machines that are offline.
# Sip2 sends 18 blanks for the second when it has none, as machines do; pysip2 wants digits there and refuses
# the frame, and its server would close the connection. Both are valid users of the layout: the standard only
# says that the field is there. Seen with these versions: SIP2CodecError, "invalid fields for command 11". With a
# date in it the same frame is read. Whoever writes a server has to read blanks as no date.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Sip2==1.1 pysip2==0.1.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from pysip2.codec import decode_message
from pysip2.errors import SIP2CodecError
from Sip2.sip2 import Sip2

client = Sip2()
client._init_logger()  # otherwise done by connect()
client.patron, client.patronpwd, client.withCrc, client.withSeq = "12345", "1234", False, False
frame = client.sip_checkout_request("98765").encode()
print("sent:", frame)
try:
    decode_message(frame)
except SIP2CodecError as error:
    print("refused:", error)
else:
    sys.exit("changed: the checkout was read")
date = frame[4:22]
dated = frame.replace(b" " * 18, date, 1)
print("with a date it is read:", type(decode_message(dated).message).__name__)
PYTHON
