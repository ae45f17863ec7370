"""Edits leave a MARC record that a cataloguer would have written."""

from typing import Any

import pymarc
import pytest

import formats
from tests.unit.formats.format_samples import LEADER, collection, marc, marcxml, read_as_xml, record

PARTS = "245 14$aThe guide :$ba handbook.$nBook 1,$pOwls /$cO. Vane."
SCRIPT = (
    "100 1 $6880-01$aHayashi, Midori,$eauthor.",
    "245 10$6880-02$aMidori no hon :$bissh\u016b /$cHayashi.",
    "260   $6880-03$aT\u014dky\u014d.",
    "880 1 $6100-01/$1$a林, 緑.",
    "880 10$6245-02/$1$a緑の本 /$c林.",
    "880   $6260-03/$1$a東京.",
)


def edited(fields: tuple[str, ...], leader: str = LEADER, **changes: Any) -> list[str]:
    """The fields of the record after an edit of its book, `#` for a blank indicator."""
    read = record("marc", marc(*fields, leader=leader))
    out = b"".join(formats.write("marc", [({**read.book, **changes}, read.original)]))
    again = record("marc", out)
    wanted = {**read.book, **changes}
    assert again.book == {name: value for name, value in wanted.items() if value not in (None, [])}
    [parsed] = pymarc.MARCReader(out, to_unicode=True)
    assert parsed is not None
    return [_shown(field) for field in parsed.fields]


def _shown(field: pymarc.Field) -> str:
    indicators = f"{field.indicator1}{field.indicator2}".replace(" ", "#")
    return f"{field.tag} {indicators}" + "".join(f"${code}{value}" for code, value in field)


@pytest.mark.parametrize("form", "cn")
def test_a_record_without_marks_between_its_parts_gets_none_by_an_edit(form: str) -> None:
    leader = f"{LEADER[:18]}{form}{LEADER[19:]}"
    plain = (
        "100 1 $aVane, O.",
        "245 14$aThe guide$ba handbook$cO. Vane",
        "260   $aYork$bOwl$c1999",
    )
    changes = {
        "title": "Okapi",
        "author": "Vane, Olive",
        "publisher": "Okapi Press Inc.",
        "description": "A guide. And a handbook.",
    }
    assert edited(plain, leader=leader, **changes) == [
        "100 1#$aVane, Olive",
        "245 10$aOkapi$ba handbook$cO. Vane",
        "260 ##$aYork$bOkapi Press Inc.$c1999",
        "520 ##$aA guide. And a handbook.",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "Okapi"}, "245 00$aOkapi :$ba handbook.$nBook 1,$pOwls /$cO. Vane."),
        ({"subtitle": None}, "245 04$aThe guide.$nBook 1,$pOwls /$cO. Vane."),
        ({"part": None}, "245 04$aThe guide :$ba handbook /$cO. Vane."),
        ({"part": "Moths"}, "245 04$aThe guide.$pMoths :$ba handbook /$cO. Vane."),
        ({"part": "Book 2, Moths"}, "245 04$aThe guide.$nBook 2,$pMoths :$ba handbook /$cO. Vane."),
        (
            {"title": "A guide", "language": "eng"},
            "245 02$aA guide :$ba handbook.$nBook 1,$pOwls /$cO. Vane.",
        ),
        (
            {"author": "Vane, Olive"},
            "245 14$aThe guide :$ba handbook.$nBook 1,$pOwls /$cO. Vane.",
        ),
    ],
)
def test_a_title_has_the_punctuation_and_indicators_of_what_it_says(
    changes: dict[str, Any], field: str
) -> None:
    assert field in edited((PARTS,), **changes)


@pytest.mark.parametrize("sign", ["=", ";"])
def test_what_is_no_subtitle_does_not_become_one(sign: str) -> None:
    fields = ("245 00$aOwls " + sign + "$bHiboux /$cO. Vane.",)
    assert edited(fields, title="Owl") == [f"245 00$aOwl {sign}$bHiboux /$cO. Vane."]
    assert edited(fields, subtitle="Hibou") == [f"245 00$aOwls {sign}$bHibou /$cO. Vane."]


def test_a_parallel_title_stays_one_beside_a_part_or_a_medium() -> None:
    assert edited(("245 00$aOwls =$bHiboux.",), part="2") == ["245 00$aOwls.$n2 =$bHiboux."]
    fields = ("245 00$aOwls.$n2 =$bHiboux.",)
    assert edited(fields, part=None) == ["245 00$aOwls =$bHiboux."]
    fields = ("245 00$aOwls$h[music] =$bHiboux.",)
    assert edited(fields, title="Owl") == ["245 00$aOwl$h[music] =$bHiboux."]


