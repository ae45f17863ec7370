"""Leading articles, which do not count when titles are sorted."""

import re
from unicodedata import normalize

# Articles by language (ISO 639-2/B), as catalogues list them (MARC 21, appendix F), without those
# that are common words of the same language. An apostrophe joins the article to its word.
_ARTICLES = {
    "eng": "a an the",
    "ger": "der die das des dem den ein eine einer eines einem einen",
    "fre": "le la les l' un une des",
    "spa": "el la los las lo un una unos unas",
    "ita": "il lo la l' i gli le un uno una un'",
    "por": "o a os as um uma uns umas",
    "cat": "el la l' els les un una uns unes en na",
    "glg": "o a os as un unha",
    "oci": "lo la l' los las un una",
    "dut": "de het een 't 'n",
    "fry": "de it in 't",
    "afr": "die 'n",
    "swe": "den det de en ett",
    "dan": "den det de en et",
    "nor": "den det de en et ei",
    "nob": "den det de en et ei",
    "nno": "den det dei ein eit ei",
    "ice": "hinn hin hið",
    "hun": "a az egy",
    "rum": "un o niște",
    "gre": "ο η το οι τα ένας μια μία ένα",
    "yid": "דער די דאס דאָס",
    "ara": "al- el-",
    "gle": "an na",
    "gla": "an a' na am",
    "wel": "y yr",
    "epo": "la",
    "alb": "një",
    "mlt": "il- l- is- it- id- in- ir- iz- ix-",
    "haw": "ka ke na he",
    "mao": "te ngā nga he",
    "wln": "li l' les on ine",
}  # fmt: skip
_WORD = re.compile(r"([^\W\d_]+|['’ʼ][^\W\d_]+)(['’ʼ\-\u2010]?)([”\"»)\]]*\s*)")
# Quotation marks and brackets, and the signs of Spanish questions.
_BEFORE_WORDS = "\"'`´«»‹›“”„‟‘’‚‛「」『』《》〈〉([{¿¡<*…. \u200e\u200f"


def opening(title: str) -> int:
    """How many characters at the beginning are quotation marks, brackets and the like."""
    rest = title.lstrip(_BEFORE_WORDS)
    return len(title) - len(rest) if rest else 0


def nonfiling(title: str, language: str | None) -> int:
    """How many characters at the beginning do not count in sorting, the article's space included.

    Quotation marks and brackets do not. Without a language the articles of the five usual ones do
    not; an article after which nothing follows does.
    """
    known = _KNOWN.get(language, frozenset()) if language and language not in _ANY else _USUAL
    return _end_of_article(title, known)


def _end_of_article(title: str, known: frozenset[str]) -> int:
    start = opening(title)
    if not known:
        return start
    # 't and 'n begin with what may be a quotation mark.
    for begin in range(start, -1, -1):
        match = _WORD.match(title, begin)
        if match and (end := _end(match, known)) and title[end:].strip():
            return end + opening(title[end:])
    return start


def filing(title: str, told: int | None, language: str | None) -> int:
    """Where a title begins that is sorted: behind an article, quotation marks and brackets.

    `told` is how many characters do not count by what a record says, None if it says nothing. It
    is not believed where it ends within a word; catalogues count accents as characters, too.
    """
    if told is None:
        return nonfiling(title, language)
    counted = len(normalize("NFC", normalize("NFD", title)[:told])) if told else 0
    end = next((end for end in (told, counted) if _ends_word(title, end)), None)
    if end is None:
        return nonfiling(title, language)
    return end + opening(title[end:])


def _ends_word(title: str, end: int) -> bool:
    """Whether a word may begin here. In Hebrew and Arabic articles are written with their word."""
    before = title[end - 1 : end]
    return not before.isdigit() and before.lower() == before.upper() and end < len(title)


def every_nonfiling(title: str) -> set[int]:
    """Each number of characters that may not count in sorting, by the language; 0 among them."""
    start = opening(title)
    if _end_of_article(title, _EVERY) == start:
        return {0, start}
    languages: tuple[str | None, ...] = (None, *_KNOWN)
    return {0, start, *(nonfiling(title, language) for language in languages)}


def _end(match: re.Match[str], known: frozenset[str]) -> int:
    """Where the article ends that the match is; 0 for another word."""
    word, joint, space = match[1].casefold().replace("’", "'").replace("ʼ", "'"), match[2], match[3]
    if joint:
        joint = "-" if joint in "-\u2010" else "'"
        return match.end() if word + joint in known else 0
    return match.end() if space[-1:].isspace() and word in known else 0


_KNOWN = {
    language: frozenset(articles.casefold().split()) for language, articles in _ARTICLES.items()
}
_USUAL = frozenset().union(*(_KNOWN[language] for language in ("eng", "fre", "ger", "spa", "ita")))
_EVERY = frozenset().union(*_KNOWN.values())
_ANY = frozenset({"und", "mul", "zxx"})
