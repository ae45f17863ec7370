"""What holds of every page: language, headers, files, and the tables of words."""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.routes import ROUTES
from models import vocabulary
from models.vocabulary import Language
from pages.desk.acts import SHOWN
from pages.frame import texts
from pages.print.barcodes import Symbology
from tests.support.browsing import HTML, Browsing
from tests.support.people import Person

PAGES = Path(texts.__file__).parents[1]
_FAULTS = re.compile(r"""["(]?"([a-z]+(?:-[a-z]+)*)",\s+(?:f?"[A-Z]|detail\b)""")
_USED = re.compile(r"""\b(?:t|n|say|count)\(\s*f?["']([a-z_0-9.{}]+)["']""")


@pytest.mark.parametrize(
    ("asked", "tag", "words"),
    [
        ("de-AT,en;q=0.5", "de", "Suchen"),
        ("fr", "fr", "Rechercher"),
        ("es-MX", "es", "Buscar"),
        ("nl, en;q=0.3", "en", "Search"),
        ("nl", "en", "Search"),
    ],
)
def test_a_page_is_in_the_language_of_the_browser(
    browsing: Browsing, asked: str, tag: str, words: str
) -> None:
    browsing.go("/", **{"Accept-Language": asked})
    assert browsing.page.get("lang") == tag
    assert words in browsing.text


@pytest.mark.settings(LIBRARY_LANGUAGE="es")
def test_other_browsers_get_the_language_of_the_library(browsing: Browsing) -> None:
    assert browsing.go("/", **{"Accept-Language": "nl"}).page.get("lang") == "es"


def test_no_word_is_missing_in_any_language() -> None:
    english = texts.table(Language.ENGLISH)
    for language in Language:
        table = texts.table(language)
        assert table.keys() == english.keys()
        for name, value in table.items():
            assert value.strip()
            assert _fields(value) == _fields(english[name]), (language, name)


def _fields(text: str) -> set[str]:
    # "One title" need not repeat the number.
    return set(re.findall(r"{(\w+)}", text)) - {"number"}


def test_every_word_that_is_used_is_in_the_tables_and_no_other_is() -> None:
    patterns = set()
    for path in [*PAGES.rglob("*.html"), *PAGES.rglob("*.py")]:
        patterns |= set(_USED.findall(path.read_text(encoding="utf-8")))
    known = set(texts.table(Language.ENGLISH))
    used = set()
    for pattern in patterns:
        # What ends with a stop or a stroke goes on with a value.
        ended = pattern + "{}" if pattern[-1] in "._" else pattern
        shape = "[a-z_0-9]+".join(re.escape(part) for part in re.split(r"{[^}]*}", ended))
        found = {name for name in known if re.fullmatch(rf"{shape}(\.one|\.other)?", name)}
        assert found, pattern
        used |= found
    assert known - used == set()


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("material", vocabulary.MaterialType),
        ("copy", set(vocabulary.CopyStatus) - {"withdrawn"}),
        ("loan", {"overdue", "claimed_returned", "lost"}),
        ("fee", vocabulary.FeeKind),
        ("import_status", vocabulary.ImportStatus),
        ("language", vocabulary.Language),
        ("symbology", Symbology),
        ("desk_act", SHOWN),
        ("desk_copy", vocabulary.CopyStatus),
        ("desk_fee", vocabulary.FeeKind),
        ("desk_loan", vocabulary.LoanStatus),
        ("desk_method", vocabulary.PaymentMethod),
        ("desk_notice", vocabulary.NoticeStatus),
        ("desk_notice_kind", vocabulary.NoticeKind),
        ("desk_order", vocabulary.OrderStatus),
        ("desk_hold", vocabulary.HoldStatus),
        ("desk_interval", vocabulary.Interval),
        ("desk_reason", vocabulary.ReasonCode),
        ("desk_role", vocabulary.Role),
        ("desk_scan", vocabulary.ScanOutcome),
    ],
)
def test_every_code_that_pages_show_has_words(group: str, codes: Iterable[str]) -> None:
    known = texts.table(Language.ENGLISH)
    named = {code.replace("-", "_").replace(".", "_") for code in codes}
    assert {name for name in named if f"{group}.{name}" not in known} == set()