def test_each_sign_before_a_parallel_title_stays_before_it() -> None:
    fields = ("245 00$aOwls =$bHiboux =$bEulen /$cO. Vane.",)
    assert edited(fields, part="2") == ["245 00$aOwls.$n2 =$bHiboux =$bEulen /$cO. Vane."]
    assert edited(fields, title="Owl") == ["245 00$aOwl =$bHiboux =$bEulen /$cO. Vane."]


@pytest.mark.parametrize(
    ("fields", "changes", "after"),
    [
        (("245 00$aOwls =",), {"subtitle": "Owl"}, "245 00$aOwls :$bOwl."),
        (("245 00$bOwls :$bof the night.",), {"title": "Moths"}, "245 00$bMoths :$bof the night."),
        (("245 00$bOwls =$bHiboux.",), {"title": "Moths"}, "245 00$bMoths =$bHiboux."),
    ],
)
def test_a_sign_belongs_to_the_title_that_stands_behind_it(
    fields: tuple[str, ...], changes: dict[str, Any], after: str
) -> None:
    assert edited(fields, **changes) == [after]


def test_without_its_author_a_title_is_the_main_entry() -> None:
    fields = edited(("100 1 $aVane, Olive.", "245 10$aOwls."), author=None)
    assert fields == ["245 00$aOwls."]


def test_a_new_author_keeps_the_role_and_the_link_to_the_original_script() -> None:
    fields = edited(SCRIPT, author="Mori, Aoi")
    assert fields[0] == "100 1#$6880-01$aMori, Aoi,$eauthor."
    assert "880 1#$6100-01/$1$a林, 緑." in fields


def test_a_new_title_keeps_the_link_to_the_original_script() -> None:
    fields = edited(SCRIPT, title="Aoi hon")
    assert "245 10$6880-02$aAoi hon :$bissh\u016b /$cHayashi." in fields
    assert "880 10$6245-02/$1$a緑の本 /$c林." in fields


def test_links_whose_other_end_is_gone_are_taken_away() -> None:
    fields = edited(SCRIPT, author=None, original_author=None)
    assert not [field for field in fields if field.startswith(("100", "880 1#"))]
    fields = edited(SCRIPT, original_title=None)
    assert "245 10$aMidori no hon :$bissh\u016b /$cHayashi." in fields


def test_an_original_title_gets_a_field_that_is_linked() -> None:
    fields = edited(("245 10$aMidori no hon.",), original_title="緑の本")
    assert fields == ["245 10$6880-01$aMidori no hon.", "880 10$6245-01$a緑の本."]


