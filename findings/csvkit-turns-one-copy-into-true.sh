#!/usr/bin/env bash
# csvkit 2.2.0 (agate 1.14.2): a list of books sorted by `csvsort` has other values than before.
# Expected: the same rows in another order, as `csvcut` and `csvgrep` leave values as they are.
# Seen: the type of each column is guessed and its values are written anew. A column of copies with nothing but 1 and 0 becomes
# True and False, ISBN-10 lose their leading zero (none of these ends in X), and a book titled "None" has no title. No word of it;
# one row more, with 2 copies, and the column is left alone. `csvjson` does the same, with ISBN as 141439580.0. With
# `--no-inference --blanks` all is kept.
# Octavo guesses no types of a list that is imported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvkit==2.2.0 agate==1.14.2
cat > "$folder/books.csv" <<'CSV'
Title,ISBN,Copies
Persuasion,0141439688,1
None,0141439696,0
Emma,0141439580,1
CSV
sorted=$("$folder/venv/bin/csvsort" -c ISBN "$folder/books.csv")
as_json=$("$folder/venv/bin/csvjson" "$folder/books.csv")
kept=$("$folder/venv/bin/csvsort" --no-inference --blanks -c ISBN "$folder/books.csv")
more=$({ cat "$folder/books.csv"; echo 'Sanditon,0192840843,2'; } | "$folder/venv/bin/csvsort" -c ISBN)
printf '%s\n\n' "$sorted" "$as_json" "$kept" "$more"
test "$sorted" = 'Title,ISBN,Copies
Emma,141439580,True
Persuasion,141439688,True
,141439696,False'
[[ $as_json == *'"Title": null, "ISBN": 141439696.0, "Copies": false'* ]]
test "$kept" = 'Title,ISBN,Copies
Emma,0141439580,1
Persuasion,0141439688,1
None,0141439696,0'
[[ $more == *'Emma,141439580,1'* ]]
