#!/usr/bin/env bash
# marc4j 2.9.2 (Debian): what its MarcJsonWriter writes as MARC_JSON is no JSON: names have no quotation marks, and between the control
# fields and the data fields there is no comma.
# Expected: JSON, as its MARC_IN_JSON is, the other form to choose from, the default. In JSON a name is a string, in quotation marks, and
# members are divided by commas (RFC 8259, sections 4 and 7).
# Seen: `{leader:"...",controlfield:[...]datafield :[...]}`, one record like the other. With `setQuoteLabels(true)` names have their
# marks, but for `datafield`, and there is no comma either. Its own MarcJsonReader reads both, so that a test there and back finds nothing;
# Python's json and JavaScript refuse them. A catalogue that is put away in this form is to be read by marc4j alone.
# Octavo writes MARC-in-JSON, and reports a line of an NDJSON file that is no JSON with its number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet libmarc4j-java=2.9.2-1 > /dev/null
dpkg -x libmarc4j-java*.deb root
cat > Write.java <<'JAVA'
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.marc4j.MarcJsonReader;
import org.marc4j.MarcJsonWriter;
import org.marc4j.marc.DataField;
import org.marc4j.marc.MarcFactory;
import org.marc4j.marc.Record;

public class Write {
    public static void main(String[] names) throws Exception {
        MarcFactory factory = MarcFactory.newInstance();
        Record owls = factory.newRecord("00000nam a2200000 a 4500");
        owls.addVariableField(factory.newControlField("001", "1"));
        DataField title = factory.newDataField("245", '0', '0');
        title.addSubfield(factory.newSubfield('a', "Owls"));
        owls.addVariableField(title);
        int[] formats = {MarcJsonWriter.MARC_JSON, MarcJsonWriter.MARC_JSON, MarcJsonWriter.MARC_IN_JSON};
        for (int i = 0; i < formats.length; i++) {
            MarcJsonWriter writer = new MarcJsonWriter(new FileOutputStream(names[i]), formats[i]);
            if (i == 1) {
                writer.setQuoteLabels(true);
            }
            writer.write(owls);
            writer.close();
            byte[] written = Files.readAllBytes(Path.of(names[i]));
            Record again = new MarcJsonReader(new ByteArrayInputStream(written)).next();
            System.out.println(names[i] + ": " + new String(written).strip() + " read by marc4j: " + again.getVariableField("245"));
        }
    }
}
JAVA
java -cp root/usr/share/java/marc4j.jar Write.java marc-json quoted marc-in-json | tee seen
test "$(grep -c 'read by marc4j: 245 00$aOwls$' seen)" = 3
grep -qF '{leader:"00000nam a2200000 a 4500",controlfield:[{ tag : "001", data : "1" }]datafield :[' marc-json
grep -qF '{"leader":"00000nam a2200000 a 4500","controlfield":[{ "tag" : "001", "data" : "1" }]datafield :[' quoted
for name in marc-json quoted; do
  if node -e "($(cat "$name"))" 2> /dev/null; then
    exit 1
  fi
done
python3 - <<'PY'
import json

title = json.load(open("marc-in-json"))["fields"][1]["245"]["subfields"]
assert title == [{"a": "Owls"}]
for name in ("marc-json", "quoted"):
    try:
        json.load(open(name))
    except json.JSONDecodeError as error:
        print("Python's json:", error)
    else:
        raise AssertionError("it is JSON")
PY