@pytest.mark.parametrize(
    ("fields", "changes", "after"),
    [
        (
            ("490 1 $aOld ;$v3", "830  0$aOld ;$v3."),
            {"series": "New", "series_volume": "4"},
            ["490 0#$aNew ;$v4"],
        ),
        (("490 0 $aOld ;$v3",), {"series": None, "series_volume": None}, []),
        (
            ("490 1 $aOld ;$v3", "830  0$aOld ;$v3."),
            {"series_volume": "4"},
            ["490 1#$aOld ;$v4", "830 #0$aOld ;$v4"],
        ),
        ((), {"series": "New"}, ["490 0#$aNew"]),
        (
            ("490 1 $aOld ;$v3", "490 1 $aOther ;$v8", "830  0$aOld ;$v3.", "830  0$aOther ;$v8."),
            {"series_volume": "4"},
            ["490 1#$aOld ;$v4", "490 1#$aOther ;$v8", "830 #0$aOld ;$v4", "830 #0$aOther ;$v8."],
        ),
        (
            ("490 1 $aOld ;$v3", "490 1 $aOther ;$v8", "830  0$aOld ;$v3.", "830  0$aOther ;$v8."),
            {"series": "New"},
            ["490 0#$aNew ;$v3", "490 1#$aOther ;$v8", "830 #0$aOther ;$v8."],
        ),
        (
            ("246 3 $aOne", "246 3 $aTwo"),
            {"alternative_titles": ["Two", "Three"]},
            ["246 3#$aTwo", "246 3#$aThree"],
        ),
        (
            ("246 3 $aOne", "246 30$iSpine:$aTwo", "500   $aNote.", "740 0 $aThree"),
            {"alternative_titles": ["One", "Two", "Four", "Three"]},
            [
                "246 3#$aOne",
                "246 30$iSpine:$aTwo",
                "246 3#$aFour",
                "500 ##$aNote.",
                "740 0#$aThree",
            ],
        ),
        (
            ("246 3 $aOne", "500   $aNote.", "740 0 $aTwo", "740 0 $aThree"),
            {"alternative_titles": ["Two", "Three"]},
            ["500 ##$aNote.", "740 0#$aTwo", "740 0#$aThree"],
        ),
        (
            ("246 3 $aOne", "500   $aNote.", "740 0 $aTwo"),
            {"alternative_titles": ["Two", "One"]},
            ["740 0#$aTwo", "500 ##$aNote.", "246 3#$aOne"],
        ),
        (
            ("650  0$aOwls.", "655  7$aFables.$2lcgft", "650  7$aOwls.$2fast", "653   $aA$aB$aC"),
            {"subjects": ["Owls", "Fables", "A", "C"]},
            ["650 #0$aOwls.", "655 #7$aFables.$2lcgft", "650 #7$aOwls.$2fast", "653 ##$aA$aC"],
        ),
        (("505 0 $aOld.",), {"contents": "New."}, ["505 0#$aNew."]),
        (("022   $a0028-0836",), {"issn": None}, []),
        (
            ("008 990101s1999    xx            000 0 eng d", "041 0 $aeng$afre$ager"),
            {"language": "fre"},
            ["008 ", "041 0#$afre$ager"],
        ),
        (
            ("260   $aRome :$bOwl :$bdistributed by Moth,$c1999.",),
            {"publisher": "Hibou"},
            ["260 ##$aRome :$bHibou :$bdistributed by Moth,$c1999."],
        ),
        (
            ("020   $a9780306406157 (hbk.)", "020   $a9783161484100"),
            {"isbn": "9783161484100", "isbns": ["9783161484100", "9780306406157"]},
            ["020 ##$a9783161484100", "020 ##$a9780306406157 (hbk.)"],
        ),
        (
            ("020   $a0306406152 (hbk.) ; 9783161484100 (pbk.)$cEUR 9", "020   $z0914378295"),
            {"isbn": "9783161484100", "isbns": []},
            ["020 ##$a9783161484100 (pbk.)$cEUR 9", "020 ##$z0914378295"],
        ),
        (
            ("020   $a0306406152 (hbk.) ; 9783161484100 (pbk.)",),
            {"isbn": "9780914378297", "isbns": ["9780914378297", "9783161484100"]},
            ["020 ##$a9780914378297 (hbk.) ; 9783161484100 (pbk.)"],
        ),
        (
            ("020   $a0306406152$qhbk.$a9783161484100$qpbk.",),
            {"isbn": "9783161484100", "isbns": []},
            ["020 ##$a9783161484100$qpbk."],
        ),
        (
            ("020   $a0306406152$qhbk.",),
            {"isbn": "9783161484100", "isbns": ["9783161484100", "9780306406157"]},
            ["020 ##$a9783161484100", "020 ##$a0306406152$qhbk."],
        ),
    ],
)
def test_other_fields_are_written_in_their_place(
    fields: tuple[str, ...], changes: dict[str, Any], after: list[str]
) -> None:
    found = edited(("245 00$aEmma.", *fields), **changes)
    assert [field for field in found if not field.startswith("245")] == after


PEOPLE = ("700 1 $aPenn, Tilda,$d1900-$4edt$0n1", "710 2 $aUnesco.$5DE-1")


@pytest.mark.parametrize(
    ("contributors", "after"),
    [
        (
            [{"name": "Penn, Tilda", "role": "editor"}, {"name": "Unesco", "role": None}],
            ["700 1#$aPenn, Tilda,$d1900-$eeditor.$0n1", "710 2#$aUnesco.$5DE-1"],
        ),
        (
            [{"name": "Unesco", "role": "issuing body"}, {"name": "Penn, Tom", "role": None}],
            ["710 2#$aUnesco,$eissuing body.$5DE-1", "700 1#$aPenn, Tom."],
        ),
    ],
)
def test_somebody_in_another_role_is_still_the_same_person_or_body(
    contributors: list[dict[str, Any]], after: list[str]
) -> None:
    assert edited(("245 00$aEmma.", *PEOPLE), contributors=contributors)[1:] == after


def test_numbers_before_a_name_stay_what_they_are_in_another_role() -> None:
    person = "700 1 $6880-01$0(DE-588)118$0(DE-101)118$aPenn, Tilda$d1900-1999$4edt"
    linked = "880 1 $6700-01$aΠεν, Τίλντα"
    fields = edited(
        ("245 00$aEmma.", person, linked),
        contributors=[{"name": "Penn, Tilda", "role": "translator"}],
    )
    after = "$0(DE-588)118$0(DE-101)118$aPenn, Tilda$d1900-1999,$etranslator."
    assert fields[1] == f"700 1#$6880-01{after}"


