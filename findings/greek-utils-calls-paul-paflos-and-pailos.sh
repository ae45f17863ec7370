#!/usr/bin/env bash
# greek-utils 1.3.0 (npm): `toPhoneticLatin` makes "Páflos" of Παύλος, Paul, and "PAILOS" of the same name in capitals.
# Expected: "Pávlos" and "PAVLOS", and "EVRIPIDIS" for Euripides in capitals. It is the function for the "phonetically equivalent Latin
# (sound mapping)". αυ and ευ are av and ev before vowels and before β, γ, δ, ζ, λ, μ, ν and ρ (ELOT 743, ISO 843, transcription), ου is
# ou; the letters being small or capital changes nothing.
# Seen: before vowels they are av and ev ("Éva"), before every consonant af and ef. Of two capitals they are read letter by letter: ΟΥ is
# OI, ΑΥ is AI, as if αι stood there, and "Ουράνης" and "ΟΥΡΑΝΗΣ" are Ouránis and OIRANIS. Catalogues of old cards, and title pages, have
# names in capitals. One person is filed under two names and is found by neither.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit greek-utils@1.3.0 > /dev/null
cat > names.cjs <<'JS'
const assert = require('node:assert');
const {toPhoneticLatin} = require('greek-utils');

const seen = names => Object.fromEntries(names.map(name => [name, toPhoneticLatin(name)]));
const small = seen(['Παύλος', 'Εύα', 'αυτό', 'Ευριπίδης', 'Ουράνης']);
const capital = seen(['ΠΑΥΛΟΣ', 'ΕΥΑ', 'ΑΥΤΟ', 'ΕΥΡΙΠΙΔΗΣ', 'ΟΥΡΑΝΗΣ', 'ΕΙΡΗΝΗ', 'ΓΙΑΝΝΗΣ']);
console.log(small, capital);
assert.deepEqual(small, {Παύλος: 'Páflos', Εύα: 'Éva', αυτό: 'aftó', Ευριπίδης: 'Efripídis', Ουράνης: 'Ouránis'});
assert.deepEqual(capital, {ΠΑΥΛΟΣ: 'PAILOS', ΕΥΑ: 'EIA', ΑΥΤΟ: 'AITO', ΕΥΡΙΠΙΔΗΣ: 'EIRIPIDIS', ΟΥΡΑΝΗΣ: 'OIRANIS', ΕΙΡΗΝΗ: 'IRINI',
  ΓΙΑΝΝΗΣ: 'GIANNIS'});
JS
node names.cjs
