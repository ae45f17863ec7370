"""What Koha, Evergreen and OpenBiblio have, in our names: one query for each kind of record."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from moving.dumps import Asked


class System(NamedTuple):
    """How one system's dump is asked.

    `needs` are tables and columns that its queries name; `queries` give rows by kind; `counts` the
    numbers that a librarian compares; `books` a query of MARCXML with the key of each record;
    `passed_by` the numbers of what is not asked for, by what it is.
    """

    files: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    queries: Mapping[str, str]
    counts: Mapping[str, str]
    books: str = ""
    passwords: str = ""
    passed_by: Mapping[str, str] = {}


_EVERGREEN_STATUS = """CASE c.status WHEN '2' THEN 'in_repair' WHEN '14' THEN 'in_repair'
    WHEN '3' THEN 'lost' WHEN '4' THEN 'lost' WHEN '16' THEN 'lost' WHEN '17' THEN 'lost'
    WHEN '13' THEN 'withdrawn' ELSE 'available' END"""
_OPEN_CIRC = "c.checkin_time IS NULL AND (c.xact_finish IS NULL OR c.stop_fines = 'MAXFINES')"
_LIVING_COPY = f"""(c.deleted IN ('0', 'f') OR EXISTS (SELECT 1 FROM action_circulation o
    WHERE o.target_copy = c.id AND {_OPEN_CIRC.replace("c.", "o.")}))"""
_LIVING_TITLE = f"""CAST(id AS INTEGER) > 0 AND (deleted IN ('0', 'f') OR id IN (
    SELECT n.record FROM asset_call_number n JOIN asset_copy c ON c.call_number = n.id
    WHERE {_LIVING_COPY}))"""
_OPEN_HOLD = "h.fulfillment_time IS NULL AND h.cancel_time IS NULL"
_OWED = """
    SELECT x.id, x.usr, x.loan, x.xact_start,
        (SELECT COALESCE(SUM(CAST(b.amount AS REAL)), 0) FROM money_billing b
         WHERE b.xact = x.id AND b.voided IN ('0', 'f')) AS billed,
        (SELECT COALESCE(SUM(CAST(p.amount AS REAL)), 0) FROM payment p
         WHERE p.xact = x.id AND p.voided IN ('0', 'f')) AS paid,
        (SELECT GROUP_CONCAT(b.billing_type, ', ') FROM money_billing b
         WHERE b.xact = x.id AND b.voided IN ('0', 'f')) AS types
    FROM (SELECT id, usr, id AS loan, xact_start FROM action_circulation
          UNION ALL SELECT id, usr, NULL, xact_start FROM money_grocery) x"""
_PAYMENTS = ("cash", "check", "credit_card", "debit_card", "forgive", "goods", "work", "credit")
EVERGREEN = System(
    ("*.sql", "*.copy", "*.dump"),
    {
        "actor_usr": (
            *("id", "card", "profile", "usrname", "email", "first_given_name", "family_name"),
            *("second_given_name", "day_phone", "dob", "active", "barred", "deleted"),
            *("create_date", "expire_date", "locale", "alert_message", "mailing_address"),
        ),
        "actor_card": ("id", "usr", "barcode", "active"),
        "actor_usr_address": ("id", "usr", "street1", "street2", "city", "state", "post_code"),
        "permission_grp_tree": ("id", "name"),
        "asset_copy": (
            *("id", "call_number", "status", "location", "price", "barcode", "circ_modifier"),
            *("deleted", "create_date", "active_date"),
        ),
        "asset_call_number": ("id", "record", "label"),
        "asset_copy_location": ("id", "name"),
        "biblio_record_entry": ("id", "marc", "deleted"),
        "action_circulation": (
            *("id", "usr", "xact_start", "xact_finish", "target_copy", "due_date"),
            *("checkin_time", "stop_fines", "stop_fines_time", "parent_circ"),
        ),
        "action_hold_request": (
            *("id", "request_time", "capture_time", "fulfillment_time", "cancel_time", "target"),
            *("current_copy", "usr", "hold_type", "frozen", "thaw_date", "shelf_time"),
            *("shelf_expire_time", "expire_time"),
        ),
        "money_grocery": ("id", "usr", "xact_start", "note"),
        "money_billing": ("xact", "amount", "voided", "billing_type"),
        **{f"money_{name}_payment": ("xact", "amount", "voided") for name in _PAYMENTS},
    },
    {
        "members": """
            SELECT u.id AS source_key, COALESCE(k.barcode, u.usrname) AS card_number, u.email,
                u.first_given_name AS first_name, u.second_given_name AS middle_name,
                u.family_name AS last_name, u.day_phone AS phone, u.dob AS birth_date,
                u.active AS is_active, u.barred AS blocked, u.create_date AS created_at,
                u.expire_date AS expires_on, u.locale AS language, g.name AS category,
                a.street1 AS address, a.street2 AS address2, a.city, a.state,
                a.post_code AS zipcode
            FROM actor_usr u LEFT JOIN actor_card k ON k.id = u.card
                LEFT JOIN actor_usr_address a ON a.id = u.mailing_address
                LEFT JOIN permission_grp_tree g ON g.id = u.profile
            WHERE u.deleted IN ('0', 'f') ORDER BY CAST(u.id AS INTEGER)""",
        "copies": f"""
            SELECT c.id AS source_key, c.barcode, n.record AS book_source_key,
                n.label AS shelfmark, l.name AS location, c.circ_modifier AS loan_type,
                {_EVERGREEN_STATUS} AS status, c.price, c.active_date AS acquired_on,
                c.create_date AS created_at
            FROM asset_copy c LEFT JOIN asset_call_number n ON n.id = c.call_number
                LEFT JOIN asset_copy_location l ON l.id = c.location
            WHERE {_LIVING_COPY} ORDER BY CAST(c.id AS INTEGER)""",
        "loans": f"""
            SELECT c.id AS source_key, c.usr AS member_source_key,
                c.target_copy AS copy_source_key, c.xact_start AS borrowed_at,
                c.due_date AS due_at,
                CASE c.stop_fines WHEN 'LOST' THEN 'lost'
                    WHEN 'CLAIMSRETURNED' THEN 'claimed_returned' END AS status,
                CASE c.stop_fines WHEN 'LOST' THEN c.stop_fines_time END AS lost_at,
                CASE c.stop_fines WHEN 'CLAIMSRETURNED' THEN c.stop_fines_time END
                    AS claimed_returned_at
            FROM action_circulation c WHERE {_OPEN_CIRC} ORDER BY CAST(c.id AS INTEGER)""",
        "holds": f"""
            SELECT h.id AS source_key, h.usr AS member_source_key,
                CASE h.hold_type WHEN 'T' THEN h.target WHEN 'M' THEN
                    (SELECT n.record FROM asset_copy c JOIN asset_call_number n
                     ON n.id = c.call_number WHERE c.id = h.current_copy) END AS book_source_key,
                CASE WHEN h.hold_type IN ('C', 'F', 'R') THEN h.target END
                    AS requested_copy_source_key,
                CASE WHEN h.shelf_time IS NOT NULL THEN h.current_copy END AS copy_source_key,
                CASE WHEN h.shelf_time IS NOT NULL THEN 'ready' ELSE 'waiting' END AS status,
                h.request_time AS placed_at, h.shelf_time AS ready_at,
                h.shelf_expire_time AS expires_at, h.expire_time AS not_needed_after,
                CASE WHEN h.frozen IN ('1', 't') THEN COALESCE(h.thaw_date, '2099-12-31') END
                    AS suspended_until
            FROM action_hold_request h WHERE {_OPEN_HOLD} ORDER BY h.request_time""",
        "fees": f"""
            SELECT o.id AS source_key, o.usr AS member_source_key, o.loan AS loan_source_key,
                CASE WHEN o.loan IS NOT NULL AND o.types LIKE '%Lost%' THEN 'lost'
                    WHEN o.loan IS NOT NULL AND o.types LIKE '%verdue%' THEN 'overdue'
                    ELSE 'manual' END AS kind,
                PRINTF('%.*f', :decimals, o.billed) AS amount,
                PRINTF('%.*f', :decimals, o.billed - o.paid) AS balance,
                o.xact_start AS created_at, SUBSTR(o.types, 1, 200) AS note
            FROM ({_OWED}) o WHERE o.billed - o.paid >= 0.5 / :minor""",
    },
    {
        "members": "SELECT COUNT(*) FROM actor_usr WHERE deleted IN ('0', 'f')",
        "titles": f"SELECT COUNT(*) FROM biblio_record_entry WHERE {_LIVING_TITLE}",
        "copies": f"SELECT COUNT(*) FROM asset_copy c WHERE {_LIVING_COPY}",
        "open loans": f"SELECT COUNT(*) FROM action_circulation c WHERE {_OPEN_CIRC}",
        "overdue loans": f"""SELECT COUNT(*) FROM action_circulation c WHERE {_OPEN_CIRC}
            AND COALESCE(c.stop_fines, '') NOT IN ('LOST', 'CLAIMSRETURNED')
            AND SUBSTR(c.due_date, 1, 10) < DATE('now')""",
        "lost loans": f"""SELECT COUNT(*) FROM action_circulation c WHERE {_OPEN_CIRC}
            AND c.stop_fines = 'LOST'""",
        "holds": f"SELECT COUNT(*) FROM action_hold_request h WHERE {_OPEN_HOLD}",
        "owed": f"SELECT CAST(ROUND(:minor * COALESCE(SUM(billed - paid), 0)) AS INTEGER)"
        f" FROM ({_OWED}) WHERE billed - paid >= 0.5 / :minor",
    },
    books=f"SELECT id AS source_key, marc FROM biblio_record_entry WHERE {_LIVING_TITLE}"
    " ORDER BY CAST(id AS INTEGER)",
    passed_by={
        "members deleted there": "SELECT COUNT(*) FROM actor_usr WHERE deleted NOT IN ('0', 'f')",
        "titles deleted there": f"""SELECT COUNT(*) FROM biblio_record_entry
            WHERE CAST(id AS INTEGER) > 0 AND NOT ({_LIVING_TITLE})""",
        "copies deleted there": f"SELECT COUNT(*) FROM asset_copy c WHERE NOT {_LIVING_COPY}",
    },
)
KOHA = System(
    ("*.db",),
    {
        "borrowers": ("borrowernumber", "cardnumber", "surname", "password", "total_fines"),
        "issues": ("borrowernumber", "barcode", "issuedate", "date_due"),
    },
    {
        "members": "SELECT * FROM borrowers",
        "loans": "SELECT * FROM issues",
        "fees": """
            SELECT 'fines-of-' || borrowernumber AS source_key,
                borrowernumber AS member_source_key,
                PRINTF('%.*f', :decimals, CAST(total_fines AS REAL)) AS amount,
                'Brought from Koha' AS note
            FROM borrowers WHERE CAST(total_fines AS REAL) >= 0.5 / :minor""",
    },
    {
        "members": "SELECT COUNT(*) FROM borrowers",
        "open loans": "SELECT COUNT(*) FROM issues",
        "overdue loans": "SELECT COUNT(*) FROM issues WHERE date_due < DATE('now')",
        "owed": "SELECT CAST(ROUND(:minor * COALESCE(SUM(CAST(total_fines AS REAL)), 0))"
        " AS INTEGER) FROM borrowers WHERE CAST(total_fines AS REAL) >= 0.5 / :minor",
    },
    passwords="SELECT borrowernumber AS source_key, password FROM borrowers"
    " WHERE password LIKE '$2%'",
)
_OUT = "c.status_cd = 'out' AND c.mbrid IS NOT NULL AND c.mbrid NOT IN ('', '0')"
OPENBIBLIO = System(
    ("*.sql",),
    {
        "member": (
            *("mbrid", "barcode_nmbr", "last_name", "first_name", "address", "home_phone"),
            *("work_phone", "email", "classification", "create_dt"),
        ),
        "biblio": (
            *("bibid", "title", "title_remainder", "author", "call_nmbr1", "call_nmbr2"),
            *("call_nmbr3", "responsibility_stmt", "create_dt"),
        ),
        "biblio_field": ("bibid", "tag", "subfield_cd", "field_data"),
        "biblio_copy": (
            *("bibid", "copyid", "barcode_nmbr", "status_cd", "status_begin_dt", "due_back_dt"),
            *("mbrid", "renewal_count", "copy_desc", "create_dt"),
        ),
        "biblio_hold": ("holdid", "bibid", "copyid", "hold_begin_dt", "mbrid"),
        "member_account": ("mbrid", "transid", "transaction_type_cd", "amount", "create_dt"),
    },
    {
        "members": """
            SELECT mbrid AS source_key, barcode_nmbr AS card_number, last_name, first_name,
                address, COALESCE(NULLIF(home_phone, ''), work_phone) AS phone, email,
                classification AS category, create_dt AS created_at FROM member""",
        "books": """
            SELECT b.bibid AS source_key, b.title, b.title_remainder AS subtitle, b.author,
                (SELECT field_data FROM biblio_field f WHERE f.bibid = b.bibid
                 AND CAST(f.tag AS INTEGER) = 20 AND f.subfield_cd = 'a' LIMIT 1) AS isbn,
                (SELECT field_data FROM biblio_field f WHERE f.bibid = b.bibid
                 AND CAST(f.tag AS INTEGER) = 260 AND f.subfield_cd = 'b' LIMIT 1) AS publisher
            FROM biblio b""",
        "copies": """
            SELECT c.bibid || '-' || c.copyid AS source_key, c.barcode_nmbr AS barcode,
                c.bibid AS book_source_key, c.copy_desc AS note, c.create_dt AS acquired_on,
                TRIM(COALESCE(b.call_nmbr1, '') || ' ' || COALESCE(b.call_nmbr2, '') || ' '
                    || COALESCE(b.call_nmbr3, '')) AS shelfmark,
                CASE c.status_cd WHEN 'lst' THEN 'lost' WHEN 'mnd' THEN 'in_repair'
                    ELSE 'available' END AS status
            FROM biblio_copy c LEFT JOIN biblio b ON b.bibid = c.bibid""",
        "loans": f"""
            SELECT 'copy-' || c.bibid || '-' || c.copyid || '-' || c.status_begin_dt AS source_key,
                c.mbrid AS member_source_key, c.barcode_nmbr AS barcode,
                c.status_begin_dt AS borrowed_at, c.due_back_dt AS due_at,
                c.renewal_count AS renewals
            FROM biblio_copy c WHERE {_OUT}""",
        "holds": """
            SELECT h.holdid AS source_key, h.mbrid AS member_source_key,
                h.bibid AS book_source_key, h.hold_begin_dt AS placed_at,
                CASE WHEN c.status_cd = 'hld' AND CAST(h.holdid AS INTEGER) =
                    (SELECT MIN(CAST(o.holdid AS INTEGER)) FROM biblio_hold o
                     WHERE o.bibid = h.bibid AND o.copyid = h.copyid)
                    THEN 'ready' ELSE 'waiting' END AS status,
                CASE WHEN c.status_cd = 'hld' THEN c.barcode_nmbr END AS barcode
            FROM biblio_hold h LEFT JOIN biblio_copy c
                ON c.bibid = h.bibid AND c.copyid = h.copyid ORDER BY h.hold_begin_dt""",
        "fees": """
            SELECT 'account-of-' || mbrid AS source_key, mbrid AS member_source_key,
                PRINTF('%.*f', :decimals, SUM(CAST(amount AS REAL))) AS amount,
                'Brought from OpenBiblio' AS note, MIN(create_dt) AS created_at
            FROM member_account GROUP BY mbrid
            HAVING ABS(SUM(CAST(amount AS REAL))) >= 0.5 / :minor""",
    },
    {
        "members": "SELECT COUNT(*) FROM member",
        "titles": "SELECT COUNT(*) FROM biblio",
        "copies": "SELECT COUNT(*) FROM biblio_copy",
        "open loans": f"SELECT COUNT(*) FROM biblio_copy c WHERE {_OUT}",
        "overdue loans": f"""SELECT COUNT(*) FROM biblio_copy c WHERE {_OUT}
            AND c.due_back_dt < DATE('now')""",
        "holds": "SELECT COUNT(*) FROM biblio_hold",
        "owed": "SELECT CAST(ROUND(:minor * COALESCE(SUM(CAST(amount AS REAL)), 0)) AS INTEGER)"
        " FROM member_account",
    },
)
SYSTEMS: Mapping[str, System] = {"koha": KOHA, "evergreen": EVERGREEN, "openbiblio": OPENBIBLIO}


def asked(system: System, folder: Path, decimals: int) -> Asked:
    """The dumps of a folder, with all that the system's queries need. Raises ValueError.

    Money has so many decimals here.
    """
    found = Asked(decimals)
    for pattern in system.files:
        for path in sorted(folder.rglob(pattern)):
            found.load(path)
    if not found.tables() & system.needs.keys():
        raise ValueError(f"no tables of this system are in {', '.join(system.files)}")
    for table, columns in system.needs.items():
        found.require(table, columns)
    if system is EVERGREEN:
        found.require("payment", ("xact", "amount", "voided"))
        for name in _PAYMENTS:
            found.fill("payment", f"SELECT xact, amount, voided FROM money_{name}_payment")
    return found
