"""What programs and people call kinds of things and states of copies, in many languages."""

import re

from formats.dates import is_none

# Parts of words, the first that is found decides.
_KINDS = {
    "electronic": "ebook|e-book|kindle|epub|pdf|digital|online|elektronisch|électronique"
    "|electr[oó]nico|elettronico|webpage|website|computer program",
    "audio": "audio|hörbuch|hoerbuch|livre lu|audiolibro|podcast|cassette|kassette",
    "video": "dvd|blu-?ray|video|vidéo|movie|film|película|television|vhs",
    "music": "music|musik|musique|música|musica|vinyl|album|schallplatte",
    "score": "score|noten|partition|partitura|sheet",
    "map": r"\bmaps?\b|karte|\bcarte|mapa|atlas",
    "serial": "magazine|journal|zeitschrift|zeitung|periodical|périodique|revue|revista|rivista"
    "|newspaper|serial|comic issue",
    "image": "image|photo|foto|poster|picture|bild$|artwork",
    "kit": r"\bkit\b|medienpaket|multimedia",
    "object": "game|spiel|\\bjeu|juego|gioco|toy|tonie|object|objet|realia",
    "text": "text|book|buch|livre|libro|paperback|hardcover|hardback|softcover|taschen|gebunden"
    "|broch|broschiert|reli|poche|tapa|bolsillo|brossura|rilegato|copertina|paper|library binding"
    "|board|bound|thesis|manuscript|report|document|preprint",
}
_STATUSES = {
    "lost": "lost|missing|verloren|vermisst|perdu|manquant|perdid[oa]|extraviad[oa]|smarrit[oa]"
    "|vermist|verdwenen|zoekgeraakt|zagubion|zgubion|zaginion",
    "in_repair": "repair|damage|bindery|mending|reparatur|beschädigt|buchbinder|réparation|abîmé"
    "|reparaci[oó]n|dañad[oa]|riparazione|danneggiat[oa]"
    "|danificad[oa]|reparo|beschadigd|uszkodzon|w naprawie",
    "withdrawn": "withdrawn|discard|weeded|deleted|ausgesondert|ausgeschieden|pilon|retir[éa]"
    "|désherbé|descartad[oa]|expurgad[oa]|scartat[oa]"
    "|baixad[oa]|afgevoerd|afgeschreven|wycofan|ubytk",
    "available": "available|on.?loan|on.?hold|hold.?shelf|checked|^out$|^in$|transit|shelving"
    "|on order|process|verfügbar|ausgeliehen|entliehen|disponib|emprunté|en prêt|prestad[oa]"
    "|prestito|^dis$|^crt$|vorhanden|^ja$|^nein$"
    "|disponív|emprestad|beschikbaar|aanwezig|uitgeleend|dostępn|wypożyczon",
}
# Before a word that it makes the opposite of: `no longer available`, `indisponible`.
_NOT = re.compile(
    r"\b(?:(?:not|nicht|non|no|pas|não|niet|nie)(?:\s+|-)(?:\w+\s+)?|un|in|nie)$", re.IGNORECASE
)
YES = frozenset(["y", "yes", "t", "true", "on", "x", "ja", "oui", "si", "sì", "sí"])
"""How cells say yes, folded, in any column for yes or no."""
NO = frozenset(["n", "no", "f", "false", "off", "nein", "non", "falsch", "faux", "falso"])
"""How they say no."""
_IS_SO = YES | {"sim", "tak"}
_IS_NOT_SO = NO | {"none", "null", "0.0", "-", "nao", "não", "nee", "nie"}
# In a periodical, and none itself.
_ARTICLE = re.compile("article|artikel|aufsatz|artículo|articolo", re.IGNORECASE)
# What Zotero calls parts of books, with the ISBN of the whole.
PARTS = frozenset({"bookSection", "conferencePaper", "encyclopediaArticle", "dictionaryEntry"})
_KIND_WORDS = [(kind, re.compile(words, re.IGNORECASE)) for kind, words in _KINDS.items()]
_STATUS_WORDS = [(status, re.compile(words, re.IGNORECASE)) for status, words in _STATUSES.items()]


def material_type(text: str) -> str | None:
    """The kind of thing, None for a word that says nothing of it."""
    if text in _KINDS:
        return text
    if _ARTICLE.search(text):
        return "text"
    return next((kind for kind, words in _KIND_WORDS if words.search(text)), None)


def status(text: str) -> str | None:
    """The state of a copy, which is `available` if it is on loan; None if it is only not so."""
    for state, said in _STATUS_WORDS:
        if match := said.search(text):
            return None if _NOT.search(text[: match.start()]) else state
    return None


def is_so(text: str) -> bool:
    """Whether a column for one state of copies, such as `lost`, says that a copy is in it.

    As in items of Koha, by any value but zero; words that say the opposite do not.
    """
    word = text.casefold()
    if word in _IS_SO or word in _IS_NOT_SO or is_none(text):
        return word in _IS_SO
    for state, said in _STATUS_WORDS:
        if match := said.search(text):
            return state != "available" and not _NOT.search(text[: match.start()])
    return True
