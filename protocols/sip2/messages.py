"""Every message of SIP2 in one table: its code, its fixed fields in order, its identified fields.

Source: 3M Standard Interchange Protocol, document revision 2.12; CR, CS, CT, CV, CY, DA, PA, PB and
PC are the extensions that machines of 3M and EnvisionWare know.
"""

from typing import NamedTuple

_FLAG = "[YNUynu ]"
# The identified fields of a 37, which follow at once where a machine leaves out the currency. One
# currency, the kwanza, begins like a field.
_OF_FEE_PAID = "A[ACDO]|B[KV]|CG"
_DATE = "[0-9 ]{8}[A-Z0-9 ]{4}[0-9 ]{6}"

# What a fixed field of a request looks like. One that does not is taken as missing.
PATTERNS = {
    "agency_due_date": _DATE,
    "card_retained": _FLAG,
    "currency": f"(?!{_OF_FEE_PAID})[A-Za-z ]{{3}}|AOA(?={_OF_FEE_PAID})",
    "date": _DATE,
    "fee_type": "[0-9 ]{2}",
    "hold_mode": r"[+*-]",
    "language": "[0-9 ]{3}",
    "no_block": _FLAG,
    "password_algorithm": "[0-9 ]",
    "payment_type": "[0-9 ]{2}",
    "print_width": "[0-9 ]{3}",
    "renewal_policy": _FLAG,
    "return_date": _DATE,
    "status": "[0-9 ]",
    "summary": "[YNyn ]{10}",
    "third_party": _FLAG,
    "user_algorithm": "[0-9 ]",
    "version": "[0-9.]{4}",
}

# How wide a fixed field of an answer is, and what a refusal says in it.
WIDTHS = {
    "alert": (1, "N"),
    "available": (1, "N"),
    "checkin_ok": (1, "Y"),
    "checkout_ok": (1, "Y"),
    "circulation_status": (2, "01"),
    "date": (18, " " * 18),
    "desensitize": (1, "N"),
    "end_session": (1, "N"),
    "fee_type": (2, "01"),
    "language": (3, "000"),
    "magnetic": (1, "U"),
    "offline_ok": (1, "N"),
    "ok": (1, "0"),
    "online": (1, "Y"),
    "patron_status": (14, "YYYY" + " " * 10),
    "payment_accepted": (1, "N"),
    "renewal_ok": (1, "N"),
    "renewed": (4, "0000"),
    "resensitize": (1, "N"),
    "retries": (3, "003"),
    "security": (2, "00"),
    "status_update_ok": (1, "N"),
    "timeout": (3, "100"),
    "unrenewed": (4, "0000"),
    "version": (4, "2.00"),
} | dict.fromkeys(
    (
        "hold_count",
        "overdue_count",
        "charged_count",
        "fine_count",
        "recall_count",
        "unavailable_count",
    ),
    (4, "0000"),
)


class RequestLayout(NamedTuple):
    """A request: its name, its fixed fields in order, and the code of its answer."""

    name: str
    fixed: tuple[str, ...]
    answer: str


class AnswerLayout(NamedTuple):
    """An answer: its fixed fields, then the identified ones it must have and may have, in order."""

    fixed: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]


def _request(name: str, fixed: str, answer: str) -> RequestLayout:
    return RequestLayout(name, tuple(fixed.split()), answer)


def _answer(fixed: str, required: str, optional: str = "") -> AnswerLayout:
    return AnswerLayout(
        tuple(fixed.split()), tuple(required.split()), (*optional.split(), "AF", "AG")
    )


REQUESTS = {
    "93": _request("login", "user_algorithm password_algorithm", "94"),
    "99": _request("status", "status print_width version", "98"),
    "23": _request("patron status", "language date", "24"),
    "63": _request("patron information", "language date summary", "64"),
    "35": _request("end patron session", "date", "36"),
    "11": _request("checkout", "renewal_policy no_block date agency_due_date", "12"),
    "09": _request("checkin", "no_block date return_date", "10"),
    "29": _request("renew", "third_party no_block date agency_due_date", "30"),
    "65": _request("renew all", "date", "66"),
    "17": _request("item information", "date", "18"),
    "15": _request("hold", "hold_mode date", "16"),
    "37": _request("fee paid", "date fee_type payment_type currency", "38"),
    "01": _request("block patron", "card_retained date", "24"),
    "19": _request("item status update", "date", "20"),
    "25": _request("patron enable", "date", "26"),
    "97": _request("resend", "", "96"),
}

ANSWERS = {
    "94": AnswerLayout(("ok",), (), ()),
    "96": AnswerLayout((), (), ()),
    "98": _answer(
        "online checkin_ok checkout_ok renewal_ok status_update_ok offline_ok timeout retries date"
        " version",
        "AO AM BX",
        "AN",
    ),
    "24": _answer("patron_status language date", "AO AA AE", "BL CQ BH BV PA PC"),
    "64": _answer(
        "patron_status language date hold_count overdue_count charged_count fine_count recall_count"
        " unavailable_count",
        "AO AA AE",
        "BZ CA CB BL CQ BH BV CC AS AT AU AV BU CD BD BE BF PA PB PC",
    ),
    "36": _answer("end_session date", "AO AA"),
    "12": _answer(
        "ok renewal_ok magnetic desensitize date", "AO AA AB AJ AH", "BT CI BH BV CK CH BK"
    ),
    "10": _answer(
        "ok resensitize magnetic alert date", "AO AB AQ", "AJ CL AA CK CH CR CS CT CV CY DA"
    ),
    "30": _answer(
        "ok renewal_ok magnetic desensitize date", "AO AA AB AJ AH", "BT CI BH BV CK CH BK"
    ),
    "66": _answer("ok renewed unrenewed date", "AO", "BM BN"),
    "18": _answer(
        "circulation_status security fee_type date",
        "AB AJ",
        "CF AH CJ CM BG BH BV CK AQ AP CH CR CS",
    ),
    "16": _answer("ok available date", "AO AA", "BW BR BS AB AJ"),
    "38": _answer("payment_accepted date", "AO AA", "BK"),
    "20": _answer("ok date", "AB", "AJ CH"),
    "26": _answer("patron_status language date", "AO AA AE", "BL CQ"),
}

SUPPORTED = "YYYNYYYYYYYNYNYY"
"""BX of a 98: whether 23 11 09 01 99 97 93 63 35 37 17 19 25 15 29 65 are supported."""

ECHOED = ("AO", "AA", "AB", "BK")
"""What a refusal gives back as it came, where the answer has such a field."""
