"""Which column of a spreadsheet holds which field."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from formats.csv.headers import FLAGS, HEADERS, ROLES, Names, plain
from formats.csv.profiles import Profile, profile_of
from formats.record import COPY_FIELDS, Unreadable
from models.book_fields import FIELDS

# What is no field of ours by itself.
COPIES, PUBLICATION, SORT_CHARACTER = "copies", "publication", "sort_character"
FIRST_NAME, LAST_NAME = "first_name", "last_name"
# Headers that mean the part of a work where no column is its series.
_VOLUMES = frozenset({"volume", "volume number", "band", "tome", "tomo", "volumen"})
_RANKS = {header: at for headers in HEADERS.values() for at, header in enumerate(headers)}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    header: tuple(name for name, headers in HEADERS.items() if header in headers)
    for header in _RANKS
}
_NAMES = {"first name": FIRST_NAME, "last name": LAST_NAME}
_ALL = Names([*_RANKS, *ROLES, *FLAGS, *_NAMES])


class Role(NamedTuple):
    """A column with people who all did the same."""

    at: int
    role: str


class Flag(NamedTuple):
    """A column that says of a copy whether it is in this state."""

    at: int
    state: str


class Columns:
    """The places of the columns by field, the best first.

    `chosen` names a header for some of our fields; the others are recognised. Raises Unreadable
    `column` if a field or a header that was asked for does not exist, or nothing is the title. If
    the rows `may_correct` books, it is enough that something is the ISBN.
    """

    def __init__(
        self, headers: list[str], chosen: Mapping[str, str], *, may_correct: bool = False
    ) -> None:
        self.profile, self.headers = _recognised(headers)
        asked = {field: _asked_for(field, header, headers) for field, header in chosen.items()}
        self.places = _found(self.headers, self.profile, frozenset(asked.values()))
        self.places.update({field: [at] for field, at in asked.items()})
        self.roles = [
            Role(at, ROLES[header])
            for at, header in enumerate(self.headers)
            if header in ROLES and at not in asked.values()
        ]
        self.flags = [
            Flag(at, state)
            for header, state in FLAGS.items()
            for at, name in enumerate(self.headers)
            if name == header and at not in asked.values()
        ]
        is_title = "title" in self.places or (may_correct and "isbn" in self.places)
        if not is_title and "original_title" in self.places:
            self.places["title"] = self.places.pop("original_title")
        elif not is_title:
            raise Unreadable("column", "None of the columns is the title.", "title")
        used = {at for places in self.places.values() for at in places}
        used |= {role.at for role in self.roles} | {flag.at for flag in self.flags}
        self.unused = [
            header.strip() for at, header in enumerate(headers) if header.strip() and at not in used
        ]

    def separator(self, at: int) -> str | None:
        """What parts the items in a column, if not what usually does."""
        header = self.headers[at]
        return self._of_program(at) or ("," if header == "tags" else None)

    def may_differ(self, at: int) -> bool:
        """Whether what parts the items in a column is not told by the program of the file."""
        return self._of_program(at) is None

    def _of_program(self, at: int) -> str | None:
        return self.profile.lists.get(self.headers[at]) if self.profile else None


def understood(headers: list[str], chosen: Collection[str] = ()) -> int:
    """How many columns are recognised, or have a header that was `chosen`."""
    profile, known = _recognised(headers)
    special = profile.columns if profile else {}
    wanted = {plain(header) for header in chosen}
    return sum(
        header in _RANKS
        or header in ROLES
        or header in FLAGS
        or header in special
        or header in wanted
        for header in known
    )


def _recognised(headers: list[str]) -> tuple[Profile | None, list[str]]:
    """The program that has these headers, and each as it is known."""
    every = [plain(header) for header in headers]
    profile = profile_of(frozenset(every))
    special = profile.columns if profile else {}
    return profile, [one if one in special else _ALL.known(one) for one in every]


def _asked_for(field: str, header: str, headers: list[str]) -> int:
    """The column with exactly this header, or one that differs only in case and signs."""
    if field not in (*FIELDS, *COPY_FIELDS, COPIES):
        raise Unreadable("column", f"There is no field {field!a}.", field)
    for at, name in enumerate(headers):
        if name.strip() == header.strip():
            return at
    for at, name in enumerate(headers):
        if plain(name) == plain(header):
            return at
    raise Unreadable("column", f"There is no column {header!a}.", field)


def _found(
    headers: list[str], profile: Profile | None, taken: frozenset[int]
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    special = profile.columns if profile else {}
    for at, header in enumerate(headers):
        if at in taken:
            continue
        if header in special:
            fields: tuple[str, ...] = (special[header],) if special[header] else ()
        else:
            fields = _FIELDS.get(header, ()) or ((_NAMES[header],) if header in _NAMES else ())
        for field in fields:
            found.setdefault(field, []).append(at)
    for field, places in found.items():
        places.sort(key=lambda at: (_rank(field, headers[at]), at))
    if "series" not in found and "series_volume" in found:
        parts = [at for at in found["series_volume"] if headers[at] in _VOLUMES]
        if parts and "part" not in found:
            found["part"] = parts
            found["series_volume"] = [at for at in found["series_volume"] if at not in parts]
    return {field: places for field, places in found.items() if places}


def _rank(field: str, header: str) -> int:
    known = HEADERS.get(field, ())
    return known.index(header) if header in known else len(known)
