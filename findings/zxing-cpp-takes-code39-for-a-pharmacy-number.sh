#!/usr/bin/env bash
# zxing-cpp 3.1.1: six characters in Code 39 are now and then read as another number.
# Expected: with the format Code39 the label B00039 is read as B00039.
# Seen: A335544425, the Italian pharmacies' Code 32, where the characters happen to check;
# with Code39Std it is B00039.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-barcode==0.16.1 zxing-cpp==3.1.1
"$folder/venv/bin/python" - <<'PY'
import barcode
import zxingcpp

bars = barcode.get_barcode_class("code39")("B00039", add_checksum=False).build()[0]
row = b"\xff" * 60 + b"".join(b"\0\0\0" if bar == "1" else b"\xff\xff\xff" for bar in bars) + b"\xff" * 60
pixels = row * 60
image = zxingcpp.ImageView(pixels, len(row), 60, zxingcpp.ImageFormat.Lum)


def read(kind):
    return [found.text for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(kind))]


usual, plain = read(zxingcpp.BarcodeFormat.Code39), read(zxingcpp.BarcodeFormat.Code39Std)
print(f"Code39: {usual}, Code39Std: {plain}")
assert usual == ["A335544425"]
assert plain == ["B00039"]
PY
