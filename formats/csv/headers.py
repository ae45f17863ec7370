"""Headers of columns: how libraries' and collectors' programs call the fields, in five languages.

Compared without case, accents, brackets and signs, see `plain`. `docs/importing.md` lists them all.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

_SIGNS = re.compile(r"[\W_]+")

# The best source of a field first.
_KNOWN = {
    "title": "title|book title|title proper|tit1|titel|buchtitel|hauptsachtitel|sachtitel|titre"
    "|titre propre|titre du livre|titulo|titulo propio|titolo|titolo proprio",
    "subtitle": "subtitle|sub title|title remainder|remainder of title|tit4|untertitel"
    "|zusatz zum titel|sous titre|complement du titre|subtitulo|sottotitolo",
    "part": "part|part name|part title|volume title|bandtitel|bandangabe|titre du volume"
    "|titre de partie|titulo del volumen|titolo del volume",
    "author": "author l f|author last first|author sort|primary author|main author|author"
    "|author first last|autor|autor in|hauptautor|verfasser|verfasser in|auteur|auteur principal"
    "|autor principal|autore|autore principale|creator|authors|author s|author details|autoren"
    "|verfasser innen|auteurs|autores|autori|creators",
    "contributors": "contributors|additional authors|additional author|other authors"
    "|secondary author|secondary authors|mitwirkende|beteiligte|weitere autoren|contributeurs"
    "|autres auteurs|colaboradores|otros autores|collaboratori|altri autori",
    "isbn": "isbn13|isbn 13|ean isbn 13|ean isbn13|isbn|isbn10|isbn 10|upc isbn 10|upc isbn10"
    "|isbn uid|isbn ean|isbn nummer|numero isbn|isbn issn|ean",
    "isbns": "isbns|further isbns|weitere isbns|autres isbn",
    "issn": "issn",
    "publisher": "publisher|publisher name|publishername|publishercode|ed1|verlag|editeur"
    "|maison d edition|editorial|editore|casa editrice",
    "published_year": "published year|year published|publication year|publicationyear|pub year"
    "|copyrightdate|copyright date|copyright|year|jahr|erscheinungsjahr|annee|annee de publication"
    "|annee d edition|ano|ano de publicacion|ano de edicion|anno|anno di pubblicazione"
    "|anno di edizione|publish date|publication date|published date|date published"
    "|date of publication|pubdate|pub date|erscheinungsdatum|date de publication|date de parution"
    "|fecha de publicacion|data di pubblicazione|publisherdate|date|original publication year",
    "language": "language|language code|languages|language 1|lang|sprache|sprachen|langue|langues"
    "|idioma|idiomas|lengua|lingua|lingue",
    "edition": "edition|edition statement|editionstatement|editiondescription|auflage|ausgabe"
    "|mention d edition|edicion|edizione",
    "pages": "number of pages|no of pages|page count|num pages|nr of pages|npages|pages|seitenzahl"
    "|anzahl seiten|seiten|nombre de pages|numero de paginas|paginas|numero di pagine|pagine",
    "series": "series|series title|seriestitle|series name|series details|reihe|reihentitel"
    "|schriftenreihe|serie|titre de serie|coleccion|titulo de serie|collana|titolo della serie",
    "series_volume": "series volume|series number|series index|series no|number in series"
    "|bandnummer|bandzahlung|reihennummer|numero dans la serie|numero dans la collection"
    "|numero de coleccion|numero de serie|numero di collana|volume|volume number|band|tome"
    "|tomo|volumen",
    "material_type": "material type|materialart|material cd|medienart|medientyp|media type|media"
    "|type of material|document type|type de document|support|tipo de material"
    "|tipo de documento|tipo di materiale|tipo di documento|format|binding|einband",
    "original_title": "original title|originaltitel|titre original|titulo original"
    "|titolo originale",
    "original_author": "original author",
    "alternative_titles": "alternative titles|alternative title|alternate titles|other titles"
    "|weitere titel|autres titres|otros titulos|altri titoli",
    "contents": "contents|table of contents|anthology titles|inhaltsverzeichnis"
    "|table des matieres|contenido|indice de contenido|indice",
    "description": "description|summary|abstract|abstract note|synopsis|plot|annotation"
    "|beschreibung|inhaltsangabe|zusammenfassung|klappentext|resume|resumen|sinopsis|descripcion"
    "|riassunto|descrizione|trama",
    "subjects": "subjects|subject|subject headings|subject s|keywords|tags|manual tags"
    "|automatic tags|genre|genres|genre s|category|categories|topics|topic1|topic2|topic3|topic4"
    "|topic5|schlagworter|schlagworte|schlagwort|stichworter|kategorie|kategorien|mots cles|sujets"
    "|sujet|categorie|etiquettes|materias|materia|temas|palabras clave|etiquetas|categoria|genero"
    "|soggetti|soggetto|parole chiave|genere",
    "classification": "classification|lc classification|loc classification|lcc|dewey decimal"
    "|dewey decimal classification|dewey number|dewey class|dewey|ddc|systematik|systematikgruppe"
    "|sachgruppe|notation|indice dewey|indexation decimale|clasificacion|cdu|classificazione",
    "cover_url": "cover url|image url|cover image url|cover image|uploaded image url|imagelink"
    "|image|umschlagbild|bild|url de couverture|imagen|immagine",
    "control_number": "control number|biblionumber|bib number|bibid|bib id|bib record id"
    "|record number|kontrollnummer|titelnummer|ppn|numero de notice|notice id|numero de control"
    "|numero di controllo",
    "barcode": "barcode|barcodes|item barcode|copy barcode|barcode nmbr|strichcode|mediennummer"
    "|exemplarnummer|inventarnummer|zugangsnummer|code barres|code barre|codebarre|expl cb"
    "|numero d exemplaire|codigo de barras|codice a barre|accession number|accession no|acc no"
    "|inventar nr|inventarnr|numero d inventaire|n d inventaire|numero inventaire|n inventaire"
    "|numero de inventario|numero de registro|numero di inventario|numero inventario"
    "|n inventario",
    "location": "location|copy location|shelving location|sublocation|standort|aufstellungsort"
    "|localisation|section|emplacement|ubicacion|localizacion|ubicazione|sede|branch"
    "|homebranch|home branch|holdingbranch|holding branch|library|zweigstelle|bibliotheque"
    "|sucursal|biblioteca",
    "shelfmark": "shelfmark|call number|itemcallnumber|item call number|callnumber|call no"
    "|call nmbr1|signatur|cote|cote exemplaire|expl cote|signatura|signatura topografica"
    "|collocazione|segnatura",
    "loan_type": "loan type|item type|itype|circ modifier|circulation type|copy type|leihart"
    "|ausleihart|type de pret|tipo de prestamo|tipo di prestito|collection cd",
    "status": "status|item status|copy status|status cd|ausleihstatus|statut|estado|stato",
    "price": "price|list price|cover price|replacement price|replacementprice|purchase price"
    "|preis|kaufpreis|anschaffungspreis|prix|prix d achat|precio|precio de compra|prezzo",
    "acquired_on": "acquired on|date acquired|acquired|dateaccessioned|date accessioned"
    "|accession date|acquisition date|purchase date|zugangsdatum|erwerbungsdatum"
    "|anschaffungsdatum|kaufdatum|date d acquisition|date d achat|fecha de adquisicion"
    "|fecha de compra|data di acquisizione|data di acquisto",
    "note": "copy note|item note|itemnotes|item notes|copy desc|exemplarnotiz"
    "|note d exemplaire|nota de ejemplar|nota della copia|note",
    "copies": "copies|number of copies|no of copies|quantity|qty|owned copies|exemplare"
    "|anzahl exemplare|exemplaranzahl|exemplaires|nombre d exemplaires|ejemplares"
    "|numero de ejemplares|copie|numero di copie",
}  # fmt: skip
HEADERS: Mapping[str, tuple[str, ...]] = {
    name: tuple(headers.split("|")) for name, headers in _KNOWN.items()
}

# People in columns of their own, with what they did.
_ROLES = {
    "editor": "editor|editors|herausgeber|herausgeber in|editeur scientifique|editor literario"
    "|curatore",
    "translator": "translator|translators|ubersetzer|ubersetzer in|traducteur|traductrice"
    "|traductor|traduttore",
    "illustrator": "illustrator|illustrators|illustrateur|illustratrice|ilustrador|illustratore",
    "narrator": "narrator|narrators|sprecher|narrateur|narrador|narratore",
    "photographer": "photographer|fotograf|photographe|fotografo",
    "series editor": "series editor|reihenherausgeber",
}
ROLES: Mapping[str, str] = {
    header: role for role, headers in _ROLES.items() for header in headers.split("|")
}
# Headers of columns with several people, whose names are in their natural order, with commas.
SEVERAL = frozenset({"authors", "autoren", "auteurs", "autores", "autori", "verfasser innen"})
# Headers of columns in which programs have turned names around.
LAST_FIRST = frozenset({"author l f", "author last first"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is different in the files of one program, told by headers that only it has.

    `columns` gives for a header the field it is (empty: none), `lists` what parts the items of a
    column. With `escapes`, line ends and backslashes are written with a backslash.
    """

    name: str
    signs: tuple[frozenset[str], ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    escapes: bool = False


def _signs(*alternatives: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(headers.split("|")) for headers in alternatives)


PROFILES = (
    Profile(
        "Goodreads",
        _signs(
            "book id|exclusive shelf", "book id|additional authors", "goodreads book id|authors"
        ),
        lists={"authors": ",", "additional authors": ","},
    ),
    # It may have all the columns by which old files of LibraryThing are told.
    Profile(
        "BookBuddy",
        _signs("google volumeid", "wish list|up next", "author last first|guided reading level"),
        {"status": ""},
        dict.fromkeys(("author", *ROLES, "tags", "genre"), ","),
    ),
    Profile(
        "LibraryThing",
        _signs("book id|primary author", "book id|work id", "author last first|lcc|tags"),
        {"summary": "", "publication": "publication", "sort character": "sort_character"},
        {"secondary author": "|", "tags": ",", "subjects": "|", "languages": ","},
    ),
    Profile(
        "Libib",
        _signs("creators|ean isbn 13", "creators|upc isbn 10", "creators|item type"),
        {"item type": "material_type", "status": "", "length": "pages", "notes": ""},
        {"creators": ",", "tags": ","},
    ),
    Profile(
        "Calibre",
        _signs("author sort|title sort", "uuid|identifiers"),
        {"comments": "description", "cover": "", "identifiers": "isbn", "formats": ""},
        {"authors": "&", "author sort": "&", "tags": ",", "languages": ","},
    ),
    Profile(
        "StoryGraph",
        _signs("star rating|read status"),
        lists={"authors": ",", "contributors": ",", "tags": ","},
    ),
    Profile(
        "Zotero",
        _signs("item type|publication title"),
        {"item type": "material_type", "pages": "", "volume": "", "short title": ""},
    ),
    Profile(
        "Book Catalogue",
        _signs("author details|series details"),
        lists={"author details": "|"},
        escapes=True,
    ),
    # Its status is whether one has read a book, its note how one likes it.
    Profile("Babelio", _signs("isbn|date d entree dans babelio"), {"statut": "", "note": ""}),
    Profile(
        "CLZ",
        _signs("collection status", "index|read it", "author|added date|owner"),
        {"barcode": "isbn", "no of pages": "pages"},
        {"genre": ";", "subject": ";"},
    ),
    # The number of a book is what its label has.
    Profile("OpenLibry", _signs("rentalstatus|title"), {"id": "barcode"}),
    Profile("French", _signs("titre|collection", "titre|editeur"), {"collection": "series"}),
)


def profile_of(headers: frozenset[str]) -> Profile | None:
    """The program that files with these plain headers come from, if it is known."""
    return next(
        (one for one in PROFILES if any(signs <= headers for signs in one.signs)),
        None,
    )


def plain(header: str) -> str:
    """A header without case, accents, underscores, brackets and quotes."""
    letters = unicodedata.normalize("NFD", header.casefold())
    unmarked = "".join(char for char in letters if not unicodedata.combining(char))
    return _SIGNS.sub(" ", unmarked).strip()
