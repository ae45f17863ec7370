#!/usr/bin/env bash
# bibtexparser 1.4.3: its `convert_to_unicode` makes "r̆lhttp://library.example/1" of `\url{http://library.example/1}`.
# Expected: the address, or what was there. In LaTeX the letters behind a backslash are one command up to the first that is no
# letter: `\url` is not the accent `\u` over an "r". The documentation offers the function to turn LaTeX into Unicode.
# Seen: accents and letters are put in wherever a command begins with theirs: `\LaTeX` is "ŁaTeX", `\lambda` "łambda", `\copyright
# 2004` "o̧pyright 2004", `{\oe}uvres` "øeuvres", `\infty` "ınfty". No error, and the commands are gone from what is stored. pybtex
# 0.26.1 has "λ", "œuvres", "©2004" and "∞", and leaves commands that it does not know.
# Octavo reads no BibTeX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check bibtexparser==1.4.3 pybtex==0.26.1
"$folder/venv/bin/python" - <<'PY'
import bibtexparser
from bibtexparser.bparser import BibTexParser
from bibtexparser.customization import convert_to_unicode
from pybtex.richtext import Text

for latex, wrong, right in (
    (r"\url{http://library.example/1}", "r\u0306lhttp://library.example/1", r"\url http://library.example/1"),
    (r"{\LaTeX} for all", "\u0141aTeX for all", r"\LaTeX  for all"),
    (r"The $\lambda$ calculus", "The $\u0142ambda$ calculus", "The \u03bb calculus"),
    (r"{\oe}uvres", "\xf8euvres", "\u0153uvres"),
    (r"\copyright 2004", "o\u0327pyright 2004", "\xa92004"),
    (r"$\infty$", "$\u0131nfty$", "\u221e"),
    (r"M{\"u}ller, \L{}ukasz", "M\xfcller, \u0141ukasz", "M\xfcller, \u0141ukasz"),
):
    parser = BibTexParser(customization=convert_to_unicode)
    [entry] = bibtexparser.loads("@misc{one, note = {" + latex + "}}", parser).entries
    print(latex, entry["note"], Text.from_latex(latex))
    assert (entry["note"], str(Text.from_latex(latex))) == (wrong, right)
PY
