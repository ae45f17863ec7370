"""The fields of each kind of record that is moved, and what other systems call them.

Systems: Koha, Evergreen, OpenBiblio, PMB, Destiny, OpenLibry. Names are compared as
`formats.csv.headers.plain` leaves them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from models.vocabulary import CopyStatus, FeeKind, HoldEnd, HoldStatus, OrderStatus, PaymentMethod
from moving import values
from moving.values import Read


class Field(NamedTuple):
    """One field: how it is read, and its other names, the best one first.

    A faulty value of a field that is `needed` rejects its row; others are left out and noted.
    """

    name: str
    read: Read
    names: tuple[str, ...] = ()
    needed: bool = False


Fields = Mapping[str, Field]


def _field(name: str, read: Read, names: str = "", *, needed: bool = False) -> Field:
    own = name.replace("_", " ")
    return Field(name, read, (own, *(one for one in names.split("|") if one)), needed)


def _fields(*fields: Field) -> Fields:
    return {one.name: one for one in fields}


def _source_key(names: str) -> Field:
    return _field("source_key", values.key, names, needed=True)


# In five languages, of members and of what they have.
_CARDS = (
    "library card|ausweisnummer|ausweis nr|lesernummer|numero de carte|n carte|numero de socio"
    "|numero de carnet|tessera|numero tessera|numero di tessera"
)
_MEMBER = (
    _field(
        "card_number",
        values.label,
        "cardnumber|card|card no|patron barcode|borrower barcode|user barcode|member barcode"
        f"|empr cb|ausgeliehen von|usercard|{_CARDS}",
        needed=True,
    ),
    _field("email", values.text(254), "email address|patron email|mail", needed=True),
    _field(
        "member_source_key",
        values.key,
        "borrowernumber|usr|mbrid|id empr|pret idempr|patron id|member id|user id|borrower id",
        needed=True,
    ),
)
_TITLE = (
    _field("isbn", values.text(64), "isbn13|isbn10|isbn 13|isbn 10|ean", needed=True),
    _field(
        "control_number",
        values.key,
        "biblionumber|bib number|bibid|bib id|record number|ppn|notice id|bib record id",
        needed=True,
    ),
    _field("book_source_key", values.key, "title source key", needed=True),
)
_COPY = (
    _field(
        "barcode",
        values.label,
        "barcode nmbr|item barcode|copy barcode|expl cb|mediennummer|itembarcode|target barcode"
        "|code barres|strichcode|exemplarnummer",
        needed=True,
    ),
    _field(
        "copy_source_key",
        values.key,
        "itemnumber|target copy|pret idexpl|copyid|item id|copy id|expl id",
        needed=True,
    ),
)
_CREATED = _field("created_at", values.moment, "date created|create date|created")

MEMBERS = _fields(
    _source_key("borrowernumber|mbrid|id empr|usr|usr id|patron id|district id|member id|id"),
    _field(
        "card_number",
        values.label,
        "cardnumber|card|barcode|barcode nmbr|card no|card barcode|empr cb|nummer|patron barcode"
        f"|{_CARDS}",
        needed=True,
    ),
    _field(
        "email",
        values.email,
        "email address|e mail|mail|empr mail|primary email|courriel|correo electronico",
    ),
    _field("contact_email", values.email, "b email|emailpro|secondary email"),
    _field(
        "first_name",
        values.text(500),
        "firstname|first given name|given name|vorname|prenom|empr prenom|nombre|nombres|nome",
    ),
    _field("middle_name", values.text(500), "middle name|second given name|middlename"),
    _field(
        "last_name",
        values.text(500),
        "surname|family name|lastname|nachname|familienname|nom|nom de famille|empr nom|apellido"
        "|apellidos|cognome",
    ),
    _field("name", values.text(1000), "full name|patron name|member name|patron|borrower"),
    _field("role", values.text(64), "", needed=True),
    _field(
        "category",
        values.text(64),
        "categorycode|profile|classification|empr categ|klasse|patron type|patron category"
        "|homeroom|grade level|class|categorie|categoria|classe|clase",
    ),
    _field(
        "phone",
        values.text(64),
        "telephone|home phone|day phone|mobile|phonepro|evening phone|empr tel1|telefon|telefono"
        "|work phone",
    ),
    _field(
        "address",
        values.text(1000),
        "address1|empr adr1|street|adresse|anschrift|strasse|street1|direccion|indirizzo",
    ),
    _field("address2", values.text(500), "empr adr2|street2"),
    _field(
        "zipcode",
        values.text(64),
        "zip|postal code|empr cp|post code|plz|postleitzahl|code postal|codigo postal|cap",
    ),
    _field("city", values.text(200), "empr ville|town|ort|wohnort|ville|localidad|ciudad|citta"),
    _field("state", values.text(200), "county|province"),
    _field("country", values.text(200), "empr pays|land"),
    _field(
        "birth_date",
        values.past_day,
        "dateofbirth|dob|birthday|date of birth|geburtsdatum|birthdate|date de naissance"
        "|fecha de nacimiento|data di nascita",
    ),
    _field("language", values.language, "lang|locale|sprache"),
    _field("note", values.text(20_000), "borrowernotes|notes|alert message|empr msg|comment"),
    _field("is_active", values.flag, "active|freigeschaltet|enabled"),
    _field("blocked", values.flag, "barred"),
    _field("block_reason", values.text(1000), "debarredcomment|barred reason"),
    _field("blocked_until", values.day, "debarred"),
    _field(
        "expires_on",
        values.day,
        "dateexpiry|expire date|card expires|expiry date|expiration date|empr date expiration"
        "|membership end|expires|member expires|date expiry",
    ),
    _field("notices", values.structure(dict)),
    _field(
        "created_at",
        values.moment,
        "dateenrolled|create date|member since|created dt|create dt|empr creation|date enrolled",
    ),
    _field("updated_at", values.moment),
    _field("has_password", values.flag),
    _field("has_pin", values.flag),
)

_COPY_STATES = {one.value: one.value for one in CopyStatus} | {
    "in": "available",
    "out": "on_loan",
    "on_shelf": "available",
    "checked_out": "on_loan",
    "missing": "lost",
    "lst": "lost",
    "mnd": "in_repair",
    "hld": "on_hold_shelf",
    "crt": "available",
    "dis": "available",
    "ord": "available",
    "reshelving": "available",
    "discard/weed": "withdrawn",
    "bindery": "in_repair",
    "in_transit": "available",
}
# Columns that each say of one state whether a copy is in it.
_FLAGS = {
    "withdrawn": "wthdrawn|discarded|weeded|afgevoerd",
    "lost": "itemlost|item lost",
    "damaged": "item damaged",
    "not_for_loan": "notforloan",
}
COPIES = _fields(
    _source_key("itemnumber|copyid|item id|copy id|expl id|id"),
    *_TITLE,
    _field("barcode", values.label, "|".join(_COPY[0].names), needed=True),
    _field(
        "location",
        values.text(200),
        "homebranch|home branch|holdingbranch|branch|circ lib|copy location|shelving location"
        "|standort|localisation|sublocation|permanent location",
    ),
    _field(
        "shelfmark",
        values.text(200),
        "itemcallnumber|call number|call no|call nmbr1|expl cote|signatur|cote|callnumber",
    ),
    _field(
        "loan_type",
        values.text(64),
        "itype|item type|circ modifier|circulation type|collection cd|copy type|leihart",
    ),
    _field(
        "status",
        values.choice(_COPY_STATES),
        "status cd|item status|copy status|ausleihstatus|statut",
    ),
    *(_field(name, values.so, names) for name, names in _FLAGS.items()),
    _field(
        "price",
        values.money,
        "replacementprice|replacement price|purchase price|preis|prix|expl prix",
    ),
    _field(
        "acquired_on",
        values.past_day,
        "dateaccessioned|date acquired|date accessioned|acquisition date|zugangsdatum|active date",
    ),
    _field("note", values.text(5000), "itemnotes|item notes|copy note|copy desc|notes"),
    _CREATED,
    _field("updated_at", values.moment),
)
LOANS = _fields(
    _source_key("issue id|circ id|loan id|id pret|id"),
    *_MEMBER,
    *_COPY,
    _field(
        "borrowed_at",
        values.moment,
        "issuedate|issue date|xact start|status begin dt|pret date|date out|ausgeliehen am"
        "|checkout date|loan date|checked out|date loaned",
        needed=True,
    ),
    _field(
        "due_at",
        values.end_of_day,
        "date due|due date|due back dt|pret retour|datedue|ruckgabe am|due|duedate",
        needed=True,
    ),
    _field(
        "returned_at",
        values.moment,
        "returndate|return date|checkin time|checked in|date returned|returned",
        needed=True,
    ),
    _field(
        "renewals",
        values.number,
        "renewals count|renewal count|cpt prolongation|anzahl verlangerungen|renewcount",
    ),
    _field("status", values.text(64), "loan status"),
    _field("claimed_returned_at", values.moment, "claims returned date", needed=True),
    _field("lost_at", values.moment, "lost date", needed=True),
    _field("cancelled_at", values.moment, "", needed=True),
    _field("ended_at", values.moment, "", needed=True),
    _field("policy_category", values.text(64)),
    _field("policy_loan_type", values.text(64)),
    _field("fine_per_day", values.money),
    _field("grace_days", values.number),
    _field("fine_cap", values.money),
    _field("replacement_fee", values.money),
    _field("fined", values.money),
    _field("fines", values.structure(list)),
    _field("due_steps", values.structure(list)),
    _field("renewed", values.structure(list)),
)
_HOLD_STATES = {one.value: one.value for one in HoldStatus} | {
    "w": "ready",
    "t": "waiting",
    "p": "waiting",
    "f": "fulfilled",
}
HOLDS = _fields(
    _source_key("reserve id|hold id|holdid|id"),
    *_MEMBER,
    *_TITLE,
    *_COPY,
    _field("requested_barcode", values.label, "", needed=True),
    _field("requested_copy_source_key", values.key, "", needed=True),
    _field(
        "placed_at",
        values.moment,
        "reservedate|request time|hold begin dt|date placed|hold date|resa date|reserve date",
        needed=True,
    ),
    _field("status", values.choice(_HOLD_STATES), "found", needed=True),
    _field("queue", values.place),
    _field("position", values.number, "priority|rank"),
    _field("ready_at", values.moment, "capture time|waitingdate", needed=True),
    _field("expires_at", values.end_of_day, "shelf expire time", needed=True),
    _field(
        "not_needed_after",
        values.day,
        "expirationdate|expire time|cancellation date|patron expiration date",
    ),
    _field("suspended_until", values.day, "suspend until|thaw date"),
    _field("ended_at", values.moment, "fulfillment time|cancel time|cancellationdate", needed=True),
    _field("end_reason", values.choice({one.value: one.value for one in HoldEnd})),
    _field("kept_until", values.day),
)
_FEE_KINDS = {one.value: one.value for one in FeeKind} | {
    "f": "overdue",
    "fu": "overdue",
    "l": "lost",
    "a": "membership",
    "account": "membership",
    "account_renew": "membership",
    "overdue_materials": "overdue",
    "lost_materials": "lost",
    "damaged_item": "damage",
    "m": "manual",
    "new_card": "manual",
    "n": "manual",
    "fine": "overdue",
}
FEES = _fields(
    _source_key("accountlines id|accountno|transid|xact|id"),
    *_MEMBER,
    _field("loan_source_key", values.key, "issue id|circ id"),
    _field("kind", values.choice(_FEE_KINDS), "debit type code|accounttype|billing type|type"),
    _field("amount", values.money, "total owed|fee|betrag|montant", needed=True),
    _field("balance", values.money, "amountoutstanding|balance owed|outstanding", needed=True),
    _field("waived", values.money, "", needed=True),
    _field("waivers", values.structure(list), "", needed=True),
    _field("status", values.text(64)),
    _field("currency", values.text(3)),
    _field("note", values.text(1000), "description|comment|reason"),
    _field("created_at", values.moment, "date|create dt|xact start|created|timestamp"),
    _field("refund_of_source_key", values.key),
    _field("voided_at", values.moment, "", needed=True),
    _field("void_reason", values.text(1000)),
)
_METHODS = {one.value: one.value for one in PaymentMethod} | {
    "cash_payment": "cash",
    "credit_card_payment": "card",
    "check_payment": "transfer",
    "payment": "other",
    "bar": "cash",
}
PAYMENTS = _fields(
    _source_key("payment id|id"),
    *_MEMBER,
    _field("fee_source_key", values.key, "xact|accountlines id", needed=True),
    _field("amount", values.money, "", needed=True),
    _field("direction", values.text(8)),
    _field("method", values.choice(_METHODS), "payment type"),
    _field("currency", values.text(3)),
    _field("paid_at", values.moment, "date|payment ts|paid", needed=True),
    _field("receipt_source_key", values.key),
    _field("actor_email", values.text(254)),
    _field("voided_at", values.moment, "", needed=True),
    _field("void_reason", values.text(1000)),
)
ORDERS = _fields(
    _source_key("ordernumber|suggestionid|id"),
    *_MEMBER,
    _field("title", values.text(1000), "book title", needed=True),
    _field("author", values.text(500)),
    _field("isbn", values.text(64)),
    _field("publisher", values.text(500), "publishercode"),
    _field("quantity", values.number, "", needed=True),
    _field("note", values.text(5000), "order internalnote|notes"),
    _field("status", values.choice({one.value: one.value for one in OrderStatus}), "orderstatus"),
    _field("vendor", values.text(500), "bookseller"),
    _field("unit_price", values.money, "listprice|unitprice|price"),
    _field("currency", values.text(3)),
    _field("book_source_key", values.key),
    _field("book_control_number", values.key, "biblionumber"),
    _field("received", values.number),
    _field("receipts", values.structure(list)),
    _field("reason", values.text(1000)),
    _CREATED,
    _field("updated_at", values.moment),
)
POSTS = _fields(
    _source_key("idnew|id"),
    _field("title", values.text(1000), "headline", needed=True),
    _field("content", values.text(100_000), "text|body", needed=True),
    _field("published", values.flag),
    _field("published_at", values.moment, "published on|published date"),
    _field("author_email", values.text(254), "author"),
    _field("author_card_number", values.label),
    _CREATED,
    _field("updated_at", values.moment),
)
_COUNTS = ("max_loans", "max_renewals", "renewal_days", "max_holds", "grace_days")
_SUMS = ("fine_per_day", "fine_cap", "replacement_fee", "fees_block_at")
POLICIES = _fields(
    _source_key("id"),
    _field("member_category", values.text(64), "category|categorycode", needed=True),
    _field("loan_type", values.text(64), "itemtype|item type|itype", needed=True),
    _field("loan_days", values.number, "issuelength", needed=True),
    _field("hold_shelf_days", values.number, "", needed=True),
    *(_field(name, values.number, "", needed=True) for name in _COUNTS),
    *(_field(name, values.money, "", needed=True) for name in _SUMS),
    _field("overdue_block", values.flag, "", needed=True),
)
CLOSURES = _fields(
    _source_key("id"),
    _field("starts_on", values.day, "close start|start|from|date|begin", needed=True),
    _field("ends_on", values.day, "close end|end|to|until", needed=True),
    _field("reason", values.text(1000), "title|description"),
)
OF_KIND: Mapping[str, Fields] = {
    "copies": COPIES,
    "members": MEMBERS,
    "loans": LOANS,
    "holds": HOLDS,
    "fees": FEES,
    "payments": PAYMENTS,
    "orders": ORDERS,
    "posts": POSTS,
    "policies": POLICIES,
    "closures": CLOSURES,
}
