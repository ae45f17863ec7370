"""Headers of columns: how libraries' and collectors' programs call the fields.

Compared without case, accents, brackets and signs, see `plain`. `docs/importing.md` lists them all.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

# With the little letters of `Nº` and `1ª`.
_SIGNS = re.compile("[\\W_\u00ba\u00aa]+")
# What is no letter with an accent, and often written without its stroke.
_LETTERS = str.maketrans({"\u2116": "n ", "\u0142": "l", "\u00f8": "o"})
_NUMBER = frozenset(["n", "no", "nr", "nro", "num", "numero", "nummer", "numer", "number"])
_BETWEEN = frozenset(["d", "da", "de", "del", "di", "do", "du", "of"])
_TABLE = re.compile(
    r"^(?:items|biblio|biblioitems|borrowers|issues|old issues|reserves|old reserves"
    r"|accountlines)\s"
)

# The best source of a field first.
_KNOWN = {
    "title": "title|book title|book name|title proper|tit1|titel|buchtitel|hauptsachtitel|sachtitel"
    "|titre|titre propre|titre du livre|titulo|titulo propio|titolo|titolo proprio"
    "|tytul",
    "subtitle": "subtitle|sub title|title remainder|remainder of title|tit4|untertitel"
    "|zusatz zum titel|sous titre|complement du titre|subtitulo|sottotitolo"
    "|ondertitel|podtytul",
    "part": "part|part name|part title|volume title|bandtitel|bandangabe|titre du volume"
    "|titre de partie|titulo del volumen|titolo del volume",
    "author": "author l f|author last first|author sort|primary author|main author|author"
    "|author first last|autor|autor in|hauptautor|verfasser|verfasser in|auteur|auteur principal"
    "|autor principal|autore|autore principale|creator|authors|author s|author details|autoren"
    "|verfasser innen|auteurs|autores|autori|creators"
    "|autorzy",
    "contributors": "contributors|additional authors|additional author|other authors"
    "|secondary author|secondary authors|mitwirkende|beteiligte|weitere autoren|contributeurs"
    "|autres auteurs|colaboradores|otros autores|collaboratori|altri autori",
    "isbn": "isbn13|isbn 13|ean isbn 13|ean isbn13|isbn|isbn10|isbn 10|upc isbn 10|upc isbn10"
    "|isbn uid|isbn ean|isbn nummer|numero isbn|isbn issn|ean",
    "isbns": "isbns|further isbns|weitere isbns|autres isbn",
    "issn": "issn",
    "publisher": "publisher|publisher name|publishername|publishercode|ed1|verlag|editeur"
    "|maison d edition|editorial|editore|casa editrice"
    "|editora|uitgever|uitgeverij|wydawca|wydawnictwo",
    "published_year": "published year|year published|publication year|publicationyear|pub year"
    "|copyrightdate|copyright date|copyright|year|jahr|erscheinungsjahr|annee|annee de publication"
    "|annee d edition|ano|ano de publicacion|ano de edicion|anno|anno di pubblicazione"
    "|anno di edizione|publish date|publication date|published date|date published"
    "|date of publication|pubdate|pub date|erscheinungsdatum|date de publication|date de parution"
    "|fecha de publicacion|data di pubblicazione|publisherdate|date|original publication year"
    "|first publish year|publikationsdatum|publikationsjahr|jaartal"
    "|ano de publicacao|ano de edicao|jaar|jaar van uitgave|verschijningsjaar|publicatiejaar"
    "|rok|rok wydania",
    "language": "language|language code|languages|language 1|lang|sprache|sprachen|langue|langues"
    "|idioma|idiomas|lengua|lingua|lingue"
    "|taal|jezyk",
    "edition": "edition|edition statement|editionstatement|editiondescription|auflage|ausgabe"
    "|mention d edition|edicion|edizione"
    "|edicao|druk|wydanie",
    "pages": "number of pages|no of pages|page count|num pages|nr of pages|npages|pages|seitenzahl"
    "|anzahl seiten|seiten|nombre de pages|numero de paginas|paginas|numero di pagine|pagine"
    "|aantal paginas|aantal pagina s|aantal bladzijden|bladzijden|liczba stron|ilosc stron|strony",
    "series": "series|series title|seriestitle|series name|series details|reihe|reihentitel"
    "|schriftenreihe|serie|titre de serie|coleccion|titulo de serie|collana|titolo della serie"
    "|colecao|reeks|seria",
    "series_volume": "series volume|series number|series index|series no|number in series"
    "|bandnummer|bandzahlung|reihennummer|numero dans la serie|numero dans la collection"
    "|numero de coleccion|numero de serie|numero di collana|volume|volume number|band|tome"
    "|tomo|volumen"
    "|deel|tom",
    "material_type": "material type|materialart|material cd|medienart|medientyp|media type|media"
    "|type of material|document type|type de document|support|tipo de material"
    "|tipo de documento|tipo di materiale|tipo di documento|format|binding|einband"
    "|materiaalsoort",
    "original_title": "original title|originaltitel|titre original|titulo original"
    "|titolo originale"
    "|oorspronkelijke titel|tytul oryginalu",
    "original_author": "original author",
    "alternative_titles": "alternative titles|alternative title|alternate titles|other titles"
    "|weitere titel|autres titres|otros titulos|altri titoli",
    "contents": "contents|table of contents|anthology titles|inhaltsverzeichnis"
    "|table des matieres|contenido|indice de contenido|indice",
    "description": "description|summary|abstract|abstract note|synopsis|plot|annotation"
    "|beschreibung|inhaltsangabe|zusammenfassung|klappentext|resume|resumen|sinopsis|descripcion"
    "|riassunto|descrizione|trama"
    "|resumo|descricao|samenvatting|beschrijving|opis|streszczenie",
    "subjects": "subjects|subject|subject headings|subject s|keywords|tags|manual tags"
    "|automatic tags|genre|genres|genre s|category|categories|topics|topic1|topic2|topic3|topic4"
    "|topic5|schlagworter|schlagworte|schlagwort|stichworter|kategorie|kategorien|mots cles|sujets"
    "|sujet|categorie|etiquettes|materias|materia|temas|palabras clave|etiquetas|categoria|genero"
    "|soggetti|soggetto|parole chiave|genere"
    "|assunto|assuntos|palavras chave|trefwoord|trefwoorden|onderwerp|onderwerpen"
    "|gatunek|slowa kluczowe",
    "classification": "classification|lc classification|loc classification|lcc|dewey decimal"
    "|dewey decimal classification|dewey number|dewey class|dewey|ddc|systematik|systematikgruppe"
    "|sachgruppe|notation|indice dewey|indexation decimale|clasificacion|cdu|classificazione"
    "|classificacao|classificatie|klasyfikacja|cdd",
    "cover_url": "cover url|image url|cover image url|cover image|uploaded image url|imagelink"
    "|image|umschlagbild|bild|url de couverture|imagen|immagine",
    "control_number": "control number|biblionumber|bib number|bibid|bib id|bib record id"
    "|record number|kontrollnummer|titelnummer|ppn|numero de notice|notice id|numero de control"
    "|numero di controllo",
    "barcode": "barcode|barcodes|item barcode|copy barcode|barcode nmbr|strichcode|mediennummer"
    "|exemplarnummer|inventarnummer|zugangsnummer|code barres|code barre|codebarre|expl cb"
    "|numero d exemplaire|codigo de barras|codice a barre|codice barre|accession number"
    "|accession no|acc no"
    "|inventar nr|inventarnr|numero d inventaire|n d inventaire|numero inventaire|n inventaire"
    "|numero de inventario|numero de registro|numero di inventario|numero inventario"
    "|n inventario"
    "|952 p|streepjescode|kod kreskowy|numero de tombo|tombo|numer inwentarzowy|inventarisnummer",
    "location": "location|copy location|shelving location|sublocation|standort|aufstellungsort"
    "|localisation|section|emplacement|ubicacion|localizacion|ubicazione|sede|branch"
    "|homebranch|home branch|holdingbranch|holding branch|library|zweigstelle|bibliotheque"
    "|sucursal|biblioteca"
    "|952 c|952 a|localizacao|locatie|lokalizacja",
    "shelfmark": "shelfmark|call number|itemcallnumber|item call number|callnumber|call no"
    "|call nmbr1|signatur|cote|cote exemplaire|expl cote|signatura|signatura topografica"
    "|collocazione|segnatura"
    "|952 o|dewey call number|plaatskenmerk|sygnatura",
    "loan_type": "loan type|item type|itype|circ modifier|circulation type|copy type|leihart"
    "|ausleihart|type de pret|tipo de prestamo|tipo di prestito|collection cd"
    "|itemtype|952 y|uitleentype",
    "status": "status|item status|copy status|status cd|ausleihstatus|statut|estado|stato",
    "price": "price|list price|cover price|replacement price|replacementprice|purchase price"
    "|preis|kaufpreis|anschaffungspreis|prix|prix d achat|precio|precio de compra|prezzo"
    "|952 g|952 v|preco|valor|prijs|aankoopprijs|cena",
    "acquired_on": "acquired on|date acquired|acquired|dateaccessioned|date accessioned"
    "|accession date|acquisition date|purchase date|zugangsdatum|erwerbungsdatum"
    "|anschaffungsdatum|kaufdatum|date d acquisition|date d achat|fecha de adquisicion"
    "|fecha de compra|data di acquisizione|data di acquisto"
    "|952 d|data de aquisicao|data de compra|aankoopdatum|data zakupu",
    "note": "copy note|item note|itemnotes|item notes|copy desc|exemplarnotiz"
    "|note d exemplaire|nota de ejemplar|nota della copia|note"
    "|952 z|952 x",
    "copies": "copies|number of copies|no of copies|quantity|qty|owned copies|exemplare"
    "|anzahl exemplare|exemplaranzahl|exemplaires|nombre d exemplaires|ejemplares"
    "|numero de ejemplares|copie|numero di copie"
    "|quantite|cantidad|quantita|quantidade|anzahl|exemplares|numero de exemplares"
    "|exemplaren|aantal exemplaren|egzemplarze|liczba egzemplarzy",
}  # fmt: skip
HEADERS: Mapping[str, tuple[str, ...]] = {
    name: tuple(headers.split("|")) for name, headers in _KNOWN.items()
}

# People in columns of their own, with what they did.
_ROLES = {
    "editor": "editor|editors|herausgeber|herausgeber in|editeur scientifique|editor literario"
    "|curatore",
    "translator": "translator|translators|ubersetzer|ubersetzer in|traducteur|traductrice"
    "|traductor|traduttore|tradutor|vertaler|tlumacz",
    "illustrator": "illustrator|illustrators|illustrateur|illustratrice|ilustrador|illustratore",
    "narrator": "narrator|narrators|sprecher|narrateur|narrador|narratore",
    "photographer": "photographer|fotograf|photographe|fotografo",
    "series editor": "series editor|reihenherausgeber",
}
ROLES: Mapping[str, str] = {
    header: role for role, headers in _ROLES.items() for header in headers.split("|")
}
# Columns that say of a copy whether it is so: by the state it then has, the strongest first.
_FLAGS = {
    "withdrawn": "withdrawn|wthdrawn|discarded|weeded|afgevoerd|952 0",
    "lost": "itemlost|item lost|lost|952 1",
    "in_repair": "damaged|item damaged|952 4",
    "reference": "notforloan|not for loan|952 7",
}
FLAGS: Mapping[str, str] = {
    header: state for state, headers in _FLAGS.items() for header in headers.split("|")
}
# Headers of columns with several people, whose names are in their natural order, with commas.
SEVERAL = frozenset(
    {"authors", "autoren", "auteurs", "autores", "autori", "autorzy", "verfasser innen"}
)
# Headers of columns of years with those of antiquity as numbers: Ovid is of 8.
OF_OLD = frozenset({"original publication year", "first publish year"})
# Headers of columns in which programs have turned names around.
LAST_FIRST = frozenset({"author l f", "author last first"})


def plain(header: str) -> str:
    """A header without case, accents, underscores, brackets and quotes; `Nº` is `n`."""
    letters = unicodedata.normalize("NFD", header.casefold().translate(_LETTERS))
    unmarked = "".join(char for char in letters if not unicodedata.combining(char))
    return _SIGNS.sub(" ", unmarked).strip()


class Names:
    """The plain headers that are known, and others that mean the same."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = dict.fromkeys(known, "")
        self._others: dict[str, str] = {}
        for header in self._known:
            self._others.setdefault(_meant(header), header)
        self._others.pop("", None)

    def known(self, header: str) -> str:
        """The known header that a plain one means; itself if it means none.

        A number may be any word for one (`Nº socio`, `No. of pages`), words between others may be
        missing (`anno pubblicazione`), and a column of a table may have the table before it, as
        reports of Koha have it (`items.itemlost`).
        """
        bare = header if header in self._known else _TABLE.sub("", header)
        if bare in self._known:
            return bare
        return self._others.get(_meant(bare), header)


def _meant(header: str) -> str:
    """A header with one sign for any word for a number, without words between others.

    Empty if it has nothing else.
    """
    words = ["#" if word in _NUMBER else word for word in header.split() if word not in _BETWEEN]
    return "" if words == ["#"] else " ".join(words)
