"""The two databases give the same books in the same order, however tricky their titles."""

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from models import book
from models.audit import Actor
from models.database import connect, database, transaction
from models.search.book_list import LISTING
from models.search.facets import facets

# Ten scripts and more, with marks, ligatures, signs that nobody types, articles and numbers.
TITLES = (
    *("The Émigré's handbook", "Émigrés; or, The handbook", "emigre", "L’émigré", "«Émigré»"),
    *("Die Straße nach Süden", "Strasse nach Sueden", "Süden", "Sueden", "ÜBER ALLES", "Uber"),
    *("Kırmızı ışık", "KIRMIZI", "İstanbul", "istanbul", "Smørrebrød & æbleskiver", "Łódź"),
    *("Những ngày thơ ấu", "Đường phố", "Œuvres complètes", "Oeuvres", "ﬁne ﬂow", "Ångström"),
    *("Η Οδύσσεια", "ΟΔΥΣΣΕΙΑ", "Βίος και πολιτεία", "Ὀδυσσεύς", "Ένας ΆΛΛΟΣ λόγος"),
    *("Мёртвые души", "Мертвые души", "Чайка", "Война и миръ", "Їжак і Ґава", "Љубав"),
    *("Mertvye dushi i zhiznʹ", "Qurʼān tafsīr", "Hawaiʻi nei", "Sefer Yaʻaḳov", "co\u00adop"),
    *("סֵפֶר הַשִּׁירִים", "ספר השירים", "מלחמה ושלום", "ש״ס", "ירושלים־עיר"),
    *("القُرْآن الكريم", "القرآن الكريم", "ألف ليلة وليلة", "اَلْف", "كتـــاب", "کتاب"),
    *("हिन्दी कहानियाँ", "हिंदी", "गोदान", "தமிழ் நூல்", "ภาษาไทย", "กรุงเทพ"),
    *(
        "紅樓夢",
        "红楼梦",
        "三国演义 第一卷",
        "吾輩は猫である",
        "ガンダム",
        "かんだむ",
        "ハンバーグ",
    ),
    *("채식주의자", "토지 1권", "ქართული ანბანი", "Հայոց լեզու", "አማርኛ"),
    *(
        "1984",
        "2001: a space odyssey",
        "C++ & C#",
        "x/y",
        "100% wool",
        "***",
        "'t Hooft",
        "e\u0301t\u00e9",
    ),
    *("“Quoted” words", "(In brackets)", "A", "An", "The", "The The", "a b c d e f g", "💡 ideas"),
    *("zero\u200bwidth", "right\u200eto\u200fleft", "under_score", "dash–dash—dash", "word" * 30),
)
AUTHORS = ("Müller, Jörg", "Mueller, J.", "Толстой, Лев", "林, 緑", "Ó Briain, Seán", None)
LANGUAGES = ("eng", "ger", "fre", "rus", "jpn", None)
ACTOR = Actor(None, "test")
SORTS = ((), ("title",), ("-title",), ("author", "title"), ("-published_year",), ("-id",))
Answer = tuple[list[int], int]


def books() -> Iterator[dict[str, Any]]:
    for number, (title, again) in enumerate(product(TITLES, range(3))):
        yield {
            "title": f"{title} {'' if again == 0 else again}".strip(),
            "subtitle": TITLES[-number % len(TITLES)] if again == 2 else None,
            "author": AUTHORS[number % len(AUTHORS)],
            "language": LANGUAGES[number % 5 if again else 5],
            "published_year": (number * 37) % 300 + 1720 if number % 7 else None,
            "subjects": [TITLES[number * 5 % len(TITLES)]] if again == 1 else [],
            "publisher": "Ünver & Söhne" if number % 4 == 0 else None,
            "series": TITLES[number * 3 % len(TITLES)] if number % 9 == 0 else None,
            "part": str(again) if number % 11 == 0 else None,
            "contents": TITLES[number * 7 % len(TITLES)] if again == 2 else None,
        }


def questions() -> Iterator[dict[str, Any]]:
    """Some five hundred, of every form."""
    for title in TITLES:
        first, *_, last = [*title.split(), title]
        yield from ({"q": q} for q in (title, title.upper(), f'"{title}"', first, f"{first[:2]}*"))
        yield {"q": f"{first} -{last}"}
    for author, language in product(AUTHORS[:5], LANGUAGES[:5]):
        yield {"author": author, "language": language}
    for word in ("the", "der", "1", "2", "Süden", "дом", "a*", "の", "-1", '"1"', "", "***"):
        yield {"q": word, "published_from": 1800}
        yield {"subject": word, "published_to": 1850}
        yield {"series": word}
        yield {"publisher": "sohne", "q": word}


def answers() -> list[Any]:
    """What the database in use says to every question: ids in order, totals, facets, walks."""
    found: list[Any] = []
    for number, asked in enumerate(questions()):
        sort = SORTS[number % len(SORTS)]
        rows = LISTING.page(asked, sort, limit=30, offset=number % 3)
        found.append((asked, sort, [row.id for row in rows], LISTING.total(asked)))
        if number % 10 == 0:
            found.append((asked, facets(asked, ("language", "author", "subject"))))
    for sort in SORTS:
        position, walked = None, []
        while True:
            rows, position = LISTING.after({}, sort, position, limit=17)
            walked += [row.id for row in rows]
            if position is None:
                break
        found.append((sort, walked))
    return found


@pytest.mark.usefixtures("postgresql")
def test_ids_order_and_totals_are_the_same(sqlite_template: Path, folder: Path) -> None:
    on_postgresql = database.obj
    assert len(list(questions())) > 500
    with transaction():
        book.create_all(books(), ACTOR)
    expected = answers()
    shutil.copyfile(sqlite_template, folder / "same.db")
    on_sqlite = connect(f"sqlite:///{folder}/same.db")
    with transaction():
        book.create_all(books(), ACTOR)
    found = answers()
    on_sqlite.close()
    database.initialize(on_postgresql)
    different = [(one, other) for one, other in zip(found, expected, strict=True) if one != other]
    assert different == []
    assert sum(1 for one in found if len(one) == 4 and one[3]) > 400