@pytest.mark.parametrize(
    ("field", "author", "after"),
    [
        ("110 2 $aUnesco,$eauthor.", "UNESCO", "110 2#$aUNESCO,$eauthor."),
        ("110 2 $aMuseum, New York.", "Museum, York", "110 2#$aMuseum, York."),
        ("110 2 $aUnesco.", "Vane, Olive", "100 1#$aVane, Olive."),
        ("111 2 $aOwl Congress$d(1999 :$cRome)$jhost", "Owls", "111 2#$aOwls,$jhost"),
    ],
)
def test_a_body_or_meeting_that_is_named_otherwise_is_one_still(
    field: str, author: str, after: str
) -> None:
    assert edited((field, "245 10$aEmma."), author=author)[0] == after


def test_an_author_in_the_original_script_is_written_without_the_rest_of_the_old_name() -> None:
    fields = ("100 0 $6880-01$aMidori", "245 10$aEmma.", "880 0 $6100-01/$1$a緑,$c王,$d1900-")
    assert edited(fields, original_author="碧")[2] == "880 0#$6100-01/$1$a碧.$d1900-"


def test_a_kind_of_thing_is_in_the_leader() -> None:
    read = record("marc", marc("245 00$aEmma."))
    book = {**read.book, "material_type": "audio"}
    out = b"".join(formats.write("marc", [(book, read.original)]))
    assert out[6:8] == b"im"
    assert record("marc", out).book["material_type"] == "audio"


def test_of_many_notes_no_more_are_lost_than_must_be() -> None:
    notes = [f"500   $a{'x' * 1_990}" for _ in range(60)]
    read = record("marc", marc("245 00$aEmma.", *notes[:40]))
    assert read.original is not None
    original = read.original + b"".join(b"500  \x1fa" + b"y" * 1_990 + b"\x1e" for _ in range(20))
    out = b"".join(formats.write("marc", [(read.book, original)]))
    [parsed] = pymarc.MARCReader(out)
    assert parsed is not None
    kept = [field for field in parsed.get_fields("500") if len(field["a"]) > 1_000]
    one = 1_990 + 5 + 12
    assert len(out) <= 99_999 < len(out) + one
    assert len(kept) == 49


def test_character_sets_of_marc_8_do_not_go_out() -> None:
    read = record("marc", marc("066   $c(N", "245 00$aEmma."))
    out = b"".join(formats.write("marc", [(read.book, read.original)]))
    assert [field.tag for parsed in pymarc.MARCReader(out) if parsed for field in parsed] == ["245"]


LONG_TITLE = "Owls " * 300
TOO_LONG = (
    f"245 00$a{LONG_TITLE}/$cO. Vane.",
    "520   $a" + "Owls. " * 4_000,
    "650  4$a" + "Owls and " * 30 + "more.",
    "650  4$aOwls.",
)


def without_what_is_too_long(**changes: Any) -> tuple[list[str], list[str]]:
    """The fields of a record, and those that go out of its book, which could not have all."""
    read = record("marcxml", collection(marcxml(*TOO_LONG)))
    had = {"title": LONG_TITLE[:1_000], "description": None, "subjects": ["Owls"]}
    out = b"".join(formats.write("marcxml", [({**read.book, **had, **changes}, read.original)]))
    as_it_came = b"".join(formats.write("marcxml", [(read.book, read.original)]))
    return _lines(as_it_came), _lines(out)


def _lines(data: bytes) -> list[str]:
    return [_shown(field) for [found] in [read_as_xml(data)] for field in found.fields]


def test_what_is_too_long_for_a_book_stays_in_its_record() -> None:
    before, after = without_what_is_too_long()
    assert after == before


def test_an_edit_leaves_alone_what_the_book_could_not_have() -> None:
    before, after = without_what_is_too_long(subjects=["Owls", "Moths"], subtitle="a guide")
    title, description, long_subject, owls = before
    assert after == [
        title.replace("/$cO.", ":$ba guide /$cO."),
        description,
        long_subject,
        owls,
        "650 #4$aMoths.",
    ]


def test_a_new_value_takes_the_place_of_one_that_was_too_long() -> None:
    _, after = without_what_is_too_long(title="Owls", description="On owls.")
    assert after[:2] == ["245 00$aOwls /$cO. Vane.", "520 ##$aOn owls."]
