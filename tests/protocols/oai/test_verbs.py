"""What harvesters are told, verb by verb; what is wrong with a request has its code."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import book, copy
from models.harvest import BookChange
from models.vocabulary import CopyStatus
from protocols.oai.arguments import VERBS
from tests.protocols.oai.answers import Answered, read
from tests.protocols.oai.conftest import Ask
from tests.support.asking import Asker
from tests.support.people import NOBODY, Person, basic

PUBLIC = pytest.mark.settings(
    PUBLIC_URL="https://library.example.org",
    LIBRARY_NAME="Library of Alexandria & Daughter",
    LIBRARY_EMAIL="info@library.example.org",
)


def add(title: str = "Middlemarch", **fields: Any) -> int:
    """A book in the catalogue; its id."""
    book_id: int = _id(book.create({"title": title, **fields}, NOBODY))
    return book_id


def place(book_id: int, location: str | None, barcode: str) -> int:
    """A copy of a book; its id."""
    copy_id: int = _id(copy.create(book_id, {"barcode": barcode, "location": location}, NOBODY))
    return copy_id


def _id(record: Any) -> int:
    return int(record["id"] if isinstance(record, dict) else record.id)


def delete(book_id: int) -> None:
    """Take a book out of the catalogue."""
    book.delete(book.locked(book_id), NOBODY)


def dated(book_id: int, moment: str) -> None:
    """Have a book changed at this moment."""
    BookChange.update(changed_at=moment).where(BookChange.book == book_id).execute()


def whole(oai: Ask, verb: str = "ListRecords", **arguments: str) -> list[Answered]:
    """All pages of a list."""
    pages = [oai(verb, **{"metadataPrefix": "oai_dc", **arguments})]
    while pages[-1].token:
        pages.append(oai(verb, resumptionToken=pages[-1].token))
    return pages


@PUBLIC
def test_identify_names_the_library_and_says_that_deletions_are_kept(oai: Ask) -> None:
    told = oai("Identify")
    assert told.text("//o:repositoryName") == "Library of Alexandria & Daughter"
    assert told.text("//o:baseURL") == "https://library.example.org/oai"
    assert told.text("//o:adminEmail") == "info@library.example.org"
    assert told.text("//o:deletedRecord") == "persistent"
    assert told.text("//i:repositoryIdentifier") == "library.example.org"


@pytest.mark.settings(PUBLIC_URL="https://Bücherei.example.org:8443/")
def test_a_host_name_of_other_letters_names_records_in_those_of_a_uri(oai: Ask) -> None:
    named = f"oai:xn--bcherei-n2a.example.org:book/{add()}"
    told = oai("GetRecord", identifier=named, metadataPrefix="oai_dc")
    assert told.text("//o:identifier") == named
    assert told.text("//o:request") == "https://xn--bcherei-n2a.example.org:8443/oai"


@pytest.mark.settings(ADMIN_EMAIL="admin@localhost")
def test_an_address_at_this_machine_is_told_with_a_dot(oai: Ask) -> None:
    assert oai("Identify").text("//o:adminEmail") == "admin@localhost.localdomain"


def test_a_host_name_without_a_dot_gives_no_scheme_of_identifiers(oai: Ask) -> None:
    told = oai("Identify")
    assert told.text("//o:baseURL") == "http://localhost/oai"
    assert told.all("//o:description") == []


def test_every_format_is_listed_for_all_and_for_one_record(oai: Ask) -> None:
    named = f"oai:localhost:book/{add()}"
    for told in (oai("ListMetadataFormats"), oai("ListMetadataFormats", identifier=named)):
        prefixes = told.all("//o:metadataPrefix/text()")
        assert prefixes == ["oai_dc", "marcxml", "marc21"]


def test_a_record_is_given_in_dublin_core(oai: Ask) -> None:
    book_id = add(
        "Faust <1> & 2",
        subtitle="Der Tragödie erster Teil",
        author="Goethe, Johann Wolfgang von",
        subjects=["Drama", "Teufel"],
        language="ger",
        isbn="9783150000014",
        published_year=1808,
    )
    told = oai("GetRecord", identifier=f"oai:localhost:book/{book_id}", metadataPrefix="oai_dc")
    shown = {name: told.all(f"//dc:{name}/text()") for name in ("title", "creator", "subject")}
    assert shown == {
        "title": ["Faust <1> & 2 : Der Tragödie erster Teil"],
        "creator": ["Goethe, Johann Wolfgang von"],
        "subject": ["Drama", "Teufel"],
    }
    assert told.text("//dc:identifier") == "urn:isbn:9783150000014"
    assert told.text("//dc:date") == "1808"


@pytest.mark.parametrize("prefix", ["marcxml", "marc21"])
def test_a_record_is_given_as_marcxml_under_either_name(oai: Ask, prefix: str) -> None:
    book_id = add("Middlemarch", author="Eliot, George")
    told = oai("GetRecord", identifier=f"oai:localhost:book/{book_id}", metadataPrefix=prefix)
    assert told.text("//m:datafield[@tag='245']/m:subfield[@code='a']").startswith("Middlemarch")


PLAIN_LEADER = "<leader>00000nam a2200000 i 4500</leader>"
TITLE = (
    '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">Middlemarch</subfield></datafield>'
)


def bring_in(ask: Asker, librarian: Person, *records: str) -> Any:
    """Import records of MARCXML; the notes on them."""
    document = '<collection xmlns="http://www.loc.gov/MARC21/slim">' + "".join(
        f"<record>{record}</record>" for record in records
    )
    made = ask.post(
        "/imports?match=none",
        raw=f"{document}</collection>".encode(),
        by=librarian,
        headers={"Content-Type": "application/marcxml+xml"},
    )
    assert ask.get(f"/imports/{made.json['id']}", by=librarian).json["created"] == len(records)
    return ask.get(f"/imports/{made.json['id']}/errors", by=librarian).json["data"]


def field(tag: str, indicators: str = "  ", code: str = "a") -> str:
    """A data field of MARCXML."""
    return (
        f'<datafield tag="{tag}" ind1="{indicators[0]}" ind2="{indicators[1]}">'
        f'<subfield code="{code}">owls</subfield></datafield>'
    )


ODD_RECORDS = {
    "": TITLE,
    "<leader>00000nam##2200000#i#4500</leader>": TITLE,
    "<leader>00000|||a22000003||4500</leader>": TITLE,
    "<leader>00000nam</leader>": TITLE,
    f"{PLAIN_LEADER}<controlfield tag='000'>x</controlfield>": TITLE,
    f"{PLAIN_LEADER}{field('FMT')}": TITLE,
    f"{PLAIN_LEADER}{field('9aB')}{field('00A')}": TITLE,
    PLAIN_LEADER: f"{TITLE}{field('650', '#A')}{field('650', '1|')}{field('900', code='@')}",
    f"{PLAIN_LEADER} ": f"{TITLE}<controlfield tag='008'>260101s1999</controlfield>",
}


@pytest.mark.parametrize(("before", "after"), ODD_RECORDS.items())
def test_marcxml_is_valid_whatever_was_brought_in(
    oai: Ask, ask: Asker, librarian: Person, before: str, after: str
) -> None:
    bring_in(ask, librarian, before + after)
    told = oai("ListRecords", metadataPrefix="marcxml")
    assert told.text("//m:datafield[@tag='245']/m:subfield") == "Middlemarch"


def test_what_marcxml_does_not_take_of_a_record_is_noted_and_exported_as_it_came(
    oai: Ask, ask: Asker, librarian: Person
) -> None:
    odd = field("650", "#A") + field("900", code="@") + field("9aB")
    notes = bring_in(ask, librarian, f"<leader>00000n#m a22</leader>{TITLE}{odd}")
    assert {(note["field"], note["code"], note["detail"]) for note in notes} == {
        (
            "leader",
            "not-in-marcxml",
            "Other programs are given the leader '00000nam a2200000   4500'.",
        ),
        ("650", "not-in-marcxml", "Other programs are given the indicators '  '."),
        ("900", "not-in-marcxml", "Other programs are not given this field."),
        ("9aB", "not-in-marcxml", "Other programs are not given this field."),
    }
    told = oai("ListRecords", metadataPrefix="marcxml")
    assert told.all("//m:datafield/@tag") == ["245", "650"]
    exported = ask.get("/exports/books?format=marcxml", by=librarian).data
    for kept in (b"00000n#m", b'ind1="#" ind2="A"', b'code="@"', b'tag="9aB"'):
        assert kept in exported


def test_what_xml_cannot_carry_is_left_out_of_a_record(oai: Ask) -> None:
    book_id = add("Tab\tand \x0b bell \x07 ]]> \r end")
    told = oai("GetRecord", identifier=f"oai:localhost:book/{book_id}", metadataPrefix="oai_dc")
    assert told.text("//dc:title") == "Tab\tand  bell  ]]> \r end"


def test_a_deleted_book_stays_as_a_record_without_metadata(oai: Ask) -> None:
    book_id = add()
    delete(book_id)
    told = oai("GetRecord", identifier=f"oai:localhost:book/{book_id}", metadataPrefix="oai_dc")
    assert told.records[0].is_deleted
    assert told.all("//o:metadata") == []
    [listed] = oai("ListRecords", metadataPrefix="oai_dc").records
    assert listed.is_deleted


def test_sets_are_the_languages_and_the_places_of_copies(oai: Ask) -> None:
    book_id = add(language="fre")
    place(book_id, "Main hall, 1_a", "1")
    told = oai("ListSets")
    assert told.all("//o:setSpec/text()") == ["language:fre", "location:Main_20hall_2C_201_5Fa"]
    assert told.all("//o:setName/text()") == ["Language: fre", "Location: Main hall, 1_a"]


def test_a_set_has_its_records_and_no_others(oai: Ask) -> None:
    french, german = add(language="fre"), add(language="ger")
    place(german, "Höhle", "1")
    assert whole(oai, set="language:fre")[0].ids == [french]
    assert whole(oai, set="location:H_C3_B6hle")[0].ids == [german]
    [header] = oai("ListIdentifiers", metadataPrefix="oai_dc", set="language:ger").records
    assert header.sets == ["language:ger", "location:H_C3_B6hle"]


def test_a_deleted_book_is_told_of_in_the_sets_it_was_in(oai: Ask) -> None:
    book_id = add(language="fre")
    place(book_id, "Hall", "1")
    delete(book_id)
    for spec in ("language:fre", "location:Hall"):
        [record] = oai("ListRecords", metadataPrefix="oai_dc", set=spec).records
        assert record.is_deleted


def test_a_catalogue_without_languages_and_copies_has_no_sets(oai: Ask) -> None:
    add()
    assert oai("ListSets").errors == ["noSetHierarchy"]


def test_a_list_goes_on_by_tokens_to_an_empty_one(oai: Ask) -> None:
    ids = [add(f"Title {number}") for number in range(205)]
    for book_id in ids:
        dated(book_id, "2026-03-01T00:00:00Z")
    pages = whole(oai)
    assert [len(page.ids) for page in pages] == [100, 100, 5]
    assert [number for page in pages for number in page.ids] == ids
    assert [page.token is None for page in pages] == [False, False, False]
    assert pages[-1].token == ""
    assert [page.all("//o:resumptionToken/@cursor")[0] for page in pages] == ["0", "100", "200"]
    assert {page.all("//o:resumptionToken/@completeListSize")[0] for page in pages} == {"205"}


def test_a_list_of_one_page_has_no_token(oai: Ask) -> None:
    add()
    assert oai("ListRecords", metadataPrefix="oai_dc").token is None


def test_many_sets_come_in_pages(oai: Ask) -> None:
    book_id = add(language="eng")
    for number in range(120):
        place(book_id, f"Shelf {number:03}", str(number))
    first = oai("ListSets")
    rest = oai("ListSets", resumptionToken=first.token or "")
    specs = first.all("//o:setSpec/text()") + rest.all("//o:setSpec/text()")
    assert len(specs) == len(set(specs)) == 121
    assert rest.token == ""


def test_from_and_until_include_their_ends_to_the_second_and_to_the_day(oai: Ask) -> None:
    first, second, third = add(), add(), add()
    for book_id, moment in (
        (first, "2026-03-01T23:59:59Z"),
        (second, "2026-03-02T00:00:00Z"),
        (third, "2026-03-03T12:00:00Z"),
    ):
        dated(book_id, moment)
    assert whole(oai, since="2026-03-02", until="2026-03-02")[0].ids == [second]
    assert whole(oai, since="2026-03-02")[0].ids == [second, third]
    assert whole(oai, until="2026-03-01T23:59:59Z")[0].ids == [first]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Nonsense"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "extra": "1"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "12026-01-01"},
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-01-01",
                "until": "2026-01-02T00:00:00Z",
            },
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-01-02",
                "until": "2026-01-01",
            },
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x", "set": "a"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "mods"}, "cannotDisseminateFormat"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "colour:red"},
            "noRecordsMatch",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "9999-12-31"},
            "noRecordsMatch",
        ),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        (
            {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:x:book/1"},
            "idDoesNotExist",
        ),
        (
            {
                "verb": "GetRecord",
                "metadataPrefix": "oai_dc",
                "identifier": "oai:localhost:book/99999999999999999999999",
            },
            "idDoesNotExist",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
    ],
)
def test_what_is_wrong_has_the_code_of_the_standard(
    client: FlaskClient, arguments: dict[str, Any], code: str
) -> None:
    add(language="eng")
    for answer in (client.get("/oai", query_string=arguments), client.post("/oai", data=arguments)):
        assert answer.status_code == 200
        assert read(answer.data).errors == [code]


def test_only_arguments_that_are_right_are_repeated_in_the_answer(oai: Ask) -> None:
    wrong = oai("ListRecords", metadataPrefix="mods")
    assert wrong.all("o:request/@metadataPrefix") == ["mods"]
    assert oai("Identify", extra="1").all("o:request/@*") == []


def test_a_token_is_good_for_its_verb_alone_and_for_nobody_who_changes_it(oai: Ask) -> None:
    for number in range(101):
        add(f"Title {number}")
    token = oai("ListRecords", metadataPrefix="oai_dc").token or ""
    assert oai("ListIdentifiers", resumptionToken=token).errors == ["badResumptionToken"]
    assert oai("ListRecords", resumptionToken=token[:-2] + "xx").errors == ["badResumptionToken"]
    assert oai("ListRecords", resumptionToken=token).errors == []


def test_a_copy_added_moved_or_withdrawn_renews_the_record_and_lending_does_not(
    oai: Ask,
) -> None:
    book_id, other = add(), add()

    def renewed() -> list[int]:
        found = oai("ListIdentifiers", metadataPrefix="oai_dc", since="2026-03-02")
        for each in (book_id, other):
            dated(each, "2026-03-01T00:00:00Z")
        return [] if found.errors else sorted(found.ids)

    renewed()
    copy_id = place(book_id, "Hall", "1")
    assert renewed() == [book_id]
    copy.update(copy.locked(copy_id), {"location": "Cellar"}, NOBODY)
    assert renewed() == [book_id]
    copy.place(copy_id, CopyStatus.ON_LOAN, "2026-03-03T00:00:00Z", seen=True)
    copy.place(copy_id, CopyStatus.AVAILABLE, "2026-03-03T00:00:00Z", seen=True)
    assert renewed() == []
    copy.withdraw(copy.locked(copy_id), NOBODY)
    assert renewed() == [book_id]


def test_a_book_that_changed_its_language_is_in_the_set_of_the_new_one(oai: Ask) -> None:
    book_id = add(language="eng")
    book.update(book.locked(book_id), {"language": "fre"}, NOBODY)
    assert oai("ListRecords", metadataPrefix="oai_dc", set="language:eng").errors == [
        "noRecordsMatch"
    ]
    assert whole(oai, set="language:fre")[0].ids == [book_id]


@pytest.mark.settings(CATALOGUE_PUBLIC="false")
def test_a_closed_catalogue_is_harvested_by_those_who_sign_in(
    client: FlaskClient, member: Person
) -> None:
    refused = client.get("/oai?verb=Identify")
    assert refused.status_code == 401
    assert b"<code>authentication-required</code>" in refused.data
    assert "Basic" in refused.headers["WWW-Authenticate"]
    answer = client.get("/oai?verb=Identify", headers=basic(member.email))
    assert read(answer.data).errors == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["metadataPrefix", "identifier", "from", "until", "set", "resumptionToken", "x"]
        ),
        st.text(max_size=20) | st.sampled_from(["oai_dc", "2026-01-01", "language:eng"]),
    ),
    st.sampled_from([*VERBS, "", "x"]),
)
def test_whatever_is_asked_is_answered_with_valid_xml(
    client: FlaskClient, arguments: dict[str, str], verb: str
) -> None:
    answer = client.get("/oai", query_string={"verb": verb, **arguments})
    assert answer.status_code == 200
    read(answer.data)
