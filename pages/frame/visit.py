"""One look at a page: who looks, in which language, and what they ask Octavo to do."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, time
from hashlib import blake2b
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from babel.dates import format_date, get_day_names
from flask import Request, current_app, request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from api import context as contexts
from api.calling import File, Found, Operations, Query
from api.context import NOBODY, Caller, Context
from api.http.accept import require_type
from api.http.body import read
from api.settings import Settings
from circulation import members, rulebook
from circulation.calendar import Calendar
from formats.languages import language_tag
from models import timestamps
from models.errors import Forbidden, Stale
from models.user import UserRow
from models.vocabulary import Language
from notices import languages
from pages.frame import cookies, texts
from pages.frame.addresses import nearest_page

FORM = "application/x-www-form-urlencoded"
WITH_FILES = "multipart/form-data"
TOKEN = "form_token"  # noqa: S105  the name of a field
KEY = "key"
_ANEW = frozenset({"login", "askPasswordReset"})
"""What a form that is sent twice does twice: the first sign-in may have ended meanwhile, the first
mail may not have come, and how many go out has a limit of its own."""
_ANY = "*"
"""State of a record. A change compared with the one it was read in does nothing twice by itself."""
_OWN_SITES = (None, "same-origin", "none")
_AT_ONCE = 100
"""Records of a list that are read in one go."""
_MORE_TIMES = 2
_PART = 1 << 20
"""Bytes of a file that are read in one go."""
_T = TypeVar("_T")


@dataclass(slots=True)
class Visit:
    """Made for each request by `pages.frame.views`.

    `person` is the account of the one who is signed in; `nonce` is set where the browser is to
    keep it. With `only_again` nothing is done that this form has not done before. `shown_at`
    is where the page can be had again that answers a form, if its view says so.
    """

    context: Context
    settings: Settings
    caller: Caller
    person: UserRow | None
    language: Language
    nonce: str | None = None
    only_again: bool = False
    shown_at: str = ""
    _form: list[tuple[str, str]] | None = field(default=None)
    _calendar: Calendar | None = field(default=None)

    def do(
        self,
        operation_id: str,
        *,
        query: Query = (),
        body: dict[str, Any] | None = None,
        accept: str = "",
        file: File | None = None,
        if_match: str = _ANY,
        anew: bool = False,
        **path: Any,
    ) -> Any:
        """Call an operation of the API as this person, and give its answer as JSON read.

        See `api.calling.Operations`. What writes has an idempotency key that is made from the
        number of the form that was sent: sent twice within `models.idempotency.KEPT_OF_FORM`, it
        acts once, and the first answer comes again. What was refused, or is compared by `if_match`
        with the state that was read, is tried again. Raises what the operation raises, and Missing
        with `only_again` for what this form has not done before. `anew` acts whatever was done.
        """
        how: dict[str, Any] = {"query": query, "body": body, "only_again": self.only_again}
        if if_match == _ANY and not anew:
            how["key"] = self._key_for(operation_id, [dict(query), body, path], file)
        how |= {"accept": accept, "file": file, "if_match": if_match}
        return _operations()(operation_id, self.context, self.caller, **how, **path)

    def find(self, operation_id: str, **path: Any) -> Found:
        """A record that is to be changed, and the `if_match` for that, as `do` reads it."""
        return _operations().find(operation_id, self.context, self.caller, **path)

    def again(self) -> "Visit":
        """The same, for what is to be told again if this form has done it, and not done else."""
        return replace(self, only_again=True)

    def every(self, operation_id: str, *, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All records of a list, for what must not leave one out. Raises what the operation raises.

        They are read by cursor, so that a record which leaves the list meanwhile hides no other.
        """
        records: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = {**query, "limit": _AT_ONCE, "cursor": cursor}
            found = self.do(operation_id, query=asked)
            records += found["data"]
            cursor = found["pagination"]["next_cursor"]
        return records

    def say(self, name: str, /, **values: Any) -> Markup:
        """A text in the language of the visit."""
        return texts.text(self.language, name, **values)

    def count(self, name: str, number: int, /, **values: Any) -> Markup:
        """A text for a number of things."""
        return texts.counted(self.language, name, number, **values)

    def day(self, value: str | date) -> str:
        """A date in words; of a moment the day in the library's time zone."""
        return languages.day(self._date(value), self.language)

    def local_day(self, at: str) -> date:
        """The library's day of a moment, RFC 3339."""
        return self._date(at)

    def clock(self, at: str) -> time:
        """The library's time of day at a moment, RFC 3339."""
        return timestamps.moment(at).astimezone(self.calendar.zone).time()

    @property
    def calendar(self) -> Calendar:
        """The library's days, looked up once for the page."""
        if self._calendar is None:
            self._calendar = rulebook.latest().calendar
        return self._calendar

    def lang(self, code: str | None) -> Markup:
        """The attribute `lang` of a text in a language of ISO 639-2/B, if the page's is another."""
        tag = language_tag(code) if code else ""
        if tag in ("", texts.tag(self.language)):
            return Markup()
        return Markup(' lang="{}"').format(tag)

    def year(self, number: int) -> str:
        """A year; one before Christ as people write it."""
        return str(self.say("site.before_christ", year=-number) if number < 0 else number)

    def weekday(self, value: date) -> str:
        """A date in words, with the day of the week."""
        return format_date(value, "full", locale=texts.tag(self.language))

    def day_of_week(self, number: int) -> str:
        """The name of a day, 1 for Monday to 7."""
        names = get_day_names("wide", "stand-alone", locale=texts.tag(self.language))
        return str(names[number - 1])

    def money(self, amount: int) -> str:
        """Minor units of the library's currency in words."""
        return languages.money(amount, self.settings.currency, self.language)

    @property
    def here(self) -> str:
        """The page that is looked at, to come back to; of a form that was sent, the one it was on.

        That is `shown_at`, or the page that the browser names, else the nearest one above the
        form's address.
        """
        if not self.is_form:
            return request.full_path if request.query_string else request.path
        if self.shown_at:
            return self.shown_at
        came = urlsplit(request.referrer or request.path)
        page = nearest_page(came.path)
        is_whole = page == came.path and came.netloc == request.host
        # What is told of an act once is not told again.
        kept = [one for one in parse_qsl(came.query) if one[0] != "done"] if is_whole else []
        return f"{page}?{urlencode(kept)}" if kept else page

    @property
    def is_form(self) -> bool:
        """Whether a form was sent, not a page asked for."""
        return request.method not in ("GET", "HEAD")

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form that was sent, the last of those named twice."""
        return dict(self.form_pairs)

    def sent_file(self, name: str) -> FileStorage | None:
        """A file of the form that was sent, None where none was chosen."""
        file = request.files.get(name) if self.form else None
        return file if file is not None and file.filename else None

    @property
    def form_pairs(self) -> list[tuple[str, str]]:
        """The fields of the form that was sent, in order. Raises Problem 400, 413, 415."""
        if self._form is None:
            if require_type((FORM, WITH_FILES), self.context) == WITH_FILES:
                request.max_content_length = self.settings.max_import_bytes
                self._form = list(request.form.items(multi=True))
                return self._form
            content = read(self.context, self.settings.max_body_bytes)
            self._form = parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)
        return self._form

    def form_token(self) -> str:
        """What every form of this visit carries in the field `TOKEN`."""
        return cookies.form_token(self._bound_to())

    def require_own_form(self) -> None:
        """Raise Forbidden for a form that another site, or nobody, has filled in."""
        site = request.headers.get("Sec-Fetch-Site")
        if site not in _OWN_SITES or not cookies.is_form_token(
            self.form.get(TOKEN, ""), self._bound_to()
        ):
            raise Forbidden("This form is too old, or another site has sent it. Load it again.")

    def _key_for(self, operation_id: str, asked: list[Any], file: File | None) -> str:
        """The idempotency key of one act of the form that was sent; none without its number."""
        number = self.form.get(KEY) if self.is_form else None
        if not number or operation_id in _ANEW:
            return ""
        said = orjson.dumps([number, operation_id, asked], default=str, option=orjson.OPT_SORT_KEYS)
        digest = blake2b(said, digest_size=20)
        if file is not None:
            while part := file.content.read(_PART):
                digest.update(part)
            file.content.seek(0)
        return digest.hexdigest()

    def _date(self, value: str | date) -> date:
        if isinstance(value, date):
            return value
        if len(value) == len("2026-01-01"):
            return date.fromisoformat(value)
        return self.calendar.local_date(timestamps.moment(value))

    def _bound_to(self) -> str:
        if self.caller.session_id is not None:
            return f"session {self.caller.session_id}"
        known = cookies.nonce(request)
        if known is None:
            known = self.nonce = self.nonce or cookies.new_nonce()
        return f"visit {known}"


def compared(act: Callable[[], _T]) -> _T:
    """Do what reads a record, compares it with a form, and changes it in the state that it read.

    Where another was faster it is read and compared anew, three times in all. Raises Stale then,
    and what the act raises.
    """
    for _ in range(_MORE_TIMES):
        with suppress(Stale):
            return act()
    return act()


def begin(asked: Request) -> Visit:
    """The visit that a request belongs to; the caller is noted in its context."""
    visit = stranger(asked)
    visit.context.caller = visit.caller = cookies.caller(asked)
    if visit.caller.id is not None:
        visit.person = members.find(visit.caller.id, timestamps.now())
        if visit.person.language in set(Language):
            visit.language = Language(visit.person.language)
    return visit


def stranger(asked: Request) -> Visit:
    """The visit of somebody of whom nothing is known but the browser's languages."""
    settings: Settings = current_app.config["SETTINGS"]
    language = cookies.language(asked) or texts.wanted(
        asked.accept_languages, Language(settings.library_language)
    )
    return Visit(contexts.of(asked.environ), settings, NOBODY, None, language)


def _operations() -> Operations:
    known: Operations = current_app.extensions["octavo.operations"]
    return known