def test_every_problem_that_acts_of_pages_meet_has_words() -> None:
    """The table has every language, by the test above; refusals are told by their reasons."""
    named: set[str] = set()
    for path in PAGES.rglob("*.py"):
        named |= set(re.findall(r'"([a-z]+[A-Z]\w*)"', path.read_text(encoding="utf-8")))
    verbs = ("get", "post", "put", "patch", "delete")
    handlers = [getattr(noun, verb, None) for _, noun in ROUTES for verb in verbs]
    called = [one.operation for one in handlers if one and one.operation.id in named]
    codes = {code for operation in called for code in operation.problems}
    codes |= {"forbidden", "not-found", "idempotency-in-progress"}
    codes -= {"loan-refused", "renewal-refused", "hold-refused"}
    of_readers = {"bad-token", "registration-closed", "bad-credentials"}
    assert len(called) > 80
    assert _without_words("desk_problem", codes - of_readers) == set()
    assert _without_words("fault", of_readers & codes) == set()


def test_every_fault_that_a_form_can_have_has_words() -> None:
    found = set()
    for name in ("circulation", "validators"):
        for path in (PAGES.parent / name).rglob("*.py"):
            found |= set(_FAULTS.findall(path.read_text(encoding="utf-8")))
    # Forms send no field or parameter of their own making, and what the server sets they leave.
    found -= {"unknown-field", "unknown-parameter", "read-only", "localtime", "loan-refused"}
    assert {"past", "format", "too-small", "repeated"} <= found
    assert _without_words("desk_fault", found) == set()


def _without_words(group: str, codes: Iterable[str]) -> set[str]:
    known = texts.table(Language.ENGLISH)
    return {code for code in codes if f"{group}.{code.replace('-', '_')}" not in known}


def test_pages_load_nothing_from_elsewhere_and_run_no_script_in_them(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": HTML})
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith(("/", "#"))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", page.text)


def test_files_have_an_address_of_their_content_and_are_kept_for_good(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": HTML}).text
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    assert len(addresses) == 5
    for address in addresses:
        found = client.get(address)
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
        other = re.sub("/assets/[^/]+/", "/assets/0/", address)
        assert client.get(other).status_code == 404


def test_what_others_wrote_is_here_as_they_published_it() -> None:
    folder = PAGES / "frame" / "static"
    for line in (folder / "CHECKSUMS").read_text().splitlines():
        digest, name = line.split()
        assert sha256((folder / name).read_bytes()).hexdigest() == digest


def test_a_page_of_somebody_signed_in_is_kept_nowhere(browsing: Browsing, member: Person) -> None:
    headers = browsing.sign_in(member).go("/").answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]


def test_a_page_of_nobody_is_kept_in_no_shared_cache(browsing: Browsing) -> None:
    assert browsing.go("/").answer.headers["Cache-Control"] == "private, no-cache"


def test_browsers_find_an_icon_where_a_document_names_none(client: FlaskClient) -> None:
    found = client.get("/favicon.ico")
    assert found.status_code == 200
    assert found.content_type == "image/svg+xml"


@pytest.mark.parametrize("language", Language)
def test_a_text_for_a_number_says_it_unless_it_is_one(language: Language) -> None:
    known = [name for name in texts.table(language) if name.endswith(".one")]
    for name in known:
        for number in (0, 2, 1_000_000):
            told = texts.counted(language, name.removesuffix(".one"), number)
            assert str(number) in told, name


def test_a_search_that_finds_nothing_says_so_in_french(browsing: Browsing) -> None:
    browsing.go("/?q=nothing", **{"Accept-Language": "fr"})
    assert browsing.page.xpath("//h1/text()") == ["0 titre trouvé"]
