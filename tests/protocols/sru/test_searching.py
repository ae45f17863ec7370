"""What CQL finds, and that it is what the search of the API finds."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from models import source_key
from models.database import database, run
from tests.protocols.sru.conftest import Answered, Ask, add
from tests.support.asking import Asker
from tests.support.people import Person, basic

ENVELOPE = (
    '<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body>'
    '<z:searchRetrieveRequest xmlns:z="http://www.loc.gov/zing/srw/"><z:version>1.2</z:version>'
    "<z:query>silas</z:query></z:searchRetrieveRequest></SOAP:Body></SOAP:Envelope>"
)


@pytest.fixture
def books(app: Any) -> dict[str, int]:
    """A few books."""
    return {
        "middlemarch": add(
            "Middlemarch",
            subtitle="A study of provincial life",
            author="Eliot, George",
            language="eng",
            published_year=1871,
            isbn="9780141439549",
            subjects=["Provincial life", "Marriage"],
            publisher="Penguin",
        ),
        "silas": add("Silas Marner", author="Eliot, George", language="eng", published_year=1861),
        "faust": add(
            "Faust. Eine Tragödie",
            author="Goethe, Johann Wolfgang von",
            language="ger",
            published_year=1808,
            subjects=["Drama"],
        ),
        "life": add("A life of George Eliot", language="eng", issn="0028-0836"),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("middlemarch", ["middlemarch"]),
        ("MIDDLEMARCH", ["middlemarch"]),
        ("cql.serverChoice = eliot", ["middlemarch", "silas", "life"]),
        ('cql.anywhere all "eliot george"', ["middlemarch", "silas", "life"]),
        ('"george eliot"', ["life"]),
        ('cql.anywhere adj "george eliot"', ["life"]),
        ("dc.title = eliot", ["life"]),
        ("dc.creator = eliot", ["middlemarch", "silas"]),
        ('dc.creator any "eliot goethe"', ["middlemarch", "silas", "faust"]),
        ('dc.creator all "eliot goethe"', []),
        ('dc.title == "silas marner"', ["silas"]),
        ('dc.title == "silas"', []),
        ('dc.creator exact "eliot, george"', ["middlemarch", "silas"]),
        ("dc.subject = marriage", ["middlemarch"]),
        ("dc.publisher = penguin", ["middlemarch"]),
        ("dc.language = en", ["middlemarch", "silas", "life"]),
        ('dc.language any "ger fre"', ["faust"]),
        ("dc.language <> eng", ["faust"]),
        ("dc.date = 1861", ["silas"]),
        ("dc.date < 1861", ["faust"]),
        ("dc.date <= 1861", ["silas", "faust"]),
        ("dc.date > 1808 and dc.date < 1871", ["silas"]),
        ("dc.date >= 1871", ["middlemarch"]),
        ('dc.date within "1800 1865"', ["silas", "faust"]),
        ("bath.isbn = 0-14-143954-8", ["middlemarch"]),
        ("bath.isbn = 9780141439549", ["middlemarch"]),
        ("bath.isbn = 123", []),
        ('bath.isbn = "ISBN-13: 978 0 14 143954 9"', ["middlemarch"]),
        ('bath.isbn = "9780141439549 (pbk.)"', ["middlemarch"]),
        ('bath.isbn = "urn:isbn:0141439548"', ["middlemarch"]),
        ("bath.issn = 0028-0836", ["life"]),
        ("bath.issn = 00280836", ["life"]),
        ("bath.issn = 0028\u20130836", ["life"]),
        ('bath.issn = "0028 0836"', ["life"]),
        ('bath.issn = "ISSN 0028-0836"', ["life"]),
        ('bath.issn any "00280836 1234"', ["life"]),
        ("bath.issn = 1234", []),
        ('dc.language = " EN "', ["middlemarch", "silas", "life"]),
        ("0-14-143954-8", ["middlemarch"]),
        ("tragodie", ["faust"]),
        ("middle*", ["middlemarch"]),
        ("dc.title = marn*", ["silas"]),
        ('"silas mar*"', ["silas"]),
        ("eliot and not", []),
        ("eliot not george", []),
        ("dc.creator = eliot not dc.title = silas", ["middlemarch"]),
        ("faust or silas", ["silas", "faust"]),
        ("dc.date < 1900 not dc.language = eng", ["faust"]),
        ("silas or dc.date = 1808", ["silas", "faust"]),
        ("dc.title = silas or dc.title = faust and dc.language = eng", ["silas"]),
        ("dc.title = silas or (dc.title = faust and dc.language = eng)", ["silas"]),
        ("(dc.title = silas or dc.title = faust) and dc.language = ger", ["faust"]),
        ("cql.allRecords = 1", ["middlemarch", "silas", "faust", "life"]),
        ("cql.allRecords = 1 not eliot", ["faust"]),
        ("title = silas", ["silas"]),
        ('> b = "http://purl.org/dc/elements/1.1/" b.title = silas', ["silas"]),
        ('> "http://purl.org/dc/elements/1.1/" title = silas and creator = eliot', ["silas"]),
        ('> "http://nope" silas', ["silas"]),
        ('(> "http://nope" dc.title = silas) and title = silas', ["silas"]),
        ("dc.title =/cql.relevant silas", ["silas"]),
        ('> c = "info:srw/cql-context-set/1/cql-v1.2" title =/c.word silas', ["silas"]),
        ("and", []),
        ('"and"', []),
        ('"\\"silas\\" marner"', ["silas"]),
    ],
)
def test_a_query_finds_its_books(
    books: dict[str, int], sru: Ask, query: str, found: list[str]
) -> None:
    told = sru(query)
    assert told.diagnostics == []
    assert sorted(told.ids) == sorted(books[name] for name in found)
    assert told.total == len(found)


def test_booleans_have_equal_rank_from_the_left(books: dict[str, int], sru: Ask) -> None:
    told = sru("dc.title = faust or dc.title = silas and dc.language = eng")
    assert told.ids == [books["silas"]]
    again = sru("dc.title = faust or (dc.title = silas and dc.language = eng)")
    assert sorted(again.ids) == sorted([books["silas"], books["faust"]])


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("eliot", "q=eliot"),
        ("eliot and george", "q=eliot george"),
        ('"george eliot"', 'q="george eliot"'),
        ("mid*", "q=mid*"),
        ("eliot and dc.language=eng", "q=eliot&language=eng"),
        ("dc.creator = eliot", "author=eliot"),
        ("9780141439549", "q=9780141439549"),
        ("cql.allRecords=1", ""),
    ],
)
def test_what_the_search_of_the_api_finds_cql_finds_in_the_same_order(
    books: dict[str, int], sru: Ask, ask: Asker, query: str, asked: str
) -> None:
    assert sru(query).ids == [each["id"] for each in ask.get(f"/books?{asked}").json["data"]]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("cql.allRecords=1 sortBy dc.date", ["life", "faust", "silas", "middlemarch"]),
        (
            "cql.allRecords=1 sortBy dc.date/sort.descending",
            ["middlemarch", "silas", "faust", "life"],
        ),
        ("dc.creator=eliot sortBy dc.title/sort.ascending", ["middlemarch", "silas"]),
        ("dc.creator=eliot or faust sortBy dc.title/descending", ["silas", "middlemarch", "faust"]),
    ],
)
def test_results_are_sorted_as_asked(
    books: dict[str, int], sru: Ask, query: str, order: list[str]
) -> None:
    assert sru(query).ids == [books[name] for name in order]


def test_a_title_with_an_article_that_only_its_record_knows_is_found_exactly(
    app: Any, sru: Ask
) -> None:
    wanted = [add("ha-Sefer", nonfiling=3), add("The Owl", language="heb", nonfiling=1)]
    add("Sefer")
    assert [sru(f'dc.title == "{title}"').ids for title in ("ha-Sefer", "The Owl")] == [
        [wanted[0]],
        [wanted[1]],
    ]


def test_the_sort_keys_of_1_1_are_taken(books: dict[str, int], sru: Ask) -> None:
    told = sru("dc.creator=eliot", version="1.2", sortKeys="date,,0")
    assert told.ids == [books["middlemarch"], books["silas"]]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"query": None}, 7),
        ({"query": ""}, 7),
        ({"query": "a and"}, 10),
        ({"query": "(a"}, 10),
        ({"query": "a)"}, 10),
        ({"query": 'a "b'}, 10),
        ({"query": "dc.title ="}, 10),
        ({"query": "x" * 30_000}, 12),
        ({"query": "zthes.term = a"}, 15),
        ({"query": '> x = "urn:y" x.title = a'}, 15),
        ({"query": '> "http://nope" title = zebra'}, 15),
        ({"query": '> "http://nope" a and title = zebra'}, 15),
        ({"query": 'a or (> "http://nope" title = zebra)'}, 15),
        ({"query": '> "http://nope" a sortBy title'}, 15),
        ({"query": '> "http://purl.org/dc/elements/1.1/" isbn = a'}, 16),
        ({"query": "dc.colour = red"}, 16),
        ({"query": "colour = red"}, 16),
        ({"query": "dc.title foo a"}, 19),
        ({"query": "dc.title =/stem a"}, 20),
        ({"query": "dc.title =/nope.word a"}, 20),
        ({"query": '> cql = "http://nope" dc.title =/cql.word a'}, 20),
        ({"query": "dc.title < a"}, 22),
        ({"query": 'dc.subject == "a"'}, 22),
        ({"query": '"a\\qb"'}, 26),
        ({"query": '""'}, 27),
        ({"query": "!!!"}, 27),
        ({"query": "fi?e"}, 28),
        ({"query": "*"}, 29),
        ({"query": '"^a"'}, 31),
        ({"query": "dc.date = soon"}, 36),
        ({"query": "dc.language = klingonian"}, 36),
        ({"query": "rec.id = x"}, 36),
        ({"query": "a prox b"}, 37),
        ({"query": " and ".join(["a"] * 200)}, 38),
        ({"query": " or ".join(["a"] * 5000)}, 12),
        ({"query": " ".join(["("] * 9000) + "a"}, 10),
        ({"query": "a and/rel.x b"}, 46),
        ({"query": "m*ddle"}, 49),
        ({"query": 'dc.title = "life* of george"'}, 49),
        ({"query": 'dc.title adj "life* of geor*"'}, 49),
        ({"query": 'cql.serverChoice = "life* of"'}, 49),
        ({"query": 'dc.title == "silas* marner"'}, 49),
        ({"query": 'dc.title == "silas mar*"'}, 28),
        ({"query": "nothing", "startRecord": "2"}, 61),
        ({"query": "eliot", "startRecord": "99"}, 61),
        ({"query": "a", "recordSchema": "mods"}, 66),
        ({"query": "a", "recordPacking": "zip"}, 71),
        ({"query": "a", "recordXPath": "/x"}, 72),
        ({"query": "a sortBy dc.subject"}, 80),
        ({"query": "a sortBy dc.title/sort.ignoreCase"}, 82),
        ({"query": "a", "stylesheet": "x.xsl"}, 110),
        ({"query": "a", "operation": "update"}, 4),
        ({"query": "a", "version": "3.0"}, 5),
        ({"query": "a", "startRecord": "0"}, 6),
        ({"query": "a", "startRecord": "x"}, 6),
        ({"query": "a", "maximumRecords": "-1"}, 6),
        ({"query": "a", "colour": "red"}, 8),
        ({"query": "a", "version": None}, 7),
        ({"query": "a", "operation": None}, 7),
    ],
)
def test_what_is_refused_has_its_official_number(
    books: dict[str, int], sru: Ask, given: dict[str, Any], number: int
) -> None:
    assert sru(**given).diagnostics == [number]


@pytest.mark.parametrize("joint", ["and", "or", "not"])
def test_as_many_booleans_as_are_allowed_are_answered(
    books: dict[str, int], sru: Ask, joint: str
) -> None:
    query = f" {joint} ".join(["eliot"] + [f"word{n}" for n in range(50)])
    assert sru(query).diagnostics == []
    nested = "(" * 50 + "eliot" + " or faust)" * 50
    assert sru(nested).total == 4
    mixed = "eliot" + " or faust and dc.language = eng" * 25
    assert sru(mixed).diagnostics == []


def test_records_come_in_pages_up_to_a_hundred(app: Any, sru: Ask) -> None:
    ids = [add(f"Title {number:03}") for number in range(105)]
    first = sru("title", maximumRecords="500", recordSchema="dc")
    assert (first.total, len(first.ids)) == (105, 100)
    assert first.texts("nextRecordPosition") == ["101"]
    rest = sru("title", startRecord="101", maximumRecords="500", recordSchema="dc")
    assert rest.texts("nextRecordPosition") == []
    assert first.ids + rest.ids == ids
    assert rest.texts("recordPosition") == ["101", "102", "103", "104", "105"]


def test_no_records_asked_for_are_none_given(books: dict[str, int], sru: Ask) -> None:
    told = sru("eliot", maximumRecords="0")
    assert (told.total, told.all("record"), told.diagnostics) == (3, [], [])


def test_nothing_found_is_no_refusal(books: dict[str, int], sru: Ask) -> None:
    told = sru("nothing")
    assert (told.total, told.diagnostics) == (0, [])


@pytest.mark.parametrize("schema", ["marcxml", "info:srw/schema/1/marcxml-v1.1", None])
def test_records_are_marcxml_unless_told_otherwise(
    books: dict[str, int], sru: Ask, schema: str | None
) -> None:
    told = sru("middlemarch", recordSchema=schema)
    assert told.texts("recordSchema") == ["info:srw/schema/1/marcxml-v1.1"]
    [field] = [each for each in told.all("datafield") if each.get("tag") == "245"]
    assert field[0].text.startswith("Middlemarch")


@pytest.mark.parametrize("schema", ["dc", "info:srw/schema/1/dc-v1.1"])
def test_records_are_given_in_dublin_core(books: dict[str, int], sru: Ask, schema: str) -> None:
    told = sru("silas", recordSchema=schema)
    assert told.texts("recordSchema") == ["info:srw/schema/1/dc-v1.1"]
    assert told.texts("title") == ["Silas Marner"]


def test_string_packing_escapes_the_record(books: dict[str, int], sru: Ask) -> None:
    told = sru("silas", recordPacking="string", recordSchema="dc")
    [data] = told.texts("recordData")
    assert data.startswith("<srw_dc:dc ")
    assert told.texts("recordPacking") == ["string"]


def test_version_2_needs_no_operation_and_has_its_own_names(
    books: dict[str, int], client: FlaskClient
) -> None:
    told = Answered(client.get("/sru?query=silas").data)
    assert told.root.tag == (
        "{http://docs.oasis-open.org/ns/search-ws/sruResponse}searchRetrieveResponse"
    )
    assert told.texts("recordXMLEscaping") == ["xml"]
    wrong = Answered(client.get("/sru?query=").data)
    assert wrong.diagnostics == [7]
    assert wrong.all("diagnostic")[0].tag.startswith("{http://docs.oasis-open.org/ns/search-ws/dia")


def test_an_empty_request_is_explained(client: FlaskClient) -> None:
    told = Answered(client.get("/sru").data)
    assert told.diagnostics == []
    names = [name.text for name in told.all("name")]
    assert {"title", "serverChoice", "isbn"} <= set(names)
    assert [each.get("name") for each in told.all("schema")] == ["marcxml", "dc"]


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_every_version_explains(client: FlaskClient, version: str) -> None:
    told = Answered(client.get(f"/sru?operation=explain&version={version}").data)
    assert told.all("serverInfo")[0].get("version") == version
    assert told.texts("version") == ([] if version == "2.0" else [version])


def test_what_is_explained_to_be_sorted_by_can_be(client: FlaskClient) -> None:
    told = Answered(client.get("/sru").data)
    explained = {each[0].text: each.get("sort") for each in told.all("index")}
    for name in ("title", "creator", "subject", "date"):
        assert explained[f"dc.{name}"] == str(name != "subject").lower()
    assert explained["rec.id"] == "true"
    for name, sorts in explained.items():
        query = f"cql.allRecords=1 sortBy {name}"
        asked = {"version": "1.2", "operation": "searchRetrieve", "query": query}
        wrong = Answered(client.get("/sru", query_string=asked).data).diagnostics
        assert (wrong == []) == (sorts == "true"), name


def test_it_is_explained_what_a_term_alone_asks(client: FlaskClient) -> None:
    defaults = {
        one.get("type"): one.text for one in Answered(client.get("/sru").data).all("default")
    }
    usual = {"contextSet": "cql", "index": "serverChoice", "relation": "="}
    assert {name: defaults[name] for name in usual} == usual


def test_a_form_and_an_envelope_ask_the_same(books: dict[str, int], client: FlaskClient) -> None:
    form = {"version": "1.2", "operation": "searchRetrieve", "query": "silas"}
    assert Answered(client.post("/sru", data=form).data).ids == [books["silas"]]
    answer = client.post("/sru", data=ENVELOPE, content_type="text/xml")
    told = Answered(answer.data)
    assert told.root.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
    assert told.ids == [books["silas"]]


def test_an_envelope_may_be_in_any_usual_encoding(
    books: dict[str, int], client: FlaskClient
) -> None:
    for encoding in ("utf-8", "utf-16", "iso-8859-1"):
        body = f'<?xml version="1.0" encoding="{encoding}"?>{ENVELOPE}'.encode(encoding)
        answer = client.post("/sru", data=body, content_type="text/xml")
        assert Answered(answer.data).ids == [books["silas"]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        f'<!DOCTYPE a [<!ENTITY b "silas">]>{ENVELOPE}'.replace(">silas", ">&b;").encode("utf-16"),
        b"\0",
        f'<?xml version="1.0" encoding="foo"?>{ENVELOPE}'.encode(),
        f'<?xml version="1.0" encoding="utf-32"?>{ENVELOPE}'.encode(),
        f'<?xml version="1.0" encoding="gb18030"?>{ENVELOPE}'.encode(),
        f'<?xml version="1.0" encoding="punycode"?>{ENVELOPE}'.encode(),
        b'<?xml version="1.0" encoding="utf-8"?><a>\xff</a>',
    ],
)
def test_what_is_no_envelope_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/sru", data=body, content_type="text/xml")
    assert answer.status_code == 400
    assert b"malformed-body" in answer.data


@pytest.mark.settings(CATALOGUE_PUBLIC="false")
def test_a_closed_catalogue_is_searched_by_those_who_sign_in(
    client: FlaskClient, member: Person
) -> None:
    assert client.get("/sru").status_code == 401
    answer = client.get("/sru", headers=basic(member.email))
    assert Answered(answer.data).diagnostics == []


@pytest.mark.parametrize(
    ("clause", "terms"),
    [
        ("dc.title = faust", ["Faust. Eine Tragödie", "A life of George Eliot", "Middlemarch"]),
        ("dc.creator = f", ["Goethe, Johann Wolfgang von"]),
        ("dc.subject = e", ["Marriage", "Provincial life"]),
        ("dc.language = a", ["eng", "ger"]),
    ],
)
def test_terms_are_scanned_in_their_order(
    books: dict[str, int], sru: Ask, clause: str, terms: list[str]
) -> None:
    told = sru(operation="scan", scanClause=clause, maximumTerms="3")
    assert told.diagnostics == []
    assert told.texts("value") == terms


def test_a_scan_counts_the_books_and_may_begin_before_the_term(
    books: dict[str, int], sru: Ask
) -> None:
    told = sru(operation="scan", scanClause="dc.creator = goethe", responsePosition="2")
    assert told.texts("value") == ["Eliot, George", "Goethe, Johann Wolfgang von"]
    assert told.texts("numberOfRecords") == ["2", "1"]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({}, 7),
        ({"scanClause": "a and b"}, 10),
        ({"scanClause": "bath.isbn = 1"}, 16),
        ({"scanClause": "dc.title = a", "maximumTerms": "1000"}, 121),
        ({"scanClause": "dc.title = a", "responsePosition": "99"}, 120),
        ({"scanClause": "dc.title = a", "query": "a"}, 8),
        ({"scanClause": "dc.date = soon"}, 36),
        ({"scanClause": '> "http://nope" title = zebra'}, 15),
    ],
)
def test_a_scan_that_is_refused_has_its_number(
    sru: Ask, given: dict[str, str], number: int
) -> None:
    assert sru(operation="scan", **given).diagnostics == [number]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                *'()"=<>/\\*?^',
                " ",
                "and",
                "or",
                "not",
                "prox",
                "sortby",
                "dc.title",
                "any",
                "a",
                "9",
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_whatever_is_asked_is_answered(client: FlaskClient, query: str) -> None:
    answer = client.get("/sru", query_string={"query": query})
    assert answer.status_code == 200
    Answered(answer.data)


def test_a_page_takes_as_many_statements_however_many_records_it_has(sru: Ask, app: Any) -> None:
    sent: list[str] = []
    for number in range(8):
        add(f"Owls {number}")
    sru("owls")
    database.obj.query_hooks.append(lambda event: sent.append(event.sql))
    sru("owls", maximumRecords=1)
    few = len(sent)
    shown = sru("owls", maximumRecords=8).ids
    database.obj.query_hooks.clear()
    assert len(shown) == 8
    assert len(sent) == 2 * few


def test_the_number_of_a_title_without_one_follows_the_code_of_the_library(
    sru: Ask, app: Any
) -> None:
    add("Owls")
    assert f">{source_key.code()}<" in etree.tostring(sru("owls").root).decode()
    run("UPDATE library SET code = 'elsewhere'")
    assert ">elsewhere<" in etree.tostring(sru("owls").root).decode()
