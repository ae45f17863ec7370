"""ISBD punctuation: taken off for the JSON, put on for the record."""

from collections.abc import Iterable

from formats.marc.fields import Field, Subfield

# Words that keep their full stop, in the languages catalogues are full of.
_WORDS = (
    "al approx aufl ausg bd bde bros ca cie co cont corp dept dr ed edn eds edit engl enl esq etc "
    "fasc fl geb govt hon hrsg inc introd izd jr jun ltd ltda messrs mme mr mrs ms mt nakl no nos "
    "nr oppl opr op perf pl pop pref prof print proc pseud pt pts pub publ publs rev rev'd sen sér "
    "ser soc sr st suppl tr trans tow überarb umgearb univ uppl uprav utg verb verl verm vol vols "
    "vyd wyd izd-vo otd-nie éd зд изд кн отв ред тов"
)
_ABBREVIATIONS = frozenset(_WORDS.split())
_SEPARATORS = tuple("/:;=,")
# Fields whose parts end with marks; in the others a full stop is one of a sentence.
_TAGS = "100 110 111 245 246 250 260 264 490 600 610 611 630 650 651 653 700 710 711 800 830"
_MARKED = frozenset(_TAGS.split())


def bare(text: str) -> str:
    """The text without the one mark of punctuation that ends a part of a field.

    A full stop stays where it belongs to the word: initials, abbreviations, an ellipsis.
    """
    text = text.strip()
    if text.endswith(_SEPARATORS):
        return text[:-1].rstrip()
    if text.endswith(".") and not _keeps_stop(text):
        return text[:-1].rstrip()
    return text


def dressed(value: str, mark: str) -> str:
    """The value with the mark, or with another one, so that `bare` gives the value back."""
    plain = value if mark == "." and value.endswith((".", "?", "!")) else value + mark
    for candidate in (plain, value, value + "."):
        if bare(candidate) == value:
            return candidate
    return f"{value} /"


def leave_out_marks(fields: Iterable[Field]) -> None:
    """Take the marks off fields of a record in which subfields alone divide what is said."""
    for field in fields:
        if field.tag in _MARKED:
            field.subfields = [Subfield(code, _without_mark(value)) for code, value in field.pairs]


def _without_mark(value: str) -> str:
    plain = bare(value)
    return plain if bare(plain) == plain else value


def _keeps_stop(text: str) -> bool:
    if text.endswith("...") and not text.endswith("...."):
        return True
    word = text.rsplit(None, 1)[-1][:-1].lstrip("([\"'«“")
    last = word.rsplit("-", 1)[-1]
    is_initial = len(last) == 1 and last.lower() != last.upper()
    return "." in word or is_initial or word.lower() in _ABBREVIATIONS
